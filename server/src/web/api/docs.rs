//! The description of the REST interface.

use axum::Json;
use axum::response::IntoResponse;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::{Modify, OpenApi as _};

use crate::web::error::ErrorBody;

/// Says how to authenticate.
struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The operator's token (POLITY_OPERATOR_TOKEN), or one of a community"))
            .build();
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
        openapi.security = Some(vec![SecurityRequirement::new("bearer", Vec::<String>::new())]);
    }
}

/// What stands before the paths.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Polity",
        version = "1",
        description = "Communities that govern themselves by short programs.\n\nEvery failure answers \
                       `{code, message, request_id}`, and `field` where one is to blame. Times are RFC 3339 in UTC; members are \
                       named by handle. Fields may be added to answers; they are never renamed or removed.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/api/v1")),
    tags(
        (name = "communities", description = "Founding and finding communities"),
        (name = "members", description = "Members and roles"),
        (name = "policies", description = "The rules in force, and trying new ones"),
        (name = "actions", description = "What members attempt"),
        (name = "proposals", description = "What is being decided, and ballots"),
        (name = "discussion", description = "What members say about proposals"),
        (name = "notices", description = "What members are told"),
        (name = "documents", description = "Written guidelines"),
        (name = "board", description = "The built-in board"),
        (name = "audit", description = "The record of everything"),
        (name = "tokens", description = "Bearer tokens"),
        (name = "library", description = "Policies and starter kits that come with Polity"),
        (name = "demo", description = "Only under --demo")
    ),
    components(schemas(ErrorBody)),
    modifiers(&Bearer)
)]
struct Head;

/// What stands before the paths: routes add theirs.
#[must_use]
pub fn head() -> OpenApi {
    Head::openapi()
}

/// The description as JSON. Open to everyone: it says nothing that the documentation does not.
pub async fn serve(openapi: std::sync::Arc<OpenApi>) -> impl IntoResponse {
    Json((*openapi).clone())
}

//! The page on which a community is connected to vendors' platforms: what is connected and how it fares, what each visit grants
//! in words, and the way to the vendor. It needs no script.

use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use platforms::Capabilities;
use store::communities::Community;
use store::connections::{Connection, ConnectionStatus};

use crate::web::state::Web;

/// The vendors that a community may be connected to: their names here and as people know them, what is granted, in words, and
/// where their pages are (a form may lead there).
const VENDORS: &[(&str, &str, &[&str], &str)] = &[
    (
        "slack",
        "Slack",
        &[
            "read messages, reactions and pins in channels that the bot is in",
            "post, and update what it posted",
            "join public channels, change their names and topics, bring people in and remove them",
            "see who is who, and change user groups",
            "as the administrator who installs it, and only for decisions of the community: delete members’ messages, and \
             rename or archive channels",
        ],
        "https://slack.com",
    ),
    (
        "discord",
        "Discord",
        &[
            "read messages, reactions and the server’s audit log",
            "post, pin and remove messages",
            "create, change and delete channels",
            "give and take roles below its own, and set nicknames",
            "time out, remove and ban members",
        ],
        "https://discord.com",
    ),
    (
        "github",
        "GitHub",
        &[
            "read and change issues, comments, labels and pull requests in the repositories you choose",
            "answer the check “Polity”, and merge",
            "create and delete branches, and publish releases",
            "change collaborators and the repository’s name",
        ],
        "https://github.com",
    ),
];

/// The page.
pub(super) fn page(web: &Web, community: &Community, connections: &[Connection]) -> Response {
    let mut sections = String::new();
    for (platform, name, grants, _) in VENDORS {
        let Some(known) = web.ctx.platforms.get(platform) else { continue };
        let connection = connections.iter().find(|connection| connection.platform == *platform);
        sections.push_str(&section(community, platform, name, grants, known.capabilities(), connection));
    }
    if sections.is_empty() {
        sections.push_str("<p>The operator of this service has set up no platform that can be connected here.</p>");
    }
    let css = format!("/{}/{}.css", web.options.leptos.site_pkg_dir, web.options.leptos.output_name);
    let (name, slug) = (escape(&community.name), escape(&community.slug));
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Connections · {name}</title>\
         <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\"><link rel=\"stylesheet\" href=\"{css}\"></head>\
         <body><main class=\"page stack\"><p><a href=\"/c/{slug}\">{name}</a></p><h1>Connections</h1>\
         <p>Where this community lives besides its board. Connecting is proposed like everything else: the community’s rules \
         decide.</p>{sections}</main></body></html>"
    );
    // Browsers hold a form to this list also where it is sent on.
    let origins: Vec<&str> = VENDORS.iter().map(|(.., origin)| *origin).collect();
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self' {}; base-uri 'none'; \
         frame-ancestors 'none'",
        origins.join(" ")
    );
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(html)).into_response()
}

fn section(
    community: &Community,
    platform: &str,
    name: &str,
    grants: &[&str],
    can: Capabilities,
    connection: Option<&Connection>,
) -> String {
    let mut html =
        format!("<section class=\"card stack\" aria-labelledby=\"{platform}\"><h2 id=\"{platform}\">{name}</h2>");
    if let Some(connection) = connection {
        let place = connection.config.text("name").unwrap_or(platform);
        let state = match connection.status {
            ConnectionStatus::Active => "It works.",
            ConnectionStatus::Down => "It does not answer at the moment; what is to be done waits.",
            ConnectionStatus::Refused => "It refuses us until somebody mends it.",
            ConnectionStatus::Removed => "It was cut.",
        };
        html.push_str(&format!("<p>Connected to <strong>{}</strong>. {state}</p>", escape(place)));
        let reasons = connection.status_reason.split("; ").filter(|reason| !reason.is_empty());
        let reasons: String = reasons.map(|reason| format!("<li>{}</li>", escape(reason))).collect();
        if !reasons.is_empty() {
            html.push_str(&format!("<ul>{reasons}</ul>"));
        }
        return html + "</section>";
    }
    html.push_str("<p>You are sent there to grant Polity that it may:</p><ul>");
    for grant in grants {
        html.push_str(&format!("<li>{}</li>", escape(grant)));
    }
    html.push_str("</ul>");
    match can.hold {
        Some(hold) => html.push_str(&format!(
            "<p>Held until decided: {}. Otherwise: {}.</p>",
            escape(hold.what),
            escape(hold.without)
        )),
        None => html.push_str("<p>Removed, then restored: what a rule speaks of happens, is undone at once, and comes back when it passes.</p>"),
    }
    html.push_str(&format!(
        "<form method=\"post\" action=\"/c/{}/connect/{platform}\"><button class=\"button\" type=\"submit\">Connect {name}</button></form></section>",
        escape(&community.slug)
    ));
    html
}

/// Text as HTML that shows it as it is.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

//! Files of the site: what `make build` put under the site root.

use std::path::PathBuf;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;
use tower_http::services::ServeDir;

use super::headers::WORKER;

/// For files whose name changes with their content.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// For files that keep their name: kept, but asked after each time, which costs a 304.
const ASK_EACH_TIME: HeaderValue = HeaderValue::from_static("public, no-cache");

/// The folder that is served.
#[derive(Clone, Debug)]
pub struct Site {
    files: ServeDir,
}

impl Site {
    /// The site under `root`. Files beside which a `.br` or `.gz` lies are sent compressed.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            files: ServeDir::new(root.into())
                .append_index_html_on_directories(false)
                .precompressed_br()
                .precompressed_gzip(),
        }
    }

    /// The file that a request asks for; `None` where there is none.
    pub async fn file(&self, method: Method, uri: Uri, headers: &HeaderMap) -> Option<Response> {
        if !matches!(method, Method::GET | Method::HEAD) || uri.path() == "/" {
            return None;
        }
        let keep = if is_named_by_content(uri.path()) { FOR_EVER } else { ASK_EACH_TIME };
        let is_worker = uri.path().starts_with("/editor/") && uri.path().contains(".worker-");
        let mut asked = Request::builder().method(method).uri(uri);
        for name in [header::ACCEPT_ENCODING, header::IF_MODIFIED_SINCE, header::IF_UNMODIFIED_SINCE, header::RANGE] {
            if let Some(value) = headers.get(&name) {
                asked = asked.header(name, value);
            }
        }
        let asked = asked.body(Body::empty()).ok()?;
        let mut response = self.files.clone().oneshot(asked).await.ok()?.into_response();
        let is_answer = response.status().is_success()
            || matches!(
                response.status(),
                StatusCode::NOT_MODIFIED | StatusCode::RANGE_NOT_SATISFIABLE | StatusCode::PRECONDITION_FAILED
            );
        if !is_answer {
            return None;
        }
        if is_worker {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, WORKER);
        }
        response.headers_mut().insert(header::CACHE_CONTROL, keep);
        Some(response)
    }
}

/// Whether a file's name changes with its content: fonts are named by version, hashed builds put 12 characters or more before
/// the ending, and of the editor's files all but the two that say so.
fn is_named_by_content(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or_default();
    let stem = file.split_once('.').map_or(file, |_| file.rsplit_once('.').map_or(file, |(stem, _)| stem));
    let hashed = stem.rsplit(['.', '-']).next().is_some_and(|last| {
        last.len() >= 12
            && last != stem
            && last.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && last.chars().any(|c| c.is_ascii_digit())
    });
    let is_of_editor = path.starts_with("/editor/") && !matches!(file, "loader.js" | "policy.txt");
    path.starts_with("/fonts/") || is_of_editor || hashed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_change_are_kept_for_ever() {
        assert!(is_named_by_content("/pkg/polity.Zx81aBc9dEfG.wasm"));
        assert!(is_named_by_content("/fonts/inter-4.woff2"));
        assert!(!is_named_by_content("/pkg/polity.wasm"));
        assert!(!is_named_by_content("/favicon.svg"));
        assert!(is_named_by_content("/editor/chunk-6HPFVRWV.js"));
        assert!(!is_named_by_content("/editor/loader.js"));
    }

    #[tokio::test]
    async fn a_file_is_served_with_its_lifetime_and_nothing_outside_the_folder_is() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("site");
        std::fs::create_dir_all(root.join("pkg")).unwrap();
        std::fs::write(root.join("pkg/polity.css"), "a{}").unwrap();
        std::fs::write(folder.path().join("secret"), "no").unwrap();
        let site = Site::new(&root);
        let none = HeaderMap::new();
        let get = |uri: &str| site.file(Method::GET, uri.parse().unwrap(), &none);

        let response = get("/pkg/polity.css").await.unwrap();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/css");
        assert_eq!(response.headers()[header::CACHE_CONTROL], ASK_EACH_TIME);
        for path in ["/", "/pkg", "/pkg/", "/nothing", "/../secret", "/%2e%2e/secret", "/..%2fsecret"] {
            let found = get(path).await.filter(|response| response.status().is_success());
            assert!(found.is_none(), "{path}");
        }
    }
}

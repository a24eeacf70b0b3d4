//! How we reach out: one way of building clients, so that no request ends up inside our own network.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Url, redirect};
use url::Host;

use super::address::is_public;

/// How far requests may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses, and `https` alone: whatever communities on a shared service configure.
    Public,
    /// Any address, and `http` too: for an operator whose homeserver stands next to Polity, and for tests.
    Anywhere,
}

/// Turns names into addresses.
#[async_trait]
pub trait Names: Send + Sync {
    /// All addresses of `host`.
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The names that the machine knows.
pub struct SystemNames;

#[async_trait]
impl Names for SystemNames {
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Why a request was not sent, in words that may be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutOfReach {
    /// Not an address that requests go to.
    #[error("'{0}' is not a web address")]
    NotAnAddress(String),
    /// `http`, or something else.
    #[error("only https addresses are asked")]
    NotHttps,
    /// A password in the address would end up in logs.
    #[error("a web address must not hold a user name or password")]
    WithPassword,
    /// A number instead of a name.
    #[error("'{0}' is not a public address")]
    NotPublic(String),
}

/// Checks what can be seen from the address itself; names are checked when they are resolved.
///
/// # Errors
/// [`OutOfReach`]: what is wrong with it.
pub(crate) fn within(reach: Reach, url: &Url) -> Result<(), OutOfReach> {
    let host = url.host().ok_or_else(|| OutOfReach::NotAnAddress(url.as_str().chars().take(80).collect()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(OutOfReach::WithPassword);
    }
    if reach == Reach::Anywhere {
        return if matches!(url.scheme(), "http" | "https") { Ok(()) } else { Err(OutOfReach::NotHttps) };
    }
    if url.scheme() != "https" {
        return Err(OutOfReach::NotHttps);
    }
    // The connector does not ask the resolver about numbers, so they are checked here. The parser has already brought
    // `0x7f.1`, `2130706433` and `0177.0.0.1` into their usual form.
    let number = match host {
        Host::Ipv4(v4) => IpAddr::V4(v4),
        Host::Ipv6(v6) => IpAddr::V6(v6),
        Host::Domain(_) => return Ok(()),
    };
    if is_public(number) { Ok(()) } else { Err(OutOfReach::NotPublic(number.to_string())) }
}

/// A client that connects only as far as `reach`, follows no redirect and uses no proxy.
///
/// # Errors
/// The machine's TLS cannot be set up.
pub(crate) fn client(reach: Reach, names: Arc<dyn Names>, timeout: Duration) -> Result<Client, reqwest::Error> {
    Client::builder()
        .dns_resolver(Arc::new(Resolver { reach, names }))
        .redirect(redirect::Policy::none())
        .no_proxy()
        .connect_timeout(timeout.min(Duration::from_secs(5)))
        .timeout(timeout)
        .user_agent(concat!("polity/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// Resolves a name and hands on only addresses within reach. The client connects to exactly these, so a name that
/// changes its mind between check and connection gains nothing.
struct Resolver {
    reach: Reach,
    names: Arc<dyn Names>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, names) = (self.reach, Arc::clone(&self.names));
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = names.addresses(&host).await?;
            // One address inside is enough to refuse: a name that is both means harm.
            if reach == Reach::Public && found.iter().any(|address| !is_public(*address)) {
                return Err(OutOfReach::NotPublic(host).into());
            }
            let addresses: Vec<SocketAddr> = found.into_iter().map(|address| SocketAddr::new(address, 0)).collect();
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// The [`OutOfReach`] somewhere behind a failure to connect.
pub(crate) fn out_of_reach(error: &reqwest::Error) -> Option<&OutOfReach> {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(found) = cause.downcast_ref() {
            return Some(found);
        }
        source = cause.source();
    }
    None
}

/// The body, as far as `limit` bytes; `None` where there are more.
pub(crate) async fn read_body(
    response: &mut reqwest::Response,
    limit: usize,
) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > limit {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

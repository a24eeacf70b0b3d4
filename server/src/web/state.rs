//! What every handler gets.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use secrecy::{ExposeSecret, SecretString};

use super::backend::Attempts;
use super::keep::Rosters;
use super::rate::RateOptions;
use super::secret;
use super::site::Site;
use crate::config::Config;
use crate::ctx::Ctx;
use crate::simulate::allowance::Allowances;

/// How this process meets the world.
#[derive(Clone, Debug)]
pub struct WebOptions {
    /// Where the pages' script, style and pictures lie, and how they are named.
    pub leptos: LeptosOptions,
    /// The origin under which browsers reach us, where it is known: `https://polity.example`.
    pub public_origin: Option<String>,
    /// The operator's token, where one is configured.
    pub operator_token: Option<SecretString>,
    /// Whether a request from this machine without a token is the operator's. Only ever in a demo without a configured token.
    pub trusts_loopback: bool,
    /// Who is counted.
    pub rates: RateOptions,
    /// The folder of the built site.
    pub site_root: PathBuf,
}

impl WebOptions {
    /// What `config` says.
    ///
    /// In a demo without POLITY_OPERATOR_TOKEN the operator's token is made up, and this machine needs none.
    #[must_use]
    pub fn of(config: &Config, is_demo: bool) -> Self {
        let configured = config.secrets.operator_token.clone();
        let is_open = is_demo && configured.is_none();
        let made_up = || SecretString::from(format!("polity_{}", secret::random_hex::<32>()));
        let public = config.service.public_url.as_ref().map(|_| config.public_url());
        Self {
            leptos: config.leptos.clone(),
            operator_token: configured.or_else(|| is_open.then(made_up)),
            trusts_loopback: is_open,
            rates: RateOptions {
                spares_loopback: true,
                // We speak http only: who is reached by https stands behind a proxy, which knows the callers' addresses.
                trusts_proxy: public.as_deref().is_some_and(|url| url.starts_with("https://")),
            },
            public_origin: public.as_deref().and_then(origin_of),
            site_root: PathBuf::from(&*config.leptos.site_root),
        }
    }

    /// What the operator has to know at the start; empty where nothing is unusual.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let Some(token) = self.operator_token.as_ref().filter(|_| self.trusts_loopback) else { return Vec::new() };
        vec![
            "DEMO: POLITY_OPERATOR_TOKEN is not set, so every program on this machine is the operator without a token"
                .to_owned(),
            format!("DEMO: from elsewhere the operator's token, until this process ends, is {}", token.expose_secret()),
        ]
    }
}

/// Scheme, host and port of an address.
fn origin_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    Some(format!("{scheme}://{}", rest.split('/').next()?))
}

/// What every handler gets. Cheap to clone.
#[derive(Clone)]
pub struct Web {
    /// The store, the pipeline's means and the clock.
    pub ctx: Ctx,
    /// How this process meets the world.
    pub options: Arc<WebOptions>,
    /// The files of the built site.
    pub site: Site,
    /// Members of communities, kept while they do not change.
    pub rosters: Rosters,
    /// What became of forms that were sent.
    pub attempts: Attempts,
    /// What communities have used of their simulations.
    pub allowances: Allowances,
    /// Set once this process listens to the others.
    pub following: Arc<OnceLock<()>>,
}

impl Web {
    /// The state of a process that serves `ctx`.
    #[must_use]
    pub fn new(ctx: Ctx, options: WebOptions) -> Self {
        let site = Site::new(&options.site_root);
        Self {
            ctx,
            options: Arc::new(options),
            site,
            rosters: Rosters::default(),
            attempts: Attempts::default(),
            allowances: Allowances::default(),
            following: Arc::default(),
        }
    }

    /// Whether browsers reach us by https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.options.public_origin.as_deref().is_some_and(|origin| origin.starts_with("https://"))
    }

    /// Whether this is a demo.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.ctx.demo.is_some()
    }
}

impl FromRef<Web> for LeptosOptions {
    fn from_ref(web: &Web) -> Self {
        web.options.leptos.clone()
    }
}

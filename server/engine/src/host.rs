//! What a policy sees of the world: native objects over the request, nothing copied that is not read.
//!
//! One file per thing. Objects carry a [`Handle`] and get their members from a frozen prototype; the state they read
//! and write is the [`Call`](crate::call::Call) of the running evaluation.

pub(crate) mod args;
mod build;
mod handle;
mod who;

mod action;
mod actions;
mod ask;
mod ballots;
mod bundle;
mod counts;
mod data;
mod documents;
mod http;
mod json;
mod log;
mod lookup;
mod members;
mod messages;
mod policies;
mod policy;
mod proposal;
mod propose;
mod random;
mod roles;
mod time;
pub(crate) mod verdict;

use boa_engine::{Context, JsResult, JsValue};

pub(crate) use action::COMMON as ACTION_WORDS;
pub(crate) use handle::{Handle, Prototypes, Subject};

/// Global objects that gather host functions: the interface that declares each, and its name.
pub(crate) const NAMESPACES: [(&str, &str); 7] = [
    ("Members", "members"),
    ("Roles", "roles"),
    ("Documents", "documents"),
    ("Policies", "policies"),
    ("Actions", "actions"),
    ("Http", "http"),
    ("Random", "random"),
];

/// Puts the host's globals into a new context.
pub(crate) fn install(context: &mut Context) -> JsResult<()> {
    handle::install(context)?;
    members::install(context)?;
    roles::install(context)?;
    documents::install(context)?;
    policies::install(context)?;
    actions::install(context)?;
    ask::install(context)?;
    messages::install(context)?;
    propose::install(context)?;
    http::install(context)?;
    lookup::install(context)?;
    random::install(context)?;
    time::install(context)?;
    counts::install(context)?;
    verdict::install(context)?;
    log::install(context)?;
    json::install(context)
}

/// The action that the six functions are given.
pub(crate) fn action(context: &mut Context) -> JsResult<JsValue> {
    action::wrap(Subject::Main, context)
}

/// What the policy's own source sees as `policy`.
pub(crate) fn own_policy(context: &mut Context) -> JsValue {
    Handle::Policy(handle::OWN).wrap(context)
}

//! What a host object stands for, and the prototypes that give it its members.

use std::rc::Rc;

use boa_engine::{Context, Finalize, JsData, JsNativeError, JsObject, JsResult, JsValue, Trace};

use super::build::Prototype;
use crate::call::{Call, Store};

/// Which action: the one that is decided, or one of the bundle that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Main,
    Bundled(u32),
}

/// The place of the running policy itself among the policies of an evaluation.
pub(crate) const OWN: u32 = 0;

/// What a host object stands for: a place in the request, never the thing itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Trace, Finalize, JsData)]
#[boa_gc(empty_trace)]
pub(crate) enum Handle {
    /// Who attempted the action; known without the member list.
    Initiator,
    /// A member, by place in the member list.
    Member(u32),
    /// A role, by place in the list of roles.
    Role(u32),
    /// A document, by place.
    Document(u32),
    /// A policy of the community without its source, by place.
    Listed(u32),
    /// A policy with functions and data: [`OWN`], or 1 + the place among the modules given as facts.
    Policy(u32),
    /// A past action: which answer of the log, and where in it.
    Past(u32, u32),
    /// An action.
    Action(Subject),
    /// Its proposal.
    Proposal(Subject),
    /// A ballot of a proposal, by place.
    Ballot(Subject, u32),
    /// The bundle that the action is.
    Bundle,
    /// A data store: which, and of which policy.
    Data(Store, u32),
    /// A platform, by place among those named so far.
    Answer(u32),
}

/// The prototype of each kind of host object, made once per context and frozen.
pub(crate) struct Prototypes {
    member: JsObject,
    role: JsObject,
    document: JsObject,
    listed: JsObject,
    policy: JsObject,
    past: JsObject,
    action: JsObject,
    proposal: JsObject,
    ballot: JsObject,
    bundle: JsObject,
    data: JsObject,
    answer: JsObject,
}

impl Handle {
    /// The object that stands for this, the same one each time within an evaluation.
    pub fn wrap(self, context: &mut Context) -> JsValue {
        let Some(prototypes) = context.get_data::<Rc<Prototypes>>().cloned() else { return JsValue::undefined() };
        let root = context.root_shape();
        let make = || JsObject::new(root, prototypes.of(self), self).upcast();
        let Ok(call) = Call::of(context) else { return make().into() };
        let (kind, place) = self.key();
        call.object(kind, place, make)
    }

    /// What `this` of a host function stands for.
    pub fn of(this: &JsValue) -> JsResult<Self> {
        let found = this.as_object().and_then(|object| object.downcast_ref::<Self>().map(|handle| *handle));
        found.ok_or_else(|| {
            JsNativeError::typ().with_message("this function was called on something that it does not belong to").into()
        })
    }

    /// What a value stands for, if it is one of ours.
    pub fn in_value(value: &JsValue) -> Option<Self> {
        value.as_object().and_then(|object| object.downcast_ref::<Self>().map(|handle| *handle))
    }

    /// A kind and a place under which the object is remembered.
    pub fn key(self) -> (u8, u32) {
        match self {
            Self::Initiator => (0, 0),
            Self::Member(place) => (1, place),
            Self::Role(place) => (2, place),
            Self::Document(place) => (3, place),
            Self::Listed(place) => (4, place),
            Self::Policy(place) => (5, place),
            Self::Past(answer, place) => (6, answer.wrapping_mul(100_000).wrapping_add(place)),
            Self::Action(Subject::Main) => (7, 0),
            Self::Action(Subject::Bundled(place)) => (8, place),
            Self::Proposal(Subject::Main) => (9, 0),
            Self::Proposal(Subject::Bundled(place)) => (10, place),
            Self::Ballot(Subject::Main, place) => (11, place),
            Self::Ballot(Subject::Bundled(bundled), place) => (12, bundled.wrapping_mul(100_000).wrapping_add(place)),
            Self::Bundle => (13, 0),
            Self::Data(Store::Action, _) => (14, 0),
            Self::Data(Store::Policy, policy) => (15, policy),
            Self::Answer(place) => (16, place),
        }
    }
}

impl Prototypes {
    fn of(&self, handle: Handle) -> JsObject {
        match handle {
            Handle::Initiator | Handle::Member(_) => &self.member,
            Handle::Role(_) => &self.role,
            Handle::Document(_) => &self.document,
            Handle::Listed(_) => &self.listed,
            Handle::Policy(_) => &self.policy,
            Handle::Past(..) => &self.past,
            Handle::Action(_) => &self.action,
            Handle::Proposal(_) => &self.proposal,
            Handle::Ballot(..) => &self.ballot,
            Handle::Bundle => &self.bundle,
            Handle::Data(..) => &self.data,
            Handle::Answer(_) => &self.answer,
        }
        .clone()
    }

    /// Each with the name of the interface that declares it.
    pub fn named(&self) -> [(&'static str, JsObject); 12] {
        [
            ("Member", &self.member),
            ("Role", &self.role),
            ("PolityDocument", &self.document),
            ("ListedPolicy", &self.listed),
            ("Policy", &self.policy),
            ("PastAction", &self.past),
            ("ActionBase", &self.action),
            ("Proposal", &self.proposal),
            ("Ballot", &self.ballot),
            ("Bundle", &self.bundle),
            ("DataStore", &self.data),
            ("HttpResponse", &self.answer),
        ]
        .map(|(name, prototype)| (name, prototype.clone()))
    }

    /// The prototype of actions, for the object that also has the payload's fields.
    pub fn action(&self) -> JsObject {
        self.action.clone()
    }
}

/// Makes the prototypes.
pub(super) fn install(context: &mut Context) -> JsResult<()> {
    let mut make = |describe: fn(&mut Prototype<'_>) -> JsResult<()>| Prototype::make(context, describe);
    let prototypes = Prototypes {
        member: make(super::members::describe)?,
        role: make(super::roles::describe)?,
        document: make(super::documents::describe)?,
        listed: make(super::policies::describe)?,
        policy: make(super::policy::describe)?,
        past: make(super::actions::describe)?,
        action: make(super::action::describe)?,
        proposal: make(super::proposal::describe)?,
        ballot: make(super::ballots::describe)?,
        bundle: make(super::bundle::describe)?,
        data: make(super::data::describe)?,
        answer: make(super::http::describe)?,
    };
    context.insert_data(Rc::new(prototypes));
    Ok(())
}

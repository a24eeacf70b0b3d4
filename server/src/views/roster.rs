//! Who belongs to a community, with which roles and rights: read once for a request.

use std::collections::HashMap;

use app::api::words::Person;
use types::member::{Member, Permission, Right, Role};
use types::{ActionType, MemberId, RoleId};

use crate::pipeline;

/// The members, roles and rights of one community at one moment.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    /// The members, by name.
    pub members: Vec<Member>,
    /// The roles, the one that everybody holds first.
    pub roles: Vec<Role>,
    /// What roles may do.
    pub permissions: Vec<Permission>,
    by_id: HashMap<MemberId, usize>,
}

impl Roster {
    /// Puts a community's members, roles and rights in order.
    #[must_use]
    pub fn new(mut members: Vec<Member>, mut roles: Vec<Role>, permissions: Vec<Permission>) -> Self {
        members.sort_by_cached_key(|member| (member.display_name.to_lowercase(), member.handle.clone()));
        roles.sort_by_key(|role| (!role.is_base, role.name.to_lowercase()));
        let by_id = members.iter().enumerate().map(|(place, member)| (member.id, place)).collect();
        Self { members, roles, permissions, by_id }
    }

    /// The member of an id.
    #[must_use]
    pub fn member(&self, id: MemberId) -> Option<&Member> {
        self.by_id.get(&id).and_then(|place| self.members.get(*place))
    }

    /// The member of a handle.
    #[must_use]
    pub fn by_handle(&self, handle: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.handle == handle)
    }

    /// The member of an id as a page shows them.
    #[must_use]
    pub fn person(&self, id: MemberId) -> Option<Person> {
        self.member(id).map(person)
    }

    /// The handle of an id; "former-member" for somebody who has left.
    #[must_use]
    pub fn handle(&self, id: MemberId) -> String {
        self.member(id).map_or_else(|| "former-member".to_owned(), |member| member.handle.clone())
    }

    /// Members who can be asked: everybody but programs.
    pub fn voters(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| !member.is_bot)
    }

    /// Names of the roles that `member` holds beside the one that everybody holds.
    #[must_use]
    pub fn role_names(&self, member: &Member) -> Vec<String> {
        let holds = |role: &&Role| !role.is_base && member.roles.contains(&role.id);
        self.roles.iter().filter(holds).map(|role| role.name.clone()).collect()
    }

    /// Names of all roles that `member` holds.
    #[must_use]
    pub fn all_role_names(&self, member: &Member) -> Vec<String> {
        let holds = |role: &&Role| role.is_base || member.roles.contains(&role.id);
        self.roles.iter().filter(holds).map(|role| role.name.clone()).collect()
    }

    /// Who holds a role that not everybody holds.
    pub fn holders(&self, role: RoleId) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(move |member| member.roles.contains(&role))
    }

    /// Whether `member` (or, for `None`, anybody at all) holds `right` on actions of type `kind`.
    #[must_use]
    pub fn may(&self, member: Option<&Member>, right: Right, kind: &ActionType) -> bool {
        let base = self.roles.iter().filter(|role| role.is_base).map(|role| role.id);
        let held: Vec<RoleId> =
            base.chain(member.into_iter().flat_map(|member| member.roles.iter().copied())).collect();
        pipeline::holds(right, kind, &held, &self.permissions)
    }
}

/// A member as a page shows them.
#[must_use]
pub fn person(member: &Member) -> Person {
    Person { handle: member.handle.clone(), name: member.display_name.clone() }
}

//! Whom a policy means: members, ids, handles, lists of them, a role by name or object, or "everyone".

use boa_engine::{Context, JsObject, JsResult, JsValue};
use types::member::{Member, Role};
use types::{FactKey, MemberId, Reads};

use super::args::Args;
use super::handle::Handle;
use crate::call::Call;

/// The word for every member.
pub(super) const EVERYONE: &str = "everyone";

/// What a "who" can be, in the words of an error message.
pub(super) const EXPECTED: &str = "a member, a member's id or handle, a list of them, a role, or \"everyone\"";

/// Those meant, in the order given and nobody twice; `None` for everyone.
pub(super) fn read(
    args: &Args<'_>,
    value: &JsValue,
    what: &str,
    context: &mut Context,
) -> JsResult<Option<Vec<MemberId>>> {
    let mut ids = Vec::new();
    if value.as_string().is_some_and(|text| text.to_std_string_lossy() == EVERYONE) {
        return Ok(None);
    }
    if value.as_object().as_ref().is_some_and(JsObject::is_array) {
        for item in args.list(value, what, context)? {
            one(args, &item, what, &mut ids, context)?;
        }
    } else {
        one(args, value, what, &mut ids, context)?;
    }
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(*id));
    if ids.len() > args.call.limits.addressees {
        return Err(args.refuse(format!("`{what}` names more than {} members", args.call.limits.addressees), context));
    }
    Ok(Some(ids))
}

/// The role that is meant, where all its holders are.
pub(super) fn role_meant(args: &Args<'_>, value: &JsValue) -> JsResult<Option<types::RoleId>> {
    if let Some(Handle::Role(place)) = Handle::in_value(value) {
        return Ok(role(&args.call, place)?.map(|role| role.id));
    }
    let Some(text) = value.as_string().map(|text| text.to_std_string_lossy()) else { return Ok(None) };
    if text == EVERYONE || text.parse::<MemberId>().is_ok() {
        return Ok(None);
    }
    Ok(role_named(&args.call, &text)?.map(|(_, role)| role.id))
}

/// Those meant, everyone listed.
pub(super) fn read_all(args: &Args<'_>, value: &JsValue, what: &str, context: &mut Context) -> JsResult<Vec<MemberId>> {
    match read(args, value, what, context)? {
        Some(ids) => Ok(ids),
        None => Ok(people(members(&args.call)?).map(|(_, member)| member.id).collect()),
    }
}

fn one(args: &Args<'_>, value: &JsValue, what: &str, ids: &mut Vec<MemberId>, context: &mut Context) -> JsResult<()> {
    if let Some(text) = value.as_string() {
        let text = text.to_std_string_lossy();
        if let Ok(id) = text.parse() {
            ids.push(id);
            return Ok(());
        }
        if let Some((_, role)) = role_named(&args.call, &text)? {
            let id = role.id;
            let is_base = role.is_base;
            ids.extend(
                people(members(&args.call)?).filter(|(_, m)| is_base || m.roles.contains(&id)).map(|(_, m)| m.id),
            );
            return Ok(());
        }
        let handle = text.strip_prefix('@').unwrap_or(&text);
        if let Some(member) = members(&args.call)?.iter().find(|member| member.handle == handle) {
            ids.push(member.id);
            return Ok(());
        }
        let text: String = text.chars().take(60).collect();
        return Err(args.refuse(format!("there is no member or role “{text}”"), context));
    }
    match Handle::in_value(value) {
        Some(Handle::Initiator) => ids.extend(args.call.request.action.initiator.as_ref().map(|member| member.id)),
        Some(Handle::Member(place)) => ids.extend(member(&args.call, place)?.map(|member| member.id)),
        Some(Handle::Role(place)) => {
            if let Some(role) = role(&args.call, place)? {
                let (id, is_base) = (role.id, role.is_base);
                ids.extend(
                    people(members(&args.call)?).filter(|(_, m)| is_base || m.roles.contains(&id)).map(|(_, m)| m.id),
                );
            }
        }
        _ => return Err(args.wrong(what, EXPECTED, value, context)),
    }
    Ok(())
}

/// The one member meant.
pub(super) fn read_one(args: &Args<'_>, value: &JsValue, what: &str, context: &mut Context) -> JsResult<MemberId> {
    let ids = read(args, value, what, context)?;
    match ids.as_deref() {
        Some([id]) => Ok(*id),
        _ => Err(args.wrong(what, "one member, or a member's id or handle", value, context)),
    }
}

/// The member list.
pub(super) fn members(call: &Call) -> JsResult<&[Member]> {
    call.reads(Reads::MEMBERS);
    call.facts().members.as_deref().ok_or_else(|| call.needs(FactKey::Members))
}

/// The roles.
pub(super) fn roles(call: &Call) -> JsResult<&[Role]> {
    call.reads(Reads::MEMBERS);
    call.facts().roles.as_deref().ok_or_else(|| call.needs(FactKey::Members))
}

/// Members who are people, with their places. Programs are never asked and never counted.
pub(super) fn people(members: &[Member]) -> impl Iterator<Item = (u32, &Member)> {
    (0_u32..).zip(members).filter(|(_, member)| !member.is_bot)
}

pub(super) fn member(call: &Call, place: u32) -> JsResult<Option<&Member>> {
    Ok(members(call)?.get(usize::try_from(place).unwrap_or(usize::MAX)))
}

pub(super) fn role(call: &Call, place: u32) -> JsResult<Option<&Role>> {
    Ok(roles(call)?.get(usize::try_from(place).unwrap_or(usize::MAX)))
}

/// The role of that name, exactly or else whatever its capitals, with its place.
pub(super) fn role_named<'a>(call: &'a Call, name: &str) -> JsResult<Option<(u32, &'a Role)>> {
    let roles = roles(call)?;
    let by = |same: &dyn Fn(&Role) -> bool| (0_u32..).zip(roles).find(|(_, role)| same(role));
    Ok(by(&|role| role.name == name).or_else(|| by(&|role| role.name.to_lowercase() == name.to_lowercase())))
}

/// The role that an argument names, as object or by name.
pub(super) fn read_role(args: &Args<'_>, value: &JsValue, what: &str, context: &Context) -> JsResult<u32> {
    if let Some(Handle::Role(place)) = Handle::in_value(value) {
        return Ok(place);
    }
    let Some(name) = value.as_string() else {
        return Err(args.wrong(what, "a role or the name of a role", value, context));
    };
    let name = name.to_std_string_lossy();
    match role_named(&args.call, &name)? {
        Some((place, _)) => Ok(place),
        None => {
            let known: Vec<&str> = roles(&args.call)?.iter().map(|role| role.name.as_str()).take(20).collect();
            let name: String = name.chars().take(60).collect();
            Err(args.refuse(format!("there is no role “{name}”; there are: {}", known.join(", ")), context))
        }
    }
}

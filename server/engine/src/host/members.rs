//! `members`: the people of the community, wrapped one by one as they are touched.

use boa_engine::object::builtins::JsArray;
use boa_engine::{Context, JsObject, JsResult, JsValue};
use types::member::Member;
use types::{MemberId, Reads};

use super::args::{self, Args};
use super::build::{self, Prototype};
use super::handle::Handle;
use super::who;
use crate::call::Call;

pub(super) fn install(context: &mut Context) -> JsResult<()> {
    build::namespace(context, "members", |members| {
        members.getter("count", count)?.method("all", 0, all)?.method("ids", 0, ids)?.method("get", 1, get)?;
        members.method("where", 1, filter)?.method("withRole", 1, with_role)?.method("sample", 2, sample)?;
        members.iterable(all)?;
        Ok(())
    })
}

pub(super) fn describe(member: &mut Prototype<'_>) -> JsResult<()> {
    member.getter("id", |this, _, context| show(this, context, |m| build::text(&m.id.to_string())))?;
    member.getter("handle", |this, _, context| show(this, context, |m| build::text(m.handle)))?;
    member.getter("displayName", |this, _, context| show(this, context, |m| build::text(m.display_name)))?;
    member.getter("joinedAt", |this, _, context| show(this, context, |m| build::moment(m.joined_at)))?;
    member.getter("isBot", is_bot)?.getter("roles", roles)?.method("hasRole", 1, has_role)?;
    // A member stored in data or logged is their id.
    member.method("toJSON", 0, |this, _, context| show(this, context, |m| build::text(&m.id.to_string())))?;
    member.method("toString", 0, |this, _, context| show(this, context, |m| build::text(m.display_name)))?;
    Ok(())
}

/// What is known of a member with or without the member list.
struct Seen<'a> {
    id: MemberId,
    handle: &'a str,
    display_name: &'a str,
    joined_at: types::Timestamp,
}

/// The object that stands for member `id`; `null` where there is none.
pub(super) fn wrap(id: MemberId, context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    if call.request.action.initiator.as_ref().is_some_and(|initiator| initiator.id == id) {
        return Ok(Handle::Initiator.wrap(context));
    }
    who::members(&call)?;
    Ok(match call.place_of_member(id) {
        Some(place) => Handle::Member(place).wrap(context),
        None => JsValue::null(),
    })
}

/// The object that stands for the member at `place`.
fn wrap_at(call: &Call, place: u32, member: &Member, context: &mut Context) -> JsValue {
    let is_initiator = call.request.action.initiator.as_ref().is_some_and(|initiator| initiator.id == member.id);
    if is_initiator { Handle::Initiator.wrap(context) } else { Handle::Member(place).wrap(context) }
}

/// An array of the members for which `keep` holds.
pub(super) fn list(call: &Call, keep: impl Fn(&Member) -> bool, context: &mut Context) -> JsResult<JsValue> {
    let mut found = Vec::new();
    for (place, member) in who::people(who::members(call)?).filter(|(_, member)| keep(member)) {
        found.push(wrap_at(call, place, member, context));
    }
    Ok(JsArray::from_iter(found, context).into())
}

fn show(this: &JsValue, context: &mut Context, read: impl Fn(Seen<'_>) -> JsValue) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    let seen = match Handle::of(this)? {
        Handle::Initiator => call.request.action.initiator.as_ref().map(|initiator| Seen {
            id: initiator.id,
            handle: &initiator.handle,
            display_name: &initiator.display_name,
            joined_at: initiator.joined_at,
        }),
        Handle::Member(place) => who::member(&call, place)?.map(|member| Seen {
            id: member.id,
            handle: &member.handle,
            display_name: &member.display_name,
            joined_at: member.joined_at,
        }),
        _ => None,
    };
    Ok(seen.map(read).unwrap_or_default())
}

/// The names of the roles that `this` holds.
fn role_names(this: &JsValue, call: &Call) -> JsResult<Vec<String>> {
    match Handle::of(this)? {
        Handle::Initiator => {
            Ok(call.request.action.initiator.as_ref().map(|initiator| initiator.roles.clone()).unwrap_or_default())
        }
        Handle::Member(place) => {
            let Some(member) = who::member(call, place)? else { return Ok(Vec::new()) };
            let held = |role: &&types::member::Role| role.is_base || member.roles.contains(&role.id);
            Ok(who::roles(call)?.iter().filter(held).map(|role| role.name.clone()).collect())
        }
        _ => Ok(Vec::new()),
    }
}

fn roles(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    let names: Vec<JsValue> = role_names(this, &call)?.iter().map(|name| build::text(name)).collect();
    Ok(JsArray::from_iter(names, context).into())
}

fn has_role(this: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("hasRole", arguments, context)?;
    if let Some(Handle::Role(place)) = Handle::in_value(&args.value(0)) {
        let name = who::role(&args.call, place)?.map(|role| role.name.clone()).unwrap_or_default();
        return Ok(role_names(this, &args.call)?.contains(&name).into());
    }
    let name = args.name(0, "role", context)?.to_lowercase();
    Ok(role_names(this, &args.call)?.iter().any(|held| held.to_lowercase() == name).into())
}

fn is_bot(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    let place = match Handle::of(this)? {
        Handle::Member(place) => Some(place),
        Handle::Initiator => {
            who::members(&call)?;
            call.request.action.initiator.as_ref().and_then(|initiator| call.place_of_member(initiator.id))
        }
        _ => None,
    };
    let Some(place) = place else { return Ok(false.into()) };
    Ok(who::member(&call, place)?.is_some_and(|member| member.is_bot).into())
}

fn count(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    Ok(build::count(who::people(who::members(&call)?).count()))
}

fn all(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    list(&call, |_| true, context)
}

fn ids(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    let ids: Vec<JsValue> =
        who::people(who::members(&call)?).map(|(_, member)| build::text(&member.id.to_string())).collect();
    Ok(JsArray::from_iter(ids, context).into())
}

fn get(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("members.get", arguments, context)?;
    let name = args.name(0, "name", context)?;
    if let Ok(id) = name.parse() {
        return wrap(id, context);
    }
    let handle = name.strip_prefix('@').unwrap_or(&name);
    match who::members(&args.call)?.iter().find(|member| member.handle == handle) {
        Some(member) => wrap(member.id, context),
        None => Ok(JsValue::null()),
    }
}

fn filter(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("members.where", arguments, context)?;
    let value = args.value(0);
    let Some(predicate) = value.as_callable() else {
        return Err(args.wrong("predicate", "a function such as m => m.hasRole(\"Steward\")", &value, context));
    };
    let mut found = Vec::new();
    for (place, member) in who::people(who::members(&args.call)?) {
        let wrapped = wrap_at(&args.call, place, member, context);
        if predicate.call(&JsValue::undefined(), std::slice::from_ref(&wrapped), context)?.to_boolean() {
            found.push(wrapped);
        }
    }
    Ok(JsArray::from_iter(found, context).into())
}

fn with_role(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("members.withRole", arguments, context)?;
    let place = who::read_role(&args, &args.value(0), "role", context)?;
    super::roles::holders(&args.call, place, context)
}

/// Draws from everyone, or those with a role, in ascending order of id, less those to avoid.
fn sample(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("members.sample", arguments, context)?;
    let n = usize::try_from(args.whole(0, "n", 0, 1_000_000, context)?).unwrap_or(0);
    let options: Option<JsObject> = args.options(1, &["avoid", "role"], context)?;
    let avoid = args::field(options.as_ref(), "avoid", context)?;
    let avoid = match avoid.is_null_or_undefined() {
        true => Vec::new(),
        false => who::read_all(&args, &avoid, "avoid", context)?,
    };
    let avoid: std::collections::HashSet<MemberId> = avoid.into_iter().collect();
    let role = args::field(options.as_ref(), "role", context)?;
    let role = match role.is_null_or_undefined() {
        true => None,
        false => who::role(&args.call, who::read_role(&args, &role, "role", context)?)?,
    };
    let holds = |member: &Member| role.is_none_or(|role| role.is_base || member.roles.contains(&role.id));
    let mut among: Vec<(u32, &Member)> = who::people(who::members(&args.call)?)
        .filter(|(_, member)| holds(member) && !avoid.contains(&member.id))
        .collect();
    among.sort_by_key(|(_, member)| member.id);
    args.call.reads(Reads::RANDOM);
    let places = args.call.draw.borrow_mut().sample(among.len(), n);
    let mut drawn = Vec::new();
    for (place, member) in places.into_iter().filter_map(|place| among.get(place)) {
        drawn.push(wrap_at(&args.call, *place, member, context));
    }
    Ok(JsArray::from_iter(drawn, context).into())
}

//! `roles`: named sets of members, and who enters or leaves them.

use boa_engine::object::builtins::JsArray;
use boa_engine::{Context, JsResult, JsValue};
use types::member::Role;
use types::{Effect, RoleId};

use super::args::Args;
use super::build::{self, Prototype};
use super::handle::Handle;
use super::{members, who};
use crate::call::Call;

pub(super) fn install(context: &mut Context) -> JsResult<()> {
    build::namespace(context, "roles", |roles| {
        roles.getter("count", count)?.method("all", 0, all)?.method("get", 1, get)?.method("where", 1, filter)?;
        roles.iterable(all)?;
        Ok(())
    })
}

pub(super) fn describe(role: &mut Prototype<'_>) -> JsResult<()> {
    role.getter("id", |this, _, context| show(this, context, |role| build::text(&role.id.to_string())))?;
    role.getter("name", |this, _, context| show(this, context, |role| build::text(&role.name)))?;
    role.getter("description", |this, _, context| show(this, context, |role| build::text(&role.description)))?;
    role.getter("isBase", |this, _, context| show(this, context, |role| JsValue::new(role.is_base)))?;
    role.getter("members", holders_of_this)?.getter("count", count_holders)?.method("has", 1, has)?;
    role.method("add", 1, add)?.method("remove", 1, remove)?.method("clear", 0, clear)?;
    role.method("toJSON", 0, |this, _, context| show(this, context, |role| build::text(&role.name)))?;
    role.method("toString", 0, |this, _, context| show(this, context, |role| build::text(&role.name)))?;
    Ok(())
}

fn place(this: &JsValue) -> JsResult<u32> {
    match Handle::of(this)? {
        Handle::Role(place) => Ok(place),
        _ => Ok(u32::MAX),
    }
}

fn show(this: &JsValue, context: &mut Context, read: impl Fn(&Role) -> JsValue) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    Ok(who::role(&call, place(this)?)?.map(read).unwrap_or_default())
}

/// The members who hold the role at `place`.
pub(super) fn holders(call: &Call, place: u32, context: &mut Context) -> JsResult<JsValue> {
    let Some(role) = who::role(call, place)? else { return members::list(call, |_| false, context) };
    members::list(call, |member| role.is_base || member.roles.contains(&role.id), context)
}

fn holders_of_this(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    holders(&call, place(this)?, context)
}

fn count_holders(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    let Some(role) = who::role(&call, place(this)?)? else { return Ok(JsValue::new(0)) };
    let holds = |member: &types::member::Member| role.is_base || member.roles.contains(&role.id);
    Ok(build::count(who::people(who::members(&call)?).filter(|(_, member)| holds(member)).count()))
}

fn has(this: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("role.has", arguments, context)?;
    let id = who::read_one(&args, &args.value(0), "member", context)?;
    let Some(role) = who::role(&args.call, place(this)?)? else { return Ok(false.into()) };
    let found = who::members(&args.call)?.iter().find(|member| member.id == id);
    Ok(found.is_some_and(|member| role.is_base || member.roles.contains(&role.id)).into())
}

/// The role that is to be changed. The base role is everybody's, always.
fn changed(args: &Args<'_>, this: &JsValue, context: &Context) -> JsResult<RoleId> {
    match who::role(&args.call, place(this)?)? {
        Some(role) if role.is_base => {
            Err(args
                .refuse(format!("every member holds the role “{}”; it cannot be given or taken", role.name), context))
        }
        Some(role) => Ok(role.id),
        None => Err(args.refuse("there is no such role", context)),
    }
}

fn add(this: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("role.add", arguments, context)?;
    let role = changed(&args, this, context)?;
    for member in who::read_all(&args, &args.value(0), "member", context)? {
        args.call.effect(Effect::AddToRole { role, member }, context)?;
    }
    Ok(JsValue::undefined())
}

fn remove(this: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("role.remove", arguments, context)?;
    let role = changed(&args, this, context)?;
    for member in who::read_all(&args, &args.value(0), "member", context)? {
        args.call.effect(Effect::RemoveFromRole { role, member }, context)?;
    }
    Ok(JsValue::undefined())
}

fn clear(this: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("role.clear", arguments, context)?;
    let role = changed(&args, this, context)?;
    args.call.effect(Effect::ClearRole { role }, context)?;
    Ok(JsValue::undefined())
}

fn count(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    Ok(build::count(who::roles(&call)?.len()))
}

fn all(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    let n = u32::try_from(who::roles(&call)?.len()).unwrap_or(0);
    let roles: Vec<JsValue> = (0..n).map(|place| Handle::Role(place).wrap(context)).collect();
    Ok(JsArray::from_iter(roles, context).into())
}

fn get(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("roles.get", arguments, context)?;
    let name = args.name(0, "name", context)?;
    let by_id = name.parse::<RoleId>().ok();
    let found = match by_id {
        Some(id) => (0_u32..).zip(who::roles(&args.call)?).find(|(_, role)| role.id == id),
        None => who::role_named(&args.call, &name)?,
    };
    let Some((place, _)) = found else { return Ok(JsValue::null()) };
    Ok(Handle::Role(place).wrap(context))
}

fn filter(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("roles.where", arguments, context)?;
    let n = u32::try_from(who::roles(&args.call)?.len()).unwrap_or(0);
    build::keep(&args, (0..n).map(Handle::Role), context)
}

//! What events do to a scenario's world and ballots.

use std::time::Duration;

use types::ballot::Ballot;
use types::member::{Member, Role};
use types::simulation::{Event, Happening};
use types::{BallotValue, MemberId, RoleId, Timestamp};

use super::play::Play;
use super::scenario::{invented_id, role_id};
use super::{MAX_EVENTS, SimulateError};

/// Brings events into the order in which they happen, with those left out that fall into a time in which nobody votes.
///
/// # Errors
/// [`SimulateError::TooManyEvents`].
pub fn in_order(events: &[Event]) -> Result<Vec<(usize, Event)>, SimulateError> {
    if events.len() > MAX_EVENTS {
        return Err(SimulateError::TooManyEvents(events.len()));
    }
    let silences: Vec<(u64, u64)> = events
        .iter()
        .filter_map(|event| match event.what {
            Happening::Nobody { for_seconds } => {
                Some((event.at_seconds, for_seconds.map_or(u64::MAX, |length| event.at_seconds.saturating_add(length))))
            }
            _ => None,
        })
        .collect();
    let is_silenced = |event: &Event| {
        matches!(event.what, Happening::Ballot { .. } | Happening::Everyone { .. } | Happening::Rest { .. })
            && silences.iter().any(|(from, to)| (*from..*to).contains(&event.at_seconds))
    };
    let mut ordered: Vec<(usize, Event)> =
        events.iter().cloned().enumerate().filter(|(_, event)| !is_silenced(event)).collect();
    ordered.sort_by_key(|(_, event)| event.at_seconds);
    Ok(ordered)
}

impl Play {
    /// Lets an event happen. The answer says it in a sentence.
    pub(super) fn happen(&mut self, place: usize, event: &Event) -> Result<String, SimulateError> {
        self.check_names(place, &event.what)?;
        let at = self.starts_at + Duration::from_secs(event.at_seconds);
        match &event.what {
            Happening::Ballot { member, value, reason } => {
                let id = self.member(place, member)?;
                let problem = self
                    .vote(id, value, reason.clone(), at)
                    .map_err(|problem| SimulateError::BadBallot { place: format!("events[{place}].value"), problem })?;
                Ok(format!("{member} votes {}{problem}", said(value)))
            }
            Happening::Everyone { role, value } => {
                let ids: Vec<MemberId> = self.world.voters(role.as_deref()).map(|member| member.id).collect();
                for id in &ids {
                    self.vote(*id, value, None, at).map_err(|problem| SimulateError::BadBallot {
                        place: format!("events[{place}].value"),
                        problem,
                    })?;
                }
                let of = role.as_ref().map_or_else(String::new, |role| format!(" in {role}"));
                Ok(format!("everyone{of} votes {} ({})", said(value), ids.len()))
            }
            Happening::Rest { value } => {
                let n_votes = self.rest(value, at);
                Ok(format!("the {n_votes} others vote {}", said(value)))
            }
            Happening::Nobody { .. } => Ok("nobody votes".to_owned()),
            Happening::Withdraw { member } => {
                let id = self.member(place, member)?;
                for docket in &mut self.case.dockets {
                    docket.ballots.retain(|ballot| ballot.member != Some(id));
                }
                Ok(format!("{member} takes the vote back"))
            }
            Happening::GrantRole { member, role } => {
                let (id, role_id) = (self.member(place, member)?, self.role(place, role)?);
                let world = std::sync::Arc::make_mut(&mut self.world);
                for one in world.members.iter_mut().filter(|one| one.id == id && !one.roles.contains(&role_id)) {
                    one.roles.push(role_id);
                }
                Ok(format!("{member} becomes {role}"))
            }
            Happening::RevokeRole { member, role } => {
                let (id, role_id) = (self.member(place, member)?, self.role(place, role)?);
                let world = std::sync::Arc::make_mut(&mut self.world);
                for one in world.members.iter_mut().filter(|one| one.id == id) {
                    one.roles.retain(|held| *held != role_id);
                }
                Ok(format!("{member} is no longer {role}"))
            }
            Happening::Join { member, roles } => {
                self.join(member, roles, at);
                Ok(format!("{member} joins"))
            }
            Happening::Leave { member } => {
                let id = self.member(place, member)?;
                std::sync::Arc::make_mut(&mut self.world).members.retain(|one| one.id != id);
                Ok(format!("{member} leaves"))
            }
            Happening::Tick => Ok("time passes".to_owned()),
        }
    }

    fn join(&mut self, handle: &str, roles: &[String], at: Timestamp) {
        if self.world.member(handle).is_some() {
            return;
        }
        let world = std::sync::Arc::make_mut(&mut self.world);
        let mut held: Vec<RoleId> = world.roles.iter().filter(|role| role.is_base).map(|role| role.id).collect();
        for name in roles {
            let known = world.role(name).map(|role| role.id);
            held.push(known.unwrap_or_else(|| {
                let id = role_id(world.roles.len());
                world.roles.push(Role { id, name: name.clone(), description: String::new(), is_base: false });
                id
            }));
        }
        let member = Member {
            id: MemberId(invented_id(self.seed, &format!("joins {handle}"))),
            handle: handle.to_owned(),
            display_name: handle.to_owned(),
            joined_at: at,
            roles: held,
            is_bot: false,
        };
        let place = world.members.partition_point(|one| one.id < member.id);
        world.members.insert(place, member);
    }

    /// Counts a vote on every open docket whose question it answers. The answer says why it was not counted anywhere.
    fn vote(
        &mut self,
        id: MemberId,
        value: &BallotValue,
        reason: Option<String>,
        at: Timestamp,
    ) -> Result<&'static str, String> {
        let several = self.case.dockets.len() > 1;
        let (mut counted, mut why) = (false, "");
        for docket in &mut self.case.dockets {
            let ask = docket.ask.clone().unwrap_or_default();
            if let Err(problem) = ask.admits(value) {
                // With several policies a vote answers whichever asked for it.
                if several {
                    continue;
                }
                return Err(problem.to_string());
            }
            if ask.eligible.as_ref().is_some_and(|eligible| !eligible.contains(&id)) {
                why = ", but was not asked: not counted";
            } else if ask.closes.is_some_and(|closes| at > closes) {
                why = ", but the vote is closed: not counted";
            } else {
                docket.ballots.retain(|ballot| ballot.member != Some(id));
                docket.ballots.push(Ballot {
                    member: Some(id),
                    value: value.clone(),
                    cast_at: at,
                    reason: reason.clone(),
                });
                counted = true;
            }
        }
        Ok(if counted { "" } else { why })
    }

    /// Everybody who was asked and has not voted votes; whoever cannot answer the question so is left out.
    fn rest(&mut self, value: &BallotValue, at: Timestamp) -> usize {
        let everybody: Vec<MemberId> = self.world.voters(None).map(|member| member.id).collect();
        let has_voted = |play: &Self, id: &MemberId| {
            play.case.dockets.iter().any(|docket| docket.ballots.iter().any(|ballot| ballot.member == Some(*id)))
        };
        let silent: Vec<MemberId> = everybody.into_iter().filter(|id| !has_voted(self, id)).collect();
        silent.into_iter().filter(|id| self.vote(*id, value, None, at).is_ok_and(str::is_empty)).count()
    }

    /// Whether everything that an event names is there.
    pub(super) fn check_names(&self, place: usize, what: &Happening) -> Result<(), SimulateError> {
        match what {
            Happening::Ballot { member, .. } | Happening::Withdraw { member } | Happening::Leave { member } => {
                self.member(place, member).map(|_| ())
            }
            Happening::GrantRole { member, role } | Happening::RevokeRole { member, role } => {
                self.member(place, member)?;
                self.role(place, role).map(|_| ())
            }
            Happening::Everyone { role: Some(role), .. } => self.role(place, role).map(|_| ()),
            Happening::Everyone { role: None, .. }
            | Happening::Rest { .. }
            | Happening::Nobody { .. }
            | Happening::Join { .. }
            | Happening::Tick => Ok(()),
        }
    }

    fn member(&self, place: usize, handle: &str) -> Result<MemberId, SimulateError> {
        self.world.member(handle).map(|member| member.id).ok_or_else(|| SimulateError::UnknownMember {
            place: format!("events[{place}].member"),
            handle: handle.to_owned(),
        })
    }

    fn role(&self, place: usize, name: &str) -> Result<RoleId, SimulateError> {
        self.world
            .role(name)
            .map(|role| role.id)
            .ok_or_else(|| SimulateError::UnknownRole { place: format!("events[{place}].role"), role: name.to_owned() })
    }
}

/// A ballot as people say it.
#[must_use]
pub fn said(value: &BallotValue) -> String {
    match value {
        BallotValue::Yes => "yes".to_owned(),
        BallotValue::No => "no".to_owned(),
        BallotValue::Abstain => "abstain".to_owned(),
        BallotValue::Choice(option) => format!("“{option}”"),
        BallotValue::Number(number) => number.to_string(),
        BallotValue::List(options) => options.join(" > "),
        BallotValue::Numbers(numbers) => {
            numbers.iter().map(|(option, number)| format!("{option}: {number}")).collect::<Vec<_>>().join(", ")
        }
    }
}

//! Plays the trial whenever it was changed and the author pauses.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use types::Json;
use types::simulation::{Outcome, TrialInput};

use super::TrialState;
use crate::{api::trial::simulate, error::AppError};

/// How long nothing must change before the server is asked.
const PAUSE: Duration = Duration::from_millis(300);

/// Keeps the result of `trial` up to date with `policy`, until the page goes. While there is no policy, nothing is played.
///
/// A newer draft ends the older one's run: the request is dropped, and with it the work on the server.
pub fn keep_playing(trial: TrialState, policy: Signal<Option<Json>>) {
    let slug = trial.cast.with_value(|cast| cast.slug.clone());
    // Before the fields of what is attempted are known, the payload would be one that nobody meant.
    let is_ready = Memo::new(move |_| trial.fields.with(|fields| !fields.is_empty()));
    let wanted = Memo::new(move |_| policy.get().filter(|_| is_ready.get()).map(|policy| trial.input(policy)));
    let play = Action::new(move |input: &TrialInput| {
        let (slug, input) = (slug.clone(), input.clone());
        async move { (input.clone(), simulate(slug, input).await) }
    });
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let running = StoredValue::new(None::<ActionAbortHandle>);
    let give_up = move || {
        waiting.try_update_value(|waiting| waiting.take().map(|handle| handle.clear()));
        running.try_update_value(|running| running.take().map(ActionAbortHandle::abort));
    };
    Effect::new(move |_| {
        let wanted = wanted.get();
        // What was about to be asked is no longer what is wanted, whatever is.
        give_up();
        let is_whole = |input: &TrialInput| !input.action.kind.is_empty() && !input.action.initiator.is_empty();
        let Some(input) = wanted.filter(is_whole) else { return };
        trial.is_stale.set(true);
        let ask = move || {
            let handle = play.dispatch(input);
            running.try_update_value(|running| *running = Some(handle));
        };
        if let Ok(handle) = set_timeout_with_handle(ask, PAUSE) {
            waiting.set_value(Some(handle));
        }
    });
    Effect::new(move |_| {
        let Some((input, answer)) = play.value().get() else { return };
        // The author may have gone on while it was played: then the next answer is on its way.
        if wanted.get_untracked().as_ref() == Some(&input) {
            take(trial, answer);
        }
    });
    on_cleanup(give_up);
}

fn take(trial: TrialState, answer: Result<Outcome, AppError>) {
    match answer {
        Ok(outcome) => {
            trial.failure.set(None);
            trial.outcome.set(Some(outcome));
        }
        Err(error) => trial.failure.set(Some(error)),
    }
    trial.is_stale.set(false);
}

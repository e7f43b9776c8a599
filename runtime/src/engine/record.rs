//! The lines that an event adds to the execution log.

use super::EventResult;
use crate::event::Event;
use crate::state::{Execution, ExecutionError, now};

/// One line for each rule that matched or failed.
pub(super) fn executions<'a>(
    event: &'a Event,
    result: &'a EventResult,
) -> impl Iterator<Item = Execution> + 'a {
    let at = now();
    let hook = result.hook;
    result.rules.iter().filter(|rule| rule.matched || rule.error.is_some()).filter_map(move |rule| {
        let error = rule.error.as_ref();
        Some(Execution {
            at,
            rule_id: std::sync::Arc::clone(&rule.id),
            hook: hook?,
            user_id: event.user_id.clone(),
            project_id: event.project_id.clone(),
            session_id: event.session_id.clone(),
            event_id: result.event.id.clone(),
            matched: rule.matched,
            fired: rule.fired,
            held: rule.held,
            actions: rule.actions.clone(),
            error: error.map(|it| ExecutionError { kind: it.kind.to_owned(), message: it.message.clone() }),
            time_us: rule.time_us,
        })
    })
}

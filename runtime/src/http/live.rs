//! What happens now, for those who listen.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use oracle_vm::value::Text;
use serde::Serialize;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::engine::EventResult;
use crate::notify::Notification;
use crate::state::{Execution, ExecutionError};

/// Happenings that wait for the slowest listener; it is told how many it missed beyond.
const WAITING: usize = 1024;

/// One thing that happened in a user's session.
#[derive(Clone, Debug)]
pub(super) struct Happening {
    user: Text,
    /// `execution` or `notification`.
    pub(super) kind: &'static str,
    /// What happened, as JSON.
    pub(super) json: Arc<str>,
}

/// Tells listeners what happens. Without any, telling costs one look.
#[derive(Debug)]
pub(super) struct Live {
    sender: broadcast::Sender<Happening>,
    /// Streams by user.
    listening: Arc<Mutex<HashMap<Text, usize>>>,
}

/// A notification with the session that it waits in.
#[derive(Serialize)]
struct Queued<'a> {
    project_id: &'a str,
    session_id: &'a str,
    #[serde(flatten)]
    notification: &'a Notification,
}

impl Default for Live {
    fn default() -> Live {
        Live { sender: broadcast::channel(WAITING).0, listening: Arc::default() }
    }
}

impl Live {
    /// Tells what became of an event.
    pub(super) fn tell(&self, user: &Text, project: &Text, results: &[EventResult], now: f64) {
        if self.sender.receiver_count() == 0 {
            return;
        }
        for result in results {
            for execution in executions(user, project, result, now) {
                self.send(user, "execution", &execution);
            }
            for notification in &result.notifications {
                let session_id = result.event.session_id.as_str();
                self.send(
                    user,
                    "notification",
                    &Queued { project_id: project.as_str(), session_id, notification },
                );
            }
        }
    }

    fn send(&self, user: &Text, kind: &'static str, value: &impl Serialize) {
        let Ok(json) = serde_json::to_string(value) else { return };
        // Nobody listens any more: then there is nobody to tell.
        let _ = self.sender.send(Happening { user: user.clone(), kind, json: json.into() });
    }

    /// Listens to what happens to a user, unless they listen `most` times already.
    pub(super) fn listen(&self, user: &Text, most: usize) -> Option<Listener> {
        let mut listening = self.listening.lock().unwrap_or_else(PoisonError::into_inner);
        let count = listening.entry(user.clone()).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        drop(listening);
        Some(Listener {
            user: user.clone(),
            receiver: self.sender.subscribe(),
            listening: Arc::clone(&self.listening),
        })
    }
}

/// Hears what happens to one user.
#[derive(Debug)]
pub(super) struct Listener {
    user: Text,
    receiver: broadcast::Receiver<Happening>,
    listening: Arc<Mutex<HashMap<Text, usize>>>,
}

impl Listener {
    /// The next thing that happens to the user.
    pub(super) async fn hear(&mut self) -> Result<Happening, RecvError> {
        loop {
            let happening = self.receiver.recv().await?;
            if happening.user == self.user {
                return Ok(happening);
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut listening = self.listening.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = listening.get_mut(&self.user) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                listening.remove(&self.user);
            }
        }
    }
}

fn executions(user: &Text, project: &Text, result: &EventResult, now: f64) -> Vec<Execution> {
    let Some(hook) = result.hook else { return Vec::new() };
    let notable = result.rules.iter().filter(|rule| rule.matched || rule.error.is_some());
    let execution = |rule: &crate::engine::RuleOutcome| Execution {
        at: now,
        rule_id: Arc::clone(&rule.id),
        hook,
        user_id: user.clone(),
        project_id: project.clone(),
        session_id: result.event.session_id.clone(),
        event_id: result.event.id.clone(),
        matched: rule.matched,
        fired: rule.fired,
        held: rule.held,
        actions: rule.actions.clone(),
        error: rule
            .error
            .as_ref()
            .map(|error| ExecutionError { kind: error.kind.to_owned(), message: error.message.clone() }),
        time_us: rule.time_us,
    };
    notable.map(execution).collect()
}

//! The session: identity, time, and what is remembered between events.

use std::sync::Arc;

use oracle_vm::schema::slot;
use oracle_vm::value::{Data, Map, Text};
use serde::{Deserialize, Serialize};

use super::tools::InFlight;
use crate::context::Context;
use crate::event::Event;
use crate::limits::Moment;

/// What names a session. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionKey {
    /// The user.
    pub user: Text,
    /// The project.
    pub project: Text,
    /// The session, as the host calls it.
    pub session: Text,
}

impl SessionKey {
    /// The session that an event belongs to.
    pub fn of(event: &Event) -> SessionKey {
        SessionKey {
            user: event.user_id.clone(),
            project: event.project_id.clone(),
            session: event.session_id.clone(),
        }
    }
}

/// Where a session is: what limits count, and what tells its next turn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionMark {
    /// The turns that passed, and the time of the last event.
    pub moment: Moment,
    /// The number of the turn, as the agent counts.
    pub number: i64,
    /// Whether a turn began.
    pub begun: bool,
    /// When the first event with a timestamp happened.
    pub started: Option<f64>,
    /// Whether the last event was `session.end`.
    pub ended: bool,
}

/// The state of one agent session, as its events tell it.
#[derive(Clone, Debug)]
pub struct Session {
    key: SessionKey,
    pub(super) context: Context,
    /// When the first event with a timestamp happened.
    pub(super) started: Option<f64>,
    pub(super) moment: Moment,
    pub(super) turn: super::turn::TurnClock,
    pub(super) in_flight: InFlight,
    /// A query that became a message, until the agent's own messages repeat it.
    pub(super) open_query: Option<Text>,
    pub(super) ended: bool,
}

impl Session {
    /// A session in which nothing happened yet.
    pub fn new(key: SessionKey) -> Session {
        let mut session = Session {
            context: Context::empty(),
            key,
            started: None,
            moment: Moment::default(),
            turn: super::turn::TurnClock::default(),
            in_flight: InFlight::default(),
            open_query: None,
            ended: false,
        };
        session.name_context();
        session
    }

    /// What names it.
    pub fn key(&self) -> &SessionKey {
        &self.key
    }

    /// The context as of the last event.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The turns that passed, and the time of the last event.
    pub fn moment(&self) -> Moment {
        self.moment
    }

    /// Where it is, for what has to go on after a restart.
    pub fn mark(&self) -> SessionMark {
        let number = self.turn_number();
        let begun = self.turn.has_begun();
        SessionMark { moment: self.moment, number, begun, started: self.started, ended: self.ended }
    }

    /// Goes on where a session of the same name was. Only for a session in which nothing happened yet.
    pub fn resume(&mut self, mark: &SessionMark) {
        self.moment = mark.moment;
        self.started = mark.started;
        self.ended = mark.ended;
        self.turn.resume(mark.begun);
        self.context.set(slot::TURN_NUMBER, Data::Int(mark.number));
        if let Some(started) = mark.started {
            self.context.set(slot::SESSION_STARTED_AT, Data::Float(started));
        }
    }

    /// Whether its last event was `session.end`: the next one begins it anew.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Sets what the host says about the user.
    pub fn set_user_settings(&mut self, settings: Arc<Map>) {
        self.context.set(slot::USER_SETTINGS, Data::Map(settings));
    }

    /// Sets what the host says about the project.
    pub fn set_project_settings(&mut self, settings: Arc<Map>) {
        self.context.set(slot::PROJECT_SETTINGS, Data::Map(settings));
    }

    /// Begins anew; what the host said about user and project stays.
    pub(super) fn reset(&mut self) {
        let user = self.context.get(slot::USER_SETTINGS).clone();
        let project = self.context.get(slot::PROJECT_SETTINGS).clone();
        *self = Session::new(self.key.clone());
        self.context.set(slot::USER_SETTINGS, user);
        self.context.set(slot::PROJECT_SETTINGS, project);
    }

    fn name_context(&mut self) {
        self.context.set(slot::USER_ID, Data::Str(self.key.user.clone()));
        self.context.set(slot::PROJECT_ID, Data::Str(self.key.project.clone()));
        self.context.set(slot::SESSION_ID, Data::Str(self.key.session.clone()));
    }
}

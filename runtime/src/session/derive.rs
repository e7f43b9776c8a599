//! What an event does to its session: one line per kind of event.

use std::sync::{Arc, LazyLock};

use oracle_vm::schema::slot;
use oracle_vm::value::{Data, Map, Text};

use super::{Session, history};
use crate::event::{Event, Severity};

/// The severities as text, made once.
static SEVERITIES: LazyLock<[Text; 5]> =
    LazyLock::new(|| Severity::ALL.map(|severity| severity.word().into()));

impl Session {
    /// Brings the session to where the event leaves it. Says whether the event began it anew.
    pub fn apply(&mut self, event: &Event) -> bool {
        let event_type = event.event_type.as_str();
        let anew = self.ended && !matches!(event_type, "session.end" | "session.resumed");
        if anew {
            self.reset();
        }
        self.ended = event_type == "session.end";
        self.tell_time(event.timestamp);
        self.take_event(event);
        self.context.set_result(None);
        match event_type {
            "query.start" => self.take_query(event),
            "agent.turn.start" => {
                self.start_turn(event);
                self.take_messages(event);
            }
            "agent.turn.end" => {
                self.end_turn(event);
                self.take_messages(event);
            }
            "tool.call.pending" => self.in_flight.begin(event, self.moment.seconds),
            "tool.call.success" => self.end_call(event, true),
            "tool.call.failure" | "tool.call.timeout" => self.end_call(event, false),
            _ => {}
        }
        anew
    }

    fn tell_time(&mut self, timestamp: Option<f64>) {
        if let Some(now) = timestamp {
            let started = *self.started.get_or_insert(now);
            self.moment.seconds = now;
            self.context.set(slot::SESSION_STARTED_AT, Data::Float(started));
            self.context.set(slot::SESSION_DURATION, Data::Float((now - started).max(0.0)));
        }
        self.context.set(slot::NOW, Data::Float(self.moment.seconds));
    }

    fn take_event(&mut self, event: &Event) {
        let severity = SEVERITIES.get(event.severity as usize).cloned();
        self.context.set_event(Some([
            Data::Str(event.event_type.clone()),
            Data::Str(event.source.clone()),
            severity.map_or(Data::None, Data::Str),
            Data::Map(Arc::clone(&event.payload)),
            Data::Float(self.moment.seconds),
        ]));
    }

    /// The query is a message, until the agent's own messages tell it again.
    fn take_query(&mut self, event: &Event) {
        let Some(Data::Str(query)) = event.get("query") else { return };
        let message = Map::from_iter([
            ("role".into(), Data::text("user")),
            ("content".into(), Data::Str(query.clone())),
        ]);
        history::push(&mut self.context, slot::MESSAGES, Data::map(message));
        self.open_query = Some(query.clone());
    }

    fn take_messages(&mut self, event: &Event) {
        let Some(Data::List(messages)) = event.get("messages") else { return };
        let told = match (self.open_query.take(), messages.first()) {
            (Some(query), Some(first)) => is_query(first, &query),
            _ => false,
        };
        for message in messages.iter().skip(usize::from(told)) {
            history::push(&mut self.context, slot::MESSAGES, message.clone());
        }
    }
}

/// Whether a message is the user's query.
fn is_query(message: &Data, query: &Text) -> bool {
    let Data::Map(message) = message else { return false };
    let role = matches!(message.get("role"), Some(Data::Str(role)) if role.as_str() == "user");
    role && matches!(message.get("content"), Some(Data::Str(content)) if content == query)
}

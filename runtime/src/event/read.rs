//! One event: reading, checking, defaults.

use std::sync::Arc;

use oracle_vm::hook::Hook;
use oracle_vm::schema::Range;
use oracle_vm::ty::TyDesc;
use oracle_vm::value::{Data, Map, Text};
use serde_json::Value;

use super::{Severity, kinds};
use crate::input::{self, FieldError, Path};

/// Bytes of the longest event that [`Event::from_json_text`] reads.
pub const MAX_EVENT_BYTES: usize = 8 * 1024 * 1024;

/// Whom an event is about that does not say.
pub(crate) const DEFAULT_USER: &str = "local";
/// The project of an event that does not say.
pub(crate) const DEFAULT_PROJECT: &str = "default";
const DEFAULT_SESSION: &str = "default";
const DEFAULT_SOURCE: &str = "agent";

/// Something that happened in an agent's life. Cheap to clone.
///
/// Only the type is required. Unknown keys beside the known ones are ignored: hosts add their own. Known fields
/// of the payload have the types that the schema declares, a known field that is null counts as missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What names the event; the engine numbers those that have none.
    pub id: Option<Text>,
    /// Its type, such as `tool.call.success`.
    pub event_type: Text,
    /// Who reported it.
    pub source: Text,
    /// How severe it is.
    pub severity: Severity,
    /// When it happened, in seconds since 1970 (UTC); without it: when the session's last event happened.
    pub timestamp: Option<f64>,
    /// The session.
    pub session_id: Text,
    /// The user.
    pub user_id: Text,
    /// The project.
    pub project_id: Text,
    /// What it carries.
    pub payload: Arc<Map>,
}

impl Event {
    /// An event of this type with nothing else said.
    ///
    /// # Errors
    /// An empty type.
    pub fn new(event_type: impl Into<Text>) -> Result<Event, FieldError> {
        let event_type = event_type.into();
        if event_type.as_str().trim().is_empty() {
            return Err(FieldError::range(
                Path::Root("type"),
                &Data::Str(event_type),
                "a name with text in it",
            ));
        }
        Ok(Event {
            id: None,
            event_type,
            source: DEFAULT_SOURCE.into(),
            severity: Severity::Info,
            timestamp: None,
            session_id: DEFAULT_SESSION.into(),
            user_id: DEFAULT_USER.into(),
            project_id: DEFAULT_PROJECT.into(),
            payload: Arc::default(),
        })
    }

    /// Reads an event from JSON text, such as one line of a trace.
    ///
    /// # Errors
    /// Text that is longer than [`MAX_EVENT_BYTES`] or not JSON, and whatever [`Event::from_json`] refuses.
    pub fn from_json_text(text: &str) -> Result<Event, FieldError> {
        if text.len() > MAX_EVENT_BYTES {
            let bytes = Data::text(format!("{} bytes", text.len()));
            let most = format!("at most {MAX_EVENT_BYTES} bytes long");
            return Err(FieldError::range(Path::Root("event"), &bytes, most));
        }
        Event::from_map(input::map_from_text(text, "event")?)
    }

    /// Reads an event from JSON.
    ///
    /// # Errors
    /// The first field that has the wrong type or is out of range; a missing type; nesting beyond the limit.
    pub fn from_json(json: &Value) -> Result<Event, FieldError> {
        Event::from_map(input::map_from_json(json, "event")?)
    }

    /// Reads an event from a map.
    ///
    /// # Errors
    /// As [`Event::from_json`].
    pub fn from_map(mut map: Map) -> Result<Event, FieldError> {
        let event_type =
            take_text(&mut map, "type")?.ok_or_else(|| FieldError::missing(Path::Root("type")))?;
        let mut event = Event::new(event_type)?;
        event.id = take_id(&mut map)?;
        for (key, place) in [
            ("source", &mut event.source),
            ("session_id", &mut event.session_id),
            ("user_id", &mut event.user_id),
            ("project_id", &mut event.project_id),
        ] {
            if let Some(text) = take_text(&mut map, key)? {
                *place = text;
            }
        }
        if let Some(word) = take_text(&mut map, "severity")? {
            event.severity = severity(&word)?;
        }
        event.timestamp = timestamp(&mut map)?;
        match take(&mut map, "payload") {
            None => {}
            Some(Data::Map(payload)) => event.payload = payload,
            Some(other) => return Err(FieldError::wrong_type(Path::Root("payload"), &other, "an object")),
        }
        event.checked()
    }

    /// The event with another payload.
    ///
    /// # Errors
    /// A known field of the payload that has the wrong type or is out of range.
    pub fn with_payload(mut self, payload: Arc<Map>) -> Result<Event, FieldError> {
        self.payload = payload;
        self.checked()
    }

    /// The hook that the event leads to.
    pub fn hook(&self) -> Option<Hook> {
        Hook::of_event(self.event_type.as_str())
    }

    /// A field of the payload.
    pub fn get(&self, key: &str) -> Option<&Data> {
        self.payload.get(key)
    }

    /// Checks the known fields of the payload and brings them into their declared form.
    fn checked(mut self) -> Result<Event, FieldError> {
        if let Some(shape) = kinds::payload_shape(self.event_type.as_str()) {
            input::shape(shape, Arc::make_mut(&mut self.payload), Path::Root("payload"))?;
        }
        Ok(self)
    }
}

/// What stands at a key; null counts as missing.
fn take(map: &mut Map, key: &str) -> Option<Data> {
    map.swap_remove(key).filter(|value| *value != Data::None)
}

fn take_text(map: &mut Map, key: &str) -> Result<Option<Text>, FieldError> {
    match take(map, key) {
        None => Ok(None),
        Some(Data::Str(text)) => Ok(Some(text)),
        Some(other) => Err(FieldError::wrong_type(Path::Root(key), &other, "text")),
    }
}

/// An id may be a number in the host's log; it is kept as text.
fn take_id(map: &mut Map) -> Result<Option<Text>, FieldError> {
    match map.get("id") {
        Some(Data::Int(number)) => Ok(Some(number.to_string().into())),
        _ => take_text(map, "id"),
    }
}

fn severity(word: &Text) -> Result<Severity, FieldError> {
    Severity::from_word(word.as_str()).ok_or_else(|| {
        let words = Severity::ALL.map(Severity::word).join(", ");
        FieldError::wrong_type(Path::Root("severity"), &Data::Str(word.clone()), format!("one of {words}"))
    })
}

fn timestamp(map: &mut Map) -> Result<Option<f64>, FieldError> {
    let Some(mut value) = take(map, "timestamp") else { return Ok(None) };
    input::settle(&TyDesc::Time, Range::Any, &mut value, Path::Root("timestamp"))?;
    Ok(if let Data::Float(seconds) = value { Some(seconds) } else { None })
}

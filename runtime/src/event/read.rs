//! One event: reading, checking, defaults.

use std::sync::{Arc, LazyLock};

use oracle_vm::hook::Hook;
use oracle_vm::schema::Range;
use oracle_vm::ty::TyDesc;
use oracle_vm::value::{Data, Map, Text};
use serde_json::Value;

use super::fields::Fields;
use super::{Severity, kinds};
use crate::input::{self, FieldError, Path};

/// Bytes of the longest event that [`Event::from_json_text`] reads.
pub const MAX_EVENT_BYTES: usize = 8 * 1024 * 1024;

/// What an event is taken to say where it does not, made once.
struct Unsaid {
    user: Text,
    project: Text,
    session: Text,
    source: Text,
}

static UNSAID: LazyLock<Unsaid> = LazyLock::new(|| Unsaid {
    user: "local".into(),
    project: "default".into(),
    session: "default".into(),
    source: "agent".into(),
});

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
        let Unsaid { user, project, session, source } = &*UNSAID;
        Ok(Event {
            id: None,
            event_type,
            source: source.clone(),
            severity: Severity::Info,
            timestamp: None,
            session_id: session.clone(),
            user_id: user.clone(),
            project_id: project.clone(),
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
        Event::from_fields(Fields::of(&mut map), None)
    }

    /// Reads an event from one line of a trace; where it does not say whose it is, it is theirs.
    ///
    /// # Errors
    /// As [`Event::from_json_text`], and as serde_json says it where the text is not JSON.
    pub(crate) fn from_line(line: &str, user: &Text, project: &Text) -> Result<Event, LineError> {
        match serde_json::from_str(line) {
            Ok(fields) => Event::from_fields(fields, Some((user, project))).map_err(LineError::Field),
            Err(error) => {
                // Read once more to tell what is no JSON from what is no event.
                let json = serde_json::from_str(line).map_err(LineError::Json)?;
                let refused = Event::from_json(&json).err();
                Err(refused.map_or(LineError::Json(error), LineError::Field))
            }
        }
    }

    fn from_fields(fields: Fields, owner: Option<(&Text, &Text)>) -> Result<Event, FieldError> {
        let event_type =
            text(fields.event_type, "type")?.ok_or_else(|| FieldError::missing(Path::Root("type")))?;
        let mut event = Event::new(event_type)?;
        event.id = id(fields.id)?;
        if let Some((user, project)) = owner {
            event.user_id = user.clone();
            event.project_id = project.clone();
        }
        for (key, value, place) in [
            ("source", fields.source, &mut event.source),
            ("session_id", fields.session_id, &mut event.session_id),
            ("user_id", fields.user_id, &mut event.user_id),
            ("project_id", fields.project_id, &mut event.project_id),
        ] {
            if let Some(text) = text(value, key)? {
                *place = text;
            }
        }
        if let Some(word) = text(fields.severity, "severity")? {
            event.severity = severity(&word)?;
        }
        event.timestamp = timestamp(fields.timestamp)?;
        match fields.payload {
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
        input::lookup(&self.payload, key)
    }

    /// Checks the known fields of the payload and brings them into their declared form.
    fn checked(mut self) -> Result<Event, FieldError> {
        if let Some(shape) = kinds::payload_shape(self.event_type.as_str()) {
            input::shape(shape, Arc::make_mut(&mut self.payload), Path::Root("payload"))?;
        }
        Ok(self)
    }
}

/// Why a line of a trace is no event.
#[derive(Debug)]
pub(crate) enum LineError {
    /// It is not JSON.
    Json(serde_json::Error),
    /// It is JSON, but not an event.
    Field(FieldError),
}

fn text(value: Option<Data>, key: &str) -> Result<Option<Text>, FieldError> {
    match value {
        None => Ok(None),
        Some(Data::Str(text)) => Ok(Some(text)),
        Some(other) => Err(FieldError::wrong_type(Path::Root(key), &other, "text")),
    }
}

/// An id may be a number in the host's log; it is kept as text.
fn id(value: Option<Data>) -> Result<Option<Text>, FieldError> {
    match value {
        Some(Data::Int(number)) => Ok(Some(number.to_string().into())),
        value => text(value, "id"),
    }
}

fn severity(word: &Text) -> Result<Severity, FieldError> {
    Severity::from_word(word.as_str()).ok_or_else(|| {
        let words = Severity::ALL.map(Severity::word).join(", ");
        FieldError::wrong_type(Path::Root("severity"), &Data::Str(word.clone()), format!("one of {words}"))
    })
}

fn timestamp(value: Option<Data>) -> Result<Option<f64>, FieldError> {
    let Some(mut value) = value else { return Ok(None) };
    input::settle(&TyDesc::Time, Range::Any, &mut value, Path::Root("timestamp"))?;
    Ok(if let Data::Float(seconds) = value { Some(seconds) } else { None })
}

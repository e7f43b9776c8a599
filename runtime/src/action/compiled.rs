//! Actions with their templates compiled, and how they are prepared.

use std::sync::Arc;

use oracle_compiler::rule::{ActionSpec, DeliverAt, LogLevel, Priority};
use oracle_compiler::template::is_plain;
use oracle_vm::value::{Data, Map, Text};

use super::{Prepared, PreparedActions};
use crate::error::RuleError;
use crate::event::Event;
use crate::notify::Notification;
use crate::state::check_write;
use crate::template::{TemplateContext, TemplateError, TemplateId, TemplateSet};

/// Events that may follow from each other through `emit_event`, the first one not counted.
pub const MAX_CHAIN: usize = 8;

/// What leads to an action: the rule, the event, and the types of the events that led to it.
#[derive(Clone, Copy, Debug)]
pub struct Cause<'a> {
    /// The rule, by qualified id.
    pub rule_id: &'a str,
    /// The event that is being handled.
    pub event: &'a Event,
    /// The time of the event in seconds since 1970 (UTC).
    pub seconds: f64,
    /// The types of the events that led to this one, oldest first.
    pub chain: &'a [Text],
}

/// Text that is fixed, rendered, or not a template at all.
#[derive(Clone, Debug)]
enum TextTemplate {
    Fixed(String),
    Rendered(TemplateId),
    Broken(TemplateError),
}

/// Data whose texts are templates.
#[derive(Clone, Debug)]
enum DataTemplate {
    Fixed(Data),
    Text(TextTemplate),
    Kept(TemplateId),
    List(Vec<DataTemplate>),
    Map(Vec<(Text, DataTemplate)>),
}

/// An action of a loaded rule.
#[derive(Clone, Debug)]
pub struct CompiledAction(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Notify { message: TextTemplate, category: String, priority: Priority, deliver_at: DeliverAt },
    Log { message: TextTemplate, level: LogLevel },
    SetState { key: Text, value: DataTemplate },
    Emit { event_type: Text, payload: DataTemplate },
}

/// The actions of a rule, in order, with their templates.
#[derive(Debug, Default)]
pub struct Actions {
    list: Vec<CompiledAction>,
    templates: TemplateSet,
}

impl Actions {
    /// Compiles the actions of a rule.
    pub fn compile(specs: &[ActionSpec]) -> Actions {
        let mut templates = TemplateSet::default();
        let list = specs.iter().map(|spec| CompiledAction::compile(spec, &mut templates)).collect();
        Actions { list, templates }
    }

    /// Actions whose texts are what they are: no templates.
    pub fn literal(specs: Vec<ActionSpec>) -> Actions {
        let list = specs.into_iter().map(CompiledAction::literal).collect();
        Actions { list, templates: TemplateSet::default() }
    }

    /// Renders and checks all of them, in order; nothing takes effect.
    ///
    /// # Errors
    /// The first that fails, as [`CompiledAction::prepare`].
    pub fn prepare(
        &self,
        context: &TemplateContext<'_>,
        cause: Cause<'_>,
    ) -> Result<PreparedActions, RuleError> {
        self.list.iter().map(|action| action.prepare(&self.templates, context, cause)).collect()
    }
}

impl CompiledAction {
    /// Compiles the templates of an action into the set. A template that does not compile fails when the action
    /// runs: the compiler of rules reported it already.
    pub fn compile(spec: &ActionSpec, templates: &mut TemplateSet) -> CompiledAction {
        CompiledAction(match spec {
            ActionSpec::NotifySelf { message, category, priority, deliver_at } => Kind::Notify {
                message: compile_text(message, templates),
                category: category.clone(),
                priority: *priority,
                deliver_at: *deliver_at,
            },
            ActionSpec::Log { message, level } => {
                Kind::Log { message: compile_text(message, templates), level: *level }
            }
            ActionSpec::SetState { key, value } => {
                Kind::SetState { key: key.as_str().into(), value: compile_data(value, templates) }
            }
            ActionSpec::EmitEvent { event_type, payload } => Kind::Emit {
                event_type: event_type.as_str().into(),
                payload: compile_data(payload, templates),
            },
        })
    }

    /// An action whose texts are what they are: no templates.
    pub fn literal(spec: ActionSpec) -> CompiledAction {
        CompiledAction(match spec {
            ActionSpec::NotifySelf { message, category, priority, deliver_at } => {
                Kind::Notify { message: TextTemplate::Fixed(message), category, priority, deliver_at }
            }
            ActionSpec::Log { message, level } => Kind::Log { message: TextTemplate::Fixed(message), level },
            ActionSpec::SetState { key, value } => {
                Kind::SetState { key: key.into(), value: DataTemplate::Fixed(value) }
            }
            ActionSpec::EmitEvent { event_type, payload } => {
                Kind::Emit { event_type: event_type.into(), payload: DataTemplate::Fixed(payload) }
            }
        })
    }

    /// Renders everything and checks the outcome; nothing takes effect.
    ///
    /// # Errors
    /// A template that fails, a write beyond the limits, an event that would be refused or one chain too many.
    pub fn prepare(
        &self,
        templates: &TemplateSet,
        context: &TemplateContext<'_>,
        cause: Cause<'_>,
    ) -> Result<Prepared, RuleError> {
        let render = Render { templates, context };
        match &self.0 {
            Kind::Notify { message, category, priority, deliver_at } => Ok(Prepared::Notify(Notification {
                rule_id: cause.rule_id.to_owned(),
                message: render.text(message, "message")?,
                category: category.clone(),
                priority: *priority,
                deliver_at: *deliver_at,
            })),
            Kind::Log { message, level } => {
                Ok(Prepared::Log { level: *level, message: render.text(message, "message")? })
            }
            Kind::SetState { key, value } => {
                let value = render.data(value, "value")?;
                check_write(key.as_str(), &value)
                    .map_err(|error| RuleError::new("state", error.to_string()))?;
                Ok(Prepared::SetState { key: key.clone(), value })
            }
            Kind::Emit { event_type, payload } => {
                let payload = render.data(payload, "payload")?;
                emit(event_type, payload, cause).map(|event| Prepared::Emit(Box::new(event)))
            }
        }
    }
}

/// The event that an action emits: of the same session, at the same time.
fn emit(event_type: &Text, payload: Data, cause: Cause<'_>) -> Result<Event, RuleError> {
    if cause.chain.len() >= MAX_CHAIN {
        let types = cause.chain.iter().chain([&cause.event.event_type, event_type]);
        let names: Vec<&str> = types.map(Text::as_str).collect();
        let message =
            format!("the chain of events {} is longer than {MAX_CHAIN}: break it", names.join(" -> "));
        return Err(RuleError::new("chain", message));
    }
    let payload = match payload {
        Data::Map(map) => map,
        _ => Arc::new(Map::default()),
    };
    let refuse = |error: crate::input::FieldError| {
        RuleError::new("action", format!("the event `{}` is refused: {error}", event_type.as_str()))
    };
    let mut event = Event::new(event_type.clone()).and_then(|it| it.with_payload(payload)).map_err(refuse)?;
    event.source = "plugin_rule".into();
    event.timestamp = Some(cause.seconds);
    event.session_id = cause.event.session_id.clone();
    event.user_id = cause.event.user_id.clone();
    event.project_id = cause.event.project_id.clone();
    Ok(event)
}

fn compile_text(source: &str, templates: &mut TemplateSet) -> TextTemplate {
    if is_plain(source) {
        return TextTemplate::Fixed(source.to_owned());
    }
    templates.add(source).map_or_else(TextTemplate::Broken, TextTemplate::Rendered)
}

/// Rule files bound the nesting of values, so this recursion is bounded.
fn compile_data(value: &Data, templates: &mut TemplateSet) -> DataTemplate {
    match value {
        Data::Str(text) if is_plain(text.as_str()) => DataTemplate::Fixed(value.clone()),
        Data::Str(text) => match templates.add_kept(text.as_str()) {
            Some(id) => DataTemplate::Kept(id),
            None => DataTemplate::Text(compile_text(text.as_str(), templates)),
        },
        Data::List(items) => {
            DataTemplate::List(items.iter().map(|item| compile_data(item, templates)).collect())
        }
        Data::Map(map) => DataTemplate::Map(
            map.iter().map(|(key, item)| (key.clone(), compile_data(item, templates))).collect(),
        ),
        other => DataTemplate::Fixed(other.clone()),
    }
}

struct Render<'a> {
    templates: &'a TemplateSet,
    context: &'a TemplateContext<'a>,
}

impl Render<'_> {
    fn text(&self, template: &TextTemplate, field: &str) -> Result<String, RuleError> {
        match template {
            TextTemplate::Fixed(text) => Ok(text.clone()),
            TextTemplate::Rendered(id) => {
                self.templates.render(*id, self.context).map_err(|error| failed(&error, field))
            }
            TextTemplate::Broken(error) => Err(failed(error, field)),
        }
    }

    fn data(&self, template: &DataTemplate, field: &str) -> Result<Data, RuleError> {
        Ok(match template {
            DataTemplate::Fixed(data) => data.clone(),
            DataTemplate::Text(text) => Data::text(self.text(text, field)?),
            DataTemplate::Kept(id) => {
                self.templates.evaluate(*id, self.context).map_err(|error| failed(&error, field))?
            }
            DataTemplate::List(items) => {
                Data::list(items.iter().map(|item| self.data(item, field)).collect::<Result<_, _>>()?)
            }
            DataTemplate::Map(entries) => {
                let entry = |(key, item): &(Text, DataTemplate)| {
                    let field = format!("{field}.{}", key.as_str());
                    Ok((key.clone(), self.data(item, &field)?))
                };
                Data::map(entries.iter().map(entry).collect::<Result<_, RuleError>>()?)
            }
        })
    }
}

fn failed(error: &TemplateError, field: &str) -> RuleError {
    RuleError::new("template", format!("`{field}`: {error}"))
}

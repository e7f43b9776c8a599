//! Shared data as lazy template objects.

use std::cell::OnceCell;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectExt, ObjectRepr, Value};
use minijinja::{Error, ErrorKind, State};
use oracle_vm::schema::SLOTS;
use oracle_vm::value::{Data, Map, Record};

use super::convert::to_template;
use crate::context::Context;

/// Everything that a template sees: `context`, `params`, `settings`. Lent: most templates only look at a few values.
#[derive(Clone, Copy, Debug)]
pub struct TemplateContext<'a> {
    /// The context.
    pub context: &'a Snapshot<'a>,
    /// The state of the rule's plugin, as of the start of the event.
    pub state: &'a Arc<Map>,
    /// Effective params of the rule.
    pub params: InputsRef<'a>,
    /// Effective settings of the rule's plugin.
    pub settings: InputsRef<'a>,
}

/// The context as all rules of an event see it; copied when the first of them has to own it.
#[derive(Debug)]
pub struct Snapshot<'a> {
    context: &'a Context,
    shared: OnceCell<Arc<Context>>,
}

impl<'a> Snapshot<'a> {
    /// A context, and the copy of it where there is one already.
    pub fn new(context: &'a Context, copy: Option<Arc<Context>>) -> Snapshot<'a> {
        Snapshot { context, shared: copy.map_or_else(OnceCell::new, OnceCell::from) }
    }

    /// The context.
    pub fn context(&self) -> &'a Context {
        self.context
    }

    /// The copy that all share.
    pub fn shared(&self) -> &Arc<Context> {
        self.shared.get_or_init(|| Arc::new(self.context.clone()))
    }
}

/// The same, owned: what the template engine and scripts see, who keep hold of all that they see.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The context.
    pub context: Arc<Context>,
    /// The state of the rule's plugin, as of the start of the event.
    pub state: Arc<Map>,
    /// Effective params of the rule.
    pub params: Inputs,
    /// Effective settings of the rule's plugin.
    pub settings: Inputs,
}

impl From<&TemplateContext<'_>> for Seen {
    fn from(lent: &TemplateContext<'_>) -> Seen {
        Seen {
            context: Arc::clone(lent.context.shared()),
            state: Arc::clone(lent.state),
            params: lent.params.to_owned(),
            settings: lent.settings.to_owned(),
        }
    }
}

/// Named values: params or settings.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// The names, in order of declaration.
    pub names: Arc<[String]>,
    /// The values, in the same order.
    pub values: Arc<[Data]>,
}

/// The same, lent.
#[derive(Clone, Copy, Debug)]
pub struct InputsRef<'a> {
    /// The names, in order of declaration.
    pub names: &'a Arc<[String]>,
    /// The values, in the same order.
    pub values: &'a Arc<[Data]>,
}

impl Inputs {
    /// The same, lent.
    pub fn lend(&self) -> InputsRef<'_> {
        InputsRef { names: &self.names, values: &self.values }
    }
}

impl<'a> InputsRef<'a> {
    /// The value of that name.
    pub(super) fn get(self, name: &str) -> Option<&'a Data> {
        let at = self.names.iter().position(|it| it == name)?;
        self.values.get(at)
    }

    /// The same, owned.
    pub fn to_owned(self) -> Inputs {
        Inputs { names: Arc::clone(self.names), values: Arc::clone(self.values) }
    }
}

impl Object for Seen {
    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        Some(match key {
            "context" => Value::from_object(Tree(Arc::clone(self))),
            "params" => Value::from_object(self.params.clone()),
            "settings" => Value::from_object(self.settings.clone()),
            _ => return None,
        })
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Str(&["context", "params", "settings"])
    }
}

impl Object for Inputs {
    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        let at = self.names.iter().position(|name| name == key)?;
        self.values.get(at).map(to_template)
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        self.mapped_enumerator(|it| Box::new(it.names.iter().map(|name| Value::from(name.as_str()))))
    }
}

/// `context` itself.
#[derive(Debug)]
struct Tree(Arc<Seen>);

const GROUPS: &[&str] = &["turn", "history", "user", "project", "state", "session", "event", "result"];

impl Object for Tree {
    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        match key {
            "state" => Some(Value::from_object(StateView(Arc::clone(&self.0.state)))),
            "event" | "result" => {
                let row = SLOTS.iter().find(|row| row.path == key)?;
                Some(to_template(self.0.context.get(row.id)))
            }
            _ => {
                let group = GROUPS.iter().find(|group| **group == key)?;
                Some(Value::from_object(Group { context: Arc::clone(&self.0.context), name: group }))
            }
        }
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Str(GROUPS)
    }
}

/// A group of paths, such as `context.turn`.
#[derive(Debug)]
struct Group {
    context: Arc<Context>,
    name: &'static str,
}

impl Group {
    fn fields(&self) -> impl Iterator<Item = (&'static str, &Data)> {
        SLOTS.iter().filter_map(|row| {
            let (group, field) = row.path.split_once('.')?;
            (group == self.name).then(|| (field, self.context.get(row.id)))
        })
    }
}

impl Object for Group {
    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.fields().find(|(field, _)| *field == key).map(|(_, value)| to_template(value))
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.fields().map(|(field, _)| Value::from(field)).collect())
    }
}

/// The plugin's state: `get`, `has`, `keys`, and nothing that changes it.
#[derive(Debug)]
struct StateView(Arc<Map>);

impl Object for StateView {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.0.get(key.as_str()?).map(to_template)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        self.mapped_enumerator(|it| Box::new(it.0.keys().map(|key| Value::from(key.as_str()))))
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        let key = || args.first().and_then(Value::as_str).and_then(|key| self.0.get(key));
        match (method, args.len()) {
            ("get", 1 | 2) => {
                Ok(key().map_or_else(|| args.get(1).cloned().unwrap_or(Value::from(())), to_template))
            }
            ("has", 1) => Ok(Value::from(key().is_some())),
            ("keys", 0) => Ok(self.0.keys().map(|key| Value::from(key.as_str())).collect()),
            ("get" | "has" | "keys", _) => Err(Error::new(
                ErrorKind::InvalidOperation,
                format!("wrong number of arguments for `{method}`"),
            )),
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }
}

/// A list of data.
#[derive(Debug)]
pub(super) struct List(pub(super) Arc<Vec<Data>>);

impl Object for List {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.0.get(key.as_usize()?).map(to_template)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.0.len())
    }
}

/// A map of data.
#[derive(Debug)]
pub(super) struct Dict(pub(super) Arc<Map>);

impl Object for Dict {
    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.0.get(key).map(to_template)
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        self.mapped_enumerator(|it| Box::new(it.0.keys().map(|key| Value::from(key.as_str()))))
    }
}

/// A record of the context.
#[derive(Debug)]
pub(super) struct Fields(pub(super) Arc<Record>);

impl Object for Fields {
    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        let (id, _) = self.0.id.field(key)?;
        self.0.fields.get(id.index()).map(to_template)
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.entries().map(|(name, _)| Value::from(name)).collect())
    }
}

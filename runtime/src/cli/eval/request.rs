//! One question: an expression and what it is evaluated with.

use std::sync::Arc;

use oracle_compiler::rule::{ParamSpec, ParamType};
use oracle_vm::hook::{HOOKS, Hook};
use oracle_vm::value::{Data, Map};
use serde::Deserialize;

use crate::context::Context;
use crate::input::nearest;

/// A line of `oracle eval --jsonl`, or what the flags say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a request must be a JSON object with `expression`")]
pub(super) struct Request {
    pub(super) expression: String,
    #[serde(default)]
    pub(super) context: Option<Data>,
    #[serde(default)]
    pub(super) hook: Option<String>,
    #[serde(default)]
    pub(super) params: Data,
    #[serde(default)]
    pub(super) settings: Data,
}

/// A JSON object.
pub(super) fn map_of(text: &str) -> Result<Data, String> {
    match serde_json::from_str(text) {
        Ok(map @ Data::Map(_)) => Ok(map),
        Ok(_) => Err("must be a JSON object".to_owned()),
        Err(error) => Err(format!("not JSON: {error}")),
    }
}

impl Request {
    /// Gives a context without state this one.
    pub(super) fn take_state(&mut self, state: &Arc<Map>) {
        let context = self.context.get_or_insert_with(|| Data::map(Map::default()));
        if let Data::Map(map) = context
            && !map.contains_key("state")
        {
            Arc::make_mut(map).insert("state".into(), Data::Map(Arc::clone(state)));
        }
    }

    /// The hook that is meant.
    pub(super) fn hook(&self) -> Result<Option<Hook>, String> {
        let Some(name) = &self.hook else { return Ok(None) };
        if let Some(hook) = Hook::from_name(name) {
            return Ok(Some(hook));
        }
        let known = || HOOKS.iter().map(|row| row.name);
        let way = match nearest(name, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known are {}", known().collect::<Vec<_>>().join(", ")),
        };
        Err(format!("there is no hook `{name}`: {way}"))
    }

    /// Whether hook, params and settings can be taken.
    pub(super) fn check(&self) -> Result<(), String> {
        self.hook()?;
        specs("params", &self.params)?;
        specs("settings", &self.settings)?;
        Ok(())
    }

    /// The context, bound to what the hook promises.
    pub(super) fn context(&self, hook: Option<Hook>) -> Result<Context, String> {
        let empty = Data::map(Map::default());
        let data = self.context.as_ref().filter(|it| **it != Data::None).unwrap_or(&empty);
        Context::from_data(data, hook).map_err(|error| error.to_string())
    }
}

/// What a set of params or settings declares: names, and types taken from the values.
pub(super) fn specs(what: &str, data: &Data) -> Result<Vec<ParamSpec>, String> {
    let map = match data {
        Data::None => return Ok(Vec::new()),
        Data::Map(map) => map,
        _ => return Err(format!("`{what}` must be an object")),
    };
    map.iter()
        .map(|(name, value)| {
            let ty = match value {
                Data::Bool(_) => ParamType::Boolean,
                Data::Int(_) => ParamType::Integer,
                Data::Float(_) => ParamType::Float,
                Data::Str(_) => ParamType::String,
                _ => {
                    let name = name.as_str();
                    return Err(format!(
                        "`{what}.{name}` must be text, a boolean, a whole number or a float"
                    ));
                }
            };
            Ok(ParamSpec {
                name: name.as_str().to_owned(),
                ty,
                default: value.clone(),
                min: None,
                max: None,
                options: Vec::new(),
                title: None,
                description: String::new(),
            })
        })
        .collect()
}

/// The values of params or settings, in the order of [`specs`].
pub(super) fn values(data: &Data) -> Vec<Data> {
    match data {
        Data::Map(map) => map.values().cloned().collect(),
        _ => Vec::new(),
    }
}

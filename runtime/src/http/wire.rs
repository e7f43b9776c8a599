//! Schemas of what several calls share.

use std::collections::BTreeMap;

use oracle_compiler::rule::{ActionSpec, ParamSpec, ParamType};
use oracle_vm::value::Data;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use crate::input::json_from_data;

/// Values by name, in order of declaration.
pub(super) type Values = serde_json::Map<String, Value>;

/// The names and values of params or settings.
pub(super) fn values(pairs: Vec<(String, Data)>) -> Values {
    pairs.into_iter().map(|(name, value)| (name, json_from_data(&value))).collect()
}

/// What may be set: a param of a rule or a setting of a plugin.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Settable {
    /// Its name.
    name: String,
    /// `integer`, `float`, `string` or `boolean`.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    ty: ParamType,
    /// Its value where nobody set it.
    #[schema(value_type = Value)]
    default: Value,
    /// What it is for.
    description: String,
    /// The least number.
    #[schema(required)]
    min_value: Option<f64>,
    /// The greatest number.
    #[schema(required)]
    max_value: Option<f64>,
    /// The only texts it may be; empty for any.
    options: Vec<String>,
}

impl From<&ParamSpec> for Settable {
    fn from(spec: &ParamSpec) -> Settable {
        Settable {
            name: spec.name.clone(),
            ty: spec.ty,
            default: json_from_data(&spec.default),
            description: spec.description.clone(),
            min_value: spec.min,
            max_value: spec.max,
            options: spec.options.clone(),
        }
    }
}

/// An action as its file says it: its `type` and its fields.
pub(super) fn action(spec: &ActionSpec) -> Value {
    let mut fields = BTreeMap::from([("type", Value::from(spec.action_type().word()))]);
    match spec {
        ActionSpec::NotifySelf { message, category, priority, deliver_at } => fields.extend([
            ("message", Value::from(message.as_str())),
            ("category", category.as_str().into()),
            ("priority", priority.word().into()),
            ("deliver_at", deliver_at.word().into()),
        ]),
        ActionSpec::Log { message, level } => {
            fields.extend([("message", Value::from(message.as_str())), ("level", level.word().into())]);
        }
        ActionSpec::SetState { key, value } => {
            fields.extend([("key", Value::from(key.as_str())), ("value", json_from_data(value))]);
        }
        ActionSpec::EmitEvent { event_type, payload } => fields
            .extend([("event_type", Value::from(event_type.as_str())), ("payload", json_from_data(payload))]),
    }
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The schema of a map from names to values.
pub(super) fn values_schema() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("values by name"))
        .additional_properties(Some(utoipa::openapi::schema::AdditionalProperties::FreeForm(true)))
        .build()
}

//! A tool call as hosts say it.

use std::sync::Arc;

use super::{Data, Map, Record, Text};
use crate::schema::TOOL;

/// A tool call of the history. A host makes a row of it once ([`Data::from`]) and lends the rows to every event.
#[derive(Clone, Debug)]
pub struct ToolCall {
    /// The tool.
    pub name: Text,
    /// The arguments of the call.
    pub arguments: Arc<Map>,
    /// What the tool returned, as text.
    pub result: Option<Text>,
    /// Whether the call succeeded.
    pub success: bool,
    /// When the call ended, in seconds since 1970 (UTC).
    pub timestamp: f64,
    /// How long the call took, in milliseconds.
    pub duration_ms: Option<f64>,
    /// The turn of the call, from 1.
    pub turn: i64,
}

impl Default for ToolCall {
    /// A successful call in the first turn with nothing else said, as when it is read from JSON.
    fn default() -> ToolCall {
        ToolCall {
            name: "".into(),
            arguments: Arc::default(),
            result: None,
            success: true,
            timestamp: 0.0,
            duration_ms: None,
            turn: 1,
        }
    }
}

impl From<ToolCall> for Data {
    /// The record, its fields in the order of the schema.
    fn from(call: ToolCall) -> Data {
        let fields = Box::new([
            Data::Str(call.name),
            Data::Map(call.arguments),
            call.result.map_or(Data::None, Data::Str),
            Data::Bool(call.success),
            Data::Float(call.timestamp),
            call.duration_ms.map_or(Data::None, Data::Float),
            Data::Int(call.turn),
        ]);
        Data::Record(Arc::new(Record { id: TOOL, fields }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_where_the_schema_says() {
        let call = ToolCall {
            name: "n".into(),
            result: Some("r".into()),
            duration_ms: Some(2.0),
            ..ToolCall::default()
        };
        let Data::Record(record) = Data::from(call) else { panic!("a record") };
        let said: Vec<String> = record.entries().map(|(name, field)| format!("{name}={field:?}")).collect();
        let expected = [
            "name=Str(\"n\")",
            "arguments=Map({})",
            "result=Str(\"r\")",
            "success=Bool(true)",
            "timestamp=Float(0.0)",
            "duration_ms=Float(2.0)",
            "turn=Int(1)",
        ];
        assert_eq!(said, expected);
    }
}

//! A context as JSON: for traces and for people.

use oracle_vm::schema::SLOTS;
use oracle_vm::value::Data;
use serde_json::{Map, Value};

use super::Context;
use crate::input::json_from_data;

impl Context {
    /// The nested tree that [`Context::from_json`] reads.
    pub fn to_json(&self) -> Value {
        let mut tree = Map::new();
        for row in SLOTS.iter().filter(|row| !row.path.is_empty()) {
            let value = self.get(row.id);
            match row.path.split_once('.') {
                // The groups `event` and `result` are records of their own.
                None => drop(tree.insert(row.path.to_owned(), json_from_data(value))),
                Some(("event" | "result", _)) => {}
                Some((group, field)) => {
                    let group = tree.entry(group).or_insert_with(|| Value::Object(Map::new()));
                    if let Value::Object(fields) = group {
                        fields.insert(field.to_owned(), json_from_data(value));
                    }
                }
            }
        }
        tree.insert("state".to_owned(), json_from_data(&Data::Map(std::sync::Arc::clone(self.state()))));
        Value::Object(tree)
    }
}

//! Text -> contexts. Text that is no JSON is refused as serde_json refuses it, whatever is read; the rest gives the context
//! that its tree gives.

#![no_main]

use libfuzzer_sys::fuzz_target;
use oracle_runtime::context::{Context, Reads};
use oracle_vm::schema::SLOTS;
use serde_json::Value;

fuzz_target!(|text: &str| {
    let refusal = |reads| Context::from_json_text(text, None, reads).err().map(|error| error.to_string());
    match serde_json::from_str::<Value>(text) {
        Err(error) => {
            let message = Some(format!("not valid JSON: {error}"));
            for reads in [Reads::NOTHING, Reads::EVERYTHING] {
                assert_eq!(refusal(reads), message, "{text}");
            }
        }
        Ok(tree) => {
            let (by_text, by_tree) =
                (Context::from_json_text(text, None, Reads::EVERYTHING), Context::from_json(&tree, None));
            // Of two errors either may be the first: the tree has its keys in order.
            assert_eq!(by_text.as_ref().ok(), by_tree.as_ref().ok(), "{text}");
            if by_text.is_ok() {
                for row in SLOTS {
                    assert_eq!(refusal(Reads::of_slots([row.id])), None, "{text}");
                }
            }
        }
    }
});

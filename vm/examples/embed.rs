//! Loads a rule pack and asks which rules of a hook match: `cargo run -p oracle-vm --example embed rules.opk`.
//!
//! This program depends on the machine alone. What a matching rule then does (its actions) is the host's business,
//! or that of the `oracle-runtime` crate.

#![expect(clippy::disallowed_methods, reason = "an example is a host: it reads files and its arguments")]

use oracle_vm::frame::{Frame, Scope};
use oracle_vm::hook::Hook;
use oracle_vm::machine::Machine;
use oracle_vm::schema::slot;
use oracle_vm::value::{Data, Map, Value};
use oracle_vm::verify::VerifiedPack;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path =
        std::env::args().nth(1).ok_or("name a rule pack: `oracle compile rules/ -o rules.opk` makes one")?;
    let pack = VerifiedPack::load(&std::fs::read(path)?)?;

    // The context: an empty session, but for what this host knows.
    let mut frame = Frame::empty();
    frame.set(slot::TOKEN_USAGE, Value::Float(0.93));
    frame.set(slot::TURN_NUMBER, Value::Int(12));

    // Params in the order of their declaration; the rules of this example have at most one, a threshold.
    let params = [Data::Float(0.8)];
    let scope = Scope { params: &params, settings: &[], state: &Map::default() };

    let mut machine = Machine::new();
    for id in pack.rules_of(Hook::OnTurnStart) {
        let Some(rule) = pack.rules().get(*id) else { continue };
        let Some(condition) = rule.condition else { continue };
        match machine.truth(&pack, condition, &frame, &scope) {
            Ok(true) => println!("{} matches", rule.id),
            Ok(false) => {}
            Err(fault) => println!("{} fails: {}", rule.id, fault.trouble),
        }
    }
    Ok(())
}

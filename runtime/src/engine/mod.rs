//! The engine: events in, results out.
//!
//! [`Engine::handle`] brings the event's session up to date, evaluates every condition of the hook against that one
//! snapshot, lets limits decide, prepares the actions of every rule that fires, and only then applies them. The rules
//! of a hook run as one [program](oracle_vm::index), at a cost that follows the matches. Rules are a [`RuleSet`],
//! swapped as a whole; what users chose is resolved against it once, not per event.

mod cell;
mod choices;
mod conditions;
mod firing;
mod handle;
mod hooks;
mod idle;
mod inputs;
mod memory;
mod options;
mod overlay;
mod plugins;
mod record;
mod result;
mod room;
mod rule;
mod ruleset;
mod scripts;
mod sessions;
mod states;
mod trace;
mod trial;
mod view;

pub use crate::state::UserChoices;
pub use handle::Engine;
pub use inputs::{effective, effective_with_defaults};
pub use options::{EngineOptions, Report};
pub use result::{EventRef, EventResult, RuleOutcome};
pub use rule::{Rule, RuleCounts};
pub use ruleset::{RuleSet, RuleSetError};
pub use trace::TracedPart;
pub use trial::Trial;
pub use view::View;

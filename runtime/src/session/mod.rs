//! Sessions: the context, derived from the stream of events.
//!
//! What each event does to a session:
//!
//! | event | does |
//! | --- | --- |
//! | any | time and duration follow the event's timestamp; without one, time stands still |
//! | `query.start` | the query becomes a message of the user |
//! | `agent.turn.start` | the turn becomes the given `turn_number`, else the next one; the first is 1 |
//! | `agent.turn.start`, `agent.turn.end` | `messages` are added, token and window shares are taken as given or computed |
//! | `tool.call.pending` | arguments and time are remembered for the call's end, by `call_id` |
//! | `tool.call.success`, `.failure`, `.timeout` | a tool call joins the history; totals, failures and `result` follow |
//! | `session.end` | the next event begins the session anew, unless it is `session.resumed` |
//!
//! `iteration_count` is what the agent says. Where it does not, it counts the tool calls that ended in the turn, and
//! every further `agent.turn.start` with the same given `turn_number`; a new turn begins at 0. A `turn_number` that goes
//! back is believed: the agent knows. Limits count turns that passed, so they never go back.
//!
//! Lists hold the last [`HISTORY`] entries; totals count everything. A session's memory does not grow with the
//! number of its events.

mod derive;
mod history;
mod identity;
mod tools;
mod turn;

pub use history::HISTORY;
pub use identity::{Session, SessionKey, SessionMark};

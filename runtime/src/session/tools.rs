//! Tool calls: from pending to ended, history and result.

use std::sync::Arc;

use oracle_vm::schema::slot;
use oracle_vm::value::{Data, Text, ToolCall};

use super::{Session, history};
use crate::event::Event;
use crate::input::json_from_data;

/// Calls in flight that a session remembers.
const IN_FLIGHT: usize = 64;
/// Tools whose failures are counted one by one; totals count all.
const TOOLS: usize = 1000;

/// Calls that began and did not end, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct InFlight {
    calls: Vec<Call>,
}

#[derive(Clone, Debug)]
struct Call {
    id: Text,
    arguments: Data,
    began: f64,
}

impl InFlight {
    /// Remembers a call that has a `call_id`.
    pub(super) fn begin(&mut self, event: &Event, now: f64) {
        let Some(Data::Str(id)) = event.get("call_id") else { return };
        self.calls.retain(|call| call.id != *id);
        if self.calls.len() >= IN_FLIGHT {
            self.calls.remove(0);
        }
        let arguments = event.get("arguments").cloned().unwrap_or_default();
        self.calls.push(Call { id: id.clone(), arguments, began: now });
    }

    fn end(&mut self, event: &Event) -> Option<Call> {
        let Some(Data::Str(id)) = event.get("call_id") else { return None };
        let at = self.calls.iter().position(|call| call.id == *id)?;
        Some(self.calls.remove(at))
    }
}

impl Session {
    pub(super) fn end_call(&mut self, event: &Event, success: bool) {
        let call = self.in_flight.end(event);
        let name = match event.get("tool_name") {
            Some(Data::Str(name)) => name.clone(),
            _ => "".into(),
        };
        let (result, items) = result_of(event.get("result"));
        // A host that has the text of a list alone says how many items it had.
        let count = match (items, event.get("result_count")) {
            (Data::None, Some(Data::Int(given))) if *given >= 0 => Data::Int(*given),
            (items, _) => items,
        };
        let duration = self.duration(event, call.as_ref());
        self.remember_call(event, call, &name, (result.clone(), duration), success);
        let error = match event.get("error") {
            Some(error @ Data::Str(_)) => error.clone(),
            _ if event.event_type.as_str() == "tool.call.timeout" => Data::text("timed out"),
            _ => Data::None,
        };
        let (result, duration) =
            (result.map_or(Data::None, Data::Str), duration.map_or(Data::None, Data::Float));
        self.context.set_result(Some([Data::Str(name), Data::Bool(success), result, error, duration, count]));
    }

    /// The duration as given, or the time since the call was pending.
    fn duration(&self, event: &Event, call: Option<&Call>) -> Option<f64> {
        match (event.get("duration_ms"), call, event.timestamp) {
            (Some(Data::Float(given)), ..) => Some(*given),
            (_, Some(call), Some(now)) if now >= call.began => Some((now - call.began) * 1000.0),
            _ => None,
        }
    }

    fn remember_call(
        &mut self,
        event: &Event,
        call: Option<Call>,
        name: &Text,
        (result, duration_ms): (Option<Text>, Option<f64>),
        success: bool,
    ) {
        let arguments = match (event.get("arguments"), call.map(|call| call.arguments)) {
            (Some(Data::Map(given)), _) => Arc::clone(given),
            (_, Some(Data::Map(pending))) => pending,
            _ => Arc::default(),
        };
        let record = Data::from(ToolCall {
            name: name.clone(),
            arguments,
            result,
            success,
            timestamp: self.moment.seconds,
            duration_ms,
            turn: self.turn_number(),
        });
        history::push(&mut self.context, slot::TOOLS, record);
        history::count(&mut self.context, slot::TOTAL_TOOL_CALLS, 1);
        self.count_iteration();
        if !success {
            history::count(&mut self.context, slot::TOTAL_FAILURES, 1);
            self.count_failure(name);
        }
    }

    fn count_failure(&mut self, name: &Text) {
        let Some(Data::Map(failures)) = self.context.slot_mut(slot::FAILURES) else { return };
        let failures = Arc::make_mut(failures);
        if let Some(Data::Int(count)) = failures.get_mut(name.as_str()) {
            *count = count.saturating_add(1);
        } else if failures.len() < TOOLS {
            failures.insert(name.clone(), Data::Int(1));
        }
    }
}

/// The text of a result and, where it is a list, the number of its items.
fn result_of(result: Option<&Data>) -> (Option<Text>, Data) {
    match result {
        None | Some(Data::None) => (None, Data::None),
        Some(Data::Str(text)) => (Some(text.clone()), Data::None),
        Some(list @ Data::List(items)) => {
            let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
            (Some(json_from_data(list).to_string().into()), Data::Int(count))
        }
        Some(other) => (Some(json_from_data(other).to_string().into()), Data::None),
    }
}

//! Traces in, events out.

use std::io;

use oracle_vm::value::Data;

use super::{Assumptions, Problem, SessionHeader, TraceSink, read};
use crate::event::Event;
use crate::input::json_from_data;

/// Everything that was read, one line each.
#[derive(Default)]
struct Log(Vec<String>);

impl TraceSink for Log {
    fn session(&mut self, header: SessionHeader) -> io::Result<()> {
        let SessionHeader { id, format, timed, detail } = header;
        self.0.push(format!("session {id} ({}, timed {timed}, {detail})", format.name()));
        Ok(())
    }
    fn event(&mut self, line: u64, event: Event) -> io::Result<()> {
        let payload = json_from_data(&Data::Map(event.payload));
        let time = event.timestamp.unwrap_or_default();
        self.0.push(format!("{line} {time} {} {payload}", event.event_type.as_str()));
        Ok(())
    }
    fn problem(&mut self, problem: Problem) -> io::Result<()> {
        let Problem { line, error, message, help } = problem;
        let level = if error { "error" } else { "warning" };
        self.0.push(format!("{line} {level}: {message} / {}", help.unwrap_or_default()));
        Ok(())
    }
}

fn log(input: &str) -> String {
    log_bytes(input.as_bytes())
}

fn log_bytes(input: &[u8]) -> String {
    let assumptions =
        Assumptions { user: "ada".into(), project: "demo".into(), token_budget: 1_000, context_window: 500 };
    let mut log = Log::default();
    read(input, None, &assumptions, &mut log).unwrap();
    log.0.join("\n")
}

#[test]
fn openai_messages_become_a_session() {
    insta::assert_snapshot!(log(r#"{"task_id": 7, "traj": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Which flights are there?"},
            {"role": "assistant", "content": null, "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "search", "arguments": "{\"to\": \"SEA\"}"}},
                {"id": "b", "type": "function", "function": {"name": "search", "arguments": "not json"}}]},
            {"role": "tool", "tool_call_id": "b", "name": "search", "content": "Error: no such city"},
            {"role": "tool", "tool_call_id": "a", "name": "search", "content": "one flight"},
            {"role": "assistant", "content": "There is one."}]}"#));
}

#[test]
fn claude_code_records_become_sessions() {
    insta::assert_snapshot!(log(include_str!("../../tests/traces/claude-code.jsonl")));
}

#[test]
fn messages_may_come_one_a_line() {
    insta::assert_snapshot!(log(
        "{\"role\": \"user\", \"content\": \"hi\"}\n{\"role\": \"assistant\", \"content\": \"hello\"}\n{\"role\": \"robot\"}\n"
    ));
}

#[test]
fn broken_lines_do_not_stop_the_others() {
    let lines = [
        r#"{"type": "agent.turn.start", "payload": {"token_usage": 0.5}}"#,
        r#"{"type": "agent.turn.start", "payload": {"token_usage": 1.7}}"#,
        r#"{"type": "agent.turn.strat"}"#,
        r#"{"type": "deploy.finished"}"#,
        r#"{"type": 5}"#,
        r#"{"payload": {}}"#,
        "[1, 2]",
        "yes",
        r#"{"type": "agent.turn.end""#,
        r#"{"type": "session.end"}"#,
    ];
    insta::assert_snapshot!(log(&lines.join("\n")));
}

#[test]
fn an_empty_trace_is_an_error() {
    insta::assert_snapshot!(log("\n \n"));
}

#[test]
fn a_binary_file_is_one_error() {
    insta::assert_snapshot!(log_bytes(b"\x7fELF\0\0\n\0\0\n\0"));
}

#[test]
fn what_is_not_utf8_is_one_line() {
    insta::assert_snapshot!(log_bytes(b"{\"type\": \"\xff\"}\n{\"type\": \"session.end\"}\n"));
}

#[test]
fn one_event_over_several_lines_is_refused() {
    insta::assert_snapshot!(log("{\n  \"type\": \"session.end\"\n}\n"));
}

//! Which format a trace has, told by its first record.

use oracle_vm::value::Data;

use super::read::{field, text_field};

/// The formats of traces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Our own events.
    Events,
    /// OpenAI chat messages.
    OpenAi,
    /// Claude Code's session files.
    ClaudeCode,
}

impl Format {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Events => "events",
            Format::OpenAi => "OpenAI messages",
            Format::ClaudeCode => "Claude Code session",
        }
    }
}

/// Record types that only Claude Code writes.
const CLAUDE_TYPES: &[&str] =
    &["summary", "user", "assistant", "system", "file-history-snapshot", "queue-operation"];

/// The format of a record. What has no sign of another format is taken for an event: its errors say what an
/// event needs.
pub fn format_of(record: &Data) -> Format {
    if matches!(record, Data::List(_))
        || field(record, "traj").is_some()
        || field(record, "messages").is_some()
    {
        return Format::OpenAi;
    }
    let record_type = text_field(record, "type");
    if record_type.is_some_and(|it| CLAUDE_TYPES.contains(&it)) || field(record, "sessionId").is_some() {
        return Format::ClaudeCode;
    }
    if record_type.is_none() && field(record, "role").is_some() { Format::OpenAi } else { Format::Events }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Format {
        format_of(&super::super::read::parse(json).unwrap())
    }

    #[test]
    fn formats_are_told_by_the_first_record() {
        assert_eq!(of(r#"{"type": "agent.turn.start"}"#), Format::Events);
        assert_eq!(of(r#"{"payload": {}}"#), Format::Events);
        assert_eq!(of(r#"[{"role": "user"}]"#), Format::OpenAi);
        assert_eq!(of(r#"{"traj": []}"#), Format::OpenAi);
        assert_eq!(of(r#"{"messages": []}"#), Format::OpenAi);
        assert_eq!(of(r#"{"role": "user", "content": "hi"}"#), Format::OpenAi);
        assert_eq!(of(r#"{"type": "summary"}"#), Format::ClaudeCode);
        assert_eq!(of(r#"{"type": "progress", "sessionId": "s"}"#), Format::ClaudeCode);
    }
}

//! Contexts, params and settings as JSON text, for both sides to read.

use oracle_vm::hook::Hook;

use super::rng::Rng;
use super::signatures::{KEYS, TEXTS};

/// What one evaluation reads: three JSON texts.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// The context, possibly partial.
    pub context: String,
    /// Effective params.
    pub params: String,
    /// Effective settings.
    pub settings: String,
}

impl Inputs {
    /// The three as the Python driver reads them.
    pub fn request(&self) -> String {
        format!(r#"{{"context":{},"params":{},"settings":{}}}"#, self.context, self.params, self.settings)
    }

    /// Inputs that may occur at this hook; without one, at any.
    pub fn random(rng: &mut Rng, hook: Option<Hook>) -> Inputs {
        let mut make = Maker { rng };
        Inputs { context: make.context(hook), params: make.inputs(PARAMS), settings: make.inputs(SETTINGS) }
    }
}

/// Name and kind of the declared params.
pub const PARAMS: &[(&str, &str)] =
    &[("threshold", "float"), ("limit", "integer"), ("tool", "string"), ("strict", "boolean")];
/// Name and kind of the declared settings.
pub const SETTINGS: &[(&str, &str)] =
    &[("ratio", "float"), ("max_sources", "integer"), ("topic", "string"), ("verbose", "boolean")];

const TOOLS: &[&str] = &["grep", "web_search", "vault_search", "é"];

struct Maker<'r> {
    rng: &'r mut Rng,
}

fn quote(text: &&str) -> String {
    serde_json::Value::from(*text).to_string()
}

fn object(fields: &[(String, String)]) -> String {
    let fields: Vec<String> =
        fields.iter().map(|(key, value)| format!("{}:{value}", quote(&key.as_str()))).collect();
    format!("{{{}}}", fields.join(","))
}

impl Maker<'_> {
    fn text(&mut self) -> String {
        if self.rng.percent(3) {
            return quote(&self.rng.pick(TEXTS).repeat(40).as_str());
        }
        quote(self.rng.pick(TEXTS))
    }
    fn int(&mut self) -> String {
        let known = [
            "0",
            "0",
            "1",
            "2",
            "3",
            "5",
            "7",
            "-1",
            "-2",
            "-7",
            "100",
            "9007199254740993",
            "9223372036854775807",
            "-9223372036854775808",
        ];
        (*self.rng.pick(&known)).to_string()
    }
    fn natural(&mut self) -> String {
        (*self.rng.pick(&["0", "1", "2", "3", "5", "8", "100", "9223372036854775807"])).to_string()
    }
    fn turn(&mut self) -> String {
        (*self.rng.pick(&["1", "2", "3", "8", "40", "9223372036854775807"])).to_string()
    }
    fn float(&mut self) -> String {
        (*self.rng.pick(&[
            "0.0", "-0.0", "0.5", "1.0", "2.5", "-1.5", "0.1", "1e300", "5e-324", "-7.25", "1e16", "3.0",
        ]))
        .to_string()
    }
    fn share(&mut self) -> String {
        (*self.rng.pick(&["0.0", "0.1", "0.5", "0.8", "0.9", "1.0", "0.30000000000000004"])).to_string()
    }
    fn seconds(&mut self) -> String {
        (*self.rng.pick(&["0.0", "1.5", "30.0", "59.999", "60.0", "3600.25"])).to_string()
    }
    fn time(&mut self) -> String {
        (*self.rng.pick(&["0.0", "1700000000.0", "1700000000.5", "1700000100.25"])).to_string()
    }
    fn bool(&mut self) -> String {
        (*self.rng.pick(&["true", "false"])).to_string()
    }
    fn maybe(&mut self, value: String) -> String {
        if self.rng.percent(40) { "null".to_string() } else { value }
    }

    fn dynamic(&mut self, depth: usize) -> String {
        match self.rng.below(if depth == 0 { 8 } else { 12 }) {
            0 | 1 => self.int(),
            2 => self.float(),
            3..6 => self.text(),
            6 => self.bool(),
            7 => (*self.rng.pick(&[
                "null",
                "18446744073709551615",
                "9223372036854775808",
                "-9223372036854775809",
                "1e400000",
            ]))
            .replace("1e400000", "null"),
            8..10 => {
                let count = self.rng.below(4);
                let items: Vec<String> = (0..count).map(|_| self.dynamic(depth - 1)).collect();
                format!("[{}]", items.join(","))
            }
            _ => self.map(depth - 1),
        }
    }

    fn map(&mut self, depth: usize) -> String {
        let mut fields = Vec::new();
        for key in KEYS {
            if self.rng.percent(45) {
                let value = match *key {
                    "query" => self.text(),
                    "limit" => self.int(),
                    "ratio" => self.float(),
                    "flag" => self.bool(),
                    "nothing" => "null".to_string(),
                    "numbers" => {
                        let count = self.rng.below(5);
                        let items: Vec<String> = (0..count)
                            .map(|_| if self.rng.percent(70) { self.int() } else { self.float() })
                            .collect();
                        format!("[{}]", items.join(","))
                    }
                    "tags" => {
                        let count = self.rng.below(4);
                        let items: Vec<String> = (0..count).map(|_| self.text()).collect();
                        format!("[{}]", items.join(","))
                    }
                    "big" => "18446744073709551615".to_string(),
                    "deep" if depth > 0 => self.map(depth - 1),
                    _ => self.dynamic(depth),
                };
                fields.push(((*key).to_string(), value));
            }
        }
        let turn = self.rng.below(fields.len().max(1));
        fields.rotate_left(turn);
        object(&fields)
    }

    fn tool(&mut self) -> String {
        let name = quote(self.rng.pick(TOOLS));
        let mut fields = vec![
            ("name".to_string(), name),
            ("arguments".to_string(), self.map(1)),
            ("success".to_string(), self.bool()),
            ("timestamp".to_string(), self.time()),
            ("turn".to_string(), self.turn()),
        ];
        if self.rng.percent(70) {
            let text = self.text();
            fields.push(("result".to_string(), self.maybe(text)));
        }
        if self.rng.percent(70) {
            let time = self.seconds();
            fields.push(("duration_ms".to_string(), self.maybe(time)));
        }
        object(&fields)
    }

    fn message(&mut self) -> String {
        let role = quote(self.rng.pick(&["system", "user", "assistant", "tool"]));
        let content = if self.rng.percent(80) { self.text() } else { self.dynamic(1) };
        let mut fields = vec![("role".to_string(), role), ("content".to_string(), content)];
        if self.rng.percent(30) {
            fields.push(("name_1".to_string(), self.dynamic(1)));
        }
        object(&fields)
    }

    fn group(&mut self, fields: Vec<(&str, String)>) -> String {
        let keep = if self.rng.percent(50) { 100 } else { 70 };
        let mut kept: Vec<(String, String)> = Vec::new();
        for (key, value) in fields {
            if self.rng.percent(keep) {
                kept.push((key.to_string(), value));
            }
        }
        object(&kept)
    }

    fn context(&mut self, hook: Option<Hook>) -> String {
        let limit = self.natural();
        let turn = vec![
            ("number", self.turn()),
            ("token_usage", self.share()),
            ("context_usage", self.share()),
            ("iteration_count", self.natural()),
            ("iteration_limit", self.maybe(limit)),
        ];
        let turn = self.group(turn);
        let (messages, tools) = (self.rng.below(4), self.rng.below(5));
        let messages: Vec<String> = (0..messages).map(|_| self.message()).collect();
        let tools: Vec<String> = (0..tools).map(|_| self.tool()).collect();
        let mut failures = Vec::new();
        for tool in TOOLS {
            if self.rng.percent(45) {
                failures.push(((*tool).to_string(), self.natural()));
            }
        }
        let history = vec![
            ("messages", format!("[{}]", messages.join(","))),
            ("tools", format!("[{}]", tools.join(","))),
            ("failures", object(&failures)),
            ("total_tool_calls", self.natural()),
            ("total_failures", self.natural()),
        ];
        let history = self.group(history);
        let user = vec![("id", self.text()), ("settings", self.map(2))];
        let project = vec![("id", self.text()), ("settings", self.map(2))];
        let session =
            vec![("id", self.text()), ("started_at", self.time()), ("duration_seconds", self.seconds())];
        let mut groups = vec![
            ("turn", turn),
            ("history", history),
            ("user", self.group(user)),
            ("project", self.group(project)),
            ("session", self.group(session)),
            ("state", self.map(2)),
        ];
        if self.rng.percent(20) {
            let at = self.rng.below(groups.len());
            groups.remove(at);
        }
        if hook.is_some() || self.rng.percent(60) {
            groups.push(("event", self.event(hook)));
        }
        let result = matches!(hook, Some(Hook::OnToolComplete | Hook::OnToolFailure))
            || (hook.is_none() && self.rng.percent(60));
        if result {
            groups.push(("result", self.result()));
        }
        object(&groups.into_iter().map(|(key, value)| (key.to_string(), value)).collect::<Vec<_>>())
    }

    fn event(&mut self, hook: Option<Hook>) -> String {
        let kind = match hook {
            Some(hook) => *self.rng.pick(hook.events()),
            None => *self.rng.pick(&["cli.event", "task.checkpoint", "my.own"]),
        };
        let mut payload = vec![("unusual key", self.dynamic(1)), ("deep", self.map(1))];
        match kind {
            "query.start" => payload.push(("query", self.text())),
            "agent.turn.start" | "agent.turn.end" => {
                payload.push(("turn_number", self.turn()));
                payload.push(("token_usage", self.share()));
                payload.push(("tokens_used", self.natural()));
                let messages = self.message();
                payload.push(("messages", format!("[{messages}]")));
            }
            "session.end" => payload.push(("reason", self.text())),
            tool if tool.starts_with("tool.call") => {
                payload.push(("tool_name", quote(self.rng.pick(TOOLS))));
                payload.push(("arguments", self.map(1)));
                payload.push(("duration_ms", self.seconds()));
                payload.push(("error", self.text()));
                payload.push(("result", self.dynamic(1)));
            }
            _ => payload.push(("query", self.dynamic(1))),
        }
        let payload = self.group(payload);
        let fields = vec![
            ("type", quote(&kind)),
            ("source", self.text()),
            ("severity", quote(self.rng.pick(&["debug", "info", "warning", "error", "critical"]))),
            ("payload", payload),
            ("timestamp", self.time()),
        ];
        object(&fields.into_iter().map(|(key, value)| (key.to_string(), value)).collect::<Vec<_>>())
    }

    fn result(&mut self) -> String {
        let (text, error, time, count) = (self.text(), self.text(), self.seconds(), self.natural());
        let fields = vec![
            ("tool_name", quote(self.rng.pick(TOOLS))),
            ("success", self.bool()),
            ("result", self.maybe(text)),
            ("error", self.maybe(error)),
            ("duration_ms", self.maybe(time)),
            ("count", self.maybe(count)),
        ];
        object(&fields.into_iter().map(|(key, value)| (key.to_string(), value)).collect::<Vec<_>>())
    }

    fn inputs(&mut self, specs: &[(&str, &str)]) -> String {
        let mut fields = Vec::new();
        for (name, kind) in specs {
            let value = match *kind {
                "float" => self.float(),
                "integer" => self.int(),
                "string" => self.text(),
                _ => self.bool(),
            };
            fields.push(((*name).to_string(), value));
        }
        object(&fields)
    }
}

//! The Python process.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::context::Inputs;

/// A Python that evaluates conditions.
pub struct Python {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

/// What Python says about an expression: why its result may differ, and whether a refusal is right.
#[derive(Clone, Debug)]
pub struct Check {
    /// Limits that the evaluation passes: `int`, `text`, `list`, `fuel`; `nan` where one was seen.
    pub flags: Vec<String>,
    /// The answer of an evaluation in which no NaN is the same object as another.
    pub answer: String,
    /// Whether the refused part never succeeds.
    pub justified: bool,
}

/// Whether there is a Python to compare with.
pub fn available() -> bool {
    Command::new("python3").arg("--version").output().is_ok_and(|out| out.status.success())
}

impl Python {
    /// Starts one.
    pub fn start() -> Python {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/python/driver.py");
        let mut child = Command::new("python3")
            .args(["-E", "-s", "-X", "utf8", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 starts");
        let to = child.stdin.take();
        let from = BufReader::new(child.stdout.take().expect("the output is piped"));
        Python { child, to, from }
    }

    fn ask(&mut self, request: &str) -> serde_json::Value {
        self.send(request);
        self.receive()
    }

    fn send(&mut self, request: &str) {
        let to = self.to.as_mut().expect("the process runs");
        writeln!(to, "{request}").and_then(|()| to.flush()).expect("the driver reads");
    }

    fn receive(&mut self) -> serde_json::Value {
        let mut line = String::new();
        self.from.read_line(&mut line).expect("the driver answers");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("the driver answered {line:?}: {error}"))
    }

    /// Sends a batch: each expression with the positions of the inputs it is evaluated on. [`Python::results`]
    /// gives the answers.
    pub fn submit(&mut self, inputs: &[Inputs], items: &[(String, Vec<usize>)]) {
        let request = format!(r#"{{"contexts":{},"items":{}}}"#, contexts(inputs), serde_json::json!(items));
        self.send(&request);
    }

    /// The answers to a batch: `=` and the value, or `!` and the class of the error.
    pub fn results(&mut self) -> Vec<Vec<String>> {
        serde_json::from_value(self.receive()).expect("a list of lists of texts")
    }

    /// Asks about one evaluation.
    pub fn check(&mut self, inputs: &Inputs, text: &str, start: usize, end: usize) -> Check {
        let inputs = contexts(std::slice::from_ref(inputs));
        let request =
            format!(r#"{{"contexts":{inputs},"checks":{}}}"#, serde_json::json!([(text, 0, start, end)]));
        let answer = self.ask(&request);
        Check {
            flags: serde_json::from_value(answer[0]["flags"].clone()).expect("a list of flags"),
            answer: answer[0]["answer"].as_str().expect("a text").to_owned(),
            justified: answer[0]["justified"].as_bool().expect("a boolean"),
        }
    }
}

fn contexts(inputs: &[Inputs]) -> String {
    let inputs: Vec<String> = inputs.iter().map(Inputs::request).collect();
    format!("[{}]", inputs.join(","))
}

impl Drop for Python {
    fn drop(&mut self) {
        drop(self.to.take());
        let _ = self.child.wait();
    }
}

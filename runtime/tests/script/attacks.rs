//! Scripts that mean harm. Each case of `attacks/*.lua` begins with `--> NAME: OUTCOME` and ends within the deadline,
//! under the memory limit (see `script_memory`), and without a trace in the sandbox that the next script gets.

use std::fs;
use std::time::{Duration, Instant};

use oracle_runtime::script::{Answer, Sandboxes, Script, ScriptError, ScriptLimits};

use crate::cases::cases;
use crate::support::input;

const LIMITS: ScriptLimits = ScriptLimits { time: Duration::from_millis(150), memory: 16 * 1024 * 1024 };
/// What a run may take beyond its deadline.
const SLACK: Duration = Duration::from_millis(50);
/// Attempts at being in time: a machine that is busy with something else is no fault of the script.
const ATTEMPTS: usize = 5;

/// Looks at everything that an earlier script could have changed.
const PROBE: &str = r#"
    for _, name in { "leak", "x", "a", "b", "t", "os", "getmetatable", "_G" } do
        local _ = name
    end
    assert(leak == nil and x == nil and a == nil and b == nil, "a global survived")
    assert(context.turn.number == 7 and #context.history.tools == 3, "the context changed")
    assert(("hello"):find("l", 1, true) == 3 and ("hello"):gsub("l", "L") == "heLLo", "the library changed")
    assert(string.rep("ab", 2) == "abab" and table.concat({ 1, 2 }) == "12", "the library changed")
    assert(pairs ~= nil and math.floor(1.5) == 1 and string.split("a,b")[2] == "b", "the library changed")
    local n = 0
    for _, tool in ipairs(context.history.tools) do n = n + tool.turn end
    return n == 6
"#;

/// Whether an answer is what the case says.
fn is_expected(outcome: &str, answer: &Result<Answer, ScriptError>) -> bool {
    let (word, text) = outcome.split_once(' ').unwrap_or((outcome, ""));
    match (word, answer) {
        ("any", _)
        | ("yes", Ok(Answer::Yes))
        | ("no", Ok(Answer::No))
        | ("timeout", Err(ScriptError::Timeout(_)))
        | ("limit", Err(ScriptError::Timeout(_) | ScriptError::Memory(_))) => true,
        ("error", Err(error @ (ScriptError::Raised(_) | ScriptError::Answer(_)))) => {
            error.to_string().contains(text)
        }
        _ => false,
    }
}

/// How long this thread has had a processor: while it waits for one, no script is to blame. The most there is where the
/// system does not say.
fn busy() -> Duration {
    let said = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let spent = said.and_then(|text| text.split(' ').next()?.parse().ok());
    spent.map_or(Duration::MAX, Duration::from_nanos)
}

/// Runs every case of a file in one set, so that sandboxes are used again; says what went wrong.
fn attack(file: &str) -> Vec<String> {
    let sandboxes = Sandboxes::default();
    let probe = Script::compile("probe.lua", PROBE).expect("the probe parses");
    let mut wrong = Vec::new();
    for case in cases(file) {
        let name = &case.name;
        let script = match Script::compile("test.lua", &case.source) {
            Ok(script) => script,
            Err(error) => {
                wrong.push(format!("{name}: {error}"));
                continue;
            }
        };
        let mut quickest = Duration::MAX;
        for _ in 0..ATTEMPTS {
            let (began, busy) = (Instant::now(), busy());
            let answer = sandboxes.run(&script, input(), &LIMITS).answer;
            let took = began.elapsed().min(self::busy().saturating_sub(busy));
            if !is_expected(&case.outcome, &answer) {
                wrong.push(format!("{name}: {answer:?} instead of {}", case.outcome));
            }
            let after = sandboxes.run(&probe, input(), &ScriptLimits::default()).answer;
            if after != Ok(Answer::Yes) {
                wrong.push(format!("{name}: the next script said {after:?}"));
            }
            quickest = quickest.min(took);
            if took <= LIMITS.time + SLACK {
                break;
            }
        }
        if quickest > LIMITS.time + SLACK {
            wrong.push(format!("{name}: took {quickest:?}"));
        }
    }
    wrong
}

fn holds(file: &str) {
    let wrong = attack(file);
    assert!(wrong.is_empty(), "{file}:\n{}", wrong.join("\n"));
}

#[test]
fn time_is_enforced() {
    holds("time.lua");
}

#[test]
fn memory_is_enforced() {
    holds("memory.lua");
}

#[test]
fn there_is_no_way_out() {
    holds("escape.lua");
}

#[test]
fn answers_are_bounded_and_checked() {
    holds("answer.lua");
}

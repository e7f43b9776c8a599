//! Many runs, good and hostile: memory stays flat, and no thread is left.

use std::fs;
use std::time::Duration;

use oracle_runtime::script::{Answer, Sandboxes, Script, ScriptError, ScriptLimits};

use crate::support::input;

const GOOD: &[&str] = &[
    "return context.turn.token_usage > 0.8",
    "local n = 0 for _, t in ipairs(context.history.tools) do n = n + t.turn end return n == 6",
    "return (('a,b,c'):gsub('%w', string.upper)) == 'A,B,C'",
    "local t = { 3, 1, 2 } table.sort(t) return t[1] == 1",
    "print('x') return context.state:get('warned') == 3",
    "leak = { string.rep('x', 1000) } return leak ~= nil",
    "return select(2, pcall(error, 'x', 0)) == 'x'",
    "local t = {} for i = 1, 200 do t[i] = { i } end return #t == 200",
];
const HOSTILE: &[&str] = &[
    "while true do end",
    "while true do pcall(function() while true do end end) end",
    "local t = {} while true do t[#t + 1] = {} end",
    "local s = 'x' while true do s = s .. s end",
    "return ('a'):rep(10000):find(('.-'):rep(20) .. 'b')",
    "local function f() return f() + 1 end return f()",
    "error({})",
    "x = {} while true do x[#x + 1] = context.history.tools[1].name .. #x end",
];

/// Resident bytes and threads.
type Resources = (usize, usize);

/// Those of this process; nothing where the system does not say.
fn resources() -> Option<Resources> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let number = |key: &str| {
        let line = status.lines().find(|line| line.starts_with(key))?;
        line.split_whitespace().nth(1)?.parse::<usize>().ok()
    };
    Some((number("VmRSS:")? * 1024, number("Threads:")?))
}

/// `SOAK_RUNS` says how many runs there are; the full soak is 100,000.
#[test]
fn many_runs_leave_nothing_behind() {
    let runs = std::env::var("SOAK_RUNS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_usize);
    // What is made once for all, such as the detection of the processor, is not there yet.
    soak(HOSTILE.len() * SHARE);
    let mut figures = None;
    let left = allocation_counter::measure(|| figures = soak(runs));
    assert_eq!(
        (left.count_current, left.bytes_current),
        (0, 0),
        "blocks and bytes that nobody owns any more"
    );
    let Some(((bytes_before, threads_before), (bytes, threads))) = figures else { return };
    println!(
        "{runs} runs, {} of them hostile: {bytes_before} then {bytes} bytes resident, {threads_before} then {threads} \
         threads",
        runs / SHARE
    );
    if std::env::var_os("SOAK_RUNS").is_some() {
        assert!(threads <= threads_before, "{threads_before} threads became {threads}");
        assert!(bytes < bytes_before + 8 * 1024 * 1024, "{bytes_before} bytes became {bytes}");
    }
}

#[test]
fn sandboxes_leave_nothing_behind() {
    let compiled = Script::compile("test.lua", GOOD[1]).expect("it parses");
    let input = input();
    let once = || Sandboxes::default().run(&compiled, input.clone(), &ScriptLimits::default());
    assert_eq!(once().answer, Ok(Answer::Yes));
    let left = allocation_counter::measure(|| {
        for _ in 0..20 {
            assert_eq!(once().answer, Ok(Answer::Yes));
        }
    });
    assert_eq!((left.count_current, left.bytes_current), (0, 0));
}

/// One run in so many means harm.
const SHARE: usize = 4;

/// Runs scripts; the resources after a fifth of the runs, and at the end.
fn soak(runs: usize) -> Option<(Resources, Resources)> {
    let sandboxes = Sandboxes::default();
    let compile = |sources: &[&str]| -> Vec<Script> {
        sources.iter().map(|it| Script::compile("soak.lua", it).expect("it parses")).collect()
    };
    let (good, hostile) = (compile(GOOD), compile(HOSTILE));
    let (mut well, mut bad) = (good.iter().zip(GOOD).cycle(), hostile.iter().cycle());
    let limits = ScriptLimits { time: Duration::from_millis(3), memory: 4 * 1024 * 1024 };
    let input = input();
    let mut before = None;
    for nth in 0..runs {
        if nth % SHARE == SHARE - 1 {
            let script = bad.next().expect("there are some");
            let answer = sandboxes.run(script, input.clone(), &limits).answer;
            assert!(answer.is_err(), "{answer:?}");
        } else {
            let (script, source) = well.next().expect("there are some");
            let answer = sandboxes.run(script, input.clone(), &ScriptLimits::default()).answer;
            assert_eq!(answer, Ok::<_, ScriptError>(Answer::Yes), "{source}");
        }
        // What the allocator keeps for itself settles first.
        if nth == runs / 5 {
            before = resources();
        }
    }
    before.zip(resources())
}

//! Limits of whole engines against a model that looks at everything that ever happened: several users and sessions,
//! ends of sessions, restarts.

use std::sync::Arc;

use oracle_compiler::rule::LimitSpec;
use oracle_runtime::engine::{Engine, EngineOptions};
use oracle_runtime::state::{MemoryStore, Store};
use proptest::prelude::*;
use serde_json::json;

use crate::support::{event, fired, rule, rule_set};

/// One event of the stream.
#[derive(Clone, Debug)]
struct Step {
    user: u8,
    session: u8,
    later: u8,
    what: What,
}

#[derive(Clone, Copy, Debug)]
enum What {
    /// A turn at which the condition holds or not, and `clear_when` holds or not.
    Turn {
        held: bool,
        clear: bool,
    },
    End,
    Resumed,
    /// The process ends and starts again.
    Restart,
}

/// What the model remembers of a turn: everything.
struct Past {
    user: u8,
    session: u8,
    /// How often the session had begun anew.
    run: usize,
    time: f64,
    held: bool,
    clear: bool,
    fired: bool,
}

fn may_fire(limits: &LimitSpec, past: &[Past], now: &Past) -> bool {
    let own: Vec<&Past> =
        past.iter().filter(|it| (it.user, it.session, it.run) == (now.user, now.session, now.run)).collect();
    let streak = own.iter().rev().take_while(|it| it.held).count() + 1;
    let wanted = limits.hold_turns.unwrap_or(1).max(1) as usize;
    let last = own.iter().rposition(|it| it.fired);
    let cleared = last.is_none_or(|last| now.clear || own[last + 1..].iter().any(|it| it.clear));
    let turns = last.map(|last| own.len() - last);
    let anywhere = past.iter().rev().find(|it| it.user == now.user && it.fired);
    now.held
        && limits.max_per_session.is_none_or(|most| own.iter().filter(|it| it.fired).count() < most as usize)
        && (limits.clear_when.is_none() || cleared)
        && (if limits.rising { streak == wanted } else { streak >= wanted })
        && limits.cooldown_turns.is_none_or(|wait| turns.is_none_or(|turns| turns >= wait as usize))
        && limits.cooldown_seconds.is_none_or(|wait| anywhere.is_none_or(|it| now.time - it.time >= wait))
}

fn toml(limits: &LimitSpec) -> String {
    let mut text = String::from("[limits]\n");
    let mut line = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            text.push_str(&format!("{key} = {value}\n"));
        }
    };
    line("hold_turns", limits.hold_turns.map(|it| it.to_string()));
    line("cooldown_turns", limits.cooldown_turns.map(|it| it.to_string()));
    line("cooldown_seconds", limits.cooldown_seconds.map(|it| it.to_string()));
    line("max_per_session", limits.max_per_session.map(|it| it.to_string()));
    line("on", limits.rising.then(|| "\"rising\"".to_owned()));
    line("clear_when", limits.clear_when.as_ref().map(|it| format!("\"{it}\"")));
    text
}

fn step() -> impl Strategy<Value = Step> {
    let what = prop_oneof![
        12 => (any::<bool>(), proptest::bool::weighted(0.2)).prop_map(|(held, clear)| What::Turn { held, clear }),
        1 => Just(What::End),
        1 => Just(What::Resumed),
        1 => Just(What::Restart),
    ];
    (0..2_u8, 0..3_u8, 0..4_u8, what).prop_map(|(user, session, later, what)| Step {
        user,
        session,
        later,
        what,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_streams_of_events_fire_as_the_model_says(
        hold_turns in proptest::option::of(1_u32..4),
        cooldown_turns in proptest::option::of(1_u32..5),
        cooldown_seconds in proptest::option::of(1_u32..9),
        max_per_session in proptest::option::of(1_u32..4),
        rising in any::<bool>(),
        has_clear in any::<bool>(),
        steps in proptest::collection::vec(step(), 1..60),
    ) {
        let limits = LimitSpec {
            hold_turns,
            cooldown_turns,
            cooldown_seconds: cooldown_seconds.map(f64::from),
            max_per_session,
            rising,
            clear_when: has_clear.then(|| "context.turn.context_usage > 0.5".to_owned()),
        };
        let text = rule("a", "on_turn_start", "context.turn.token_usage > 0.5", "m", &toml(&limits));
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let start = || {
            let options = EngineOptions { store: Arc::clone(&store), ..EngineOptions::default() };
            Engine::new(rule_set(&[&text]), options)
        };
        let mut engine = start();
        let mut past: Vec<Past> = Vec::new();
        let mut runs = [[(0_usize, false); 3]; 2];
        let mut time = 0.0;
        for Step { user, session, later, what } in steps {
            time += f64::from(later);
            let (run, ended) = &mut runs[usize::from(user)][usize::from(session)];
            let (kind, payload) = match what {
                What::Turn { held, clear } => {
                    // The first event after the end begins anew.
                    if std::mem::take(ended) {
                        *run += 1;
                    }
                    let share = |yes: bool| if yes { 0.9 } else { 0.1 };
                    ("agent.turn.start", json!({"token_usage": share(held), "context_usage": share(clear)}))
                }
                What::End => {
                    *ended = true;
                    ("session.end", json!({}))
                }
                What::Resumed => {
                    *ended = false;
                    ("session.resumed", json!({}))
                }
                What::Restart => {
                    engine = start();
                    continue;
                }
            };
            let json = json!({"type": kind, "user_id": format!("u{user}"), "session_id": format!("s{session}"),
                              "timestamp": time, "payload": payload});
            let result = engine.handle(event(json)).remove(0);
            let What::Turn { held, clear } = what else { continue };
            let mut now = Past { user, session, run: *run, time, held, clear, fired: false };
            now.fired = may_fire(&limits, &past, &now);
            prop_assert_eq!(fired(&result).len() == 1, now.fired, "turn {} of {:?}", past.len(), limits);
            past.push(now);
        }
    }
}

#[test]
fn of_two_sessions_at_the_same_time_one_fires() {
    let text = rule("a", "on_turn_start", "True", "m", "[limits]\ncooldown_seconds = 60");
    for _ in 0..50 {
        let engine = Engine::new(rule_set(&[&text]), EngineOptions::default());
        let firings: usize = std::thread::scope(|scope| {
            let sessions: Vec<_> = (0..4)
                .map(|at| {
                    let engine = &engine;
                    scope.spawn(move || {
                        let json = json!({"type": "agent.turn.start", "session_id": format!("s{at}"), "timestamp": 5});
                        fired(&engine.handle(event(json))[0]).len()
                    })
                })
                .collect();
            sessions.into_iter().map(|session| session.join().unwrap()).sum()
        });
        assert_eq!(firings, 1);
    }
}

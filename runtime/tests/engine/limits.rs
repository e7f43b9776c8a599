//! Limits, one by one over events, and all together against a slow model.

use oracle_compiler::rule::LimitSpec;
use oracle_runtime::limits::{Held, LimitState, Moment};
use proptest::prelude::*;
use serde_json::json;

use crate::support::{Bench, bench, event, fired, rule};

fn limited(limits: &str) -> Bench {
    bench(&[&rule(
        "a",
        "on_turn_start",
        "context.turn.token_usage > 0.5",
        "m",
        &format!("[limits]\n{limits}"),
    )])
}

/// Which of a row of turns fire: usages in percent, one second and one turn apart.
fn firings(bench: &Bench, usages: &[u8]) -> Vec<bool> {
    let turn = |(at, usage): (usize, &u8)| {
        let json = json!({"type": "agent.turn.start", "session_id": "s", "timestamp": at,
                          "payload": {"token_usage": f64::from(*usage) / 100.0}});
        !fired(&bench.json(json)).is_empty()
    };
    usages.iter().enumerate().map(turn).collect()
}

fn pattern(limits: &str, usages: &[u8]) -> String {
    firings(&limited(limits), usages).into_iter().map(|fired| if fired { 'F' } else { '.' }).collect()
}

#[test]
fn each_limit_holds_back_what_it_says() {
    let mixed = [90, 90, 90, 10, 90, 90, 90, 90];
    assert_eq!(pattern("hold_turns = 3", &mixed), "..F...FF");
    assert_eq!(pattern("cooldown_turns = 3", &mixed), "F...F..F");
    assert_eq!(pattern("cooldown_seconds = 2", &mixed), "F.F.F.F.");
    assert_eq!(pattern("max_per_session = 2", &mixed), "FF......");
    assert_eq!(pattern("once = \"session\"", &mixed), "F.......");
    assert_eq!(pattern("on = \"rising\"", &mixed), "F...F...");
    assert_eq!(pattern("on = \"rising\"\nhold_turns = 2", &mixed), ".F...F..");
    let clear = "clear_when = \"context.turn.token_usage < 0.2\"";
    assert_eq!(pattern(clear, &[90, 40, 90, 10, 90, 90]), "F...F.");
}

#[test]
fn cooldown_seconds_hold_across_sessions_of_the_same_user() {
    let bench = limited("cooldown_seconds = 60");
    let at = |user: &str, session: &str, seconds: u32| {
        let json = json!({"type": "agent.turn.start", "user_id": user, "session_id": session,
                          "timestamp": seconds, "payload": {"token_usage": 0.9}});
        bench.one(event(json)).rules[0].held
    };
    assert_eq!(at("ann", "one", 100), None);
    assert_eq!(at("ann", "two", 130), Some(Held::CooldownSeconds));
    assert_eq!(at("bob", "two", 130), None);
    assert_eq!(at("ann", "two", 160), None);
}

#[test]
fn limits_begin_anew_with_the_session() {
    let bench = limited("max_per_session = 1");
    assert_eq!(firings(&bench, &[90, 90]), [true, false]);
    bench.json(json!({"type": "session.end", "session_id": "s"}));
    assert_eq!(firings(&bench, &[90]), [true]);
}

/// The rule fires at this evaluation, by looking at everything that happened before.
fn model(limits: &LimitSpec, held: &[bool], clears: &[bool], fired: &[bool], now: usize) -> bool {
    let streak = held[..=now].iter().rev().take_while(|held| **held).count();
    let wanted = limits.hold_turns.unwrap_or(1).max(1) as usize;
    let last = fired.iter().rposition(|fired| *fired);
    let cleared = last.is_none_or(|last| clears[last + 1..=now].iter().any(|clear| *clear));
    held[now]
        && limits.max_per_session.is_none_or(|most| fired.iter().filter(|it| **it).count() < most as usize)
        && (limits.clear_when.is_none() || cleared)
        && (if limits.rising { streak == wanted } else { streak >= wanted })
        && limits.cooldown_turns.is_none_or(|turns| last.is_none_or(|last| now - last >= turns as usize))
        && limits
            .cooldown_seconds
            .is_none_or(|wait| last.is_none_or(|last| (now - last) as f64 * 2.0 >= wait))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_state_machine_agrees_with_a_model_that_remembers_everything(
        hold_turns in proptest::option::of(0_u32..4),
        cooldown_turns in proptest::option::of(0_u32..5),
        cooldown_seconds in proptest::option::of(0.0_f64..9.0),
        max_per_session in proptest::option::of(0_u32..4),
        rising in any::<bool>(),
        has_clear in any::<bool>(),
        steps in proptest::collection::vec((any::<bool>(), any::<bool>()), 1..40),
    ) {
        let clear_when = has_clear.then(String::new);
        let limits = LimitSpec { hold_turns, cooldown_turns, cooldown_seconds, max_per_session, rising, clear_when };
        let (held, clears): (Vec<bool>, Vec<bool>) = steps.into_iter().unzip();
        let mut state = LimitState::default();
        let mut fired = Vec::new();
        for now in 0..held.len() {
            let moment = Moment { turn: now as u64, seconds: now as f64 * 2.0 };
            let cleared = state.awaits_clear() && clears[now];
            state.observe(held[now], cleared);
            let fires = held[now] && state.held(&limits, moment, None).is_none();
            prop_assert_eq!(fires, model(&limits, &held, &clears, &fired, now), "at {}", now);
            if fires {
                state.fired(&limits, moment);
            }
            fired.push(fires);
        }
    }
}

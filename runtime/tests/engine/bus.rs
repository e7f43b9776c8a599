//! The bus: subscriptions, failing subscribers, a bounded queue.

use std::sync::{Arc, Mutex};

use oracle_runtime::event::Event;
use oracle_runtime::event::bus::{Bus, BusCounts};
use serde_json::json;

use crate::support::event;

fn of(event_type: &str, severity: &str) -> Event {
    event(json!({"type": event_type, "severity": severity}))
}

fn recorder(bus: &Bus, pattern: &str) -> Arc<Mutex<Vec<String>>> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = seen.clone();
    bus.subscribe(pattern, move |event| {
        sink.lock().unwrap().push(event.event_type.as_str().to_owned());
        Ok(())
    });
    seen
}

#[test]
fn subscribers_get_what_they_asked_for_in_order() {
    let bus = Bus::default();
    let (exact, prefix) = (recorder(&bus, "tool.call.success"), recorder(&bus, "tool.*"));
    for event_type in ["tool.call.pending", "query.start", "tool.call.success"] {
        bus.publish(&of(event_type, "info"));
    }
    assert_eq!(bus.deliver(), 3);
    assert_eq!(*exact.lock().unwrap(), ["tool.call.success"]);
    assert_eq!(*prefix.lock().unwrap(), ["tool.call.pending", "tool.call.success"]);
}

#[test]
fn a_failing_or_panicking_subscriber_does_not_stop_the_others() {
    let bus = Bus::default();
    bus.subscribe("*", |_| Err("broken".into()));
    bus.subscribe("*", |_| panic!("worse"));
    let seen = recorder(&bus, "*");
    bus.publish(&of("a.b", "info"));
    bus.deliver();
    assert_eq!(seen.lock().unwrap().len(), 1);
    assert_eq!(bus.counts(), BusCounts { published: 1, dropped: 0, failed: 2 });
}

#[test]
fn a_full_queue_drops_the_oldest_of_the_least_severe_and_counts_it() {
    let bus = Bus::new(3);
    let seen = recorder(&bus, "*");
    for (event_type, severity) in [
        ("w1", "warning"),
        ("d1", "debug"),
        ("d2", "debug"),
        ("i1", "info"),
        ("d3", "debug"),
        ("e1", "error"),
    ] {
        bus.publish(&of(event_type, severity));
    }
    assert_eq!(bus.counts().dropped, 3);
    bus.deliver();
    assert_eq!(*seen.lock().unwrap(), ["w1", "i1", "e1"]);
}

#[test]
fn errors_are_never_dropped() {
    let bus = Bus::new(2);
    let seen = recorder(&bus, "*");
    for number in 0..5 {
        bus.publish(&of(&format!("e{number}"), if number % 2 == 0 { "error" } else { "critical" }));
    }
    bus.publish(&of("late", "info"));
    assert_eq!((bus.pending(), bus.counts().dropped), (5, 1));
    while bus.deliver() > 0 {}
    assert_eq!(seen.lock().unwrap().len(), 5);
}

#[test]
fn an_ended_subscription_hears_nothing() {
    let bus = Bus::default();
    let id = bus.subscribe("*", |_| Err("never called".into()));
    assert!(bus.unsubscribe(id));
    assert!(!bus.unsubscribe(id));
    bus.publish(&of("a", "info"));
    assert_eq!((bus.deliver(), bus.counts().failed), (0, 0));
}

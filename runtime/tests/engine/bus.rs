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

#[test]
fn every_subscriber_sees_one_order_whoever_publishes() {
    let bus = Bus::new(100_000);
    let seen = [recorder(&bus, "*"), recorder(&bus, "*")];
    let mut listener = bus.listen("n.*", 100_000);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let bus = &bus;
            scope.spawn(move || {
                for number in 0..250 {
                    bus.publish(&of(&format!("n.{thread}.{number}"), "info"));
                    bus.deliver();
                }
            });
        }
    });
    bus.deliver();
    let first = seen[0].lock().unwrap().clone();
    assert_eq!(first.len(), 1_000);
    assert_eq!(first, *seen[1].lock().unwrap());
    let heard: Vec<String> =
        std::iter::from_fn(|| listener.take()).map(|it| it.event_type.as_str().to_owned()).collect();
    assert_eq!(first, heard);
    for thread in 0..4 {
        let own: Vec<&String> = first.iter().filter(|it| it.starts_with(&format!("n.{thread}."))).collect();
        let sent: Vec<String> = (0..250).map(|number| format!("n.{thread}.{number}")).collect();
        assert!(own.iter().zip(&sent).all(|(a, b)| *a == b), "the order of one publisher is kept");
    }
    assert_eq!(bus.pending(), 0);
}

#[test]
fn a_subscriber_may_publish_and_deliver() {
    let bus = Arc::new(Bus::default());
    let inner = Arc::downgrade(&bus);
    bus.subscribe("first", move |_| {
        let bus = inner.upgrade().unwrap();
        bus.publish(&of("second", "info"));
        bus.deliver();
        Ok(())
    });
    let seen = recorder(&bus, "*");
    bus.publish(&of("first", "info"));
    assert_eq!(bus.deliver(), 2);
    assert_eq!(*seen.lock().unwrap(), ["first", "second"]);
}

#[test]
fn a_listener_takes_its_time_and_misses_the_least() {
    let bus = Bus::default();
    let mut listener = bus.listen("tool.*", 2);
    for (event_type, severity) in [
        ("tool.a", "info"),
        ("other", "info"),
        ("tool.b", "error"),
        ("tool.c", "debug"),
        ("tool.d", "critical"),
    ] {
        bus.publish(&of(event_type, severity));
        bus.deliver();
    }
    let heard: Vec<String> =
        std::iter::from_fn(|| listener.take()).map(|it| it.event_type.as_str().to_owned()).collect();
    assert_eq!(heard, ["tool.b", "tool.d"]);
    assert_eq!((listener.missed(), bus.counts().dropped), (2, 2));
    drop(listener);
    bus.publish(&of("tool.e", "info"));
    bus.deliver();
    assert_eq!(bus.counts().dropped, 2, "nobody listens any more");
}

#[tokio::test]
async fn a_listener_waits_for_the_next_event() {
    let bus = Arc::new(Bus::default());
    let mut listener = bus.listen("*", 10);
    let publisher = Arc::clone(&bus);
    let task = tokio::task::spawn_blocking(move || {
        for number in 0..100 {
            publisher.publish(&of(&format!("n.{number}"), "error"));
            publisher.deliver();
        }
    });
    // Whatever is missed is counted: together they are all.
    let mut heard = 0;
    while heard + listener.missed() < 100 {
        let next = listener.next();
        if tokio::time::timeout(std::time::Duration::from_secs(30), next).await.is_ok() {
            heard += 1;
        }
    }
    task.await.unwrap();
    assert_eq!(heard + listener.missed(), 100);
}

//! What is told about the work: metrics, reports, the stream.

use axum::http::{Method, Request};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::harness::Api;
use crate::http::{Limits, ServiceOptions, router};

const START: &str = r#"{"type": "agent.turn.start", "session_id": "s", "payload": {"token_usage": 0.9}}"#;

#[tokio::test]
async fn metrics_count_what_happened() {
    let api = Api::open();
    for _ in 0..3 {
        api.post("/api/events", START).await.good();
    }
    api.post("/api/events", r#"{"type": "query.start", "payload": {"query": "x"}}"#).await.good();
    api.post("/api/events", r#"{"type": "deploy.finished"}"#).await.good();
    api.get("/api/rules/none").await;
    let answer = api.get("/metrics").await;
    assert_eq!(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    for line in [
        "oracle_events_total{hook=\"on_turn_start\"} 3",
        "oracle_events_total{hook=\"on_turn_end\"} 0",
        "oracle_events_total{hook=\"none\"} 1",
        "oracle_fires_total{hook=\"on_turn_start\"} 3",
        "oracle_event_seconds_count{hook=\"on_turn_start\"} 3",
        "oracle_rule_fires_total{hook=\"on_turn_start\",rule=\"token-budget-warning\"} 3",
        "oracle_rule_seconds_count{hook=\"on_turn_start\",rule=\"token-budget-warning\"} 3",
        "oracle_rules 10",
        "oracle_sessions 2",
        "oracle_bus_published_total 5",
        "oracle_http_requests_total{route=\"/api/events\",status=\"200\"} 5",
        "oracle_http_requests_total{route=\"/api/rules/{rule_id}\",status=\"404\"} 1",
        "oracle_http_in_flight 1",
        "oracle_executions_dropped_total 0",
    ] {
        assert!(answer.text.lines().any(|it| it == line), "{line} is not in\n{}", answer.text);
    }
    for line in answer.text.lines().filter(|it| !it.starts_with('#')) {
        let (_, value) = line.rsplit_once(' ').unwrap();
        assert!(value.parse::<f64>().is_ok(), "{line}");
    }
}

#[tokio::test]
async fn every_run_of_a_script_is_timed() {
    let api = Api::open();
    api.post("/api/rules/failure-loop/toggle", r#"{"enabled": true}"#).await.good();
    for _ in 0..3 {
        let results = api.post("/api/events", r#"{"type": "agent.turn.start"}"#).await.good();
        assert_eq!(results["results"][0]["rules"], serde_json::json!([]), "it does not match");
    }
    let line = "oracle_script_seconds_count{rule=\"failure-loop\"} 3";
    let answer = api.get("/metrics").await;
    assert!(answer.text.lines().any(|it| it == line), "{}", answer.text);
    // A reload does not begin anew.
    api.service.engine().replace_rules(super::harness::rules());
    assert!(api.get("/metrics").await.text.lines().any(|it| it == line));
}

#[tokio::test]
async fn rules_that_never_fired_are_reported() {
    let api = Api::open();
    let report = api.get("/api/reports/never-fired").await.good();
    assert_eq!(report["total"], 10);
    api.post("/api/events", START).await.good();
    let report = api.get("/api/reports/never-fired?limit=1&offset=2").await.good();
    assert_eq!((report["total"].as_u64(), report["rules"].as_array().unwrap().len()), (Some(9), 1));
    assert_eq!(report["rules"][0]["id"], "context-limit-warning");
    assert_eq!(report["rules"][0]["events"], 1);
    // A reload does not begin anew.
    api.service.engine().replace_rules(super::harness::rules());
    assert_eq!(api.get("/api/reports/never-fired").await.good()["total"], 9);
}

/// Reads frames of a stream until a text was seen.
async fn read_until(body: &mut axum::body::Body, wanted: &str) -> String {
    let mut seen = String::new();
    while !seen.contains(wanted) {
        let frame = body.frame().await.unwrap_or_else(|| panic!("the stream ended: {seen}")).unwrap();
        seen.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
    }
    seen
}

#[tokio::test]
async fn the_stream_tells_the_caller_what_happens_and_nobody_else() {
    let api = Api::guarded();
    let (ada, bob) = (api.as_user("ada"), api.as_user("bob"));
    let open = async |api: &Api| {
        let request = Request::builder().method(Method::GET).uri("/api/stream");
        let request = request.header("authorization", api.authorization()).body(axum::body::Body::empty());
        router(api.service.clone()).oneshot(request.unwrap()).await.unwrap()
    };
    let answer = open(&ada).await;
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut stream = answer.into_body();
    bob.post("/api/events", START.replace("\"s\"", "\"of-bob\"")).await.good();
    ada.post("/api/events", START.replace("\"s\"", "\"of-ada\"")).await.good();
    let seen = read_until(&mut stream, "event: notification").await;
    assert!(seen.contains("event: execution") && seen.contains("\"session_id\":\"of-ada\""), "{seen}");
    assert!(!seen.contains("of-bob"), "{seen}");
    // A server that stops ends its streams.
    api.service.stop();
    while let Some(frame) = stream.frame().await {
        frame.unwrap();
    }
}

#[tokio::test]
async fn streams_of_a_user_are_bounded() {
    let limits = Limits { streams_per_user: 1, ..Limits::default() };
    let api = Api::with(ServiceOptions { limits, ..ServiceOptions::default() });
    let open = async || {
        let request = Request::builder().uri("/api/stream").body(axum::body::Body::empty()).unwrap();
        router(api.service.clone()).oneshot(request).await.unwrap()
    };
    let first = open().await;
    assert_eq!(first.status(), 200);
    assert_eq!(open().await.status(), 429);
    drop(first);
    // The server notices that the reader is gone when it runs next.
    while open().await.status() != 200 {
        tokio::task::yield_now().await;
    }
}

//! Two users hammer every call at once; neither ever sees or changes what is the other's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use axum::http::Method;
use serde_json::json;

use super::harness::Api;

const ROUNDS: usize = 60;

/// Every call with texts that only this user knows; no answer may hold the other's.
async fn hammer(api: Api, own: &'static str, other: &'static str, step: i64) {
    let session = format!("session-of-{own}");
    let check = |what: &str, text: &str| {
        assert!(!text.contains(other), "{own} called {what} and got what belongs to {other}: {text}");
    };
    for round in 0..ROUNDS {
        let end = json!({"type": "agent.turn.end", "session_id": session, "id": format!("{own}-{round}"),
            "user_id": other, "payload": {"turn_number": round + 1}});
        let calls = [
            (Method::GET, "/api/rules".to_owned(), None),
            (Method::GET, "/api/rules/counter".to_owned(), None),
            (Method::PUT, "/api/rules/counter/params".to_owned(), Some(json!({"step": step}))),
            (Method::GET, "/api/rules/counter/params".to_owned(), None),
            (
                Method::POST,
                "/api/rules/counter/test".to_owned(),
                Some(json!({"context_override": {"turn_number": 3}})),
            ),
            (Method::POST, "/api/events".to_owned(), Some(end.clone())),
            (
                Method::POST,
                "/api/events?all=true".to_owned(),
                Some(json!([end, {"type": "x", "session_id": "shared"}])),
            ),
            (Method::GET, format!("/api/sessions/{session}/notifications"), None),
            (Method::GET, format!("/api/sessions/session-of-{other}/notifications"), None),
            (Method::GET, "/api/sessions/shared/notifications".to_owned(), None),
            (Method::GET, "/api/plugins".to_owned(), None),
            (Method::GET, "/api/executions?limit=10000".to_owned(), None),
            (Method::GET, format!("/api/executions?session_id=session-of-{own}"), None),
            (Method::GET, "/api/plugins/research".to_owned(), None),
            (Method::PUT, "/api/plugins/research/settings".to_owned(), Some(json!({"most": step + 10}))),
            (Method::GET, "/api/plugins/research/settings".to_owned(), None),
            (
                Method::POST,
                "/api/events".to_owned(),
                Some(json!({"type": "session.end", "session_id": session})),
            ),
            (Method::GET, "/api/plugins/research/state".to_owned(), None),
            (Method::GET, "/api/plugins/_rules/state".to_owned(), None),
            (Method::DELETE, "/api/plugins/_rules/state".to_owned(), None),
            (Method::GET, "/openapi.json".to_owned(), None),
            (Method::GET, "/api/reports/never-fired".to_owned(), None),
            (Method::GET, "/metrics".to_owned(), None),
            (Method::GET, "/healthz".to_owned(), None),
            (Method::GET, "/readyz".to_owned(), None),
        ];
        for (method, uri, body) in calls {
            let wanted = if method == Method::DELETE { 204 } else { 200 };
            let answer = api.call(method, &uri, body.map(|it| Body::from(it.to_string())), &[]).await;
            assert_eq!(answer.status, wanted, "{uri}: {}", answer.text);
            // The caller chose to ask for the other's session; the answer must hold nothing.
            if uri.contains(other) {
                assert_eq!(answer.json(), json!({"notifications": []}));
            }
            check(&uri, &answer.text);
        }
        assert_eq!(api.get("/api/rules/counter/params").await.good()["step"], step);
        let state = api.get("/api/plugins/research/state").await.good();
        assert_eq!(state, json!({"user": format!("{own} of {}", step + 10)}));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_answer_holds_what_belongs_to_another() {
    let api = Api::guarded();
    let ada = tokio::spawn(hammer(api.as_user("ada-7f3a"), "ada-7f3a", "bob-91c2", 2));
    let bob = tokio::spawn(hammer(api.as_user("bob-91c2"), "bob-91c2", "ada-7f3a", 9));
    ada.await.unwrap();
    bob.await.unwrap();
}

/// Two clients of one user that drain a session at once: each notification goes to one of them, and none is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_two_clients_drain_at_once_comes_once() {
    let api = Api::open();
    for round in 0..30 {
        let events: Vec<_> = (0..20)
            .map(|at| {
                json!({"type": "agent.turn.end", "session_id": "s", "payload": {"turn_number": round * 20 + at + 1}})
            })
            .collect();
        api.post("/api/events", serde_json::Value::from(events).to_string()).await.good();
        let clients: Vec<_> = (0..4)
            .map(|_| {
                let api = api.clone();
                tokio::spawn(async move {
                    let mut messages = Vec::new();
                    for _ in 0..3 {
                        let drained = api.get("/api/sessions/s/notifications").await.good();
                        let found = drained["notifications"].as_array().unwrap();
                        messages.extend(found.iter().map(|it| it["message"].as_str().unwrap().to_owned()));
                    }
                    messages
                })
            })
            .collect();
        let mut messages = Vec::new();
        for client in clients {
            messages.extend(client.await.unwrap());
        }
        messages.sort();
        let mut wanted: Vec<_> = (0..20).map(|at| format!("turn {} of local", round * 20 + at + 1)).collect();
        wanted.sort();
        assert_eq!(messages, wanted);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_toggle_never_changes_what_others_get() {
    let api = Api::guarded();
    let (ada, bob) = (api.as_user("ada"), api.as_user("bob"));
    let done = Arc::new(AtomicBool::new(false));
    let toggling = {
        let done = Arc::clone(&done);
        tokio::spawn(async move {
            let mut enabled = false;
            while !done.load(Ordering::Relaxed) {
                let body = json!({"enabled": enabled}).to_string();
                let info = bob.post("/api/rules/counter/toggle", body).await.good();
                assert_eq!(info["enabled"], enabled);
                let event = r#"{"type": "agent.turn.end"}"#;
                let result = bob.post("/api/events", event).await.good();
                assert_eq!(result["results"][0]["first_match"] == "counter", enabled);
                enabled = !enabled;
            }
        })
    };
    for _ in 0..300 {
        let result = ada.post("/api/events", r#"{"type": "agent.turn.end"}"#).await.good();
        assert_eq!(result["results"][0]["first_match"], "counter");
    }
    done.store(true, Ordering::Relaxed);
    toggling.await.unwrap();
}

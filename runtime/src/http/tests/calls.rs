//! What the calls answer when all is well.

use axum::http::Method;
use serde_json::{Value, json};

use super::harness::Api;

/// The ids of an answer's rules.
fn ids(list: &Value) -> Vec<&str> {
    list["rules"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn rules_are_listed_in_firing_order() {
    let api = Api::open();
    let list = api.get("/api/rules").await.good();
    assert_eq!(list["total"], 10);
    assert_eq!(
        ids(&list),
        [
            "broken",
            "query-start-log",
            "token-budget-warning",
            "context-limit-warning",
            "iteration-budget-warning",
            "failure-loop",
            "counter",
            "large-result-hint",
            "repeated-failure-warning",
            "research:many",
        ]
    );
    assert_eq!(
        list["rules"][2],
        json!({
            "id": "token-budget-warning", "name": list["rules"][2]["name"],
            "description": list["rules"][2]["description"], "trigger": "on_turn_start", "enabled": true,
            "core": true, "priority": 100, "plugin_id": null,
        })
    );
    let of_hook = api.get("/api/rules?trigger=on_turn_start&limit=1&offset=1").await.good();
    assert_eq!((ids(&of_hook), &of_hook["total"]), (vec!["context-limit-warning"], &json!(4)));
    assert_eq!(api.get("/api/rules?plugin_id=none").await.good(), json!({"rules": [], "total": 0}));
}

#[tokio::test]
async fn a_rule_is_shown_whole() {
    let rule = Api::open().get("/api/rules/counter").await.good();
    assert_eq!(rule["condition"], "context.turn.number >= params.step");
    assert_eq!(rule["script"], Value::Null);
    assert_eq!(rule["action"][0]["type"], "set_state");
    assert_eq!(rule["action"][1]["deliver_at"], "turn_end");
    assert_eq!(
        rule["params"][0],
        json!({"name": "step", "type": "integer", "default": 1, "description": "", "min_value": 1.0,
            "max_value": 10.0, "options": []})
    );
    assert_eq!(rule["limits"], json!({}));
    assert!(rule["source_path"].as_str().unwrap().ends_with("rules/counter.toml"));
    let single = Api::open().get("/api/rules/token-budget-warning").await.good();
    assert_eq!(single["action"]["type"], "notify_self");
    let encoded = Api::open().get("/api/rules/%63ounter").await.good();
    assert_eq!(encoded["id"], "counter");
}

#[tokio::test]
async fn a_toggle_is_in_force_for_the_next_event() {
    let api = Api::open();
    let event = r#"{"type": "agent.turn.end", "session_id": "s"}"#;
    let fired = |answer: Value| answer["results"][0]["rules"].as_array().unwrap().len();
    assert_eq!(fired(api.post("/api/events", event).await.good()), 1);
    let info = api.post("/api/rules/counter/toggle", r#"{"enabled": false}"#).await.good();
    assert_eq!((&info["id"], &info["enabled"]), (&json!("counter"), &json!(false)));
    assert_eq!(fired(api.post("/api/events", event).await.good()), 0);
    let on = api.get("/api/rules?enabled_only=true").await.good();
    assert!(!ids(&on).contains(&"counter"));
    api.post("/api/rules/counter/toggle", r#"{"enabled": true}"#).await.good();
    assert_eq!(fired(api.post("/api/events", event).await.good()), 1);
}

#[tokio::test]
async fn params_are_set_and_replaced() {
    let api = Api::open();
    let defaults = json!({"step": 1, "label": "a"});
    assert_eq!(api.get("/api/rules/counter/params").await.good(), defaults);
    let set = api.put("/api/rules/counter/params", r#"{"step": 5}"#).await.good();
    assert_eq!(set, json!({"step": 5, "label": "a"}));
    let event = r#"{"type": "agent.turn.end"}"#;
    assert_eq!(api.post("/api/events", event).await.good()["results"][0]["first_match"], Value::Null);
    assert_eq!(api.put("/api/rules/counter/params", "{}").await.good(), defaults);
    assert_eq!(api.post("/api/events", event).await.good()["results"][0]["first_match"], "counter");
}

#[tokio::test]
async fn a_change_that_missed_another_is_refused() {
    let api = Api::open();
    let tag = |answer: &super::harness::Answer| answer.headers["etag"].to_str().unwrap().to_owned();
    let first = tag(&api.get("/api/rules/counter/params").await);
    let change = async |body: &str, tag: &str| {
        let body = Some(body.to_owned().into());
        api.call(Method::PUT, "/api/rules/counter/params", body, &[("if-match", tag)]).await
    };
    let second = change(r#"{"step": 2}"#, &first).await;
    assert_eq!(second.good()["step"], 2);
    assert_eq!(change(r#"{"step": 3}"#, &first).await.error().1, "conflict");
    assert_eq!(api.get("/api/rules/counter/params").await.good()["step"], 2);
    assert_eq!(change(r#"{"step": 3}"#, &tag(&second)).await.good()["step"], 3);
    assert_eq!(change(r#"{"step": 4}"#, "*").await.good()["step"], 4);

    let before = tag(&api.get("/api/rules/counter").await);
    let toggle = async |enabled: bool| {
        let body = Some(json!({"enabled": enabled}).to_string().into());
        api.call(Method::POST, "/api/rules/counter/toggle", body, &[("if-match", &before)]).await
    };
    toggle(false).await.good();
    assert_eq!(toggle(false).await.error().0, 409);
}

#[tokio::test]
async fn a_trial_says_everything_and_changes_nothing() {
    let api = Api::open();
    let body = r#"{"context_override": {"turn": {"number": 3}}}"#;
    let trial = api.post("/api/rules/counter/test", body).await.good();
    assert_eq!(
        (&trial["condition_result"], &trial["action_would_execute"], &trial["error"]),
        (&json!(true), &json!(true), &Value::Null)
    );
    assert_eq!(
        trial["trace"],
        json!([
            {"expression": "context.turn.number >= params.step", "value": true, "error": null},
            {"expression": "context.turn.number", "value": 3, "error": null},
            {"expression": "params.step", "value": 1, "error": null},
        ])
    );
    assert_eq!(trial["rendered"][0], json!({"type": "set_state", "key": "last", "value": 3}));
    assert_eq!(trial["rendered"][1]["message"], "turn 3 of local");
    assert!(trial["evaluation_time_ms"].as_f64().unwrap() >= 0.0);
    let flat = r#"{"context_override": {"token_usage": 0.95}}"#;
    let trial = api.post("/api/rules/token-budget-warning/test", flat).await.good();
    assert_eq!(trial["condition_result"], true);
    let failing = r#"{"context_override": {"turn_number": 7}}"#;
    let trial = api.post("/api/rules/broken/test", failing).await.good();
    assert_eq!(
        (&trial["condition_result"], &trial["error"]["kind"]),
        (&json!(false), &json!("zero_division"))
    );
    assert_eq!(trial["trace"][0]["value"], Value::Null);
    assert!(trial["trace"][0]["error"].as_str().unwrap().contains("zero"), "{trial}");
    let drained = api.get("/api/sessions/default/notifications").await.good();
    assert_eq!(drained, json!({"notifications": []}));
    assert_eq!(api.service.engine().session_count(), 0);
}

#[tokio::test]
async fn a_trial_takes_the_callers_params() {
    let api = Api::open();
    api.put("/api/rules/counter/params", r#"{"step": 9}"#).await.good();
    let trial =
        api.post("/api/rules/counter/test", r#"{"context_override": {"turn_number": 8}}"#).await.good();
    assert_eq!(trial["condition_result"], false);
}

#[tokio::test]
async fn events_have_the_result_of_the_library() {
    let api = Api::open();
    let body = r#"{"type": "agent.turn.start", "id": "e-1", "session_id": "s", "user_id": "other",
        "payload": {"token_usage": 0.9}}"#;
    let answer = api.post("/api/events", body).await.good();
    let result = &answer["results"][0];
    assert_eq!(result["event"], json!({"id": "e-1", "type": "agent.turn.start", "session_id": "s"}));
    assert_eq!(result["hook"], "on_turn_start");
    assert_eq!(result["first_match"], "token-budget-warning");
    let rule = &result["rules"][0];
    assert_eq!((&rule["matched"], &rule["fired"], &rule["held"]), (&json!(true), &json!(true), &Value::Null));
    assert_eq!(rule["actions"], json!(["notify_self"]));
    assert_eq!(result["notifications"][0]["rule_id"], "token-budget-warning");
    let all = api.post("/api/events?all=true", body).await.good();
    assert_eq!(all["results"][0]["rules"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_batch_is_handled_in_order() {
    let api = Api::open();
    for count in [5, 200] {
        let events: Vec<Value> = (0..count)
            .map(|at| {
                json!({"type": "agent.turn.end", "session_id": "s", "id": format!("e{at}"),
                "payload": {"turn_number": at + 1}})
            })
            .collect();
        let answer = api.post("/api/events", Value::from(events).to_string()).await.good();
        let results = answer["results"].as_array().unwrap();
        let order: Vec<&str> = results.iter().map(|it| it["event"]["id"].as_str().unwrap()).collect();
        assert_eq!(order, (0..count).map(|at| format!("e{at}")).collect::<Vec<_>>());
    }
    let drained = api.get("/api/sessions/s/notifications?deliver_at=turn_end").await.good();
    let messages = drained["notifications"].as_array().unwrap();
    assert_eq!(messages[1]["message"], "turn 2 of local");
    let again = api.get("/api/sessions/s/notifications").await.good();
    assert_eq!(again, json!({"notifications": []}));
    assert_eq!(api.post("/api/events", "[]").await.good(), json!({"results": []}));
}

#[tokio::test]
async fn notifications_are_drained_by_point() {
    let api = Api::open();
    let event = r#"{"type": "agent.turn.start", "session_id": "a/b", "payload": {"token_usage": 0.9}}"#;
    api.post("/api/events", event).await.good();
    let at = async |query: &str| {
        let answer = api.get(&format!("/api/sessions/a%2Fb/notifications{query}")).await.good();
        answer["notifications"].as_array().unwrap().len()
    };
    assert_eq!(at("?deliver_at=turn_end").await, 0);
    assert_eq!(at("?project_id=elsewhere").await, 0);
    assert_eq!(at("?deliver_at=turn_start").await, 1);
    assert_eq!(at("").await, 0);
}

#[tokio::test]
async fn health_is_told_without_a_token() {
    let api = Api::guarded();
    assert_eq!(api.get("/healthz").await.good(), json!({"status": "ok"}));
    assert_eq!(api.get("/readyz").await.good(), json!({"status": "ok"}));
    api.service.stop();
    assert_eq!(api.get("/readyz").await.error().1, "not_ready");
    assert_eq!(api.get("/healthz").await.good(), json!({"status": "ok"}));
}

#[tokio::test]
async fn requests_have_names() {
    let api = Api::open();
    let name = |answer: super::harness::Answer| answer.headers["x-request-id"].to_str().unwrap().to_owned();
    let (first, second) = (name(api.get("/healthz").await), name(api.get("/nowhere").await));
    assert_ne!(first, second);
    let named = api.call(Method::GET, "/healthz", None, &[("x-request-id", "mine-1")]).await;
    assert_eq!(name(named), "mine-1");
    let long = "x".repeat(200);
    let named = api.call(Method::GET, "/healthz", None, &[("x-request-id", &long)]).await;
    assert_ne!(name(named), long);
}

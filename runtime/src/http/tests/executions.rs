//! The execution log over HTTP.

use serde_json::{Value, json};

use super::harness::Api;

const END: &str = r#"{"type": "agent.turn.end", "session_id": "s"}"#;

async fn list(api: &Api, query: &str) -> Vec<Value> {
    let answer = api.get(&format!("/api/executions{query}")).await.good();
    answer["executions"].as_array().unwrap().clone()
}

#[tokio::test]
async fn what_rules_did_is_listed_newest_first() {
    let api = Api::guarded();
    let (ada, bob) = (api.as_user("ada"), api.as_user("bob"));
    for (at, session) in ["s", "t", "s"].into_iter().enumerate() {
        let event = json!({"type": "agent.turn.end", "session_id": session, "id": format!("e{at}")});
        ada.post("/api/events", event.to_string()).await.good();
    }
    bob.post("/api/events", r#"{"type": "query.start", "payload": {"query": "x"}}"#).await.good();
    let all = list(&ada, "").await;
    let events: Vec<&str> = all.iter().map(|it| it["event_id"].as_str().unwrap()).collect();
    assert_eq!(events, ["e2", "e1", "e0"]);
    let first = &all[0];
    assert_eq!(
        (&first["rule_id"], &first["hook"], &first["user_id"], &first["fired"], &first["actions"]),
        (
            &json!("counter"),
            &json!("on_turn_end"),
            &json!("ada"),
            &json!(true),
            &json!(["set_state", "notify_self"])
        )
    );
    assert_eq!(list(&ada, "?limit=1&offset=1").await[0]["event_id"], "e1");
    assert_eq!(list(&ada, "?session_id=t").await.len(), 1);
    assert_eq!(list(&ada, "?rule_id=counter").await.len(), 3);
    assert_eq!(list(&ada, "?rule_id=research%3Amany").await.len(), 0);
    assert_eq!(list(&ada, "?project_id=elsewhere").await.len(), 0);
    assert_eq!(list(&ada, "?since=99999999999").await.len(), 0);
    assert_eq!(list(&ada, "?since=2020-01-01T00:00:00Z").await.len(), 3);
    assert!(list(&bob, "").await.iter().all(|it| it["user_id"] == "bob"));
    for query in ["?since=yesterday", "?since=nan", "?limit=-1", "?user_id=ada"] {
        assert_eq!(ada.get(&format!("/api/executions{query}")).await.error().1, "bad_request", "{query}");
    }
}

#[tokio::test]
async fn a_failed_rule_is_listed_with_its_error() {
    let api = Api::open();
    api.post("/api/events", r#"{"type": "agent.turn.start", "payload": {"turn_number": 7}}"#).await.good();
    api.post("/api/events", r#"{"type": "query.start"}"#).await.good();
    let failed = list(&api, "?rule_id=broken").await;
    assert_eq!(
        (&failed[0]["matched"], &failed[0]["error"]["kind"]),
        (&json!(false), &json!("zero_division"))
    );
    assert_eq!(api.post("/api/events", END).await.status, 200);
}

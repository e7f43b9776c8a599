//! Plugins over HTTP: what there is, settings, state.

use serde_json::{Value, json};

use super::harness::Api;

#[tokio::test]
async fn plugins_are_listed_and_shown() {
    let api = Api::open();
    let list = api.get("/api/plugins").await.good();
    let info = json!({"id": "research", "name": "Research", "version": "1.0.0", "description": "Finds things.",
        "rule_count": 1, "enabled": true});
    assert_eq!(list, json!({"plugins": [info], "total": 1}));
    assert_eq!(api.get("/api/plugins?offset=1").await.good(), json!({"plugins": [], "total": 1}));
    let detail = api.get("/api/plugins/research").await.good();
    assert_eq!((&detail["id"], &detail["rule_count"]), (&json!("research"), &json!(1)));
    assert_eq!(detail["rules"][0]["id"], "research:many");
    assert_eq!(detail["requires"], json!(["web_search"]));
    assert_eq!(
        detail["settings_schema"],
        json!([{"name": "most", "type": "integer", "default": 10, "description": "The most sources.",
            "min_value": 1.0, "max_value": 50.0, "options": []}])
    );
    assert!(detail["source_dir"].as_str().unwrap().ends_with("research"));
    let rule = api.get("/api/rules/research%3Amany").await.good();
    assert_eq!((&rule["id"], &rule["plugin_id"]), (&json!("research:many"), &json!("research")));
    assert_eq!(api.get("/api/rules?plugin_id=research").await.good()["total"], 1);
}

#[tokio::test]
async fn settings_are_set_and_bad_ones_named() {
    let api = Api::open();
    let uri = "/api/plugins/research/settings";
    assert_eq!(api.get(uri).await.good(), json!({"most": 10}));
    assert_eq!(api.put(uri, r#"{"most": 3}"#).await.good(), json!({"most": 3}));
    let trial =
        api.post("/api/rules/research%3Amany/test", r#"{"context_override": {"turn_number": 5}}"#).await;
    assert_eq!(trial.good()["condition_result"], false);
    let (status, code, detail) = api.put(uri, r#"{"most": 99, "least": 1}"#).await.error();
    assert_eq!((status, code.as_str()), (400, "invalid_settings"));
    assert!(
        detail.contains("`settings.most` must be at most 50") && detail.contains("`settings.least`"),
        "{detail}"
    );
    let stale = api.call(axum::http::Method::PUT, uri, Some("{}".into()), &[("if-match", "\"0\"")]).await;
    assert_eq!(stale.error().1, "conflict");
    assert_eq!(api.put(uri, "{}").await.good(), json!({"most": 10}));
}

#[tokio::test]
async fn state_is_the_callers_own() {
    let api = Api::guarded();
    let (ada, bob) = (api.as_user("ada"), api.as_user("bob"));
    let uri = "/api/plugins/research/state";
    for user in [&ada, &bob] {
        assert_eq!(user.get(uri).await.good(), json!({}));
        user.post("/api/events", r#"{"type": "session.end"}"#).await.good();
    }
    assert_eq!(ada.get(uri).await.good(), json!({"user": "ada of 10"}));
    assert_eq!(ada.get("/api/plugins/research/state?project_id=elsewhere").await.good(), json!({}));
    assert_eq!(ada.get("/api/plugins/research/state?limit=0").await.good(), json!({}));
    let gone = ada.delete("/api/plugins/research/state?project_id=default").await;
    assert_eq!((gone.status.as_u16(), gone.text.as_str()), (204, ""));
    assert_eq!(ada.get(uri).await.good(), json!({}));
    assert_eq!(bob.get(uri).await.good(), json!({"user": "bob of 10"}));
    ada.post("/api/events", r#"{"type": "agent.turn.end"}"#).await.good();
    assert_eq!(ada.get("/api/plugins/_rules/state").await.good(), json!({"last": 1}));
}

#[tokio::test]
async fn unknown_plugins_are_not_found() {
    let api = Api::open();
    for uri in ["/api/plugins/none", "/api/plugins/none/settings", "/api/plugins/..%2f_rules/state"] {
        assert_eq!(api.get(uri).await.error().1, "not_found", "{uri}");
    }
    assert_eq!(api.put("/api/plugins/none/settings", "{}").await.error().1, "not_found");
    assert_eq!(api.delete("/api/plugins/none/state").await.error().1, "not_found");
    assert_eq!(api.get("/api/plugins/_rules/settings").await.error().1, "not_found");
    assert_eq!(api.get("/api/plugins/research/state?project_id=").await.error().1, "bad_request");
    assert_eq!(api.put("/api/plugins/research/settings", "[]").await.error().1, "invalid");
    let _: Value = api.get("/api/plugins").await.good();
}

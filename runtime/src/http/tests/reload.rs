//! Loading again over HTTP.

use serde_json::json;

use super::harness::Api;

#[tokio::test]
async fn a_changed_file_is_put_in_force_and_a_broken_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let api = Api::reloading(folder.path());
    let first = api.get("/api/reload").await.good();
    assert_eq!(
        (&first["healthy"], &first["rules"], &first["plugins"]),
        (&json!(true), &json!(10), &json!(1))
    );
    let file = folder.path().join("rules/counter.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("id = \"counter\"", "id = \"counter\"\nname = \"Counts\"")).unwrap();
    api.post("/api/rules/counter/toggle", r#"{"enabled": false}"#).await.good();
    let second = api.post("/api/reload", "").await.good();
    assert_eq!(second["generation"], 2);
    let rule = api.get("/api/rules/counter").await.good();
    assert_eq!((&rule["name"], &rule["enabled"]), (&json!("Counts"), &json!(false)));

    std::fs::write(&file, text.replace("context.turn.number", "context.turn.nubmer")).unwrap();
    let broken = api.post("/api/reload", "").await.good();
    assert_eq!(broken["healthy"], false);
    assert!(broken["stale"][0].as_str().unwrap().ends_with("counter.toml"), "{broken}");
    let problem = &broken["diagnostics"][0];
    assert!(
        problem["file"].as_str().unwrap().ends_with("counter.toml") && problem["line"].is_number(),
        "{problem}"
    );
    assert_eq!(api.get("/api/rules/counter").await.good()["name"], "Counts");
    assert_eq!(api.get("/readyz").await.status, 200);
    let metrics = api.get("/metrics").await.text;
    for line in ["oracle_reloads_total{outcome=\"broken\"} 1", "oracle_files_stale 1"] {
        assert!(metrics.lines().any(|it| it == line), "{metrics}");
    }
}

#[tokio::test]
async fn rules_of_a_host_are_not_loaded_again() {
    let api = Api::open();
    assert_eq!(api.get("/api/reload").await.error().1, "not_found");
    assert_eq!(api.post("/api/reload", "").await.error().1, "not_found");
}

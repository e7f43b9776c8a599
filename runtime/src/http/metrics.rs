//! What monitoring reads.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use oracle_vm::hook::Hook;

use super::Service;
use super::auth::Reads;
use super::error::ApiError;
use crate::engine::{Rule, RuleSet};
use crate::metrics::{Exposition, HistogramCounts, HookMetrics, Kind};
use crate::reload::Reloader;

/// The type of the text format of Prometheus.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Counters and times in the text format of Prometheus. They are sums over all users and name none.
#[utoipa::path(get, path = "/metrics", tag = "health",
    responses((status = 200, description = "the text format of Prometheus", content_type = "text/plain",
        body = String)))]
pub(super) async fn show(State(service): State<Service>, _: Reads) -> Result<impl IntoResponse, ApiError> {
    let text = service.beside(write).await?;
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], text))
}

fn write(service: &Service) -> String {
    let mut text = Exposition::default();
    let rules = service.engine().rules();
    write_hooks(service, &mut text);
    write_rules(&rules, &mut text);
    write_parts(service, &rules, &mut text);
    service.traffic.write(&mut text);
    text.finish()
}

fn write_hooks(service: &Service, text: &mut Exposition) {
    let metrics = service.engine().metrics();
    let hooks: Vec<(Hook, &HookMetrics)> =
        Hook::all().filter_map(|hook| Some((hook, metrics.hook(hook)?))).collect();
    text.family("oracle_events_total", Kind::Counter, "events that were handled, by hook");
    for (hook, metrics) in &hooks {
        text.count(&[("hook", hook.name())], metrics.time.counts().count());
    }
    text.count(&[("hook", "none")], metrics.others());
    for (name, help, of) in [
        (
            "oracle_evaluations_total",
            "conditions whose code ran",
            HookMetrics::evaluated as fn(&HookMetrics) -> u64,
        ),
        ("oracle_matches_total", "conditions that held", HookMetrics::matched),
        ("oracle_fires_total", "rules that fired", HookMetrics::fired),
        ("oracle_errors_total", "rules that failed", HookMetrics::failed),
        ("oracle_notifications_total", "notifications that were queued", HookMetrics::notified),
    ] {
        text.family(name, Kind::Counter, help);
        for (hook, metrics) in &hooks {
            text.count(&[("hook", hook.name())], of(metrics));
        }
    }
    text.family("oracle_event_seconds", Kind::Histogram, "time of handling an event, by hook");
    for (hook, metrics) in &hooks {
        text.histogram(&[("hook", hook.name())], &metrics.time.counts());
    }
}

/// Rules that matched or failed at least once; the others would only make the list long.
fn write_rules(rules: &RuleSet, text: &mut Exposition) {
    let noted: Vec<(&Rule, HistogramCounts)> =
        rules.rules().iter().filter_map(|rule| Some((rule, rule.time()?))).collect();
    for (name, help, of) in [
        ("oracle_rule_matches_total", "how often a rule matched", 0),
        ("oracle_rule_fires_total", "how often a rule fired", 1),
        ("oracle_rule_errors_total", "how often a rule failed", 2),
    ] {
        text.family(name, Kind::Counter, help);
        for (rule, _) in &noted {
            let counts = rule.counts();
            let count = [counts.matched, counts.fired, counts.failed].get(of).copied().unwrap_or_default();
            text.count(&[("hook", rule.spec.hook.name()), ("rule", &rule.spec.id)], count);
        }
    }
    text.family("oracle_rule_seconds", Kind::Histogram, "time of a rule where it matched or failed");
    for (rule, time) in &noted {
        text.histogram(&[("hook", rule.spec.hook.name()), ("rule", &rule.spec.id)], time);
    }
    text.family("oracle_script_seconds", Kind::Histogram, "time of every run of a rule's script");
    for rule in rules.rules() {
        if let Some(time) = rule.script_time() {
            text.histogram(&[("rule", &rule.spec.id)], &time);
        }
    }
}

fn write_parts(service: &Service, rules: &RuleSet, text: &mut Exposition) {
    let engine = service.engine();
    let bus = engine.bus().counts();
    let never_fired = rules.rules().iter().filter(|rule| rule.counts().fired == 0).count();
    for (name, help, value) in [
        ("oracle_rules", "rules that are loaded", rules.rules().len()),
        ("oracle_rules_never_fired", "rules that have not fired since the server began", never_fired),
        ("oracle_sessions", "sessions in memory", engine.session_count()),
    ] {
        text.family(name, Kind::Gauge, help);
        text.count(&[], value as u64);
    }
    for (name, help, value) in [
        ("oracle_bus_published_total", "events on the bus", bus.published),
        ("oracle_bus_dropped_total", "events that gave way because the bus was full", bus.dropped),
        ("oracle_bus_failures_total", "calls of subscribers that failed", bus.failed),
    ] {
        text.family(name, Kind::Counter, help);
        text.count(&[], value);
    }
    if let Some(log) = &engine.options().executions {
        let help =
            "lines of the execution log that were lost: too many at once, or the state cannot be written";
        text.family("oracle_executions_dropped_total", Kind::Counter, help);
        text.count(&[], log.dropped());
    }
    if let Some(reloader) = &service.options().reloader {
        write_reloads(reloader, text);
    }
    if let Some(store) = &service.options().store_metrics {
        text.family("oracle_store_commit_seconds", Kind::Histogram, "time of writing state, with the disk");
        text.histogram(&[], &store.commits.counts());
        text.family("oracle_store_read_seconds", Kind::Histogram, "time of reading a plugin's state");
        text.histogram(&[], &store.snapshots.counts());
        text.family("oracle_store_errors_total", Kind::Counter, "calls of the state that failed");
        text.count(&[], store.failed());
    }
}

fn write_reloads(reloader: &Reloader, text: &mut Exposition) {
    let (counts, status) = (reloader.counts(), reloader.status());
    text.family("oracle_reloads_total", Kind::Counter, "loads that found something changed, by outcome");
    text.count(&[("outcome", "good")], counts.loads.saturating_sub(counts.broken));
    text.count(&[("outcome", "broken")], counts.broken);
    text.family("oracle_reload_seconds", Kind::Gauge, "time of the last load");
    text.number(&[], status.took.as_secs_f64());
    for (name, help, value) in [
        ("oracle_files_stale", "bad files whose last good version is in force", status.stale.len()),
        ("oracle_files_left_out", "files that gave no rule", status.left_out.len()),
        ("oracle_plugins", "plugins that are loaded", status.plugins),
    ] {
        text.family(name, Kind::Gauge, help);
        text.count(&[], value as u64);
    }
}

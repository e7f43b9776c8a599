//! A manifest against its host and the other plugins.

use std::collections::HashMap;

use oracle_compiler::diag::{Code, Sink};
use oracle_compiler::rulefile::manifest::Manifest;
use oracle_compiler::source::Span;

use super::Host;
use crate::input::nearest;

/// The plugins that were found so far, by id, with the place of the id.
#[derive(Debug, Default)]
pub(super) struct Known(HashMap<String, Span>);

impl Known {
    /// Whether the plugin may run; why not was reported.
    pub(super) fn admit(&mut self, manifest: &Manifest, host: &Host, sink: &mut Sink) -> bool {
        let id = &manifest.id;
        if let Some(first) = self.0.get(&id.text) {
            let message = format!("there is another plugin with the id `{}`", id.text);
            sink.report(Code::DuplicatePlugin, id.span, message)
                .help("give one of them another id, or remove it")
                .also(*first, "this one stays");
            return false;
        }
        self.0.insert(id.text.clone(), id.span);
        let missing = manifest.requires.iter().filter(|it| !host.capabilities.contains(&it.text));
        let mut admitted = true;
        for capability in missing {
            admitted = false;
            let (plugin, name) = (&id.text, capability.text.escape_debug());
            let message = format!("plugin `{plugin}` is skipped: it requires `{name}`, which the host lacks");
            let report = sink.report(Code::MissingCapability, capability.span, message);
            match nearest(&capability.text, host.capabilities.iter().map(String::as_str)) {
                Some(near) => report
                    .suggest(format!("write `{near}`"), capability.span, format!("\"{near}\""))
                    .help(format!("did you mean `{near}`?")),
                None => report.help(offered(host)),
            };
        }
        admitted
    }
}

fn offered(host: &Host) -> String {
    if host.capabilities.is_empty() {
        return "the host offers nothing: name what it does in its configuration, `capabilities`".to_owned();
    }
    let names: Vec<String> = host.capabilities.iter().map(|it| format!("`{it}`")).collect();
    format!("the host offers {}", names.join(", "))
}

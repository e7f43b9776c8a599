//! Relative links of the Markdown files lead to a file, and to a heading where they name one.

use std::collections::BTreeSet;
use std::path::Path;

use super::{files, read, root};

/// Targets of inline links, code blocks left out.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        for part in line.split("](").skip(1) {
            if let Some((target, _)) = part.split_once(')') {
                found.push(target.to_owned());
            }
        }
    }
    found
}

/// The anchors of a page's headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings.map(|line| anchor(line.trim_start_matches('#').trim())).collect()
}

fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn problem(page: &Path, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (file, heading) = target.split_once('#').map_or((target, None), |(file, at)| (file, Some(at)));
    let path = if file.is_empty() { page.to_path_buf() } else { page.parent()?.join(file) };
    if !path.exists() {
        return Some(format!("{}: `{target}` leads nowhere", page.display()));
    }
    let heading = heading?;
    let known = anchors(&read(&path));
    (!known.contains(heading)).then(|| format!("{}: `{target}`: no such heading", page.display()))
}

#[test]
fn every_link_leads_somewhere() {
    let root = root();
    let mut pages = files(&root.join("docs"), "md");
    pages.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| root.join(name)));
    pages.extend(
        ["scripts/README.md", "rules/README.md"]
            .map(|name| root.join(name))
            .into_iter()
            .filter(|it| it.exists()),
    );
    let mut problems = Vec::new();
    for page in &pages {
        problems.extend(links(&read(page)).iter().filter_map(|target| problem(page, target)));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_page_is_reachable_from_the_index() {
    let docs = root().join("docs");
    let index = read(&docs.join("README.md"));
    let linked: BTreeSet<_> =
        links(&index).into_iter().map(|it| it.split('#').next().unwrap().to_owned()).collect();
    for page in files(&docs, "md") {
        let name = page.strip_prefix(&docs).unwrap().to_string_lossy().into_owned();
        assert!(name == "README.md" || linked.contains(&name), "docs/README.md does not link to `{name}`");
    }
}

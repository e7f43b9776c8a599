//! The walkthroughs of the README and the handbook do what they say. A page's fences are followed from top to bottom:
//! one after `<!-- file: PATH -->` is saved, the commands of one after `<!-- run -->` are run and what they print is
//! compared. `UPDATE_DOCS=1 cargo test -p oracle-runtime --test handbook` writes down what they print now.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking, their functions too")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What the next fence is for.
#[derive(Clone, Debug, PartialEq)]
enum Purpose {
    Nothing,
    Save(String),
    Run,
}

fn purpose(line: &str) -> Option<Purpose> {
    let comment = line.strip_prefix("<!-- ")?.strip_suffix(" -->")?;
    match comment.strip_prefix("file: ") {
        Some(path) => Some(Purpose::Save(path.to_owned())),
        None => (comment == "run").then_some(Purpose::Run),
    }
}

/// The text of a page in which every command is followed by what it prints.
fn follow(page: &str, folder: &Path) -> String {
    let mut made = String::new();
    let mut next = Purpose::Nothing;
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        made.push_str(line);
        made.push('\n');
        if let Some(found) = purpose(line) {
            next = found;
        } else if line.starts_with("```") {
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            match std::mem::replace(&mut next, Purpose::Nothing) {
                Purpose::Nothing => made.extend(body.iter().map(|line| format!("{line}\n"))),
                Purpose::Save(path) => {
                    made.extend(body.iter().map(|line| format!("{line}\n")));
                    let path = folder.join(path);
                    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                    std::fs::write(path, body.join("\n") + "\n").unwrap();
                }
                Purpose::Run => {
                    for command in body.iter().filter_map(|line| line.strip_prefix("$ ")) {
                        made.push_str(&format!("$ {command}\n{}", run(command, folder)));
                    }
                }
            }
            made.push_str("```\n");
        }
    }
    made
}

/// What a command prints: to standard output, then to standard error.
fn run(command: &str, folder: &Path) -> String {
    let mut words = words(command).into_iter();
    assert_eq!(words.next().as_deref(), Some("oracle"), "only `oracle` is run: {command}");
    let output = Command::new(env!("CARGO_BIN_EXE_oracle"))
        .args(words)
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let mut printed = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    if !printed.is_empty() && !printed.ends_with('\n') {
        printed.push('\n');
    }
    let mut shown = String::new();
    for line in printed.lines() {
        // What follows are times, which differ from run to run.
        if line.contains(" in the engine)") {
            shown.push_str("...\n");
            break;
        }
        shown.push_str(line.trim_end());
        shown.push('\n');
    }
    shown
}

/// The words of a command line: separated by spaces, quotes keep them together, `#` begins a comment.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut quote, mut inside) = (String::new(), None, false);
    for c in command.chars() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            (c, Some(_)) => word.push(c),
            ('"' | '\'', None) => (quote, inside) = (Some(c), true),
            ('#', None) if !inside => break,
            (' ', None) => {
                if std::mem::take(&mut inside) {
                    words.push(std::mem::take(&mut word));
                }
            }
            (c, None) => {
                word.push(c);
                inside = true;
            }
        }
    }
    if inside {
        words.push(word);
    }
    words
}

fn check(page: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(page);
    let text = std::fs::read_to_string(&path).unwrap();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(page.replace('/', "-"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let followed = follow(&text, &folder);
    std::fs::remove_dir_all(&folder).unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, followed).unwrap();
    } else {
        assert!(
            text == followed,
            "{page} shows something else than the commands print; read the difference after \
             `UPDATE_DOCS=1 cargo test -p oracle-runtime --test handbook`\n{followed}"
        );
    }
}

#[test]
fn the_readme_shows_what_its_commands_print() {
    check("README.md");
}

#[test]
fn the_chapter_on_rules_shows_what_its_commands_print() {
    check("docs/rules.md");
}

#[test]
fn the_chapter_on_conditions_shows_what_its_commands_print() {
    check("docs/conditions.md");
}

#[test]
fn the_chapter_on_plugins_shows_what_its_commands_print() {
    check("docs/plugins.md");
}

#[test]
fn the_chapter_on_running_shows_what_its_commands_print() {
    check("docs/running.md");
}

#[test]
fn words_are_split_as_a_shell_does() {
    assert_eq!(words("oracle eval \"a b\" --x '' # why"), ["oracle", "eval", "a b", "--x", ""]);
}

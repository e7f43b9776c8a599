//! The table of sections: what a pack file is made of.

/// What a section holds. The number is its kind in the file; it never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u32)]
pub enum Section {
    /// Every text of the other sections.
    Strings = 1,
    /// The constants of all chunks.
    Consts = 2,
    /// The instructions of all chunks.
    Code = 3,
    /// The sizes of the chunks.
    Chunks = 4,
    /// Regular expressions.
    Patterns = 5,
    /// Rules as the machine knows them.
    Rules = 6,
    /// The rules of each hook, in the order in which they fire.
    Hooks = 7,
    /// Where instructions come from.
    Debug = 8,
    /// What people read about rules.
    About = 16,
    /// Params of rules.
    Params = 17,
    /// What holds rules back.
    Limits = 18,
    /// What rules do: actions with their templates.
    Actions = 19,
    /// The source text of scripts.
    Scripts = 20,
    /// The manifests of plugins.
    Plugins = 21,
    /// The examples of rules.
    Tests = 22,
    /// The files that the pack was compiled from.
    Sources = 23,
}

/// One row of the table of sections.
#[derive(Debug)]
pub struct SectionRow {
    /// The section.
    pub section: Section,
    /// Its name in listings.
    pub name: &'static str,
    /// Whether a reader that does not know it must refuse the pack.
    pub required: bool,
    /// What it holds.
    pub doc: &'static str,
}

const fn row(section: Section, name: &'static str, required: bool, doc: &'static str) -> SectionRow {
    SectionRow { section, name, required, doc }
}

/// All sections, in the order of the file.
pub const SECTIONS: &[SectionRow] = &[
    row(Section::Strings, "strings", true, "every text of the other sections, by number"),
    row(Section::Consts, "consts", true, "the constants of all chunks, one after the other"),
    row(Section::Code, "code", true, "the instructions of all chunks, one after the other"),
    row(Section::Chunks, "chunks", true, "how many instructions, constants and registers each chunk has"),
    row(Section::Patterns, "patterns", true, "regular expressions"),
    row(Section::Rules, "rules", true, "id, hook, priority and chunks of each rule"),
    row(Section::Hooks, "hooks", true, "the rules of each hook, in firing order"),
    row(
        Section::Debug,
        "debug",
        false,
        "the text of each condition, and which part each instruction comes from",
    ),
    row(Section::About, "about", true, "name, description, version, condition and file of each rule"),
    row(Section::Params, "params", true, "the params of each rule"),
    row(Section::Limits, "limits", true, "what holds each rule back"),
    row(Section::Actions, "actions", true, "what each rule does, templates included"),
    row(Section::Scripts, "scripts", true, "the source text of the scripts"),
    row(Section::Plugins, "plugins", true, "the manifests of the plugins"),
    row(Section::Tests, "tests", false, "the examples of each rule"),
    row(Section::Sources, "sources", false, "the files that the pack was compiled from"),
];

impl Section {
    /// The section with this kind; `None` for a kind of another version.
    pub fn from_kind(kind: u32) -> Option<Section> {
        SECTIONS.iter().map(|row| row.section).find(|section| *section as u32 == kind)
    }

    fn row(self) -> Option<&'static SectionRow> {
        SECTIONS.iter().find(|row| row.section == self)
    }

    /// Its name in listings.
    pub fn name(self) -> &'static str {
        self.row().map_or("", |row| row.name)
    }

    /// Whether a reader that does not know it must refuse the pack.
    pub fn is_required(self) -> bool {
        self.row().is_some_and(|row| row.required)
    }
}

impl std::fmt::Display for Section {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_ascend_and_are_found_again() {
        assert!(SECTIONS.windows(2).all(|pair| pair[0].section < pair[1].section));
        for row in SECTIONS {
            assert_eq!(Section::from_kind(row.section as u32), Some(row.section));
        }
        assert_eq!(Section::from_kind(9), None);
    }
}

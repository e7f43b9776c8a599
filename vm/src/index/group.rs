//! The rules of a hook, filed by what they test first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::notes::{Noting, Postings};
use super::prefix::Starts;
use super::table::{Double, Key, Posting, Single};
use super::test::{Exact, Prefix, Test, number_bits, ordered_value};
use super::text::TextSlot;
use crate::frame::Frame;
use crate::ids::SlotId;
use crate::value::Value;

type Hashed<K> = HashMap<K, u32, foldhash::fast::RandomState>;

/// Rules that ask for at most two numbers above bounds.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    always: Postings,
    singles: Vec<(Key, Single)>,
    doubles: Vec<(Key, Key, Double)>,
}

/// Rules that ask for a slot to equal a constant, by the constant.
#[derive(Clone, Debug)]
pub(super) struct Equal {
    slot: SlotId,
    texts: Hashed<Box<str>>,
    numbers: Hashed<u64>,
    none: Option<u32>,
    groups: Vec<Group>,
}

/// A rule on its way into the tables.
pub(super) struct Filed {
    pub(super) prefix: Prefix,
    pub(super) at: u32,
}

/// Rows of a table over two keys: both bounds, and what holds above them.
type PairRows = Vec<(f64, f64, Posting)>;

#[derive(Default)]
struct GroupBuilder {
    always: Vec<Posting>,
    singles: BTreeMap<Key, Vec<(f64, Posting)>>,
    doubles: BTreeMap<(Key, Key), PairRows>,
}

impl GroupBuilder {
    /// Files a rule by up to two of its bounds; `settled` is the place of its test that the caller took care of. Says
    /// how many of the tests with which the rule's code begins hold wherever the tables give the rule.
    fn file(&mut self, rule: &Filed, settled: Option<usize>) -> usize {
        let mut bounds: Vec<(Key, f64)> = Vec::new();
        let (mut used, mut proven) = (0, 0);
        for (place, test) in rule.prefix.tests.iter().enumerate() {
            let room = bounds.len() < 2;
            match test {
                Test::OneOf(..) | Test::Starts(..) if settled == Some(place) => {}
                Test::OneOf(..) | Test::Starts(..) => continue,
                Test::Above(key, bound) => match bounds.iter_mut().find(|(known, _)| known == key) {
                    // Two bounds of one key are one: the greater.
                    Some((_, known)) => *known = known.max(*bound),
                    None if room => bounds.push((*key, *bound)),
                    None => continue,
                },
            }
            used += 1;
            proven += usize::from(proven == place);
        }
        let exact = rule.prefix.complete && used == rule.prefix.tests.len();
        let posting = Posting { at: rule.at, exact };
        match bounds.as_slice() {
            [] => self.always.push(posting),
            [(key, bound)] => self.singles.entry(*key).or_default().push((*bound, posting)),
            [(key, bound), (second, above), ..] => {
                // One order of the keys for both ways of writing the condition: fewer and larger tables.
                let (keys, row) = if key <= second {
                    ((*key, *second), (*bound, *above, posting))
                } else {
                    ((*second, *key), (*above, *bound, posting))
                };
                self.doubles.entry(keys).or_default().push(row);
            }
        }
        proven.min(rule.prefix.leading)
    }

    fn build(self) -> Group {
        Group {
            always: Postings::new(self.always),
            singles: self.singles.into_iter().map(|(key, rows)| (key, Single::new(rows))).collect(),
            doubles: self.doubles.into_iter().map(|((a, b), rows)| (a, b, Double::new(rows))).collect(),
        }
    }
}

impl Group {
    /// Notes every rule whose bounds hold. `number` gives the slots' numbers.
    #[inline]
    pub(super) fn note(&self, number: impl Fn(SlotId) -> f64, noting: &mut Noting<'_>) {
        self.always.note(noting);
        for (key, table) in &self.singles {
            table.note(key.of(number(key.slot)), noting);
        }
        for (a, b, table) in &self.doubles {
            table.note(a.of(number(a.slot)), b.of(number(b.slot)), noting);
        }
    }

    /// Gives every rule with its bounds.
    pub(super) fn rows(&self, give: &mut impl FnMut(&[(Key, f64)], Posting)) {
        self.always.iter().for_each(|posting| give(&[], *posting));
        for (key, table) in &self.singles {
            table.rows().for_each(|(bound, posting)| give(&[(*key, bound)], posting));
        }
        for (a, b, table) in &self.doubles {
            table.rows().for_each(|(first, second, posting)| give(&[(*a, first), (*b, second)], posting));
        }
    }
}

impl Equal {
    /// Gives every rule with the value that it asks for, and with its bounds.
    pub(super) fn rows(&self, give: &mut impl FnMut(SlotId, &Exact, &[(Key, f64)], Posting)) {
        let texts = self.texts.iter().map(|(text, at)| (Exact::Text(text.clone()), *at));
        let numbers = self.numbers.iter().map(|(bits, at)| (Exact::Number(*bits), *at));
        for (value, at) in texts.chain(numbers).chain(self.none.map(|at| (Exact::None, at))) {
            if let Some(group) = self.groups.get(at as usize) {
                group.rows(&mut |bounds, posting| give(self.slot, &value, bounds, posting));
            }
        }
    }

    /// The group of the rules that ask for the value that the slot has.
    #[inline]
    pub(super) fn group(&self, frame: &Frame<'_>) -> Option<&Group> {
        let value = frame.get(self.slot);
        let at = match value {
            Value::Str(text, _) => *self.texts.get(text)?,
            Value::None => self.none?,
            _ => *self.numbers.get(&number_bits(value)?)?,
        };
        self.groups.get(at as usize)
    }

    fn build(slot: SlotId, rules: BTreeMap<Vec<u8>, (Exact, GroupBuilder)>) -> Equal {
        let mut built = Equal {
            slot,
            texts: Hashed::default(),
            numbers: Hashed::default(),
            none: None,
            groups: Vec::new(),
        };
        for (key, group) in rules.into_values() {
            let at = u32::try_from(built.groups.len()).unwrap_or(u32::MAX);
            match key {
                Exact::Text(text) => drop(built.texts.insert(text, at)),
                Exact::Number(bits) => drop(built.numbers.insert(bits, at)),
                Exact::None => built.none = Some(at),
            }
            built.groups.push(group.build());
        }
        built
    }
}

/// The number in a slot; the caller has made sure that there is one.
#[inline]
pub(super) fn number_in(frame: &Frame<'_>, slot: SlotId) -> f64 {
    ordered_value(frame.get(slot)).unwrap_or(f64::NAN)
}

/// All rules in their tables.
pub(super) struct Tables {
    /// The rules that ask for no equality and no start.
    pub(super) plain: Group,
    pub(super) equals: Vec<Equal>,
    /// The rules that ask for a start and for no equality.
    pub(super) starts: Vec<Starts>,
    /// The slots whose order is asked for.
    pub(super) ordered: Vec<SlotId>,
    /// The slots whose text is asked for.
    pub(super) texts: Vec<TextSlot>,
    /// Of each rule, how many of the tests with which its code begins need not be asked again.
    pub(super) proven: Vec<usize>,
}

/// Files all rules.
pub(super) fn file(rules: &[Filed]) -> Tables {
    let (distinct, beginnings) = distinct_values(rules);
    let mut plain = GroupBuilder::default();
    let mut equals: BTreeMap<SlotId, BTreeMap<Vec<u8>, (Exact, GroupBuilder)>> = BTreeMap::new();
    let mut starts: BTreeMap<SlotId, BTreeMap<Box<str>, GroupBuilder>> = BTreeMap::new();
    let (mut ordered, mut texts, mut proven) = (Vec::new(), Vec::new(), Vec::with_capacity(rules.len()));
    for rule in rules {
        for slot in &rule.prefix.ordered {
            if !ordered.contains(slot) {
                ordered.push(*slot);
            }
        }
        for (slot, guarded) in &rule.prefix.texts {
            TextSlot::note(&mut texts, *slot, *guarded, rule.at);
        }
        // A list without constants gives the rule nowhere.
        let mut sure = 0;
        if let Some((slot, keys, place)) = best_equality(rule, &distinct) {
            let table = equals.entry(slot).or_default();
            let mut once = keys.to_vec();
            once.sort_by_key(sort_key);
            once.dedup();
            for key in once {
                let group = table.entry(sort_key(&key)).or_insert_with(|| (key, GroupBuilder::default()));
                sure = group.1.file(rule, Some(place));
            }
        } else if let Some((slot, keys, place)) = best_start(rule, &beginnings) {
            let table = starts.entry(slot).or_default();
            for key in keys {
                sure = table.entry(key.clone()).or_default().file(rule, Some(place));
            }
        } else {
            sure = plain.file(rule, None);
        }
        proven.push(sure);
    }
    let equals = equals.into_iter().map(|(slot, table)| Equal::build(slot, table)).collect();
    let built = |table: BTreeMap<Box<str>, GroupBuilder>| {
        table.into_iter().map(|(text, group)| (text, group.build())).collect()
    };
    let starts = starts.into_iter().map(|(slot, table)| Starts::new(slot, built(table))).collect();
    Tables { plain: plain.build(), equals, starts, ordered, texts, proven }
}

/// Of several equalities the one over the slot with the most constants leaves out the most.
fn best_equality<'r>(
    rule: &'r Filed,
    distinct: &HashMap<SlotId, usize>,
) -> Option<(SlotId, &'r [Exact], usize)> {
    let equalities = rule.prefix.tests.iter().enumerate().filter_map(|(place, test)| match test {
        Test::OneOf(slot, keys) => Some((*slot, keys.as_slice(), place)),
        Test::Above(..) | Test::Starts(..) => None,
    });
    equalities.max_by_key(|(slot, ..)| (distinct.get(slot), Reverse(*slot)))
}

/// The same for what slots start with; of several for one slot, the one whose shortest text is the longest.
fn best_start<'r>(
    rule: &'r Filed,
    beginnings: &HashMap<SlotId, usize>,
) -> Option<(SlotId, &'r [Box<str>], usize)> {
    let starts = rule.prefix.tests.iter().enumerate().filter_map(|(place, test)| match test {
        Test::Starts(slot, texts) => Some((*slot, texts.as_slice(), place)),
        Test::Above(..) | Test::OneOf(..) => None,
    });
    let least = |texts: &[Box<str>]| texts.iter().map(|text| text.len()).min();
    starts.max_by_key(|(slot, texts, _)| (beginnings.get(slot), Reverse(*slot), least(texts)))
}

fn sort_key(key: &Exact) -> Vec<u8> {
    match key {
        Exact::None => vec![0],
        Exact::Number(bits) => std::iter::once(1).chain(bits.to_be_bytes()).collect(),
        Exact::Text(text) => std::iter::once(2).chain(text.bytes()).collect(),
    }
}

/// For how many values each slot is asked, and for how many beginnings of its text.
fn distinct_values(rules: &[Filed]) -> (HashMap<SlotId, usize>, HashMap<SlotId, usize>) {
    let mut values: HashMap<SlotId, HashSet<&Exact>> = HashMap::new();
    let mut beginnings: HashMap<SlotId, HashSet<&str>> = HashMap::new();
    for test in rules.iter().flat_map(|rule| &rule.prefix.tests) {
        match test {
            Test::OneOf(slot, keys) => values.entry(*slot).or_default().extend(keys),
            Test::Starts(slot, texts) => {
                beginnings.entry(*slot).or_default().extend(texts.iter().map(|text| &**text));
            }
            Test::Above(..) => {}
        }
    }
    let counts = values.into_iter().map(|(slot, set)| (slot, set.len())).collect();
    (counts, beginnings.into_iter().map(|(slot, set)| (slot, set.len())).collect())
}

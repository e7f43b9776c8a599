//! What can be iterated, as one sequence of values.

use super::{Data, Map, Value};

/// The elements of a text, list, tuple or map (its keys), without copying them.
#[derive(Clone, Copy, Debug)]
pub enum Items<'a> {
    /// Elements of the host's data.
    Data(&'a [Data]),
    /// Elements made by the evaluation.
    Values(&'a [Value<'a>]),
    /// The keys of a map.
    Keys(&'a Map),
    /// The code points of a text, each as a text; and how many there are.
    Chars(&'a str, u32),
}

impl<'a> Value<'a> {
    /// What `for` sees; `None` for what cannot be iterated.
    pub fn items(self) -> Option<Items<'a>> {
        match self {
            Value::Str(text, chars) => Some(Items::Chars(text, chars)),
            Value::Map(map) => Some(Items::Keys(map)),
            _ => self.elements(),
        }
    }

    /// The elements of a list or tuple; `None` for everything else.
    pub fn elements(self) -> Option<Items<'a>> {
        match self {
            Value::Data(items) => Some(Items::Data(items)),
            Value::List(items) | Value::Tuple(items) => Some(Items::Values(items)),
            _ => None,
        }
    }
}

impl<'a> Items<'a> {
    /// How many there are.
    pub fn len(self) -> usize {
        match self {
            Items::Data(items) => items.len(),
            Items::Values(items) => items.len(),
            Items::Keys(map) => map.len(),
            Items::Chars(_, chars) => chars as usize,
        }
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The element at a position; of a text this walks to it.
    pub fn get(self, at: usize) -> Option<Value<'a>> {
        match self {
            Items::Data(items) => items.get(at).map(Data::value),
            Items::Values(items) => items.get(at).copied(),
            Items::Keys(map) => map.get_index(at).map(|(key, _)| Value::Str(key.as_str(), key.chars())),
            Items::Chars(..) => self.iter().nth(at),
        }
    }

    /// All of them, in order.
    pub fn iter(self) -> impl Iterator<Item = Value<'a>> {
        let mut cursor = 0;
        std::iter::from_fn(move || self.next(&mut cursor))
    }

    /// The element at the cursor, which moves on. The cursor starts at 0 and means bytes in a text, elements
    /// elsewhere; one that points nowhere ends the iteration.
    #[inline]
    pub fn next(self, cursor: &mut usize) -> Option<Value<'a>> {
        match self {
            Items::Chars(text, _) => {
                let rest = text.get(*cursor..)?;
                let width = rest.chars().next()?.len_utf8();
                *cursor += width;
                Some(Value::Str(rest.get(..width)?, 1))
            }
            Items::Data(_) | Items::Values(_) | Items::Keys(_) => {
                let item = self.get(*cursor)?;
                *cursor += 1;
                Some(item)
            }
        }
    }
}

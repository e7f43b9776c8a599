//! Built-in functions and methods: one table, read by the checker, the machine and the handbook.
//!
//! A method is a row whose `receiver` is set; its receiver is the first argument. Adding one is a row in
//! `table.rs` and the function.

use crate::fault::Trouble;
use crate::frame::Frame;
use crate::ids::{BuiltinId, SlotId};
use crate::ty::{Kinds, Ty};
use crate::value::Value;
use crate::value::ops::Work;

mod arg;
mod convert;
mod history;
mod number;
mod result;
mod sequence;
mod sort;
mod table;
mod text;

pub(crate) use convert::truncate;
pub use table::{KEYS_FOR_IN, TABLE};

/// What a function may use besides its arguments.
pub struct Env<'a, 'e> {
    /// The bound context.
    pub frame: &'e Frame<'a>,
    /// Fuel, and where texts and lists live that the function makes.
    pub work: &'e mut Work<'a>,
}

/// The code of a function. It gets the receiver, if it is a method, then the arguments in order; trailing ones
/// that were left out are not there.
pub type Eval = for<'a> fn(&mut Env<'a, '_>, &[Value<'a>]) -> Result<Value<'a>, Trouble>;

/// A parameter of a function.
#[derive(Debug)]
pub struct Param {
    /// Its name, for messages; for keyword arguments the keyword.
    pub name: &'static str,
    /// The kinds it takes.
    pub accepts: Kinds,
    /// The kinds that the elements of an iterable argument may have; all where it is `Kinds::VALUE`.
    pub elements: Kinds,
    /// How it is given.
    pub how: How,
}

/// How an argument is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Must be given.
    Required,
    /// May be left out, by position; trailing arguments that are left out are not passed at all.
    Optional,
    /// May be given, by keyword only; passed after the positional arguments, to [`Builtin::keyworded`] if set.
    Keyword,
    /// As often as wanted, by position; `min(a, b, c)`.
    Rest,
}

/// One row: a function or a method.
pub struct Builtin {
    /// Its name in conditions.
    pub name: &'static str,
    /// The kinds that it is a method of; `None` for a function.
    pub receiver: Option<Kinds>,
    /// Its parameters, without the receiver.
    pub params: &'static [Param],
    /// The type of its result, from the types of its arguments (receiver first).
    pub result: fn(&[Ty]) -> Ty,
    /// Whether it can fail on arguments of accepted types (a missing key, text that is no number).
    pub may_fail: bool,
    /// What it reads of the context besides its arguments.
    pub reads: &'static [SlotId],
    /// The least fuel of a call.
    pub fuel: u64,
    /// What it is, in a sentence; shown by the handbook and in suggestions.
    pub doc: &'static str,
    /// Its code.
    pub eval: Eval,
    /// The row that a call with keyword arguments calls instead, where the arguments alone would not tell:
    /// `min(a, b)` and `min(a, default=b)`. Such rows have names that no condition can write.
    pub keyworded: Option<BuiltinId>,
}

impl Builtin {
    /// How many arguments a call can have, the receiver included; no upper bound where the last repeats.
    pub fn arity(&self) -> (usize, Option<usize>) {
        let receiver = usize::from(self.receiver.is_some());
        let required = self.params.iter().filter(|param| param.how == How::Required).count();
        let rest = self.params.iter().any(|param| param.how == How::Rest);
        (receiver + required, (!rest).then_some(receiver + self.params.len()))
    }
}

/// All rows with their ids, those included that only calls with keywords reach.
pub fn all() -> impl Iterator<Item = (BuiltinId, &'static Builtin)> {
    (0..).map(BuiltinId).zip(TABLE)
}

/// The function of this name.
pub fn function(name: &str) -> Option<(BuiltinId, &'static Builtin)> {
    all().find(|(_, row)| row.receiver.is_none() && row.name == name)
}

/// The method of this name; the row says which kinds have it.
pub fn method(name: &str) -> Option<(BuiltinId, &'static Builtin)> {
    all().find(|(_, row)| row.receiver.is_some() && row.name == name)
}

impl BuiltinId {
    /// The row of this function or method.
    pub fn row(self) -> Option<&'static Builtin> {
        TABLE.get(self.index())
    }
}

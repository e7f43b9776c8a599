//! Built-in functions and methods: one table, read by the checker, the machine and the handbook.
//!
//! A method is a row whose `receiver` is set; its receiver is the first argument. Adding one is a row in
//! `table.rs` and the function.

use bumpalo::Bump;

use crate::fault::Trouble;
use crate::frame::Frame;
use crate::ids::SlotId;
use crate::ty::{Kinds, Ty};
use crate::value::Value;

/// What a function may use besides its arguments.
pub struct Env<'a, 'e> {
    /// The bound context.
    pub frame: &'e Frame<'a>,
    /// Where texts and lists made by the evaluation live.
    pub arena: &'a Bump,
    /// What is left of the fuel.
    pub fuel: &'e mut u64,
}

/// The code of a function. It gets as many arguments as the row has params; those left out are `None` values
/// of [`Arg`].
pub type Eval = for<'a> fn(&mut Env<'a, '_>, &[Arg<'a>]) -> Result<Value<'a>, Trouble>;

/// An argument as passed: a value always, since the checker fills in the defaults of those left out.
pub type Arg<'a> = Value<'a>;

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
    /// May be given, by keyword only; passed after the positional arguments.
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
}

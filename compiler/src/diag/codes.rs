//! The code table: one row for each thing that can be wrong. `oracle explain` prints a row's explanation, the
//! handbook's page is made from the same rows.
//!
//! The numbers: `E01xx` syntax, `E02xx` names, types and limits of conditions, `E03xx` rule files and manifests,
//! `E04xx` templates, `E05xx` scripts, `E06xx` files and packs; `W` with the same hundreds for warnings.

use serde::Serialize;

/// How severe a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Loads and runs, but probably not as meant.
    Warning,
    /// Does not load.
    Error,
}

/// What kind of compile error it is, for `oracle eval --jsonl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Cannot be read.
    Syntax,
    /// An unknown name.
    Name,
    /// An unknown field, attribute or method.
    Attribute,
    /// Operands or arguments that can never work.
    Type,
    /// A wrong number of arguments.
    Arity,
    /// A limit of the language.
    Limit,
    /// Not about a condition.
    File,
}

/// A row of the table.
#[derive(Debug)]
pub struct CodeRow {
    /// The stable code, such as `E0203`.
    pub code: &'static str,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// How severe it is.
    pub severity: Severity,
    /// What kind of error it is.
    pub kind: Kind,
    /// What it means, an example that is wrong, and the same mended. Markdown.
    pub explanation: &'static str,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $code:ident $name:ident $severity:ident $kind:ident $title:literal;)*) => {
        /// A row of the code table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[doc = $doc])+ $name,)* }

        /// All rows, in order.
        pub const CODES: &[CodeRow] = &[$(CodeRow {
            code: stringify!($code),
            title: $title,
            severity: Severity::$severity,
            kind: Kind::$kind,
            explanation: concat!($($doc, "\n"),+),
        },)*];

        impl Code {
            /// All codes, in order.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];
        }
    };
}

impl Code {
    /// The row of this code.
    pub fn row(self) -> &'static CodeRow {
        #[expect(clippy::indexing_slicing, reason = "the enum and the table are made from the same rows")]
        &CODES[self as usize]
    }
    /// The stable code, such as `E0203`.
    pub fn code(self) -> &'static str {
        self.row().code
    }
    /// The row with this stable code.
    pub fn find(code: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|it| it.code().eq_ignore_ascii_case(code))
    }
}

codes! {
    // E01xx: the syntax of conditions.
    /// The condition cannot be read at this place.
    ///
    /// ```text
    /// context.turn.number >
    /// ```
    ///
    /// An operator needs a value on both sides:
    ///
    /// ```text
    /// context.turn.number > 3
    /// ```
    E0101 UnexpectedToken Error Syntax "unexpected token";

    /// The condition is empty.
    ///
    /// ```text
    /// if = ""
    /// ```
    ///
    /// A rule that always matches says so:
    ///
    /// ```text
    /// if = "true"
    /// ```
    E0102 EmptyCondition Error Syntax "empty condition";

    /// The text of a condition is over 64 KiB.
    ///
    /// Split it over several rules, or keep long lists in a setting of the plugin:
    ///
    /// ```text
    /// context.result.tool_name in settings.watched_tools
    /// ```
    E0103 ConditionTooLong Error Limit "condition too long";

    /// Parentheses, operators or chains are nested deeper than the limit.
    ///
    /// ```text
    /// ((((... 65 or more ...))))
    /// ```
    ///
    /// Remove parentheses that do nothing, write `x in [a, b, c]` for many alternatives, or split the rule.
    E0104 TooDeep Error Limit "nested too deep";

    /// A condition has more than 4,000 parts.
    ///
    /// Compare with a list, or keep the values in a setting of the plugin:
    ///
    /// ```text
    /// context.result.tool_name in settings.watched_tools
    /// ```
    E0105 TooManyNodes Error Limit "too many parts";

    /// `x for x in xs` without brackets may only be the one argument of a function.
    ///
    /// ```text
    /// max(t.duration for t in context.history.tools, default=0)
    /// ```
    ///
    /// Brackets make it a list, which may stand anywhere:
    ///
    /// ```text
    /// max([t.duration for t in context.history.tools], default=0)
    /// ```
    E0106 GeneratorPlace Error Syntax "comprehension without brackets";

    /// Arguments of a call that are in the wrong order or given twice.
    ///
    /// ```text
    /// max(default=0, xs)
    /// ```
    ///
    /// Arguments with a name come last, each once:
    ///
    /// ```text
    /// max(xs, default=0)
    /// ```
    E0107 WrongArgument Error Syntax "arguments in the wrong order";

    /// An operator that other languages have and conditions write as a word or otherwise.
    ///
    /// ```text
    /// context.turn.number > 3 && !context.result.success
    /// ```
    ///
    /// Conditions use Python's operators, in small letters:
    ///
    /// ```text
    /// context.turn.number > 3 and not context.result.success
    /// ```
    E0108 ForeignOperator Error Syntax "operator of another language";

    /// A single `=` assigns in most languages. A condition changes nothing; it compares with `==`.
    ///
    /// ```text
    /// context.result.tool_name = 'search'
    /// ```
    ///
    /// Write two:
    ///
    /// ```text
    /// context.result.tool_name == 'search'
    /// ```
    E0109 AssignForEq Error Syntax "`=` for `==`";

    /// The `a ? b : c` of other languages.
    ///
    /// ```text
    /// context.turn.number > 3 ? 10 : 20
    /// ```
    ///
    /// The value comes first, then its test:
    ///
    /// ```text
    /// 10 if context.turn.number > 3 else 20
    /// ```
    E0110 Ternary Error Syntax "`?` and `:`";

    /// A conditional expression needs its value, its `if` and its `else`, in this order.
    ///
    /// ```text
    /// if context.turn.number > 3
    /// ```
    ///
    /// A condition that must hold is written alone, a choice in full:
    ///
    /// ```text
    /// context.turn.number > 3
    /// 10 if context.turn.number > 3 else 20
    /// ```
    E0111 IfWithoutElse Error Syntax "`if` without `else`";

    /// A word between two values that is an operator elsewhere.
    ///
    /// ```text
    /// context.result.tool_name contains 'search'
    /// ```
    ///
    /// Use `in`, comparison chains, methods and functions:
    ///
    /// ```text
    /// 'search' in context.result.tool_name
    /// ```
    E0112 ForeignWord Error Syntax "word of another language";

    /// Word processors turn quotes into typographic ones, which do not begin a text.
    ///
    /// ```text
    /// context.result.tool_name == “search”
    /// ```
    ///
    /// Write plain quotes:
    ///
    /// ```text
    /// context.result.tool_name == "search"
    /// ```
    E0113 SmartQuotes Error Syntax "typographic quotes";

    /// A text begins and its line ends before it does.
    ///
    /// ```text
    /// context.result.tool_name == 'search
    /// ```
    ///
    /// Close it with the quote it begins with:
    ///
    /// ```text
    /// context.result.tool_name == 'search'
    /// ```
    E0114 UnclosedText Error Syntax "text without closing quote";

    /// A bracket is not closed, closes nothing, or is closed by one of another kind.
    ///
    /// ```text
    /// (context.turn.number > 3 and tool_failed('search')
    /// ```
    ///
    /// Each opening bracket has its closing one:
    ///
    /// ```text
    /// context.turn.number > 3 and tool_failed('search')
    /// ```
    E0115 UnbalancedBracket Error Syntax "brackets that do not pair";

    /// `is` asks whether something is `None`, `True` or `False`, and nothing else.
    ///
    /// ```text
    /// context.turn.number is 3
    /// ```
    ///
    /// Compare values with `==` and `!=`:
    ///
    /// ```text
    /// context.turn.number == 3
    /// ```
    E0116 IsNotSingleton Error Syntax "`is` with a value";

    /// A condition is one expression. It assigns nothing, defines nothing and has no `;`.
    ///
    /// ```text
    /// x := context.turn.number; x > 3
    /// ```
    ///
    /// Write what must be true:
    ///
    /// ```text
    /// context.turn.number > 3
    /// ```
    E0117 Statement Error Syntax "statement in a condition";

    /// Texts with a letter before the quote, such as Python's f-strings, raw texts and bytes.
    ///
    /// ```text
    /// f'{context.turn.number}' == '3'
    /// ```
    ///
    /// Write plain texts; join them with `+` and `str`:
    ///
    /// ```text
    /// str(context.turn.number) == '3'
    /// ```
    E0118 PrefixedText Error Syntax "letter before a quote";

    /// Python can fill a text with `%`. In conditions `%` is the remainder of numbers only.
    ///
    /// ```text
    /// '%s_tool' % params.name
    /// ```
    ///
    /// Join texts with `+`:
    ///
    /// ```text
    /// params.name + '_tool'
    /// ```
    E0119 TextFormatting Error Syntax "formatting with `%`";

    /// Arguments are written one by one; lists are not unpacked into them.
    ///
    /// ```text
    /// max(*xs)
    /// ```
    ///
    /// Most functions take the list itself:
    ///
    /// ```text
    /// max(xs)
    /// ```
    E0120 Unpacking Error Syntax "`*` before an argument";

    /// There are no dicts and sets in conditions.
    ///
    /// ```text
    /// context.result.tool_name in {'read', 'write'}
    /// ```
    ///
    /// Write a list; it is as fast:
    ///
    /// ```text
    /// context.result.tool_name in ['read', 'write']
    /// ```
    E0121 DictOrSet Error Syntax "braces";

    /// `&`, `|`, `^`, `~`, `<<` and `>>` work on bits elsewhere.
    ///
    /// ```text
    /// context.turn.number > 3 & context.result.success
    /// ```
    ///
    /// Conditions join truth values with words:
    ///
    /// ```text
    /// context.turn.number > 3 and context.result.success
    /// ```
    E0122 BitOperator Error Syntax "bit operator";

    /// A number with a leading zero, a misplaced underscore, a unit or wrong digits.
    ///
    /// ```text
    /// context.turn.number > 007
    /// ```
    ///
    /// Numbers are as in Python:
    ///
    /// ```text
    /// context.turn.number > 7
    /// ```
    E0123 BadNumber Error Syntax "number that cannot be read";

    /// Whole numbers are 64 bit: from -9223372036854775808 to 9223372036854775807.
    ///
    /// ```text
    /// context.turn.number < 99999999999999999999
    /// ```
    ///
    /// Write a float when the exact value does not matter:
    ///
    /// ```text
    /// context.turn.number < 1e20
    /// ```
    E0124 NumberTooBig Error Limit "number over 64 bits";

    /// A backslash in a text is followed by something that is no escape.
    ///
    /// ```text
    /// matches(context.result.tool_name, '\d+')
    /// ```
    ///
    /// Write the backslash twice when it is meant:
    ///
    /// ```text
    /// matches(context.result.tool_name, '\\d+')
    /// ```
    E0125 BadEscape Error Syntax "escape that cannot be read";

    /// Names such as `__class__` belong to Python's machinery, which conditions do not have.
    ///
    /// ```text
    /// context.__class__
    /// ```
    ///
    /// Read the fields of the context:
    ///
    /// ```text
    /// context.turn.number
    /// ```
    E0126 DoubleUnderscore Error Syntax "name with two underscores";

    /// A character that looks like another, cannot be seen, or has no meaning in a condition.
    ///
    /// ```text
    /// context.turn.number − 1 > 3
    /// ```
    ///
    /// Write the plain character:
    ///
    /// ```text
    /// context.turn.number - 1 > 3
    /// ```
    E0127 OddCharacter Error Syntax "character that means nothing";

    /// Two values stand side by side with no operator between them.
    ///
    /// ```text
    /// context.result.success context.turn.number > 3
    /// ```
    ///
    /// Say how they belong together:
    ///
    /// ```text
    /// context.result.success and context.turn.number > 3
    /// ```
    E0128 MissingOperator Error Syntax "values side by side";

    /// An operator or a comma stands where a value should be.
    ///
    /// ```text
    /// context.turn.number > 3 and
    /// ```
    ///
    /// Operators need a value on both sides:
    ///
    /// ```text
    /// context.turn.number > 3 and context.result.success
    /// ```
    E0129 MissingValue Error Syntax "value missing";

    /// `not` binds looser than comparisons, so it cannot stand inside of one.
    ///
    /// ```text
    /// context.result.success == not params.strict
    /// ```
    ///
    /// Put it in front, or in parentheses:
    ///
    /// ```text
    /// context.result.success == (not params.strict)
    /// ```
    E0130 NotPlace Error Syntax "`not` in the wrong place";

    /// A constant is followed by parentheses, as if it were a function.
    ///
    /// ```text
    /// True()
    /// ```
    ///
    /// Write the constant alone:
    ///
    /// ```text
    /// True
    /// ```
    E0131 CallOfLiteral Error Syntax "call of a constant";

    // E02xx: names, types and limits of conditions.

    /// The condition names something that does not exist.
    ///
    /// ```text
    /// contxt.turn.number > 3
    /// ```
    ///
    /// Conditions know `context` and its parts, `params`, `settings` and the built-in functions:
    ///
    /// ```text
    /// context.turn.number > 3
    /// ```
    E0201 UnknownName Error Name "unknown name";

    /// A path names a field that does not exist.
    ///
    /// ```text
    /// context.token_usage > 0.8
    /// ```
    ///
    /// The field is there, in another group:
    ///
    /// ```text
    /// context.turn.token_usage > 0.8
    /// ```
    E0202 UnknownField Error Attribute "unknown field";

    /// A call names a function that does not exist.
    ///
    /// ```text
    /// contains(context.result.result, 'error')
    /// ```
    ///
    /// Many have another form here; the handbook lists all functions:
    ///
    /// ```text
    /// 'error' in context.result.result
    /// ```
    E0203 UnknownFunction Error Name "unknown function";

    /// A value of this kind has no such method.
    ///
    /// ```text
    /// context.user.id.startsWith('admin')
    /// ```
    ///
    /// Methods are called as in Python:
    ///
    /// ```text
    /// context.user.id.startswith('admin')
    /// ```
    E0204 UnknownMethod Error Attribute "unknown method";

    /// The value is always `None` at this place, so nothing can be read from it. `context.result` is there at the tool
    /// hooks only.
    ///
    /// ```text
    /// # at on_turn_start
    /// context.result.success
    /// ```
    ///
    /// Give the rule a hook at which the value is there, or read something else:
    ///
    /// ```text
    /// # at on_tool_complete
    /// context.result.success
    /// ```
    E0205 NoneAttribute Error Attribute "always None";

    /// An operator can never work with operands of these kinds.
    ///
    /// ```text
    /// 'turn ' + context.turn.number
    /// ```
    ///
    /// Convert one of them:
    ///
    /// ```text
    /// 'turn ' + str(context.turn.number)
    /// ```
    E0206 OperandTypes Error Type "operands never work";

    /// Values of these kinds have no order: `<`, `<=`, `>` and `>=` compare numbers with numbers, texts with texts and
    /// lists with lists.
    ///
    /// ```text
    /// context.turn.number > '3'
    /// ```
    ///
    /// Leave the quotes out:
    ///
    /// ```text
    /// context.turn.number > 3
    /// ```
    E0207 OrderTypes Error Type "no order";

    /// A function can never work with an argument of this kind.
    ///
    /// ```text
    /// len(context.turn.number)
    /// ```
    ///
    /// Texts, lists and maps have a length:
    ///
    /// ```text
    /// len(context.history.tools)
    /// ```
    E0208 ArgumentType Error Type "wrong argument";

    /// A call has too many or too few arguments.
    ///
    /// ```text
    /// tool_completed()
    /// ```
    ///
    /// Give those that the function needs:
    ///
    /// ```text
    /// tool_completed('vault_search')
    /// ```
    E0209 ArgumentCount Error Arity "wrong number of arguments";

    /// A call names an argument that the function does not have. Only `default=` of `min` and `max` and `reverse=` of
    /// `sorted` are given by name.
    ///
    /// ```text
    /// sorted(context.history.failures, key=len)
    /// ```
    ///
    /// Use what the function has:
    ///
    /// ```text
    /// sorted(context.history.failures, reverse=True)
    /// ```
    E0210 UnknownKeyword Error Arity "unknown keyword argument";

    /// Something that is no function is called.
    ///
    /// ```text
    /// context.turn.number() > 3
    /// ```
    ///
    /// Leave the parentheses out:
    ///
    /// ```text
    /// context.turn.number > 3
    /// ```
    E0211 NotCallable Error Type "not a function";

    /// A function or method stands without its parentheses.
    ///
    /// ```text
    /// context.user.id.lower == 'root'
    /// ```
    ///
    /// Call it:
    ///
    /// ```text
    /// context.user.id.lower() == 'root'
    /// ```
    E0212 NotCalled Error Type "not called";

    /// A group of the context, the params or the state cannot be used itself, only what is in it.
    ///
    /// ```text
    /// context.turn > 3
    /// ```
    ///
    /// Read one of its fields:
    ///
    /// ```text
    /// context.turn.number > 3
    /// ```
    E0213 NotAValue Error Type "not a value";

    /// Tuples stand only on the right of `in` and as the argument of `startswith` and `endswith`.
    ///
    /// ```text
    /// context.user.id == ('a', 'b')
    /// ```
    ///
    /// To compare with several values:
    ///
    /// ```text
    /// context.user.id in ('a', 'b')
    /// ```
    E0214 TupleHere Error Type "tuple not allowed here";

    /// What `reversed`, `.keys()`, `.values()`, `.items()` and generators give can be gone through once. It has no
    /// position, truth or order of its own.
    ///
    /// ```text
    /// context.history.failures.values()[0] > 3
    /// ```
    ///
    /// Make a list of it:
    ///
    /// ```text
    /// sorted(context.history.failures.values())[-1] > 3
    /// ```
    E0215 IteratorKept Error Type "iterator used as a value";

    /// A condition reads the context and cannot change it.
    ///
    /// ```text
    /// context.history.tools.append('x')
    /// ```
    ///
    /// What should change belongs into an action, such as `set_state`:
    ///
    /// ```text
    /// len(context.history.tools) > 3
    /// ```
    E0216 CannotChange Error Attribute "conditions change nothing";

    /// The divisor is the constant zero: this fails whenever it is evaluated.
    ///
    /// ```text
    /// context.turn.number % 0 == 0
    /// ```
    ///
    /// Divide by another number:
    ///
    /// ```text
    /// context.turn.number % 4 == 0
    /// ```
    E0217 DivisionByZero Error Type "division by zero";

    /// A part made of constants fails whenever it is evaluated, for example because its result is beyond 64 bits.
    ///
    /// ```text
    /// context.turn.number < 2 ** 64
    /// ```
    ///
    /// Write a value that works:
    ///
    /// ```text
    /// context.turn.number < 2 ** 62
    /// ```
    E0218 AlwaysFails Error Type "always fails";

    /// The pattern of `matches` is no regular expression. Patterns run in linear time, so they have no look-around and
    /// no back references.
    ///
    /// ```text
    /// matches(context.result.result, '(error')
    /// ```
    ///
    /// Close the group, or put a backslash before the character:
    ///
    /// ```text
    /// matches(context.result.result, 'error|failed')
    /// ```
    E0219 BadPattern Error Type "bad pattern";

    /// The pattern of `matches` must be a literal, so that it can be checked and compiled once.
    ///
    /// ```text
    /// matches(context.result.result, params.word)
    /// ```
    ///
    /// To look for another value use `in`:
    ///
    /// ```text
    /// params.word in context.result.result
    /// ```
    E0220 PatternNotLiteral Error Type "pattern not written out";

    /// A `for` goes through something that has no elements, or unpacks elements into a wrong number of names.
    ///
    /// ```text
    /// any(t > 3 for t in context.turn.number)
    /// ```
    ///
    /// Go through a list, a text or a map:
    ///
    /// ```text
    /// any(not t.success for t in context.history.tools)
    /// ```
    E0221 NotIterable Error Type "cannot be gone through";

    /// The right side of `in` can hold nothing.
    ///
    /// ```text
    /// 'x' in None
    /// ```
    ///
    /// `in` looks into lists, tuples, texts and maps; to compare use `==` or `is`:
    ///
    /// ```text
    /// context.turn.iteration_limit is None
    /// ```
    E0222 NotAContainer Error Type "nothing can be in it";

    /// A value is indexed that has no elements, or by something that is no position or key of it.
    ///
    /// ```text
    /// context.history.tools['name']
    /// ```
    ///
    /// Take an element by its position, or ask all of them:
    ///
    /// ```text
    /// context.history.tools[-1].name == 'search'
    /// ```
    E0223 NotIndexable Error Type "no such index";

    /// A condition needs more instructions, constants or intermediate values than one condition may have, or it nests
    /// too deeply.
    ///
    /// ```text
    /// [[[[ ... ]]]]
    /// ```
    ///
    /// Split it into several rules, or move it into a script.
    E0224 TooComplex Error Limit "too complex";

    /// A comprehension uses one of its own variables before the `for` that gives it a value. Its variables hide those
    /// outside from the start.
    ///
    /// ```text
    /// [x for a in xs for x in x]
    /// ```
    ///
    /// Use another name:
    ///
    /// ```text
    /// [y for a in xs for y in a]
    /// ```
    E0225 UnboundName Error Name "used before its `for`";

    /// A value of this kind has no attributes, or not this one.
    ///
    /// ```text
    /// context.history.tools.length > 3
    /// ```
    ///
    /// Lengths are asked with `len`:
    ///
    /// ```text
    /// len(context.history.tools) > 3
    /// ```
    E0226 UnknownAttribute Error Attribute "unknown attribute";

    /// `%` is the remainder of numbers; it does not format texts here.
    ///
    /// ```text
    /// 'turn %d' % context.turn.number == 'turn 3'
    /// ```
    ///
    /// Join texts with `+`:
    ///
    /// ```text
    /// 'turn ' + str(context.turn.number) == 'turn 3'
    /// ```
    E0227 TextFormat Error Type "`%` on a text";

    /// The expression is correct, and failed with the values that it met.
    ///
    /// ```text
    /// context.event.payload['size'] > 10
    /// ```
    ///
    /// A rule whose condition fails does not match, and the failure is recorded. Guard what may be missing:
    ///
    /// ```text
    /// context.event.payload.get('size', 0) > 10
    /// ```
    E0228 EvaluationFailed Error Type "failed with these values";

    /// A value may be `None` where that fails: the rule then does not match, and an error is recorded.
    ///
    /// ```text
    /// context.turn.iteration_count > context.turn.iteration_limit
    /// ```
    ///
    /// Test it first:
    ///
    /// ```text
    /// context.turn.iteration_limit is not None and context.turn.iteration_count > context.turn.iteration_limit
    /// ```
    W0201 MayBeNone Warning Type "may be None";

    /// A value may be of a kind that fails here: the rule then does not match, and an error is recorded.
    ///
    /// ```text
    /// (context.turn.number or 'none') + 1 > 3
    /// ```
    ///
    /// Give both arms the same kind:
    ///
    /// ```text
    /// (context.turn.number or 0) + 1 > 3
    /// ```
    W0202 MayFail Warning Type "may be of another kind";

    /// A test is always true or always false, because values of these kinds are never equal.
    ///
    /// ```text
    /// context.turn.number == '3'
    /// ```
    ///
    /// Compare values of the same kind:
    ///
    /// ```text
    /// context.turn.number == 3
    /// ```
    W0203 NeverEqual Warning Type "always or never equal";

    /// A comparison is always true or always false, because the value stays on one side of the bound. Usages are shares
    /// from 0.0 to 1.0 and no percentages.
    ///
    /// ```text
    /// context.turn.token_usage > 80
    /// ```
    ///
    /// Write the share:
    ///
    /// ```text
    /// context.turn.token_usage > 0.8
    /// ```
    W0204 AlwaysInRange Warning Type "always or never in range";

    /// A condition is always true or always false.
    ///
    /// ```text
    /// context.result.tool_name == 'search' or 'fetch'
    /// ```
    ///
    /// Compare with both:
    ///
    /// ```text
    /// context.result.tool_name in ('search', 'fetch')
    /// ```
    W0205 ConstantCondition Warning Type "constant condition";

    /// Both operands are the same, so one of them is probably not the one that was meant.
    ///
    /// ```text
    /// context.turn.number == context.turn.number
    /// ```
    ///
    /// Compare two different values:
    ///
    /// ```text
    /// context.turn.number == context.turn.iteration_count
    /// ```
    W0206 IdenticalOperands Warning Type "identical operands";

    /// A field is compared with a word that it never has.
    ///
    /// ```text
    /// context.event.severity == 'warn'
    /// ```
    ///
    /// Use one of its words:
    ///
    /// ```text
    /// context.event.severity == 'warning'
    /// ```
    W0207 NeverThatWord Warning Type "never that word";

    /// A test can never hold at the hook of the rule: the value is not there, or the event has another type.
    ///
    /// ```text
    /// # at on_turn_start
    /// context.event.type == 'tool.call.failure'
    /// ```
    ///
    /// Give the rule the hook to which such events lead:
    ///
    /// ```text
    /// # at on_tool_failure
    /// context.event.type == 'tool.call.failure'
    /// ```
    W0208 WrongHook Warning Type "cannot match at this hook";

    /// A map may not have the key: the rule then does not match, and an error is recorded.
    ///
    /// ```text
    /// context.history.failures['search'] >= 3
    /// ```
    ///
    /// Give a default, or test first:
    ///
    /// ```text
    /// context.history.failures.get('search', 0) >= 3
    /// ```
    W0209 MayBeMissing Warning Type "key may be missing";

    /// The payload of this hook's events has no such known key, but one that is spelled almost alike.
    ///
    /// ```text
    /// # at on_tool_call
    /// context.event.payload.tool_nam == 'search'
    /// ```
    ///
    /// Use the known key:
    ///
    /// ```text
    /// # at on_tool_call
    /// context.event.payload.tool_name == 'search'
    /// ```
    W0210 NearKey Warning Type "unknown key";

    /// The file is not UTF-8 text. TOML files are always UTF-8.
    ///
    /// Save the file again as UTF-8, without a byte order mark of another encoding.
    E0301 NotUtf8 Error File "not UTF-8";

    /// The file is not TOML at this place.
    ///
    /// ```toml
    /// [rule
    /// id = "too-many-turns"
    /// ```
    ///
    /// ```toml
    /// [rule]
    /// id = "too-many-turns"
    /// ```
    E0302 NotToml Error File "not TOML";

    /// Something that every rule file has is missing: the table `[rule]`, its `id`, or a field that the type of
    /// an action asks for.
    ///
    /// ```toml
    /// [action]
    /// type = "notify_self"
    /// ```
    ///
    /// A notification needs its text:
    ///
    /// ```toml
    /// [action]
    /// type = "notify_self"
    /// message = "Wrap up."
    /// ```
    E0303 MissingKey Error File "something is missing";

    /// An id consists of lower case letters, digits and hyphens, with at least one letter or digit.
    ///
    /// ```toml
    /// id = "Too many turns"
    /// ```
    ///
    /// ```toml
    /// id = "too-many-turns"
    /// ```
    E0304 BadId Error File "not an id";

    /// The trigger is not a hook.
    ///
    /// ```toml
    /// trigger = "on_turn_begin"
    /// ```
    ///
    /// ```toml
    /// trigger = "on_turn_start"
    /// ```
    E0305 UnknownHook Error File "unknown hook";

    /// A version is three numbers, as in semantic versioning.
    ///
    /// ```toml
    /// version = "1.0"
    /// ```
    ///
    /// ```toml
    /// version = "1.0.0"
    /// ```
    E0306 BadVersion Error File "not a version";

    /// A value is outside of what its key allows.
    ///
    /// ```toml
    /// priority = 5000
    /// ```
    ///
    /// Priorities go from 1 to 1000; higher runs earlier:
    ///
    /// ```toml
    /// priority = 900
    /// ```
    E0307 OutOfRange Error File "out of range";

    /// A value has another type than its key.
    ///
    /// ```toml
    /// enabled = "yes"
    /// ```
    ///
    /// ```toml
    /// enabled = true
    /// ```
    E0308 WrongType Error File "wrong type";

    /// A value is none of the words that its key knows.
    ///
    /// ```toml
    /// priority = "urgent"
    /// ```
    ///
    /// ```toml
    /// priority = "critical"
    /// ```
    E0309 UnknownWord Error File "unknown word";

    /// A rule has exactly one condition: an expression, or a script.
    ///
    /// ```toml
    /// [condition]
    /// expression = "context.turn.number > 3"
    /// script = "scripts/check.lua"
    /// ```
    ///
    /// ```toml
    /// [condition]
    /// expression = "context.turn.number > 3"
    /// ```
    E0310 ConditionCount Error File "not exactly one condition";

    /// A rule does something: it has one `[action]`, or several `[[action]]`.
    ///
    /// ```toml
    /// [action]
    /// type = "log"
    /// message = "It happened."
    /// ```
    E0311 NoAction Error File "no action";

    /// The default of a param or setting is not one of the values that it declares.
    ///
    /// ```toml
    /// [params.threshold]
    /// type = "float"
    /// default = 1.5
    /// max = 1.0
    /// ```
    ///
    /// ```toml
    /// [params.threshold]
    /// type = "float"
    /// default = 0.8
    /// max = 1.0
    /// ```
    E0312 BadDefault Error File "default breaks its own rules";

    /// The declaration of a param or setting contradicts itself: `min` above `max`, bounds for what is no number,
    /// options for what is no text, or a name that conditions cannot read.
    ///
    /// ```toml
    /// [params.mode]
    /// type = "boolean"
    /// default = true
    /// options = ["on", "off"]
    /// ```
    ///
    /// ```toml
    /// [params.mode]
    /// type = "string"
    /// default = "on"
    /// options = ["on", "off"]
    /// ```
    E0313 BadParam Error File "contradicting declaration";

    /// Two files declare the same rule: ids are unique in a plugin, and among the rules outside of plugins. The
    /// first one stays.
    ///
    /// Give one of them another id, or remove it.
    E0314 DuplicateId Error File "duplicate id";

    /// A rule inside a plugin says that it is part of another one.
    ///
    /// Remove `plugin_id`: the folder that a rule lies in says which plugin it is part of.
    E0315 ForeignPlugin Error File "part of another plugin";

    /// Users cannot switch off core rules, so only rules that the host trusts may be core. This plugin is not one
    /// of those.
    ///
    /// Remove `core = true`.
    E0316 CoreInPlugin Error File "core rule in a plugin";

    /// The file is larger, or holds more of something, than rule files may.
    ///
    /// ```toml
    /// tags = ["a1", "a2", "a3", "...", "a100000"]
    /// ```
    ///
    /// Keep data in the plugin's settings or state, and read it from there.
    E0317 FileLimit Error File "over a limit";

    /// A pattern of files in a plugin's manifest cannot be read, or leads out of the plugin's folder.
    ///
    /// ```toml
    /// [rules]
    /// include = ["../shared/*.toml"]
    /// ```
    ///
    /// A plugin has its rules in its own folder:
    ///
    /// ```toml
    /// [rules]
    /// include = ["rules/*.toml"]
    /// ```
    E0318 BadGlob Error File "bad pattern of files";

    /// Two plugins have the same id. The first one stays: folders are searched in the order in which they were
    /// named, and in each the plugins by the names of their folders.
    ///
    /// Give one of them another id, or remove it.
    E0319 DuplicatePlugin Error File "two plugins with one id";

    /// A file of a plugin is a link that leads out of the plugin's folder.
    ///
    /// Copy the file into the folder.
    E0320 OutsidePlugin Error File "outside of the plugin's folder";

    /// A template cannot be read.
    ///
    /// ```toml
    /// message = "Turn {{ context.turn.number"
    /// ```
    ///
    /// ```toml
    /// message = "Turn {{ context.turn.number }}"
    /// ```
    E0401 TemplateSyntax Error File "template does not parse";

    /// A template names something that does not exist. Templates know `context`, `params` and `settings`.
    ///
    /// ```toml
    /// message = "Turn {{ context.turn.numbr }}"
    /// ```
    ///
    /// ```toml
    /// message = "Turn {{ context.turn.number }}"
    /// ```
    E0402 TemplateName Error File "unknown name in a template";

    /// A template uses a filter, test or function that does not exist.
    ///
    /// ```toml
    /// message = "{{ context.turn.token_usage | percentage }}"
    /// ```
    ///
    /// ```toml
    /// message = "{{ context.turn.token_usage | percent }}"
    /// ```
    E0403 TemplateFilter Error File "unknown filter in a template";

    /// The script of a rule cannot be read: there is no such file, or it is too large, or not text.
    ///
    /// ```toml
    /// script = "chek.lua"
    /// ```
    ///
    /// The path is relative to the rule file:
    ///
    /// ```toml
    /// script = "check.lua"
    /// ```
    E0501 ScriptUnreadable Error File "script cannot be read";

    /// The script of a rule lies outside of the folder that the rule was loaded from, whether by `..`, by an absolute
    /// path or through a link. Rules can only run what was loaded with them.
    ///
    /// ```toml
    /// script = "../../elsewhere/check.lua"
    /// ```
    ///
    /// Move the script into the folder of the rule:
    ///
    /// ```toml
    /// script = "scripts/check.lua"
    /// ```
    E0502 ScriptOutside Error File "script is outside of the folder";

    /// The script of a rule is not Lua.
    ///
    /// ```toml
    /// script = "check.lua"      # with the line `if context.turn.number = 5 then`
    /// ```
    ///
    /// The message names the line of the script and what was expected there. Scripts are Luau, which reads plain
    /// Lua 5.1; `goto` and the bit operators of Lua 5.3 are not part of it.
    E0503 ScriptSyntax Error File "script does not parse";

    /// A file or folder cannot be read: it is not there, its permissions forbid it, or it is neither a file nor a
    /// folder. The others are loaded without it.
    E0601 Unreadable Error File "cannot be read";

    /// The file has a key that means nothing here; it is ignored.
    ///
    /// ```toml
    /// [rule]
    /// id = "too-many-turns"
    /// triger = "on_turn_end"
    /// ```
    ///
    /// ```toml
    /// [rule]
    /// id = "too-many-turns"
    /// trigger = "on_turn_end"
    /// ```
    W0301 UnknownKey Warning File "unknown key";

    /// The rule does not say when it runs, so it runs at `on_turn_start`.
    ///
    /// ```toml
    /// [rule]
    /// id = "too-many-turns"
    /// ```
    ///
    /// ```toml
    /// [rule]
    /// id = "too-many-turns"
    /// trigger = "on_turn_start"
    /// ```
    W0302 MissingTrigger Warning File "no trigger";

    /// Nothing in the rule reads this param, so changing it changes nothing.
    ///
    /// Read it in the condition or in a message as `params.NAME`, or remove it.
    W0303 UnusedParam Warning File "unused param";

    /// A rule outside of plugins says that it is part of one. That is ignored: only the plugin's own folder says
    /// which rules are part of it.
    ///
    /// Remove `plugin_id`, or move the file into the plugin's folder.
    W0304 IgnoredPlugin Warning File "plugin id is ignored";

    /// The condition can never hold at this hook: it needs something that is never there.
    ///
    /// ```toml
    /// trigger = "on_turn_start"
    /// expression = "context.result is not None"
    /// ```
    ///
    /// There is a result only at `on_tool_complete` and `on_tool_failure`:
    ///
    /// ```toml
    /// trigger = "on_tool_complete"
    /// expression = "context.result is not None"
    /// ```
    W0305 NeverFires Warning File "can never fire at its hook";

    /// Two rules have the same hook, condition and actions: everything happens twice.
    ///
    /// Remove one of them.
    W0306 SameRule Warning File "two rules are the same";

    /// Two rules say the same under the same condition; the one with the higher priority says it first, and a
    /// notification with the same text from another rule adds nothing.
    ///
    /// Remove one of them, or let them say different things.
    W0307 ShadowedRule Warning File "says what another rule says";

    /// Nothing in the plugin reads this key of its state.
    ///
    /// Read it somewhere as `context.state.get('KEY')`, or remove the action.
    W0308 UnreadState Warning File "state that nothing reads";

    /// A condition reads a key of the state that nothing sets, while a key with a very similar name is set.
    ///
    /// ```toml
    /// expression = "context.state.get('warnd')"
    /// key = "warned"
    /// ```
    ///
    /// Write the same key in both places.
    W0309 UnsetState Warning File "state that nothing sets";

    /// The plugin needs something that this host does not offer, so none of its rules is loaded.
    ///
    /// ```toml
    /// [capabilities]
    /// requires = ["web_serach"]
    /// ```
    ///
    /// ```toml
    /// [capabilities]
    /// requires = ["web_search"]
    /// ```
    ///
    /// Otherwise run the plugin where it is offered, or name it in the host's configuration: `capabilities`.
    W0310 MissingCapability Warning File "the host lacks what the plugin needs";

    /// A pattern of files in a plugin's manifest fits no file.
    ///
    /// ```toml
    /// [rules]
    /// include = ["rule/*.toml"]
    /// ```
    ///
    /// ```toml
    /// [rules]
    /// include = ["rules/*.toml"]
    /// ```
    W0311 NoFiles Warning File "pattern that fits no file";

    /// A folder among the plugins has no `manifest.toml`, so it is no plugin and nothing of it is loaded.
    ///
    /// Add one:
    ///
    /// ```toml
    /// [plugin]
    /// id = "research-assistant"
    /// ```
    W0312 NoManifest Warning File "no manifest";

    /// A template reads something that may be None at this hook; None is rendered as the word `none`, and most
    /// filters fail on it.
    ///
    /// ```toml
    /// message = "of {{ context.turn.iteration_limit }}"
    /// ```
    ///
    /// ```toml
    /// message = "of {{ context.turn.iteration_limit | default('?', true) }}"
    /// ```
    W0401 TemplateMaybeNone Warning File "may be None in a template";
}

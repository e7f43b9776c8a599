//! One condition, compiled and run the way the tests need it: as a value and as a truth, with the optimiser and
//! without.

use oracle_compiler::check::{self, ExpressionScope};
use oracle_compiler::codegen::{Emitter, Mode};
use oracle_compiler::diag::{Diagnostic, Severity, Sink};
use oracle_compiler::rule::{ParamSpec, ParamType};
use oracle_compiler::source::{OffsetMap, SourceId};
use oracle_compiler::{opt, syntax};
use oracle_runtime::context::Context;
use oracle_vm::fault::Fault;
use oracle_vm::frame::{Frame, Scope};
use oracle_vm::hook::Hook;
use oracle_vm::ids::ChunkId;
use oracle_vm::machine::Machine;
use oracle_vm::pack::DebugSpan;
use oracle_vm::value::{Data, Value};
use oracle_vm::verify::{self, VerifiedPack};

/// A compiled condition.
pub struct Condition {
    pack: VerifiedPack,
    values: Vec<ChunkId>,
    truths: Vec<ChunkId>,
    /// What the compiler warns about.
    pub warnings: Vec<Diagnostic>,
}

/// What a condition reads.
pub struct Bound {
    /// The context.
    pub context: Context,
    /// Effective params, in order of their declaration.
    pub params: Vec<Data>,
    /// Effective settings, in order of their declaration.
    pub settings: Vec<Data>,
}

/// The declaration of a param or setting, by name and type.
pub fn spec(name: &str, ty: &str) -> ParamSpec {
    let (ty, default) = match ty {
        "integer" => (ParamType::Integer, Data::Int(0)),
        "float" => (ParamType::Float, Data::Float(0.0)),
        "boolean" => (ParamType::Boolean, Data::Bool(false)),
        _ => (ParamType::String, Data::text("")),
    };
    ParamSpec {
        name: name.into(),
        ty,
        default,
        min: None,
        max: None,
        options: Vec::new(),
        title: None,
        description: String::new(),
    }
}

/// Reads JSON text, keeping the order of keys.
pub fn json(text: &str) -> Result<Data, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

impl Bound {
    /// Binds a context without params and settings.
    pub fn context(text: &str, hook: Option<Hook>) -> Result<Bound, String> {
        let context = Context::from_data(&json(text)?, hook).map_err(|error| error.to_string())?;
        Ok(Bound { context, params: Vec::new(), settings: Vec::new() })
    }
}

/// The values of a JSON object, in the order of the specs; their defaults where they are left out.
pub fn inputs(specs: &[ParamSpec], given: &Data) -> Vec<Data> {
    let Data::Map(given) = given else { return specs.iter().map(|spec| spec.default.clone()).collect() };
    specs.iter().map(|spec| given.get(spec.name.as_str()).unwrap_or(&spec.default).clone()).collect()
}

impl Condition {
    /// Compiles an expression; the diagnostics where one of them is an error.
    pub fn compile(text: &str, scope: &ExpressionScope<'_>) -> Result<Condition, Vec<Diagnostic>> {
        let mut sink = Sink::default();
        let source = SourceId(0);
        let tree = syntax::parse(source, text, &OffsetMap::identity(), &mut sink);
        let checked = tree.and_then(|tree| check::expression(&tree, scope, &mut sink));
        let Some(plain) = checked.filter(|_| !sink.has_errors()) else { return Err(sink.finish()) };
        let mut emitter = Emitter::new();
        let locate = |span: oracle_compiler::source::Span| DebugSpan { start: span.start, end: span.end };
        let (mut values, mut truths) = (Vec::new(), Vec::new());
        for hir in [opt::run(plain.clone()), plain] {
            for (mode, chunks) in [(Mode::Value, &mut values), (Mode::Truth, &mut truths)] {
                match emitter.add(&hir, mode, text, &locate) {
                    Ok(chunk) => chunks.push(chunk),
                    Err(_) => return Err(sink.finish()),
                }
            }
        }
        let pack = verify::verify(emitter.finish())
            .unwrap_or_else(|error| panic!("the verifier refuses the code of {text:?}: {error:?}"));
        let warnings = sink.finish().into_iter().filter(|it| it.severity == Severity::Warning).collect();
        Ok(Condition { pack, values, truths, warnings })
    }

    /// Evaluates the optimised code; `read` sees the value.
    pub fn value<R>(
        &self,
        machine: &mut Machine,
        bound: &Bound,
        read: impl FnOnce(Value<'_>) -> R,
    ) -> Result<R, Fault> {
        self.run(machine, bound, self.values[0], read)
    }

    /// Whether the condition holds.
    pub fn truth(&self, machine: &mut Machine, bound: &Bound) -> Result<bool, Fault> {
        let (frame, scope) = frame_of(bound);
        machine.truth(&self.pack, self.truths[0], &frame, &scope)
    }

    fn run<R>(
        &self,
        machine: &mut Machine,
        bound: &Bound,
        chunk: ChunkId,
        read: impl FnOnce(Value<'_>) -> R,
    ) -> Result<R, Fault> {
        let (frame, scope) = frame_of(bound);
        machine.evaluate(&self.pack, chunk, &frame, &scope, read)
    }

    /// The value with its truth, after making sure that all four ways to run the condition agree.
    ///
    /// # Errors
    /// The fault of the optimised code.
    ///
    /// # Panics
    /// When the ways disagree.
    pub fn agreed(
        &self,
        machine: &mut Machine,
        bound: &Bound,
    ) -> Result<Result<(String, bool), Fault>, String> {
        let read = |value: Value<'_>| (canonical(value), oracle_vm::value::ops::truth(value));
        let value = self.run(machine, bound, self.values[0], read);
        let plain = self.run(machine, bound, self.values[1], read);
        let kind = |fault: &Fault| fault.trouble.kind();
        if value.as_ref().map_err(kind) != plain.as_ref().map_err(kind) {
            return Err(format!("optimised: {value:?}, not optimised: {plain:?}"));
        }
        let (frame, scope) = frame_of(bound);
        for chunk in &self.truths {
            let truth = machine.truth(&self.pack, *chunk, &frame, &scope);
            if truth.as_ref().map_err(kind) != value.as_ref().map(|it| &it.1).map_err(kind) {
                return Err(format!("as a value: {value:?}, as a truth: {truth:?}"));
            }
        }
        Ok(value)
    }
}

pub(crate) fn frame_of(bound: &Bound) -> (Frame<'_>, Scope<'_>) {
    let mut frame = Frame::new();
    bound.context.bind(&mut frame);
    (frame, Scope { params: &bound.params, settings: &bound.settings, state: bound.context.state() })
}

/// The value as text, as the Python driver writes it: equal when type and value are.
pub fn canonical(value: Value<'_>) -> String {
    let mut out = String::new();
    write(&mut out, value);
    out
}

fn row<'a>(out: &mut String, ends: [char; 2], items: impl Iterator<Item = Value<'a>>) {
    out.push(ends[0]);
    for (at, item) in items.enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(ends[1]);
}

fn write(out: &mut String, value: Value<'_>) {
    match value {
        Value::None => out.push('N'),
        Value::Bool(true) => out.push('T'),
        Value::Bool(false) => out.push('F'),
        Value::Int(i) => out.push_str(&format!("i{i}")),
        Value::Big(u) => out.push_str(&format!("i{u}")),
        Value::Float(x) if x.is_nan() => out.push_str("nan"),
        Value::Float(x) => out.push_str(&format!("f{:016x}", x.to_bits())),
        Value::Str(text, chars) => {
            assert_eq!(text.chars().count(), chars as usize, "the length of {text:?}");
            out.push_str(&format!("s{chars}:{text}"));
        }
        Value::Data(items) => row(out, ['[', ']'], items.iter().map(Data::value)),
        Value::List(items) => row(out, ['[', ']'], items.iter().copied()),
        Value::Tuple(items) => row(out, ['(', ')'], items.iter().copied()),
        Value::Map(map) => {
            let pairs = map.iter().map(|(key, value)| {
                let mut pair = format!("s{}:{}", key.chars(), key.as_str());
                write(&mut pair, value.value());
                pair
            });
            out.push_str(&format!("{{{}}}", pairs.collect::<Vec<_>>().join(",")));
        }
        Value::Record(record) => row(out, ['<', '>'], record.fields.iter().map(Data::value)),
    }
}

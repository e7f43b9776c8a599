//! Trees over the whole grammar. Directed by types, so that most of them are accepted; a share of the nodes
//! ignores the type that is asked for.

use super::expr::{Clause, Form, Node};
use super::rng::Rng;
use super::signatures::{
    A, FLOATS, FUNCTIONS, GUARDED, INPUTS, INTS, KEYS, METHODS, PATHS, PATTERNS, PAYLOAD_KEYS, Row, TEXTS, TOOL_FIELDS, ty,
};

/// The type that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Ty {
    /// A boolean.
    Bool,
    /// A whole number.
    Int,
    /// A float.
    Float,
    /// Any number.
    Num,
    /// Text.
    Str,
    /// `None`.
    None,
    /// A list.
    List(Box<Ty>),
    /// A map.
    Map,
    /// A tool call.
    Tool,
    /// Whatever.
    Any,
}

/// The generator.
pub struct Gen {
    /// Its random numbers.
    pub rng: Rng,
    vars: Vec<(String, Ty)>,
    /// How many of a hundred nodes ignore the type asked for.
    wild: usize,
}

const COMPARES: &[&str] = &["<", "<=", ">", ">=", "==", "!="];
const ARITHMETIC: &[&str] = &["+", "+", "-", "-", "*", "*", "/", "//", "%", "**"];

impl Gen {
    /// A generator from a seed.
    pub fn new(seed: u64) -> Gen {
        let mut rng = Rng::new(seed);
        let wild = *rng.pick(&[0, 0, 0, 2, 10]);
        Gen { rng, vars: Vec::new(), wild }
    }

    /// One expression.
    pub fn expression(&mut self) -> Node {
        let depth = *self.rng.pick(&[1, 2, 2, 3, 3, 4, 5]);
        let kind = self.rng.pick(&[Ty::Bool, Ty::Bool, Ty::Int, Ty::Float, Ty::Str, Ty::Any, Ty::Num]).clone();
        let kind = if self.rng.percent(12) { Ty::List(Box::new(kind)) } else { kind };
        self.node(&kind, depth)
    }

    fn any(&mut self) -> Ty {
        let elem = self.rng.pick(&[Ty::Int, Ty::Float, Ty::Str, Ty::Bool, Ty::Any]).clone();
        match self.rng.below(10) {
            0 => Ty::None,
            1 => Ty::List(Box::new(elem)),
            2 => Ty::Map,
            _ => elem,
        }
    }

    /// A node of this type, at most so deep.
    pub fn node(&mut self, kind: &Ty, depth: usize) -> Node {
        let mut kind = if self.rng.percent(self.wild) { self.any() } else { kind.clone() };
        for _ in 0..2 {
            kind = match kind {
                Ty::Any => self.any(),
                Ty::Num => self.rng.pick(&[Ty::Int, Ty::Int, Ty::Float, Ty::Bool]).clone(),
                _ => break,
            };
        }
        if depth == 0 || self.rng.percent(12) {
            return self.leaf(&kind);
        }
        match self.rng.below(100) {
            0..5 => {
                let kids = vec![self.node(&kind, depth - 1), self.node(&Ty::Bool, depth - 1), self.node(&kind, depth - 1)];
                Node::new(Form::If, kids)
            }
            5..9 => self.junction(&kind, depth),
            9..14 => self.guarded(&kind, depth),
            14..20 => self.element(&kind, depth),
            20..48 => self.call(&kind, depth),
            _ => self.typed(&kind, depth),
        }
    }

    fn junction(&mut self, kind: &Ty, depth: usize) -> Node {
        let form = if self.rng.percent(50) { Form::And } else { Form::Or };
        let count = 2 + self.rng.below(3) / 2;
        let kids = (0..count).map(|_| self.node(kind, depth - 1)).collect();
        Node::new(form, kids)
    }

    fn typed(&mut self, kind: &Ty, depth: usize) -> Node {
        match kind {
            Ty::Bool => self.boolean(depth),
            Ty::Int => self.arithmetic(&Ty::Int, depth),
            Ty::Float => self.arithmetic(&Ty::Float, depth),
            Ty::Str => self.string(depth),
            Ty::List(elem) => self.list(elem, depth),
            Ty::Map => self.map(depth),
            _ => self.leaf(kind),
        }
    }

    fn boolean(&mut self, depth: usize) -> Node {
        match self.rng.below(20) {
            0..2 => {
                let kid = self.node(&Ty::Any, depth - 1);
                Node::new(Form::Unary("not"), vec![kid])
            }
            2..5 => self.junction(&Ty::Bool, depth),
            5..12 => {
                let kind = self.rng.pick(&[Ty::Num, Ty::Num, Ty::Int, Ty::Float, Ty::Str, Ty::List(Box::new(Ty::Int))]).clone();
                let links = 1 + self.rng.below(8) / 6;
                let ops = (0..links).map(|_| *self.rng.pick(COMPARES)).collect();
                let kids = (0..=links).map(|_| self.node(&kind, depth - 1)).collect();
                Node::new(Form::Compare(ops), kids)
            }
            12..14 => {
                let op = *self.rng.pick(&["==", "!="]);
                let kids = vec![self.node(&Ty::Any, depth - 1), self.node(&Ty::Any, depth - 1)];
                Node::new(Form::Compare(vec![op]), kids)
            }
            14..16 => {
                let op = *self.rng.pick(&["is", "is not"]);
                let what = *self.rng.pick(&["None", "None", "None", "True", "False", "null"]);
                let kids = vec![self.node(&Ty::Any, depth - 1), Node::atom(what, "singleton")];
                Node::new(Form::Compare(vec![op]), kids)
            }
            _ => self.membership(depth),
        }
    }

    fn membership(&mut self, depth: usize) -> Node {
        let op = *self.rng.pick(&["in", "in", "not in"]);
        let (item, container) = match self.rng.below(6) {
            0 => (self.node(&Ty::Str, depth - 1), self.node(&Ty::Str, depth - 1)),
            1 => (self.arg(A::Key, depth, None), self.node(&Ty::Map, depth - 1)),
            2 | 3 => {
                let kind = self.rng.pick(&[Ty::Str, Ty::Int, Ty::Num, Ty::Any]).clone();
                let count = self.rng.below(4);
                let kids = (0..count).map(|_| self.node(&kind, depth - 1)).collect();
                (self.node(&kind, depth - 1), Node::new(Form::Tuple, kids))
            }
            4 => (self.node(&Ty::Any, depth - 1), self.iterable(depth)),
            _ => {
                let kind = self.any();
                (self.node(&kind, depth - 1), self.node(&Ty::List(Box::new(kind)), depth - 1))
            }
        };
        Node::new(Form::Compare(vec![op]), vec![item, container])
    }

    fn arithmetic(&mut self, kind: &Ty, depth: usize) -> Node {
        if self.rng.percent(15) {
            let op = *self.rng.pick(&["-", "-", "+"]);
            let kid = self.node(kind, depth - 1);
            return Node::new(Form::Unary(op), vec![kid]);
        }
        let op = *self.rng.pick(ARITHMETIC);
        let other = if *kind == Ty::Float { Ty::Num } else { kind.clone() };
        let left = self.node(kind, depth - 1);
        let right = match op {
            "**" => self.arg(A::Small, depth, None),
            _ => self.node(&other, depth - 1),
        };
        let kids = if op != "**" && self.rng.percent(20) { vec![right, left] } else { vec![left, right] };
        Node::new(Form::Binary(op), kids)
    }

    fn string(&mut self, depth: usize) -> Node {
        match self.rng.below(10) {
            0..3 => {
                let kids = vec![self.node(&Ty::Str, depth - 1), self.node(&Ty::Str, depth - 1)];
                Node::new(Form::Binary("+"), kids)
            }
            3 => {
                let kids = vec![self.node(&Ty::Str, depth - 1), self.arg(A::Small, depth, None)];
                Node::new(Form::Binary("*"), kids)
            }
            4..6 => {
                let kids = vec![self.node(&Ty::Str, depth - 1), self.index(depth)];
                Node::new(Form::Index, kids)
            }
            6..9 => {
                let of = self.node(&Ty::Str, depth - 1);
                self.slice(of, depth)
            }
            _ => self.leaf(&Ty::Str),
        }
    }

    fn index(&mut self, depth: usize) -> Node {
        let small = Node::atom(*self.rng.pick(&["0", "0", "1", "2", "5"]), "int");
        match self.rng.below(6) {
            0 => Node::new(Form::Unary("-"), vec![small]),
            1 => self.node(&Ty::Int, depth.saturating_sub(1)),
            _ => small,
        }
    }

    fn slice(&mut self, of: Node, depth: usize) -> Node {
        let given = [self.rng.percent(60), self.rng.percent(60), self.rng.percent(40)];
        let mut kids = vec![of];
        for there in given {
            if there {
                kids.push(if self.rng.percent(5) { Node::atom("None", "None") } else { self.index(depth) });
            }
        }
        Node::new(Form::Slice(given), kids)
    }

    fn list(&mut self, elem: &Ty, depth: usize) -> Node {
        match self.rng.below(10) {
            0..3 => self.literal_list(elem, depth),
            3..7 => self.comprehension(false, elem, depth),
            7 => {
                let whole = Ty::List(Box::new(elem.clone()));
                let kids = vec![self.node(&whole, depth - 1), self.node(&whole, depth - 1)];
                Node::new(Form::Binary("+"), kids)
            }
            8 => {
                let of = self.node(&Ty::List(Box::new(elem.clone())), depth - 1);
                self.slice(of, depth)
            }
            _ => {
                let whole = Ty::List(Box::new(elem.clone()));
                let kids = vec![self.node(&whole, depth - 1), self.arg(A::Small, depth, None)];
                Node::new(Form::Binary("*"), kids)
            }
        }
    }

    fn literal_list(&mut self, elem: &Ty, depth: usize) -> Node {
        let count = self.rng.below(4);
        let kids = (0..count).map(|_| self.node(elem, depth.saturating_sub(1))).collect();
        Node::new(Form::List, kids)
    }

    fn map(&mut self, depth: usize) -> Node {
        match self.rng.below(4) {
            0 => {
                let kids = vec![self.node(&Ty::Map, depth - 1), self.quoted("deep")];
                Node::new(Form::Index, kids)
            }
            1 => {
                let of = self.node(&Ty::Map, depth - 1);
                Node::new(Form::Attr("deep".into()), vec![of])
            }
            _ => self.leaf(&Ty::Map),
        }
    }

    /// Something to iterate over, and what its elements are.
    fn iterable_of(&mut self, depth: usize) -> (Node, Ty) {
        let depth = depth.saturating_sub(1);
        match self.rng.below(16) {
            0..3 => (self.path("history.tools"), Ty::Tool),
            3 => (self.path("history.messages"), Ty::Map),
            4 => (self.node(&Ty::Map, depth), Ty::Str),
            5 | 6 => {
                let name = *self.rng.pick(&["keys", "values", "items"]);
                let of = if self.rng.percent(70) { self.path("history.failures") } else { self.node(&Ty::Map, depth) };
                let kind = match name {
                    "keys" => Ty::Str,
                    "values" => Ty::Int,
                    _ => Ty::List(Box::new(Ty::Any)),
                };
                (Node::new(Form::Method(name.into(), None), vec![of]), kind)
            }
            7 => {
                let of = self.root("state");
                (Node::new(Form::Method("keys".into(), None), vec![of]), Ty::Str)
            }
            8 => {
                let (of, kind) = self.iterable_of(depth);
                (Node::new(Form::Call("reversed".into(), None), vec![of]), kind)
            }
            9 => (self.node(&Ty::Str, depth), Ty::Str),
            10 if depth > 0 => {
                let kind = self.any();
                (self.comprehension(true, &kind, depth), kind)
            }
            11 => {
                let kind = self.any();
                let count = self.rng.below(4);
                let kids = (0..count).map(|_| self.node(&kind, depth)).collect();
                (Node::new(Form::Tuple, kids), kind)
            }
            _ => {
                let kind = self.any();
                (self.node(&Ty::List(Box::new(kind.clone())), depth), kind)
            }
        }
    }

    fn iterable(&mut self, depth: usize) -> Node {
        self.iterable_of(depth).0
    }

    fn comprehension(&mut self, generator: bool, elem: &Ty, depth: usize) -> Node {
        let before = self.vars.len();
        let mut clauses = Vec::new();
        let mut kids = Vec::new();
        let depth = depth.saturating_sub(1);
        for round in 0..4 {
            if round == 0 || self.rng.percent(12) {
                self.for_clause(&mut clauses, &mut kids, depth);
            } else if self.rng.percent(25) {
                clauses.push(Clause::If);
                kids.push(self.node(&Ty::Bool, depth));
            }
        }
        let element = self.node(elem, depth);
        self.vars.truncate(before);
        kids.insert(0, element);
        Node::new(Form::Comp(generator, clauses), kids)
    }

    fn for_clause(&mut self, clauses: &mut Vec<Clause>, kids: &mut Vec<Node>, depth: usize) {
        let pairs = self.rng.percent(15);
        let (iter, kind) = if pairs {
            let of = self.path("history.failures");
            (Node::new(Form::Method("items".into(), None), vec![of]), Ty::Any)
        } else {
            self.iterable_of(depth.min(2))
        };
        kids.push(iter);
        let at = self.vars.len();
        let fresh = |at: usize| ["x", "y", "z", "t", "m", "k", "v", "w"].get(at % 8).map_or(String::new(), |it| (*it).to_string());
        if pairs || self.rng.percent(3) {
            let (a, b) = (fresh(at), fresh(at + 1));
            self.vars.push((a.clone(), Ty::Str));
            self.vars.push((b.clone(), Ty::Int));
            clauses.push(Clause::For(if self.rng.percent(10) { vec![format!("({a}"), format!("{b})")] } else { vec![a, b] }));
        } else {
            let name = fresh(at);
            self.vars.push((name.clone(), kind));
            clauses.push(Clause::For(vec![if self.rng.percent(1) { format!("{name},") } else { name }]));
        }
    }

    /// A path that may be `None`, behind a test of it.
    fn guarded(&mut self, kind: &Ty, depth: usize) -> Node {
        let fits: Vec<_> = GUARDED.iter().filter(|row| ty(row.2) == *kind).collect();
        if fits.is_empty() {
            return self.typed(kind, depth);
        }
        let (path, none, _) = **self.rng.pick(&fits);
        let test = |of: Node, op| Node::new(Form::Compare(vec![op]), vec![of, Node::atom("None", "singleton")]);
        let prefix = self.rng.percent(50);
        let at = |path: &str| Node::atom(if prefix { format!("context.{path}") } else { path.to_string() }, "path");
        let group = none.split('.').next().unwrap_or(none);
        let mut tests = Vec::new();
        if group == "result" && none != group {
            tests.push(test(at(group), "is not"));
        }
        tests.push(test(at(none), "is not"));
        let use_it = at(path);
        match self.rng.below(3) {
            0 => {
                tests.push(use_it);
                Node::new(Form::And, tests)
            }
            1 => {
                let other = self.node(kind, depth - 1);
                let all = if tests.len() == 1 { tests.remove(0) } else { Node::new(Form::And, tests) };
                Node::new(Form::If, vec![use_it, all, other])
            }
            _ => {
                let fails = if group == "result" && none != group {
                    vec![test(at(group), "is"), test(at(none), "is"), use_it]
                } else {
                    vec![test(at(none), "is"), use_it]
                };
                Node::new(Form::Or, fails)
            }
        }
    }

    /// An element of a list, a field of a record or a value of a map.
    fn element(&mut self, kind: &Ty, depth: usize) -> Node {
        match self.rng.below(6) {
            0..2 => {
                let of = self.node(&Ty::List(Box::new(kind.clone())), depth - 1);
                let at = self.index(depth);
                Node::new(Form::Index, vec![of, at])
            }
            2 => {
                let kids = vec![self.node(&Ty::Map, depth - 1), self.arg(A::Key, depth, None)];
                Node::new(Form::Index, kids)
            }
            3 => {
                let of = self.node(&Ty::Map, depth - 1);
                let key = *self.rng.pick(&["query", "limit", "ratio", "tags", "deep", "flag", "numbers"]);
                Node::new(Form::Attr(key.into()), vec![of])
            }
            4 => {
                let of = if self.rng.percent(50) { self.path("event") } else { Node::atom("context.event", "path") };
                let payload = Node::new(Form::Attr("payload".into()), vec![of]);
                let (key, _) = *self.rng.pick(PAYLOAD_KEYS);
                Node::new(Form::Attr(key.into()), vec![payload])
            }
            _ => {
                let mut kids = vec![self.root("state"), self.arg(A::Key, depth, None)];
                let name = *self.rng.pick(&["get", "get", "has"]);
                if name == "get" && self.rng.percent(60) {
                    kids.push(self.node(kind, depth - 1));
                }
                Node::new(Form::Method(name.into(), None), kids)
            }
        }
    }

    fn call(&mut self, kind: &Ty, depth: usize) -> Node {
        let table: &[Row] = if self.rng.percent(45) { FUNCTIONS } else { METHODS };
        let fits = |row: &&Row| {
            let gives = ty(row.3);
            gives == *kind || gives == Ty::Any || (gives == Ty::Num && matches!(kind, Ty::Int | Ty::Float))
        };
        let rows: Vec<&Row> = table.iter().filter(fits).collect();
        if rows.is_empty() {
            return self.typed(kind, depth);
        }
        let (name, receiver, args, _) = **self.rng.pick(&rows);
        let elem = match kind {
            Ty::Int | Ty::Float | Ty::Str => kind.clone(),
            _ => self.rng.pick(&[Ty::Int, Ty::Str, Ty::Num]).clone(),
        };
        let mut kids = Vec::new();
        if let Some(receiver) = receiver {
            kids.push(self.arg(receiver, depth, Some(&elem)));
        }
        let mut keyword = None;
        for arg in args {
            match arg {
                A::Keyword(name, arg) => {
                    keyword = Some(*name);
                    kids.push(self.arg(**arg, depth, Some(&elem)));
                }
                _ => kids.push(self.arg(*arg, depth, Some(&elem))),
            }
        }
        if self.rng.percent(self.wild / 2) && keyword.is_none() {
            kids.push(self.node(&Ty::Any, 0));
        }
        match receiver {
            None => Node::new(Form::Call(name.into(), keyword), kids),
            Some(_) => Node::new(Form::Method(name.into(), keyword), kids),
        }
    }

    fn arg(&mut self, kind: A, depth: usize, elem: Option<&Ty>) -> Node {
        let below = depth.saturating_sub(1);
        let elem = elem.cloned().unwrap_or(Ty::Int);
        match kind {
            A::Elem | A::Same => self.node(&elem, below),
            A::Ordered => self.node(&Ty::List(Box::new(elem)), below),
            A::Iter => self.iterable(depth),
            A::Small if self.rng.percent(85) => {
                let small = Node::atom(*self.rng.pick(&["0", "1", "2", "3", "10", "0.5", "62", "True"]), "int");
                if self.rng.percent(25) { Node::new(Form::Unary("-"), vec![small]) } else { small }
            }
            A::Small => Node::atom(*self.rng.pick(&["params.limit", "turn.number", "len(user.id)"]), "path"),
            A::Numeral => {
                let text = *self.rng.pick(&["0", "42", "-7", " 5 ", "1_0", "3.25", "nan", "-inf", "1e5", "x", "", "٣", "1e400", "+1"]);
                self.quoted(text)
            }
            A::ToolName if self.rng.percent(80) => {
                let text = *self.rng.pick(&["grep", "web_search", "vault_search", "é", "never"]);
                self.quoted(text)
            }
            A::Key if self.rng.percent(85) => {
                let text = *self.rng.pick(KEYS);
                self.quoted(text)
            }
            A::StrTuple => {
                let count = self.rng.below(4);
                let kids = (0..count).map(|_| self.node(&Ty::Str, below)).collect();
                Node::new(Form::Tuple, kids)
            }
            A::Pattern => {
                let text = *self.rng.pick(PATTERNS);
                Node::atom(format!("'{text}'"), "pattern")
            }
            other => self.node(&ty(other), below),
        }
    }

    fn path(&mut self, path: &str) -> Node {
        Node::atom(if self.rng.percent(50) { format!("context.{path}") } else { path.to_string() }, "path")
    }

    fn root(&mut self, name: &str) -> Node {
        self.path(name)
    }

    fn leaf(&mut self, kind: &Ty) -> Node {
        let vars: Vec<String> = self.vars.iter().filter(|var| var.1 == *kind || var.1 == Ty::Any).map(|var| var.0.clone()).collect();
        if !vars.is_empty() && self.rng.percent(60) {
            return Node::atom(self.rng.pick(&vars).clone(), "variable");
        }
        if let Some(of) = self.tool_variable().filter(|_| self.rng.percent(50)) {
            let fits: Vec<_> = TOOL_FIELDS.iter().filter(|row| ty(row.1) == *kind).collect();
            if !fits.is_empty() {
                let name = self.rng.pick(&fits).0;
                return Node::new(Form::Attr(name.into()), vec![of]);
            }
        }
        if self.rng.percent(45) {
            let rows: Vec<&str> = PATHS.iter().filter(|row| ty(row.1) == *kind).map(|row| row.0).collect();
            let inputs: Vec<&str> = INPUTS.iter().filter(|row| ty(row.1) == *kind).map(|row| row.0).collect();
            if !inputs.is_empty() && self.rng.percent(30) {
                return Node::atom(*self.rng.pick(&inputs), "input");
            }
            if !rows.is_empty() {
                let path = *self.rng.pick(&rows);
                return self.path(path);
            }
        }
        self.literal(kind)
    }

    fn tool_variable(&mut self) -> Option<Node> {
        let name = self.vars.iter().rev().find(|var| var.1 == Ty::Tool)?.0.clone();
        Some(Node::atom(name, "variable"))
    }

    fn literal(&mut self, kind: &Ty) -> Node {
        match kind {
            Ty::Bool => Node::atom(*self.rng.pick(&["True", "False", "true", "false"]), "bool"),
            Ty::Int => {
                let text = *self.rng.pick(INTS);
                Node::atom(text, if text.starts_with("0x") { "int hex" } else { "int" })
            }
            Ty::Float if self.rng.percent(12) => {
                let text = *self.rng.pick(&["float('nan')", "float('inf')", "float('-inf')"]);
                Node::atom(text, "special float")
            }
            Ty::Float => Node::atom(*self.rng.pick(FLOATS), "float"),
            Ty::Str => {
                let text = *self.rng.pick(TEXTS);
                self.quoted(text)
            }
            Ty::None => Node::atom(*self.rng.pick(&["None", "none", "null"]), "None"),
            Ty::List(elem) => {
                let elem = (**elem).clone();
                self.literal_list(&elem, 0)
            }
            Ty::Tool => {
                let of = self.path("history.tools");
                let at = self.index(0);
                Node::new(Form::Index, vec![of, at])
            }
            Ty::Map => {
                let path = *self.rng.pick(&["user.settings", "project.settings", "history.failures"]);
                self.path(path)
            }
            Ty::Num | Ty::Any => Node::atom(*self.rng.pick(INTS), "int"),
        }
    }

    /// A text literal, in one of the ways to write it.
    fn quoted(&mut self, text: &str) -> Node {
        let quote = if self.rng.percent(70) { '\'' } else { '"' };
        let escape_all = self.rng.percent(15);
        let mut out = String::from(quote);
        let mut kind = "text";
        for char in text.chars() {
            let code = char as u32;
            let named = match char {
                '\n' => Some("\\n"),
                '\t' => Some("\\t"),
                '\r' => Some("\\r"),
                '\\' => Some("\\\\"),
                _ => None,
            };
            if let Some(named) = named {
                out.push_str(named);
            } else if char == quote {
                out.push('\\');
                out.push(char);
            } else if code < 0x20 || (code < 0x100 && escape_all && code != 0x20) {
                kind = "text \\x";
                out.push_str(&format!("\\x{code:02x}"));
            } else if escape_all && code < 0x10000 && code != 0x20 {
                kind = "text \\u";
                out.push_str(&format!("\\u{code:04X}"));
            } else if escape_all && code >= 0x10000 {
                kind = "text \\U";
                out.push_str(&format!("\\U{code:08x}"));
            } else {
                out.push(char);
            }
        }
        out.push(quote);
        Node::atom(out, kind)
    }
}

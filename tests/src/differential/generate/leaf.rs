//! Leaves: paths, variables, literals; and the ways to reach into a value.

use super::super::expr::{Form, Node};
use super::super::signatures::{
    A, FLOATS, GUARDED, INPUTS, INTS, PATHS, PAYLOAD_KEYS, TEXTS, TOOL_FIELDS, ty,
};
use super::{Gen, Ty};

impl Gen {
    pub(super) fn guarded(&mut self, kind: &Ty, depth: usize) -> Node {
        let fits: Vec<_> = GUARDED.iter().filter(|row| ty(row.2) == *kind).collect();
        if fits.is_empty() {
            return self.typed(kind, depth);
        }
        let (path, none, _) = **self.rng.pick(&fits);
        let test =
            |of: Node, op| Node::new(Form::Compare(vec![op]), vec![of, Node::atom("None", "singleton")]);
        let prefix = self.rng.percent(50);
        let at = |path: &str| {
            Node::atom(if prefix { format!("context.{path}") } else { path.to_string() }, "path")
        };
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

    pub(super) fn element(&mut self, kind: &Ty, depth: usize) -> Node {
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
                let of = if self.rng.percent(50) {
                    self.path("event")
                } else {
                    Node::atom("context.event", "path")
                };
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

    pub(super) fn path(&mut self, path: &str) -> Node {
        Node::atom(if self.rng.percent(50) { format!("context.{path}") } else { path.to_string() }, "path")
    }

    pub(super) fn root(&mut self, name: &str) -> Node {
        self.path(name)
    }

    pub(super) fn leaf(&mut self, kind: &Ty) -> Node {
        let vars: Vec<String> = self
            .vars
            .iter()
            .filter(|var| var.1 == *kind || var.1 == Ty::Any)
            .map(|var| var.0.clone())
            .collect();
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

    pub(super) fn tool_variable(&mut self) -> Option<Node> {
        let name = self.vars.iter().rev().find(|var| var.1 == Ty::Tool)?.0.clone();
        Some(Node::atom(name, "variable"))
    }

    pub(super) fn literal(&mut self, kind: &Ty) -> Node {
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

    pub(super) fn quoted(&mut self, text: &str) -> Node {
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

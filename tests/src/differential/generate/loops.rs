//! Comprehensions, generators and what they iterate over.

use super::super::expr::{Clause, Form, Node};
use super::{Gen, Ty};

impl Gen {
    pub(super) fn iterable_of(&mut self, depth: usize) -> (Node, Ty) {
        let depth = depth.saturating_sub(1);
        match self.rng.below(16) {
            0..3 => (self.path("history.tools"), Ty::Tool),
            3 => (self.path("history.messages"), Ty::Map),
            4 => (self.node(&Ty::Map, depth), Ty::Str),
            5 | 6 => {
                let name = *self.rng.pick(&["keys", "values", "items"]);
                let of = if self.rng.percent(70) {
                    self.path("history.failures")
                } else {
                    self.node(&Ty::Map, depth)
                };
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

    pub(super) fn iterable(&mut self, depth: usize) -> Node {
        self.iterable_of(depth).0
    }

    pub(super) fn comprehension(&mut self, generator: bool, elem: &Ty, depth: usize) -> Node {
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

    pub(super) fn for_clause(&mut self, clauses: &mut Vec<Clause>, kids: &mut Vec<Node>, depth: usize) {
        let pairs = self.rng.percent(15);
        let (iter, kind) = if pairs {
            let of = self.path("history.failures");
            (Node::new(Form::Method("items".into(), None), vec![of]), Ty::Any)
        } else {
            self.iterable_of(depth.min(2))
        };
        kids.push(iter);
        let at = self.vars.len();
        let fresh = |at: usize| {
            ["x", "y", "z", "t", "m", "k", "v", "w"].get(at % 8).map_or(String::new(), |it| (*it).to_string())
        };
        if pairs || self.rng.percent(3) {
            let (a, b) = (fresh(at), fresh(at + 1));
            self.vars.push((a.clone(), Ty::Str));
            self.vars.push((b.clone(), Ty::Int));
            clauses.push(Clause::For(if self.rng.percent(10) {
                vec![format!("({a}"), format!("{b})")]
            } else {
                vec![a, b]
            }));
        } else {
            let name = fresh(at);
            self.vars.push((name.clone(), kind));
            clauses.push(Clause::For(vec![if self.rng.percent(1) { format!("{name},") } else { name }]));
        }
    }
}

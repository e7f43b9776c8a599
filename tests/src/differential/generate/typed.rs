//! Operators of each type.

use super::super::expr::{Form, Node};
use super::super::signatures::A;
use super::{ARITHMETIC, COMPARES, Gen, Ty};

impl Gen {
    pub(super) fn typed(&mut self, kind: &Ty, depth: usize) -> Node {
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

    pub(super) fn boolean(&mut self, depth: usize) -> Node {
        match self.rng.below(20) {
            0..2 => {
                let kid = self.node(&Ty::Any, depth - 1);
                Node::new(Form::Unary("not"), vec![kid])
            }
            2..5 => self.junction(&Ty::Bool, depth),
            5..12 => {
                let kind = self
                    .rng
                    .pick(&[Ty::Num, Ty::Num, Ty::Int, Ty::Float, Ty::Str, Ty::List(Box::new(Ty::Int))])
                    .clone();
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

    pub(super) fn membership(&mut self, depth: usize) -> Node {
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

    pub(super) fn arithmetic(&mut self, kind: &Ty, depth: usize) -> Node {
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

    pub(super) fn string(&mut self, depth: usize) -> Node {
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

    pub(super) fn index(&mut self, depth: usize) -> Node {
        let small = Node::atom(*self.rng.pick(&["0", "0", "1", "2", "5"]), "int");
        match self.rng.below(6) {
            0 => Node::new(Form::Unary("-"), vec![small]),
            1 => self.node(&Ty::Int, depth.saturating_sub(1)),
            _ => small,
        }
    }

    pub(super) fn slice(&mut self, of: Node, depth: usize) -> Node {
        let given = [self.rng.percent(60), self.rng.percent(60), self.rng.percent(40)];
        let mut kids = vec![of];
        for there in given {
            if there {
                kids.push(if self.rng.percent(5) { Node::atom("None", "None") } else { self.index(depth) });
            }
        }
        Node::new(Form::Slice(given), kids)
    }

    pub(super) fn list(&mut self, elem: &Ty, depth: usize) -> Node {
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

    pub(super) fn literal_list(&mut self, elem: &Ty, depth: usize) -> Node {
        let count = self.rng.below(4);
        let kids = (0..count).map(|_| self.node(elem, depth.saturating_sub(1))).collect();
        Node::new(Form::List, kids)
    }

    pub(super) fn map(&mut self, depth: usize) -> Node {
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
}

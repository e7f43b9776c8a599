//! Trees over the whole grammar. Directed by types, so that most of them are accepted; a share of the nodes
//! ignores the type that is asked for.

mod leaf;
mod loops;
mod typed;

use super::expr::{Form, Node};
use super::rng::Rng;
use super::signatures::{A, FUNCTIONS, KEYS, METHODS, PATTERNS, Row, ty};

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
        let kind =
            self.rng.pick(&[Ty::Bool, Ty::Bool, Ty::Int, Ty::Float, Ty::Str, Ty::Any, Ty::Num]).clone();
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
                let kids = vec![
                    self.node(&kind, depth - 1),
                    self.node(&Ty::Bool, depth - 1),
                    self.node(&kind, depth - 1),
                ];
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
                let small =
                    Node::atom(*self.rng.pick(&["0", "1", "2", "3", "10", "0.5", "62", "True"]), "int");
                if self.rng.percent(25) { Node::new(Form::Unary("-"), vec![small]) } else { small }
            }
            A::Small => Node::atom(*self.rng.pick(&["params.limit", "turn.number", "len(user.id)"]), "path"),
            A::Numeral => {
                let text = *self.rng.pick(&[
                    "0", "42", "-7", " 5 ", "1_0", "3.25", "nan", "-inf", "1e5", "x", "", "٣", "1e400", "+1",
                ]);
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
}

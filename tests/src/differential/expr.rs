//! The generator's own tree, and its text. Nothing here knows the compiler.

use super::rng::Rng;

/// What a node is; its operands are the node's children.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// A literal or a path, with the name under which it is counted.
    Atom(String, &'static str),
    /// `not`, `-`, `+`.
    Unary(&'static str),
    /// An arithmetic operator.
    Binary(&'static str),
    /// A chain; one operator less than children.
    Compare(Vec<&'static str>),
    /// Two or more.
    And,
    /// Two or more.
    Or,
    /// Children: value, test, other value.
    If,
    /// `[a, b]`
    List,
    /// `(a, b)`
    Tuple,
    /// Children: receiver, index.
    Index,
    /// Children: receiver, then the bounds that are there.
    Slice([bool; 3]),
    /// `.name`
    Attr(String),
    /// A call; where a keyword is given it belongs to the last child.
    Call(String, Option<&'static str>),
    /// A method call; the first child is the receiver.
    Method(String, Option<&'static str>),
    /// Children: element, then one for each clause. A generator where the flag is set.
    Comp(bool, Vec<Clause>),
}

/// A clause of a comprehension.
#[derive(Clone, Debug, PartialEq)]
pub enum Clause {
    /// `for` these targets; several unpack.
    For(Vec<String>),
    /// `if`
    If,
}

/// A node of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub form: Form,
    /// Its operands.
    pub kids: Vec<Node>,
}

const TERNARY: u8 = 0;
const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const COMPARE: u8 = 4;
const SUM: u8 = 5;
const PRODUCT: u8 = 6;
const UNARY: u8 = 7;
const POWER: u8 = 8;
const POSTFIX: u8 = 9;
const ATOM: u8 = 10;

impl Node {
    /// A node.
    pub fn new(form: Form, kids: Vec<Node>) -> Node {
        Node { form, kids }
    }
    /// A leaf.
    pub fn atom(text: impl Into<String>, kind: &'static str) -> Node {
        Node::new(Form::Atom(text.into(), kind), Vec::new())
    }
    /// How many nodes there are.
    pub fn size(&self) -> usize {
        1 + self.kids.iter().map(Node::size).sum::<usize>()
    }
    /// How deep it is.
    pub fn depth(&self) -> usize {
        1 + self.kids.iter().map(Node::depth).max().unwrap_or(0)
    }
    /// Its text, with the fewest parentheses. The style decides about white space and comments.
    pub fn text(&self, style: u64) -> String {
        let mut printer =
            Printer { out: String::new(), style: Rng::new(style), fancy: style.is_multiple_of(5) };
        printer.node(self, TERNARY);
        printer.out
    }
    /// Calls `visit` for each node.
    pub fn walk(&self, visit: &mut impl FnMut(&Node)) {
        visit(self);
        for kid in &self.kids {
            kid.walk(visit);
        }
    }

    fn level(&self) -> u8 {
        match &self.form {
            Form::Atom(_, kind) if kind.starts_with("int") || kind.starts_with("float") => ATOM - 2,
            Form::Atom(..) | Form::List | Form::Tuple | Form::Comp(..) => ATOM,
            Form::Unary("not") => NOT,
            Form::Unary(_) => UNARY,
            Form::Binary("+" | "-") => SUM,
            Form::Binary("**") => POWER,
            Form::Binary(_) => PRODUCT,
            Form::Compare(_) => COMPARE,
            Form::And => AND,
            Form::Or => OR,
            Form::If => TERNARY,
            Form::Index | Form::Slice(_) | Form::Attr(_) | Form::Call(..) | Form::Method(..) => POSTFIX,
        }
    }
}

struct Printer {
    out: String,
    style: Rng,
    fancy: bool,
}

impl Printer {
    /// Writes a node that stands where only this level or a tighter one may stand.
    fn node(&mut self, node: &Node, least: u8) {
        let number = node.level() == ATOM - 2 && matches!(node.form, Form::Atom(..));
        let bare = if number { least <= POWER || least == ATOM } else { node.level() >= least };
        let singleton = matches!(node.form, Form::Atom(_, "singleton"));
        let extra = self.fancy && !singleton && self.style.percent(4);
        if bare && !extra {
            return self.form(node);
        }
        self.put("(");
        self.form(node);
        self.put(")");
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn space(&mut self) {
        if self.fancy && self.style.percent(6) {
            let odd = *self.style.pick(&["  ", "\n", "\t", " # note: 'x' (\n", "\r\n "]);
            self.out.push_str(odd);
        } else {
            self.out.push(' ');
        }
    }

    fn infix(&mut self, op: &str) {
        self.space();
        self.put(op);
        self.space();
    }

    fn list(&mut self, nodes: &[Node], least: u8) {
        for (at, node) in nodes.iter().enumerate() {
            if at > 0 {
                self.put(",");
                self.space();
            }
            self.node(node, least);
        }
    }

    fn form(&mut self, node: &Node) {
        let kids = &node.kids;
        match &node.form {
            Form::Atom(text, _) => self.put(text),
            Form::Unary("not") => {
                self.put("not");
                self.space();
                self.node(&kids[0], NOT);
            }
            Form::Unary(op) => {
                self.put(op);
                self.node(&kids[0], UNARY);
            }
            Form::Binary(op) => {
                let (left, right) = match node.level() {
                    POWER => (POSTFIX, UNARY),
                    level => (level, level + 1),
                };
                self.power_base(&kids[0], left);
                self.infix(op);
                self.node(&kids[1], right);
            }
            Form::Compare(ops) => {
                self.node(&kids[0], SUM);
                for (op, kid) in ops.iter().zip(&kids[1..]) {
                    self.infix(op);
                    self.node(kid, SUM);
                }
            }
            Form::And | Form::Or => {
                for (at, kid) in kids.iter().enumerate() {
                    if at > 0 {
                        self.infix(if node.form == Form::And { "and" } else { "or" });
                    }
                    self.node(kid, node.level() + 1);
                }
            }
            Form::If => {
                self.node(&kids[0], OR);
                self.infix("if");
                self.node(&kids[1], OR);
                self.infix("else");
                self.node(&kids[2], TERNARY);
            }
            _ => self.bracketed(node),
        }
    }

    /// The left operand of an operator; numbers need no parentheses there, whatever the level.
    fn power_base(&mut self, node: &Node, least: u8) {
        let number = node.level() == ATOM - 2 && matches!(node.form, Form::Atom(..));
        self.node(node, if number { TERNARY } else { least });
    }

    fn bracketed(&mut self, node: &Node) {
        let kids = &node.kids;
        match &node.form {
            Form::List => {
                self.put("[");
                self.list(kids, TERNARY);
                self.put("]");
            }
            Form::Tuple => {
                self.put("(");
                self.list(kids, TERNARY);
                self.put(if kids.len() == 1 { ",)" } else { ")" });
            }
            Form::Index => {
                self.node(&kids[0], POSTFIX);
                self.put("[");
                self.node(&kids[1], TERNARY);
                self.put("]");
            }
            Form::Slice(given) => {
                self.node(&kids[0], POSTFIX);
                self.put("[");
                let mut rest = kids[1..].iter();
                for (at, there) in given.iter().enumerate() {
                    if at == 1 || (at == 2 && *there) {
                        self.put(":");
                    }
                    if let (true, Some(kid)) = (*there, if *there { rest.next() } else { None }) {
                        self.node(kid, TERNARY);
                    }
                }
                self.put("]");
            }
            Form::Attr(name) => {
                self.node(&kids[0], POSTFIX);
                self.put(".");
                self.put(name);
            }
            Form::Call(name, keyword) => {
                self.put(name);
                self.arguments(kids, *keyword);
            }
            Form::Method(name, keyword) => {
                self.node(&kids[0], POSTFIX);
                self.put(".");
                self.put(name);
                self.arguments(&kids[1..], *keyword);
            }
            Form::Comp(generator, clauses) => self.comprehension(kids, *generator, clauses),
            _ => {}
        }
    }

    fn arguments(&mut self, args: &[Node], keyword: Option<&'static str>) {
        self.put("(");
        if let [Node { form: Form::Comp(true, clauses), kids }] = args {
            self.clauses(kids, clauses);
        } else {
            for (at, arg) in args.iter().enumerate() {
                if at > 0 {
                    self.put(",");
                    self.space();
                }
                if let (Some(keyword), true) = (keyword, at + 1 == args.len()) {
                    self.put(keyword);
                    self.put("=");
                }
                self.node(arg, TERNARY);
            }
        }
        self.put(")");
    }

    fn comprehension(&mut self, kids: &[Node], generator: bool, clauses: &[Clause]) {
        self.put(if generator { "(" } else { "[" });
        self.clauses(kids, clauses);
        self.put(if generator { ")" } else { "]" });
    }

    fn clauses(&mut self, kids: &[Node], clauses: &[Clause]) {
        self.node(&kids[0], TERNARY);
        for (clause, kid) in clauses.iter().zip(&kids[1..]) {
            match clause {
                Clause::For(targets) => {
                    self.infix("for");
                    self.put(&targets.join(", "));
                    self.infix("in");
                }
                Clause::If => self.infix("if"),
            }
            self.node(kid, OR);
        }
    }
}

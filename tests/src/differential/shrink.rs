//! Smaller failing cases: the tree is cut down as long as the case still fails.

use super::expr::{Form, Node};

/// The smallest tree found that still fails, after at most so many attempts.
pub fn shrink(mut node: Node, mut attempts: usize, mut fails: impl FnMut(&Node) -> bool) -> Node {
    'again: loop {
        let mut smaller = candidates(&node);
        smaller.sort_by_key(Node::size);
        for candidate in smaller {
            if attempts == 0 {
                return node;
            }
            attempts -= 1;
            if fails(&candidate) {
                node = candidate;
                continue 'again;
            }
        }
        return node;
    }
}

/// Trees with one change that makes them smaller or simpler.
fn candidates(node: &Node) -> Vec<Node> {
    let mut found: Vec<Node> = node.kids.clone();
    if node.size() > 1 {
        found.extend(["0", "''", "[]", "True", "None", "1.5"].map(|leaf| Node::atom(leaf, "literal")));
    } else if let Form::Atom(text, _) = &node.form {
        found.extend(
            ["0", "1", "''", "'a'"]
                .iter()
                .filter(|leaf| leaf.len() < text.len())
                .map(|leaf| Node::atom(*leaf, "literal")),
        );
    }
    let least = match node.form {
        Form::And | Form::Or => Some(2),
        Form::List | Form::Tuple => Some(0),
        _ => None,
    };
    for at in 0..node.kids.len() {
        if least.is_some_and(|least| node.kids.len() > least) {
            let mut fewer = node.clone();
            fewer.kids.remove(at);
            found.push(fewer);
        }
        for kid in candidates(&node.kids[at]) {
            let mut changed = node.clone();
            changed.kids[at] = kid;
            found.push(changed);
        }
    }
    if let Form::Compare(ops) = &node.form
        && ops.len() > 1
    {
        let mut fewer = node.clone();
        fewer.kids.pop();
        fewer.form = Form::Compare(ops[..ops.len() - 1].to_vec());
        found.push(fewer);
    }
    found
}

//! Condition text to tokens (logos) to AST (chumsky), and back to text.

pub mod ast;

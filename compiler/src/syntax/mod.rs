//! Condition text to tokens (logos) to AST (chumsky), and back to text.
//!
//! ```text
//! text --lexer--> tokens --parser/grammar--> ast::Expr --print--> text
//!                    \--mend--> tokens without the mistakes it reported --parser/grammar--> ast::Expr with Error nodes
//! ```

pub mod ast;
mod lexer;
mod literal;
mod mend;
mod parser;
mod print;
mod token;

pub use parser::parse;
pub use print::print;

/// Where the tokens of a condition stand, in bytes: what the lexer alone makes of a text. Whatever is no token of
/// the language has a place too, so that the places cover everything but white space and comments.
///
/// ```
/// assert_eq!(oracle_compiler::syntax::token_places("turn.number > 3"), [0..4, 4..5, 5..11, 12..13, 14..15]);
/// ```
pub fn token_places(text: &str) -> Vec<std::ops::Range<u32>> {
    lexer::lex(text).places
}

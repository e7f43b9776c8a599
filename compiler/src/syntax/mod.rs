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

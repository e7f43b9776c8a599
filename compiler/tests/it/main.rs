//! Tests of the compiler through its public surface.

mod syntax_tree;

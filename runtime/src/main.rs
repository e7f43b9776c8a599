//! The command `oracle`.
fn main() {}

//! The `homeroom` command.
fn main() {}

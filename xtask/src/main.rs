//! Checks and tasks of the workspace.
fn main() {}

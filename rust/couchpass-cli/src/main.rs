//! The `couchpass` command.

fn main() {}

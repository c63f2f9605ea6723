//! Doors for the fuzzer to what is private, behind a feature that nothing that ships turns on. Each states what must hold.

pub use crate::store::{check_store_content, check_store_file};

//! The software statement: over the input as it is, and over its lines as the parts of a statement, in Base64.

#![no_main]

use couchpass::fuzzing::{check_statement, token_of};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    check_statement(input);
    let lines: Vec<_> = input.split('\n').map(str::as_bytes).collect();
    check_statement(&token_of(&lines));
});

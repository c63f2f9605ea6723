//! The look into a platform token: over the input as it is, and over its lines as the parts of a token, in Base64.

#![no_main]

use couchpass::fuzzing::{check_platform_token, token_of};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    check_platform_token(input);
    let lines: Vec<_> = input.split('\n').map(str::as_bytes).collect();
    check_platform_token(&token_of(&lines));
});

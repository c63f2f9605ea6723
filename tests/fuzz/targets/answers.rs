//! Every endpoint of both APIs over any answer. The first line of an input is the status, the rest the body.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let (line, body) = match input.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&input[..end], &input[end + 1..]),
        None => (input, &[][..]),
    };
    // A line that is no number is a success: the fuzzer need not learn to count to get on.
    let status = std::str::from_utf8(line).ok().and_then(|line| line.parse().ok()).unwrap_or(200);
    couchpass::fuzzing::check_answer(status, body);
});

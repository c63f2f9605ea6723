//! The body of a refusal: enhanced errors, older ones in JSON and XML, and whatever else may stand there.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| couchpass::fuzzing::check_complaint(body));

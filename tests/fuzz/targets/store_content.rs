//! What is inside the store's file, sealed with the right key so that it gets as far as being read.

#![no_main]

use device_auth::{StoreKey, fuzzing::check_store_content};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| check_store_content(content, &StoreKey::new([7; 32])));

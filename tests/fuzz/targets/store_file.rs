//! The store's file, as anybody may have left it.

#![no_main]

use device_auth::{StoreKey, fuzzing::check_store_file};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| check_store_file(content, &StoreKey::new([7; 32])));

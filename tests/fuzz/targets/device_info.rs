//! The description of a device, there and back. The lines of an input are model, system, its version, and then further
//! fields as `name=value`.

#![no_main]

use couchpass::DeviceInfo;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let mut lines = input.split('\n');
    let mut line = || lines.next().unwrap_or_default();
    let info = DeviceInfo::new(line(), line(), line());
    let info = lines
        .filter_map(|line| line.split_once('='))
        .fold(info, |info, (name, value)| info.with(name, value));
    couchpass::fuzzing::check_device_info(&info);
});

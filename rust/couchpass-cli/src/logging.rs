//! Log lines on standard error, for those who ask with `-v`.

use log::LevelFilter;

/// Our own crates; the command's own target is named like the client's. Others are left out: what a library below writes
/// at its most talkative is not ours to vouch for.
const OURS: [&str; 3] = ["couchpass", "couchpass_sandbox", "device_auth"];

/// Starts the log that `-v`, `-vv` or `-vvv` asks for.
pub(crate) fn start(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => LevelFilter::Info,
        2 => LevelFilter::Debug,
        _ => LevelFilter::Trace,
    };
    let mut builder = env_logger::Builder::new();
    for target in OURS {
        builder.filter_module(target, level);
    }
    builder.init();
}

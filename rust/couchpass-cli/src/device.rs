//! What the device says about itself.

use std::fs;

use couchpass::DeviceInfo;

/// What the device says about itself; Adobe may let authentications on unknown devices end sooner.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Device")]
pub(crate) struct DeviceArguments {
    /// What kind of device it is, as in Adobe's list: Desktop, TV, SetTopBox, …
    #[arg(
        long,
        value_name = "TYPE",
        default_value = "Desktop",
        env = "COUCHPASS_DEVICE_TYPE",
        hide_env_values = true
    )]
    device_type: String,

    /// The model
    #[arg(
        long,
        value_name = "MODEL",
        default_value = "couchpass-cli",
        env = "COUCHPASS_DEVICE_MODEL",
        hide_env_values = true
    )]
    device_model: String,

    /// The operating system, as in Adobe's list: Linux, Mac OS, Windows, Android, … [default: this machine's]
    #[arg(long, value_name = "NAME", env = "COUCHPASS_DEVICE_OS", hide_env_values = true)]
    device_os: Option<String>,

    /// The version of the operating system [default: this machine's, where it is easily known]
    #[arg(long, value_name = "VERSION", env = "COUCHPASS_DEVICE_OS_VERSION", hide_env_values = true)]
    device_os_version: Option<String>,
}

impl DeviceArguments {
    pub(crate) fn info(&self) -> DeviceInfo {
        let os = self.device_os.clone().unwrap_or_else(|| own_os().to_owned());
        let version = self.device_os_version.clone().unwrap_or_else(own_os_version);
        DeviceInfo::new(&self.device_model, os, version)
            .with("primaryHardwareType", &self.device_type)
            .version(env!("CARGO_PKG_VERSION"))
    }
}

/// As Adobe spells it.
fn own_os() -> &'static str {
    match std::env::consts::OS {
        "macos" => "Mac OS",
        "windows" => "Windows",
        "openbsd" => "OpenBSD",
        _ => "Linux",
    }
}

fn own_os_version() -> String {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let release = release.trim();
    if release.is_empty() { "unknown".to_owned() } else { release.to_owned() }
}

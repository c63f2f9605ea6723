//! A sandbox in a process of its own, so that its memory can be told from the devices'.

use std::{fs, process::Stdio};

use serde::Serialize;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use super::control::Control;
use crate::failure::Failure;

/// Ends with this, and with this process, whatever ends that.
#[derive(Debug)]
pub(super) struct OwnSandbox {
    process: Child,
    pub(super) control: Control,
}

/// What a process has in memory, in units of 1024 bytes.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Memory {
    pub(super) before_kb: u64,
    pub(super) after_kb: u64,
    pub(super) peak_kb: u64,
}

impl OwnSandbox {
    pub(super) async fn start() -> Result<Self, Failure> {
        let failed = |error: &dyn std::fmt::Display| {
            Failure::configuration(
                format!("no sandbox can be started: {error}"),
                "run couchpass sandbox to see why",
            )
        };
        let program = std::env::current_exe().map_err(|error| failed(&error))?;
        let mut process = Command::new(program)
            .args(["sandbox", "--json", "--quiet", "--control-port", "0", "--until-input-ends"])
            // Nothing is ever written to it: the system closes it, also for a process that is killed.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| failed(&error))?;
        let said = process.stdout.take().map(BufReader::new).ok_or_else(|| failed(&"it cannot be heard"))?;
        let line = said.lines().next_line().await.map_err(|error| failed(&error))?.unwrap_or_default();
        let started: Value = serde_json::from_str(&line).unwrap_or_default();
        let control = started["control"].as_str().ok_or_else(|| failed(&"it has not come up"))?;
        Ok(Self { process, control: Control::at(control)? })
    }

    /// What it takes now, and has taken at most; nothing on a system that does not say.
    pub(super) fn memory(&self) -> Option<(u64, u64)> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()?)).ok()?;
        let kilobytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse().ok()
        };
        Some((kilobytes("VmRSS:")?, kilobytes("VmHWM:")?))
    }
}

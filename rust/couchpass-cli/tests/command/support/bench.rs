//! One user on one machine, and the commands that they run.

use std::{
    io::Write as _,
    path::PathBuf,
    process::Stdio,
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use couchpass_sandbox::Sandbox;
use device_auth::{FileStore, StoreKey};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::{Api, Outcome, Running, in_time, process::Keyboard, terminal::Terminal};

/// One user on one machine. What their commands write is kept, to look for secrets in it.
pub(crate) struct Bench {
    pub(crate) home: TempDir,
    settings: Vec<(&'static str, String)>,
    written: Arc<Mutex<String>>,
}

impl Bench {
    /// Without any settings: what the command makes of the bare machine.
    pub(crate) fn bare() -> Self {
        Self { home: tempfile::tempdir().unwrap(), settings: Vec::new(), written: Arc::default() }
    }

    /// Settled in front of a sandbox, as the app Lantern TV.
    pub(crate) fn at(sandbox: &Sandbox, api: Api) -> Self {
        let statement = sandbox.software_statement_for("Lantern TV").unwrap();
        let bench = Self::bare()
            .set("COUCHPASS_API", api.name())
            .set("COUCHPASS_API_URL", sandbox.api_url())
            .set("COUCHPASS_SP_URL", sandbox.sp_url())
            .set("COUCHPASS_REQUESTOR", "LANTERN");
        let statement = bench.file("lantern.jwt", &statement);
        bench.set("COUCHPASS_SOFTWARE_STATEMENT_FILE", statement.to_str().unwrap())
    }

    pub(crate) fn set(mut self, variable: &'static str, value: impl Into<String>) -> Self {
        self.settings.retain(|(known, _)| *known != variable);
        self.settings.push((variable, value.into()));
        self
    }

    pub(crate) fn unset(mut self, variable: &'static str) -> Self {
        self.settings.retain(|(known, _)| *known != variable);
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub(crate) fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Runs a command to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Outcome {
        let output = in_time(self.command(arguments).output()).await.unwrap();
        let outcome = Outcome {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        };
        if !arguments.contains(&"--print-media-token") {
            self.written.lock().unwrap().push_str(&outcome.out);
        }
        self.written.lock().unwrap().push_str(&outcome.err);
        outcome
    }

    /// Runs a command to its end, with its standard output in a file.
    pub(crate) async fn run_into(&self, file: &str, arguments: &[&str]) -> Outcome {
        let file = std::fs::OpenOptions::new().write(true).open(file).unwrap();
        let child = self.command(arguments).stdout(file).spawn().unwrap();
        let output = in_time(child.wait_with_output()).await.unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        Outcome { code: output.status.code().unwrap(), out: String::new(), err }
    }

    /// Starts a command, to be watched line by line.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        self.follow(self.command(arguments).spawn().unwrap())
    }

    /// The same, with somebody at the keyboard.
    pub(crate) fn start_with_keyboard(&self, arguments: &[&str]) -> (Running, Keyboard) {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        let keyboard = Keyboard::of(&mut child);
        (self.follow(child), keyboard)
    }

    /// The same, on a terminal of its own.
    pub(crate) fn start_on_terminal(&self, arguments: &[&str]) -> Terminal {
        Terminal::start(self.command(arguments))
    }

    /// Signs in by a code that somebody approves.
    pub(crate) async fn sign_in_as(&self, sandbox: &Sandbox, account: &str) {
        let mut sign_in = self.start(&["sign-in", "--json"]);
        let code = sign_in.event("code").await["code"].as_str().unwrap().to_owned();
        sandbox.viewer(account).approve(&code).await.unwrap();
        sign_in.event("signed_in").await;
        assert_eq!(sign_in.end().await.code, 0);
    }

    /// What another program makes of a text.
    pub(crate) fn run_elsewhere(&self, program: &str, input: &str) -> String {
        let mut command = std::process::Command::new(program);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{program}: {:?}", output.status);
        String::from_utf8(output.stdout).unwrap()
    }

    fn follow(&self, child: Child) -> Running {
        Running::follow(child, Arc::clone(&self.written))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_couchpass"));
        command
            .args(arguments)
            .env_clear()
            .current_dir(self.home.path())
            .env("HOME", self.home.path())
            .envs(self.settings.clone());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    /// Nobody holds the state, and what is in it can be read, down to the last byte.
    #[track_caller]
    pub(crate) fn assert_state_is_whole(&self) {
        let key = std::fs::read_to_string(self.path(".config/couchpass/store.key")).unwrap();
        let key = STANDARD.decode(key.trim()).unwrap();
        let store = self.path(".local/state/couchpass/store");
        let opened = FileStore::open(&store, StoreKey::new(key.try_into().unwrap())).unwrap();
        assert_eq!(opened.lost(), None);
        assert!(!store.with_extension("unreadable").exists(), "something was set aside");
    }

    /// No command has written any of these.
    pub(crate) fn assert_unseen(&self, secrets: &[String]) {
        let written = self.written.lock().unwrap();
        for secret in secrets {
            assert!(secret.len() > 8, "too short to be looked for");
            assert!(!written.contains(secret.as_str()), "{}… was written", &secret[..4]);
        }
    }
}

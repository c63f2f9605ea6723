//! A sandbox, a directory to call home, and the command in front of them.

use std::{
    io::{Read as _, Write as _},
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use couchpass_sandbox::{Endpoint, Sandbox};
use device_auth::{FileStore, StoreKey};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::mpsc,
    task::JoinHandle,
};

/// The signal that no process can catch.
const SIGKILL: i32 = 9;
/// What is not said by then is never said: a test fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(120);

/// Every test named, once on each API: as `v1::name` and `v2::name`.
macro_rules! on_both_apis {
    ($($name:ident),+ $(,)?) => {
        mod v1 {
            $(#[tokio::test] async fn $name() { super::$name(crate::support::Api::V1).await })+
        }
        mod v2 {
            $(#[tokio::test] async fn $name() { super::$name(crate::support::Api::V2).await })+
        }
    };
}
pub(crate) use on_both_apis;

/// Which of Adobe's APIs a test is about, and which endpoint of the sandbox does what there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    V1,
    V2,
}

impl Api {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
        }
    }

    /// Finds what Adobe knows of the device.
    pub(crate) fn find(self) -> Endpoint {
        match self {
            Self::V1 => Endpoint::AuthnToken,
            Self::V2 => Endpoint::Profiles,
        }
    }

    /// Brings a code.
    pub(crate) fn open(self) -> Endpoint {
        match self {
            Self::V1 => Endpoint::CreateCode,
            Self::V2 => Endpoint::CreateSession,
        }
    }

    /// Asks whether the code has been used, and the number of the first such call in a sign-in.
    pub(crate) fn poll(self) -> (Endpoint, u64) {
        match self {
            Self::V1 => (Endpoint::AuthnToken, 2),
            Self::V2 => (Endpoint::CodeProfile, 1),
        }
    }

    /// What it takes to a media token.
    pub(crate) fn watch(self) -> &'static [Endpoint] {
        match self {
            Self::V1 => &[Endpoint::Authorize, Endpoint::MediaToken],
            Self::V2 => &[Endpoint::AuthorizeDecisions],
        }
    }

    /// Lists the TV providers.
    pub(crate) fn list(self) -> Endpoint {
        match self {
            Self::V1 => Endpoint::ProviderList,
            Self::V2 => Endpoint::Configuration,
        }
    }

    /// Marks a list of channels.
    pub(crate) fn mark(self) -> Endpoint {
        match self {
            Self::V1 => Endpoint::Preauthorize,
            Self::V2 => Endpoint::PreauthorizeDecisions,
        }
    }

    pub(crate) fn log_out(self) -> Endpoint {
        match self {
            Self::V1 => Endpoint::Logout,
            Self::V2 => Endpoint::MvpdLogout,
        }
    }
}

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

    /// Starts a command, to be watched line by line.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        self.follow(self.command(arguments).spawn().unwrap())
    }

    /// The same, with somebody at the keyboard.
    pub(crate) fn start_with_keyboard(&self, arguments: &[&str]) -> (Running, Keyboard) {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        let keyboard = Keyboard(child.stdin.take().unwrap());
        (self.follow(child), keyboard)
    }

    /// The same, on a terminal of its own.
    pub(crate) fn start_on_terminal(&self, arguments: &[&str]) -> Terminal {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
        let theirs = || std::fs::OpenOptions::new().read(true).write(true).open(&name).unwrap();
        let mut command = self.command(arguments);
        let child = command.stdin(theirs()).stdout(theirs()).stderr(theirs()).spawn().unwrap();
        let (write, written) = mpsc::unbounded_channel();
        // On a thread of its own: a terminal cannot be waited for as a socket can.
        std::thread::spawn(move || {
            let (mut ours, mut buffer) = (std::fs::File::from(ours), [0; 4096]);
            // Once the other end is closed, reading fails.
            while let Ok(count @ 1..) = ours.read(&mut buffer) {
                if write.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Terminal { child, written, bytes: Vec::new(), screen: String::new() }
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

    fn follow(&self, mut child: Child) -> Running {
        let out = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut err = child.stderr.take().unwrap();
        let errors = tokio::spawn(async move {
            let mut text = String::new();
            err.read_to_string(&mut text).await.unwrap();
            text
        });
        Running { child, out, errors, written: Arc::clone(&self.written) }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_couchpass"));
        command.args(arguments).env_clear().env("HOME", self.home.path()).envs(self.settings.clone());
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

/// The standard input of a command; it ends when this is dropped.
pub(crate) struct Keyboard(ChildStdin);

impl Keyboard {
    pub(crate) async fn enter(&mut self) {
        self.0.write_all(b"\n").await.unwrap();
        self.0.flush().await.unwrap();
    }
}

/// A command on a terminal, and what stands on it, escape sequences included.
pub(crate) struct Terminal {
    child: Child,
    written: mpsc::UnboundedReceiver<Vec<u8>>,
    bytes: Vec<u8>,
    screen: String,
}

impl Terminal {
    /// Waits until the screen shows this.
    pub(crate) async fn shown(&mut self, is_shown: impl Fn(&str) -> bool) {
        while !is_shown(&self.screen) {
            assert!(self.next().await, "it ended too early: {}", self.screen);
        }
    }

    pub(crate) fn screen(&self) -> &str {
        &self.screen
    }

    /// Waits for its end: the exit code, and all that was ever shown.
    pub(crate) async fn end(mut self) -> (i32, String) {
        while self.next().await {}
        let code = in_time(self.child.wait()).await.unwrap().code().unwrap();
        (code, self.screen)
    }

    async fn next(&mut self) -> bool {
        let Some(written) = in_time(self.written.recv()).await else { return false };
        self.bytes.extend(written);
        self.screen = String::from_utf8_lossy(&self.bytes).into_owned();
        true
    }
}

/// What a command has said, and how it ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Outcome {
    /// Its lines of JSON.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.out.lines().map(parse).collect()
    }

    /// Its only event.
    pub(crate) fn event(&self) -> Value {
        let mut events = self.events();
        assert_eq!(events.len(), 1, "{self:?}");
        events.remove(0)
    }

    #[track_caller]
    pub(crate) fn assert_refused(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{self:?}");
        for word in words {
            assert!(self.err.contains(word), "{word:?} is not in: {}", self.err);
        }
        assert!(self.err.contains("  do: "), "no remedy in: {}", self.err);
    }
}

/// A command under way.
pub(crate) struct Running {
    child: Child,
    out: Lines<BufReader<ChildStdout>>,
    errors: JoinHandle<String>,
    written: Arc<Mutex<String>>,
}

impl Running {
    pub(crate) async fn line(&mut self) -> Option<String> {
        let line = in_time(self.out.next_line()).await.unwrap();
        if let Some(line) = &line {
            self.written.lock().unwrap().push_str(&format!("{line}\n"));
        }
        line
    }

    /// The next event of this name.
    pub(crate) async fn event(&mut self, name: &str) -> Value {
        loop {
            let event = self.any_event().await;
            if event["event"] == name {
                return event;
            }
        }
    }

    /// The next event.
    pub(crate) async fn any_event(&mut self) -> Value {
        match self.line().await {
            Some(line) => parse(&line),
            None => panic!("it ended too early: {:?}", self.child.wait().await),
        }
    }

    /// The next line with these words.
    pub(crate) async fn line_with(&mut self, words: &str) -> String {
        while let Some(line) = self.line().await {
            if line.contains(words) {
                return line;
            }
        }
        panic!("it ended without {words:?}")
    }

    /// Ctrl-C.
    pub(crate) async fn interrupt(&self) {
        let id = self.child.id().unwrap().to_string();
        let sent = Command::new("sh").args(["-c", "kill -s INT \"$1\"", "sh", &id]).status().await.unwrap();
        assert!(sent.success());
    }

    /// kill -9, unless it has ended by itself just before.
    pub(crate) async fn kill_if_alive(mut self) {
        // Fails only for a process that has ended.
        let _ = self.child.start_kill();
        self.child.wait().await.unwrap();
    }

    /// kill -9; when this returns, nothing is left of the process.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
        let status = self.child.wait().await.unwrap();
        assert_eq!(status.signal(), Some(SIGKILL), "it ended before it was killed: {status}");
    }

    /// Waits for its end.
    pub(crate) async fn end(mut self) -> Outcome {
        let mut out = String::new();
        while let Some(line) = self.line().await {
            out.push_str(&format!("{line}\n"));
        }
        let code = in_time(self.child.wait()).await.unwrap().code().unwrap();
        let err = self.errors.await.unwrap();
        self.written.lock().unwrap().push_str(&err);
        Outcome { code, out, err }
    }
}

async fn in_time<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.expect("it neither speaks nor ends")
}

fn parse(line: &str) -> Value {
    let event: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line:?}"));
    assert!(event["event"].is_string(), "{line}");
    event
}

pub(crate) fn mode(file: &Path) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(file).unwrap().permissions()) & 0o777
}

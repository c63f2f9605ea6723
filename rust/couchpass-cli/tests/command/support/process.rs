//! A command under way, its keyboard, and what it has said when it is over.

use std::{
    os::unix::process::ExitStatusExt as _,
    sync::{Arc, Mutex},
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    task::JoinHandle,
};

use super::in_time;

/// The signal that no process can catch.
const SIGKILL: i32 = 9;

/// The standard input of a command; it ends when this is dropped.
pub(crate) struct Keyboard(ChildStdin);

impl Keyboard {
    pub(super) fn of(child: &mut Child) -> Self {
        Self(child.stdin.take().unwrap())
    }

    pub(crate) async fn enter(&mut self) {
        self.0.write_all(b"\n").await.unwrap();
        self.0.flush().await.unwrap();
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
    /// What it writes is kept in `written`, too.
    pub(super) fn follow(mut child: Child, written: Arc<Mutex<String>>) -> Self {
        let out = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut err = child.stderr.take().unwrap();
        let errors = tokio::spawn(async move {
            let mut text = String::new();
            err.read_to_string(&mut text).await.unwrap();
            text
        });
        Self { child, out, errors, written }
    }

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

    /// kill -9; when this returns, nobody holds its standard error any more, nor does what it has started.
    pub(crate) async fn kill_and_see_all_end(mut self) {
        self.child.kill().await.unwrap();
        in_time(self.errors).await.unwrap();
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

fn parse(line: &str) -> Value {
    let event: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line:?}"));
    assert!(event["event"].is_string(), "{line}");
    event
}

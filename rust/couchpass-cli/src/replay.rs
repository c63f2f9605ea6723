//! `couchpass sandbox --replay` and `--world-of`: a recorded case on a sandbox that has never seen anything.

use std::{fs, path::Path};

use couchpass_sandbox::{Case, Replay, Sandbox};

use crate::{event::Event, exit::Exit, failure::Failure, output::Output};

/// The most of an answer that people are shown.
const MOST: usize = 300;

/// Replays the case in a file. It is well when every answer is as recorded.
pub(crate) async fn run(file: &Path, sandbox: &Sandbox, output: Output) -> Result<Exit, Failure> {
    let case = read(file)?;
    let replay = sandbox.replay(&case).await.map_err(|error| unusable(file, &error))?;
    let event =
        Event::Replayed { requests: replay.requests, same: replay.same(), differences: &replay.differences };
    output.tell(&event, |_| in_words(&replay));
    Ok(if replay.same() { Exit::Ok } else { Exit::Support })
}

/// Lets a sandbox begin where the recorded one did.
pub(crate) async fn set_up(file: &Path, sandbox: &Sandbox) -> Result<(), Failure> {
    sandbox.set_up(&read(file)?).await.map_err(|error| unusable(file, &error))
}

fn read(file: &Path) -> Result<Case, Failure> {
    let text = fs::read_to_string(file).map_err(|error| unusable(file, &error))?;
    Case::from_json(&text).map_err(|error| unusable(file, &error))
}

fn unusable(file: &Path, error: &dyn std::error::Error) -> Failure {
    Failure::configuration(
        format!("the case {} cannot be used: {error}", file.display()),
        "record one: GET /case of the control API, or \"Save as a case\" on the dashboard (docs/sandbox.md)",
    )
}

fn in_words(replay: &Replay) -> String {
    if replay.same() {
        return format!("{} requests, each answered as recorded.", replay.requests);
    }
    let mut lines = vec![format!("{} requests, and these differences:", replay.requests)];
    for one in &replay.differences {
        lines.push(format!("  request {}, {}: {}", one.number, one.call, one.what));
        lines.push(format!("    recorded  {}", beginning(&one.recorded)));
        lines.push(format!("    replayed  {}", beginning(&one.replayed)));
    }
    lines.join("\n")
}

fn beginning(text: &str) -> String {
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST).chain(['…']).collect()
}

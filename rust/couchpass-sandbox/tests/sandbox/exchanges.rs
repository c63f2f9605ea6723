//! The log of exchanges: what a sandbox was asked and what it answered, for other programs to read.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

use couchpass_sandbox::{App, Effect, Endpoint, Fault, Sandbox};
use serde_json::{Value, json};

use crate::support::{Ask, DEVICE_INFO, Device, builder, register};

/// A directory that goes away with its test.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("couchpass-exchanges-{}-{name}", process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    fn entries(&self) -> Vec<Value> {
        entries(&self.0)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn entries(directory: &Path) -> Vec<Value> {
    let files =
        fs::read_dir(directory).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let lines: Vec<_> = files.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn start(place: &Place) -> Sandbox {
    builder().exchanges(&place.0).start().await.unwrap()
}

fn header<'a>(message: &'a Value, name: &str) -> Option<&'a str> {
    let headers = message["headers"].as_array().unwrap();
    headers.iter().find(|header| header["name"] == name).and_then(|header| header["value"].as_str())
}

#[tokio::test]
async fn a_line_holds_the_request_and_its_answer_in_clear() {
    let place = Place::new("clear");
    let sandbox = start(&place).await;
    let statement = sandbox.software_statement(App::default());
    let answer = register(&sandbox, &statement).await;
    let entries = place.entries();
    let [entry] = entries.as_slice() else { panic!("one exchange, one line: {entries:?}") };
    assert_eq!(entry["startedDateTime"], "2023-11-14T22:13:20.000Z");
    assert_eq!((&entry["_endpoint"], &entry["_origin"]), (&json!("register"), &json!("sp")));
    assert_eq!(entry.get("_fault"), None);
    let (request, response) = (&entry["request"], &entry["response"]);
    assert_eq!(request["method"], "POST");
    assert_eq!(request["url"], format!("{}/o/client/register", sandbox.sp_url()));
    assert_eq!(header(request, "x-device-info"), Some(DEVICE_INFO));
    assert_eq!(request["postData"]["mimeType"], "application/json");
    assert_eq!(request["postData"]["text"], json!({ "software_statement": statement }).to_string());
    assert_eq!((&response["status"], &response["statusText"]), (&json!(201), &json!("Created")));
    assert_eq!(response["content"]["mimeType"], answer.header("content-type"));
    assert_eq!(response["content"]["text"], answer.text);
    assert_eq!(response["content"]["size"], answer.text.len());
}

#[tokio::test]
async fn each_sandbox_has_a_file_that_nobody_else_may_read() {
    let place = Place::new("files");
    let (_one, _other) = (start(&place).await, start(&place).await);
    let files: Vec<_> = fs::read_dir(&place.0).unwrap().map(|file| file.unwrap()).collect();
    assert_eq!(files.len(), 2);
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_query_is_there_as_sent_and_as_pairs() {
    let place = Place::new("query");
    let sandbox = start(&place).await;
    Ask::new("GET", format!("{}/api/v1/nowhere?a=1%202&b", sandbox.api_url())).answer().await;
    let entry = &place.entries()[0];
    assert_eq!(entry["request"]["url"], format!("{}/api/v1/nowhere?a=1%202&b", sandbox.api_url()));
    let pairs = json!([{ "name": "a", "value": "1 2" }, { "name": "b", "value": "" }]);
    assert_eq!(entry["request"]["queryString"], pairs);
    assert_eq!((&entry["_endpoint"], &entry["response"]["status"]), (&Value::Null, &json!(404)));
}

#[tokio::test]
async fn a_fault_is_named_and_a_cut_has_no_status() {
    let place = Place::new("faults");
    let sandbox = start(&place).await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    for effect in [Effect::Drop, Effect::Truncate { keep: 3 }, Effect::Oversized { bytes: 2_000_000 }] {
        sandbox.faults().add(Fault::new(effect).on(Endpoint::CheckAuthn));
        let _ = device.ask("GET", "/api/v1/checkauthn", &[]).send().await;
    }
    let entries = place.entries();
    let told = |at: usize| {
        let (entry, response) = (&entries[at], &entries[at]["response"]);
        json!([entry["_fault"], response["status"], response["content"]["size"], response["content"]["text"]])
    };
    assert_eq!(told(2), json!(["drop", 0, 0, null]));
    assert_eq!(told(3)[0], "truncate");
    assert_eq!(told(3)[2], 3);
    assert_eq!(told(4), json!(["oversized", 200, -1, ""]));
}

#[tokio::test]
async fn a_client_that_went_away_leaves_a_line_too() {
    let place = Place::new("gone");
    let sandbox = start(&place).await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    sandbox.faults().add(Fault::new(Effect::Hold { name: "gate".into() }).on(Endpoint::CheckAuthn));
    let asking = tokio::spawn(device.ask("GET", "/api/v1/checkauthn", &[]).send());
    sandbox.faults().held("gate").await;
    asking.abort();
    sandbox.recorder().wait_until(|requests| requests.len() == 3 && requests[2].ended).await;
    let entries = place.entries();
    assert_eq!((&entries[2]["_fault"], &entries[2]["response"]["status"]), (&json!("hold"), &json!(0)));
}

/// What a suite does that knows nothing of the log: [`the_environment_is_enough`] runs it in a process of its own.
#[tokio::test]
async fn a_suite_like_any_other() {
    let sandbox = builder().start().await.unwrap();
    register(&sandbox, "no statement").await;
}

#[test]
fn the_environment_is_enough() {
    let place = Place::new("environment");
    let status = process::Command::new(env::current_exe().unwrap())
        .args(["--exact", "exchanges::a_suite_like_any_other"])
        .env("COUCHPASS_SANDBOX_EXCHANGES", &place.0)
        .env("CARGO_PKG_NAME", "my-suite")
        .stdout(process::Stdio::null())
        .status();
    assert!(status.unwrap().success());
    let entries = entries(&place.0.join("my-suite"));
    assert_eq!((entries.len(), &entries[0]["response"]["status"]), (1, &json!(400)));
}

#[tokio::test]
async fn a_directory_that_cannot_be_made_is_told_at_the_start() {
    let place = Place::new("none");
    fs::write(&place.0, "a file").unwrap();
    let error = builder().exchanges(place.0.join("below")).start().await.unwrap_err().to_string();
    assert!(error.starts_with("cannot write exchanges into "), "{error}");
    fs::remove_file(&place.0).unwrap();
}

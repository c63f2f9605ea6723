//! The doctor finds what is wrong with a set-up, names it, says what to do, and asks for next to nothing.

use std::{fs, os::unix::fs::PermissionsExt as _, time::Duration};

use couchpass_sandbox::{Effect, Fault, Sandbox};
use serde_json::Value;

use crate::support::{Api, Bench, Outcome, on_both_apis};

on_both_apis! {
    a_sound_set_up_has_nothing_wrong,
    a_statement_of_the_other_api,
    a_statement_that_is_cut_off_or_revoked,
    a_clock_that_is_hours_off,
    a_requestor_that_the_service_does_not_know,
    a_requestor_that_the_statement_is_not_for,
    a_platform_token_that_is_cut_off_unsigned_or_expired,
    device_information_that_is_incomplete,
    a_state_of_another_key,
    a_state_that_another_process_uses,
    a_state_that_others_can_read,
    a_service_that_refuses_for_the_rate,
    several_things_at_once_worst_first,
}

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OTHER_KEY: &str = "//////////////////////////////////////////8=";

/// What it has found, and how it ended.
pub(crate) struct Findings {
    pub(crate) code: i32,
    pub(crate) all: Vec<Value>,
    pub(crate) requests: u64,
}

impl Findings {
    fn of(outcome: &Outcome) -> Self {
        let mut all = outcome.events();
        let done = all.pop().unwrap();
        assert_eq!(done["event"], "doctor_done", "{outcome:?}");
        assert!(all.iter().all(|event| event["event"] == "finding"), "{outcome:?}");
        let count = |severity: &str| all.iter().filter(|finding| finding["severity"] == severity).count();
        assert_eq!(done["errors"].as_u64(), Some(count("error") as u64));
        assert_eq!(done["warnings"].as_u64(), Some(count("warning") as u64));
        assert!(count("duty") >= 5, "the app's own duties are named");
        let order = ["error", "warning", "note", "ok", "duty"];
        let place = |finding: &Value| order.iter().position(|name| finding["severity"] == *name).unwrap();
        assert!(
            all.windows(2).all(|pair| place(&pair[0]) <= place(&pair[1])),
            "the worst comes first: {outcome:?}"
        );
        for finding in &all {
            let is_wrong = place(finding) < 2;
            assert_eq!(finding["remedy"].is_string(), is_wrong, "what is wrong has a remedy: {finding}");
        }
        Self { code: outcome.code, all, requests: done["requests"].as_u64().unwrap() }
    }

    pub(crate) fn with(&self, severity: &str) -> Vec<&str> {
        self.all
            .iter()
            .filter(|finding| finding["severity"] == severity)
            .map(|finding| finding["check"].as_str().unwrap())
            .collect()
    }

    /// What is said about this.
    #[track_caller]
    pub(crate) fn about(&self, check: &str) -> String {
        let found = self.all.iter().find(|finding| finding["check"] == check);
        let found = found.unwrap_or_else(|| panic!("nothing about {check} in {:?}", self.all));
        format!("{} {}", found["message"].as_str().unwrap(), found["remedy"].as_str().unwrap_or_default())
    }

    /// This one thing is wrong, and these words are among what is said about it.
    #[track_caller]
    pub(crate) fn assert_wrong(&self, code: i32, check: &str, words: &[&str]) {
        assert_eq!((self.code, self.with("error")), (code, vec![check]), "{:?}", self.all);
        for word in words {
            assert!(self.about(check).contains(word), "{word:?} is not in: {}", self.about(check));
        }
    }
}

pub(crate) async fn examine(bench: &Bench, arguments: &[&str]) -> Findings {
    Findings::of(&bench.run(&[["doctor", "--json"].as_slice(), arguments].concat()).await)
}

async fn a_sound_set_up_has_nothing_wrong(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let token = sandbox.platform_token("living-room");
    let bench = Bench::at(&sandbox, api);
    let token_file = bench.file("token", &token).to_str().unwrap().to_owned();
    let bench = bench.set("COUCHPASS_PLATFORM_TOKEN_FILE", token_file);

    let offline = examine(&bench, &["--offline"]).await;
    assert_eq!((offline.code, offline.requests, offline.with("error").len()), (0, 0, 0), "{:?}", offline.all);
    assert!(sandbox.recorder().requests().is_empty());

    let first = examine(&bench, &["-vvv"]).await;
    assert_eq!((first.code, first.requests), (0, 3), "register, token, configuration: {:?}", first.all);
    assert!(first.with("error").is_empty() && first.with("warning").is_empty(), "{:?}", first.all);
    for check in [
        "environment",
        "statement_scope",
        "device_info",
        "host",
        "rate",
        "registration",
        "service",
        "clock",
        "platform_token",
    ] {
        assert!(first.with("ok").contains(&check), "{check} is not in {:?}", first.with("ok"));
    }
    assert!(first.about("service").contains("LANTERN with 4 TV providers"));
    assert!(first.about("session").contains("nobody"));

    // Registered and signed in by now: one request will do.
    bench.sign_in_as(&sandbox, "basic").await;
    sandbox.recorder().clear();
    let second = examine(&bench, &[]).await;
    assert_eq!((second.code, second.requests), (0, 1), "{:?}", second.all);
    assert_eq!(sandbox.recorder().requests().len(), 1);
    assert!(second.about("session").contains("Harborlight") && second.about("state").contains("can be read"));

    let told = bench.run(&["doctor"]).await;
    for words in
        ["ok: this machine's clock agrees", "docs/duties.md", "M13", "Nothing is wrong; 1 request made."]
    {
        assert!(told.out.contains(words), "{words:?} is not in: {}", told.out);
    }
    let statement = sandbox.software_statement_for("Lantern TV").unwrap();
    let key = fs::read_to_string(bench.path(".config/couchpass/store.key")).unwrap();
    bench.assert_unseen(&[vec![token, statement, key.trim().to_owned()], sandbox.secrets()].concat());
}

async fn a_statement_of_the_other_api(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let (app, has, needs) = match api {
        Api::V1 => ("v2 only", "api:client:v2", "api:client:v1"),
        Api::V2 => ("Lantern Web", "api:client:v1", "api:client:v2"),
    };
    let statement = sandbox.software_statement_for(app).unwrap();
    let bench = Bench::at(&sandbox, api);
    let file = bench.file("other.jwt", &statement).to_str().unwrap().to_owned();
    let found = examine(&bench, &["--software-statement", &file]).await;
    found.assert_wrong(4, "statement_scope", &[has, needs, "--api"]);
    assert!(sandbox.recorder().requests().is_empty(), "nothing was to be learnt by asking");
    bench.assert_unseen(&[statement]);
}

async fn a_statement_that_is_cut_off_or_revoked(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let whole = sandbox.software_statement_for("Lantern TV").unwrap();
    for keep in [whole.len() - 9, whole.rfind('.').unwrap(), 20] {
        let file = bench.file("cut.jwt", &whole[..keep]).to_str().unwrap().to_owned();
        examine(&bench, &["--software-statement", &file]).await.assert_wrong(4, "statement", &["download"]);
    }
    examine(&bench, &["--software-statement", "nowhere.jwt"]).await.assert_wrong(
        4,
        "statement",
        &["nowhere.jwt"],
    );
    assert!(sandbox.recorder().requests().is_empty());

    let revoked = sandbox.software_statement_for("revoked").unwrap();
    let file = bench.file("revoked.jwt", &revoked).to_str().unwrap().to_owned();
    let found = examine(&bench, &["--software-statement", &file]).await;
    found.assert_wrong(4, "registration", &["revoked", "unapproved_software_statement"]);
    assert_eq!(found.requests, 1);
    bench.assert_unseen(&[whole, revoked]);
}

async fn a_clock_that_is_hours_off(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    sandbox.clock().advance(Duration::from_secs(3 * 3600 + 20 * 60));
    examine(&bench, &[]).await.assert_wrong(4, "clock", &["3 h", "behind", "set the clock"]);
    sandbox.clock().set(sandbox.clock().now() - 8 * 3_600_000);
    examine(&bench, &[]).await.assert_wrong(4, "clock", &["4 h", "ahead of"]);
    // Minutes are worth a warning, and end no script.
    sandbox.clock().set(sandbox.clock().now() + (4 * 60 + 30) * 60_000);
    let minutes = examine(&bench, &[]).await;
    assert_eq!((minutes.code, minutes.with("warning")), (0, vec!["clock"]), "{:?}", minutes.all);
}

#[tokio::test]
async fn nothing_is_set_up_yet() {
    let found = examine(&Bench::bare(), &[]).await;
    let errors = found.with("error");
    assert_eq!(
        (found.code, found.requests, errors),
        (4, 0, vec!["api", "environment", "requestor", "statement"])
    );
}

async fn a_requestor_that_the_service_does_not_know(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let found = examine(&bench, &["--requestor", "NOBODY"]).await;
    found.assert_wrong(4, "requestor", &["NOBODY", "has set up for the channel"]);
    assert_eq!(found.requests, 3);
    examine(&bench, &["--requestor", ""]).await.assert_wrong(4, "settings", &["requestor id", "REF30"]);
}

async fn a_requestor_that_the_statement_is_not_for(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let statement = sandbox.software_statement_for("Meridian only").unwrap();
    let file = bench.file("meridian.jwt", &statement).to_str().unwrap().to_owned();
    let found = examine(&bench, &["--software-statement", &file]).await;
    assert_eq!(found.code, 4, "{:?}", found.all);
    let check = found.with("error")[0];
    assert!(matches!(check, "requestor" | "registration"), "{:?}", found.all);
    assert!(found.about(check).contains("registered application"), "{}", found.about(check));
}

async fn a_platform_token_that_is_cut_off_unsigned_or_expired(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let builder = || sandbox.platform_token_builder("living-room");
    let whole = builder().build();
    for (token, words) in [
        (whole[..whole.len() - 5].to_owned(), "cut off"),
        (whole[..whole.rfind('.').unwrap()].to_owned(), "2 parts"),
        (builder().unsigned().build(), "not signed"),
        (builder().expired().build(), "expired"),
        (builder().malformed(), "no JWT"),
    ] {
        let file = bench.file("token", &token).to_str().unwrap().to_owned();
        examine(&bench, &["--offline", "--platform-token", &file]).await.assert_wrong(
            4,
            "platform_token",
            &[words],
        );
        bench.assert_unseen(&[token]);
    }
    // By the service's clock, and not by this machine's, it has not begun to be too old.
    let bench = Bench::at(&sandbox, api);
    let file = bench.file("token", &builder().lives_for(3_600).build()).to_str().unwrap().to_owned();
    sandbox.clock().advance(Duration::from_secs(2 * 3600));
    let found = examine(&bench, &["--platform-token", &file]).await;
    assert!(found.about("platform_token").contains("expired"), "{:?}", found.all);
    assert!(sandbox.recorder().requests().iter().all(|request| request.platform_token_carriers().is_empty()));
}

async fn device_information_that_is_incomplete(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let found = examine(&bench, &["--device-model", "", "--device-os-version", ""]).await;
    found.assert_wrong(4, "device_info", &["model, osVersion", "--device-model"]);
    assert!(sandbox.recorder().requests().is_empty());
}

async fn a_state_of_another_key(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api).set("COUCHPASS_STORE_KEY", KEY);
    bench.sign_in_as(&sandbox, "basic").await;
    let state = bench.path(".local/state/couchpass/store");
    let before = fs::read(&state).unwrap();
    let bench = bench.set("COUCHPASS_STORE_KEY", OTHER_KEY);
    let found = examine(&bench, &[]).await;
    found.assert_wrong(4, "state", &["another key", "sign you out", "COUCHPASS_STORE_KEY"]);
    assert_eq!(fs::read(&state).unwrap(), before, "it has looked and not touched");
    assert!(!state.with_extension("unreadable").exists());

    let bench = bench.unset("COUCHPASS_STORE_KEY");
    examine(&bench, &[]).await.assert_wrong(4, "state_key", &["no key"]);
    assert!(!bench.path(".config/couchpass/store.key").exists(), "it makes no key");
    let text = bench.file("key", "hello").to_str().unwrap().to_owned();
    examine(&bench, &["--store-key-file", &text]).await.assert_wrong(4, "state_key", &["32 bytes"]);

    let bench = bench.set("COUCHPASS_STORE_KEY", OTHER_KEY);
    bench.run(&["status"]).await;
    let set_aside = examine(&bench, &[]).await;
    assert_eq!(set_aside.with("warning"), ["state_lost"], "{:?}", set_aside.all);
    let bench = bench.set("COUCHPASS_STORE_KEY", KEY);
    assert_eq!(bench.run(&["status"]).await.code, 0, "nothing is lost");
    bench.assert_unseen(&[KEY.to_owned(), OTHER_KEY.to_owned()]);
}

async fn a_state_that_another_process_uses(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let mut sign_in = bench.start(&["sign-in", "--json"]);
    sign_in.event("code").await;
    let found = examine(&bench, &[]).await;
    found.assert_wrong(4, "state_locked", &["another process", "--state"]);
    assert_eq!(found.requests, 0);
    sign_in.interrupt().await;
    assert_eq!(sign_in.end().await.code, 130, "it was not disturbed");
}

async fn a_state_that_others_can_read(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    bench.sign_in_as(&sandbox, "basic").await;
    let key = bench.path(".config/couchpass/store.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let found = examine(&bench, &["--offline"]).await;
    assert_eq!((found.code, found.with("warning")), (0, vec!["state_permissions"]), "{:?}", found.all);
    assert!(
        found.about("state_permissions").contains("644")
            && found.about("state_permissions").contains("chmod 600")
    );
}

async fn a_service_that_refuses_for_the_rate(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let fault = sandbox.faults().add(Fault::new(Effect::TooManyRequests).on(api.list()).always());
    let found = examine(&bench, &[]).await;
    found.assert_wrong(5, "rate", &["429", "few minutes"]);
    let refused =
        || sandbox.recorder().requests().iter().filter(|request| request.status == Some(429)).count();
    assert_eq!((found.requests, refused()), (3, 1), "one refusal is enough");

    // The next process remembers it.
    sandbox.faults().remove(fault);
    let after = examine(&bench, &[]).await;
    assert_eq!((after.code, after.with("warning"), after.requests), (0, vec!["rate"], 1), "{:?}", after.all);
    assert!(after.about("rate").contains("ago"), "{}", after.about("rate"));
}

async fn several_things_at_once_worst_first(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let token = bench.file("token", "hello").to_str().unwrap().to_owned();
    let all_wrong = ["--software-statement", "nowhere", "--device-model", "", "--platform-token", &token];
    let found = examine(&bench, &all_wrong).await;
    assert_eq!(found.code, 4);
    assert_eq!(found.with("error"), ["statement", "device_info", "platform_token"]);
    let told = bench.run(&[["doctor"].as_slice(), &all_wrong].concat()).await;
    assert!(told.out.starts_with("error: ") && told.out.contains("\n  do: "), "{}", told.out);
    assert!(told.out.ends_with("3 errors, no warnings; no requests made.\n"), "{}", told.out);

    let bench = bench.unset("COUCHPASS_API").unset("COUCHPASS_SP_URL");
    let nowhere = examine(&bench, &[]).await;
    assert_eq!((nowhere.code, nowhere.with("error")), (4, vec!["api", "environment"]));
}

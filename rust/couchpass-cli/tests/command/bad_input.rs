//! Mistakes are answered with what is wrong and what to do, and with an exit code that a script can act on.

use couchpass_sandbox::Sandbox;

use crate::support::{Api, Bench, on_both_apis};

on_both_apis! {
    settings_that_are_missing_or_wrong_are_named,
    a_statement_that_the_service_does_not_accept_is_explained,
    a_service_that_is_away_is_for_later,
}

async fn settings_that_are_missing_or_wrong_are_named(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let environment = ["--environment", "staging"];
    bench.run(&[["status"].as_slice(), &environment].concat()).await.assert_refused(4, &["release-staging"]);
    let http = ["--api-url", "http://example.com", "--sp-url", "http://example.com"];
    bench.run(&[["status"].as_slice(), &http].concat()).await.assert_refused(4, &["https"]);
    bench.run(&["status", "--requestor", ""]).await.assert_refused(4, &["requestor", "REF30"]);
    bench.run(&["authorize", "<rss><channel>"]).await.assert_refused(4, &["MRSS", "<title>"]);
    bench.run(&["status", "--device-model", ""]).await.assert_refused(4, &["model"]);

    let nowhere = ["--software-statement", "nowhere.jwt"];
    let missing = bench.run(&[["sign-in"].as_slice(), &nowhere].concat()).await;
    missing.assert_refused(4, &["nowhere.jwt", "COUCHPASS_SOFTWARE_STATEMENT"]);
    let home = bench.home.path().to_str().unwrap();
    bench.run(&["sign-in", "--software-statement", home]).await.assert_refused(4, &["cannot be read"]);
    bench.run(&["sign-in", "--platform-token", "nowhere"]).await.assert_refused(4, &["platform token"]);
    bench.run(&["sign-in", "--tls-root", "nowhere"]).await.assert_refused(4, &["--tls-root"]);
    let empty = bench.file("empty", " \n").to_str().unwrap().to_owned();
    bench.run(&["sign-in", "--software-statement", &empty]).await.assert_refused(4, &["is empty"]);
    let text = bench.file("text", "hello").to_str().unwrap().to_owned();
    bench.run(&["sign-in", "--software-statement", &text]).await.assert_refused(4, &["signed JWT"]);
    bench.run(&["status", "--store-key-file", &text]).await.assert_refused(4, &["32 bytes", "urandom"]);
    bench.run(&["status", "--state", &text]).await.assert_refused(4, &["--state"]);
    assert!(
        sandbox.recorder().requests().is_empty(),
        "a mistake in the settings is found before any request"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_statement_may_come_out_of_a_pipe() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, Api::V2);
    let pipe = bench.path("pipe");
    for command in ["providers", "doctor"] {
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let (statement, into) = (sandbox.software_statement_for("Lantern TV").unwrap(), pipe.clone());
        // It waits until somebody reads, and can be read once.
        let writer = std::thread::spawn(move || std::fs::write(into, statement).unwrap());
        let found = bench.run(&[command, "--software-statement", pipe.to_str().unwrap()]).await;
        assert_eq!(found.code, 0, "{command}");
        writer.join().unwrap();
        std::fs::remove_file(&pipe).unwrap();
    }
}

#[tokio::test]
async fn settings_that_are_missing_are_named_at_once() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, Api::V2).unset("COUCHPASS_API").unset("COUCHPASS_REQUESTOR");
    let refused = bench.run(&["sign-in"]).await;
    refused.assert_refused(2, &["no API is named; no requestor is named", "couchpass doctor"]);
    let bench = bench.unset("COUCHPASS_SOFTWARE_STATEMENT").unset("COUCHPASS_SOFTWARE_STATEMENT_FILE");
    bench.run(&["status", "--api", "v2"]).await.assert_refused(2, &["no requestor", "no software statement"]);
}

#[tokio::test]
async fn an_api_has_to_be_named_and_knows_what_it_takes() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, Api::V2).unset("COUCHPASS_API");
    for command in [["status"].as_slice(), &["sign-in"], &["sign-out"], &["authorize", "LanternOne"]] {
        let refused = bench.run(&[command, &["--json"]].concat()).await;
        refused.assert_refused(2, &["no API is named", "--api v2", "COUCHPASS_API"]);
        assert_eq!(refused.event()["kind"], "usage", "{command:?}");
    }
    for carrier in ["query", "post"] {
        let refused = bench.run(&["status", "--api", "v2", "--carrier", carrier]).await;
        refused.assert_refused(4, &["REST v2 takes the platform token in a header alone"]);
        bench.run(&["demo", "--api", "v2", "--carrier", carrier]).await.assert_refused(4, &["REST v2"]);
        assert_eq!(bench.run(&["status", "--api", "v1", "--carrier", carrier]).await.code, 3);
    }
    assert!(sandbox.recorder().requests().is_empty());
}

#[tokio::test]
async fn a_login_on_this_device_has_to_be_whole() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, Api::V2);
    let login = ["--mvpd", "Northwind", "--domain", "lantern.example", "--redirect-url", "lantern-tv://done"];
    for missing in [0, 2, 4] {
        let mut part = login.to_vec();
        part.drain(missing..missing + 2);
        assert_eq!(bench.run(&[["sign-in"].as_slice(), &part].concat()).await.code, 2, "{part:?}");
    }
    assert_eq!(bench.run(&["sign-in", "--browser"]).await.code, 2);
    for (position, value, words) in
        [(1, "", "TV provider"), (3, "https://x", "domain"), (5, "done", "redirect URL")]
    {
        let mut wrong = login.to_vec();
        wrong[position] = value;
        bench.run(&[["sign-in"].as_slice(), &wrong].concat()).await.assert_refused(4, &[words]);
    }
    bench.run(&["sign-out", "--redirect-url", "done"]).await.assert_refused(4, &["redirect URL"]);
    assert!(sandbox.recorder().requests().is_empty());
}

#[tokio::test]
async fn a_secret_in_the_place_of_a_file_name_is_not_repeated() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, Api::V2);
    let statement = sandbox.software_statement_for("Lantern TV").unwrap();
    let refused = bench.run(&["sign-in", "--software-statement", &statement]).await;
    refused.assert_refused(2, &["takes the name of a file", "COUCHPASS_SOFTWARE_STATEMENT"]);
    bench.assert_unseen(&[statement]);
}

#[tokio::test]
async fn the_command_line_itself_may_be_wrong() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, Api::V2).unset("COUCHPASS_SP_URL");
    bench.run(&["status"]).await.assert_refused(2, &["COUCHPASS_SP_URL"]);
    let bench = bench.set("COUCHPASS_ENVIRONMENT", "release-staging");
    bench.run(&["status"]).await.assert_refused(2, &["unset"]);
    let bench = bench.unset("COUCHPASS_ENVIRONMENT").unset("COUCHPASS_API_URL");
    bench.run(&["status"]).await.assert_refused(2, &["--environment", "--api-url"]);
    let bench = bench.unset("COUCHPASS_REQUESTOR");
    let nobody = ["status", "--environment", "release-staging"];
    bench.run(&nobody).await.assert_refused(2, &["no requestor", "--requestor", "COUCHPASS_REQUESTOR"]);
    for arguments in [
        ["status", "--environment", "release-staging"].as_slice(),
        &["status", "--api-url", "https://h"],
        &["demo", "--carrier", "pigeon"],
        &["demo", "--api", "v3"],
        &["status", "--environment", "release-staging", "--requestor", "REF30", "--api", "v3"],
        &["demo", "--auto", "--wait"],
        &["sandbox", "--statement-app", "Meridian TV"],
        &["sandbox", "--platform-token-subject", "kitchen"],
        &["dance"],
        &[],
    ] {
        assert_eq!(bench.run(arguments).await.code, 2, "{arguments:?}");
    }
    let help = bench.run(&["--help"]).await;
    assert_eq!(help.code, 0);
    for code in ["0  ", "1  ", "2  ", "3  ", "4  ", "5  ", "6  ", "130  "] {
        assert!(help.out.contains(&format!(" {code}")), "{}", help.out);
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_named_and_not_repeated() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, Api::V2);
    let mistake = "https://somebody:a-password-of-theirs@sp.example";
    bench
        .run(&["status", "--api-url", mistake, "--sp-url", "https://h"])
        .await
        .assert_refused(4, &["of REST v1 holds"]);
    let refused = bench.run(&["status", "--api-url", "https://h", "--sp-url", mistake]).await;
    refused.assert_refused(4, &["of client registration and REST v2 holds a user name"]);
    bench.assert_unseen(&["a-password-of-theirs".to_owned()]);
}

#[tokio::test]
async fn an_answer_that_cannot_be_written_is_an_error() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, Api::V2);
    for arguments in [["providers"].as_slice(), &["providers", "--json"], &["completions", "bash"]] {
        bench
            .run_into("/dev/full", arguments)
            .await
            .assert_refused(4, &["cannot be written to standard output"]);
    }
    let worse = bench.run_into("/dev/full", &["status"]).await;
    assert_eq!((worse.code, worse.err.as_str()), (3, ""), "that nobody is signed in is in the exit code");
}

async fn a_statement_that_the_service_does_not_accept_is_explained(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let (other, scope) = match api {
        Api::V1 => ("v2 only", "api:client:v2"),
        Api::V2 => ("Lantern Web", "api:client:v2"),
    };
    for (app, word) in [("revoked", "revoked"), (other, scope)] {
        let statement = sandbox.software_statement_for(app).unwrap();
        let file = bench.file(app, &statement).to_str().unwrap().to_owned();
        let refused = bench.run(&["sign-in", "--json", "--software-statement", &file]).await;
        refused.assert_refused(4, &[word]);
        let error = refused.events().pop().unwrap();
        assert_eq!((error["kind"].as_str(), error["exit"].as_i64()), (Some("configuration"), Some(4)));
        bench.assert_unseen(&[statement]);
    }
}

async fn a_service_that_is_away_is_for_later(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    drop(sandbox);
    let refused = bench.run(&["sign-in", "--json"]).await;
    refused.assert_refused(5, &["no connection", "try again in", "couchpass doctor"]);
    assert!(refused.events().pop().unwrap()["retry_after_ms"].as_u64().unwrap() > 0);
}

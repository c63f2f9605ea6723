//! The sandbox as a server: it says where it is, hands out what a client needs, and tells of every request.

use crate::support::{Api, Bench, mode, on_both_apis};

on_both_apis! {
    a_client_finds_all_it_needs_and_is_seen,
    a_recorded_failure_is_replayed,
}

async fn a_client_finds_all_it_needs_and_is_seen(api_version: Api) {
    let bench = Bench::bare();
    let path = |name: &str| bench.path(name).to_str().unwrap().to_owned();
    let (statement, token, root) = (path("statement"), path("token"), path("root.pem"));
    let files = ["--statement-file", &statement, "--platform-token-file", &token, "--tls-root-file", &root];
    let mut sandbox =
        bench.start(&[["sandbox", "--tls", "--json", "--throttling", "strict"].as_slice(), &files].concat());
    let started = sandbox.event("sandbox_started").await;
    assert_eq!((mode(statement.as_ref()), mode(token.as_ref())), (0o600, 0o600));

    let address = |name: &str| started[name].as_str().unwrap().to_owned();
    let (api, sp) = (address("api_tls"), address("sp_tls"));
    let version = ["sign-in", "--api", api_version.name(), "--json", "--requestor", "LANTERN"];
    let arguments = [version.as_slice(), &["--api-url", &api, "--sp-url", &sp]].concat();
    let secrets = ["--software-statement", &statement, "--platform-token", &token, "--tls-root", &root];
    let mut sign_in = bench.start(&[arguments.as_slice(), &secrets].concat());
    sign_in.event("code").await;
    let paths = match api_version {
        Api::V1 => ["/api/v1/tokens/authn", "/reggie/v1/LANTERN/regcode"],
        Api::V2 => ["/api/v2/LANTERN/profiles", "/api/v2/LANTERN/sessions"],
    };
    for path in ["/o/client/register", "/o/client/token"].into_iter().chain(paths) {
        let request = sandbox.event("request").await;
        assert_eq!(request["path"], path);
        assert!(request["status"].as_i64().unwrap() > 0, "{request}");
        let carriers = request["platform_token"].as_array().unwrap().len();
        assert_eq!(carriers, usize::from(!path.starts_with("/o/")), "{request}");
    }
    sign_in.interrupt().await;
    assert_eq!(sign_in.end().await.code, 130);
    if api_version == Api::V1 {
        assert_eq!(sandbox.event("request").await["method"], "DELETE");
    }
    sandbox.interrupt().await;
    assert_eq!(sandbox.end().await.code, 0);
    let secret = |file: &str| std::fs::read_to_string(file).unwrap().trim().to_owned();
    bench.assert_unseen(&[secret(&statement), secret(&token)]);
}

#[tokio::test]
async fn where_it_is_wished_it_ends_with_its_input() {
    let bench = Bench::bare();
    let (mut sandbox, mut keyboard) = bench.start_with_keyboard(&["sandbox", "--json", "--until-input-ends"]);
    sandbox.event("sandbox_started").await;
    keyboard.enter().await;
    drop(keyboard);
    assert_eq!(sandbox.end().await.code, 0);
}

#[tokio::test]
async fn people_are_told_how_to_go_on() {
    let bench = Bench::bare();
    let statement = bench.path("statement").to_str().unwrap().to_owned();
    let mut sandbox = bench.start(&["sandbox", "--statement-file", &statement]);
    for words in [
        "REST v1 and codes     http://127.0.0.1:",
        "registration and v2   http://127.0.0.1:",
        "/activate",
        "sandbox-everything",
        "export COUCHPASS_API=v2 COUCHPASS_API_URL=",
        "export COUCHPASS_REQUESTOR=LANTERN COUCHPASS_SOFTWARE_STATEMENT_FILE=",
        "couchpass sign-in",
        "Ctrl-C",
    ] {
        sandbox.line_with(words).await;
    }
    sandbox.interrupt().await;
    assert_eq!(sandbox.end().await.code, 0);
}

#[tokio::test]
async fn what_it_prints_can_be_pasted_in_any_directory() {
    let bench = Bench::bare();
    let directory = bench.path("a viewer's");
    std::fs::create_dir(&directory).unwrap();
    let arguments = ["--statement-file", "a viewer's/statement", "--platform-token-file", "a viewer's/token"];
    let root = ["--tls", "--tls-root-file", "a viewer's/root"];
    let mut sandbox = bench.start(&[["sandbox"].as_slice(), &arguments, &root].concat());
    for (variable, file) in [
        ("COUCHPASS_SOFTWARE_STATEMENT_FILE", "statement"),
        ("COUCHPASS_TLS_ROOT", "root"),
        ("COUCHPASS_PLATFORM_TOKEN_FILE", "token"),
    ] {
        let line = sandbox.line_with(&format!("{variable}=")).await;
        let named = bench.run_elsewhere("sh", &format!("{line}; printf %s \"${variable}\""));
        assert_eq!(named, directory.canonicalize().unwrap().join(file).to_str().unwrap());
    }
    sandbox.interrupt().await;
    assert_eq!(sandbox.end().await.code, 0);
}

#[tokio::test]
async fn what_it_cannot_do_it_explains() {
    let bench = Bench::bare();
    let mut first = bench.start(&["sandbox", "--json"]);
    let api = first.event("sandbox_started").await["api"].as_str().unwrap().to_owned();
    let port = api.rsplit(':').next().unwrap();
    bench.run(&["sandbox", "--api-port", port]).await.assert_refused(4, &["cannot listen", "another port"]);
    let broken = bench.file("broken.json", "{").to_str().unwrap().to_owned();
    bench
        .run(&["sandbox", "--config", &broken])
        .await
        .assert_refused(4, &["broken.json", "default-config.json"]);
    let statement = bench.path("statement").to_str().unwrap().to_owned();
    let unknown = ["sandbox", "--statement-file", &statement, "--statement-app", "Nobody TV"];
    bench.run(&unknown).await.assert_refused(4, &["Nobody TV", "Meridian TV"]);
    bench.run(&["sandbox", "--statement-file", "/nowhere/x"]).await.assert_refused(4, &["/nowhere/x"]);
    first.interrupt().await;
    assert_eq!(first.end().await.code, 0);
}

/// Tells the control API of a sandbox something, or asks it for something.
async fn control(url: &str, method: &str, path: &str, body: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let authority = url.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(authority).await.unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {authority}\r\ncouchpass-control: 1\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 20"), "{answer}");
    body.to_owned()
}

async fn a_recorded_failure_is_replayed(api: Api) {
    let bench = Bench::bare();
    let statement = bench.path("statement").to_str().unwrap().to_owned();
    let started = ["sandbox", "--json", "--control-port", "0", "--statement-file", &statement];
    let mut sandbox = bench.start(&started);
    let started = sandbox.event("sandbox_started").await;
    let address = |name: &str| started[name].as_str().unwrap().to_owned();
    let url = address("control");
    // The client registers, and nothing after that is answered as it should be.
    control(
        &url,
        "POST",
        "/faults",
        r#"{"effect": {"status": {"status": 400}}, "endpoint": "token", "calls": "always"}"#,
    )
    .await;
    let (api_url, sp_url) = (address("api"), address("sp"));
    let version =
        ["sign-in", "--api", api.name(), "--requestor", "LANTERN", "--software-statement", &statement];
    let failed =
        bench.run(&[version.as_slice(), &["--api-url", &api_url, "--sp-url", &sp_url]].concat()).await;
    assert_ne!(failed.code, 0);
    let case = control(&url, "GET", "/case", "").await;
    sandbox.interrupt().await;
    sandbox.end().await;

    let file = bench.file("case.json", &case).to_str().unwrap().to_owned();
    let replayed = bench.run(&["sandbox", "--json", "--replay", &file]).await;
    assert_eq!(replayed.code, 0, "{replayed:?}");
    let event = replayed.event();
    assert_eq!((&event["event"], &event["same"]), (&"replayed".into(), &true.into()), "{event}");
    assert!(event["requests"].as_u64().unwrap() >= 2, "{event}");

    let mut other: serde_json::Value = serde_json::from_str(&case).unwrap();
    let steps = other["steps"].as_array_mut().unwrap();
    steps.iter_mut().find(|step| step["step"] == "answer").unwrap()["status"] = 418.into();
    let file = bench.file("other.json", &other.to_string()).to_str().unwrap().to_owned();
    let told = bench.run(&["sandbox", "--replay", &file]).await;
    assert_eq!(told.code, 6, "{told:?}");
    assert!(told.out.contains("recorded  418"), "{told:?}");
    let mut like = bench.start(&["sandbox", "--json", "--control-port", "0", "--world-of", &file]);
    let url = like.event("sandbox_started").await["control"].as_str().unwrap().to_owned();
    assert!(control(&url, "GET", "/faults", "").await.contains(r#""endpoint":"token""#));
    like.interrupt().await;
    like.end().await;
    bench.run(&["sandbox", "--replay", &statement]).await.assert_refused(4, &["statement", "Save as a case"]);
}

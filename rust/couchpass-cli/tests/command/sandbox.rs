//! The sandbox as a server: it says where it is, hands out what a client needs, and tells of every request.

use crate::support::{Api, Bench, mode, on_both_apis};

on_both_apis! {
    a_client_finds_all_it_needs_and_is_seen,
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

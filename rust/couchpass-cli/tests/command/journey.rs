//! Sign in, watch, look, sign out: each in a process of its own, with one state between them.

use couchpass_sandbox::Sandbox;

use crate::support::{Api, Bench, Running, mode, on_both_apis};

on_both_apis! {
    from_the_sign_in_to_the_sign_out,
    the_state_is_one_process_s_and_ctrl_c_gives_up,
    the_environment_holds_secrets_as_well,
}

async fn sign_in_as(sandbox: &Sandbox, account: &str, mut sign_in: Running) -> serde_json::Value {
    let code = sign_in.event("code").await["code"].as_str().unwrap().to_owned();
    sandbox.viewer(account).approve(&code).await.unwrap();
    let signed_in = sign_in.event("signed_in").await;
    assert_eq!(sign_in.end().await.code, 0);
    signed_in
}

async fn from_the_sign_in_to_the_sign_out(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let token = sandbox.platform_token("living-room");
    bench.file("token", &token);
    let token_file = bench.path("token").to_str().unwrap().to_owned();
    let with_token = ["--platform-token", token_file.as_str(), "--json", "-vvv"];

    // By code: nobody is known under this token yet.
    let sign_in = bench.start(&[["sign-in"].as_slice(), &with_token].concat());
    let signed_in = sign_in_as(&sandbox, "basic", sign_in).await;
    assert_eq!(signed_in["profile"]["mvpd"], "Harborlight");
    assert_eq!(signed_in["profile"]["type"], "regular");
    assert_eq!(signed_in["platform_token"]["outcome"], "sent");
    assert_eq!(mode(&bench.path(".config/couchpass/store.key")), 0o600);
    assert_eq!(mode(&bench.path(".local/state/couchpass/store")), 0o600);

    // Another process, the same viewer; neither asks anybody.
    sandbox.recorder().clear();
    let status = bench.run(&["status", "--json"]).await;
    assert_eq!(status.code, 0, "{status:?}");
    assert_eq!(status.event()["signed_in"], true);
    assert_eq!(status.event()["api"], api.name());
    assert_eq!(status.event()["profile"], signed_in["profile"]);
    assert_eq!(status.event()["profiles"], serde_json::json!([signed_in["profile"]]));
    assert_eq!(bench.run(&["sign-in", "--json"]).await.event()["event"], "signed_in");
    assert!(sandbox.recorder().requests().is_empty());

    // The bearer token has been remembered too: a decision is one request, on v1 its media token a second.
    let permit = bench.run(&[["authorize", "LanternOne"].as_slice(), &with_token].concat()).await;
    assert_eq!(permit.code, 0, "{permit:?}");
    let event = permit.event();
    assert_eq!(event["authorized"], true);
    assert!(event["media_token"]["masked"].as_str().unwrap().starts_with("PHNpZ25h… ("), "{event}");
    assert_eq!(event["media_token"]["serialized"], serde_json::Value::Null);
    let calls: Vec<_> =
        sandbox.recorder().requests().into_iter().map(|request| request.endpoint.unwrap()).collect();
    assert_eq!(calls, api.watch());

    let deny = bench.run(&["authorize", "LanternCinema"]).await;
    assert_eq!(deny.code, 1, "{deny:?}");
    assert!(deny.out.contains("Add it at harborlight.example/channels."), "{deny:?}");

    // Only who asks for the media token gets it, and then nothing else.
    let handed_over = bench.run(&["authorize", "LanternOne", "--print-media-token"]).await;
    assert_eq!(handed_over.code, 0, "{handed_over:?}");
    let media_token = handed_over.out.strip_suffix('\n').unwrap().to_owned();
    assert!(media_token.len() > 64 && !media_token.contains('\n'), "{}", media_token.len());
    assert!(handed_over.err.contains("Permit for LanternOne"), "{}", handed_over.err);

    // A second app with the same token: no code, nothing to do.
    let second = sandbox.software_statement_for("Meridian TV").unwrap();
    bench.file("meridian.jwt", &second);
    let second_file = bench.path("meridian.jwt").to_str().unwrap().to_owned();
    let as_second = ["--requestor", "MERIDIAN", "--software-statement", &second_file];
    let other = bench.run(&[["sign-in"].as_slice(), &as_second, &with_token].concat()).await;
    assert_eq!(other.code, 0, "{other:?}");
    let other = other.events().pop().unwrap();
    assert_eq!(other["profile"]["type"], "platformSSO");
    assert_eq!(other["platform_token"]["honoured"], true);

    // Out of the first app; the second stays. v2 leaves the provider's own page to be opened.
    let end = ["--redirect-url", "https://lantern.example/out"];
    let sign_out = bench.run(&[["sign-out", "--json", "-vv"].as_slice(), &end].concat()).await;
    assert_eq!((sign_out.code, sign_out.event()["event"].as_str()), (0, Some("signed_out")));
    let left = sign_out.event()["actions"].as_array().unwrap().clone();
    assert_eq!(left.len(), usize::from(api == Api::V2), "{left:?}");
    for action in left {
        assert_eq!(
            (action["action"].as_str(), action["mvpd"].as_str()),
            (Some("open_url"), Some("Harborlight"))
        );
        let ended = sandbox.viewer("basic").open_at(action["url"].as_str().unwrap()).await.unwrap();
        assert!(ended.starts_with(end[1]), "{ended}");
    }
    assert_eq!(bench.run(&["status"]).await.code, 3);
    bench.run(&["authorize", "LanternOne"]).await.assert_refused(3, &["signed out", "couchpass sign-in"]);
    assert_eq!(bench.run(&[["status"].as_slice(), &as_second].concat()).await.code, 0);

    let refused = |requests: Vec<couchpass_sandbox::RecordedRequest>| {
        requests.into_iter().any(|request| request.status == Some(429))
    };
    assert!(!refused(sandbox.recorder().requests()));
    let statement = sandbox.software_statement_for("Lantern TV").unwrap();
    let key = std::fs::read_to_string(bench.path(".config/couchpass/store.key")).unwrap();
    let secrets = [vec![token, media_token, statement, second, key.trim().to_owned()], sandbox.secrets()];
    assert!(secrets.concat().len() >= 8, "{}", secrets.concat().len());
    bench.assert_unseen(&secrets.concat());
}

async fn the_state_is_one_process_s_and_ctrl_c_gives_up(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api).set("COUCHPASS_ACTIVATE_URL", "http://phone.example/{code}");
    let mut sign_in = bench.start(&["sign-in", "--json"]);
    let shown = sign_in.event("code").await;
    let code = shown["code"].as_str().unwrap();
    assert_eq!(shown["activate_url"], format!("http://phone.example/{code}"));
    assert_eq!(sandbox.live_codes().len(), 1);

    let second = bench.run(&["status", "--json"]).await;
    second.assert_refused(4, &["another process is using", "--state"]);
    assert_eq!(second.event()["kind"], "configuration");

    sign_in.interrupt().await;
    let ended = sign_in.end().await;
    assert_eq!(ended.code, 130, "{ended:?}");
    assert_eq!(ended.event()["kind"], "interrupted");
    // v2 has no call that releases a code.
    assert_eq!(sandbox.live_codes().len(), usize::from(api == Api::V2));
    assert_eq!(bench.run(&["status"]).await.code, 3, "the state is free again");
}

async fn the_environment_holds_secrets_as_well(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let statement = sandbox.software_statement_for("Lantern TV").unwrap();
    let token = sandbox.platform_token_builder("living-room").expired().build();
    let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let bench = Bench::at(&sandbox, api)
        .unset("COUCHPASS_SOFTWARE_STATEMENT_FILE")
        .set("COUCHPASS_SOFTWARE_STATEMENT", statement.clone())
        .set("COUCHPASS_PLATFORM_TOKEN", token.clone())
        .set("COUCHPASS_STORE_KEY", key);
    let sign_in = bench.start(&["sign-in", "--json", "-vvv"]);
    let signed_in = sign_in_as(&sandbox, "everything", sign_in).await;
    assert_eq!(signed_in["platform_token"]["outcome"], "expired");
    let status = bench.run(&["status", "--json"]).await;
    assert_eq!(status.event()["platform_token_from"], "environment");
    assert!(!bench.path(".config").exists(), "no key is made where one is given");
    bench.assert_unseen(&[[statement, token, key.to_owned()].as_slice(), &sandbox.secrets()].concat());

    // With another key the state is of no use; it is kept, and its owner is told.
    let other = "//////////////////////////////////////////8=";
    let bench = bench.set("COUCHPASS_STORE_KEY", other);
    let status = bench.run(&["status", "--json"]).await;
    assert_eq!(status.code, 3, "{status:?}");
    assert_eq!(status.events()[0]["event"], "state_lost");
    assert!(status.err.contains("signed out") && status.err.contains("another key"), "{}", status.err);
    let state = bench.path(".local/state/couchpass");
    std::fs::rename(state.join("store.unreadable"), state.join("store")).unwrap();
    let bench = bench.set("COUCHPASS_STORE_KEY", key);
    assert_eq!(bench.run(&["status"]).await.code, 0, "put back, it is as it was");
}

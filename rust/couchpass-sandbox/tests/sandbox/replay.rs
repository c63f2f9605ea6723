//! A session that went wrong, recorded on one sandbox and lived through again on another.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use couchpass_sandbox::{App, Case, CaseError, Endpoint, Sandbox, SandboxClock, Throttling};
use serde_json::{Value, json};

use crate::control::Control;
use crate::support::{Answer, DEVICE_INFO, Device, START, builder};
use crate::v2_support::Tv;

const ID: &str = "the-device-in-the-living-room";

/// Replays a case on a sandbox that has never seen anything.
async fn replayed(case: &Value) -> Value {
    let (sandbox, control) = Control::start().await;
    let answer = control.send("POST", "/replay", case.clone()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    drop(sandbox);
    answer.json()
}

fn assert_same(replay: &Value, case: &Value) {
    assert_eq!(replay["differences"], json!([]), "{replay:#}");
    assert_eq!(replay["same"], true);
    let requests = case["steps"].as_array().unwrap().iter().filter(|step| step["step"] == "request");
    let requests = requests.count();
    assert!(requests > 5, "{requests}");
    assert_eq!(replay["requests"], requests);
}

/// Signs in, and loses the second authorization on its way back, as well as an answer that is cut and one that is slow.
async fn failing_on_v1(sandbox: &Sandbox, control: &Control) -> Vec<String> {
    let device = Device::register(sandbox, ID, "LANTERN").await;
    let token = sandbox.platform_token("a-viewer");
    let device = device.with_platform_token(token.clone());
    let code = device.code().await;
    device.get(&format!("/reggie/v1/LANTERN/regcode/{code}"), &[]).await;
    let wrong = sandbox.viewer("everything").with_wrong_password();
    wrong.approve(&code).await.unwrap_err();
    let typed = format!("{} {}", &code[..3].to_lowercase(), &code[3..]);
    sandbox.viewer("everything").approve(&typed).await.unwrap();
    let fault = |effect: Value, endpoint: &str| json!({ "effect": effect, "endpoint": endpoint });
    for fault in [
        json!({ "effect": "drop", "endpoint": "authorize", "calls": { "nth": 2 }, "phase": "after" }),
        fault(json!({ "truncate": { "keep": 30 } }), "authn_token"),
        fault(json!({ "mangle": { "how": "numbers_as_strings" } }), "user_metadata"),
    ] {
        assert_eq!(control.send("POST", "/faults", fault).await.status, 201);
    }
    let one = [("resource", "LanternOne")];
    assert_eq!(device.get("/api/v1/authorize", &one).await.status, 200);
    control.send("PUT", "/clock", json!({ "advance_ms": 60_000 })).await;
    device.ask("GET", "/api/v1/authorize", &one).send().await.unwrap_err();
    device.ask("GET", "/api/v1/tokens/authn", &[]).send().await.unwrap_err();
    device.get("/api/v1/tokens/media", &one).await;
    device.get("/api/v1/tokens/usermetadata", &[]).await;
    device.ask("GET", "/api/v1/tokens/authz.xml", &one).answer().await;
    control.order("POST", "/bearers/expire").await;
    assert_eq!(device.get("/api/v1/checkauthn", &[]).await.status, 401);
    vec![
        token,
        device.bearer,
        device.client_id,
        device.client_secret,
        sandbox.software_statement(App::default()),
        code,
    ]
}

#[tokio::test]
async fn a_recorded_failing_session_gets_the_same_answers_on_a_fresh_sandbox() {
    let (sandbox, control) = Control::start().await;
    let mut secrets = failing_on_v1(&sandbox, &control).await;
    let case = control.get("/case").await;
    assert_same(&replayed(&case).await, &case);

    let words = |word: &str| [word.to_owned(), STANDARD.encode(word)];
    secrets.extend(words(ID));
    secrets.extend(["a-viewer", "sandbox-everything", DEVICE_INFO].map(str::to_owned));
    // The world has the built-in accounts, which everybody knows.
    let text = format!("{}{}", case["steps"], case["given"]);
    let har = control.get("/har").await.to_string();
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret} is in the case");
        // A code is shown on a TV, but is of no use in an archive either.
        assert!(!har.contains(&secret), "{secret} is in the archive");
    }
}

#[tokio::test]
async fn the_replayed_sandbox_is_where_the_recorded_one_was() {
    let (sandbox, control) = Control::start().await;
    failing_on_v1(&sandbox, &control).await;
    let case = control.get("/case").await;
    let (fresh, other) = Control::start().await;
    assert_eq!(other.send("POST", "/replay", case.clone()).await.json()["same"], true);
    assert_eq!(fresh.clock().now(), START + 60_000);
    assert_eq!(fresh.registrations(), 1);
    assert_eq!(fresh.authentications()[0].account.as_deref(), Some("everything"));
    let standing = |faults: Value| {
        let faults = faults["faults"].as_array().unwrap().clone();
        faults.iter().map(|one| (one["seen"].clone(), one["struck"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(standing(other.get("/faults").await), standing(control.get("/faults").await));
    assert_eq!(other.get("/case").await["steps"], case["steps"], "and tells the same story");
}

#[tokio::test]
async fn another_answer_is_told() {
    let (sandbox, control) = Control::start().await;
    failing_on_v1(&sandbox, &control).await;
    let case = control.get("/case").await;
    let mut without = case.clone();
    let steps = without["steps"].as_array_mut().unwrap();
    // As if the fault that cost the second authorization had not been there.
    let fault = steps.iter().position(|step| step["body"]["effect"] == "drop").unwrap();
    steps.remove(fault);
    let replay = replayed(&without).await;
    assert_eq!(replay["same"], false);
    let told = &replay["differences"][0];
    assert_eq!((&told["call"], &told["what"]), (&json!("GET /api/v1/authorize"), &json!("status")));
    assert_eq!((&told["recorded"], &told["replayed"]), (&json!("0"), &json!("200")));

    let mut body = case.clone();
    let steps = body["steps"].as_array_mut().unwrap();
    let answer =
        steps.iter_mut().find(|step| step["body"].as_str().is_some_and(|body| body.contains("access_token")));
    answer.unwrap()["body"] = json!("{}");
    assert_eq!(replayed(&body).await["differences"][0]["what"], "body");
}

#[tokio::test]
async fn v2_with_a_hold_a_delay_and_a_clock_that_runs() {
    let sandbox = builder().clock(SandboxClock::real()).throttling(Throttling::Leaking).control(true);
    let sandbox = sandbox.start().await.unwrap();
    let control = Control::of(&sandbox);
    sandbox.configure(|config| config.accounts[0].password = "a password of their own".into());
    let tv = Tv::register(&sandbox, ID, "LANTERN").await;
    let tv = tv.with_platform_token(&sandbox.platform_token("a-viewer"));
    tv.sign_in(&sandbox, "everything").await;
    for fault in [
        json!({ "effect": { "hold": { "name": "gate" } }, "endpoint": "profiles" }),
        json!({ "effect": { "delay": { "millis": 20 } }, "endpoint": "authorize_decisions", "phase": "after" }),
        json!({ "effect": { "stall": { "name": "slow", "keep": 5 } }, "endpoint": "mvpd_profile" }),
    ] {
        assert_eq!(control.send("POST", "/faults", fault).await.status, 201);
    }
    let held = tokio::spawn(tv.ask("GET", "profiles").send());
    sandbox.faults().held("gate").await;
    // What is held is served after this.
    assert_eq!(tv.authorize("Northwind", "LanternOne").await["authorized"], true);
    control.order("DELETE", "/authentications").await;
    control.order("POST", "/holds/gate/release").await;
    assert_eq!(held.await.unwrap().unwrap().json()["profiles"], json!({}));
    let stalled = tokio::spawn(tv.ask("GET", "profiles/Northwind").send());
    sandbox.faults().held("slow").await;
    control.order("POST", "/holds/slow/release").await;
    stalled.await.unwrap().unwrap();
    let gift = tv.with_identity(r#"{"email":"somebody@example.net"}"#);
    gift.ask("POST", "decisions/authorize/LanternGift")
        .json(&json!({ "resources": ["LanternOne"] }))
        .answer()
        .await;
    // Until the bucket is empty.
    let limited = |answer: &Answer| answer.status == 429;
    while !limited(&tv.get("configuration").await) {}
    let case = control.get("/case").await;
    for secret in ["somebody@example.net", "a password of their own"] {
        assert!(!case.to_string().contains(secret), "{secret}");
    }
    assert_same(&replayed(&case).await, &case);
}

#[tokio::test]
async fn a_client_that_went_away_goes_away_again() {
    let (sandbox, control) = Control::start().await;
    let tv = Tv::register(&sandbox, ID, "LANTERN").await;
    tv.sign_in(&sandbox, "everything").await;
    control
        .send("POST", "/faults", json!({ "effect": { "hold": { "name": "gate" } }, "endpoint": "profiles" }))
        .await;
    let asking = tokio::spawn(tv.ask("GET", "profiles").send());
    sandbox.faults().held("gate").await;
    asking.abort();
    sandbox.recorder().wait_until(|requests| requests.iter().all(|request| request.ended)).await;
    let case = control.get("/case").await;
    assert_same(&replayed(&case).await, &case);
}

#[tokio::test]
async fn devices_and_addresses_stay_apart_under_their_other_names() {
    let (sandbox, control) = Control::start().await;
    control.send("PUT", "/settings", json!({ "throttling": "strict" })).await;
    let tv = Tv::register(&sandbox, ID, "LANTERN").await;
    let other = Tv { id: "the-device-in-the-bedroom".into(), ..tv.clone() };
    tv.sign_in(&sandbox, "everything").await;
    for tv in [&tv, &other] {
        tv.ask("GET", "profiles").header("x-forwarded-for", "203.0.113.77").answer().await;
        tv.ask("POST", "sessions").header("x-forwarded-for", "203.0.113.78").form(&[]).answer().await;
    }
    let case = control.get("/case").await;
    assert!(!case.to_string().contains("203.0.113"), "a household's address is nobody's business");
    assert_eq!(
        case["given"].as_object().unwrap().keys().filter(|name| name.starts_with("device-")).count(),
        3
    );
    assert_same(&replayed(&case).await, &case);
}

#[tokio::test]
async fn an_archive_has_what_har_asks_for_and_secrets_only_on_demand() {
    let (sandbox, control) = Control::start().await;
    let device = Device::register(&sandbox, ID, "LANTERN").await;
    let har = control.get("/har").await;
    let log = &har["log"];
    assert_eq!(
        (&log["version"], log["creator"]["name"].as_str()),
        (&json!("1.2"), Some("couchpass-sandbox"))
    );
    let entries = log["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    for entry in entries {
        for field in ["startedDateTime", "time", "request", "response", "cache", "timings"] {
            assert!(entry.get(field).is_some(), "{field}");
        }
        let url = entry["request"]["url"].as_str().unwrap();
        assert!(url.starts_with(&sandbox.sp_url()), "{url}");
    }
    assert_eq!(
        entries[1]["response"]["content"]["text"].as_str().unwrap().matches("{{token-1.1}}").count(),
        1
    );
    let clear = control.get("/har?secrets=clear").await.to_string();
    assert!(clear.contains(&device.bearer) && !har.to_string().contains(&device.bearer));
    assert_eq!(control.refused("GET", "/har?secrets=some", json!({})).await, (400, "bad_request".into()));
}

#[tokio::test]
async fn what_is_no_case_is_refused() {
    let (sandbox, control) = Control::start().await;
    assert_eq!(control.refused("GET", "/case", json!({})).await, (404, "not_found".into()));
    for flawed in [json!({}), json!({ "couchpass_case": 2 }), json!({ "couchpass_case": 1, "steps": [] })] {
        assert_eq!(control.refused("POST", "/replay", flawed).await, (400, "bad_request".into()));
    }
    Device::register(&sandbox, ID, "LANTERN").await;
    let mut astray = control.get("/case").await;
    astray["world"]["config"]["requestors"][0]["mvpds"][0] = json!("Nobody");
    let told = Case::from_json(&astray.to_string()).unwrap_err().to_string();
    assert!(told.contains("world.config: requestors[0].mvpds[0]"), "{told}");
    assert_eq!(control.refused("POST", "/replay", astray).await, (400, "bad_request".into()));
    let case = Case::from_json(&control.get("/case").await.to_string()).unwrap();
    assert_eq!((case.requests(), sandbox.case().unwrap().requests()), (2, 2));
    assert!(Case::from_json(&case.to_json()).is_ok());
    let bare = builder().start().await.unwrap();
    assert!(matches!(bare.case(), Err(CaseError::NotRecorded)));
    assert!(matches!(bare.replay(&case).await, Err(CaseError::NotRecorded)));
    control.order("POST", "/reset").await;
    assert_eq!(control.refused("GET", "/case", json!({})).await.0, 404);
}

#[tokio::test]
async fn an_app_finds_the_world_of_a_case() {
    let (sandbox, control) = Control::start().await;
    failing_on_v1(&sandbox, &control).await;
    let added =
        control.send("POST", "/faults", json!({ "effect": "drop", "endpoint": "logout" })).await.json();
    control.order("DELETE", &format!("/faults/{}", added["id"])).await;
    let case = control.get("/case").await;
    let (fresh, other) = Control::start().await;
    fresh.clock().set(START + 1);
    // Whatever the sandbox had before is forgotten.
    other.send("POST", "/faults", json!({ "effect": "reset" })).await;
    let answer = other.send("POST", "/replay?requests=none", case.clone()).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    assert_eq!(fresh.clock().now(), START);
    assert_eq!((fresh.registrations(), fresh.recorder().requests().len()), (0, 0));
    let effects: Vec<_> = fresh.faults().list().into_iter().map(|one| one.fault.endpoint.unwrap()).collect();
    assert_eq!(effects, [Endpoint::Authorize, Endpoint::AuthnToken, Endpoint::UserMetadata]);
    let device = Device::register(&fresh, "another device", "LANTERN").await;
    device.sign_in(&fresh, "everything").await;
    let one = [("resource", "LanternOne")];
    device.get("/api/v1/authorize", &one).await;
    device.ask("GET", "/api/v1/authorize", &one).send().await.unwrap_err();
    assert_eq!(other.refused("POST", "/replay?requests=some", case).await.0, 400);
}

#[tokio::test]
async fn a_case_may_change_nothing_but_a_sandbox() {
    let (sandbox, control) = Control::start().await;
    Device::register(&sandbox, ID, "LANTERN").await;
    let mut case = control.get("/case").await;
    let step =
        json!({ "step": "control", "at": START, "method": "POST", "path": "/replay", "body": case.clone() });
    case["steps"].as_array_mut().unwrap().push(step);
    let replay = replayed(&case).await;
    assert_eq!(replay["differences"][0]["what"], "step", "{replay:#}");
}

#[tokio::test]
async fn who_a_viewer_is_and_a_device_that_only_a_tester_has_named_stay_out() {
    let (sandbox, control) = Control::start().await;
    let trials = json!({ "device_id": "the-tv-that-never-came", "mvpd": "LanternGift" });
    assert_eq!(control.send("POST", "/temp-passes/reset", trials).await.status, 204);
    let device = Device::register(&sandbox, ID, "LANTERN").await;
    for (generic_data, status) in [
        (r#"{"n":4915112345,"email":"somebody@example.net"}"#, 204),
        (r#"("n":"x","email":"somebody@example.net")"#, 204),
        (r#"{"email":{"of":"somebody@example.net"}}"#, 400),
        ("somebody@example.net", 400),
    ] {
        let about = [
            ("requestor_id", "LANTERN"),
            ("mso_id", "LanternGift"),
            ("domain_name", "lantern.example"),
            ("generic_data", generic_data),
        ];
        let answer = device.ask("POST", "/api/v1/authenticate/freepreview", &about).answer().await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
    let case = control.get("/case").await;
    for told in [case.to_string(), control.get("/har").await.to_string()] {
        for secret in ["somebody", "4915112345", "the-tv-that-never-came"] {
            assert!(!told.contains(secret), "{secret}: {told}");
        }
    }
    assert_same(&replayed(&case).await, &case);
}

#[tokio::test]
async fn what_was_held_at_a_reset_is_no_part_of_what_comes_after_it() {
    let (sandbox, control) = Control::start().await;
    let tv = Tv::register(&sandbox, ID, "LANTERN").await;
    let hold = json!({ "effect": { "hold": { "name": "gate" } }, "endpoint": "profiles" });
    assert_eq!(control.send("POST", "/faults", hold).await.status, 201);
    let held = tokio::spawn(tv.ask("GET", "profiles").send());
    sandbox.faults().held("gate").await;
    control.order("POST", "/reset").await;
    held.await.unwrap().unwrap();
    assert_eq!(control.get("/har").await["log"]["entries"], json!([]));
    assert_eq!(control.refused("GET", "/case", json!({})).await, (404, "not_found".into()));
}

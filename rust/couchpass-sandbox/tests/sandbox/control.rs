//! The control API, as a test in another language uses it.

use couchpass_sandbox::{Sandbox, fingerprint};
use serde_json::{Value, json};

use crate::support::{Answer, Ask, Device, START, builder, register};

pub(crate) struct Control(String);

impl Control {
    pub(crate) async fn start() -> (Sandbox, Self) {
        let sandbox = builder().control(true).start().await.unwrap();
        let control = Self::of(&sandbox);
        (sandbox, control)
    }

    pub(crate) fn of(sandbox: &Sandbox) -> Self {
        Self(sandbox.control_url().unwrap().to_owned())
    }

    pub(crate) fn ask(&self, method: &'static str, path: &str) -> Ask {
        Ask::new(method, format!("{}{path}", self.0)).header("couchpass-control", "1")
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.ask("GET", path).answer().await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    pub(crate) async fn send(&self, method: &'static str, path: &str, body: Value) -> Answer {
        self.ask(method, path).json(&body).answer().await
    }

    /// Without a body, and with nothing to say.
    pub(crate) async fn order(&self, method: &'static str, path: &str) {
        let answer = self.ask(method, path).answer().await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""), "{path}");
    }

    /// What was refused, and the word for it.
    pub(crate) async fn refused(&self, method: &'static str, path: &str, body: Value) -> (u16, String) {
        let answer = self.send(method, path, body).await;
        assert!(answer.json()["message"].is_string(), "{answer:?}");
        (answer.status, answer.json()["error"].as_str().unwrap().to_owned())
    }
}

#[tokio::test]
async fn only_who_asks_for_it_has_it_and_no_web_page_reaches_it() {
    assert_eq!(builder().start().await.unwrap().control_url(), None);
    let everywhere = std::net::Ipv4Addr::UNSPECIFIED.into();
    let sandbox = builder().bind(everywhere).control(true).start().await.unwrap();
    let control = Control(sandbox.control_url().unwrap().to_owned());
    assert!(control.0.starts_with("http://127.0.0.1:"), "on the loopback address alone");
    assert_eq!(control.get("/").await["api"], sandbox.api_url());

    let reset = || Ask::new("POST", format!("{}/reset", control.0));
    Device::register(&sandbox, "tv", "LANTERN").await;
    let bare = reset().answer().await;
    assert_eq!((bare.status, &bare.json()["error"]), (403, &json!("forbidden")));
    let page = reset().header("couchpass-control", "1").header("origin", "https://evil.example");
    assert_eq!(page.answer().await.status, 403);
    let mut preflight = reset().header("origin", "https://evil.example");
    preflight.method = "OPTIONS";
    let preflight = preflight.answer().await;
    assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (403, ""));
    let form = control.ask("POST", "/faults").form(&[("effect", "drop")]).answer().await;
    assert_eq!((form.status, &form.json()["error"]), (415, &json!("not_json")));
    // A name that an attacker has pointed at this machine.
    let rebound = rebound(&control.0).await;
    assert!(rebound.starts_with("HTTP/1.1 403"), "{rebound}");
    assert_eq!(sandbox.registrations(), 1, "nothing of it had an effect");
    assert_eq!(control.refused("GET", "/nowhere", json!({})).await, (404, "not_found".into()));
    assert_eq!(sandbox.recorder().requests().len(), 2, "the control API is not in the record");
}

async fn rebound(control: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let authority = control.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(authority).await.unwrap();
    let head =
        "GET /secrets HTTP/1.1\r\nhost: evil.example:80\r\ncouchpass-control: 1\r\nconnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

#[tokio::test]
async fn faults_are_added_listed_and_removed() {
    let (sandbox, control) = Control::start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let fault = json!({ "effect": { "status": { "status": 503 } }, "endpoint": "check_authn", "calls": { "nth": 2 } });
    let added = control.send("POST", "/faults", fault).await;
    assert_eq!(added.status, 201);
    let id = added.json()["id"].as_u64().unwrap();
    assert_eq!(device.get("/api/v1/checkauthn", &[]).await.status, 403);
    assert_eq!(device.get("/api/v1/checkauthn", &[]).await.status, 503);
    let list = control.get("/faults").await["faults"].clone();
    assert_eq!((&list[0]["id"], &list[0]["seen"], &list[0]["struck"]), (&json!(id), &json!(2), &json!(1)));
    assert_eq!(list[0]["fault"]["effect"]["status"]["status"], 503);
    control.order("DELETE", &format!("/faults/{id}")).await;
    assert_eq!(control.refused("DELETE", "/faults/0", json!({})).await.0, 404);
    control.send("POST", "/faults", json!({ "effect": "drop" })).await;
    control.order("DELETE", "/faults").await;
    assert_eq!(control.get("/faults").await, json!({ "faults": [] }));
    for flawed in [
        json!({}),
        json!({ "effect": "explode" }),
        json!({ "effect": "drop", "endpont": "token" }),
        json!({ "effect": { "status": { "status": 101 } } }),
        json!({ "effect": { "drip": { "bytes": 0, "millis": 1 } } }),
    ] {
        assert_eq!(control.refused("POST", "/faults", flawed).await, (400, "bad_request".into()));
    }
    let broken = control.ask("POST", "/faults").header("content-type", "application/json");
    assert_eq!(Ask { body: "{".into(), ..broken }.answer().await.status, 400);
}

#[tokio::test]
async fn a_hold_is_awaited_and_released() {
    let (sandbox, control) = Control::start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let never = control.send("POST", "/holds/slow/wait", json!({ "timeout_ms": 1 })).await;
    assert_eq!(never.json(), json!({ "held": false }));
    control.send("POST", "/faults", json!({ "effect": { "hold": { "name": "slow" } } })).await;
    let call = tokio::spawn(device.ask("GET", "/api/v1/checkauthn", &[]).answer());
    assert_eq!(control.send("POST", "/holds/slow/wait", json!({})).await.json(), json!({ "held": true }));
    assert_eq!(control.get("/holds").await, json!({ "holds": ["slow"] }));
    control.order("POST", "/holds/slow/release").await;
    assert_eq!(call.await.unwrap().status, 403);
    assert_eq!(control.get("/holds").await, json!({ "holds": [] }));
}

#[tokio::test]
async fn refusals_are_added_and_taken_back() {
    let (sandbox, control) = Control::start().await;
    control.send("PUT", "/settings", json!({ "enhanced_errors": true })).await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    device.sign_in(&sandbox, "everything").await;
    let refusal = json!({ "resource": "LanternOne", "code": "network_received_error", "details": "Try again", "times": 5 });
    assert_eq!(control.send("POST", "/refusals", refusal).await.status, 204);
    let list = device.get("/api/v1/preauthorize", &[("resource", "LanternOne")]).await.json();
    assert_eq!(list["resources"][0]["error"]["action"], "retry");
    assert_eq!(control.get("/refusals").await["refusals"][0]["times"], 4);
    control.order("DELETE", "/refusals").await;
    assert_eq!(control.get("/refusals").await, json!({ "refusals": [] }));
    let unknown = json!({ "resource": "Nowhere", "code": "network_received_error" });
    assert_eq!(control.refused("POST", "/refusals", unknown).await.0, 400);
}

#[tokio::test]
async fn the_record_is_read_awaited_and_cleared_and_holds_no_secret() {
    let (sandbox, control) = Control::start().await;
    let wait = control.ask("POST", "/requests/wait");
    let wait = wait.json(&json!({ "endpoint": "token", "ended": true, "status": 201 }));
    let waiting = tokio::spawn(wait.answer());
    let device = Device::register(&sandbox, "secret-device", "LANTERN").await;
    let found = waiting.await.unwrap().json();
    assert_eq!((&found["found"], &found["requests"][0]["endpoint"]), (&json!(true), &json!("token")));
    device
        .ask("GET", "/api/v1/checkauthn", &[])
        .header("x-forwarded-for", "203.0.113.7, 10.0.0.1")
        .answer()
        .await;
    let found =
        control.get("/requests?since=2&endpoint=check_authn&by_device=true&ended=true&status=403").await;
    let request = &found["requests"][0];
    assert_eq!(request["forwarded_for"], "203.0.113.7, 10.0.0.1");
    assert_eq!(
        (&request["number"], &request["status"], &request["ended"]),
        (&json!(2), &json!(403), &json!(true))
    );
    let text = control.get("/requests").await.to_string();
    for secret in [&device.bearer, &device.client_secret, &device.client_id, "secret-device"] {
        assert!(!text.contains(secret), "{text}");
    }
    let late = control.send("POST", "/requests/wait", json!({ "count": 9, "timeout_ms": 1 })).await;
    assert_eq!((late.status, &late.json()["found"]), (200, &json!(false)));
    assert_eq!(late.json()["requests"].as_array().unwrap().len(), 3);
    control.order("DELETE", "/requests").await;
    assert_eq!(control.get("/requests").await, json!({ "requests": [] }));
    assert_eq!(control.ask("GET", "/requests?endpoint=nothing").answer().await.status, 400);
}

#[tokio::test]
async fn the_clock_is_read_set_moved_and_stopped() {
    let (sandbox, control) = Control::start().await;
    assert_eq!(control.get("/clock").await, json!({ "now": START, "frozen": true }));
    let moved = control.send("PUT", "/clock", json!({ "now": 1_000, "advance_ms": 500 })).await;
    assert_eq!(moved.json(), json!({ "now": 1_500, "frozen": true }));
    let running = control.send("PUT", "/clock", json!({ "frozen": false })).await.json();
    assert_eq!(running["frozen"], false);
    let stopped = control.send("PUT", "/clock", json!({ "frozen": true })).await.json();
    assert_eq!(stopped, control.get("/clock").await);
    assert!(sandbox.clock().is_frozen() && sandbox.clock().now() >= 1_500);
    assert_eq!(control.refused("PUT", "/clock", json!({ "now": "noon" })).await.0, 400);

    let (last, before) = (253_402_300_799_999_u64, control.get("/clock").await);
    for far in [
        json!({ "now": last + 1 }),
        json!({ "advance_ms": last }),
        json!({ "now": 1, "advance_ms": u64::MAX }),
    ] {
        assert_eq!(control.refused("PUT", "/clock", far).await.0, 400);
    }
    assert_eq!(control.get("/clock").await, before, "nothing has moved");
    assert_eq!(control.send("PUT", "/clock", json!({ "now": last })).await.status, 200);
}

#[tokio::test]
async fn what_is_wrong_with_a_body_is_found_by_its_field_or_by_its_place() {
    let (_sandbox, control) = Control::start().await;
    let message = async |body: &str| {
        let answer = control.ask("POST", "/faults").text_as_json(body).answer().await;
        answer.json()["message"].as_str().unwrap().to_owned()
    };
    let field = message(r#"{"effect": {"delay": {"millis": -1}}}"#).await;
    assert!(
        field.starts_with("effect.delay.millis: ") && field.contains("-1") && !field.contains("column"),
        "{field}"
    );
    let place = message("{effect}").await;
    assert!(place.starts_with("key must be a string") && place.ends_with("line 1 column 2"), "{place}");
}

#[tokio::test]
async fn a_code_is_approved_or_denied_as_an_account() {
    let (sandbox, control) = Control::start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let code = device.code().await;
    assert_eq!(control.get("/codes").await["codes"][0]["code"], code);
    let answer = |account: &str| json!({ "account": account });
    let deny = format!("/codes/{code}/deny");
    assert_eq!(control.send("POST", &deny, answer("everything")).await.status, 204);
    assert_eq!(control.get("/codes").await["codes"][0]["state"], "denied");
    let approve = format!("/codes/{code}/approve");
    assert_eq!(control.send("POST", &approve, answer("everything")).await.status, 204);
    let signed_in = control.get("/authentications").await["authentications"].clone();
    assert_eq!(
        (&signed_in[0]["account"], &signed_in[0]["mvpd"]),
        (&json!("everything"), &json!("Northwind"))
    );
    assert_eq!(control.refused("POST", &approve, answer("nobody")).await, (404, "not_found".into()));
    assert_eq!(control.refused("POST", "/codes/AAAAAAA/approve", answer("basic")).await.0, 404);
    sandbox.configure(|config| config.requestors[0].mvpds.retain(|id| id != "Cedar"));
    assert_eq!(control.refused("POST", &approve, answer("dish")).await, (409, "refused".into()));
    assert_eq!(control.refused("POST", &approve, json!({})).await.0, 400);
    device.get("/api/v1/authorize", &[("resource", "LanternOne")]).await;
    control.order("POST", "/authorizations/expire").await;
    assert_eq!(device.get("/api/v1/tokens/authz", &[("resource", "LanternOne")]).await.status, 410);
    control.order("DELETE", "/authentications").await;
    assert!(!device.signed_in().await);
}

#[tokio::test]
async fn clients_are_listed_and_forgotten_and_bearers_expire() {
    let (sandbox, control) = Control::start().await;
    let first = Device::register(&sandbox, "tv", "LANTERN").await;
    let second = Device::register(&sandbox, "two", "LANTERN").await;
    let list = control.get("/clients").await;
    assert_eq!((&list["registrations"], list["clients"].as_array().unwrap().len()), (&json!(2), 2));
    assert_eq!(list["clients"][0]["software_id"], "app-couchpass");
    assert_eq!(sandbox.clients().len(), 2);
    let secrets = control.get("/secrets").await["secrets"].clone();
    assert!(secrets.as_array().unwrap().contains(&json!(first.client_secret)));
    control.order("DELETE", &format!("/clients/{}", fingerprint(&first.client_id))).await;
    assert_eq!(first.get("/api/v1/checkauthn", &[]).await.json()["error"], "invalid_client");
    assert_eq!(second.get("/api/v1/checkauthn", &[]).await.status, 403);
    control.order("POST", "/bearers/expire").await;
    assert_eq!(second.get("/api/v1/checkauthn", &[]).await.status, 401);
    assert_eq!(control.refused("DELETE", "/clients/nobody", json!({})).await.0, 404);
    control.order("DELETE", "/clients").await;
    assert_eq!(control.get("/clients").await, json!({ "registrations": 2, "clients": [] }));
}

#[tokio::test]
async fn statements_and_platform_tokens_are_made_good_and_bad() {
    let (sandbox, control) = Control::start().await;
    let made = control.send("POST", "/statements", json!({ "app": "Lantern TV" })).await;
    assert_eq!(made.status, 201);
    let statement = made.json()["software_statement"].as_str().unwrap().to_owned();
    assert_eq!(register(&sandbox, &statement).await.status, 201);
    let new = json!({ "app": { "name": "Mine", "software_id": "app-mine", "scopes": ["api:client:v2"] } });
    assert_eq!(control.send("POST", "/statements", new).await.status, 201);
    let revoked = control.send("POST", "/statements/revoke", json!({ "app": "Lantern TV" })).await;
    assert_eq!(revoked.status, 204);
    assert_eq!(register(&sandbox, &statement).await.json()["error"], "unapproved_software_statement");
    for path in ["/statements", "/statements/revoke"] {
        assert_eq!(control.refused("POST", path, json!({ "app": "nobody" })).await.0, 404);
        assert_eq!(control.refused("POST", path, json!({ "app": 3 })).await.0, 400);
    }

    let token = async |flaw: Value| {
        let made = control
            .send("POST", "/platform-tokens", json!({ "subject": "me", "flaw": flaw, "lives_s": 60 }))
            .await;
        assert_eq!(made.status, 201);
        made.json()["token"].as_str().unwrap().to_owned()
    };
    let good = token(Value::Null).await;
    let first = Device::register(&sandbox, "tv", "LANTERN").await.with_platform_token(good.clone());
    first.sign_in(&sandbox, "everything").await;
    for (at, token) in
        [good, token(json!("expired")).await, token(json!("unsigned")).await, token(json!("malformed")).await]
            .into_iter()
            .enumerate()
    {
        let other =
            Device::register(&sandbox, &format!("tv{at}"), "MERIDIAN").await.with_platform_token(token);
        assert_eq!(other.signed_in().await, at == 0);
    }
    assert_eq!(
        control.refused("POST", "/platform-tokens", json!({ "subject": "me", "flaw": "odd" })).await.0,
        400
    );
}

#[tokio::test]
async fn settings_temp_passes_and_everything_are_set_back() {
    let (sandbox, control) = Control::start().await;
    assert_eq!(control.get("/settings").await, json!({ "throttling": "off", "enhanced_errors": false }));
    let changed =
        control.send("PUT", "/settings", json!({ "throttling": "strict", "enhanced_errors": true })).await;
    assert_eq!(changed.json(), json!({ "throttling": "strict", "enhanced_errors": true }));
    assert_eq!(control.refused("PUT", "/settings", json!({ "throttling": "some" })).await.0, 400);
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let status = async || {
        let extra =
            [("requestor_id", "LANTERN"), ("mso_id", "LanternPreview"), ("domain_name", "lantern.example")];
        device.ask("POST", "/api/v1/authenticate/freepreview", &extra).answer().await.status
    };
    assert_eq!(status().await, 204);
    device.get("/api/v1/authorize", &[("resource", "LanternOne")]).await;
    sandbox.clock().advance(std::time::Duration::from_secs(600));
    assert_eq!(status().await, 400);
    let one = json!({ "mvpd": "LanternPreview", "device_id": "tv" });
    assert_eq!(control.send("POST", "/temp-passes/reset", one).await.status, 204);
    assert_eq!(status().await, 204);
    control.order("POST", "/reset").await;
    assert_eq!(control.get("/settings").await["throttling"], "off");
    assert_eq!(control.get("/clock").await["now"], START);
    assert_eq!(control.get("/clients").await["registrations"], 0);
}

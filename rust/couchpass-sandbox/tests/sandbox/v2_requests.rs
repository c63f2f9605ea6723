//! What every call of v2 has to bring, and what it is told when it does not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use couchpass_sandbox::{
    App, Effect, Endpoint, ErrorCode, Fault, Refusal, SCOPE_V1, SecretKind, fingerprint,
};
use serde_json::json;

use crate::support::{Answer, Ask, DEVICE_INFO, Device, builder, start};
use crate::v2_support::{Tv, assert_error, assert_refused};

/// Every call of a device, with the method it knows.
const CALLS: [(&str, &str); 10] = [
    ("GET", "configuration"),
    ("POST", "sessions"),
    ("GET", "sessions/CODE"),
    ("POST", "sessions/CODE"),
    ("GET", "profiles"),
    ("GET", "profiles/Northwind"),
    ("GET", "profiles/code/CODE"),
    ("POST", "decisions/preauthorize/Northwind"),
    ("POST", "decisions/authorize/Northwind"),
    ("GET", "logout/Northwind?redirectUrl=https%3A%2F%2Flantern.example"),
];

/// Calls on which the reference lists the device's headers as required.
fn lists_the_device(path: &str) -> bool {
    path != "configuration" && !path.contains("CODE")
}

/// A call that lacks nothing, but for the headers that are left out.
async fn call(tv: &Tv, (method, path): (&'static str, &str), without: &[&str]) -> Answer {
    let code = if path.contains("CODE") { tv.code().await } else { String::new() };
    let mut ask = tv.ask(method, &path.replace("CODE", &code));
    ask.headers.retain(|(name, _)| !without.contains(name));
    if path.starts_with("decisions") {
        ask = ask.json(&json!({ "resources": ["LanternOne"] }));
    } else if method == "POST" {
        ask = ask.form(&[]);
    }
    ask.answer().await
}

#[tokio::test]
async fn each_call_is_served_in_json_and_counted_as_what_it_is() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    let endpoints = [
        Endpoint::Configuration,
        Endpoint::CreateSession,
        Endpoint::ReadSession,
        Endpoint::ResumeSession,
        Endpoint::Profiles,
        Endpoint::MvpdProfile,
        Endpoint::CodeProfile,
        Endpoint::PreauthorizeDecisions,
        Endpoint::AuthorizeDecisions,
        Endpoint::MvpdLogout,
    ];
    for (wanted, endpoint) in CALLS.into_iter().zip(endpoints) {
        let answer = call(&tv, wanted, &[]).await;
        assert_eq!(answer.status, 200, "{wanted:?} {answer:?}");
        assert_eq!(answer.header("content-type"), "application/json;charset=UTF-8");
        assert!(answer.json().is_object());
        let last = sandbox.recorder().requests().pop().unwrap();
        assert_eq!((last.endpoint, last.by_device()), (Some(endpoint), true));
    }
}

#[tokio::test]
async fn without_a_good_access_token_every_call_is_401() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    for wanted in CALLS {
        let answer = call(&tv, wanted, &["authorization"]).await;
        assert_eq!((answer.status, answer.json()), (401, json!({ "error": "access_denied" })), "{wanted:?}");
    }
    sandbox.expire_bearers();
    assert_eq!(tv.get("profiles").await.json(), json!({ "error": "access_denied" }));
}

#[tokio::test]
async fn an_application_without_the_scope_or_the_provider_is_told_to_register() {
    let sandbox = start().await;
    let v1_only = App::named("v1 alone").scopes([SCOPE_V1]);
    let tv = Tv::of_app(&sandbox, "tv", "LANTERN", v1_only).await;
    let refused = tv.get("profiles").await;
    assert_refused(&refused, 401, "invalid_access_token_client_application");
    assert_eq!(refused.json()["action"], "application-registration");
    let meridian = App::named("Meridian alone").requestors(["MERIDIAN"]);
    let tv = Tv::of_app(&sandbox, "tv", "LANTERN", meridian).await;
    assert_refused(&tv.get("profiles").await, 401, "invalid_access_token_service_provider");
    assert_eq!(Tv { provider: "MERIDIAN", ..tv }.get("profiles").await.status, 200);
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    sandbox.revoke_statement("Couchpass");
    assert_refused(&tv.get("profiles").await, 401, "invalid_access_token_client_application");
    let tv = Tv::of_app(&sandbox, "tv", "LANTERN", App::named("another")).await;
    sandbox.forget_clients();
    assert_refused(&tv.get("profiles").await, 401, "invalid_access_token_client_application");
}

#[tokio::test]
async fn a_provider_that_nobody_knows_is_refused_everywhere() {
    let sandbox = start().await;
    let tv = Tv { provider: "NOBODY", ..Tv::register(&sandbox, "tv", "LANTERN").await };
    for (method, path) in CALLS {
        let answer = tv.ask(method, &path.replace("CODE", "AAAAAAA")).form(&[]).answer().await;
        assert_refused(&answer, 400, "invalid_parameter_service_provider");
    }
}

#[tokio::test]
async fn the_device_tells_its_id_and_its_kind_where_the_reference_lists_them() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    for wanted in CALLS {
        for (header, code) in [
            ("ap-device-identifier", "invalid_header_device_identifier"),
            ("x-device-info", "invalid_header_device_info"),
        ] {
            let answer = call(&tv, wanted, &[header]).await;
            if lists_the_device(wanted.1) {
                assert_refused(&answer, 400, code);
            } else {
                assert_eq!(answer.status, 200, "{wanted:?} {header}");
            }
        }
    }
}

#[tokio::test]
async fn malformed_headers_are_refused_on_every_call() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    let ask = |name: &'static str, value: String| {
        let mut ask = tv.ask("GET", "configuration");
        ask.headers.retain(|(have, _)| *have != name);
        ask.header(name, value).answer()
    };
    for flawed in ["tv", "fingerprint tv!", "fingerprint ", "other dHY=", "fingerprint dHY"] {
        let answer = ask("ap-device-identifier", flawed.into()).await;
        assert_refused(&answer, 400, "invalid_header_device_identifier");
    }
    let escaped = DEVICE_INFO.replace('=', "%3D") + "%3D";
    for flawed in [
        "e30=".into(),
        "no Base64".into(),
        escaped,
        STANDARD.encode("[]"),
        STANDARD.encode(r#"{"model":"x"}"#),
    ] {
        let answer = ask("x-device-info", flawed).await;
        assert_refused(&answer, 400, "invalid_header_device_info");
    }
    let answer = ask("ap-device-identifer", "fingerprint dHY=".into()).await;
    assert_eq!(
        (answer.status, &answer.json()["message"]),
        (400, &json!("Unexpected header 'ap-device-identifer'"))
    );
    assert_eq!(ask("ap-visitor-identifier", "ecid".into()).await.status, 200);
}

#[tokio::test]
async fn providers_of_the_path_are_checked() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "MERIDIAN").await;
    for wanted in CALLS.into_iter().filter(|(_, path)| path.contains("Northwind")) {
        let unknown = wanted.1.replace("Northwind", "Nowhere");
        assert_refused(&call(&tv, (wanted.0, &unknown), &[]).await, 400, "invalid_parameter_mvpd");
        let strange = wanted.1.replace("Northwind", "LanternGift");
        assert_refused(&call(&tv, (wanted.0, &strange), &[]).await, 400, "invalid_integration");
    }
}

#[tokio::test]
async fn another_method_is_405_and_an_unknown_path_404() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    for (method, path) in CALLS {
        let (wrong, allowed) = match path {
            "sessions/CODE" => ("DELETE", "GET, POST"),
            _ if method == "GET" => ("POST", "GET"),
            _ => ("GET", "POST"),
        };
        let answer = tv.ask(wrong, path).answer().await;
        assert_eq!((answer.status, answer.header("allow")), (405, allowed), "{path}");
        assert_eq!(answer.json()["status"], 405);
    }
    for path in ["sessions/sso/Apple", "profiles/sso/Apple", "decisions/authorize", "anything"] {
        assert_eq!(tv.ask("POST", path).form(&[]).answer().await.status, 404, "{path}");
    }
    assert_eq!(
        Ask::new("GET", format!("{}/api/v2/LANTERN/configuration", sandbox.api_url())).answer().await.status,
        404
    );
}

#[tokio::test]
async fn unexpected_parameters_are_refused() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    for (method, path) in CALLS {
        let more = format!("{path}{}deviceId=tv", if path.contains('?') { '&' } else { '?' });
        let answer = call(&tv, (method, &more), &[]).await;
        assert_eq!(
            (answer.status, &answer.json()["message"]),
            (400, &json!("Unexpected parameter 'deviceId'"))
        );
    }
    assert_eq!(tv.get("configuration?profile=any").await.status, 200);
}

#[tokio::test]
async fn the_configuration_describes_the_providers() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    let configuration = tv.get("configuration/").await.json();
    assert_eq!((&configuration["device"], &configuration["os"]), (&json!("unknown"), &json!("Android")));
    let requestor = &configuration["requestor"];
    assert_eq!((&requestor["id"], &requestor["name"]), (&json!("LANTERN"), &json!("Lantern")));
    assert_eq!(requestor["domains"], json!([{ "name": "lantern.example", "mvpdInitiated": false }]));
    let mvpd = |id: &str| {
        requestor["mvpds"].as_array().unwrap().iter().find(|mvpd| mvpd["id"] == id).unwrap().clone()
    };
    assert_eq!(
        mvpd("Northwind"),
        json!({
            "id": "Northwind",
            "displayName": "Northwind Cable",
            "logoUrl": format!("{}/logo/Northwind.svg", sandbox.web_url()),
            "enablePlatformServices": true,
            "boardingStatus": "SUPPORTED",
            "displayInPlatformPicker": true,
            "platformMappingId": "Northwind-platform",
        })
    );
    assert_eq!(mvpd("Cedar")["isProxy"], true);
    assert_eq!(mvpd("LanternPreview")["isTempPass"], true);
    assert_eq!(mvpd("SoloCable").get("boardingStatus"), None);
}

#[tokio::test]
async fn enhanced_errors_are_always_on_and_each_code_of_v2_can_be_met() {
    let sandbox = builder().enhanced_errors(false).start().await.unwrap();
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    tv.sign_in(&sandbox, "everything").await;
    assert_eq!(ErrorCode::V2.len(), 47);
    for code in ErrorCode::V2 {
        let effect = Effect::Error { code: *code, status: None, details: None };
        sandbox.faults().add(Fault::new(effect).on(Endpoint::Profiles));
        assert_refused(&tv.get("profiles").await, code.status(), code.code());
        sandbox.refuse(Refusal::of("LanternOne", *code).details("Ask your provider.").times(1));
        let refused = tv.authorize("Northwind", "LanternOne").await["error"].clone();
        assert_error(&refused, code.status());
        assert_eq!(
            (&refused["code"], &refused["details"]),
            (&json!(code.code()), &json!("Ask your provider."))
        );
    }
    sandbox.faults().add(Fault::new(Effect::TooManyRequests).on(Endpoint::AuthorizeDecisions));
    assert_eq!(call(&tv, CALLS[8], &[]).await.status, 429);
    sandbox.faults().add(Fault::new(Effect::Status { status: 503 }).on(Endpoint::Profiles));
    assert_eq!(tv.get("profiles").await.json()["status"], 503);
}

#[tokio::test]
async fn the_record_knows_a_device_of_v2_by_the_same_fingerprint_and_shows_no_secret() {
    let sandbox = start().await;
    let v1 = Device::register(&sandbox, "the-device-id", "LANTERN").await;
    v1.get("/api/v1/checkauthn", &[]).await;
    let token = sandbox.platform_token("amazon-profile");
    let tv = Tv::register(&sandbox, "the-device-id", "LANTERN").await;
    let tv = tv.with_platform_token(&token).with_identity(r#"{"email":"someone@lantern.example"}"#);
    let ask = tv
        .ask("POST", "decisions/authorize/LanternGift")
        .header("ad-service-token", "a-token-of-the-programmer");
    let ask = ask.header("ap-visitor-identifier", "12345-ecid");
    ask.json(&json!({ "resources": ["Film A", "Film B"] })).answer().await;
    let requests = sandbox.recorder().requests();
    let last = requests.last().unwrap();
    for kind in
        [SecretKind::Bearer, SecretKind::PlatformToken, SecretKind::DeviceInfo, SecretKind::TempPassIdentity]
    {
        assert!(last.fingerprint(kind).is_some(), "{kind:?}");
    }
    assert_eq!(last.fingerprint(SecretKind::DeviceId), Some(fingerprint("the-device-id").as_str()));
    assert_eq!(
        last.fingerprint(SecretKind::ServiceToken),
        Some(fingerprint("a-token-of-the-programmer").as_str())
    );
    assert_eq!(last.fingerprint(SecretKind::VisitorId), Some(fingerprint("12345-ecid").as_str()));
    assert_eq!(last.parameters["resources"], "Film A,Film B");
    let printed = format!("{requests:?} {}", serde_json::to_string(&requests).unwrap());
    for secret in [
        token.as_str(),
        &tv.bearer,
        &STANDARD.encode("the-device-id"),
        &STANDARD.encode(r#"{"email":"someone@lantern.example"}"#),
        "someone@",
        "a-token-of-the-programmer",
        "12345-ecid",
        DEVICE_INFO,
    ] {
        assert!(!printed.contains(secret), "{secret}");
    }
}

//! The catalogue of errors: each code where a test wants it, in both shapes and both formats.

use couchpass_sandbox::{Effect, Endpoint, ErrorCode, Fault, Refusal};
use serde_json::json;

use crate::support::{Device, builder, start};

#[tokio::test]
async fn every_code_comes_enhanced_in_json_and_in_xml() {
    let sandbox = builder().enhanced_errors(true).start().await.unwrap();
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    assert_eq!(ErrorCode::V1.len(), 27, "25 of v1, and two that v1 has nothing for");
    for code in ErrorCode::V1 {
        let effect = Effect::Error { code: *code, status: None, details: Some("Call 555-0100 & ask".into()) };
        sandbox.faults().add(Fault::new(effect).on(Endpoint::CheckAuthn).first(2));
        let answer = device.get("/api/v1/checkauthn", &[]).await;
        assert_eq!(answer.status, code.status());
        let error = answer.json();
        assert_eq!((&error["code"], &error["action"]), (&json!(code.code()), &json!(code.action())));
        assert_eq!(
            (&error["status"], &error["details"]),
            (&json!(code.status()), &json!("Call 555-0100 & ask"))
        );
        assert_eq!(error["trace"].as_str().unwrap().len(), 36);
        assert!(error["helpUrl"].as_str().unwrap().starts_with("https://"));
        assert_eq!(serde_json::to_value(code).unwrap(), code.code());
        let xml = device.get("/api/v1/checkauthn.xml", &[]).await.text;
        let wanted = format!("<code>{}</code>", code.code());
        assert!(xml.contains("<error><action>") && xml.contains(&wanted), "{xml}");
        assert!(xml.contains("<details>Call 555-0100 &amp; ask</details>"), "{xml}");
    }
}

#[tokio::test]
async fn where_enhanced_errors_are_off_the_older_body_comes() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let effect = Effect::Error { code: ErrorCode::InternalError, status: Some(405), details: None };
    sandbox.faults().add(Fault::new(effect).on(Endpoint::CheckAuthn));
    let error = device.get("/api/v1/checkauthn", &[]).await;
    assert_eq!(error.status, 405);
    let mut fields: Vec<_> = error.json().as_object().unwrap().keys().cloned().collect();
    fields.sort();
    assert_eq!(fields, ["details", "message", "status"]);
}

#[tokio::test]
async fn an_item_can_be_marked_for_another_try_and_then_recover() {
    let sandbox = builder().enhanced_errors(true).start().await.unwrap();
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    device.sign_in(&sandbox, "everything").await;
    sandbox.refuse(Refusal::of("LanternNews", ErrorCode::NetworkConnectionTimeout).times(2));
    let list = [("resource", "LanternOne,LanternNews")];
    for _ in 0..2 {
        let answer = device.get("/api/v1/preauthorize", &list).await;
        assert_eq!((answer.status, answer.header("adobe-response-confidence")), (200, "full"));
        let items = answer.json()["resources"].clone();
        assert_eq!(items[0], json!({ "id": "LanternOne", "authorized": true }));
        let error = &items[1]["error"];
        assert_eq!((&error["action"], &error["status"]), (&json!("retry"), &json!(403)));
        assert_eq!(error["trace"].as_str().unwrap().len(), 36);
    }
    let items = device.get("/api/v1/preauthorize", &list).await.json()["resources"].clone();
    assert_eq!(items[1], json!({ "id": "LanternNews", "authorized": true }));
    assert!(sandbox.config().refusals.is_empty());
}

#[tokio::test]
async fn a_refused_resource_is_refused_by_authorize_with_the_providers_words() {
    let sandbox = builder().enhanced_errors(true).start().await.unwrap();
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    device.sign_in(&sandbox, "everything").await;
    let one = [("resource", "LanternOne")];
    assert_eq!(device.get("/api/v1/authorize", &one).await.status, 200);
    let refusal = Refusal::of("LanternOne", ErrorCode::AuthorizationDeniedBySessionInvalidated);
    sandbox.refuse(refusal.details("Your session was ended at northwind.example."));
    let answer = device.get("/api/v1/authorize", &one).await;
    assert_eq!((answer.status, &answer.json()["action"]), (403, &json!("authentication")));
    assert_eq!(answer.json()["details"], "Your session was ended at northwind.example.");
    sandbox.set_enhanced_errors(false);
    let error = device.get("/api/v1/authorize", &one).await.json();
    assert_eq!(error["message"], "User not authenticated");
    let by_title = [("resource", "<rss><channel><title>Lantern One</title></channel></rss>")];
    assert_eq!(device.get("/api/v1/authorize", &by_title).await.status, 403);
    sandbox.stop_refusing();
    assert_eq!(device.get("/api/v1/authorize", &one).await.status, 200);
}

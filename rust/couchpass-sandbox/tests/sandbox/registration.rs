//! Dynamic Client Registration.

use std::time::Duration;

use couchpass_sandbox::App;
use serde_json::json;

use crate::support::{Ask, DEVICE_INFO, Device, START, register, start, token, token_with};

#[tokio::test]
async fn a_statement_earns_credentials_and_credentials_earn_a_bearer() {
    let sandbox = start().await;
    let answer = register(&sandbox, &sandbox.software_statement(App::default())).await;
    assert_eq!(answer.status, 201);
    let client = answer.json();
    assert_eq!(client["grant_types"], json!(["client_credentials"]));
    assert_eq!(client["client_id_issued_at"], START / 1000);
    assert_eq!(client["scopes"], json!(["api:client:v1", "api:client:v2"]));
    let answer =
        token(&sandbox, client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap())
            .await;
    assert_eq!(answer.status, 201);
    let token = answer.json();
    assert_eq!((&token["created_at"], &token["expires_in"]), (&json!(START), &json!(21_600)));
    assert_eq!(token["token_type"], "bearer");
}

#[tokio::test]
async fn registering_again_yields_new_credentials_and_loses_the_sign_in() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    device.sign_in(&sandbox, "everything").await;
    let again = Device::register(&sandbox, "tv", "LANTERN").await;
    assert_ne!(device.client_id, again.client_id);
    assert_eq!(sandbox.registrations(), 2);
    assert!(device.signed_in().await);
    assert!(!again.signed_in().await);
}

#[tokio::test]
async fn each_bad_registration_has_its_own_error() {
    let sandbox = start().await;
    let error = |answer: crate::support::Answer| {
        assert_eq!(answer.status, 400);
        answer.json()["error"].as_str().unwrap().to_owned()
    };
    assert_eq!(error(register(&sandbox, "").await), "invalid_request");
    assert_eq!(error(register(&sandbox, "not.a.jwt").await), "invalid_software_statement");
    assert_eq!(error(register(&sandbox, &sandbox.platform_token("me")).await), "invalid_software_statement");
    let revoked = sandbox.software_statement_for("revoked").unwrap();
    assert_eq!(error(register(&sandbox, &revoked).await), "unapproved_software_statement");

    let statement = sandbox.software_statement(App::default());
    let url = format!("{}/o/client/register", sandbox.sp_url());
    let body = json!({ "software_statement": statement });
    let nameless = Ask::new("POST", &url).json(&body).answer().await;
    assert_eq!(error(nameless), "invalid_request", "X-Device-Info is mandatory");
    let mut twice = Ask::new("POST", &url).header("x-device-info", DEVICE_INFO).json(&body);
    twice.body = format!(r#"{{"software_statement":"{statement}","software_statement":"{statement}"}}"#);
    assert_eq!(error(twice.answer().await), "invalid_request", "no parameter may come twice");
    let body = json!({ "software_statement": statement, "redirect_uri": "nowhere" });
    let lost = Ask::new("POST", &url).header("x-device-info", DEVICE_INFO).json(&body).answer().await;
    assert_eq!(error(lost), "invalid_redirect_uri");
}

#[tokio::test]
async fn each_bad_token_request_has_its_own_error() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let (id, secret) = (device.client_id.as_str(), device.client_secret.as_str());
    let cases: [(&[(&str, &str)], &str); 5] = [
        (&[("client_id", id), ("client_secret", secret)], "invalid_request"),
        (&[("client_id", id), ("grant_type", "client_credentials")], "invalid_request"),
        (
            &[
                ("client_id", id),
                ("client_id", id),
                ("client_secret", secret),
                ("grant_type", "client_credentials"),
            ],
            "invalid_request",
        ),
        (
            &[("client_id", id), ("client_secret", secret), ("grant_type", "password")],
            "unsupported_grant_type",
        ),
        (
            &[("client_id", id), ("client_secret", "no"), ("grant_type", "client_credentials")],
            "invalid_client",
        ),
    ];
    for (fields, error) in cases {
        let answer = token_with(&sandbox, fields).await;
        assert_eq!((answer.status, answer.json()["error"].as_str().unwrap()), (400, error), "{fields:?}");
    }
    let none = register(&sandbox, &sandbox.software_statement(App::named("none").scopes([]))).await.json();
    let answer =
        token(&sandbox, none["client_id"].as_str().unwrap(), none["client_secret"].as_str().unwrap()).await;
    assert_eq!(answer.json()["error"], "unauthorized_client");
}

#[tokio::test]
async fn a_bearer_expires_by_the_clock_and_on_demand() {
    let sandbox = start().await;
    let mut device = Device::register(&sandbox, "tv", "LANTERN").await;
    sandbox.clock().advance(Duration::from_secs(21_599));
    assert_eq!(device.get("/api/v1/checkauthn", &[]).await.status, 403);
    sandbox.clock().advance(Duration::from_secs(1));
    assert_eq!(device.get("/api/v1/checkauthn", &[]).await.status, 401);
    let fresh = token(&sandbox, &device.client_id, &device.client_secret).await.json();
    device.bearer = fresh["access_token"].as_str().unwrap().to_owned();
    assert_eq!(device.get("/api/v1/checkauthn", &[]).await.status, 403);
    sandbox.expire_bearers();
    assert_eq!(device.get("/api/v1/checkauthn", &[]).await.status, 401);
}

#[tokio::test]
async fn a_forgotten_client_is_invalid_everywhere() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    sandbox.forget_client(&device.client_id);
    let answer = token(&sandbox, &device.client_id, &device.client_secret).await;
    assert_eq!((answer.status, &answer.json()["error"]), (400, &json!("invalid_client")));
    let answer = device.get("/api/v1/checkauthn", &[]).await;
    assert_eq!((answer.status, &answer.json()["error"]), (403, &json!("invalid_client")));
}

#[tokio::test]
async fn a_revoked_statement_stops_its_clients_for_good() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let statement = sandbox.software_statement(App::default());
    sandbox.revoke_statement("Couchpass");
    assert_eq!(device.get("/api/v1/checkauthn", &[]).await.status, 401);
    assert_eq!(
        token(&sandbox, &device.client_id, &device.client_secret).await.json()["error"],
        "invalid_client"
    );
    assert_eq!(register(&sandbox, &statement).await.json()["error"], "unapproved_software_statement");
}

#[tokio::test]
async fn scope_and_requestor_of_the_app_bound_what_its_clients_may_call() {
    let sandbox = start().await;
    for (app, status) in [("v2 only", 403), ("Meridian only", 401), ("Lantern TV", 403)] {
        let client = register(&sandbox, &sandbox.software_statement_for(app).unwrap()).await.json();
        let bearer =
            token(&sandbox, client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap())
                .await;
        let mut device = Device::register(&sandbox, "tv", "LANTERN").await;
        device.bearer = bearer.json()["access_token"].as_str().unwrap().to_owned();
        let answer = device.get("/api/v1/checkauthn", &[]).await;
        assert_eq!(answer.status, status, "{app}");
        // The last one may call; only nobody is signed in.
        assert_eq!(answer.text.contains("Authentication token"), app == "Lantern TV");
    }
}

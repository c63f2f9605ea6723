//! Signing in by code, with a viewer at the second screen.

use std::time::Duration;

use couchpass_sandbox::{CodeState, ViewerError};
use serde_json::json;

use crate::support::{Ask, Device, START, start};

#[tokio::test]
async fn a_viewer_signs_the_device_in() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let answer = device.get("/api/v1/tokens/authn", &[]).await;
    assert_eq!((answer.status, answer.json()), (404, json!({ "status": 404, "message": "Not Found" })));
    let code = device.code().await;
    assert_eq!(device.get(&format!("/api/v1/checkauthn/{code}"), &[]).await.status, 403);
    assert_eq!(device.get(&format!("/api/v1/authenticate/{code}"), &[]).await.status, 404);

    // Typed on a phone.
    let typed = format!(" {} {} ", code[..3].to_lowercase(), &code[3..]);
    sandbox.viewer("everything").approve(&typed).await.unwrap();

    assert_eq!(device.get("/api/v1/checkauthn", &[]).await.status, 200);
    assert_eq!(device.get(&format!("/api/v1/checkauthn/{code}"), &[]).await.status, 200);
    let token = device.get("/api/v1/tokens/authn", &[]).await.json();
    assert_eq!((&token["requestor"], &token["mvpd"]), (&json!("LANTERN"), &json!("Northwind")));
    assert_eq!(token["expires"], (START + 30 * 86_400_000).to_string());
    assert_eq!(device.get(&format!("/api/v1/authenticate/{code}"), &[]).await.json(), token);
    assert_eq!(sandbox.live_codes()[0].state, CodeState::Approved);
    assert_eq!(sandbox.authentications()[0].account.as_deref(), Some("everything"));
}

#[tokio::test]
async fn every_account_signs_in_with_its_own_provider() {
    let sandbox = start().await;
    for account in ["everything", "basic", "family", "dish", "solo"] {
        let device = Device::register(&sandbox, account, "LANTERN").await;
        device.sign_in(&sandbox, account).await;
        assert!(device.signed_in().await, "{account}");
    }
}

#[tokio::test]
async fn a_denial_leaves_the_device_waiting_and_the_code_alive() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let code = device.code().await;
    sandbox.viewer("everything").deny(&code).await.unwrap();
    assert_eq!(device.get("/api/v1/tokens/authn", &[]).await.status, 404);
    assert_eq!(sandbox.live_codes()[0].state, CodeState::Denied);
    sandbox.viewer("everything").approve(&code).await.unwrap();
    assert!(device.signed_in().await);
}

#[tokio::test]
async fn a_wrong_password_signs_nobody_in() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let code = device.code().await;
    let refused = sandbox.viewer("everything").with_wrong_password().approve(&code).await;
    assert!(matches!(refused, Err(ViewerError::LoginRefused(_))), "{refused:?}");
    assert!(!device.signed_in().await);
}

#[tokio::test]
async fn an_expired_or_unknown_code_is_refused_at_the_door() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let code = device.code().await;
    sandbox.clock().advance(Duration::from_secs(1800));
    for code in [code.as_str(), "AAAAAAA", ""] {
        let refused = sandbox.viewer("everything").approve(code).await;
        assert!(matches!(refused, Err(ViewerError::CodeRefused(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn a_code_for_one_provider_skips_the_choice() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let record = device.ask("POST", "/reggie/v1/LANTERN/regcode", &[("mvpd", "Cedar")]).answer().await.json();
    sandbox.viewer("dish").approve(record["code"].as_str().unwrap()).await.unwrap();
    assert!(device.signed_in().await);
}

#[tokio::test]
async fn requestor_and_device_bound_a_sign_in() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    device.sign_in(&sandbox, "everything").await;
    assert!(!Device { id: "another".into(), ..device.clone() }.signed_in().await);
    assert!(!Device { requestor: "MERIDIAN", ..device.clone() }.signed_in().await);
    assert!(device.signed_in().await);
}

#[tokio::test]
async fn an_expired_sign_in_is_told_from_none() {
    let sandbox = start().await;
    sandbox.configure(|config| config.lifetimes.authentication_s = 60);
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    device.sign_in(&sandbox, "everything").await;
    sandbox.clock().advance(Duration::from_secs(60));
    assert_eq!(device.get("/api/v1/tokens/authn", &[]).await.status, 410);
    assert_eq!(device.get("/api/v1/checkauthn", &[]).await.json()["message"], "Authentication token expired");
}

#[tokio::test]
async fn logging_out_removes_the_sign_in_and_its_authorizations() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    device.sign_in(&sandbox, "everything").await;
    device.get("/api/v1/authorize", &[("resource", "LanternOne")]).await;
    assert_eq!(device.ask("DELETE", "/api/v1/logout", &[]).answer().await.status, 204);
    assert!(!device.signed_in().await);
    device.sign_in(&sandbox, "everything").await;
    assert_eq!(device.get("/api/v1/tokens/authz", &[("resource", "LanternOne")]).await.status, 404);
}

#[tokio::test]
async fn the_browsers_way_to_the_provider_checks_every_parameter() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let code = device.code().await;
    let good = [
        ("reg_code", code.as_str()),
        ("requestor_id", "LANTERN"),
        ("domain_name", "lantern.example"),
        ("noflash", "true"),
        ("no_iframe", "true"),
        ("mso_id", "Northwind"),
        ("redirect_url", "https://lantern.example/back"),
    ];
    let ask = |pairs: &[(&str, &str)]| {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        Ask::new("GET", format!("{}/api/v1/authenticate?{query}", sandbox.api_url()))
    };
    let answer = ask(&good).answer().await;
    assert_eq!(answer.status, 302);
    assert!(answer.header("location").starts_with(&format!("{}/mvpd/login?", sandbox.web_url())));
    for (at, wrong) in [(0, "AAAAAAA"), (1, "MERIDIAN"), (2, "other.example"), (5, "Unknown"), (6, "nowhere")]
    {
        let mut pairs = good;
        pairs[at].1 = wrong;
        assert_eq!(ask(&pairs).answer().await.status, 400, "{}", pairs[at].0);
    }
    for left_out in 0..good.len() {
        let pairs: Vec<_> =
            good.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, pair)| *pair).collect();
        assert_eq!(ask(&pairs).answer().await.status, 400, "{}", good[left_out].0);
    }
    let mut early = good;
    early.swap(0, 6);
    assert_eq!(ask(&early).answer().await.status, 400, "redirect_url comes last");
}

//! What a platform token changes, and what it does not.

use std::time::Duration;

use couchpass_sandbox::Carrier;

use crate::support::{Device, start};

#[tokio::test]
async fn a_second_app_is_signed_in_by_the_platform_token_alone() {
    let sandbox = start().await;
    let token = sandbox.platform_token("amazon-profile");
    let first = Device::register(&sandbox, "tv", "LANTERN").await.with_platform_token(token.clone());
    first.sign_in(&sandbox, "everything").await;
    let second = Device::register(&sandbox, "another-id", "MERIDIAN").await;
    assert!(!second.signed_in().await);
    let second = second.with_platform_token(token);
    assert!(second.signed_in().await);
    assert_eq!(second.get("/api/v1/tokens/authn", &[]).await.json()["mvpd"], "Northwind");
    assert!(sandbox.authentications().iter().any(|one| one.requestor == "MERIDIAN" && one.by_platform_token));
}

#[tokio::test]
async fn the_token_is_honoured_by_each_carrier() {
    let sandbox = start().await;
    let token = sandbox.platform_token("amazon-profile");
    let first = Device::register(&sandbox, "tv", "LANTERN").await.with_platform_token(token.clone());
    first.sign_in(&sandbox, "everything").await;
    let by_query = Device::register(&sandbox, "two", "MERIDIAN").await;
    assert_eq!(by_query.get("/api/v1/checkauthn", &[("ast", &token)]).await.status, 200);
    // As a form it can only come with a call that has a body.
    let by_form = Device::register(&sandbox, "three", "MERIDIAN").await;
    let code =
        by_form.ask("POST", "/reggie/v1/MERIDIAN/regcode", &[]).form(&[("ast", &token)]).answer().await;
    assert_eq!(code.status, 201);
    sandbox.sign_out_everyone();
    sandbox.viewer("everything").approve(code.json()["code"].as_str().unwrap()).await.unwrap();
    assert!(first.signed_in().await, "the code was made under the token's subject");
    let carriers: Vec<_> =
        sandbox.recorder().requests().iter().flat_map(|request| request.platform_token_carriers()).collect();
    for carrier in [Carrier::Header, Carrier::Query, Carrier::Form] {
        assert!(carriers.contains(&carrier), "{carrier:?}");
    }
}

#[tokio::test]
async fn a_bad_token_is_ignored_in_silence() {
    let sandbox = start().await;
    let good = sandbox.platform_token("amazon-profile");
    Device::register(&sandbox, "tv", "LANTERN")
        .await
        .with_platform_token(good)
        .sign_in(&sandbox, "everything")
        .await;
    let flawed = [
        sandbox.platform_token_builder("amazon-profile").unsigned().build(),
        sandbox.platform_token_builder("amazon-profile").expired().build(),
        sandbox.platform_token_builder("amazon-profile").malformed(),
        sandbox.platform_token("another-profile"),
    ];
    for token in flawed {
        let app = Device::register(&sandbox, "two", "MERIDIAN").await.with_platform_token(token.clone());
        assert_eq!(app.get("/api/v1/checkauthn", &[]).await.status, 403, "{token}");
        assert_eq!(app.code().await.len(), 7, "the call itself is served");
    }
}

#[tokio::test]
async fn a_token_expires_by_the_sandboxs_clock() {
    let sandbox = start().await;
    let token = sandbox.platform_token_builder("amazon-profile").lives_for(60).build();
    let first = Device::register(&sandbox, "tv", "LANTERN").await.with_platform_token(token.clone());
    first.sign_in(&sandbox, "everything").await;
    sandbox.clock().advance(Duration::from_secs(60));
    assert!(
        !Device::register(&sandbox, "two", "MERIDIAN").await.with_platform_token(token).signed_in().await
    );
    assert!(first.signed_in().await);
}

#[tokio::test]
async fn an_app_id_switches_sso_off() {
    let sandbox = start().await;
    let token = sandbox.platform_token("amazon-profile");
    let first = Device::register(&sandbox, "tv", "LANTERN").await.with_platform_token(token.clone());
    first.sign_in(&sandbox, "everything").await;
    let second = Device::register(&sandbox, "two", "MERIDIAN").await.with_platform_token(token);
    assert_eq!(second.get("/api/v1/checkauthn", &[("appId", "mine")]).await.status, 403);
    assert_eq!(second.get("/api/v1/checkauthn", &[("appId", "")]).await.status, 200);
}

#[tokio::test]
async fn a_provider_without_sso_shares_nothing() {
    let sandbox = start().await;
    let token = sandbox.platform_token("amazon-profile");
    let first = Device::register(&sandbox, "tv", "LANTERN").await.with_platform_token(token.clone());
    first.sign_in(&sandbox, "solo").await;
    assert!(
        !Device::register(&sandbox, "two", "MERIDIAN").await.with_platform_token(token).signed_in().await
    );
}

#[tokio::test]
async fn logging_out_leaves_the_other_apps_alone() {
    let sandbox = start().await;
    let token = sandbox.platform_token("amazon-profile");
    let first = Device::register(&sandbox, "tv", "LANTERN").await.with_platform_token(token.clone());
    first.sign_in(&sandbox, "everything").await;
    let second = Device::register(&sandbox, "two", "MERIDIAN").await.with_platform_token(token);
    assert!(second.signed_in().await);
    first.ask("DELETE", "/api/v1/logout", &[]).answer().await;
    assert!(second.signed_in().await);
    let without_token = Device { platform_token: None, ..first.clone() };
    assert!(!without_token.signed_in().await);
    assert!(first.signed_in().await, "with the token, the other app's sign-in brings it back");
}

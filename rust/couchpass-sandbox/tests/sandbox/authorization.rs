//! Decisions, media tokens, lists, metadata and the free preview.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::support::{Device, START, builder, start};

const ONE: [(&str, &str); 1] = [("resource", "LanternOne")];

async fn signed_in(sandbox: &couchpass_sandbox::Sandbox, account: &str) -> Device {
    let device = Device::register(sandbox, account, "LANTERN").await;
    device.sign_in(sandbox, account).await;
    device
}

#[tokio::test]
async fn a_permit_is_kept_and_opens_the_player() {
    let sandbox = start().await;
    let device = signed_in(&sandbox, "everything").await;
    assert_eq!(device.get("/api/v1/tokens/media", &ONE).await.status, 403);
    let permit = device.get("/api/v1/authorize", &ONE).await;
    assert_eq!(permit.status, 200);
    let until = (START + 86_400_000).to_string();
    assert_eq!(
        permit.json(),
        json!({ "mvpd": "Northwind", "resource": "LanternOne", "requestor": "LANTERN", "expires": until })
    );
    sandbox.clock().advance(Duration::from_secs(60));
    assert_eq!(
        device.get("/api/v1/authorize", &ONE).await.json()["expires"],
        until,
        "Adobe answers from its cache"
    );
    assert_eq!(device.get("/api/v1/tokens/authz", &ONE).await.json()["expires"], until);

    let first = device.get("/api/v1/tokens/media", &ONE).await.json();
    let second = device.get("/api/v1/mediatoken", &ONE).await.json();
    assert_ne!(first["serializedToken"], second["serializedToken"], "each is for one use");
    assert_eq!(first["expires"], (START + 60_000 + 420_000).to_string());
    assert_eq!(first["mvpdId"], "Northwind");
    assert!(
        STANDARD.decode(first["serializedToken"].as_str().unwrap()).unwrap().starts_with(b"<signatureInfo>")
    );
}

#[tokio::test]
async fn each_missing_step_has_its_own_answer() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    assert_eq!(device.get("/api/v1/authorize", &ONE).await.status, 403);
    let answer = device.get("/api/v1/tokens/authz", &ONE).await;
    assert_eq!(answer.json(), json!({ "status": 412, "message": "User not authenticated", "details": null }));
    device.sign_in(&sandbox, "everything").await;
    assert_eq!(device.get("/api/v1/tokens/authz", &ONE).await.status, 404);
    device.get("/api/v1/authorize", &ONE).await;
    sandbox.expire_authorizations();
    assert_eq!(device.get("/api/v1/tokens/authz", &ONE).await.status, 410);
    assert_eq!(device.get("/api/v1/authorize", &[]).await.status, 400);
}

#[tokio::test]
async fn a_denial_tells_the_viewer_why() {
    let sandbox = start().await;
    let basic = signed_in(&sandbox, "basic").await;
    let denial = basic.get("/api/v1/authorize", &[("resource", "LanternSports")]).await;
    assert_eq!((denial.status, &denial.json()["message"]), (403, &json!("User not authorized")));
    assert!(
        denial.json()["details"].as_str().unwrap().contains("Lantern Sports is not part of your package")
    );
    let family = signed_in(&sandbox, "family").await;
    let denial = family.get("/api/v1/authorize", &[("resource", "LanternNight")]).await;
    assert!(denial.json()["details"].as_str().unwrap().contains("parental controls"));
}

#[tokio::test]
async fn mrss_names_the_channel_by_title_and_is_refused_when_malformed() {
    let sandbox = start().await;
    let mrss = |rating: &str| {
        format!(
            r#"<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Lantern One</title>
               <item><title>Show</title><media:rating scheme="urn:v-chip">{rating}</media:rating></item></channel></rss>"#
        )
    };
    let family = signed_in(&sandbox, "family").await;
    assert_eq!(family.get("/api/v1/authorize", &[("resource", &mrss("TV-G"))]).await.status, 200);
    assert_eq!(family.get("/api/v1/tokens/media", &[("resource", &mrss("TV-G"))]).await.status, 200);
    assert_eq!(family.get("/api/v1/authorize", &[("resource", &mrss("TV-MA"))]).await.status, 403);
    assert_eq!(family.get("/api/v1/authorize", &[("resource", "<rss><channel>")]).await.status, 400);
}

#[tokio::test]
async fn a_proxy_is_named() {
    let sandbox = start().await;
    let device = signed_in(&sandbox, "dish").await;
    assert_eq!(device.get("/api/v1/authorize", &ONE).await.json()["proxyMvpd"], "CedarProxy");
}

#[tokio::test]
async fn a_list_is_preauthorized_item_by_item() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let list = [("resource", "LanternOne,LanternSports,Nothing")];
    assert_eq!(device.get("/api/v1/preauthorize", &list).await.status, 412);
    let code = device.code().await;
    sandbox.viewer("basic").approve(&code).await.unwrap();
    let answer = device.get("/api/v1/preauthorize", &list).await;
    assert_eq!(answer.header("adobe-response-confidence"), "full");
    assert_eq!(answer.header("adobe-request-id").len(), 36);
    assert_eq!(
        answer.json(),
        json!({ "resources": [
            { "id": "LanternOne", "authorized": true },
            { "id": "LanternSports", "authorized": false },
            { "id": "Nothing", "authorized": false },
        ] })
    );
    assert_eq!(device.get(&format!("/api/v1/preauthorize/{code}"), &list).await.json(), answer.json());
    assert_eq!(device.get("/api/v1/preauthorize", &[("resource", "A,B,C,D,E,F")]).await.status, 403);
    assert_eq!(device.get("/api/v1/preauthorize", &[]).await.status, 400);
}

#[tokio::test]
async fn enhanced_errors_come_where_they_are_switched_on() {
    let sandbox = builder().enhanced_errors(true).start().await.unwrap();
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let error = device.get("/api/v1/tokens/authn", &[]).await.json();
    assert_eq!(
        (&error["action"], &error["code"]),
        (&json!("authentication"), &json!("authentication_session_missing"))
    );
    assert_eq!((&error["status"], error["trace"].as_str().unwrap().len()), (&json!(404), 36));
    device.sign_in(&sandbox, "family").await;
    let error = device.get("/api/v1/authorize", &[("resource", "LanternNight")]).await.json();
    assert_eq!(error["code"], "authorization_denied_by_parental_controls");
    assert_eq!(device.get("/api/v1/tokens/authz", &ONE).await.json()["action"], "authorization");
    let list = device.get("/api/v1/preauthorize", &[("resource", "LanternOne,Nothing")]).await.json();
    assert_eq!(list["resources"][1]["error"]["code"], "preauthorization_denied_by_mvpd");
    let unknown = Device { requestor: "NOBODY", ..device }.get("/api/v1/checkauthn", &[]).await.json();
    assert_eq!((&unknown["code"], &unknown["action"]), (&json!("invalid_requestor"), &json!("none")));
}

#[tokio::test]
async fn user_metadata_is_shared_once_somebody_is_signed_in() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    assert_eq!(device.get("/api/v1/tokens/usermetadata", &[]).await.status, 412);
    device.sign_in(&sandbox, "everything").await;
    let metadata = device.get("/api/v1/tokens/usermetadata", &[]).await.json();
    assert_eq!(
        (&metadata["updated"], &metadata["encrypted"]),
        (&json!(START / 1000), &json!(["encryptedZip", "zip"]))
    );
    assert_eq!(metadata["data"]["maxRating"]["VCHIP"], "TV-MA");
    assert!(metadata["data"]["zip"].is_string(), "a ciphertext, not the list");
    device.ask("DELETE", "/api/v1/logout", &[]).answer().await;
    device.sign_in(&sandbox, "solo").await;
    assert_eq!(device.get("/api/v1/tokens/usermetadata", &[]).await.status, 404);
}

#[tokio::test]
async fn a_free_preview_opens_everything_until_it_is_used_up() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let preview = |mso: &'static str| {
        let extra = [("requestor_id", "LANTERN"), ("mso_id", mso), ("domain_name", "lantern.example")];
        device.ask("POST", "/api/v1/authenticate/freepreview", &extra)
    };
    assert_eq!(preview("Northwind").answer().await.status, 400);
    assert_eq!(preview("LanternPreview").answer().await.status, 204);
    assert_eq!(device.get("/api/v1/authorize", &ONE).await.status, 200);
    sandbox.clock().advance(Duration::from_secs(300));
    assert_eq!(preview("LanternPreview").answer().await.status, 204);
    let expires = device.get("/api/v1/tokens/authn", &[]).await.json()["expires"].clone();
    assert_eq!(expires, (START + 600_000).to_string(), "starting again does not make it longer");
    sandbox.clock().advance(Duration::from_secs(300));
    assert_eq!(device.get("/api/v1/authorize", &ONE).await.status, 403);
    assert_eq!(preview("LanternPreview").answer().await.status, 400);
}

#[tokio::test]
async fn the_providers_of_a_requestor_are_listed() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let config = device.get("/api/v1/config/LANTERN", &[]).await.json();
    let mvpds = config["requestor"]["mvpds"].as_array().unwrap();
    assert_eq!(mvpds.len(), 6);
    assert_eq!((&mvpds[0]["id"], &mvpds[0]["boardingStatus"]), (&json!("Northwind"), &json!("SUPPORTED")));
    let logo = mvpds[0]["logoUrl"].as_str().unwrap();
    assert!(crate::support::Ask::new("GET", logo).answer().await.text.starts_with("<svg"));
    assert_eq!(device.get("/api/v1/config/NOBODY", &[]).await.status, 400);
}

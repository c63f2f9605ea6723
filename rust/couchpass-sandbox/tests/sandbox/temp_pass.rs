//! TempPass: watching without a TV provider, for a while.

use std::time::Duration;

use couchpass_sandbox::{Sandbox, SecretKind};
use serde_json::json;

use crate::support::{Device, START, builder, start};

const ONE: [(&str, &str); 1] = [("resource", "LanternOne")];
const EMAIL: &str = r#"{"email":"f7ee5ec7312165148b69fcca1d29075b14b8aef0b5048a332b18b88d09069fb7"}"#;

async fn preview(device: &Device, mso: &str, generic_data: Option<&str>) -> u16 {
    let mut extra = vec![("requestor_id", "LANTERN"), ("mso_id", mso), ("domain_name", "lantern.example")];
    extra.extend(generic_data.map(|data| ("generic_data", data)));
    device.ask("POST", "/api/v1/authenticate/freepreview", &extra).answer().await.status
}

async fn authorize(device: &Device, resource: &str) -> u16 {
    device.get("/api/v1/authorize", &[("resource", resource)]).await.status
}

async fn device(sandbox: &Sandbox, id: &str) -> Device {
    Device::register(sandbox, id, "LANTERN").await
}

#[tokio::test]
async fn the_time_runs_from_the_first_authorization() {
    let sandbox = start().await;
    let device = device(&sandbox, "tv").await;
    assert_eq!(preview(&device, "LanternPreview", None).await, 204);
    let token = device.get("/api/v1/tokens/authn", &[]).await.json();
    assert_eq!(token["mvpd"], "LanternPreview");
    assert_eq!(token["expires"], (START + 600_000).to_string());
    sandbox.clock().advance(Duration::from_secs(500));
    assert_eq!(preview(&device, "LanternPreview", None).await, 204);
    assert_eq!(authorize(&device, "LanternOne").await, 200);
    let expires = device.get("/api/v1/tokens/authz", &ONE).await.json()["expires"].clone();
    assert_eq!(expires, (START + 1_100_000).to_string());
    let list = device.get("/api/v1/preauthorize", &[("resource", "LanternOne,Anything")]).await.json();
    assert!(list["resources"].as_array().unwrap().iter().all(|item| item["authorized"] == true));
    assert_eq!(device.get("/api/v1/tokens/media", &ONE).await.status, 200);
    assert_eq!(device.get("/api/v1/tokens/usermetadata", &[]).await.status, 404, "a basic one tells nothing");
    sandbox.clock().advance(Duration::from_secs(600));
    assert_eq!(authorize(&device, "LanternOne").await, 403);
    assert_eq!(preview(&device, "LanternPreview", None).await, 400);
    sandbox.reset_temp_passes(Some("LanternPreview"), Some("another"));
    assert_eq!(preview(&device, "LanternPreview", None).await, 400);
    sandbox.reset_temp_passes(Some("LanternPreview"), Some("tv"));
    assert_eq!(preview(&device, "LanternPreview", None).await, 204);
}

#[tokio::test]
async fn a_promotion_asks_who_the_viewer_is() {
    let sandbox = start().await;
    let device = device(&sandbox, "tv").await;
    for flawed in [None, Some("{}"), Some("email"), Some(r#"{"email":""}"#), Some(r#"{"mail":"x"}"#)] {
        assert_eq!(preview(&device, "LanternGift", flawed).await, 400, "{flawed:?}");
    }
    assert_eq!(preview(&device, "LanternGift", Some(EMAIL)).await, 204);
    assert_eq!(preview(&device, "LanternGift", Some(r#"("email":"x")"#)).await, 204, "as Adobe prints it");
    let with_flaw = [("resource", "LanternOne"), ("generic_data", "nothing")];
    assert_eq!(device.get("/api/v1/authorize", &with_flaw).await.status, 400);
    let requests = sandbox.recorder().requests();
    assert!(requests.last().unwrap().fingerprint(SecretKind::GenericData).is_some());
    assert!(!format!("{requests:?}").contains("f7ee5ec7"));
}

#[tokio::test]
async fn a_promotion_opens_so_many_titles_and_says_how_many_are_left() {
    let sandbox = builder().enhanced_errors(true).start().await.unwrap();
    let device = device(&sandbox, "tv").await;
    assert_eq!(preview(&device, "LanternGift", Some(EMAIL)).await, 204);
    for (title, left) in [("Film A", 1), ("Film A", 1), ("Film B", 0)] {
        assert_eq!(authorize(&device, title).await, 200);
        let metadata = device.get("/api/v1/tokens/usermetadata", &[]).await.json();
        assert_eq!(metadata["data"]["remaining_resources"], left);
        assert_eq!(metadata["data"]["expiration_date"], START + 86_400_000);
        assert_eq!(metadata["data"]["used_assets"][0], "Film A");
    }
    let refused = device.get("/api/v1/authorize", &[("resource", "Film C")]).await;
    assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("authorization_denied_by_mvpd")));
    assert!(refused.json()["details"].as_str().unwrap().contains("any more titles"));
    let list = device.get("/api/v1/preauthorize", &[("resource", "Film A,Film C")]).await.json();
    assert_eq!(
        (&list["resources"][0]["authorized"], &list["resources"][1]["authorized"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(authorize(&device, "Film B").await, 200, "what has been opened stays open");
}

#[tokio::test]
async fn a_promotion_follows_the_viewer_and_the_device() {
    let sandbox = start().await;
    sandbox.configure(|config| config.lifetimes.bearer_s = 100_000);
    let first = device(&sandbox, "tv").await;
    assert_eq!(preview(&first, "LanternGift", Some(EMAIL)).await, 204);
    assert_eq!(authorize(&first, "Film A").await, 200);
    assert_eq!(authorize(&first, "Film B").await, 200);
    let same_viewer = device(&sandbox, "bedroom").await;
    assert_eq!(preview(&same_viewer, "LanternGift", Some(EMAIL)).await, 204);
    assert_eq!(authorize(&same_viewer, "Film C").await, 403);
    assert_eq!(preview(&first, "LanternGift", Some(r#"{"email":"another"}"#)).await, 204);
    assert_eq!(authorize(&first, "Film C").await, 403, "the device has had it");
    let stranger = device(&sandbox, "kitchen").await;
    assert_eq!(preview(&stranger, "LanternGift", Some(r#"{"email":"stranger"}"#)).await, 204);
    assert_eq!(authorize(&stranger, "Film C").await, 200);
    sandbox.clock().advance(Duration::from_secs(86_400));
    assert_eq!(preview(&same_viewer, "LanternGift", Some(EMAIL)).await, 400);
    sandbox.reset_temp_passes(None, None);
    assert_eq!(preview(&same_viewer, "LanternGift", Some(EMAIL)).await, 204);
}

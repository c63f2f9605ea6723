//! What the MVPD shares about the viewer.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::{Device, START, start};

async fn metadata(device: &Device) -> Value {
    device.get("/api/v1/tokens/usermetadata", &[]).await.json()
}

#[tokio::test]
async fn properties_are_texts_lists_maps_and_truth_values() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    device.sign_in(&sandbox, "everything").await;
    let data = metadata(&device).await["data"].clone();
    assert_eq!(data["is_hoh"], "1");
    assert_eq!(data["channelID"], json!(["LanternOne", "LanternNews", "LanternSports"]));
    assert_eq!(data["maxRating"]["URL"], "https://northwind.example/ratings");
    assert_eq!(data["onNet"], true);
    assert!(data["userID"].is_string());
}

#[tokio::test]
async fn an_encrypted_property_is_as_long_as_rsa_makes_it_and_stays_the_same() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    device.sign_in(&sandbox, "everything").await;
    let first = metadata(&device).await;
    assert_eq!(first["encrypted"], json!(["encryptedZip", "zip"]));
    let text = |name: &str| first["data"][name].as_str().unwrap().to_owned();
    for name in ["zip", "encryptedZip"] {
        assert_eq!(STANDARD.decode(text(name)).unwrap().len(), 256);
    }
    assert_ne!(text("zip"), text("encryptedZip"));
    assert_eq!(metadata(&device).await, first);
}

#[tokio::test]
async fn an_authorization_may_tell_more_and_moves_the_date() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    device.sign_in(&sandbox, "everything").await;
    assert_eq!(metadata(&device).await["data"].get("allowMirroring"), None);
    sandbox.clock().advance(Duration::from_secs(60));
    device.get("/api/v1/authorize", &[("resource", "LanternOne")]).await;
    let later = metadata(&device).await;
    assert_eq!(
        (&later["data"]["allowMirroring"], &later["updated"]),
        (&json!("true"), &json!(START / 1000 + 60))
    );
}

//! Registration codes.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::support::{Ask, DEVICE_INFO, Device, START, start};

const PATH: &str = "/reggie/v1/LANTERN/regcode";

#[tokio::test]
async fn a_code_comes_with_its_record_and_can_be_read_and_deleted() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let answer = device.ask("POST", PATH, &[("mvpd", "Northwind")]).answer().await;
    assert_eq!(answer.status, 201);
    let record = answer.json();
    let code = record["code"].as_str().unwrap();
    assert_eq!(code.len(), 7);
    assert_eq!(record["id"].as_str().unwrap().len(), 36);
    assert_eq!((&record["requestor"], &record["mvpd"]), (&json!("LANTERN"), &json!("Northwind")));
    assert_eq!((&record["generated"], &record["expires"]), (&json!(START), &json!(START + 1_800_000)));
    assert_eq!(record["info"]["deviceId"], STANDARD.encode("tv"));
    assert_eq!(record["info"]["authorizationType"], "OAUTH2");

    let path = format!("{PATH}/{code}");
    assert_eq!(device.get(&path, &[]).await.json(), record);
    assert_eq!(sandbox.live_codes().len(), 1);
    assert_eq!(device.ask("DELETE", &path, &[]).answer().await.status, 204);
    assert_eq!(device.get(&path, &[]).await.status, 404);
    assert!(sandbox.live_codes().is_empty());
}

#[tokio::test]
async fn a_code_lives_as_long_as_was_asked_for_and_never_over_ten_hours() {
    let sandbox = start().await;
    sandbox.configure(|config| config.lifetimes.bearer_s = 100_000);
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    for ttl in ["36001", "0", "soon"] {
        let answer = device.ask("POST", PATH, &[("ttl", ttl)]).answer().await;
        assert_eq!((answer.status, &answer.json()["status"]), (400, &json!(400)), "{ttl}");
    }
    let record = device.ask("POST", PATH, &[("ttl", "36000")]).answer().await.json();
    let path = format!("{PATH}/{}", record["code"].as_str().unwrap());
    sandbox.clock().advance(Duration::from_secs(35_999));
    assert_eq!(device.get(&path, &[]).await.status, 200);
    sandbox.clock().advance(Duration::from_secs(1));
    assert_eq!(device.get(&path, &[]).await.status, 404);
}

#[tokio::test]
async fn a_code_belongs_to_its_requestor() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let code = device.code().await;
    assert_eq!(device.get(&format!("/reggie/v1/MERIDIAN/regcode/{code}"), &[]).await.status, 404);
    let lower = code.to_lowercase();
    assert_eq!(device.get(&format!("{PATH}/{lower}"), &[]).await.status, 404, "only viewers are forgiven");
    let answer = device.get(&format!("/reggie/v1/NOBODY/regcode/{code}"), &[]).await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn the_device_id_is_mandatory() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "", "LANTERN").await;
    let answer = device.ask("POST", PATH, &[]).answer().await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json(), json!({ "status": 400, "message": "Required 'deviceId' is not present" }));
}

#[tokio::test]
async fn device_information_comes_as_header_query_or_form_plain_or_escaped() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let url = format!("{}{PATH}?deviceId=tv", sandbox.api_url());
    let bare = |url: &str| Ask::new("POST", url).header("authorization", format!("Bearer {}", device.bearer));
    // Base64 with each of the three characters that an URL would mangle.
    let awkward = STANDARD.encode(r#"{"model":"AFT~?~~>","osName":"Android","x":"123"}"#);
    assert!(awkward.contains('+') && awkward.contains('/') && awkward.ends_with('='), "{awkward}");
    let escaped = awkward.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    for header in [&awkward, &escaped] {
        assert_eq!(bare(&url).header("x-device-info", header).answer().await.status, 201, "{header}");
    }
    assert_eq!(bare(&format!("{url}&device_info={escaped}")).answer().await.status, 201);
    assert_eq!(bare(&format!("{url}&device_info={awkward}")).answer().await.status, 201);
    assert_eq!(bare(&url).form(&[("device_info", &awkward)]).answer().await.status, 201);
    assert_eq!(bare(&url).answer().await.status, 400);
    for flawed in ["%%%", "bm90IGpzb24=", "e30=", &STANDARD.encode(r#"{"model":"AFTKA"}"#)] {
        assert_eq!(bare(&url).header("x-device-info", flawed).answer().await.status, 400, "{flawed}");
    }
    assert_eq!(bare(&url).header("x-device-info", DEVICE_INFO).answer().await.status, 201);
}

//! Decisions: of the MVPD, of a degradation, of a TempPass.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use couchpass_sandbox::{Degradation, DegradationRule, ErrorCode, Refusal, Sandbox};
use serde_json::{Value, json};

use crate::support::{Device, START, start};
use crate::v2_support::{Tv, assert_error, assert_refused, text};

const EMAIL: &str = r#"{"email":"f7ee5ec7312165148b69fcca1d29075b14b8aef0b5048a332b18b88d09069fb7"}"#;

async fn signed_in(sandbox: &Sandbox, account: &str) -> Tv {
    let tv = Tv::register(sandbox, "tv", "LANTERN").await;
    tv.sign_in(sandbox, account).await;
    tv
}

/// The code of an item's error, if it is in order.
fn code(decision: &Value) -> String {
    assert_eq!(decision["authorized"], false, "{decision}");
    assert_eq!(decision.get("token"), None);
    assert_error(&decision["error"], u16::try_from(decision["error"]["status"].as_u64().unwrap()).unwrap());
    text(&decision["error"]["code"])
}

#[tokio::test]
async fn a_permit_brings_a_fresh_media_token_and_says_how_long_it_is_cached() {
    let sandbox = start().await;
    let tv = signed_in(&sandbox, "everything").await;
    let permit = tv.authorize("Northwind", "LanternOne").await;
    let token = text(&permit["token"]["serializedToken"]);
    assert_eq!(
        permit,
        json!({
            "resource": "LanternOne",
            "serviceProvider": "LANTERN",
            "mvpd": "Northwind",
            "source": "mvpd",
            "authorized": true,
            "token": { "notBefore": START, "notAfter": START + 420_000, "serializedToken": token },
            "notBefore": START,
            "notAfter": START + 86_400_000,
        })
    );
    let clear = String::from_utf8(STANDARD.decode(&token).unwrap()).unwrap();
    assert!(clear.starts_with("<signatureInfo>") && clear.contains("<requestorID>LANTERN</requestorID>"));
    sandbox.clock().advance(Duration::from_secs(60));
    let again = tv.authorize("Northwind", "LanternOne").await;
    assert_eq!((&again["notBefore"], &again["notAfter"]), (&permit["notBefore"], &permit["notAfter"]));
    assert_eq!(again["token"]["notAfter"], START + 480_000);
    assert_ne!(text(&again["token"]["serializedToken"]), token);
    sandbox.expire_authorizations();
    assert_eq!(tv.authorize("Northwind", "LanternOne").await["notBefore"], START + 60_000);
}

#[tokio::test]
async fn denials_carry_the_providers_words() {
    let sandbox = start().await;
    let tv = signed_in(&sandbox, "basic").await;
    let denied = tv.authorize("Harborlight", "LanternSports").await;
    assert_eq!((code(&denied).as_str(), &denied["source"]), ("authorization_denied_by_mvpd", &json!("mvpd")));
    let details = text(&denied["error"]["details"]);
    assert!(details.contains("harborlight.example"), "{details}");
    let list = tv.preauthorize("Harborlight", &["LanternOne", "LanternSports"]).await;
    assert_eq!(
        list[0],
        json!({ "resource": "LanternOne", "serviceProvider": "LANTERN", "mvpd": "Harborlight", "source": "mvpd", "authorized": true })
    );
    assert_eq!(code(&list[1]), "preauthorization_denied_by_mvpd");
    let tv = signed_in(&sandbox, "family").await;
    assert_eq!(
        code(&tv.authorize("Northwind", "LanternNight").await),
        "authorization_denied_by_parental_controls"
    );
    let mrss = "<rss><channel><title>Lantern One</title></channel></rss>";
    let permit = tv.authorize("Northwind", mrss).await;
    assert_eq!((&permit["authorized"], &permit["resource"]), (&json!(true), &json!(mrss)));
}

#[tokio::test]
async fn without_a_profile_each_item_says_so() {
    let sandbox = start().await;
    let tv = signed_in(&sandbox, "basic").await;
    for item in tv.preauthorize("Northwind", &["LanternOne", "LanternNews"]).await.as_array().unwrap() {
        assert_eq!(code(item), "authenticated_profile_missing");
        assert_eq!(item["error"]["action"], "authentication");
    }
    assert_eq!(code(&tv.authorize("Northwind", "LanternOne").await), "authenticated_profile_missing");
    let bedroom = Tv { id: "bedroom".into(), ..tv };
    assert_eq!(code(&bedroom.authorize("Harborlight", "LanternOne").await), "authenticated_profile_missing");
}

#[tokio::test]
async fn the_body_is_a_list_of_resources_and_no_longer_than_agreed() {
    let sandbox = start().await;
    let tv = signed_in(&sandbox, "everything").await;
    for kind in ["preauthorize", "authorize"] {
        let path = format!("decisions/{kind}/Northwind");
        for flawed in [
            json!({}),
            json!({ "resources": [] }),
            json!({ "resources": "LanternOne" }),
            json!({ "resources": [""] }),
            json!({ "resources": ["<rss>"] }),
            json!(["LanternOne"]),
        ] {
            let answer = tv.ask("POST", &path).json(&flawed).answer().await;
            assert_refused(&answer, 400, "invalid_parameter_resources");
        }
        let many = json!({ "resources": ["A", "B", "C", "D", "E", "F"] });
        let answer = tv.ask("POST", &path).json(&many).answer().await;
        assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("too_many_resources")));
        assert_error(&answer.json(), 403);
        assert_eq!(answer.json()["action"], "configuration");
        assert_eq!(tv.post(&path, &[("resources", "LanternOne")]).await.status, 400, "a form");
        let mut ask = tv.ask("POST", &path).json(&json!({ "resources": ["LanternOne"] }));
        ask.headers.retain(|(name, _)| *name != "content-type");
        assert_eq!(ask.header("content-type", "application/json;charset=utf-8").answer().await.status, 200);
    }
    sandbox.configure(|config| config.limits.authorized_resources = 1);
    let two = json!({ "resources": ["LanternOne", "LanternNews"] });
    let answer = tv.ask("POST", "decisions/authorize/Northwind").json(&two).answer().await;
    assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("too_many_resources")));
}

#[tokio::test]
async fn an_item_can_be_marked_for_another_try() {
    let sandbox = start().await;
    let tv = signed_in(&sandbox, "everything").await;
    sandbox.refuse(Refusal::of("LanternNews", ErrorCode::NetworkConnectionTimeout).times(1));
    let list = tv.preauthorize("Northwind", &["LanternOne", "LanternNews"]).await;
    assert_eq!((&list[0]["authorized"], &list[1]["error"]["action"]), (&json!(true), &json!("retry")));
    assert_eq!(tv.preauthorize("Northwind", &["LanternNews"]).await[0]["authorized"], true);
}

#[tokio::test]
async fn authn_all_signs_everybody_in_and_permits_everything() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    let code = text(&tv.session("Harborlight").await["code"]);
    sandbox.degrade(Degradation::new("LANTERN", "Harborlight", DegradationRule::AuthNAll));
    for path in ["profiles/Harborlight", &format!("profiles/code/{code}")] {
        let profile = tv.profiles(path).await["Harborlight"].clone();
        assert_eq!((&profile["type"], &profile["issuer"]), (&json!("degraded"), &json!("Adobe")));
        let user = text(&profile["attributes"]["userID"]["value"]);
        assert_eq!((&user[..16], user.len()), ("95cf93bcd183214a", 56));
        assert_eq!((&profile["notBefore"], &profile["notAfter"]), (&json!(START), &json!(START + 3_600_000)));
    }
    assert_eq!(tv.profiles("profiles").await, json!({}), "the list of all never holds it");
    let permit = tv.authorize("Harborlight", "LanternSports").await;
    assert_eq!((&permit["authorized"], &permit["source"]), (&json!(true), &json!("degradation")));
    assert_eq!((&permit["notBefore"], &permit["notAfter"]), (&json!(START), &json!(START + 3_600_000)));
    assert!(permit["token"]["serializedToken"].is_string());
    let listed = tv.preauthorize("Harborlight", &["LanternSports"]).await[0].clone();
    assert_eq!((&listed["authorized"], &listed["source"]), (&json!(true), &json!("degradation")));
    let elsewhere = Tv { provider: "MERIDIAN", ..tv.clone() };
    assert_eq!(
        elsewhere.profiles("profiles/Harborlight").await,
        json!({}),
        "each service provider has its own rules"
    );
    sandbox.stop_degrading();
    assert_eq!(tv.profiles("profiles/Harborlight").await, json!({}));
}

#[tokio::test]
async fn a_valid_profile_comes_before_a_degraded_one() {
    let sandbox = start().await;
    let tv = signed_in(&sandbox, "basic").await;
    sandbox.degrade(Degradation::new("LANTERN", "Harborlight", DegradationRule::AuthNAll));
    assert_eq!(tv.profiles("profiles/Harborlight").await["Harborlight"]["type"], "regular");
    assert_eq!(tv.session("Harborlight").await["reasonType"], "authenticated");
    assert_eq!(tv.authorize("Harborlight", "LanternSports").await["source"], "degradation");
    assert_eq!(tv.log_out("Harborlight").await["actionName"], "logout");
}

#[tokio::test]
async fn authz_all_permits_and_authz_none_denies_resource_by_resource() {
    let sandbox = start().await;
    let tv = signed_in(&sandbox, "basic").await;
    sandbox.degrade(Degradation::new("LANTERN", "Harborlight", DegradationRule::AuthZAll));
    let permit = tv.authorize("Harborlight", "LanternSports").await;
    assert_eq!((&permit["authorized"], &permit["source"]), (&json!(true), &json!("degradation")));
    assert_eq!((permit.get("notAfter"), permit["token"].is_object()), (None, true), "as in Adobe's sample");
    let stranger = Tv { id: "bedroom".into(), ..tv.clone() };
    assert_eq!(stranger.authorize("Harborlight", "LanternSports").await["authorized"], true);
    assert_eq!(stranger.profiles("profiles/Harborlight").await, json!({}));
    assert_eq!(stranger.session("Harborlight").await["actionName"], "authenticate");

    let none = Degradation::new("LANTERN", "Harborlight", DegradationRule::AuthZNone);
    sandbox.degrade(none.resource("LanternOne").message("Tonight on free television."));
    let list = tv.preauthorize("Harborlight", &["LanternOne", "LanternNews"]).await;
    assert_eq!(code(&list[0]), "authorization_denied_by_degradation_rule");
    assert_eq!(list[0]["error"]["details"], "Tonight on free television.");
    assert_eq!((&list[0]["source"], &list[1]["authorized"]), (&json!("degradation"), &json!(true)));
    sandbox.degrade(Degradation::new("LANTERN", "Harborlight", DegradationRule::AuthZNone));
    let denied = tv.authorize("Harborlight", "LanternNews").await;
    assert_eq!(code(&denied), "authorization_denied_by_degradation_rule");
    assert_eq!(denied["error"].get("details"), None);
}

#[tokio::test]
async fn a_basic_trial_runs_from_the_first_authorization() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    sandbox.clock().advance(Duration::from_secs(100));
    let before = tv.profiles("profiles/LanternPreview").await["LanternPreview"].clone();
    assert_eq!((&before["type"], &before["issuer"]), (&json!("temporary"), &json!("Adobe")));
    let ends = START + 700_000;
    assert_eq!(before["attributes"]["expiration_date"], json!({ "value": ends, "state": "plain" }));
    assert!(text(&before["attributes"]["userID"]["value"]).starts_with("temppass_"));
    let permit = tv.authorize("LanternPreview", "LanternOne").await;
    assert_eq!((&permit["source"], &permit["notAfter"]), (&json!("temppass"), &json!(ends)));
    sandbox.clock().advance(Duration::from_secs(100));
    let during = tv.profiles("profiles/LanternPreview").await["LanternPreview"].clone();
    assert_eq!((&during["notBefore"], &during["notAfter"]), (&json!(START + 100_000), &json!(ends)));
    assert_eq!(tv.profiles("profiles").await, json!({}), "the list of all never holds it");
    let list = tv.preauthorize("LanternPreview", &["LanternOne", "Anything"]).await;
    assert!(list.as_array().unwrap().iter().all(|item| item["authorized"] == true));
    let v1 = Device::register(&sandbox, "tv", "LANTERN").await;
    let preview =
        [("requestor_id", "LANTERN"), ("mso_id", "LanternPreview"), ("domain_name", "lantern.example")];
    let path = "/api/v1/authenticate/freepreview";
    assert_eq!(v1.ask("POST", path, &preview).answer().await.status, 204);
    assert_eq!(
        v1.get("/api/v1/tokens/authn", &[]).await.json()["expires"],
        ends.to_string(),
        "one trial for both"
    );
    sandbox.clock().advance(Duration::from_secs(500));
    let refused = tv.get("profiles/LanternPreview").await;
    assert_refused(&refused, 403, "temporary_access_duration_limit_exceeded");
    assert_eq!(
        code(&tv.authorize("LanternPreview", "LanternOne").await),
        "temporary_access_duration_limit_exceeded"
    );
    let listed = tv.preauthorize("LanternPreview", &["LanternOne"]).await;
    assert_eq!(code(&listed[0]), "temporary_access_duration_limit_exceeded");
    assert_eq!(v1.ask("POST", path, &preview).answer().await.status, 400);
    sandbox.reset_temp_passes(Some("LanternPreview"), Some("tv"));
    assert_eq!(tv.authorize("LanternPreview", "LanternOne").await["authorized"], true);
}

#[tokio::test]
async fn a_promotion_asks_who_the_viewer_is_and_counts_titles() {
    let sandbox = start().await;
    let stranger = Tv::register(&sandbox, "tv", "LANTERN").await;
    for tv in [stranger.clone(), stranger.with_identity("{}"), stranger.with_identity(r#"{"email":""}"#)] {
        let refused = tv.get("profiles/LanternGift").await;
        assert_refused(&refused, 400, "invalid_header_identity_for_temporary_access");
        let refused = tv.authorize("LanternGift", "Film A").await;
        assert_eq!(code(&refused), "invalid_header_identity_for_temporary_access");
        assert_eq!((&refused["error"]["status"], &refused["source"]), (&json!(400), &json!("temppass")));
    }
    let tv = stranger.with_identity(EMAIL);
    for (title, left) in [("Film A", 1), ("Film A", 1)] {
        assert_eq!(tv.authorize("LanternGift", title).await["authorized"], true);
        let attributes = tv.profiles("profiles/LanternGift").await["LanternGift"]["attributes"].clone();
        assert_eq!(attributes["remaining_resources"]["value"], left);
        assert_eq!(attributes["used_assets"]["value"], json!(["Film A"]));
        assert_eq!(attributes["expiration_date"]["value"], START + 86_400_000);
    }
    assert_eq!(stranger.preauthorize("LanternGift", &["Film C"]).await[0]["authorized"], true);
    assert_eq!(tv.authorize("LanternGift", "Film B").await["authorized"], true);
    let refused = tv.authorize("LanternGift", "Film C").await;
    assert_eq!(code(&refused), "temporary_access_resources_limit_exceeded");
    assert_eq!(refused["error"]["action"], "authentication");
    let refused = tv.get("profiles/LanternGift").await;
    assert_refused(&refused, 403, "temporary_access_resources_limit_exceeded");
    let same_viewer = Tv::register(&sandbox, "bedroom", "LANTERN").await.with_identity(EMAIL);
    assert_eq!(
        code(&same_viewer.authorize("LanternGift", "Film C").await),
        "temporary_access_resources_limit_exceeded"
    );
    let path = format!("sessions/{}", same_viewer.code().await);
    same_viewer.post(&path, &[("mvpd", "LanternGift")]).await;
    let by_code = path.replace("sessions", "profiles/code");
    assert_refused(&same_viewer.get(&by_code).await, 403, "temporary_access_resources_limit_exceeded");
    sandbox.reset_temp_passes(None, None);
    assert_eq!(same_viewer.profiles(&by_code).await["LanternGift"]["type"], "temporary");
}

//! Profiles: regular ones and what they tell, those of the platform, and signing out of them.

use std::time::Duration;

use couchpass_sandbox::{Degradation, DegradationRule};
use serde_json::{Value, json};

use crate::support::{START, start};
use crate::v2_support::{BACK, REST, Tv, assert_refused, text};

fn attribute(value: impl Into<Value>) -> Value {
    let value: Value = value.into();
    json!({ "value": value, "state": "plain" })
}

#[tokio::test]
async fn attributes_are_plain_or_encrypted_and_more_come_with_an_authorization() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    tv.sign_in(&sandbox, "everything").await;
    let attributes = tv.profiles("profiles/Northwind").await["Northwind"]["attributes"].clone();
    assert!(text(&attributes["userID"]["value"]).starts_with("Northwind-"));
    assert_eq!(attributes["hba_status"], attribute("true"));
    assert_eq!(attributes["onNet"], attribute(true));
    assert_eq!(attributes["channelID"], attribute(json!(["LanternOne", "LanternNews", "LanternSports"])));
    assert_eq!(attributes["maxRating"]["value"]["VCHIP"], "TV-MA");
    for encrypted in ["zip", "encryptedZip"] {
        assert_eq!(attributes[encrypted]["state"], "enc");
        assert_eq!(text(&attributes[encrypted]["value"]).len(), 344, "256 bytes in Base64");
    }
    assert_eq!((attributes.get("mvpd"), attributes.get("allowMirroring")), (None, None));
    tv.authorize("Northwind", "LanternOne").await;
    let attributes = tv.profiles("profiles").await["Northwind"]["attributes"].clone();
    assert_eq!(attributes["allowMirroring"], attribute("true"));
}

#[tokio::test]
async fn an_expired_profile_is_left_out() {
    let sandbox = start().await;
    sandbox.configure(|config| {
        config.lifetimes.authentication_s = 600;
        config.lifetimes.unknown_platform_s = 60;
    });
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    tv.sign_in(&sandbox, "everything").await;
    let code = sandbox.live_codes()[0].code.clone();
    sandbox.clock().advance(Duration::from_secs(600));
    for path in ["profiles", "profiles/Northwind", &format!("profiles/code/{code}")] {
        assert_eq!(tv.profiles(path).await, json!({}), "{path}");
    }
    assert!(sandbox.authentications().is_empty());
    let error = tv.authorize("Northwind", "LanternOne").await["error"].clone();
    assert_eq!(
        (&error["code"], &error["action"]),
        (&json!("authenticated_profile_expired"), &json!("authentication"))
    );
    assert_eq!(tv.session("Northwind").await["actionName"], "authenticate");
}

#[tokio::test]
async fn a_second_app_is_signed_in_while_it_shows_the_platform_token() {
    let sandbox = start().await;
    let token = sandbox.platform_token("amazon-profile");
    let first = Tv::register(&sandbox, "tv", "LANTERN").await.with_platform_token(&token);
    first.sign_in(&sandbox, "everything").await;
    first.sign_in(&sandbox, "solo").await;
    assert_eq!(first.profiles("profiles").await["Northwind"]["type"], "regular");
    sandbox.clock().advance(Duration::from_secs(60));
    let without = Tv::register(&sandbox, "bedroom", "MERIDIAN").await;
    assert_eq!(without.profiles("profiles").await, json!({}));
    let second = without.with_platform_token(&token);
    let shared = second.profiles("profiles").await;
    assert_eq!(shared.as_object().unwrap().len(), 1, "one provider does not take part: {shared}");
    let profile = &shared["Northwind"];
    assert_eq!((&profile["type"], &profile["issuer"]), (&json!("platformSSO"), &json!("Northwind")));
    assert_eq!(profile["attributes"]["mvpd"], attribute("Northwind"));
    assert_eq!(profile["notAfter"], START + 30 * 86_400_000, "it ends with the first one");
    assert_eq!(&second.profiles("profiles/Northwind").await["Northwind"], profile);
    let form = [("mvpd", "Northwind"), ("domainName", "meridian.example"), REST[1]];
    let session = second.post("sessions", &form).await.json();
    assert_eq!(
        (&session["actionName"], &session["reasonType"]),
        (&json!("authorize"), &json!("authenticatedSSO"))
    );
    assert_eq!(second.authorize("Northwind", "MeridianLive").await["authorized"], true);
    let more = second.profiles("profiles").await["Northwind"]["attributes"].clone();
    assert_eq!(more["allowMirroring"], attribute("true"));
    assert_eq!(without.profiles("profiles").await, json!({}), "nothing stays behind without the token");
    assert_eq!(
        without.authorize("Northwind", "MeridianLive").await["error"]["code"],
        "authenticated_profile_missing"
    );
    let bad = sandbox.platform_token_builder("amazon-profile").unsigned().build();
    assert_eq!(without.with_platform_token(&bad).profiles("profiles").await, json!({}));
}

#[tokio::test]
async fn the_platform_token_is_honoured_in_query_and_form_too() {
    let sandbox = start().await;
    let token = sandbox.platform_token("amazon-profile");
    let first = Tv::register(&sandbox, "tv", "LANTERN").await.with_platform_token(&token);
    first.sign_in(&sandbox, "everything").await;
    let second = Tv::register(&sandbox, "bedroom", "LANTERN").await;
    assert_eq!(second.profiles(&format!("profiles?ast={token}")).await["Northwind"]["type"], "platformSSO");
    let [domain, back] = REST;
    let session =
        second.post("sessions", &[("mvpd", "Northwind"), domain, back, ("ast", &token)]).await.json();
    assert_eq!(session["reasonType"], "authenticatedSSO");
}

#[tokio::test]
async fn a_logout_leads_to_the_providers_own_and_back() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    tv.sign_in(&sandbox, "everything").await;
    tv.sign_in(&sandbox, "basic").await;
    tv.authorize("Northwind", "LanternOne").await;
    let logout = tv.log_out("Northwind").await;
    let url = text(&logout["url"]);
    assert!(url.starts_with("/adobe-services/logout?"), "{url}");
    assert_eq!(
        logout,
        json!({ "actionName": "logout", "actionType": "interactive", "mvpd": "Northwind", "url": url })
    );
    assert_eq!(sandbox.viewer("everything").open_at(&url).await.unwrap(), BACK);
    assert_eq!(tv.profiles("profiles/Northwind").await, json!({}));
    assert_eq!(tv.profiles("profiles").await.as_object().unwrap().len(), 1, "the other one stays");
    assert_eq!(tv.authorize("Northwind", "LanternOne").await["authorized"], false);
    let invalid = json!({ "actionName": "invalid", "actionType": "none", "mvpd": "Northwind" });
    assert_eq!(tv.log_out("Northwind").await, invalid);
    sandbox.configure(|config| config.spelling.absolute_urls = true);
    let url = text(&tv.log_out("Harborlight").await["url"]);
    assert!(url.starts_with(&format!("{}/adobe-services/logout?", tv.sp)));
    assert_eq!(sandbox.viewer("everything").open_at(&url).await.unwrap(), BACK);
}

#[tokio::test]
async fn a_logout_is_complete_where_there_is_nothing_to_open() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    let complete = |mvpd: &str| json!({ "actionName": "complete", "actionType": "none", "mvpd": mvpd });
    tv.sign_in(&sandbox, "dish").await;
    assert_eq!(tv.log_out("Cedar").await, complete("Cedar"));
    assert_eq!(tv.profiles("profiles").await, json!({}));
    assert_eq!(tv.log_out("Cedar").await["actionName"], "invalid");
    assert_eq!(tv.log_out("LanternPreview").await, complete("LanternPreview"));
    sandbox.degrade(Degradation::new("LANTERN", "Harborlight", DegradationRule::AuthNAll));
    assert_eq!(tv.log_out("Harborlight").await, complete("Harborlight"));
}

#[tokio::test]
async fn a_logout_with_the_platform_token_signs_out_everywhere() {
    let sandbox = start().await;
    let token = sandbox.platform_token("amazon-profile");
    let first = Tv::register(&sandbox, "tv", "LANTERN").await;
    first.with_platform_token(&token).sign_in(&sandbox, "everything").await;
    let second = Tv::register(&sandbox, "tv", "MERIDIAN").await.with_platform_token(&token);
    assert_eq!(first.log_out("Northwind").await["actionName"], "logout");
    assert_eq!(first.profiles("profiles").await, json!({}));
    assert_eq!(
        second.profiles("profiles").await["Northwind"]["type"],
        "platformSSO",
        "without it, only its own"
    );
    first.with_platform_token(&token).sign_in(&sandbox, "everything").await;
    assert_eq!(second.log_out("Northwind").await["actionName"], "logout");
    assert_eq!(second.profiles("profiles").await, json!({}));
    assert_eq!(first.profiles("profiles").await, json!({}));
}

#[tokio::test]
async fn a_logout_needs_an_address_to_come_back_to() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    tv.sign_in(&sandbox, "everything").await;
    for query in ["", "?redirectUrl=", "?redirectUrl=lantern.example"] {
        let answer = tv.get(&format!("logout/Northwind{query}")).await;
        assert_refused(&answer, 400, "invalid_parameter_redirect_url");
    }
    assert_eq!(tv.profiles("profiles").await.as_object().unwrap().len(), 1, "nobody was signed out");
    let viewer = sandbox.viewer("everything");
    for path in
        ["", "?requestor_id=LANTERN&mso_id=Northwind", "?requestor_id=LANTERN&mso_id=No&redirect_url=a:b"]
    {
        assert!(viewer.open_at(&format!("/adobe-services/logout{path}")).await.is_err(), "{path}");
    }
    assert!(
        viewer.open_at("https://elsewhere.example/").await.is_err(),
        "the sandbox opens its own pages alone"
    );
}

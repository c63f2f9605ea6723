//! Sessions: what they answer, what they lack, and when they end.

use std::time::Duration;

use couchpass_sandbox::{Degradation, DegradationRule};
use serde_json::json;

use crate::support::{Ask, START, builder, start};
use crate::v2_support::{BACK, REST, Tv, assert_refused, text};

const DOMAIN: (&str, &str) = REST[0];
const REDIRECT: (&str, &str) = REST[1];
const NORTHWIND: (&str, &str) = ("mvpd", "Northwind");

#[tokio::test]
async fn a_session_that_lacks_nothing_leads_to_the_provider() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    let answer = tv.post("sessions", &[NORTHWIND, DOMAIN, REDIRECT]).await;
    assert_eq!(answer.header("content-type"), "application/json;charset=UTF-8");
    let session = answer.json();
    let code = text(&session["code"]);
    assert_eq!(text(&session["sessionId"]).len(), 36);
    assert_eq!(
        session,
        json!({
            "actionName": "authenticate",
            "actionType": "interactive",
            "reasonType": "none",
            "url": format!("/api/v2/authenticate/LANTERN/{code}"),
            "code": code,
            "sessionId": session["sessionId"],
            "mvpd": "Northwind",
            "serviceProvider": "LANTERN",
            "notBefore": START.to_string(),
            "notAfter": (START + 1_800_000).to_string(),
        })
    );
}

#[tokio::test]
async fn a_session_says_what_it_lacks_until_it_has_all() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    let opened = tv.post("sessions", &[]).await.json();
    let code = text(&opened["code"]);
    let path = format!("sessions/{code}");
    assert_eq!((&opened["actionName"], &opened["actionType"]), (&json!("resume"), &json!("direct")));
    assert_eq!(opened["url"], format!("/api/v2/LANTERN/{path}"));
    assert_eq!(opened["missingParameters"], json!(["mvpd", "domainName", "redirectUrl"]));
    assert_eq!((opened.get("mvpd"), &opened["reasonType"]), (None, &json!("none")));
    let read = tv.get(&path).await.json();
    assert_eq!(read["existingParameters"], json!({ "serviceProvider": "LANTERN" }));
    assert_eq!(read["missingParameters"], opened["missingParameters"]);

    let more = tv.post(&path, &[NORTHWIND, DOMAIN]).await.json();
    assert_eq!((&more["actionName"], &more["actionType"]), (&json!("retry"), &json!("direct")));
    assert_eq!((&more["missingParameters"], &more["mvpd"]), (&json!(["redirectUrl"]), &json!("Northwind")));
    assert_eq!(more["url"], format!("/api/v2/LANTERN/{path}"));
    assert_eq!((&more["code"], &more["sessionId"]), (&opened["code"], &opened["sessionId"]));

    let complete = tv.post(&path, &[REDIRECT]).await.json();
    assert_eq!(complete["actionName"], "authenticate");
    assert_eq!(complete["actionType"], "interactive");
    assert_eq!(complete["url"], format!("/api/v2/authenticate/LANTERN/{code}"));
    assert_eq!((complete.get("missingParameters"), &complete["notAfter"]), (None, &opened["notAfter"]));
    let read = tv.get(&path).await.json();
    assert_eq!(
        read["existingParameters"],
        json!({ "serviceProvider": "LANTERN", "mvpd": "Northwind", "domainName": "lantern.example", "redirectUrl": BACK })
    );
    assert_eq!(read.get("missingParameters"), None);
    assert_eq!((&read["notBefore"], &read["notAfter"]), (&opened["notBefore"], &opened["notAfter"]));
}

#[tokio::test]
async fn a_second_screen_learns_about_the_device() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    let path = format!("sessions/{}", tv.code().await);
    let phone = Tv::register(&sandbox, "phone", "LANTERN").await;
    let ask = Ask::new("GET", phone.url(&path)).header("authorization", format!("Bearer {}", phone.bearer));
    let device = ask.answer().await.json()["device"].clone();
    assert_eq!((&device["type"], &device["model"]), (&json!("Unknown"), &json!("AFTKA")));
    let version = json!({ "major": 9, "minor": 0, "patch": 0, "profile": "" });
    assert_eq!(device["operatingSystem"], json!({ "name": "Android", "version": version }));
    assert_eq!(device["connection"], json!({ "ipAddress": "127.0.0.1", "secure": false, "type": "WIFI" }));
}

#[tokio::test]
async fn a_code_ends_after_half_an_hour_or_with_the_next_one() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    let (first, second) = (tv.code().await, tv.code().await);
    let other = Tv { id: "bedroom".into(), ..tv.clone() }.code().await;
    for path in ["sessions", "profiles/code"] {
        assert_refused(&tv.get(&format!("{path}/{first}")).await, 400, "invalid_authentication_session");
        assert_eq!(tv.get(&format!("{path}/{second}")).await.status, 200);
        assert_eq!(tv.get(&format!("{path}/{other}")).await.status, 200, "another device's");
        assert_refused(&tv.get(&format!("{path}/no-code!")).await, 400, "invalid_parameter_code");
    }
    assert_refused(
        &tv.post(&format!("sessions/{first}"), &[NORTHWIND]).await,
        400,
        "invalid_authentication_session",
    );
    let elsewhere = Tv { provider: "MERIDIAN", ..tv.clone() };
    let refused = elsewhere.get(&format!("sessions/{second}")).await;
    assert_refused(&refused, 400, "invalid_authentication_session");
    sandbox.clock().advance(Duration::from_millis(1_799_999));
    assert_eq!(tv.get(&format!("profiles/code/{second}")).await.status, 200);
    sandbox.clock().advance(Duration::from_millis(1));
    let refused = tv.get(&format!("profiles/code/{second}")).await;
    assert_refused(&refused, 400, "invalid_authentication_session");
}

#[tokio::test]
async fn a_valid_profile_leads_straight_to_the_decisions() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    tv.sign_in(&sandbox, "everything").await;
    let session = tv.session("Northwind").await;
    assert_eq!(
        session,
        json!({
            "actionName": "authorize",
            "actionType": "direct",
            "reasonType": "authenticated",
            "url": "/api/v2/LANTERN/decisions/authorize/Northwind",
            "sessionId": session["sessionId"],
            "mvpd": "Northwind",
            "serviceProvider": "LANTERN",
        })
    );
    assert_eq!(
        tv.session("Harborlight").await["actionName"],
        "authenticate",
        "one for another provider is none"
    );
    let code = tv.code().await;
    let resumed = tv.post(&format!("sessions/{code}"), &[NORTHWIND]).await.json();
    assert_eq!(
        (&resumed["actionName"], &resumed["reasonType"]),
        (&json!("authorize"), &json!("authenticated"))
    );
    assert_eq!(resumed.get("code"), None);
    let profile = tv.profiles(&format!("profiles/code/{code}")).await;
    assert_eq!(profile["Northwind"]["notBefore"], START, "nothing is prolonged");
}

#[tokio::test]
async fn temp_pass_and_degradation_need_no_sign_in() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    sandbox.degrade(Degradation::new("LANTERN", "Harborlight", DegradationRule::AuthNAll));
    for (mvpd, reason) in
        [("LanternPreview", "temporary"), ("LanternGift", "temporary"), ("Harborlight", "degraded")]
    {
        let session = tv.session(mvpd).await;
        assert_eq!((&session["actionName"], &session["reasonType"]), (&json!("authorize"), &json!(reason)));
        assert_eq!((session.get("code"), &session["actionType"]), (None, &json!("direct")));
        let resumed = tv.post(&format!("sessions/{}", tv.code().await), &[("mvpd", mvpd)]).await.json();
        assert_eq!(resumed["reasonType"], reason);
    }
}

#[tokio::test]
async fn addresses_and_names_can_be_written_the_other_way() {
    let sandbox = builder().start().await.unwrap();
    sandbox.configure(|config| {
        config.spelling.absolute_urls = true;
        config.spelling.short_domain = true;
    });
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    let opened = tv.post("sessions", &[REDIRECT]).await.json();
    assert_eq!(opened["missingParameters"], json!(["mvpd", "domain"]));
    let path = format!("sessions/{}", text(&opened["code"]));
    assert_eq!(opened["url"], tv.url(&path));
    let session = tv.session("Northwind").await;
    let read = tv.get(&format!("sessions/{}", text(&session["code"]))).await.json();
    assert_eq!(read["existingParameters"]["domain"], "lantern.example");
    assert_eq!(sandbox.viewer("everything").approve_at(&text(&session["url"])).await.unwrap(), BACK);
}

#[tokio::test]
async fn parameters_of_a_session_are_checked() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    let code = tv.code().await;
    for path in ["sessions".to_owned(), format!("sessions/{code}")] {
        for (parameter, expected) in [
            (("mvpd", "Nowhere"), "invalid_parameter_mvpd"),
            (("redirectUrl", "lantern.example/back"), "invalid_parameter_redirect_url"),
            (("redirectUrl", "javascript:alert(1)"), "invalid_parameter_redirect_url"),
            (("domainName", "other.example"), "invalid_parameter_redirect_url"),
        ] {
            assert_refused(&tv.post(&path, &[parameter]).await, 400, expected);
        }
        let meridian = Tv { provider: "MERIDIAN", ..tv.clone() };
        let refused = meridian.post("sessions", &[("mvpd", "LanternPreview")]).await;
        assert_refused(&refused, 400, "invalid_integration");
        let refused = tv.post(&path, &[("mvpdId", "Northwind")]).await;
        assert_eq!(
            (refused.status, &refused.json()["message"]),
            (400, &json!("Unexpected parameter 'mvpdId'"))
        );
        let refused = tv.ask("POST", &path).json(&json!({ "mvpd": "Northwind" })).answer().await;
        assert_eq!(refused.status, 400);
        assert_eq!(tv.ask("POST", &path).answer().await.status, 400, "no media type at all");
    }
    let own_scheme = [NORTHWIND, DOMAIN, ("redirectUrl", "lantern://signed-in")];
    assert_eq!(tv.post("sessions", &own_scheme).await.json()["actionName"], "authenticate");
}

//! Signing in by v2: on a second screen, on the TV itself, and what the device learns of it.

use std::time::Duration;

use couchpass_sandbox::{Api, CodeState, ViewerError};
use serde_json::json;

use crate::support::{Ask, Device, START, start};
use crate::v2_support::{BACK, REST, Tv, assert_refused, text};

#[tokio::test]
async fn a_viewer_chooses_on_the_second_screen_and_the_device_learns_of_it() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    let code = tv.code().await;
    let poll = format!("profiles/code/{code}");
    assert_eq!(tv.profiles(&poll).await, json!({}));
    let live = sandbox.live_codes();
    assert_eq!((live[0].api, live[0].state, &live[0].mvpd), (Api::V2, CodeState::Waiting, &None));
    sandbox.viewer("everything").approve(&code).await.unwrap();
    let live = sandbox.live_codes();
    assert_eq!((live[0].state, live[0].mvpd.as_deref()), (CodeState::Approved, Some("Northwind")));
    let profile = tv.profiles(&poll).await["Northwind"].clone();
    assert_eq!((&profile["type"], &profile["issuer"]), (&json!("regular"), &json!("Northwind")));
    assert_eq!(profile["notBefore"], START);
    assert_eq!(profile["notAfter"], START + 30 * 86_400_000);
    assert_eq!(tv.profiles("profiles").await["Northwind"], profile);
    assert_eq!(tv.profiles("profiles/Northwind").await["Northwind"], profile);
    assert_eq!(tv.profiles("profiles/Harborlight").await, json!({}));
    let signed_in = sandbox.authentications();
    assert_eq!((signed_in[0].api, signed_in[0].mvpd.as_str()), (Api::V2, "Northwind"));
}

#[tokio::test]
async fn a_preselected_provider_skips_the_choice_and_ends_at_the_redirect_url() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    let code = text(&tv.session("Northwind").await["code"]);
    sandbox.viewer("everything").approve(&code).await.unwrap();
    let picked = |path: &str| sandbox.recorder().requests().iter().any(|request| request.path == path);
    assert!(picked("/mvpd/login") && !picked("/done"), "the redirect URL is another's");
    assert_eq!(tv.profiles(&format!("profiles/code/{code}")).await["Northwind"]["type"], "regular");
}

#[tokio::test]
async fn the_url_of_a_session_opens_in_the_tvs_own_browser() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    let session = tv.session("Northwind").await;
    assert_eq!(sandbox.viewer("everything").approve_at(&text(&session["url"])).await.unwrap(), BACK);
    let poll = format!("profiles/code/{}", text(&session["code"]));
    assert_eq!(tv.profiles(&poll).await["Northwind"]["issuer"], "Northwind");
}

#[tokio::test]
async fn a_viewer_who_says_no_is_sent_back_and_nobody_is_signed_in() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    let session = tv.session("Northwind").await;
    assert_eq!(sandbox.viewer("everything").deny_at(&text(&session["url"])).await.unwrap(), BACK);
    assert_eq!(sandbox.live_codes()[0].state, CodeState::Denied);
    assert_eq!(tv.profiles("profiles").await, json!({}));
    let code = tv.code().await;
    sandbox.viewer("everything").deny(&code).await.unwrap();
    assert_eq!(tv.profiles(&format!("profiles/code/{code}")).await, json!({}));
}

#[tokio::test]
async fn a_wrong_password_is_told_on_the_page() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    let viewer = sandbox.viewer("everything").with_wrong_password();
    let url = text(&tv.session("Northwind").await["url"]);
    assert!(matches!(viewer.approve_at(&url).await, Err(ViewerError::LoginRefused(_))));
    assert!(matches!(viewer.approve(&tv.code().await).await, Err(ViewerError::LoginRefused(_))));
}

#[tokio::test]
async fn the_browser_is_told_in_html_that_a_session_cannot_be_opened() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    let open =
        |code: String| Ask::new("GET", format!("{}/api/v2/authenticate/LANTERN/{code}", tv.sp)).answer();
    let [domain, back] = REST;
    for given in [vec![], vec![("mvpd", "Northwind"), back], vec![("mvpd", "Northwind"), domain]] {
        let incomplete = text(&tv.post("sessions", &given).await.json()["code"]);
        let answer = open(incomplete).await;
        assert_eq!((answer.status, answer.header("content-type")), (400, "text/html"), "{given:?}");
    }
    assert_eq!(open("AAAAAAA".to_owned()).await.status, 400);
    let code = text(&tv.session("Northwind").await["code"]);
    let elsewhere = format!("{}/api/v2/authenticate/MERIDIAN/{code}", tv.sp);
    assert_eq!(Ask::new("GET", elsewhere).answer().await.status, 400);
    let opened = open(code.clone()).await;
    assert_eq!(opened.status, 302);
    assert!(opened.header("location").starts_with(&format!("{}/mvpd/login?", sandbox.web_url())));
    let posted = Ask::new("POST", format!("{}/api/v2/authenticate/LANTERN/{code}", tv.sp)).answer().await;
    assert_eq!((posted.status, posted.header("content-type")), (405, "text/html"));
    sandbox.clock().advance(Duration::from_secs(1800));
    assert_eq!(open(code).await.status, 400);
}

#[tokio::test]
async fn a_session_that_ends_while_the_viewer_types_signs_nobody_in() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    let url = format!("{}{}", tv.sp, text(&tv.session("Northwind").await["url"]));
    let login = text(&Ask::new("GET", url).answer().await.header("location").into());
    let session = login.split_once("session=").unwrap().1.to_owned();
    let post = |path: &str, form: &[(&str, &str)]| {
        let form: Vec<_> = form.iter().copied().chain([("session", session.as_str())]).collect();
        Ask::new("POST", format!("{}{path}", sandbox.web_url())).form(&form).answer()
    };
    post("/mvpd/login", &[("user", "everything"), ("password", "sandbox-everything")]).await;
    tv.session("Northwind").await;
    assert_eq!(post("/mvpd/consent", &[("answer", "allow")]).await.status, 400);
    assert_eq!(tv.profiles("profiles").await, json!({}));
}

#[tokio::test]
async fn who_is_signed_in_already_is_not_asked_again_on_the_second_screen() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    tv.sign_in(&sandbox, "everything").await;
    let resume = |code: String| {
        let url = format!("{}/resume?code={code}&mso_id=Northwind", sandbox.web_url());
        Ask::new("GET", url).answer()
    };
    let code = tv.code().await;
    let answer = resume(code.clone()).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, &*format!("{}/done?code={code}", sandbox.web_url()))
    );
    assert!(Ask::new("GET", answer.header("location")).answer().await.text.contains("<h1>Done</h1>"));
    let with_a_page = text(&tv.post("sessions", &[REST[1]]).await.json()["code"]);
    assert_eq!(resume(with_a_page).await.header("location"), BACK);
    let v1 = Device::register(&sandbox, "tv", "LANTERN").await.code().await;
    assert_eq!(resume(v1).await.status, 404);
}

#[tokio::test]
async fn v1_and_v2_do_not_see_each_others_sign_ins() {
    let sandbox = start().await;
    let v1 = Device::register(&sandbox, "tv", "LANTERN").await;
    let v2 = Tv { bearer: v1.bearer.clone(), ..Tv::register(&sandbox, "tv", "LANTERN").await };
    v1.sign_in(&sandbox, "everything").await;
    assert_eq!(v2.profiles("profiles").await, json!({}));
    assert_eq!(v2.session("Northwind").await["actionName"], "authenticate");
    v2.sign_in(&sandbox, "basic").await;
    assert_eq!(v1.get("/api/v1/tokens/authn", &[]).await.json()["mvpd"], "Northwind");
    assert_eq!(sandbox.authentications().len(), 2);
    let code = v1.code().await;
    assert_refused(&v2.get(&format!("sessions/{code}")).await, 400, "invalid_authentication_session");
    let code = v2.code().await;
    assert_eq!(v1.get(&format!("/reggie/v1/LANTERN/regcode/{code}"), &[]).await.status, 404);
    sandbox.sign_out_everyone();
    assert_eq!(v2.profiles("profiles").await, json!({}));
}

#[tokio::test]
async fn profiles_of_several_providers_stand_side_by_side() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    tv.sign_in(&sandbox, "everything").await;
    sandbox.clock().advance(Duration::from_secs(86_400));
    let tv = Tv { bearer: Tv::register(&sandbox, "tv", "LANTERN").await.bearer, ..tv };
    assert_eq!(tv.profiles("profiles").await, json!({}), "another registration loses what the old one had");
    tv.sign_in(&sandbox, "basic").await;
    tv.sign_in(&sandbox, "everything").await;
    let both = tv.profiles("profiles").await;
    assert_eq!(both.as_object().unwrap().len(), 2, "{both}");
    let other = Tv { id: "bedroom".into(), ..tv.clone() };
    assert_eq!(other.profiles("profiles").await, json!({}), "and so does another device id");
    let other = Tv { provider: "MERIDIAN", ..tv.clone() };
    assert_eq!(other.profiles("profiles").await, json!({}), "and another service provider");
}

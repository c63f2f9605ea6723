//! The control API's part of v2: codes, visits in a browser, degradations.

use couchpass_sandbox::App;
use serde_json::json;

use crate::control::Control;
use crate::support::{Device, builder};
use crate::v2_support::{BACK, Tv, text};

#[tokio::test]
async fn codes_and_sign_ins_tell_their_api() {
    let (sandbox, control) = Control::start().await;
    let v1 = Device::register(&sandbox, "tv", "LANTERN").await;
    let v2 = Tv::register(&sandbox, "tv", "LANTERN").await;
    v1.code().await;
    let code = v2.code().await;
    let codes = control.get("/codes").await["codes"].clone();
    let mut apis: Vec<_> = codes.as_array().unwrap().iter().map(|code| text(&code["api"])).collect();
    apis.sort();
    assert_eq!(apis, ["v1", "v2"]);
    let approve = format!("/codes/{code}/approve");
    assert_eq!(control.send("POST", &approve, json!({ "account": "everything" })).await.status, 204);
    let signed_in = control.get("/authentications").await["authentications"].clone();
    assert_eq!((&signed_in[0]["api"], &signed_in[0]["mvpd"]), (&json!("v2"), &json!("Northwind")));
    control.order("DELETE", "/authentications").await;
    assert_eq!(v2.profiles("profiles").await, json!({}));
}

#[tokio::test]
async fn a_browser_opens_a_session_and_a_logout() {
    let (sandbox, control) = Control::start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    let session = tv.session("Northwind").await;
    let visit = json!({ "url": session["url"], "account": "everything", "answer": "deny" });
    assert_eq!(control.send("POST", "/visits", visit).await.json(), json!({ "location": BACK }));
    assert_eq!(tv.profiles("profiles").await, json!({}));
    let session = tv.session("Northwind").await;
    let visit = json!({ "url": format!("{}{}", tv.sp, text(&session["url"])), "account": "everything" });
    assert_eq!(control.send("POST", "/visits", visit).await.json(), json!({ "location": BACK }));
    let url = tv.log_out("Northwind").await["url"].clone();
    assert_eq!(
        control.send("POST", "/visits", json!({ "url": url })).await.json(),
        json!({ "location": BACK })
    );
    let again = json!({ "url": "/api/v2/authenticate/LANTERN/AAAAAAA", "account": "everything" });
    assert_eq!(control.refused("POST", "/visits", again).await, (409, "refused".into()));
    let elsewhere = json!({ "url": "http://127.0.0.1:9/" });
    assert_eq!(control.refused("POST", "/visits", elsewhere).await.0, 409);
    let nobody = json!({ "url": url, "account": "nobody" });
    assert_eq!(control.refused("POST", "/visits", nobody).await.0, 404);
    assert_eq!(control.refused("POST", "/visits", json!({})).await.0, 400);
}

#[tokio::test]
async fn degradations_are_set_listed_and_ended() {
    let (sandbox, control) = Control::start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    let rule = json!({
        "requestor": "LANTERN",
        "mvpd": "Harborlight",
        "rule": "AuthZNone",
        "resources": ["LanternOne"],
        "message": "Not tonight.",
    });
    assert_eq!(control.send("POST", "/degradations", rule.clone()).await.status, 204);
    assert_eq!(control.get("/degradations").await, json!({ "degradations": [rule] }));
    let denied = tv.authorize("Harborlight", "LanternOne").await;
    assert_eq!(denied["error"]["details"], "Not tonight.");
    control.order("DELETE", "/degradations").await;
    assert_eq!(
        tv.authorize("Harborlight", "LanternOne").await["error"]["code"],
        "authenticated_profile_missing"
    );
    let nowhere = json!({ "requestor": "MERIDIAN", "mvpd": "LanternGift", "rule": "AuthNAll" });
    assert_eq!(control.refused("POST", "/degradations", nowhere).await.0, 400);
    let misspelt = json!({ "requestor": "LANTERN", "mvpd": "Harborlight", "rule": "AuthNone" });
    assert_eq!(control.refused("POST", "/degradations", misspelt).await.0, 400);
}

#[tokio::test]
async fn a_reset_forgets_what_v2_knew() {
    let sandbox = builder().start().await.unwrap();
    let token = sandbox.platform_token("amazon-profile");
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await.with_platform_token(&token);
    tv.sign_in(&sandbox, "everything").await;
    sandbox.reset();
    assert!(sandbox.live_codes().is_empty() && sandbox.authentications().is_empty());
    let again = Tv::of_app(&sandbox, "tv", "LANTERN", App::default()).await.with_platform_token(&token);
    assert_eq!(again.profiles("profiles").await, json!({}));
}

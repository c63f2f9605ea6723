//! The dashboard: who gets it, who may do what it does, and what it is told. How it looks and works is seen by
//! `./test pages`.

use serde_json::json;

use crate::control::Control;
use crate::support::{Ask, Device, START};
use crate::v2_support::Tv;

const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

#[tokio::test]
async fn a_browser_gets_the_page_and_a_tool_without_the_header_is_told_so() {
    let (sandbox, control) = Control::start().await;
    let url = sandbox.control_url().unwrap();
    let page = Ask::new("GET", format!("{url}/")).header("accept", BROWSER).answer().await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"), "{page:?}");
    let policy = page.header("content-security-policy");
    for rule in ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(rule), "{rule} is not in {policy}");
    }
    assert!(!page.text.contains(" style=") && !page.text.contains("<style"));
    assert_eq!(page.text.matches("<script").count(), page.text.matches("<script src=\"/").count());
    for file in ["/dashboard.js", "/timeline.js", "/dashboard.css"] {
        assert_eq!(Ask::new("GET", format!("{url}{file}")).answer().await.status, 200, "{file}");
    }
    let tool = Ask::new("GET", format!("{url}/")).header("accept", "*/*").answer().await;
    assert_eq!((tool.status, &tool.json()["error"]), (403, &json!("forbidden")));
    assert_eq!(control.get("/").await["api"], sandbox.api_url());
    for path in ["/world", "/secrets", "/har?secrets=clear"] {
        let bare = Ask::new("GET", format!("{url}{path}")).header("accept", BROWSER).answer().await;
        assert_eq!(bare.status, 403, "{path}");
    }
}

#[tokio::test]
async fn a_script_of_this_origin_may_call_and_one_of_a_neighbour_may_not() {
    let (sandbox, control) = Control::start().await;
    let own = sandbox.control_url().unwrap().to_owned();
    let ask = |origin: &str| control.ask("POST", "/bearers/expire").header("origin", origin).answer();
    assert_eq!(ask(&own).await.status, 204);
    for other in
        [sandbox.web_url(), own.replace("http://", "https://"), "null".into(), "http://127.0.0.1".into()]
    {
        assert_eq!(ask(&other).await.status, 403, "{other}");
    }
}

#[tokio::test]
async fn the_world_is_in_one_answer_and_a_change_is_awaited() {
    let (sandbox, control) = Control::start().await;
    control.send("PUT", "/settings", json!({ "throttling": "strict" })).await;
    let before = control.get("/world").await;
    assert_eq!(before["clock"], json!({ "now": START, "frozen": true }));
    assert_eq!((&before["buckets"], &before["first_request"]), (&json!([]), &json!(null)));
    let since = json!({ "since": before["version"], "timeout_ms": 0 });
    let nothing = control.send("POST", "/changes/wait", since).await.json();
    assert_eq!(nothing, json!({ "changed": false, "version": before["version"] }));

    let since = json!({ "since": before["version"] });
    let waiting = tokio::spawn(control.ask("POST", "/changes/wait").json(&since).answer());
    let device = Device::register(&sandbox, "the-device-id", "LANTERN").await;
    assert_eq!(waiting.await.unwrap().json()["changed"], true);
    device.sign_in(&sandbox, "everything").await;
    let preview =
        [("requestor_id", "LANTERN"), ("mso_id", "LanternPreview"), ("domain_name", "lantern.example")];
    let other = Device { id: "another-device".into(), ..device.clone() };
    assert_eq!(other.ask("POST", "/api/v1/authenticate/freepreview", &preview).answer().await.status, 204);
    Tv::register(&sandbox, "the-device-id", "LANTERN").await.code().await;

    let world = control.get("/world").await;
    assert_eq!(world["buckets"], json!([{ "client": "127.0.0.1", "left": 4, "most": 11 }]));
    let accounts: Vec<_> =
        world["authentications"].as_array().unwrap().iter().map(|one| one["account"].clone()).collect();
    assert_eq!(accounts, [json!(null), json!("everything")], "a trial has none");
    assert_eq!(
        (&world["trials"][0]["mvpd"], &world["trials"][0]["ends"]),
        (&json!("LanternPreview"), &json!(null))
    );
    assert_eq!(world["codes"].as_array().unwrap().len(), 2);
    assert_eq!((&world["registrations"], &world["first_request"]), (&json!(2), &json!(0)));
    assert!(!world.to_string().contains("the-device-id"), "a device shows by its fingerprint");
    assert_eq!(control.get("/requests").await["requests"][0]["device"], "AFTKA, Android 9");

    let version = world["version"].clone();
    control.send("POST", "/faults", json!({ "effect": "drop" })).await;
    assert_ne!(control.get("/world").await["version"], version, "what a tester changes is a change");
}

//! A TV provider that was chosen on this device: by a code, or by its page in a browser here.

use couchpass_sandbox::{Effect, Endpoint, Fault, Sandbox};
use serde_json::{Value, json};

use crate::support::{Api, Bench, on_both_apis};

on_both_apis! {
    the_code_is_for_the_provider_that_was_chosen,
    a_page_is_opened_and_reported,
    a_page_that_nobody_can_report_ends_the_sign_in,
    ctrl_c_ends_a_page_too,
}

pub(crate) const CHOSEN: [&str; 7] = [
    "sign-in",
    "--mvpd",
    "Northwind",
    "--domain",
    "lantern.example",
    "--redirect-url",
    "https://lantern.example/done",
];

async fn the_code_is_for_the_provider_that_was_chosen(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let mut sign_in = bench.start(&[CHOSEN.as_slice(), &["--json"]].concat());
    let code = sign_in.event("code").await["code"].as_str().unwrap().to_owned();
    let live = sandbox.live_codes().remove(0);
    assert_eq!((live.code.as_str(), live.mvpd.as_deref()), (code.as_str(), Some("Northwind")));
    sandbox.viewer("everything").approve(&code).await.unwrap();
    assert_eq!(sign_in.event("signed_in").await["profile"]["mvpd"], "Northwind");
    assert_eq!(sign_in.end().await.code, 0);
}

async fn a_page_is_opened_and_reported(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let (mut sign_in, mut keyboard) =
        bench.start_with_keyboard(&[CHOSEN.as_slice(), &["--browser", "--json"]].concat());
    let page = sign_in.event("page").await;
    assert_eq!(page["redirect_url"], "https://lantern.example/done");
    let asked = sandbox.recorder().count(api.poll().0);
    let ended = sandbox.viewer("everything").approve_at(page["url"].as_str().unwrap()).await.unwrap();
    assert!(ended.starts_with("https://lantern.example/done"), "{ended}");
    assert_eq!(sandbox.recorder().count(api.poll().0), asked, "nobody asks before the page is reported");
    keyboard.enter().await;
    assert_eq!(sign_in.event("signed_in").await["profile"]["mvpd"], "Northwind");
    assert_eq!(sign_in.end().await.code, 0);
    assert_eq!(sandbox.recorder().count(api.open()), 1);
    assert_eq!(bench.run(&["authorize", "LanternOne"]).await.code, 0);
}

async fn a_page_that_nobody_can_report_ends_the_sign_in(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let refused = bench.run(&[CHOSEN.as_slice(), &["--browser"]].concat()).await;
    refused.assert_refused(4, &["standard input has ended", "press Enter"]);
    assert!(refused.out.contains("Open this page"), "{refused:?}");
    assert_eq!(sandbox.recorder().count(Endpoint::DeleteCode), usize::from(api == Api::V1));
}

async fn ctrl_c_ends_a_page_too(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    // The keyboard stays there, with nobody at it: waiting for a line must not keep the process alive.
    let (mut sign_in, _keyboard) = bench.start_with_keyboard(&[CHOSEN.as_slice(), &["--browser"]].concat());
    sign_in.line_with("Press Enter when the browser has come to https://lantern.example/done").await;
    sign_in.interrupt().await;
    assert_eq!(sign_in.end().await.code, 130);
}

#[tokio::test]
async fn several_profiles_are_listed_and_signed_out_of_one_by_one() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, Api::V2);
    let now = sandbox.clock().now();
    let profile = |mvpd: &str, kind: &str, days: u64| {
        let not_after = now + days * 86_400_000;
        json!({ "notBefore": now, "notAfter": not_after, "issuer": mvpd, "type": kind, "attributes": {} })
    };
    let profiles = json!({
        "Cedar": profile("Cedar", "regular", 2),
        "Northwind": profile("Northwind", "platformSSO", 3),
    });
    sandbox.faults().add(Fault::new(answer(&json!({ "profiles": profiles }))).on(Endpoint::Profiles));
    assert_eq!(bench.run(&["sign-in"]).await.code, 0);

    let status = bench.run(&["status", "--json"]).await.event();
    assert_eq!(status["profile"], status["profiles"][0]);
    let listed =
        |field: &str| [&status["profiles"][0][field], &status["profiles"][1][field]].map(Value::clone);
    assert_eq!(listed("mvpd"), ["Northwind", "Cedar"]);
    assert_eq!(listed("type"), ["platformSSO", "regular"]);
    let status = bench.run(&["status"]).await.out;
    assert!(status.starts_with("Signed in with Northwind, by the platform token, until "), "{status}");
    assert!(status.contains("\nAlso with Cedar, in this app, until "), "{status}");

    let page =
        json!({ "actionName": "logout", "actionType": "interactive", "mvpd": "Cedar", "url": "/cedar" });
    let left = answer(&json!({ "logouts": { "Cedar": page } }));
    sandbox.faults().add(Fault::new(left).on(Endpoint::MvpdLogout).nth(2));
    let sign_out = bench.run(&["sign-out", "--redirect-url", "https://lantern.example/out"]).await;
    assert_eq!(sign_out.code, 0, "{sign_out:?}");
    let words = format!(
        "To end the viewer's session at Cedar as well, open this page in a browser: {}/cedar",
        sandbox.sp_url()
    );
    assert!(sign_out.out.contains(&words), "{}", sign_out.out);
    assert_eq!(sandbox.recorder().count(Endpoint::MvpdLogout), 2);
    assert_eq!(bench.run(&["status", "--json"]).await.event()["profiles"], json!([]));
}

fn answer(body: &Value) -> Effect {
    Effect::Answer { status: 200, content_type: "application/json".into(), body: body.to_string() }
}

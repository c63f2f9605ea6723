//! The second screen's pages, as a browser without scripts has them. What they look like and how they are used is seen by
//! `./test pages`.

use std::time::Duration;

use couchpass_sandbox::{Endpoint, Sandbox};

use crate::support::{Answer, Ask, Device, start};
use crate::v2_support::Tv;

async fn get(sandbox: &Sandbox, path: &str) -> Answer {
    Ask::new("GET", format!("{}{path}", sandbox.web_url())).answer().await
}

/// Follows the answer to where it leads.
async fn go(answer: Answer, sandbox: &Sandbox) -> Answer {
    let to = answer.header("location");
    let to = if to.starts_with('/') { format!("{}{to}", sandbox.web_url()) } else { to.to_owned() };
    Ask::new("GET", to).answer().await
}

#[tokio::test]
async fn a_scanned_code_says_whose_tv_it_signs_in() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let code = device.code().await;
    let page = get(&sandbox, &format!("/activate?code={}-{}", &code[..3].to_lowercase(), &code[3..])).await;
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("<strong>Couchpass</strong> on <strong>AFTKA, Android 9</strong>"),
        "{page:?}"
    );
    assert!(page.text.contains(&format!("value=\"{code}\"")), "{page:?}");
    let empty = get(&sandbox, "/activate").await;
    assert!(!empty.text.contains("role=\"alert\""), "{empty:?}");
    let unknown = get(&sandbox, "/activate?code=AAAAAAA").await;
    assert_eq!(unknown.status, 404);
    assert!(unknown.text.contains("<title>Error: Connect your TV</title>"), "{unknown:?}");
}

#[tokio::test]
async fn an_expired_code_is_told_from_an_unknown_one() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let code = device.code().await;
    sandbox.clock().advance(Duration::from_secs(1800));
    let page = get(&sandbox, &format!("/activate?code={code}")).await;
    assert_eq!(page.status, 404);
    assert!(page.text.contains("This code has expired."), "{page:?}");
    let page = get(&sandbox, "/activate?code=AAAAAAA").await;
    assert!(page.text.contains("This code is not known"), "{page:?}");
}

#[tokio::test]
async fn providers_are_found_by_name_without_a_script() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let code = device.code().await;
    let found = async |sought: &str| {
        let page = get(&sandbox, &format!("/providers?code={code}&q={sought}")).await.text;
        page.matches("<li>").count()
    };
    assert_eq!(found("").await, 4, "no TempPass is among them");
    assert_eq!(found("hArBoR").await, 1);
    assert_eq!(found("nobody").await, 0);
}

#[tokio::test]
async fn who_has_picked_a_provider_may_pick_another_and_who_was_sent_to_one_may_not() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    let code = tv.code().await;
    let picked = get(&sandbox, &format!("/resume?code={code}&mso_id=Northwind")).await;
    let login = go(go(picked, &sandbox).await, &sandbox).await;
    let others = format!("href=\"/providers?code={code}\"");
    assert!(login.text.contains(&others), "{login:?}");
    let picker = get(&sandbox, &format!("/providers?code={code}")).await;
    assert_eq!(picker.status, 200, "{picker:?}");
    sandbox.viewer("basic").approve(&code).await.unwrap();

    let device = Device::register(&sandbox, "other tv", "LANTERN").await;
    let record = device.ask("POST", "/reggie/v1/LANTERN/regcode", &[("mvpd", "Cedar")]).answer().await.json();
    let code = record["code"].as_str().unwrap();
    let login =
        go(go(get(&sandbox, &format!("/providers?code={code}")).await, &sandbox).await, &sandbox).await;
    assert!(login.text.contains("Sign in to Cedar Satellite"), "{login:?}");
    assert!(!login.text.contains("/providers?"), "{login:?}");
}

#[tokio::test]
async fn a_page_loads_nothing_from_elsewhere_and_no_script_of_its_own() {
    let sandbox = start().await;
    let page = get(&sandbox, "/activate").await;
    let policy = page.header("content-security-policy");
    for part in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"] {
        assert!(policy.split("; ").any(|one| one == part), "{part} is not in {policy}");
    }
    assert!(!page.text.contains("<style") && !page.text.contains(" style="), "{page:?}");
    assert_eq!(page.text.matches("<script").count(), page.text.matches("<script src=").count());
    for (path, content_type) in
        [("/screen.css", "text/css"), ("/screen.js", "text/javascript"), ("/logo/Cedar.svg", "image/svg+xml")]
    {
        let asset = get(&sandbox, path).await;
        assert_eq!(asset.status, 200, "{path}");
        assert!(asset.header("content-type").starts_with(content_type), "{path}");
    }
    assert_eq!(get(&sandbox, "/logo/Nobody.svg").await.status, 404);
    assert_eq!(sandbox.recorder().count(Endpoint::Page), 1, "what a page is made with is told from it");
}

#[tokio::test]
async fn a_page_that_has_been_used_is_over() {
    let sandbox = start().await;
    for path in ["/mvpd/login?session=none", "/mvpd/consent"] {
        let page = get(&sandbox, path).await;
        assert_eq!(page.status, 404);
        assert!(page.text.contains("<h1>This sign-in is over</h1>"), "{page:?}");
    }
}

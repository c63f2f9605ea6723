//! Throttling, over the wire.

use std::time::Duration;

use couchpass_sandbox::{Endpoint, Sandbox, SandboxClock, Throttling};

use crate::support::{Ask, START};

async fn strict() -> Sandbox {
    let clock = SandboxClock::frozen_at(START);
    Sandbox::builder().throttling(Throttling::Strict).clock(clock).start().await.unwrap()
}

fn ask(sandbox: &Sandbox) -> Ask {
    Ask::new("GET", format!("{}/api/v1/checkauthn", sandbox.api_url()))
}

#[tokio::test]
async fn the_timetable_of_adobes_page_holds_on_the_wire() {
    let sandbox = strict().await;
    // Tenths of a second since the first call.
    let admitted = [0, 3, 6, 9, 12, 13, 14, 15, 16, 17, 18, 21, 22, 31];
    let refused = [24, 26, 28];
    let mut times: Vec<u64> = admitted.into_iter().chain(refused).collect();
    times.sort_unstable();
    for tenths in times {
        sandbox.clock().set(START + tenths * 100);
        let status = ask(&sandbox).answer().await.status;
        assert_eq!(status == 429, refused.contains(&tenths), "{status} at {tenths} tenths of a second");
    }
}

#[tokio::test]
async fn the_refusal_is_a_page_without_advice() {
    let sandbox = strict().await;
    let refused = loop {
        let answer = ask(&sandbox).answer().await;
        if answer.status == 429 {
            break answer;
        }
    };
    assert_eq!(refused.header("content-type"), "text/html");
    assert_eq!(refused.header("retry-after"), "");
    assert!(refused.text.contains("<h1>429 Too Many Requests</h1>"));
    assert_eq!(sandbox.recorder().count(Endpoint::CheckAuthn), 12);
}

#[tokio::test]
async fn clients_behind_a_proxy_on_this_machine_are_told_apart() {
    let sandbox = strict().await;
    while ask(&sandbox).answer().await.status != 429 {}
    assert_ne!(ask(&sandbox).header("x-forwarded-for", "203.0.113.7, 10.0.0.1").answer().await.status, 429);
    assert_eq!(ask(&sandbox).answer().await.status, 429);
}

#[tokio::test]
async fn both_origins_draw_on_one_bucket_and_the_browser_on_none() {
    let sandbox = strict().await;
    while ask(&sandbox).answer().await.status != 429 {}
    assert_eq!(Ask::new("POST", format!("{}/o/client/token", sandbox.sp_url())).answer().await.status, 429);
    for _ in 0..20 {
        assert_eq!(Ask::new("GET", sandbox.activate_url()).answer().await.status, 200);
        let authenticate = format!("{}/api/v1/authenticate", sandbox.api_url());
        assert_eq!(Ask::new("GET", authenticate).answer().await.status, 400);
    }
}

#[tokio::test]
async fn the_leaking_bucket_gives_the_burst_back() {
    let clock = SandboxClock::frozen_at(START);
    let sandbox = Sandbox::builder().clock(clock).start().await.unwrap();
    while ask(&sandbox).answer().await.status != 429 {}
    sandbox.clock().advance(Duration::from_secs(10));
    for _ in 0..10 {
        assert_ne!(ask(&sandbox).answer().await.status, 429);
    }
    assert_eq!(ask(&sandbox).answer().await.status, 429);
}

//! On a terminal there is more to see; in a pipe, and for who wants no colours, there is less.

use couchpass_sandbox::Sandbox;

use crate::support::{Api, Bench, on_both_apis};

on_both_apis! {
    a_code_s_time_runs_down_on_a_terminal,
}

const TIME: &str = "the code works for another ";

/// The times that were shown, as they stand on the terminal.
fn times(screen: &str) -> Vec<&str> {
    screen.split(TIME).skip(1).filter_map(|rest| rest.split_once(". Ctrl-C")).map(|(time, _)| time).collect()
}

async fn a_code_s_time_runs_down_on_a_terminal(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    // The code is dated by the service, whose clock is another.
    sandbox.clock().advance(std::time::Duration::from_secs(7200));
    let bench = Bench::at(&sandbox, api).set("COUCHPASS_ACTIVATE_URL", "http://phone.example/{code}");
    let mut terminal = bench.start_on_terminal(&["sign-in"]);
    terminal.shown(|screen| times(screen).windows(2).any(|pair| pair[0] != pair[1])).await;
    let screen = terminal.screen();
    assert!(
        times(screen).iter().all(|time| time.starts_with("29:") || *time == "30:00"),
        "{:?}",
        times(screen)
    );
    assert!(screen.contains('\u{1b}'), "nothing stands out");
    assert!(screen.contains('█') || screen.contains('▀'), "there is no QR code");

    sandbox.viewer("basic").approve(&sandbox.live_codes()[0].code).await.unwrap();
    let (code, screen) = terminal.end().await;
    assert_eq!(code, 0, "{screen}");
    let last = screen.rsplit_once(TIME).unwrap().1;
    assert!(
        last.contains("\r") && last.contains("Signed in with Harborlight"),
        "the line was taken away first: {last:?}"
    );
}

#[tokio::test]
async fn who_wants_no_colours_gets_none() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, Api::V2)
        .set("NO_COLOR", "1")
        .set("COUCHPASS_ACTIVATE_URL", "http://phone.example/{code}");
    let mut terminal = bench.start_on_terminal(&["sign-in"]);
    terminal.shown(|screen| times(screen).len() >= 2).await;
    sandbox.viewer("basic").approve(&sandbox.live_codes()[0].code).await.unwrap();
    let (code, screen) = terminal.end().await;
    assert_eq!(code, 0, "{screen}");
    assert!(!screen.contains('\u{1b}'), "{screen:?}");
    assert!(screen.contains('█'), "the QR code needs no colours");
}

#[tokio::test]
async fn in_a_pipe_a_plain_line_stands_once() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, Api::V2);
    let mut sign_in = bench.start(&["sign-in"]);
    sign_in.line_with("Waiting for the viewer. Ctrl-C gives up.").await;
    sandbox.viewer("basic").approve(&sandbox.live_codes()[0].code).await.unwrap();
    let ended = sign_in.end().await;
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(
        ended.out.starts_with("Signed in with Harborlight") && !ended.out.contains(['\r', '\u{1b}']),
        "{:?}",
        ended.out
    );
}

//! The demo really happens, whichever way the platform token travels, and says so.

use crate::support::Bench;

#[tokio::test]
async fn two_apps_sign_in_and_may_play() {
    let demo = Bench::bare().run(&["demo"]).await;
    assert_eq!(demo.code, 0, "{demo:?}");
    assert_eq!(demo.err, "");
    for words in [
        "The TV shows the code",
        "Signed in with Harborlight",
        "Permit for LanternOne",
        "Media token PHNpZ25h… (",
        "Add it at harborlight.example/channels.",
        "an authentication was found by it",
        "Permit for MeridianPrime",
        "5 requests from the start of the app to the media token",
    ] {
        assert!(demo.out.contains(words), "{words:?} is not in: {}", demo.out);
    }
    assert!(!demo.out.contains("NO "), "{}", demo.out);
}

#[tokio::test]
async fn the_query_carries_the_token_as_well() {
    by("query", &["query"]).await;
}

#[tokio::test]
async fn the_form_carries_the_token_where_there_is_one() {
    by("post", &["form", "header"]).await;
}

async fn by(carrier: &str, seen: &[&str]) {
    let demo = Bench::bare().run(&["demo", "--auto", "--carrier", carrier, "--json"]).await;
    assert_eq!(demo.code, 0, "{demo:?}");
    let events = demo.events();
    let of = |name: &str| events.iter().filter(|event| event["event"] == name).collect::<Vec<_>>();
    assert_eq!(of("signed_in").len(), 2);
    assert_eq!(of("signed_in")[1]["platform_token"]["honoured"], true);
    assert_eq!(of("decision").iter().filter(|decision| decision["authorized"] == true).count(), 2);
    assert!(of("check").len() >= 8 && of("check").iter().all(|check| check["holds"] == true));
    assert!(events.last().unwrap()["elapsed_ms"].as_u64().unwrap() < 10_000);
    for request in of("request") {
        let carriers = request["platform_token"].as_array().unwrap();
        if request["path"].as_str().unwrap().starts_with("/o/client/") {
            assert!(carriers.is_empty(), "{request}");
        } else {
            assert!(carriers.len() == 1 && seen.contains(&carriers[0].as_str().unwrap()), "{request}");
        }
    }
}

#[tokio::test]
async fn a_person_gets_an_address_a_qr_code_and_a_way_out() {
    let mut demo = Bench::bare().start(&["demo", "--wait"]);
    let address = demo.line_with("/activate?code=").await;
    assert!(address.trim().starts_with("http://127.0.0.1:"), "{address}");
    let picture = demo.line_with("█").await;
    assert!(picture.chars().count() > 20, "{picture}");
    demo.line_with("Ctrl-C gives up").await;
    demo.interrupt().await;
    assert_eq!(demo.end().await.code, 130);
}

//! The demo really happens, whichever way the platform token travels, and says so.

use crate::support::{Api, Bench, on_both_apis};

on_both_apis! {
    two_apps_sign_in_and_may_play,
    a_person_gets_an_address_a_qr_code_and_a_way_out,
    the_header_carries_the_token,
}

async fn two_apps_sign_in_and_may_play(api: Api) {
    // v1 unless told otherwise.
    let arguments = if api == Api::V1 { ["demo"].as_slice() } else { &["demo", "--api", "v2"] };
    let demo = Bench::bare().run(arguments).await;
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
        "It is remembered; nobody had to be asked.",
        "The viewer signs out.",
    ] {
        assert!(demo.out.contains(words), "{words:?} is not in: {}", demo.out);
    }
    let measured = match api {
        Api::V1 => ["speak REST v1", "7 requests from", "5 requests from", "2 requests from"],
        Api::V2 => ["speak REST v2", "6 requests from", "4 requests from", "1 request from"],
    };
    for words in measured {
        assert!(demo.out.contains(words), "{words:?} is not in: {}", demo.out);
    }
    assert_eq!(demo.out.contains("open this page in a browser: http://127.0.0.1:"), api == Api::V2);
    assert!(!demo.out.contains("NO "), "{}", demo.out);
}

async fn the_header_carries_the_token(api: Api) {
    by(api, "header", &["header"]).await;
}

#[tokio::test]
async fn the_query_carries_the_token_as_well() {
    by(Api::V1, "query", &["query"]).await;
}

#[tokio::test]
async fn the_form_carries_the_token_where_there_is_one() {
    by(Api::V1, "post", &["form", "header"]).await;
}

async fn by(api: Api, carrier: &str, seen: &[&str]) {
    let demo =
        Bench::bare().run(&["demo", "--auto", "--api", api.name(), "--carrier", carrier, "--json"]).await;
    assert_eq!(demo.code, 0, "{demo:?}");
    let events = demo.events();
    let of = |name: &str| events.iter().filter(|event| event["event"] == name).collect::<Vec<_>>();
    assert_eq!(of("signed_in").len(), 3);
    assert_eq!(of("signed_in")[1]["platform_token"]["honoured"], true);
    assert_eq!(of("decision").iter().filter(|decision| decision["authorized"] == true).count(), 3);
    assert_eq!(of("signed_out").len(), 1);
    assert!(of("check").len() >= 11 && of("check").iter().all(|check| check["holds"] == true));
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

async fn a_person_gets_an_address_a_qr_code_and_a_way_out(api: Api) {
    let mut demo = Bench::bare().start(&["demo", "--wait", "--api", api.name()]);
    let address = demo.line_with("/activate?code=").await;
    assert!(address.trim().starts_with("http://127.0.0.1:"), "{address}");
    let picture = demo.line_with("█").await;
    assert!(picture.chars().count() > 20, "{picture}");
    demo.line_with("Ctrl-C gives up").await;
    demo.interrupt().await;
    assert_eq!(demo.end().await.code, 130);
}

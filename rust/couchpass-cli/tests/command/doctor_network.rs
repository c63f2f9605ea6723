//! What the doctor says of the way to the service: hosts, certificates, proxies.

use couchpass_sandbox::Sandbox;
use tokio::net::TcpListener;

use crate::{
    doctor::examine,
    support::{Api, Bench, on_both_apis},
};

on_both_apis! {
    a_host_that_nobody_answers_at,
    addresses_that_are_swapped,
    a_certificate_that_nobody_vouches_for,
    a_proxy_that_nobody_answers_at,
    a_proxy_of_socks,
    a_proxy_that_leads_nowhere,
}

async fn a_host_that_nobody_answers_at(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let other = Sandbox::builder().start().await.unwrap();
    let nobody = other.api_url();
    drop(other);
    // REST v2 does without the first of the two hosts.
    let one = examine(&bench, &["--api-url", &nobody, "--sp-url", &sandbox.sp_url()]).await;
    match api {
        Api::V1 => one.assert_wrong(5, "host", &["nobody answers", "firewall"]),
        Api::V2 => assert_eq!((one.code, one.requests), (0, 3), "{:?}", one.all),
    }
    drop(sandbox);
    let none = examine(&bench, &[]).await;
    assert_eq!((none.code, none.requests), (5, 0));
    assert!(none.with("error").iter().all(|check| *check == "host"), "{:?}", none.all);
}

async fn addresses_that_are_swapped(api: Api) {
    // A client that has been sent astray does not ask what Adobe's documents say, so its exchanges are kept from who compares.
    let aside = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::builder().exchanges(aside.path()).start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let swapped = ["--api-url", &sandbox.sp_url(), "--sp-url", &sandbox.api_url()];
    examine(&bench, &swapped).await.assert_wrong(
        4,
        "environment",
        &["another", "--sp-url that of client registration"],
    );
}

async fn a_certificate_that_nobody_vouches_for(api: Api) {
    let sandbox = Sandbox::builder().tls(true).start().await.unwrap();
    let bench = Bench::at(&sandbox, api)
        .set("COUCHPASS_API_URL", sandbox.api_tls_url().unwrap())
        .set("COUCHPASS_SP_URL", sandbox.sp_tls_url().unwrap());
    let doubted = examine(&bench, &[]).await;
    assert_eq!((doubted.code, doubted.requests), (4, 0));
    assert!(doubted.about("host").contains("--tls-root"), "{:?}", doubted.all);
    let root = bench.file("root.pem", sandbox.root_certificate_pem().unwrap()).to_str().unwrap().to_owned();
    assert_eq!(examine(&bench, &["--tls-root", &root]).await.code, 0);
    let proxied = bench.set("HTTPS_PROXY", "http://127.0.0.1:1");
    assert!(examine(&proxied, &["--offline"]).await.with("error").is_empty());
}

async fn a_proxy_that_nobody_answers_at(api: Api) {
    let sandbox = Sandbox::builder().tls(true).start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let root = bench.file("root.pem", sandbox.root_certificate_pem().unwrap()).to_str().unwrap().to_owned();
    let bench = bench
        .set("COUCHPASS_API_URL", sandbox.api_tls_url().unwrap())
        .set("COUCHPASS_SP_URL", sandbox.sp_tls_url().unwrap())
        .set("COUCHPASS_TLS_ROOT", root)
        .set("HTTPS_PROXY", "http://somebody:a-password-of-theirs@127.0.0.1:1");
    let found = examine(&bench, &[]).await;
    // REST v2 does without one of the two hosts.
    let in_the_way = match api {
        Api::V1 => vec!["proxy"; 2],
        Api::V2 => vec!["proxy"],
    };
    assert_eq!((found.code, found.requests, found.with("error")), (5, 0, in_the_way), "{:?}", found.all);
    for word in ["through the proxy at 127.0.0.1:1", "nobody answers", "HTTPS_PROXY", "NO_PROXY"] {
        assert!(found.about("proxy").contains(word), "{word} is not in {}", found.about("proxy"));
    }
    assert!(!found.with("ok").contains(&"host") && !found.with("ok").contains(&"clock"), "{:?}", found.all);
    bench.assert_unseen(&["a-password-of-theirs".to_owned()]);

    let excepted = examine(&bench.set("NO_PROXY", "127.0.0.1"), &[]).await;
    assert_eq!((excepted.code, excepted.with("error")), (0, Vec::new()), "{:?}", excepted.all);
    assert_eq!(excepted.with("ok").iter().filter(|check| **check == "host").count(), 2);
    assert!(!excepted.all.iter().any(|finding| finding["check"] == "proxy"), "{:?}", excepted.all);
}

async fn a_proxy_of_socks(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api)
        .set("COUCHPASS_API_URL", "https://api.example")
        .set("COUCHPASS_SP_URL", "https://sp.example")
        .set("ALL_PROXY", "socks5h://127.0.0.1:1080");
    let found = examine(&bench, &[]).await;
    assert_eq!(found.requests, 0);
    assert!(found.about("proxy").contains("speaks no SOCKS"), "{:?}", found.all);
}

async fn a_proxy_that_leads_nowhere(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    // Hangs up on everybody.
    tokio::spawn(async move { while proxy.accept().await.is_ok() {} });
    let bench = Bench::at(&sandbox, api)
        .set("COUCHPASS_API_URL", "https://api.example")
        .set("COUCHPASS_SP_URL", "https://sp.example")
        .set("HTTPS_PROXY", &address);
    let found = examine(&bench, &[]).await;
    assert_eq!((found.code, found.with("error")), (5, vec!["registration"]), "{:?}", found.all);
    let remedies: Vec<_> = found.all.iter().filter_map(|finding| finding["remedy"].as_str()).collect();
    assert!(remedies.iter().all(|remedy| !remedy.contains("couchpass doctor")), "{remedies:?}");
    assert!(found.requests > 0 && found.about("proxy").contains("sp.example:443"), "{:?}", found.all);
    assert!(!found.with("ok").contains(&"clock"), "nobody has told the time: {:?}", found.all);
}

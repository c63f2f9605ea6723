//! Many devices at once against a sandbox, and against nothing else.

use std::collections::BTreeSet;

use couchpass_sandbox::{Effect, Fault, Sandbox};
use serde_json::Value;
use tokio::{io::AsyncWriteExt as _, net::TcpListener};

use crate::support::{Api, Bench, on_both_apis};

on_both_apis! {
    every_device_goes_its_whole_way,
    what_goes_wrong_is_counted_by_kind,
}

async fn every_device_goes_its_whole_way(api: Api) {
    let sandbox = Sandbox::builder().control(true).start().await.unwrap();
    let control = sandbox.control_url().unwrap();
    let load = ["load", "--devices", "9", "--api", api.name(), "--control", control, "--json"];
    let done = Bench::bare().run(&load).await;
    assert_eq!(done.code, 0, "{done:?}");
    let figures = done.event();
    assert_eq!(
        (&figures["devices"], &figures["done"], &figures["failed"]),
        (&8.into(), &8.into(), &0.into())
    );
    assert_eq!(figures["errors"], Value::Array(Vec::new()));

    let requests = sandbox.recorder().device_requests();
    assert_eq!(
        figures["requests"].as_u64(),
        Some(requests.len() as u64),
        "it counts what the sandbox has seen"
    );
    let by_call: u64 =
        figures["calls"].as_array().unwrap().iter().map(|call| call["requests"].as_u64().unwrap()).sum();
    assert_eq!(by_call, requests.len() as u64);
    let addresses: BTreeSet<_> =
        requests.iter().map(|request| request.forwarded_for.clone().unwrap()).collect();
    assert_eq!(
        (addresses.len(), sandbox.registrations()),
        (8, 8),
        "each device has an address and a registration of its own"
    );
    assert!(requests.iter().all(|request| request.status != Some(429)));
    assert_eq!(sandbox.recorder().count(api.open()), 4, "the others were signed in by the platform token");
    assert!(sandbox.authentications().is_empty(), "everybody has signed out");
    let of = |name: &str| figures["latency"][name].as_u64().unwrap();
    assert!(
        0 < of("p50_us")
            && of("p50_us") <= of("p95_us")
            && of("p95_us") <= of("p99_us")
            && of("p99_us") <= of("max_us")
    );
}

async fn what_goes_wrong_is_counted_by_kind(api: Api) {
    let sandbox = Sandbox::builder().control(true).start().await.unwrap();
    sandbox.faults().add(Fault::new(Effect::TooManyRequests).on(api.watch()[0]).always());
    let control = sandbox.control_url().unwrap();
    let load = ["load", "--devices", "2", "--api", api.name(), "--control", control];
    let told = Bench::bare().run(&load).await;
    assert_eq!(told.code, 6, "{told:?}");
    assert!(told.out.contains("0 of 2 devices") && told.out.contains("http_429"), "{told:?}");
    assert!(told.err.contains("2 of 2 journeys have failed"), "{told:?}");
}

#[tokio::test]
async fn without_a_sandbox_it_brings_one_and_tells_what_that_took() {
    let done = Bench::bare().run(&["load", "--devices", "2", "--json"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    let memory = &done.event()["sandbox_memory"];
    let of = |name: &str| memory[name].as_u64().unwrap();
    assert!(
        1_000 < of("before_kb") && of("before_kb") <= of("peak_kb") && of("after_kb") <= of("peak_kb"),
        "{memory}"
    );
}

#[tokio::test]
async fn nothing_but_a_sandbox_on_this_machine_gets_a_load() {
    let bench = Bench::bare();
    for address in
        ["https://api.auth.adobe.com", "http://sp.auth-staging.adobe.com", "http://192.0.2.1:80", "here"]
    {
        bench.run(&["load", "--control", address]).await.assert_refused(4, &["this machine alone"]);
    }
    // On this machine, but something else; it hears one question and no more.
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", server.local_addr().unwrap());
    let answer = async {
        let (mut stream, _) = server.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await.unwrap();
        stream
    };
    let load = ["load", "--control", &address];
    let (refused, _stream) = tokio::join!(bench.run(&load), answer);
    refused.assert_refused(4, &["no sandbox"]);
    assert_eq!(bench.run(&["load", "--devices", "1"]).await.code, 2);
}

#[tokio::test]
async fn a_load_that_is_killed_leaves_no_sandbox_behind() {
    let bench = Bench::bare();
    let mut load = bench.start(&["load", "--devices", "2"]);
    load.line_with("set out").await;
    load.kill_and_see_all_end().await;
}

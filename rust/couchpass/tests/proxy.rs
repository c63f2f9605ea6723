//! Through the proxy that the app names.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::sync::{Arc, Mutex};

use couchpass::{Api, Environment};
use support::{Stage, assert_permitted, code_of, resource, signed_in};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_bidirectional},
    net::{TcpListener, TcpStream},
};

on_both_apis! {
    every_request_goes_through_the_proxy,
}

/// Where nobody listens, so that only a proxy finds a way.
const API: &str = "127.0.0.1:1";
const SP: &str = "127.0.0.1:2";

/// A proxy that opens tunnels, and remembers how it was asked.
struct Tunnels {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Tunnels {
    /// `sandbox` are the sandbox's own addresses for the two.
    async fn open(sandbox: [String; 2]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let heard = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(tunnel(stream, sandbox.clone(), Arc::clone(&heard)));
            }
        });
        Self { address, asked }
    }
}

async fn tunnel(stream: TcpStream, [api, sp]: [String; 2], heard: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(stream.read_line(&mut head).await.unwrap(), 0, "half a request");
    }
    let beyond = match head.split(' ').nth(1) {
        Some(API) => api,
        Some(SP) => sp,
        other => panic!("nobody is to go to {other:?}"),
    };
    heard.lock().unwrap().push(head);
    let mut beyond = TcpStream::connect(beyond).await.unwrap();
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
    // Either side may go at any time.
    let _ = copy_bidirectional(&mut stream, &mut beyond).await;
}

async fn every_request_goes_through_the_proxy(api: Api) {
    let stage = Stage::with(api, |sandbox| sandbox.tls(true)).await;
    let bare =
        |url: Option<String>| url.unwrap().trim_start_matches("https://").trim_end_matches('/').to_owned();
    let proxy = Tunnels::open([stage.sandbox.api_tls_url(), stage.sandbox.sp_tls_url()].map(bare)).await;
    let client = stage
        .television("tv-1")
        .environment(Environment::at(&format!("https://{API}"), &format!("https://{SP}")).unwrap())
        .add_tls_root(stage.sandbox.root_certificate_pem().unwrap())
        .proxy(format!("http://me:hunter2@{}", proxy.address))
        .build()
        .unwrap();

    let mut sign_in = client.sign_in();
    let code = code_of(&mut sign_in).await;
    stage.sandbox.viewer("everything").approve(&code.code).await.unwrap();
    stage.let_time_run();
    signed_in(&mut sign_in).await;
    assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());

    for head in proxy.asked.lock().unwrap().iter() {
        assert!(head.starts_with("CONNECT 127.0.0.1:"), "{head}");
        // "me:hunter2" in Base64.
        assert!(head.to_lowercase().contains("proxy-authorization: basic bwu6ahvudgvymg=="), "{head}");
    }
}

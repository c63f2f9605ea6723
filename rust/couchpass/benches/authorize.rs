//! What one `authorize` costs a client that has made 100 000 of them: as much as it costs a new one, in time and in memory.
//!
//! The clients are alone in their process. What answers them is a process of its own that keeps nothing, so neither its time
//! nor its memory can grow in a client's place. The rate governor lets everything through.
//!
//! A machine that does something else besides is now fast and now slow, by more than a client could grow. So the old client is
//! compared with a new one in the same moment, and not with itself minutes ago.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod support;

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
};

use couchpass::{Api, Client, Environment, Resource, SignInEvent};
use support::{platform, television};
use tokio::runtime::Builder;

const SLICES: u32 = 10;
const CALLS: u32 = 10_000;
/// Of each slice, these are compared with a new client's: a few calls of the one, a few of the other.
const ROUNDS: u32 = 100;
const CALLS_A_ROUND: u32 = 20;
const RESPONDER: &str = "--responder";
/// Tokens that are what they should be by their form; nobody looks further.
const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln";

fn main() {
    if std::env::args().any(|argument| argument == RESPONDER) {
        respond();
    } else {
        measure();
    }
}

fn measure() {
    let (mut responder, url) = start_responder();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let old = signed_in(&url).await;
        // Caches of the allocator and the like: what is there once and for all is not growth.
        watch(&old, CALLS / 10).await;
        drop(signed_in(&url).await);
        let at_first = resident();

        println!("\nThe cost of authorize (2 requests: decision and media token), processor time per call\n");
        println!("| calls   | old client | new client | old / new | resident | to the first |");
        println!("|---------|------------|------------|-----------|----------|--------------|");
        for slice in 1..=SLICES {
            watch(&old, CALLS - ROUNDS * CALLS_A_ROUND).await;
            let (mut by_old, mut by_new) = (0.0, 0.0);
            let new = signed_in(&url).await;
            for _ in 0..ROUNDS {
                by_old += watch(&old, CALLS_A_ROUND).await;
                by_new += watch(&new, CALLS_A_ROUND).await;
            }
            drop(new);
            let per_call = |micros: f64| micros / f64::from(ROUNDS * CALLS_A_ROUND);
            let kilobytes = resident();
            println!(
                "| {:7} | {:7.1} µs | {:7.1} µs | {:9.3} | {kilobytes:5.0} kB | {:12.3} |",
                slice * CALLS,
                per_call(by_old),
                per_call(by_new),
                by_old / by_new,
                kilobytes / at_first,
            );
        }
    });
    responder.kill().unwrap();
    responder.wait().unwrap();
}

async fn signed_in(url: &str) -> Client {
    let client = television(Api::V1, Environment::at(url, url).unwrap(), TOKEN, "tv")
        .requestor("LANTERN")
        .platform_tokens(platform(TOKEN.to_owned()))
        .build()
        .unwrap();
    let mut sign_in = client.sign_in();
    while let Some(event) = sign_in.next().await {
        assert!(matches!(event, SignInEvent::Checking | SignInEvent::SignedIn(_)), "{event:?}");
    }
    // The first call opens what the others use.
    watch(&client, 1).await;
    client
}

/// So many calls, and the processor time of all of them in µs.
async fn watch(client: &Client, times: u32) -> f64 {
    let resource = Resource::new("LanternOne").unwrap();
    let before = processor_micros();
    for _ in 0..times {
        assert!(client.authorize(&resource).await.unwrap().media_token.is_some());
    }
    processor_micros() - before
}

/// What this thread has had of a processor, in µs. All of a client runs in it.
fn processor_micros() -> f64 {
    let nanos = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    nanos.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e3
}

/// Memory of this process that is not swapped out, in kB, as Linux counts it.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

fn start_responder() -> (Child, String) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .arg(RESPONDER)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut port = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut port).unwrap();
    (child, format!("http://127.0.0.1:{}", port.trim()))
}

/// The other process: says where it listens, and serves until the first one is gone.
fn respond() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    println!("{}", listener.local_addr().unwrap().port());
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(|| serve(stream.unwrap()));
        }
    });
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

fn serve(mut stream: TcpStream) {
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    loop {
        line.clear();
        if !matches!(reader.read_line(&mut line), Ok(1..)) {
            return;
        }
        let body = answer(line.split([' ', '?']).nth(1).unwrap_or_default());
        let mut to_come = 0;
        while line != "\r\n" {
            line.clear();
            reader.read_line(&mut line).unwrap();
            let header = line.to_ascii_lowercase();
            if let Some(length) = header.strip_prefix("content-length:") {
                to_come = length.trim().parse().unwrap();
            }
        }
        reader.read_exact(&mut vec![0; to_come]).unwrap();
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
    }
}

/// In the year 2100 everything expires.
fn answer(path: &str) -> &'static str {
    match path {
        "/o/client/register" => r#"{"client_id": "c", "client_secret": "s"}"#,
        "/o/client/token" => r#"{"access_token": "t", "expires_in": 86400}"#,
        "/api/v1/tokens/authn" => r#"{"mvpd": "cablevista", "expires": "4102444800000"}"#,
        "/api/v1/authorize" => {
            r#"{"resource": "LanternOne", "mvpd": "cablevista", "expires": "4102444800000"}"#
        }
        "/api/v1/tokens/media" => r#"{"serializedToken": "PHBsYXk+", "expires": "4102444800000"}"#,
        other => panic!("nobody should ask for {other}"),
    }
}

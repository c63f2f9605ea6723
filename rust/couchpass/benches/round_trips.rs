//! How long a start takes, as a ratio to its round trips alone: requests, and the set-up of TCP and TLS 1.3 for each host.
//!
//! Client and sandbox talk over lines of a known length. What is above 1 is the work of both, and whatever the client
//! does in sequence that could have been done at once. The rate governor's waits are left out, and there are no names to
//! resolve. What is printed is read by a person: a busy machine is no reason for a test to fail.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use couchpass::{Api, Client, ClientBuilder, Environment, Resource, SignInEvent};
use couchpass_sandbox::{Sandbox, Throttling};
use device_auth::{MemoryStore, Store};
use support::{platform, slow_line::SlowLine, television};
use tokio::runtime::Builder;

/// What the design allows a start to take, in round trips.
const TARGET: f64 = 1.15;
const ROUND_TRIPS: [u64; 4] = [0, 20, 50, 100];
const SAMPLES: usize = 7;
const VIEWER: &str = "amazon-1";

/// One start to the media token.
struct Start {
    took: Duration,
    requests: usize,
    connections: usize,
}

fn main() {
    // The sandbox has a thread of its own, as it has a machine of its own elsewhere.
    let elsewhere = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let here = Builder::new_current_thread().enable_all().build().unwrap();
    let sandbox =
        elsewhere.block_on(Sandbox::builder().tls(true).throttling(Throttling::Off).start()).unwrap();
    println!("signing a first app in, so that there is something to recognise (some 5 s)");
    for api in [Api::V1, Api::V2] {
        here.block_on(sign_in_first_app(&sandbox, api));
    }

    println!(
        "\nStart to media token: median of {SAMPLES}, and its ratio to the round trips (target: {TARGET})\n"
    );
    println!("| API | line  | start | RTT    | requests | connections | round trips | took     | ratio |");
    println!("|-----|-------|-------|--------|----------|-------------|-------------|----------|-------|");
    for (api, tls) in [(Api::V1, false), (Api::V1, true), (Api::V2, false), (Api::V2, true)] {
        for millis in ROUND_TRIPS {
            let lines = Lines::to(&sandbox, api, tls, Duration::from_millis(millis));
            let (mut cold, mut warm) = (Vec::new(), Vec::new());
            for sample in 0..SAMPLES {
                let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
                let app = || second_app(&sandbox, &lines, &format!("tv-{tls}-{millis}-{sample}"), &store);
                cold.push(here.block_on(start(app, &lines, true)));
                warm.push(here.block_on(start(app, &lines, false)));
            }
            // Registration is on v2's host, and not on v1's.
            lines.print_row("cold", if api == Api::V1 { 2 } else { 1 }, cold);
            lines.print_row("warm", 1, warm);
        }
    }
    println!(
        "\nround trips = requests + hosts x (TCP 1 + TLS 1). RTT 0: the work of both sides, without a line."
    );
}

/// A sign-in by code, whose authentication the platform token stands for from then on.
async fn sign_in_first_app(sandbox: &Sandbox, api: Api) {
    let environment = Environment::at(&sandbox.api_url(), &sandbox.sp_url()).unwrap();
    let statement = sandbox.software_statement_for("Lantern TV").unwrap();
    let client = television(api, environment, &statement, "tv-first")
        .requestor("LANTERN")
        .platform_tokens(platform(sandbox.platform_token(VIEWER)))
        .build()
        .unwrap();
    let mut sign_in = client.sign_in();
    while let Some(event) = sign_in.next().await {
        match event {
            SignInEvent::Code(code) => sandbox.viewer("everything").approve(&code.code).await.unwrap(),
            SignInEvent::Failed(error) => panic!("the first app could not sign in: {error}"),
            _ => {}
        }
    }
}

/// The lines to both of the sandbox's addresses.
struct Lines {
    api: Api,
    tls: bool,
    round_trip: Duration,
    v1: SlowLine,
    sp: SlowLine,
}

impl Lines {
    fn to(sandbox: &Sandbox, api: Api, tls: bool, round_trip: Duration) -> Self {
        let line = |plain: String, secure: Option<String>| {
            let url = if tls { secure.unwrap() } else { plain };
            SlowLine::to(url.rsplit('/').next().unwrap().parse().unwrap(), round_trip)
        };
        let v1 = line(sandbox.api_url(), sandbox.api_tls_url());
        let sp = line(sandbox.sp_url(), sandbox.sp_tls_url());
        Self { api, tls, round_trip, v1, sp }
    }

    fn environment(&self) -> Environment {
        let scheme = if self.tls { "https" } else { "http" };
        let url = |line: &SlowLine| format!("{scheme}://{}", line.address());
        Environment::at(&url(&self.v1), &url(&self.sp)).unwrap()
    }

    fn connections(&self) -> usize {
        self.v1.connections() + self.sp.connections()
    }

    fn print_row(&self, name: &str, hosts: usize, mut starts: Vec<Start>) {
        starts.sort_by_key(|start| start.took);
        let Start { took, requests, connections } = starts[starts.len() / 2];
        let round_trips = requests + hosts * if self.tls { 2 } else { 1 };
        let alone = self.round_trip.as_secs_f64() * f64::from(u32::try_from(round_trips).unwrap());
        let ratio = if alone == 0.0 { "-".to_owned() } else { format!("{:.3}", took.as_secs_f64() / alone) };
        println!(
            "| {:3} | {:5} | {name:5} | {:3} ms | {requests:8} | {connections:11} | {round_trips:11} | {:5.1} ms | {ratio:5} |",
            if self.api == Api::V1 { "v1" } else { "v2" },
            if self.tls { "TLS" } else { "plain" },
            self.round_trip.as_millis(),
            took.as_secs_f64() * 1_000.0,
        );
    }
}

/// An app of another requestor, on a device of its own, whose viewer the platform vouches for.
fn second_app(sandbox: &Sandbox, lines: &Lines, device: &str, store: &Arc<dyn Store>) -> ClientBuilder {
    let statement = sandbox.software_statement_for("Meridian TV").unwrap();
    television(lines.api, lines.environment(), &statement, device)
        .requestor("MERIDIAN")
        .store(Arc::clone(store))
        .platform_tokens(platform(sandbox.platform_token(VIEWER)))
        .add_tls_root(sandbox.root_certificate_pem().unwrap())
}

async fn start(app: impl Fn() -> ClientBuilder, lines: &Lines, is_cold: bool) -> Start {
    let requests = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&requests);
    let app = app().metrics(move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
    });
    let connections = lines.connections();
    let began = Instant::now();
    let client = app.build().unwrap();
    if is_cold {
        sign_in(&client).await;
    }
    let decision = client.authorize(&Resource::new("MeridianPrime").unwrap()).await.unwrap();
    let took = began.elapsed();
    assert!(decision.media_token.is_some(), "{decision:?}");
    Start { took, requests: requests.load(Ordering::Relaxed), connections: lines.connections() - connections }
}

async fn sign_in(client: &Client) {
    let mut sign_in = client.sign_in();
    while let Some(event) = sign_in.next().await {
        match event {
            SignInEvent::Checking | SignInEvent::SignedIn(_) => {}
            other => panic!("the platform token was not honoured: {other:?}"),
        }
    }
}

//! Faults that leave the true answer, or nearly, and change how it comes.

use std::time::Duration;

use couchpass_sandbox::{Calls, Effect, Encoding, Endpoint, Fault, Mangle, Sandbox};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Answer, Ask, Device, START, start};

const AUTHN: &str = "/api/v1/tokens/authn";

async fn signed_in(sandbox: &Sandbox) -> Device {
    let device = Device::register(sandbox, "tv", "LANTERN").await;
    device.sign_in(sandbox, "everything").await;
    device
}

async fn struck(sandbox: &Sandbox, device: &Device, effect: Effect) -> Answer {
    sandbox.faults().add(Fault::new(effect).on(Endpoint::AuthnToken));
    device.get(AUTHN, &[]).await
}

/// A connection on which the request has been sent.
async fn sent(ask: &Ask) -> TcpStream {
    let url = url::Url::parse(&ask.url).unwrap();
    let mut stream = TcpStream::connect(url.authority()).await.unwrap();
    let mut head = format!("{} {} HTTP/1.1\r\nhost: x\r\n", ask.method, &url[url::Position::BeforePath..]);
    ask.headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
    stream.write_all(format!("{head}connection: close\r\n\r\n").as_bytes()).await.unwrap();
    stream
}

/// Reads until the text ends so.
async fn read_to(stream: &mut TcpStream, end: &str) -> String {
    let mut text = Vec::new();
    while !text.ends_with(end.as_bytes()) {
        text.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(text).unwrap()
}

#[tokio::test]
async fn a_server_whose_clock_is_off_says_so_everywhere() {
    let sandbox = start().await;
    let device = signed_in(&sandbox).await;
    let sane = device.get(AUTHN, &[]).await;
    let expires = |answer: &Answer| answer.json()["expires"].as_str().unwrap().parse::<u64>().unwrap();
    let ahead = struck(&sandbox, &device, Effect::ClockOffset { seconds: 3600 }).await;
    assert_eq!(expires(&ahead), expires(&sane) + 3_600_000);
    assert_eq!(ahead.header("date"), "Tue, 14 Nov 2023 23:13:20 GMT");
    let behind = struck(&sandbox, &device, Effect::ClockOffset { seconds: -86_400 }).await;
    assert_eq!(behind.header("date"), "Mon, 13 Nov 2023 22:13:20 GMT");
    let ancient = struck(&sandbox, &device, Effect::ClockOffset { seconds: i64::MIN }).await;
    assert_eq!((expires(&ancient), ancient.header("date")), (0, "Thu, 01 Jan 1970 00:00:00 GMT"));
    struck(&sandbox, &device, Effect::ClockOffset { seconds: i64::MAX }).await;
    assert_eq!(device.get(AUTHN, &[]).await.json(), sane.json());
}

#[tokio::test]
async fn a_status_comes_in_the_older_shape_and_the_format_asked_for() {
    let sandbox = start().await;
    let device = signed_in(&sandbox).await;
    for status in [400, 405, 409, 451, 500, 502, 503, 504] {
        let answer = struck(&sandbox, &device, Effect::Status { status }).await;
        assert_eq!((answer.status, &answer.json()["status"]), (status, &json!(status)));
    }
    sandbox.faults().add(Fault::new(Effect::Status { status: 503 }).on(Endpoint::AuthnToken));
    let xml = device.get(&format!("{AUTHN}.xml"), &[]).await.text;
    assert!(
        xml.ends_with("<error><status>503</status><message>Service Unavailable</message></error>"),
        "{xml}"
    );
    let answer = struck(&sandbox, &device, Effect::Status { status: 7 }).await;
    assert_eq!(answer.status, 500, "what is no status is an error of the server");
}

#[tokio::test]
async fn a_storm_lasts_as_long_as_it_is_told_to() {
    let sandbox = start().await;
    let device = signed_in(&sandbox).await;
    let storm = Fault::new(Effect::TooManyRequests).during(2_000);
    assert_eq!(storm.calls, Calls::During(2_000));
    let id = sandbox.faults().add(storm);
    assert_eq!(device.get(AUTHN, &[]).await.status, 429);
    sandbox.clock().advance(Duration::from_millis(1_999));
    assert_eq!(device.get(AUTHN, &[]).await.status, 429);
    sandbox.clock().advance(Duration::from_millis(1));
    assert_eq!(device.get(AUTHN, &[]).await.status, 200);
    let standing = &sandbox.faults().list()[0];
    assert_eq!((standing.id, standing.seen, standing.struck), (id, 3, 2));
    assert!(sandbox.faults().remove(id));
    assert!(!sandbox.faults().remove(id));
}

#[tokio::test]
async fn a_shortened_answer_is_whole_on_the_wire_and_broken_in_itself() {
    let sandbox = start().await;
    let device = signed_in(&sandbox).await;
    let answer = struck(&sandbox, &device, Effect::Shorten { keep: 20 }).await;
    assert_eq!((answer.header("content-length"), answer.text.len()), ("20", 20));
    assert!(serde_json::from_str::<Value>(&answer.text).is_err());
    let answer = struck(&sandbox, &device, Effect::Shorten { keep: 20_000 }).await;
    assert_eq!(answer.json()["mvpd"], "Northwind");
}

#[tokio::test]
async fn a_dripping_answer_comes_as_the_clock_goes() {
    let sandbox = start().await;
    let device = signed_in(&sandbox).await;
    let whole = device.get(AUTHN, &[]).await.text;
    sandbox.faults().add(Fault::new(Effect::Drip { bytes: 30, millis: 1_000 }).on(Endpoint::AuthnToken));
    let mut stream = sent(&device.ask("GET", AUTHN, &[])).await;
    let head = read_to(&mut stream, "\r\n\r\n").await;
    assert!(head.contains(&format!("content-length: {}\r\n", whole.len())), "{head}");
    read_to(&mut stream, &whole[..30]).await;
    let mut byte = [0];
    assert_eq!(stream.try_read(&mut byte).unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    sandbox.clock().advance(Duration::from_millis(1_000));
    assert_eq!(read_to(&mut stream, &whole[30..60]).await, whole[30..60]);
    sandbox.clock().advance(Duration::from_secs(60));
    assert_eq!(read_to(&mut stream, &whole[60..]).await, whole[60..]);
}

#[tokio::test]
async fn a_stalled_answer_has_headers_and_goes_on_when_released() {
    let sandbox = start().await;
    let device = signed_in(&sandbox).await;
    for keep in [0, 12] {
        let stall = Effect::Stall { name: "body".into(), keep };
        sandbox.faults().add(Fault::new(stall).on(Endpoint::AuthnToken));
        let mut stream = sent(&device.ask("GET", AUTHN, &[])).await;
        read_to(&mut stream, "\r\n\r\n").await;
        sandbox.faults().held("body").await;
        assert_eq!(sandbox.faults().holding(), ["body"]);
        let mut start = vec![0; keep];
        stream.read_exact(&mut start).await.unwrap();
        assert_eq!(stream.try_read(&mut [0]).unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
        sandbox.faults().release("body");
        let mut rest = String::new();
        stream.read_to_string(&mut rest).await.unwrap();
        let text = String::from_utf8(start).unwrap() + &rest;
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["mvpd"], "Northwind");
        assert!(sandbox.faults().holding().is_empty());
    }
}

#[tokio::test]
async fn a_hotel_shows_its_own_page() {
    let sandbox = start().await;
    let device = signed_in(&sandbox).await;
    let answer = struck(&sandbox, &device, Effect::HotelPage).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(answer.text.starts_with("<!DOCTYPE html>"));
}

#[tokio::test]
async fn an_encoding_can_belie_the_headers() {
    let sandbox = start().await;
    let device = signed_in(&sandbox).await;
    let raw = async |is: Encoding| {
        sandbox.faults().add(Fault::new(Effect::Encoding { is }).on(Endpoint::AuthnToken));
        let mut bytes = Vec::new();
        sent(&device.ask("GET", AUTHN, &[])).await.read_to_end(&mut bytes).await.unwrap();
        let at = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        assert!(String::from_utf8_lossy(&bytes[..at]).contains("charset=UTF-8"));
        bytes.split_off(at + 4)
    };
    assert!(raw(Encoding::Utf8Bom).await.starts_with(b"\xef\xbb\xbf{\""));
    assert!(raw(Encoding::Utf16).await.starts_with(b"\xfe\xff\0{\0\""));
    assert!(raw(Encoding::Latin1).await.starts_with(b"{\""));
}

#[tokio::test]
async fn answers_can_be_written_otherwise() {
    let sandbox = start().await;
    let device = signed_in(&sandbox).await;
    let sane = device.get(AUTHN, &[]).await.json();
    let mangled = async |how: Mangle| struck(&sandbox, &device, Effect::Mangle { how }).await.json();
    assert!(mangled(Mangle::StringsAsNumbers).await["expires"].is_u64());
    assert_eq!(mangled(Mangle::NumbersAsStrings).await, sane);
    let news = mangled(Mangle::UnknownFields).await;
    assert_eq!((&news["mvpd"], &news["notYetInvented"][1]), (&json!("Northwind"), &Value::Null));
    assert!(mangled(Mangle::Nulls { fields: vec!["userId".into()] }).await["userId"].is_null());
    let missing = mangled(Mangle::Missing { fields: vec!["userId".into()] }).await;
    assert_eq!(missing.get("userId"), None);
    let strings = Effect::Mangle { how: Mangle::NumbersAsStrings };
    sandbox.faults().add(Fault::new(strings).on(Endpoint::CreateCode));
    let code = device.ask("POST", "/reggie/v1/LANTERN/regcode", &[]).answer().await.json();
    assert_eq!(code["generated"], START.to_string());
    let news = Effect::Mangle { how: Mangle::UnknownFields };
    sandbox.faults().add(Fault::new(news).on(Endpoint::AuthnToken));
    let xml = device.get(&format!("{AUTHN}.xml"), &[]).await.text;
    assert!(xml.contains("<authentication><notYetInvented><value>1</value>"), "{xml}");
}

#[tokio::test]
async fn a_reset_leaves_a_sandbox_as_it_began() {
    let sandbox = start().await;
    let device = signed_in(&sandbox).await;
    sandbox.faults().add(Fault::new(Effect::Hold { name: "slow".into() }));
    let call = tokio::spawn(device.ask("GET", AUTHN, &[]).send());
    sandbox.faults().held("slow").await;
    sandbox.configure(|config| config.lifetimes.media_s = 1);
    sandbox.set_enhanced_errors(true);
    sandbox.set_throttling(couchpass_sandbox::Throttling::Strict);
    sandbox.clock().advance(Duration::from_secs(60));
    sandbox.reset();
    assert_eq!(call.await.unwrap().unwrap().status, 401, "what was held goes on, and nobody knows it");
    assert_eq!((sandbox.clock().now(), sandbox.config().lifetimes.media_s), (START, 420));
    assert_eq!((sandbox.registrations(), sandbox.enhanced_errors()), (0, false));
    assert_eq!(sandbox.throttling(), couchpass_sandbox::Throttling::Off);
    assert!(sandbox.faults().list().is_empty() && sandbox.authentications().is_empty());
    assert!(sandbox.recorder().requests().is_empty());
    signed_in(&sandbox).await;
}

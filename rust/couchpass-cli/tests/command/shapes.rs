//! What `--json` prints has the shapes that `docs/command-line.md` promises, event by event and field by field.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use couchpass_sandbox::Sandbox;
use serde_json::{Map, Value};

use crate::{
    login,
    support::{Api, Bench, Running},
};

const GUIDE: &str = include_str!("../../../../docs/command-line.md");

/// The fields of an event or an object, by name.
type Shape = BTreeMap<String, Field>;

#[derive(Debug)]
struct Field {
    may_be_missing: bool,
    /// As the guide has it: `text` where it has nothing.
    kind: String,
}

/// The two tables of the guide.
struct Promise {
    events: BTreeMap<String, Shape>,
    objects: BTreeMap<String, Shape>,
}

impl Promise {
    fn read() -> Self {
        let section = GUIDE.split("\n## JSON\n").nth(1).unwrap().split("\n## ").next().unwrap();
        let table = |heading: &str| {
            let rows =
                section.split(heading).nth(1).unwrap_or_else(|| panic!("the guide has no table {heading}"));
            rows.lines().skip(2).take_while(|row| row.starts_with('|')).map(row).collect::<BTreeMap<_, _>>()
        };
        Self { events: table("| `event` |"), objects: table("| object |") }
    }

    /// Holds an event to its row.
    fn check(&self, event: &Value) {
        let name = event["event"].as_str().unwrap();
        let shape = self.events.get(name).unwrap_or_else(|| panic!("the guide has no row for {name}"));
        let mut fields = event.as_object().unwrap().clone();
        fields.remove("event");
        self.check_fields(name, shape, &fields);
    }

    fn check_fields(&self, place: &str, shape: &Shape, fields: &Map<String, Value>) {
        for name in fields.keys() {
            assert!(shape.contains_key(name), "{place} has a field {name}, of which the guide knows nothing");
        }
        for (name, field) in shape {
            match fields.get(name) {
                Some(value) => self.check_value(&format!("{place}.{name}"), &field.kind, value),
                None => assert!(field.may_be_missing, "{place} has no {name}: {fields:?}"),
            }
        }
    }

    fn check_value(&self, place: &str, kind: &str, value: &Value) {
        let inside =
            |open: char, close: char| kind.strip_prefix(open).and_then(|kind| kind.strip_suffix(close));
        if let Some(kind) = inside('[', ']') {
            let list = value.as_array().unwrap_or_else(|| panic!("{place} is no list: {value}"));
            list.iter().for_each(|value| self.check_value(place, kind, value));
        } else if let Some(kind) = inside('{', '}') {
            let map = value.as_object().unwrap_or_else(|| panic!("{place} has no names: {value}"));
            map.values().for_each(|value| self.check_value(place, kind, value));
        } else {
            let is_so = match kind {
                "text" => value.is_string(),
                "number" => value.is_u64(),
                "flag" => value.is_boolean(),
                "instant" => value.as_i64().is_some_and(|millis| millis > 1_000_000_000_000),
                "any" => !value.is_null(),
                object => {
                    let shape =
                        self.objects.get(object).unwrap_or_else(|| panic!("the guide describes no {object}"));
                    let fields = value.as_object().unwrap_or_else(|| panic!("{place} is no object: {value}"));
                    self.check_fields(place, shape, fields);
                    true
                }
            };
            assert!(is_so, "{place} is no {kind}: {value}");
        }
    }
}

/// A row of a table: its name, and the fields in its last cell.
fn row(row: &str) -> (String, Shape) {
    let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
    let name = cells[0].trim().trim_matches('`').to_owned();
    let fields = cells.last().unwrap().split('`').skip(1).step_by(2).map(|text| {
        let (name, kind) = text.split_once(": ").unwrap_or((text, "text"));
        let field = Field { may_be_missing: name.ends_with('?'), kind: kind.to_owned() };
        (name.trim_end_matches('?').to_owned(), field)
    });
    (name, fields.collect())
}

/// Everything that a command prints to its end.
async fn all(mut running: Running, printed: &mut Vec<Value>) {
    while let Some(line) = running.line().await {
        printed.push(serde_json::from_str(&line).unwrap());
    }
}

async fn until(running: &mut Running, name: &str, printed: &mut Vec<Value>) -> Value {
    loop {
        let event = running.any_event().await;
        printed.push(event.clone());
        if event["event"] == name {
            return event;
        }
    }
}

/// What every command prints, in most of its forms.
async fn everything_printed(api: Api) -> Vec<Value> {
    let mut printed = Vec::new();
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let token = bench.file("token", &sandbox.platform_token("living-room")).to_str().unwrap().to_owned();
    let bench = bench.set("COUCHPASS_PLATFORM_TOKEN_FILE", token);

    let mut sign_in = bench.start(&["sign-in", "--json", "--activate-url", "http://phone.example/{code}"]);
    until(&mut sign_in, "code", &mut printed).await;
    sandbox.clock().advance(Duration::from_secs(1801));
    until(&mut sign_in, "code_expired", &mut printed).await;
    let code = until(&mut sign_in, "code", &mut printed).await["code"].as_str().unwrap().to_owned();
    sandbox.viewer("everything").approve(&code).await.unwrap();
    all(sign_in, &mut printed).await;

    let page = [login::CHOSEN.as_slice(), &["--json", "--browser"]].concat();
    // Without the platform token, by which the viewer is known by now.
    let stranger = Bench::at(&sandbox, api);
    printed.extend(stranger.run(&page).await.events());
    let trial = ["temporary-access", "LanternPreview", "--domain", "lantern.example", "--json"];
    printed.extend(stranger.run(&trial).await.events());
    for arguments in [
        ["status", "--json"].as_slice(),
        &["providers", "--json"],
        &["preauthorize", "LanternOne", "Nowhere", "--json"],
        &["metadata", "--json"],
        &["authorize", "LanternOne", "--json"],
        &["authorize", "LanternOne", "--print-media-token", "--json"],
        &["authorize", "Nowhere", "--json"],
        &trial,
        &["doctor", "--json"],
        &["doctor", "--json", "--requestor", "NOBODY"],
        &["sign-out", "--json"],
        &["status", "--json", "--store-key-file", "nowhere"],
        &["load", "--devices", "2", "--json", "--api", api.name()],
        &["demo", "--json", "--api", api.name()],
    ] {
        printed.extend(bench.run(arguments).await.events());
    }
    let bench = bench.set("COUCHPASS_STORE_KEY", "//////////////////////////////////////////8=");
    printed.extend(bench.run(&["status", "--json"]).await.events());

    let root = bench.path("root.pem").to_str().unwrap().to_owned();
    let serve = ["sandbox", "--json", "--control-port", "0", "--tls", "--tls-root-file", &root];
    let mut served = bench.start(&serve);
    until(&mut served, "sandbox_started", &mut printed).await;
    served.kill().await;
    printed.extend(replayed_with_a_difference(api).await);
    printed
}

/// What a replay prints of a case in which an answer is another than it was.
async fn replayed_with_a_difference(api: Api) -> Vec<Value> {
    let sandbox = Sandbox::builder().control(true).start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    bench.run(&["providers", "--json"]).await;
    let mut case: Value = serde_json::from_str(&sandbox.case().unwrap().to_json()).unwrap();
    let steps = case["steps"].as_array_mut().unwrap();
    steps.iter_mut().find(|step| step["step"] == "answer").unwrap()["status"] = 418.into();
    let file = bench.file("case.json", &case.to_string()).to_str().unwrap().to_owned();
    bench.run(&["sandbox", "--json", "--replay", &file]).await.events()
}

async fn all_that_is_printed_is_promised(api: Api) {
    let promise = Promise::read();
    let printed = everything_printed(api).await;
    printed.iter().for_each(|event| promise.check(event));
    let seen: BTreeSet<&str> = printed.iter().map(|event| event["event"].as_str().unwrap()).collect();
    let promised: BTreeSet<&str> = promise.events.keys().map(String::as_str).collect();
    assert_eq!(seen, promised, "what is promised is printed as well");
}

#[tokio::test]
async fn v1_prints_what_the_guide_promises() {
    all_that_is_printed_is_promised(Api::V1).await;
}

#[tokio::test]
async fn v2_prints_what_the_guide_promises() {
    all_that_is_printed_is_promised(Api::V2).await;
}

/// The test above is only as good as its eye.
#[test]
fn a_shape_that_is_not_promised_is_noticed() {
    let promise = Promise::read();
    let event = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let good = r#"{"event":"decision","resource":"a","authorized":true,"source":"mvpd"}"#;
    promise.check(&event(good));
    for bad in [
        good.replace(r#""source":"mvpd""#, r#""source":1"#),
        good.replace(r#","source":"mvpd""#, ""),
        good.replace("}", r#","more":1}"#),
        good.replace("}", r#","denial":{"code":"x"}}"#),
        good.replace("decision", "verdict"),
    ] {
        let noticed = std::panic::catch_unwind(|| Promise::read().check(&event(&bad)));
        assert!(noticed.is_err(), "{bad}");
    }
}

//! The Rust examples of the guides in `docs/`: they compile, because each of them is a piece of `snippets.rs`. What a guide
//! says that no test of the client holds is tried here.

#![allow(clippy::unwrap_used, clippy::panic)]

mod snippets;

use couchpass::{
    Api, Client, DeviceInfo, Environment, Login, LoginStep, MvpdId, SignInEvent, SoftwareStatement,
};
use couchpass_sandbox::Sandbox;

const SNIPPETS: &str = include_str!("snippets.rs");
/// With how many examples it has at least.
const GUIDES: [(&str, usize, &str); 2] = [
    ("migrating-from-v1.md", 2, include_str!("../../../../docs/migrating-from-v1.md")),
    ("migrating-from-accessenabler.md", 1, include_str!("../../../../docs/migrating-from-accessenabler.md")),
];

/// Without indentation, which depends on where a text stands.
fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// The lines of each block of Rust.
fn blocks(guide: &'static str) -> Vec<Vec<&'static str>> {
    let after_fence = guide.split("```rust\n").skip(1);
    after_fence.map(|rest| lines(rest.split("```").next().unwrap_or(rest))).collect()
}

#[test]
fn every_example_of_the_guides_compiles() {
    let compiled = lines(SNIPPETS);
    for (name, at_least, guide) in GUIDES {
        let blocks = blocks(guide);
        assert!(blocks.len() >= at_least, "{name} has lost its examples");
        for block in blocks {
            let is_there = compiled.windows(block.len()).any(|window| window == block);
            assert!(
                is_there,
                "{name}: add this to tests/guides/snippets.rs as it stands:\n{}",
                block.join("\n")
            );
        }
    }
}

/// What the guide says of a login page that meets codes of both APIs while old versions are in the field.
#[tokio::test]
async fn a_login_page_with_a_client_for_each_api_knows_every_code() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let client = |api| {
        let statement = sandbox.software_statement_for("Lantern TV").unwrap();
        Client::builder()
            .api(api)
            .environment(Environment::at(&sandbox.api_url(), &sandbox.sp_url()).unwrap())
            .requestor("LANTERN")
            .software_statement(SoftwareStatement::new(&statement).unwrap())
            .device_info(DeviceInfo::new("AFTKA", "Android", "9"))
            .build()
            .unwrap()
    };
    let login =
        || Login::new(MvpdId::new("Northwind"), "lantern.example", "https://lantern.example/done").unwrap();
    let (page_v1, page_v2) = (client(Api::V1), client(Api::V2));
    for (api, path) in [(Api::V1, "/api/v1/authenticate"), (Api::V2, "/api/v2/authenticate")] {
        let television = client(api);
        let mut sign_in = television.sign_in();
        let code = loop {
            match sign_in.next().await.unwrap() {
                SignInEvent::Checking => {}
                SignInEvent::Code(code) => break code.code,
                other => panic!("{other:?}"),
            }
        };
        drop(sign_in);
        let step =
            snippets::a_login_page_for_both(page_v1.clone(), page_v2.clone(), &code, login()).await.unwrap();
        assert!(matches!(&step, Some(LoginStep::Open(url)) if url.contains(path)), "{step:?}");
    }
    assert_eq!(snippets::a_login_page_for_both(page_v1, page_v2, "NOCODE1", login()).await.unwrap(), None);
}

//! The MVPDs that a viewer can choose from.
//!
//! Adobe's page: "Retrieve configuration for specific service provider". Its table and its sample differ, and Adobe's
//! OpenAPI differs from both; this is the sample. `time`, which is in the table alone, is left out.

use serde_json::{Map, Value};

use crate::call::{Call, Outcome, Reply};
use crate::config::Mvpd;
use crate::render::{Document, Node, map};
use crate::v1::{logo, platform};

/// `GET /api/v2/{serviceProvider}/configuration`
pub(super) fn retrieve(call: &mut Call<'_>) -> Outcome {
    let (_, provider) = call.client_of_provider()?;
    let info = call.told()?.info();
    call.expect_query(&["profile"])?;
    let domain = |name: &String| map([("name", name.as_str().into()), ("mvpdInitiated", false.into())]);
    let mvpds = provider.mvpds.iter().filter_map(|id| call.state.config.mvpd(id));
    let mvpds = mvpds.map(|mvpd| describe(mvpd, &call.addresses.web)).collect();
    let node = map([
        ("device", said(&info, "primaryHardwareType", "unknown")),
        ("clientType", "html5".into()),
        ("os", said(&info, "osName", "Unknown")),
        (
            "requestor",
            map([
                ("id", provider.id.as_str().into()),
                ("name", provider.name.as_str().into()),
                ("domains", Node::List("domain", provider.domains.iter().map(domain).collect())),
                ("mvpds", Node::List("mvpd", mvpds)),
            ]),
        ),
    ]);
    Reply::ok(Document::new("configuration", node))
}

fn said(info: &Map<String, Value>, key: &str, otherwise: &str) -> Node {
    info.get(key).and_then(Value::as_str).unwrap_or(otherwise).into()
}

fn describe(mvpd: &Mvpd, web: &str) -> Node {
    let mut fields = vec![
        ("id".into(), mvpd.id.as_str().into()),
        ("displayName".into(), mvpd.display_name.as_str().into()),
        ("logoUrl".into(), logo(mvpd, web).into()),
    ];
    if mvpd.proxy_mvpd.is_some() {
        fields.push(("isProxy".into(), true.into()));
    }
    if mvpd.temp_pass_s.is_some() {
        fields.push(("isTempPass".into(), true.into()));
    }
    fields.extend(platform(mvpd));
    Node::Map(fields)
}

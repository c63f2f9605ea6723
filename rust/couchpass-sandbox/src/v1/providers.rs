//! The MVPDs that a viewer can choose from.
//!
//! Adobe's page: "Provide MVPD List". It shows no sample and points at an older format; the JSON here has the shape
//! that v2 documents.

use std::borrow::Cow;

use crate::call::{Call, Outcome, Reply};
use crate::config::Mvpd;
use crate::render::{Document, Node, map};

/// `GET /api/v1/config/{requestor}`
pub(super) fn list(call: &mut Call<'_>) -> Outcome {
    let caller = call.caller()?;
    let requestor = call.requestor(&caller, "requestor")?;
    let mvpds = requestor.mvpds.iter().filter_map(|id| call.state.config.mvpd(id));
    let mvpds = mvpds.map(|mvpd| describe(mvpd, &call.addresses.web)).collect();
    let node = map([(
        "requestor",
        map([
            ("id", requestor.id.into()),
            ("displayName", requestor.name.into()),
            ("mvpds", Node::List("mvpd", mvpds)),
        ]),
    )]);
    Reply::ok(Document::new("config", node))
}

/// Where a viewer's eye finds an MVPD: its own logo, or the one that the sandbox draws.
pub(crate) fn logo(mvpd: &Mvpd, web: &str) -> String {
    mvpd.logo_url.clone().unwrap_or_else(|| format!("{web}/logo/{}.svg", mvpd.id))
}

fn describe(mvpd: &Mvpd, web: &str) -> Node {
    let mut fields = vec![
        ("id".into(), mvpd.id.as_str().into()),
        ("displayName".into(), mvpd.display_name.as_str().into()),
        ("logoUrl".into(), logo(mvpd, web).into()),
        ("iFrameRequired".into(), mvpd.iframe.is_some().into()),
    ];
    if let Some(frame) = mvpd.iframe {
        fields.extend([
            ("iFrameWidth".into(), frame.width.into()),
            ("iFrameHeight".into(), frame.height.into()),
        ]);
    }
    if mvpd.temp_pass_s.is_some() {
        fields.push(("isTempPass".into(), true.into()));
    }
    let platform = platform(mvpd);
    if !platform.is_empty() {
        fields.extend(platform);
        fields.push(("requiredMetadataFields".into(), Node::List("value", vec!["householdID".into()])));
    }
    Node::Map(fields)
}

/// How far the platform signs viewers in with this MVPD; nothing where it does not know it.
pub(crate) fn platform(mvpd: &Mvpd) -> Vec<(Cow<'static, str>, Node)> {
    if !mvpd.platform_sso && !mvpd.platform_picker_only {
        return Vec::new();
    }
    vec![
        ("enablePlatformServices".into(), mvpd.platform_sso.into()),
        ("boardingStatus".into(), if mvpd.platform_sso { "SUPPORTED" } else { "PICKER" }.into()),
        ("displayInPlatformPicker".into(), true.into()),
        ("platformMappingId".into(), format!("{}-platform", mvpd.id).into()),
    ]
}

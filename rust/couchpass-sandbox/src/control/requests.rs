//! The record, and waiting for what a test expects to see in it.

use serde::Deserialize;
use serde_json::json;

use super::call::{ControlCall, Done, Outcome};
use super::faults::patience;
use crate::endpoint::Endpoint;
use crate::record::RecordedRequest;

/// Which requests are meant.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    endpoint: Option<Endpoint>,
    /// From this number on.
    #[serde(default)]
    since: usize,
    status: Option<u16>,
    /// Only those that have been answered, or cut.
    #[serde(default)]
    ended: bool,
    /// Only those of a device.
    #[serde(default)]
    by_device: bool,
    /// How many to wait for.
    count: Option<usize>,
    timeout_ms: Option<u64>,
}

impl Wanted {
    fn of(&self, requests: &[RecordedRequest]) -> Vec<RecordedRequest> {
        let wanted = |request: &&RecordedRequest| {
            request.number >= self.since
                && self.endpoint.is_none_or(|endpoint| request.endpoint == Some(endpoint))
                && self.status.is_none_or(|status| request.status == Some(status))
                && (!self.ended || request.ended)
                && (!self.by_device || request.by_device())
        };
        requests.iter().filter(wanted).cloned().collect()
    }
}

pub(super) fn list(call: &ControlCall) -> Outcome {
    let wanted = Wanted {
        endpoint: call.query("endpoint")?,
        since: call.query("since")?.unwrap_or_default(),
        status: call.query("status")?,
        ended: call.query("ended")?.unwrap_or_default(),
        by_device: call.query("by_device")?.unwrap_or_default(),
        ..Wanted::default()
    };
    Done::ok(&json!({ "requests": wanted.of(&call.service.recorder.requests()) }))
}

pub(super) fn clear(call: &ControlCall) -> Outcome {
    call.service.recorder.clear();
    Done::silent()
}

/// Answers as soon as there are as many as wanted, or when patience is at its end. A timeout is no HTTP error: some
/// clients would send the request again by themselves.
pub(super) async fn wait(call: &ControlCall) -> Outcome {
    let wanted: Wanted = call.body()?;
    let enough = wanted.count.unwrap_or(1);
    let recorder = &call.service.recorder;
    let come = recorder.wait_until(|requests| wanted.of(requests).len() >= enough);
    let come = tokio::time::timeout(patience(wanted.timeout_ms), come).await;
    let requests = wanted.of(&recorder.requests());
    Done::ok(&json!({ "found": come.is_ok(), "requests": come.map_or(requests, |all| wanted.of(&all)) }))
}

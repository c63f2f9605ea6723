//! Registration codes: made by the device, read by the second screen, deleted when they have served.
//!
//! Adobe's pages: "Registration Page", "Return Registration Record", "Delete Registration Record".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::call::{Call, Outcome, Reply};
use crate::catalogue::ErrorCode;
use crate::device::Device;
use crate::endpoint::Api;
use crate::problem::Problem;
use crate::render::{Document, Node, map};
use crate::state::{CodeRecord, Destination, NewCode};

const NAMESPACE: &str = "model.mvc.reggie.pass.adobe.com";

/// Parameters of old that the record gives back.
const LEGACY: [&str; 4] = ["deviceType", "deviceUser", "appId", "appVersion"];

/// `POST /reggie/v1/{requestor}/regcode`
pub(super) fn create(call: &mut Call<'_>) -> Outcome {
    let caller = call.caller()?;
    let requestor = call.requestor(&caller, "requestor")?;
    let device = Device::of(call.request)?;
    let request = call.request;
    let ttl_s =
        request.parameter("ttl").map(|ttl| lifetime(ttl, call.state.config.limits.code_ttl_s)).transpose()?;
    let mvpd = request.parameter("mvpd").map(str::to_owned);
    if let Some(mvpd) = mvpd.as_ref().filter(|mvpd| !requestor.mvpds.contains(mvpd)) {
        let message = format!("'{mvpd}' is not integrated with '{}'", requestor.id);
        return Err(Problem::new(400, ErrorCode::UnknownIntegration, message));
    }
    let known_platform = device.known_platform();
    let new = NewCode {
        api: Api::V1,
        requestor: requestor.id,
        mvpd,
        device_id: device.id,
        device_info: device.info,
        known_platform,
        user_agent: request.header("user-agent").unwrap_or_default().to_owned(),
        address: request.client.clone(),
        legacy: LEGACY.iter().filter_map(|name| Some((*name, request.parameter(name)?.to_owned()))).collect(),
        subject: call.subject(),
        ttl_s,
        destination: Destination::default(),
    };
    let record = call.state.create_code(new, &caller, call.now);
    let document = document(&record, &call.addresses.web);
    Ok(Reply::Document { status: 201, document, headers: Vec::new() })
}

/// `GET /reggie/v1/{requestor}/regcode/{code}`
pub(super) fn read(call: &mut Call<'_>) -> Outcome {
    let caller = call.caller()?;
    let requestor = call.requestor(&caller, "requestor")?;
    let code = call.target.code.as_deref().unwrap_or_default();
    let record = call.state.code(Api::V1, &requestor.id, code, call.now);
    // Adobe does not say what it answers for a code it does not know.
    let record = record.ok_or_else(|| Problem::new(404, ErrorCode::InternalError, "Not Found"))?;
    Reply::ok(document(record, &call.addresses.web))
}

/// `DELETE /reggie/v1/{requestor}/regcode/{code}`
pub(super) fn delete(call: &mut Call<'_>) -> Outcome {
    let caller = call.caller()?;
    let requestor = call.requestor(&caller, "requestor")?;
    call.state.delete_code(&requestor.id, call.target.code.as_deref().unwrap_or_default(), call.now);
    Ok(Reply::Bare(204))
}

fn lifetime(ttl: &str, longest: u64) -> Result<u64, Problem> {
    let ttl = ttl.parse().ok().filter(|ttl| (1..=longest).contains(ttl));
    let message = || format!("Invalid 'ttl': seconds from 1 to {longest} are allowed");
    ttl.ok_or_else(|| Problem::new(400, ErrorCode::InternalError, message()))
}

fn document(record: &CodeRecord, web: &str) -> Document {
    let live = &record.live;
    let device_info = serde_json::to_vec(&record.device_info).expect("it was read from JSON");
    let device_info = STANDARD.encode(device_info);
    let application = map([
        ("id", record.app_id.as_str().into()),
        ("name", record.app_name.as_str().into()),
        ("version", "1.0.0".into()),
    ]);
    let mut info = vec![
        ("deviceId".into(), STANDARD.encode(&record.holder.device).into()),
        ("deviceInfo".into(), device_info.into()),
        ("userAgent".into(), record.user_agent.as_str().into()),
        ("originalUserAgent".into(), record.user_agent.as_str().into()),
        ("authorizationType".into(), "OAUTH2".into()),
        ("sourceApplicationInformation".into(), application),
        ("registrationURL".into(), format!("{web}/activate").into()),
    ];
    info.extend(record.legacy.iter().map(|(name, value)| ((*name).into(), value.as_str().into())));
    let node = map([
        ("id", record.id.as_str().into()),
        ("code", live.code.as_str().into()),
        ("requestor", live.requestor.as_str().into()),
        ("mvpd", live.mvpd.as_deref().map_or(Node::Null, Node::from)),
        ("generated", live.generated.into()),
        ("expires", live.expires.into()),
        ("info", Node::Map(info)),
    ]);
    Document::new("regcode", node).in_namespace(NAMESPACE)
}

//! What every request carries, and what none does.

use std::{collections::BTreeSet, net::Ipv4Addr, time::Duration};

use couchpass::{
    Api, ClientBuilder, Error, Login, LoginStep, MvpdId, PlatformTokenCarrier, PromotionalIdentity,
    SignInWith,
};
use couchpass_sandbox::{Carrier, Endpoint, RecordedRequest, SecretKind, fingerprint};

use crate::{
    hold, on_both_apis,
    support::{Stage, assert_permitted, code_of, resource, signed_in},
};

on_both_apis! {
    m16_every_call_but_registrations_has_an_access_token,
    m17_every_call_of_a_device_names_the_device,
    m18_every_call_tells_what_the_device_is,
    m20_calls_have_the_expected_parameters_and_headers_alone,
    m31_a_server_forwards_the_address_of_its_device_on_every_call,
    m44_the_platform_token_is_on_all_calls_of_the_api,
}

type Names = &'static [&'static str];

/// What a call may look like: the parameters of its query and the fields of its form, those it must have and those that
/// depend, and the headers that no other call has.
#[derive(Clone, Copy)]
struct Expected {
    endpoint: Endpoint,
    query: (Names, Names),
    form: (Names, Names),
    headers: Names,
}

/// A call without parameters.
const fn of(endpoint: Endpoint) -> Expected {
    Expected { endpoint, query: (&[], &[]), form: (&[], &[]), headers: &[] }
}

impl Expected {
    const fn query(self, must: Names, may: Names) -> Self {
        Self { query: (must, may), ..self }
    }

    const fn form(self, must: Names, may: Names) -> Self {
        Self { form: (must, may), headers: &["content-length", "content-type"], ..self }
    }

    const fn headers(self, headers: Names) -> Self {
        Self { headers, ..self }
    }
}

const BODY: Names = &["content-length", "content-type"];
const REGISTER: Expected = of(Endpoint::Register).headers(BODY);
const TOKEN: Expected = of(Endpoint::Token).form(&["grant_type", "client_id", "client_secret"], &[]);

/// Adobe's tables of parameters for v1. The device's own calls name it, those for a code do not.
const V1: [Expected; 18] = [
    REGISTER,
    TOKEN,
    of(Endpoint::CreateCode).query(&["deviceId"], &["mvpd", "ttl"]).headers(&["content-length"]),
    of(Endpoint::ReadCode),
    of(Endpoint::DeleteCode),
    of(Endpoint::ProviderList).query(&[], &["deviceType"]),
    of(Endpoint::CheckAuthn).query(&["deviceId", "requestor"], &[]),
    of(Endpoint::CheckAuthnCode).query(&["requestor"], &[]),
    of(Endpoint::AuthnToken).query(&["deviceId", "requestor"], &[]),
    of(Endpoint::AuthenticateCode).query(&["requestor"], &[]),
    of(Endpoint::FreePreview)
        .query(&["deviceId", "requestor_id", "mso_id", "domain_name"], &["generic_data"])
        .headers(&["content-length"]),
    of(Endpoint::Authorize).query(&["deviceId", "requestor", "resource"], &["generic_data"]),
    of(Endpoint::AuthzToken).query(&["deviceId", "requestor", "resource"], &[]),
    of(Endpoint::MediaToken).query(&["deviceId", "requestor", "resource"], &[]),
    of(Endpoint::Preauthorize).query(&["deviceId", "requestor", "resource"], &[]),
    of(Endpoint::PreauthorizeCode).query(&["requestor", "resource"], &[]),
    of(Endpoint::UserMetadata).query(&["deviceId", "requestor"], &[]),
    of(Endpoint::Logout).query(&["deviceId", "requestor"], &[]),
];

/// Adobe's tables for v2, where the service provider is in the path and the device in headers. The bodies of decisions are
/// JSON, and no form.
const V2: [Expected; 12] = [
    REGISTER,
    TOKEN,
    of(Endpoint::Configuration),
    of(Endpoint::CreateSession).form(&[], &["mvpd", "domainName", "redirectUrl"]),
    of(Endpoint::ReadSession),
    of(Endpoint::ResumeSession).form(&["mvpd", "domainName", "redirectUrl"], &[]),
    of(Endpoint::Profiles),
    of(Endpoint::MvpdProfile),
    of(Endpoint::CodeProfile),
    of(Endpoint::PreauthorizeDecisions).headers(BODY),
    of(Endpoint::AuthorizeDecisions).headers(BODY),
    of(Endpoint::MvpdLogout).query(&["redirectUrl"], &[]),
];

fn table(api: Api) -> &'static [Expected] {
    match api {
        Api::V1 => &V1,
        Api::V2 => &V2,
    }
}

fn expected(api: Api, request: &RecordedRequest) -> Expected {
    let row = table(api).iter().find(|row| Some(row.endpoint) == request.endpoint);
    *row.unwrap_or_else(|| panic!("not a call of this API: {request:#?}"))
}

/// Whether it is a call of the API, and not one that obtains the right to call it.
fn is_protected(request: &RecordedRequest) -> bool {
    !matches!(request.endpoint, Some(Endpoint::Register | Endpoint::Token))
}

/// Whether it is about the trial, whose viewer has to be named on v2.
fn is_promotional(api: Api, request: &RecordedRequest) -> bool {
    api == Api::V2 && request.path.ends_with("/LanternGift")
}

/// Every call that the client can make, at least once.
async fn tour(api: Api, describe: impl Fn(ClientBuilder) -> ClientBuilder) -> (Stage, Vec<RecordedRequest>) {
    let stage = Stage::new(api).await;
    stage.let_time_run();
    let described = stage.television("tv-1").platform_tokens(stage.token("amazon-1"));
    let described = match api {
        Api::V1 => described.code_lifetime(Duration::from_secs(600)),
        Api::V2 => described,
    };
    let client = describe(described).build().unwrap();
    let screen = client.second_screen();
    client.providers().await.unwrap();
    let identity = PromotionalIdentity::new("email", "2f3a").unwrap();
    client.temporary_access(&MvpdId::new("LanternGift"), "lantern.example", Some(&identity)).await.unwrap();
    assert_permitted(&client.authorize(&resource("LanternKids")).await.unwrap());

    // Once with a choice on the second screen, and once with one on the television.
    let login =
        Login::new(MvpdId::new("Harborlight"), "lantern.example", "https://lantern.example/done").unwrap();
    let code = code_of(&mut client.sign_in()).await.code;
    let record = screen.look_up(&code).await.unwrap().unwrap();
    let LoginStep::Open(_) = screen.log_in(&record, &login, None).await.unwrap() else {
        panic!("{record:?}")
    };
    client.cancel_sign_in().await;
    hold(&stage);
    let mut sign_in = client.sign_in_with(SignInWith::CodeFor(login));
    let code = code_of(&mut sign_in).await.code;
    stage.sandbox.viewer("basic").approve(&code).await.unwrap();
    stage.let_time_run();
    signed_in(&mut sign_in).await;
    assert!(screen.is_authenticated(&code).await.unwrap());
    screen.profile(&code).await.unwrap();
    if api == Api::V1 {
        screen.preauthorize(&code, &[resource("LanternOne")]).await.unwrap();
    }

    assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
    assert!(!client.authorize(&resource("LanternCinema")).await.unwrap().authorized);
    client.remembered_permit(&resource("LanternOne")).await.unwrap();
    client.preauthorize(&[resource("LanternOne"), resource("LanternNews")]).await.unwrap();
    client.user_metadata().await.unwrap();
    client.sign_out().await.unwrap();

    let requests = stage.device_requests();
    for row in table(api) {
        let endpoint = row.endpoint;
        assert!(requests.iter().any(|request| request.endpoint == Some(endpoint)), "no {endpoint}");
    }
    // Adobe announces a 400 for what it does not expect, or misses.
    let refused = requests.iter().find(|request| request.status == Some(400));
    assert!(refused.is_none(), "{refused:#?}");
    (stage, requests)
}

async fn m16_every_call_but_registrations_has_an_access_token(api: Api) {
    let (_stage, requests) = tour(api, |client| client).await;
    for request in requests {
        let has_token = request.fingerprint(SecretKind::Bearer).is_some();
        assert_eq!(has_token, is_protected(&request), "{request:#?}");
        assert_ne!(request.status, Some(401), "{request:#?}");
    }
}

/// v1 has a parameter for it, on the calls that are the device's own; v2 a header, which its checklist wants on every call.
async fn m17_every_call_of_a_device_names_the_device(api: Api) {
    let (_stage, requests) = tour(api, |client| client).await;
    for request in requests {
        let carrier = match api {
            Api::V1 => expected(api, &request).query.0.contains(&"deviceId").then_some(Carrier::Query),
            Api::V2 => is_protected(&request).then_some(Carrier::Header),
        };
        let named = request.secrets.iter().filter(|secret| secret.kind == SecretKind::DeviceId);
        let named: Vec<_> = named.map(|secret| (secret.carrier, secret.fingerprint.clone())).collect();
        let wanted = carrier.map(|carrier| (carrier, fingerprint("tv-1")));
        assert_eq!(named, wanted.into_iter().collect::<Vec<_>>(), "{request:#?}");
    }
}

async fn m18_every_call_tells_what_the_device_is(api: Api) {
    let (_stage, requests) = tour(api, |client| client).await;
    let told: BTreeSet<_> = requests.iter().map(|r| r.fingerprint(SecretKind::DeviceInfo)).collect();
    assert!(told.len() == 1 && !told.contains(&None), "{told:?}");
    assert!(requests.iter().all(|request| request.headers.iter().any(|name| name == "x-device-info")));
}

async fn m20_calls_have_the_expected_parameters_and_headers_alone(api: Api) {
    let (_stage, requests) = tour(api, |client| client).await;
    for request in requests {
        let row = expected(api, &request);
        let endpoint = row.endpoint;
        for (names, (must, may)) in [(&request.query, row.query), (&request.form, row.form)] {
            assert_names(names, must, may, endpoint);
        }
        let mut must = BTreeSet::from(["accept", "host", "user-agent", "x-device-info"]);
        must.extend(row.headers);
        if is_protected(&request) {
            must.extend(["authorization", "adobe-subject-token"]);
            must.extend((api == Api::V2).then_some("ap-device-identifier"));
        }
        must.extend(is_promotional(api, &request).then_some("ap-temppass-identity"));
        let must: Vec<_> = must.into_iter().collect();
        assert_names(&request.headers, &must, &[], endpoint);
    }
}

/// All that must be there, of the others those that may, and nothing twice.
fn assert_names(names: &[String], must: &[&str], may: &[&str], endpoint: Endpoint) {
    let found: BTreeSet<_> = names.iter().map(String::as_str).collect();
    assert_eq!(found.len(), names.len(), "{endpoint}: something comes twice in {names:?}");
    let missing: Vec<_> = must.iter().filter(|name| !found.contains(*name)).collect();
    let surplus: Vec<_> = found.iter().filter(|name| !must.contains(name) && !may.contains(name)).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "{endpoint} misses {missing:?}, needs not {surplus:?}");
}

async fn m31_a_server_forwards_the_address_of_its_device_on_every_call(api: Api) {
    let (_stage, requests) =
        tour(api, |client| client.forwarded_for(Ipv4Addr::new(203, 0, 113, 9).into())).await;
    for request in requests {
        assert_eq!(request.forwarded_for.as_deref(), Some("203.0.113.9"), "{request:#?}");
    }
    let (_stage, requests) = tour(api, |client| client).await;
    assert!(requests.iter().all(|request| request.forwarded_for.is_none()), "a device forwards nothing");
}

/// v1 has three carriers, of which the app chooses one; v2 has the header alone.
async fn m44_the_platform_token_is_on_all_calls_of_the_api(api: Api) {
    for carrier in [PlatformTokenCarrier::Header, PlatformTokenCarrier::Query, PlatformTokenCarrier::Post] {
        if api == Api::V2 && carrier != PlatformTokenCarrier::Header {
            let refused = Stage::new(api).await.television("tv-1").platform_token_carrier(carrier).build();
            assert!(matches!(refused, Err(Error::FixConfiguration { .. })), "{carrier:?}");
            continue;
        }
        let (_stage, requests) = tour(api, |client| client.platform_token_carrier(carrier)).await;
        let mut tokens = BTreeSet::new();
        for request in requests {
            let place = match carrier {
                PlatformTokenCarrier::Query => Carrier::Query,
                PlatformTokenCarrier::Post if request.method == "POST" => Carrier::Form,
                _ => Carrier::Header,
            };
            let expected = if is_protected(&request) { vec![place] } else { vec![] };
            assert_eq!(request.platform_token_carriers(), expected, "{request:#?}");
            tokens.extend(request.fingerprint(SecretKind::PlatformToken).map(str::to_owned));
        }
        assert_eq!(tokens.len(), 1);
    }
}

//! Every answer of v2 as Adobe shapes it, and what is read from it; then what an answer may lack or bring anew.

use std::collections::BTreeMap;

use device_auth::{Priority, Timestamp};

use super::{
    Caller, Endpoint, Response, Tries,
    configuration::Configuration,
    decisions::{Authorize, Outcome, Preauthorize},
    logout::Logout,
    profiles::{ProfileByCode, ProfileOf, Profiles},
    sessions::{CreateSession, Next, ReadSession},
};
use crate::{
    ByCode, DecisionSource, DeviceId, MetadataValue, MvpdId, ProfileType, RegistrationCode, RequestorId,
    Resource, failure::Failure,
};

fn caller() -> Caller {
    Caller {
        requestor: RequestorId::new("REF30").unwrap(),
        device_id: DeviceId::new("a-television").unwrap(),
    }
}

fn read<E: Endpoint>(endpoint: &E, status: u16, body: &str) -> Result<E::Answer, Failure> {
    endpoint.read(&Response { call: "test", status, date: None, body: body.into() })
}

fn instant(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn code() -> RegistrationCode {
    RegistrationCode { code: "8ER640M".into(), expires: instant(1_733_737_089_035) }
}

#[test]
fn a_session_says_what_is_next() {
    let caller = caller();
    let create = CreateSession { caller: &caller, login: None };
    let with = |fields: &str| {
        let body = format!(
            r#"{{"sessionId": "s", "serviceProvider": "REF30", "reasonType": "none", "notBefore": "1733735289035", {fields}}}"#
        );
        read(&create, 200, &body)
    };
    let dated = r#""code": "8ER640M", "notAfter": "1733737089035""#;
    let url = "/api/v2/authenticate/REF30/8ER640M";
    let authenticate = with(&format!(r#""actionName": "authenticate", "url": "{url}", {dated}"#));
    assert_eq!(authenticate.unwrap(), Next::Authenticate { code: code(), url: url.into() });
    let resume =
        with(&format!(r#""actionName": "resume", "missingParameters": ["mvpd", "domain"], {dated}"#));
    let missing = vec!["mvpd".to_owned(), "domain".to_owned()];
    assert_eq!(resume.unwrap(), Next::Resume { code: code(), missing: missing.clone() });
    // After a second screen, and whatever else may come: there is a code, and somebody may use it.
    for action in ["retry", "levitate"] {
        let fields = format!(r#""actionName": "{action}", "missingParameters": ["mvpd", "domain"], {dated}"#);
        assert_eq!(with(&fields).unwrap(), Next::Resume { code: code(), missing: missing.clone() });
    }
    for reason in ["authenticated", "authenticatedSSO", "degraded", "temporary"] {
        let fields = format!(r#""actionName": "authorize", "reasonType": "{reason}", "mvpd": "Cable""#);
        assert_eq!(with(&fields).unwrap(), Next::Authorize { mvpd: Some(MvpdId::new("Cable")) });
    }
    for lacking in [
        r#""actionName": "authenticate", "code": "8ER640M", "notAfter": "1733737089035""#,
        r#""actionName": "resume", "notAfter": "1733737089035""#,
        r#""actionName": "resume", "code": "8ER640M""#,
        r#""actionName": "resume", "code": "8ER640M", "notAfter": "soon""#,
        r#""code": "8ER640M", "notAfter": "1733737089035""#,
    ] {
        assert!(matches!(with(lacking), Err(Failure::Unreadable { .. })), "{lacking}");
    }
}

#[test]
fn a_code_is_looked_up_or_is_none() {
    let caller = caller();
    let look_up = ReadSession { caller: &caller, code: "8ER640M" };
    let body = r#"{"existingParameters": {"serviceProvider": "REF30", "mvpd": "Cable", "domain": "x.example"},
        "device": {"type": "TV"}, "notBefore": "1733735289035", "notAfter": "1733737089035"}"#;
    let record = read(&look_up, 200, body).unwrap().unwrap();
    assert_eq!((record.code, record.mvpd, record.is_complete), (code(), Some(MvpdId::new("Cable")), true));
    let body = r#"{"existingParameters": {"serviceProvider": "REF30"}, "missingParameters": ["mvpd"], "notAfter": "1733737089035"}"#;
    let record = read(&look_up, 200, body).unwrap().unwrap();
    assert_eq!((record.mvpd, record.is_complete), (None, false));
    for gone in ["invalid_authentication_session", "invalid_parameter_code"] {
        let body = format!(r#"{{"status": 400, "code": "{gone}", "action": "none"}}"#);
        assert_eq!(read(&look_up, 400, &body).unwrap(), None);
    }
    let body = r#"{"status": 400, "code": "invalid_header_device_info", "action": "none"}"#;
    read(&look_up, 400, body).expect_err("a bad header says nothing of the code");
}

const PROFILES: &str = r#"{"profiles": {
    "Cable": {"notBefore": 1697719042666, "notAfter": 1697719102666, "issuer": "Cable", "type": "regular", "attributes": {
        "userID": {"value": "u-1", "state": "plain"}, "zip": {"value": "c2VjcmV0", "state": "enc"},
        "is_hoh": {"value": "1", "state": "plain"}, "onNet": {"value": true, "state": "plain"},
        "channelID": {"value": ["one", "two"], "state": "plain"},
        "maxRating": {"value": {"MPAA": "PG-13", "VCHIP": "TV-14"}, "state": "plain"},
        "expiration_date": {"value": 1697720528524, "state": "plain"}, "odd": {"state": "plain"}}},
    "Sky": {"notBefore": 1, "notAfter": 1697719102667, "issuer": "Adobe", "type": "platformSSO"},
    "Sea": {"notBefore": 1, "notAfter": 1697719102668, "issuer": "x", "type": "telepathySSO", "attributes": {}}}}"#;

#[test]
fn profiles_come_with_what_the_provider_tells() {
    let caller = caller();
    let found = read(&Profiles { caller: &caller, priority: Priority::Playback }, 200, PROFILES).unwrap();
    let types: BTreeMap<_, _> =
        found.iter().map(|found| (found.profile.mvpd.as_str(), found.profile.profile_type.clone())).collect();
    assert_eq!(types["Cable"], ProfileType::Regular);
    assert_eq!(types["Sky"], ProfileType::PlatformSso);
    assert_eq!(types["Sea"], ProfileType::Other("telepathySSO".into()));
    let cable = found.into_iter().find(|found| found.profile.mvpd.as_str() == "Cable").unwrap();
    assert_eq!(cable.profile.user_id.as_deref(), Some("u-1"));
    assert_eq!(cable.profile.not_after, instant(1_697_719_102_666));
    let values = cable.metadata.unwrap().values;
    assert!(values["zip"].encrypted && !values["userID"].encrypted && !values.contains_key("odd"));
    assert_eq!(values["channelID"].value.as_list(), ["one", "two"]);
    assert_eq!(values["onNet"].value.as_list(), ["true"]);
    assert_eq!(values["expiration_date"].value.as_list(), ["1697720528524"]);
    let MetadataValue::Map(ratings) = &values["maxRating"].value else { panic!("no map") };
    assert_eq!(ratings["VCHIP"], "TV-14");
}

#[test]
fn nobody_is_an_answer_and_half_a_profile_is_none() {
    let caller = caller();
    let all = Profiles { caller: &caller, priority: Priority::Playback };
    assert_eq!(read(&all, 200, r#"{"profiles": {}}"#).unwrap(), []);
    let missing = r#"{"status": 403, "code": "authenticated_profile_missing", "action": "authentication"}"#;
    assert_eq!(read(&all, 403, missing).unwrap(), []);
    for half in [
        "{}",
        r#"{"profiles": []}"#,
        r#"{"profiles": {"Cable": {"type": "regular"}}}"#,
        r#"{"profiles": {"Cable": {"notAfter": 5}}}"#,
    ] {
        assert!(matches!(read(&all, 200, half), Err(Failure::Unreadable { .. })), "{half}");
    }
    let mvpd = MvpdId::new("Sky");
    let of = ProfileOf { caller: &caller, mvpd: &mvpd, identity: None };
    assert_eq!(read(&of, 200, PROFILES).unwrap().unwrap().profile.mvpd, mvpd);
    assert_eq!(read(&of, 200, r#"{"profiles": {}}"#).unwrap(), None);

    let by_code = ProfileByCode { caller: &caller, code: "8ER640M" };
    assert_eq!(read(&by_code, 200, r#"{"profiles": {}}"#).unwrap(), ByCode::Open);
    assert_eq!(read(&by_code, 403, missing).unwrap(), ByCode::Open);
    let gone = r#"{"status": 400, "code": "invalid_authentication_session", "action": "none"}"#;
    assert_eq!(read(&by_code, 400, gone).unwrap(), ByCode::Gone);
    read(&by_code, 400, r#"{"status": 400, "message": "Bad request"}"#).expect_err("that is no answer");
}

#[test]
fn a_permit_has_its_token_and_a_denial_its_reason() {
    let caller = caller();
    let (mvpd, resource) = (MvpdId::new("Cable"), Resource::new("REF30").unwrap());
    let tries = Tries::new();
    let authorize =
        Authorize { caller: &caller, mvpd: &mvpd, resource: &resource, identity: None, tries: &tries };
    let token =
        r#""token": {"serializedToken": "PHM+", "notBefore": 1697543318183, "notAfter": 1697543918183}"#;
    let with = |resource: &str, fields: &str| {
        let body = format!(r#"{{"decisions": [{{"resource": "{resource}", "mvpd": "Cable", {fields}}}]}}"#);
        read(&authorize, 200, &body)
    };
    let permit = with(
        "REF30",
        &format!(r#""source": "mvpd", "authorized": true, {token}, "notAfter": 1697843918183"#),
    );
    let permit = permit.unwrap();
    assert_eq!((permit.mvpd, permit.source), (Some(mvpd.clone()), Some(DecisionSource::Mvpd)));
    let Outcome::Permit { token: media, not_after } = permit.outcome else { panic!("no permit") };
    assert_eq!((media.serialized.expose(), media.not_after), ("PHM+", instant(1_697_543_918_183)));
    assert_eq!(not_after, Some(instant(1_697_843_918_183)));

    for (name, source) in [
        ("degradation", DecisionSource::Degradation),
        ("temppass", DecisionSource::TempPass),
        ("dummy", DecisionSource::Other("dummy".into())),
    ] {
        let error = r#""error": {"status": 403, "code": "authorization_denied_by_mvpd", "action": "none"}"#;
        let deny = with("REF30", &format!(r#""source": "{name}", "authorized": false, {error}"#)).unwrap();
        assert_eq!(deny.source, Some(source));
        let Outcome::Deny { status, complaint } = deny.outcome else { panic!("no deny") };
        assert_eq!((status, complaint.code()), (403, Some("authorization_denied_by_mvpd")));
    }
    // Another's permit, a permit without its proof, and silence permit nothing.
    for fields in [r#""authorized": true"#, r#""authorized": true, "token": {"serializedToken": "PHM+"}"#] {
        assert!(matches!(with("REF30", fields), Err(Failure::Unreadable { .. })), "{fields}");
    }
    let others = with("REF31", &format!(r#""authorized": true, {token}"#));
    assert!(matches!(others, Err(Failure::Unreadable { .. })));
    assert!(matches!(read(&authorize, 200, r#"{"decisions": []}"#), Err(Failure::Unreadable { .. })));
}

#[test]
fn a_list_of_decisions_is_read_item_by_item() {
    let caller = caller();
    let mvpd = MvpdId::new("Cable");
    let resources = ["one", "two"].map(|id| Resource::new(id).unwrap());
    let tries = Tries::new();
    let ask = Preauthorize { caller: &caller, mvpd: &mvpd, resources: &resources, tries: &tries };
    let body = r#"{"decisions": [{"resource": "one", "authorized": true, "source": "mvpd"},
        {"resource": "two", "authorized": false, "error": {"status": 403, "code": "x", "action": "retry"}}, {"odd": 1}]}"#;
    let items = read(&ask, 200, body).unwrap();
    assert_eq!(
        items.iter().map(|item| (item.id.as_str(), item.authorized)).collect::<Vec<_>>(),
        [("one", true), ("two", false)]
    );
    assert!(matches!(read(&ask, 200, "{}"), Err(Failure::Unreadable { .. })));
}

#[test]
fn what_a_logout_leaves_is_for_a_browser_alone() {
    let caller = caller();
    let mvpd = MvpdId::new("Cable");
    let logout =
        Logout { caller: &caller, mvpd: &mvpd, redirect_url: "https://x.example", platform_token: true };
    let body = r#"{"logouts": {
        "Cable": {"actionName": "logout", "actionType": "interactive", "mvpd": "Cable", "url": "/adobe-services/x"},
        "Apple": {"actionName": "partner_logout", "actionType": "partner_interactive", "mvpd": "Apple", "url": "/y"},
        "Sky": {"actionName": "complete", "actionType": "none", "mvpd": "Sky"},
        "Sea": {"actionName": "invalid", "actionType": "none", "mvpd": "Sea"},
        "New": {"actionName": "levitate", "actionType": "none", "mvpd": "New", "url": "/z"}}}"#;
    assert_eq!(read(&logout, 200, body).unwrap(), [(mvpd.clone(), "/adobe-services/x".to_owned())]);
    assert!(matches!(read(&logout, 200, "{}"), Err(Failure::Unreadable { .. })));
}

#[test]
fn the_providers_are_those_of_the_requestor() {
    let caller = caller();
    let ask = Configuration { caller: &caller };
    let body = r#"{"requestor": {"id": "REF30", "name": "x", "domains": [], "mvpds": [
        {"id": "Cable", "displayName": "Cable One", "logoUrl": "https://logo.example", "enablePlatformServices": true,
         "boardingStatus": "SUPPORTED"}, {"id": "Pass", "isTempPass": true}, {"displayName": "nobody"}]}}"#;
    let providers = read(&ask, 200, body).unwrap();
    assert_eq!(providers.len(), 2);
    assert_eq!(providers[0].display_name, "Cable One");
    assert!(providers[0].platform_sso && !providers[0].is_temp_pass && providers[1].is_temp_pass);
    assert!(
        matches!(read(&ask, 200, "{}"), Err(Failure::Unreadable { .. })),
        "no empty picker out of nothing"
    );
}

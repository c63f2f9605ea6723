//! Every answer with a body, in each way that Adobe may write it: JSON or XML, numbers as numbers or as texts, optional
//! fields as null or absent. Whatever the form, the answer is the same.

use std::{collections::BTreeMap, fmt::Debug};

use device_auth::{Secret, Timestamp};

use super::{
    Caller, Endpoint, Item, Response, Tries,
    authentication::{Authentication, AuthenticationToken},
    authorization::{AuthorizationToken, Authorize, Media, MediaAnswer, Permit},
    metadata::Metadata,
    preauthorization::Preauthorize,
    providers::Providers,
    regcode::CreateCode,
    second_screen::{AuthenticationByCode, ReadCode},
};
use crate::{
    CodeRecord, DeviceId, MetadataValue, MvpdId, Provider, RegistrationCode, RequestorId, Resource,
    SoftwareStatement,
    endpoints::registration::{AccessToken, Register},
};

const XML: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;

fn caller() -> Caller {
    let requestor = RequestorId::new("REF30").unwrap();
    Caller { requestor, device_id: DeviceId::new("a-television").unwrap() }
}

fn instant(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// Reads every form and checks what comes out; `view` shows what has no equality of its own, such as secrets.
#[track_caller]
fn assert_read<E: Endpoint, V: Debug + PartialEq>(
    endpoint: &E,
    forms: &[&str],
    view: impl Fn(E::Answer) -> V,
    expected: &V,
) {
    for form in forms {
        // With a byte order mark and line breaks, too: neither is part of an answer.
        for body in [(*form).to_owned(), format!("{XML}\n{form}"), format!("\u{feff}{form}\n")] {
            if body.starts_with(XML) && !form.starts_with('<') {
                continue;
            }
            let response =
                Response { call: endpoint.call().name, status: 200, date: None, body: body.into_bytes() };
            let answer = endpoint.read(&response).unwrap_or_else(|failure| panic!("{failure}: {form}"));
            assert_eq!(view(answer), *expected, "{form}");
        }
    }
}

#[test]
fn a_registration() {
    let statement = SoftwareStatement::new("e30.e30.c2ln").unwrap();
    assert_read(
        &Register { statement: &statement },
        &[
            r#"{"client_id": "c-1", "client_secret": "s-1", "client_id_issued_at": 1733306190,
                "redirect_uris": ["app://c-1"], "grant_types": ["client_credentials"], "scopes": ["api:client:v2"]}"#,
            r#"{"client_id": "c-1", "client_secret": "s-1", "client_id_issued_at": "1733306190",
                "redirect_uris": null, "scopes": "api:client:v2"}"#,
            "<client><client_id>c-1</client_id><client_secret>s-1</client_secret>
                <client_id_issued_at>1733306190</client_id_issued_at>
                <scopes><value>api:client:v2</value></scopes></client>",
        ],
        |answer| (answer.client_id, answer.client_secret.expose().to_owned(), answer.scopes),
        &("c-1".into(), "s-1".into(), vec!["api:client:v2".into()]),
    );
}

#[test]
fn a_bearer_token() {
    let secret = Secret::new("s-1");
    assert_read(
        &AccessToken { client_id: "c-1", client_secret: &secret, now: instant(1_000) },
        &[
            r#"{"id": "1", "access_token": "opaque", "created_at": 1733306190000, "expires_in": 21600,
                "token_type": "bearer"}"#,
            r#"{"access_token": "opaque", "created_at": null, "expires_in": "21600"}"#,
            "<token><access_token>opaque</access_token><expires_in>21600</expires_in></token>",
        ],
        |answer| (answer.token.expose().to_owned(), answer.expires),
        &("opaque".into(), instant(21_601_000)),
    );
}

/// The record of a code, as Adobe prints it and as a server may leave it.
const CODE: [&str; 4] = [
    r#"{"id": "678f9fea-a1cafec8", "code": "A7K3MQ2", "requestor": "REF30", "mvpd": "Cedar",
        "generated": 1348039615266, "expires": 1348043215266, "info": {"deviceId": "YS1kZXZpY2U=",
        "deviceInfo": "e30=", "userAgent": "Lantern/1", "authorizationType": "OAUTH2",
        "sourceApplicationInformation": {"id": "app", "name": "Lantern TV", "version": "1.0.0"}}}"#,
    r#"{"code": "A7K3MQ2", "mvpd": "Cedar", "expires": "1348043215266", "info": null, "appVersion": 7}"#,
    r#"<ns2:regcode xmlns:ns2="model.mvc.reggie.pass.adobe.com"><id>678f9fea-a1cafec8</id>
        <code>A7K3MQ2</code><requestor>REF30</requestor><mvpd>Cedar</mvpd><generated>1348039615266</generated>
        <expires>1348043215266</expires><info><deviceId>YS1kZXZpY2U=</deviceId><userAgent>a&amp;b</userAgent>
        <sourceApplicationInformation><id>app</id><version/></sourceApplicationInformation></info></ns2:regcode>"#,
    "<regcode><code>A7K3MQ2</code><mvpd>Cedar</mvpd><expires> 1348043215266 </expires><info/></regcode>",
];

fn code() -> RegistrationCode {
    RegistrationCode { code: "A7K3MQ2".into(), expires: instant(1_348_043_215_266) }
}

#[test]
fn a_new_code() {
    let caller = caller();
    assert_read(&CreateCode { caller: &caller, mvpd: None, lifetime: None }, &CODE, |answer| answer, &code());
}

#[test]
fn the_record_of_a_code() {
    let caller = caller();
    let endpoint = ReadCode { caller: &caller, code: "A7K3MQ2" };
    let record = |mvpd: Option<&str>| {
        Some(CodeRecord { code: code(), mvpd: mvpd.map(MvpdId::new), is_complete: false })
    };
    assert_read(&endpoint, &CODE, |answer| answer, &record(Some("Cedar")));
    let open = [
        r#"{"code": "A7K3MQ2", "expires": 1348043215266, "mvpd": null}"#,
        r#"{"code": "A7K3MQ2", "expires": 1348043215266, "mvpd": ""}"#,
        r#"{"code": "A7K3MQ2", "expires": 1348043215266}"#,
        "<regcode><code>A7K3MQ2</code><expires>1348043215266</expires><mvpd/></regcode>",
        "<regcode><code>A7K3MQ2</code><expires>1348043215266</expires></regcode>",
    ];
    assert_read(&endpoint, &open, |answer| answer, &record(None));
}

#[test]
fn the_providers() {
    let caller = caller();
    let provider = |id: &str, name: &str, logo: Option<&str>, is_temp_pass, platform_sso| Provider {
        id: MvpdId::new(id),
        display_name: name.into(),
        logo_url: logo.map(str::to_owned),
        is_temp_pass,
        platform_sso,
    };
    let endpoint = Providers { caller: &caller };
    assert_read(
        &endpoint,
        &[
            r#"{"requestor": {"id": "REF30", "mvpds": [
                {"id": "Cedar", "displayName": "Cedar & Sons", "logoUrl": "https://x.example/c.png", "iFrameRequired": false,
                 "iFrameWidth": null, "enablePlatformServices": true, "boardingStatus": "SUPPORTED",
                 "requiredMetadataFields": ["householdID"]},
                {"id": "Preview", "displayName": null, "isTempPass": true}]}}"#,
            r#"{"mvpds": [{"id": "Cedar", "displayName": "Cedar & Sons", "logoUrl": "https://x.example/c.png",
                "enablePlatformServices": "true"}, {"id": "Preview", "isTempPass": "true"}]}"#,
            "<config><requestor><id>REF30</id><mvpds>
                <mvpd><id>Cedar</id><displayName>Cedar &amp; Sons</displayName><logoUrl>https://x.example/c.png</logoUrl>
                <iFrameRequired>false</iFrameRequired><enablePlatformServices>true</enablePlatformServices>
                <requiredMetadataFields><value>householdID</value></requiredMetadataFields></mvpd>
                <mvpd><id>Preview</id><isTempPass>true</isTempPass></mvpd></mvpds></requestor></config>",
            "<mvpds><mvpd><id>Cedar</id><displayName><![CDATA[Cedar & Sons]]></displayName>
                <logoUrl>https://x.example/c.png</logoUrl><enablePlatformServices>true</enablePlatformServices></mvpd>
                <mvpd><id>Preview</id><isTempPass>true</isTempPass></mvpd></mvpds>",
        ],
        |answer| answer,
        &vec![
            provider("Cedar", "Cedar & Sons", Some("https://x.example/c.png"), false, true),
            provider("Preview", "Preview", None, true, false),
        ],
    );
    assert_read(
        &endpoint,
        &[
            r#"{"requestor": {"mvpds": [{"id": "Cedar"}]}}"#,
            "<config><requestor><mvpds><mvpd><id>Cedar</id></mvpd></mvpds></requestor></config>",
        ],
        |answer| answer,
        &vec![provider("Cedar", "Cedar", None, false, false)],
    );
    assert_read(
        &endpoint,
        &[
            r#"{"requestor": {"mvpds": []}}"#,
            r#"{"requestor": {"mvpds": null}}"#,
            "<config><requestor><mvpds/></requestor></config>",
        ],
        |answer| answer,
        &Vec::new(),
    );
}

#[test]
fn an_authentication() {
    let caller = caller();
    let full = [
        r#"{"requestor": "REF30", "mvpd": "Cedar", "userId": "sampleUserId", "expires": "1601114932000"}"#,
        r#"{"requestor": "REF30", "mvpd": "Cedar", "userId": "sampleUserId", "expires": 1601114932000}"#,
        "<authentication><expires>1601114932000</expires><mvpd>Cedar</mvpd><requestor>REF30</requestor>
            <userId>sampleUserId</userId></authentication>",
    ];
    let nameless = [
        r#"{"mvpd": "Cedar", "userId": null, "expires": "1601114932000"}"#,
        r#"{"mvpd": "Cedar", "expires": 1601114932000}"#,
        "<authentication><expires>1601114932000</expires><mvpd>Cedar</mvpd><userId/></authentication>",
        "<authentication><expires>1601114932000</expires><mvpd>Cedar</mvpd></authentication>",
    ];
    let found = |user_id: Option<&str>| {
        let user_id = user_id.map(str::to_owned);
        Some(Authentication { mvpd: MvpdId::new("Cedar"), user_id, expires: instant(1_601_114_932_000) })
    };
    let token = AuthenticationToken { caller: &caller, priority: device_auth::Priority::Polling };
    let by_code = AuthenticationByCode { caller: &caller, code: "A7K3MQ2" };
    assert_read(&token, &full, |answer| answer, &found(Some("sampleUserId")));
    assert_read(&by_code, &full, |answer| answer, &found(Some("sampleUserId")));
    assert_read(&token, &nameless, |answer| answer, &found(None));
    assert_read(&by_code, &nameless, |answer| answer, &found(None));
}

#[test]
fn a_permit() {
    let caller = caller();
    let resource = Resource::new("LanternOne").unwrap();
    let full = [
        r#"{"mvpd": "Cedar", "resource": "LanternOne", "requestor": "REF30", "expires": "1601114932000", "proxyMvpd": "P"}"#,
        r#"{"mvpd": "Cedar", "resource": "LanternOne", "expires": 1601114932000, "proxyMvpd": null}"#,
        "<authorization><expires>1601114932000</expires><mvpd>Cedar</mvpd><requestor>REF30</requestor>
            <resource>LanternOne</resource><proxyMvpd>P</proxyMvpd></authorization>",
    ];
    let least = [
        r#"{"resource": "LanternOne", "mvpd": null, "expires": null}"#,
        r#"{"resource": "LanternOne"}"#,
        "<authorization><resource>LanternOne</resource><expires/></authorization>",
    ];
    let view = |permit: Permit| (permit.mvpd, permit.expires);
    let expected = (Some(MvpdId::new("Cedar")), Some(instant(1_601_114_932_000)));
    let authorize = Authorize { caller: &caller, resource: &resource };
    let remembered = AuthorizationToken { caller: &caller, resource: &resource };
    assert_read(&authorize, &full, view, &expected);
    assert_read(&authorize, &least, view, &(None, None));
    assert_read(&remembered, &full, |answer| answer.map(view), &Some(expected));
    assert_read(&remembered, &least, |answer| answer.map(view), &Some((None, None)));
}

#[test]
fn a_media_token() {
    let caller = caller();
    let resource = Resource::new("LanternOne").unwrap();
    assert_read(
        &Media { caller: &caller, resource: &resource },
        &[
            r#"{"mvpdId": "Cedar", "expires": "1601114932000", "serializedToken": "PHNpZ25hdHVyZUluZm8+", "userId": "u",
                "requestor": "REF30", "resource": "LanternOne"}"#,
            r#"{"expires": 1601114932000, "serializedToken": "PHNpZ25hdHVyZUluZm8+", "userId": null}"#,
            "<play><expires>1601114932000</expires><mvpdId>Cedar</mvpdId><requestor>REF30</requestor>
                <serializedToken>PHNpZ25hdHVyZUluZm8+</serializedToken><userId>u</userId></play>",
        ],
        |answer: MediaAnswer| (answer.serialized.expose().to_owned(), answer.expires),
        &("PHNpZ25hdHVyZUluZm8+".into(), instant(1_601_114_932_000)),
    );
}

#[test]
fn a_list_of_preauthorized_resources() {
    let caller = caller();
    let resources = ["LanternOne", "<rss><channel><title>Two</title></channel></rss>"];
    let resources = resources.map(|id| Resource::new(id).unwrap());
    let forms = [
        r#"{"resources": [{"id": "LanternOne", "authorized": true},
            {"id": "<rss><channel><title>Two</title></channel></rss>", "authorized": false, "error": {"status": 403,
             "code": "preauthorization_denied_by_mvpd", "message": "No.", "details": "Call & ask", "helpUrl": null,
             "trace": "t-1", "action": "none"}}]}"#,
        r#"{"resources": [{"id": "LanternOne", "authorized": "true", "error": null},
            {"id": "<rss><channel><title>Two</title></channel></rss>", "authorized": "false", "error": {"status": "403",
             "code": "preauthorization_denied_by_mvpd", "message": "No.", "details": "Call & ask", "trace": "t-1",
             "action": "none"}}]}"#,
        "<resources><resource><id>LanternOne</id><authorized>true</authorized></resource>
            <resource><id>&lt;rss&gt;&lt;channel&gt;&lt;title&gt;Two&lt;/title&gt;&lt;/channel&gt;&lt;/rss&gt;</id>
            <authorized>false</authorized><error><action>none</action><status>403</status>
            <code>preauthorization_denied_by_mvpd</code><message>No.</message><details>Call &amp; ask</details>
            <trace>t-1</trace></error></resource></resources>",
    ];
    let view = |items: Vec<Item>| {
        let report = |item: &Item| item.complaint.as_ref().map(|complaint| complaint.report("", 403));
        items.iter().map(|item| (item.id.clone(), item.authorized, report(item))).collect::<Vec<_>>()
    };
    let mut refusal =
        crate::Report { message: "No.".into(), call: Some(""), status: Some(403), ..Default::default() };
    refusal.details = Some("Call & ask".into());
    refusal.code = Some("preauthorization_denied_by_mvpd".into());
    refusal.trace = Some("t-1".into());
    let expected = vec![
        ("LanternOne".to_owned(), true, None),
        (resources[1].as_str().to_owned(), false, Some(Box::new(refusal))),
    ];
    for code in [None, Some("A7K3MQ2")] {
        let endpoint = Preauthorize { caller: &caller, code, resources: &resources, tries: &Tries::new() };
        assert_read(&endpoint, &forms, view, &expected);
        let one = [
            r#"{"resources": [{"id": "LanternOne", "authorized": true}]}"#,
            "<resources><resource><authorized>true</authorized><id>LanternOne</id></resource></resources>",
        ];
        assert_read(&endpoint, &one, view, &expected[..1].to_vec());
        let none =
            [r#"{"resources": []}"#, r#"{"resources": null}"#, "<resources/>", "<resources></resources>"];
        assert_read(&endpoint, &none, view, &Vec::new());
    }
}

#[test]
fn the_viewer_s_metadata() {
    let caller = caller();
    assert_read(
        &Metadata { caller: &caller },
        &[
            r#"{"updated": 1334243471, "encrypted": ["zip"], "data": {"zip": "Zm9v", "householdID": 314159, "hba": true,
                "maxRating": {"MPAA": "PG-13", "VCHIP": "TV-14"}, "channelID": ["c-1", "c-2"], "language": ["en"],
                "onNet": null, "inHome": ""}}"#,
            r#"{"updated": "1334243471", "encrypted": "zip", "data": {"zip": "Zm9v", "householdID": "314159",
                "hba": "true", "maxRating": {"MPAA": "PG-13", "VCHIP": "TV-14"}, "channelID": ["c-1", "c-2"],
                "language": ["en"]}}"#,
            "<metadata><updated>1334243471</updated><encrypted><value>zip</value></encrypted><data><zip>Zm9v</zip>
                <householdID>314159</householdID><hba>true</hba>
                <maxRating><MPAA>PG-13</MPAA><VCHIP>TV-14</VCHIP></maxRating>
                <channelID><value>c-1</value><value>c-2</value></channelID><language><value>en</value></language>
                <inHome/></data></metadata>",
        ],
        |metadata| {
            let shown = |value: MetadataValue| match value {
                MetadataValue::Text(text) => text,
                MetadataValue::List(texts) => format!("{texts:?}"),
                MetadataValue::Map(map) => format!("{map:?}"),
            };
            let values = metadata.values.into_iter();
            let values = values.map(|(name, datum)| (name, (shown(datum.value), datum.encrypted)));
            (metadata.updated, values.collect::<BTreeMap<_, _>>())
        },
        &(
            Some(instant(1_334_243_471_000)),
            BTreeMap::from(
                [
                    ("zip", "Zm9v", true),
                    ("householdID", "314159", false),
                    ("hba", "true", false),
                    ("maxRating", r#"{"MPAA": "PG-13", "VCHIP": "TV-14"}"#, false),
                    ("channelID", r#"["c-1", "c-2"]"#, false),
                    ("language", r#"["en"]"#, false),
                ]
                .map(|(name, value, encrypted)| (name.to_owned(), (value.to_owned(), encrypted))),
            ),
        ),
    );
}

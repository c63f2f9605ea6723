//! Doors for the fuzzer to what is private, behind a feature that nothing that ships turns on. Each states what must hold.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use device_auth::{Priority, Secret, Timestamp};

use crate::{
    ByCode, DeviceId, DeviceInfo, Error, Login, MvpdId, RequestorId, Resource, SoftwareStatement,
    UserMetadata,
    endpoints::{
        Caller, Endpoint, Response, Tries,
        registration::{AccessToken, Register},
        v1::{
            authentication::{AuthenticationToken, CheckAuthentication, Logout},
            authorization::{AuthorizationToken, Authorize, Media},
            metadata::Metadata,
            preauthorization::Preauthorize,
            providers::Providers,
            regcode::{CreateCode, DeleteCode},
            second_screen::{AuthenticationByCode, CheckCode, ReadCode},
            temporary_access::FreePreview,
        },
        v2::{
            self,
            configuration::Configuration,
            decisions::Outcome,
            profiles::{ProfileByCode, ProfileOf, Profiles},
            sessions::{CreateSession, ReadSession, ResumeSession},
        },
    },
    platform_token::inspect,
    wire::Complaint,
};

/// A statement that is one by its form.
const STATEMENT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln";

/// Every endpoint reads this answer, those of REST v1 and those of REST v2: to its meaning or to an error that can be shown. Nothing is granted by an
/// answer that is no success, whatever its body says.
pub fn check_answer(status: u16, body: &[u8]) {
    let caller = &Caller {
        requestor: RequestorId::new("LANTERN").expect("an id"),
        device_id: DeviceId::new("tv").expect("an id"),
    };
    let (mvpd, client_secret) = (&MvpdId::new("cablevista"), &Secret::new("secret"));
    let resource = &Resource::new("LanternOne").expect("an id");
    let resources = std::slice::from_ref(resource);
    let statement = &SoftwareStatement::new(STATEMENT).expect("a statement");
    let response = Response { call: "fuzzed", status, date: None, body: body.to_vec() };
    let code = "ABC123";

    let registered = read(&Register { statement }, &response);
    let bearer = read(&AccessToken { client_id: "id", client_secret, now: Timestamp::default() }, &response);
    if let Some(bearer) = &bearer {
        assert!(is_fit_for_a_header(bearer.token.expose()), "a bearer token that cannot be sent");
    }
    let found = read(&AuthenticationToken { caller, priority: Priority::Playback }, &response).flatten();
    let signed_in = read(&CheckAuthentication { caller }, &response);
    let signed_out = read(&Logout { caller }, &response);
    let permit = read(&Authorize { caller, resource }, &response);
    let remembered = read(&AuthorizationToken { caller, resource }, &response).flatten();
    let media = read(&Media { caller, resource }, &response);
    let metadata = read(&Metadata { caller }, &response);
    let items = read(&Preauthorize { caller, code: None, resources, tries: &Tries::new() }, &response);
    let providers = read(&Providers { caller }, &response);
    let new_code = read(&CreateCode { caller, mvpd: None, lifetime: None }, &response);
    read(&DeleteCode { caller, code }, &response);
    let known_code = read(&ReadCode { caller, code }, &response).flatten();
    let code_used = read(&CheckCode { caller, code }, &response);
    let found_by_code = read(&AuthenticationByCode { caller, code }, &response).flatten();
    let preview = read(&FreePreview { caller, mvpd, domain: "example.com", identity: None }, &response);

    let metadata = metadata.into_iter().chain(check_v2(caller, &response));
    if !(200..300).contains(&status) {
        assert!(registered.is_none() && bearer.is_none(), "credentials");
        assert!(found.is_none() && found_by_code.is_none() && preview.is_none(), "an authentication");
        assert!(signed_in != Some(true) && code_used != Some(true), "a sign-in");
        assert!(permit.is_none() && remembered.is_none() && media.is_none(), "a permit");
        assert!(items.is_none() && providers.is_none() && signed_out.is_none(), "a list");
        assert!(new_code.is_none() && known_code.is_none(), "a code");
    }
    for metadata in metadata {
        let stored = serde_json::to_string(&metadata).expect("its keys are texts");
        let restored: UserMetadata = serde_json::from_str(&stored).expect("it is our own");
        assert!(restored == metadata, "metadata is another after it was stored");
    }
}

/// The endpoints of v2. Returns the metadata that came with profiles.
fn check_v2(caller: &Caller, response: &Response) -> Vec<UserMetadata> {
    let (mvpd, code) = (&MvpdId::new("cablevista"), "ABC123");
    let resource = &Resource::new("LanternOne").expect("an id");
    let resources = std::slice::from_ref(resource);
    let login = &Login::new(mvpd.clone(), "example.com", "https://example.com").expect("a login");

    let all = read(&Profiles { caller, priority: Priority::Playback }, response);
    let one = read(&ProfileOf { caller, mvpd, identity: None }, response).flatten();
    let by_code = read(&ProfileByCode { caller, code }, response);
    let opened = read(&CreateSession { caller, login: Some(login) }, response);
    let resumed = read(&ResumeSession { caller, code, login }, response);
    let known_code = read(&ReadSession { caller, code }, response).flatten();
    let decided = read(
        &v2::decisions::Authorize { caller, mvpd, resource, identity: None, tries: &Tries::new() },
        response,
    );
    let items =
        read(&v2::decisions::Preauthorize { caller, mvpd, resources, tries: &Tries::new() }, response);
    let providers = read(&Configuration { caller }, response);
    let left = read(
        &v2::logout::Logout { caller, mvpd, redirect_url: "https://example.com", platform_token: true },
        response,
    );

    let used = match by_code {
        Some(ByCode::Used(found)) => Some(found),
        _ => None,
    };
    let permitted = decided.is_some_and(|decided| matches!(decided.outcome, Outcome::Permit { .. }));
    if !(200..300).contains(&response.status) {
        assert!(one.is_none() && used.is_none() && all.iter().flatten().next().is_none(), "a profile");
        assert!(opened.is_none() && resumed.is_none() && known_code.is_none(), "a session");
        assert!(!permitted && items.is_none() && providers.is_none() && left.is_none(), "a decision");
    }
    let found = all.into_iter().flatten().chain(one).chain(used);
    found.filter_map(|found| found.metadata).collect()
}

fn read<E: Endpoint>(endpoint: &E, response: &Response) -> Option<E::Answer> {
    match endpoint.read(response) {
        Ok(answer) => Some(answer),
        Err(failure) => {
            let error = Error::from(failure);
            // An answer may have a megabyte; what an app shows or logs of it may not.
            assert!(format!("{error} {error:?}").len() < 64 * 1024, "an error with a whole answer in it");
            None
        }
    }
}

/// The body of a refusal is read, in whatever format.
pub fn check_complaint(body: &[u8]) {
    let complaint = Complaint::read(body);
    let report = complaint.report("fuzzed", 400);
    assert!(!report.message.is_empty(), "a refusal without a word");
    assert!(report.message.chars().count() <= 500, "a refusal with too many words");
    assert_eq!(complaint, Complaint::read(body), "a refusal that is another when read again");
}

/// Looks into a platform token. One that counts as usable can be sent: a bad token must never be what fails a call.
pub fn check_platform_token(token: &str) {
    if inspect(token).is_ok() {
        assert!(is_fit_for_a_header(token), "a platform token that cannot be sent");
    }
}

/// A software statement is taken or refused; neither way shows it.
pub fn check_statement(text: &str) {
    let shown = match SoftwareStatement::new(text) {
        Ok(statement) => format!("{statement:?}"),
        Err(error) => format!("{error} {error:?}"),
    };
    // A short text may stand in any message by chance.
    assert!(text.len() < 64 || !shown.contains(text), "a statement is shown");
}

/// The header with the device's description needs no escaping, and says what was put in.
pub fn check_device_info(info: &DeviceInfo) {
    let header = info.header();
    assert!(header.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{header}");
    assert_eq!(&DeviceInfo::of_header(&header).expect("it is our own"), info);
}

/// The parts as a token has them: in Base64, between dots.
#[must_use]
pub fn token_of(parts: &[&[u8]]) -> String {
    parts.iter().map(|part| URL_SAFE_NO_PAD.encode(part)).collect::<Vec<_>>().join(".")
}

fn is_fit_for_a_header(text: &str) -> bool {
    reqwest::header::HeaderValue::from_str(text).is_ok()
}

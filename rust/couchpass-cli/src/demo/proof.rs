//! What the sandbox's record has to show, for the demo to have happened as told.

use couchpass_sandbox::{Endpoint, RecordedRequest, SecretKind};

use crate::{
    request_line::name,
    settings::{ApiVersion, Carrier},
};

/// What is to be said of an API, and the requests that it takes.
#[derive(Debug)]
struct Expected {
    /// Where the platform token belongs.
    carried: &'static str,
    /// From a cold start with a platform token to the media token.
    cold: &'static [Endpoint],
    cold_claim: &'static str,
    /// The same of an app that is started again.
    warm: &'static [Endpoint],
    warm_claim: &'static str,
}

const V1: Expected = Expected {
    carried: "the platform token was on every call to /reggie and /api, by its carrier",
    cold: &[
        Endpoint::Register,
        Endpoint::Token,
        Endpoint::AuthnToken,
        Endpoint::Authorize,
        Endpoint::MediaToken,
    ],
    cold_claim: "the second app needed 5 requests and no code",
    warm: &[Endpoint::Authorize, Endpoint::MediaToken],
    warm_claim: "started again, it needed 1 request to the decision and 1 more to the media token",
};

const V2: Expected = Expected {
    carried: "the platform token was on every call to /api/v2, in its header",
    cold: &[Endpoint::Register, Endpoint::Token, Endpoint::Profiles, Endpoint::AuthorizeDecisions],
    cold_claim: "the second app needed 4 requests and no code",
    warm: &[Endpoint::AuthorizeDecisions],
    warm_claim: "started again, it needed 1 request to the media token",
};

/// Claims, and whether they hold.
#[derive(Debug)]
pub(super) struct Proof {
    expected: &'static Expected,
    claims: Vec<(&'static str, bool)>,
}

impl Proof {
    /// What the requests of both apps say by themselves.
    pub(super) fn of(requests: &[RecordedRequest], api: ApiVersion, carrier: Carrier) -> Self {
        let expected = match api {
            ApiVersion::V1 => &V1,
            ApiVersion::V2 => &V2,
        };
        let (registering, asking): (Vec<_>, Vec<_>) =
            requests.iter().partition(|request| request.path.starts_with("/o/client/"));
        let mut proof = Self { expected, claims: Vec::new() };
        proof.claim(
            expected.carried,
            !asking.is_empty() && asking.iter().all(|request| carries(request, carrier)),
        );
        proof.claim(
            "it was the same token throughout",
            asking.windows(2).all(|pair| {
                pair[0].fingerprint(SecretKind::PlatformToken)
                    == pair[1].fingerprint(SecretKind::PlatformToken)
            }),
        );
        proof.claim(
            "it was on no call to /o/client",
            !registering.is_empty()
                && registering.iter().all(|request| request.platform_token_carriers().is_empty()),
        );
        proof.claim(
            "each app registered once",
            requests.iter().filter(|request| request.endpoint == Some(Endpoint::Register)).count() == 2,
        );
        proof.claim(
            "no call was refused for the rate of requests",
            requests.iter().all(|request| request.status != Some(429)),
        );
        proof
    }

    /// What the second app sent from its first start to the media token, and from its second.
    pub(super) fn starts(&mut self, cold: &[RecordedRequest], warm: &[RecordedRequest]) {
        let are = |requests: &[RecordedRequest], expected: &[Endpoint]| {
            requests.iter().map(|request| request.endpoint).eq(expected.iter().copied().map(Some))
        };
        self.claim(self.expected.cold_claim, are(cold, self.expected.cold));
        self.claim(self.expected.warm_claim, are(warm, self.expected.warm));
    }

    pub(super) fn claim(&mut self, claim: &'static str, holds: bool) {
        self.claims.push((claim, holds));
    }

    pub(super) fn claims(&self) -> impl Iterator<Item = (&'static str, bool)> {
        self.claims.iter().copied()
    }

    pub(super) fn holds(&self) -> bool {
        self.claims.iter().all(|(_, holds)| *holds)
    }
}

/// Whether the token is where the carrier puts it, and nowhere else.
fn carries(request: &RecordedRequest, carrier: Carrier) -> bool {
    let expected = match carrier {
        Carrier::Header => "header",
        Carrier::Query => "query",
        Carrier::Post if request.method == "POST" => "form",
        Carrier::Post => "header",
    };
    request.platform_token_carriers().into_iter().map(name).eq([expected])
}

//! What the sandbox's record has to show, for the demo to have happened as told.

use couchpass_sandbox::{Endpoint, RecordedRequest, SecretKind};

use crate::{request_line::name, settings::Carrier};

/// A cold start with a platform token to the media token.
const COLD_START: [Endpoint; 5] =
    [Endpoint::Register, Endpoint::Token, Endpoint::AuthnToken, Endpoint::Authorize, Endpoint::MediaToken];

/// Claims, and whether they hold.
#[derive(Debug)]
pub(super) struct Proof {
    claims: Vec<(&'static str, bool)>,
}

impl Proof {
    /// What the requests of both apps, the second's last, say by themselves.
    pub(super) fn of(requests: &[RecordedRequest], carrier: Carrier) -> Self {
        let (registering, asking): (Vec<_>, Vec<_>) =
            requests.iter().partition(|request| request.path.starts_with("/o/client/"));
        let second: Vec<_> = requests.iter().rev().take(COLD_START.len()).rev().collect();
        let mut proof = Self { claims: Vec::new() };
        proof.claim(
            "the platform token was on every call to /reggie and /api, by its carrier",
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
            "no call was refused for the rate of requests",
            requests.iter().all(|request| request.status != Some(429)),
        );
        proof.claim(
            "the second app needed 5 requests and no code",
            second.iter().map(|request| request.endpoint).eq(COLD_START.map(Some))
                && requests.iter().filter(|request| request.endpoint == Some(Endpoint::Register)).count()
                    == 2,
        );
        proof
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

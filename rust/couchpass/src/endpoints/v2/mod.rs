//! REST API v2. Bodies are JSON, requests are forms or JSON; the service provider stands in the path.

#[cfg(test)]
mod answers;
pub(crate) mod configuration;
pub(crate) mod decisions;
mod headers;
pub(crate) mod logout;
pub(crate) mod profiles;
pub(crate) mod sessions;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use device_auth::{Placement, Secret};
use reqwest::Method;

use super::{Body, Call, Caller, Endpoint, Item, Origin, Response, Tries};
use crate::PromotionalIdentity;

/// Where the device id sits, in Base64.
pub(super) const DEVICE_ID: Placement =
    Placement::Header { name: "ap-device-identifier", scheme: Some("fingerprint") };
/// Where a promotional identity sits, in Base64.
pub(super) const IDENTITY: Placement = Placement::Header { name: "ap-temppass-identity", scheme: None };

impl Call {
    /// A call of v2 on behalf of a service provider, on which a viewer waits; `path` is what follows the service provider.
    fn v2(name: &'static str, method: Method, caller: &Caller, path: &[&str]) -> Self {
        let headers = headers::of(name);
        let path = [&["api", "v2", caller.requestor.as_str()], path].concat();
        let mut call = Self::new(name, method, Origin::Sp, &path);
        (call.device_info, call.platform_token) = (headers.device_info, headers.platform_token);
        if headers.device_id {
            call.carry(DEVICE_ID, &encoded(caller.device_id.secret()));
        }
        call
    }

    /// Tells whose trial it is, where the call takes that.
    fn identified(mut self, identity: Option<&PromotionalIdentity>) -> Self {
        if let Some(identity) = identity.filter(|_| headers::of(self.name).identity) {
            self.carry(IDENTITY, &encoded(&identity.json()));
        }
        self
    }
}

fn encoded(secret: &Secret) -> Secret {
    Secret::new(STANDARD.encode(secret.expose()))
}

//! Adobe's catalogue of enhanced error codes, as REST API v1 has it.
//!
//! Adobe's page: "Enhanced Error Codes", list "REST API v1". The sentences for people are ours.

use serde::{Deserialize, Serialize};

macro_rules! catalogue {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $action:ident, $status:literal, $message:literal;)+) => {
        /// A code of the enhanced errors. In JSON it has the name that Adobe gave it.
        ///
        /// ```
        /// use couchpass_sandbox::ErrorCode;
        ///
        /// let code: ErrorCode = serde_json::from_str("\"network_connection_timeout\"").unwrap();
        /// assert_eq!((code.action(), code.status()), ("retry", 403));
        /// ```
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[$doc])* #[serde(rename = $code)] $name,)+
        }

        impl ErrorCode {
            /// All of them, in the order of Adobe's list.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The code, as Adobe writes it.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// What to do: `none`, `configuration`, `application-registration`, `authentication`, `authorization`
            /// or `retry`.
            pub fn action(self) -> &'static str {
                match self { $(Self::$name => action::$action,)+ }
            }

            /// The HTTP status that it comes with; of several, the one that most calls use.
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status,)+ }
            }

            /// A sentence for people.
            pub(crate) fn message(self) -> &'static str {
                match self { $(Self::$name => $message,)+ }
            }
        }
    };
}

#[expect(non_upper_case_globals, reason = "so that the table below reads as Adobe's does")]
mod action {
    pub(super) const none: &str = "none";
    pub(super) const configuration: &str = "configuration";
    pub(super) const registration: &str = "application-registration";
    pub(super) const authentication: &str = "authentication";
    pub(super) const authorization: &str = "authorization";
    pub(super) const retry: &str = "retry";
}

catalogue! {
    /// No requestor, or one that does not exist.
    InvalidRequestor = "invalid_requestor", none, 400, "There is no such requestor.";
    /// No device information, or some that cannot be read.
    InvalidDeviceInfo = "invalid_device_info", none, 400, "The device information is absent or cannot be read.";
    /// No device id.
    InvalidDeviceId = "invalid_device_id", none, 400, "The device id is absent.";
    /// No resource.
    MissingResource = "missing_resource", none, 400, "No resource was named.";
    /// A resource that is neither an id nor MRSS, or `generic_data` that cannot be read.
    MalformedAuthzRequest = "malformed_authz_request", none, 400, "The authorization request cannot be understood.";
    /// The MVPD says no to a list's item.
    PreauthorizationDeniedByMvpd = "preauthorization_denied_by_mvpd", none, 403, "The MVPD does not pre-authorize this resource.";
    /// The MVPD says no.
    AuthorizationDeniedByMvpd = "authorization_denied_by_mvpd", none, 403, "The MVPD does not authorize this resource.";
    /// The rating is beyond the account's limit.
    AuthorizationDeniedByParentalControls = "authorization_denied_by_parental_controls", none, 403, "The account's parental controls forbid this resource.";
    /// Something went wrong on Adobe's side.
    InternalError = "internal_error", none, 500, "The request could not be served.";
    /// Requestor and MVPD do not know each other.
    UnknownIntegration = "unknown_integration", configuration, 400, "The requestor is not integrated with this MVPD.";
    /// A longer list than was agreed on.
    TooManyResources = "too_many_resources", configuration, 403, "More resources were named than were agreed on.";
    /// Another MVPD has signed the viewer in.
    AuthenticationSessionIssuerMismatch = "authentication_session_issuer_mismatch", authentication, 400, "The sign-in is from another MVPD.";
    /// Signed in at home, watching elsewhere.
    AuthorizationDeniedByHbaPolicies = "authorization_denied_by_hba_policies", authentication, 403, "The sign-in was made at home, and the device is no longer there.";
    /// The MVPD has ended the sign-in, found out at authorization.
    AuthorizationDeniedBySessionInvalidated = "authorization_denied_by_session_invalidated", authentication, 403, "The MVPD has ended the sign-in.";
    /// The MVPD does not know the viewer.
    IdentityNotRecognizedByMvpd = "identity_not_recognized_by_mvpd", authentication, 403, "The MVPD does not recognize the viewer.";
    /// The MVPD has ended the sign-in.
    AuthenticationSessionInvalidated = "authentication_session_invalidated", authentication, 403, "The MVPD has ended the sign-in.";
    /// Nobody is signed in.
    AuthenticationSessionMissing = "authentication_session_missing", authentication, 403, "Nobody is signed in.";
    /// Nobody is signed in any more.
    AuthenticationSessionExpired = "authentication_session_expired", authentication, 403, "The sign-in has expired.";
    /// Nobody is signed in, found out at preauthorization.
    PreauthorizationAuthenticationSessionMissing = "preauthorization_authentication_session_missing", authentication, 412, "Nobody is signed in.";
    /// Nobody is signed in any more, found out at preauthorization.
    PreauthorizationAuthenticationSessionExpired = "preauthorization_authentication_session_expired", authentication, 412, "The sign-in has expired.";
    /// The resource has not been authorized.
    AuthorizationNotFound = "authorization_not_found", authorization, 404, "This resource has not been authorized.";
    /// The authorization has ended.
    AuthorizationExpired = "authorization_expired", authorization, 410, "The authorization of this resource has expired.";
    /// The MVPD's answer could not be read.
    NetworkReceivedError = "network_received_error", retry, 403, "The MVPD's answer could not be read.";
    /// The MVPD did not answer.
    NetworkConnectionTimeout = "network_connection_timeout", retry, 403, "The MVPD did not answer in time.";
    /// It took too long.
    MaximumExecutionTimeExceeded = "maximum_execution_time_exceeded", retry, 403, "The request took longer than it may.";
    /// v2's: the client is not registered for this requestor. v1's list has nothing for it.
    InvalidAccessTokenServiceProvider = "invalid_access_token_service_provider", registration, 401, "The application is not registered for this requestor.";
    /// v2's: the client's registration is no longer valid. v1's list has nothing for it.
    InvalidAccessTokenClientApplication = "invalid_access_token_client_application", registration, 401, "The application's registration is no longer valid.";
}

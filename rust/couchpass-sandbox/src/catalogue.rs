//! Adobe's catalogue of enhanced error codes.
//!
//! Adobe's page: "Enhanced Error Codes", lists "REST API v1" and "REST API v2". The sentences for people are ours.

use serde::{Deserialize, Serialize};

macro_rules! catalogue {
    (@lists v1 { $($v1:ident)+ } both { $($both:ident)+ } v2 { $($v2:ident)+ }) => {
        impl ErrorCode {
            /// Those that REST API v1 answers with.
            pub const V1: &[Self] = &[$(Self::$v1,)+ $(Self::$both),+];

            /// Those that REST API v2 answers with.
            pub const V2: &[Self] = &[$(Self::$both,)+ $(Self::$v2),+];
        }
    };
    ($($list:ident { $($(#[$doc:meta])* $name:ident = $code:literal, $action:ident, $status:literal, $message:literal;)+ })+) => {
        catalogue!(@lists $($list { $($name)+ })+);

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
            $($($(#[$doc])* #[serde(rename = $code)] $name,)+)+
        }

        impl ErrorCode {
            /// All of them.
            pub const ALL: &[Self] = &[$($(Self::$name),+),+];

            /// The code, as Adobe writes it.
            pub fn code(self) -> &'static str {
                match self { $($(Self::$name => $code,)+)+ }
            }

            /// What to do: `none`, `configuration`, `application-registration`, `authentication`, `authorization`
            /// or `retry`.
            pub fn action(self) -> &'static str {
                match self { $($(Self::$name => action::$action,)+)+ }
            }

            /// The HTTP status that it comes with; of several, the one that most calls use.
            pub fn status(self) -> u16 {
                match self { $($(Self::$name => $status,)+)+ }
            }

            /// A sentence for people.
            pub(crate) fn message(self) -> &'static str {
                match self { $($(Self::$name => $message,)+)+ }
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
    v1 {
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
        /// Something went wrong on Adobe's side.
        InternalError = "internal_error", none, 500, "The request could not be served.";
        /// Requestor and MVPD do not know each other.
        UnknownIntegration = "unknown_integration", configuration, 400, "The requestor is not integrated with this MVPD.";
        /// Another MVPD has signed the viewer in.
        AuthenticationSessionIssuerMismatch = "authentication_session_issuer_mismatch", authentication, 400, "The sign-in is from another MVPD.";
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
    }

    both {
        /// The MVPD says no to a list's item.
        PreauthorizationDeniedByMvpd = "preauthorization_denied_by_mvpd", none, 403, "The MVPD does not pre-authorize this resource.";
        /// The MVPD says no.
        AuthorizationDeniedByMvpd = "authorization_denied_by_mvpd", none, 403, "The MVPD does not authorize this resource.";
        /// The rating is beyond the account's limit.
        AuthorizationDeniedByParentalControls = "authorization_denied_by_parental_controls", none, 403, "The account's parental controls forbid this resource.";
        /// A longer list than was agreed on.
        TooManyResources = "too_many_resources", configuration, 403, "More resources were named than were agreed on.";
        /// Signed in at home, watching elsewhere.
        AuthorizationDeniedByHbaPolicies = "authorization_denied_by_hba_policies", authentication, 403, "The sign-in was made at home, and the device is no longer there.";
        /// The MVPD has ended the sign-in, found out at authorization.
        AuthorizationDeniedBySessionInvalidated = "authorization_denied_by_session_invalidated", authentication, 403, "The MVPD has ended the sign-in.";
        /// The MVPD does not know the viewer.
        IdentityNotRecognizedByMvpd = "identity_not_recognized_by_mvpd", authentication, 403, "The MVPD does not recognize the viewer.";
        /// The MVPD's answer could not be read.
        NetworkReceivedError = "network_received_error", retry, 403, "The MVPD's answer could not be read.";
        /// The MVPD did not answer.
        NetworkConnectionTimeout = "network_connection_timeout", retry, 403, "The MVPD did not answer in time.";
        /// It took too long.
        MaximumExecutionTimeExceeded = "maximum_execution_time_exceeded", retry, 403, "The request took longer than it may.";
        /// The application is not registered for this requestor. v1's own list has nothing for it.
        InvalidAccessTokenServiceProvider = "invalid_access_token_service_provider", registration, 401, "The application is not registered for this requestor.";
        /// The application may not, or no longer, call this API. v1's own list has nothing for it.
        InvalidAccessTokenClientApplication = "invalid_access_token_client_application", registration, 401, "The application's registration is no longer valid.";
    }

    v2 {
        /// There is no such service provider.
        InvalidParameterServiceProvider = "invalid_parameter_service_provider", none, 400, "There is no such service provider.";
        /// There is no such MVPD.
        InvalidParameterMvpd = "invalid_parameter_mvpd", none, 400, "There is no such MVPD.";
        /// This is no authentication code.
        InvalidParameterCode = "invalid_parameter_code", none, 400, "This is no authentication code.";
        /// The list of resources is absent, empty or no list.
        InvalidParameterResources = "invalid_parameter_resources", none, 400, "The list of resources is absent, empty or no list.";
        /// The redirect URL is absent or is no address.
        InvalidParameterRedirectUrl = "invalid_parameter_redirect_url", none, 400, "The redirect URL is absent or is no address.";
        /// There is no such partner.
        InvalidParameterPartner = "invalid_parameter_partner", none, 400, "There is no such partner.";
        /// The partner's answer is absent or cannot be read.
        InvalidParameterSamlResponse = "invalid_parameter_saml_response", none, 400, "The partner's answer is absent or cannot be read.";
        /// The device information is absent or cannot be read.
        InvalidHeaderDeviceInfo = "invalid_header_device_info", none, 400, "The device information is absent or cannot be read.";
        /// The device identifier is absent or cannot be read.
        InvalidHeaderDeviceIdentifier = "invalid_header_device_identifier", none, 400, "The device identifier is absent or cannot be read.";
        /// Who the viewer of a promotional TempPass is, is absent or cannot be read.
        InvalidHeaderIdentityForTemporaryAccess = "invalid_header_identity_for_temporary_access", none, 400, "Who the viewer of a promotional TempPass is, is absent or cannot be read.";
        /// The partner's permission is not in the header.
        InvalidHeaderPfsPermissionAccessNotPresent = "invalid_header_pfs_permission_access_not_present", none, 400, "The partner's permission is not in the header.";
        /// The viewer has not been asked for the partner's permission.
        InvalidHeaderPfsPermissionAccessNotDetermined = "invalid_header_pfs_permission_access_not_determined", none, 400, "The viewer has not been asked for the partner's permission.";
        /// The viewer has not given the partner's permission.
        InvalidHeaderPfsPermissionAccessNotGranted = "invalid_header_pfs_permission_access_not_granted", none, 400, "The viewer has not given the partner's permission.";
        /// The partner's provider is no known MVPD.
        InvalidHeaderPfsProviderIdNotDetermined = "invalid_header_pfs_provider_id_not_determined", none, 400, "The partner's provider is no known MVPD.";
        /// The partner's provider is another MVPD than the one named.
        InvalidHeaderPfsProviderIdMismatch = "invalid_header_pfs_provider_id_mismatch", none, 400, "The partner's provider is another MVPD than the one named.";
        /// What the partner says about its provider has expired.
        InvalidHeaderPfsProviderInfoExpired = "invalid_header_pfs_provider_info_expired", none, 400, "What the partner says about its provider has expired.";
        /// The service provider is not integrated with this MVPD.
        InvalidIntegration = "invalid_integration", none, 400, "The service provider is not integrated with this MVPD.";
        /// There is no such authentication session, or it has ended.
        InvalidAuthenticationSession = "invalid_authentication_session", none, 400, "There is no such authentication session, or it has ended.";
        /// A degradation rule denies this resource.
        AuthorizationDeniedByDegradationRule = "authorization_denied_by_degradation_rule", none, 403, "A degradation rule denies this resource.";
        /// The request could not be served.
        InternalServerError = "internal_server_error", none, 500, "The request could not be served.";
        /// The certificate for user metadata is absent or invalid.
        InvalidConfigurationUserMetadataCertificate = "invalid_configuration_user_metadata_certificate", configuration, 500, "The certificate for user metadata is absent or invalid.";
        /// The TempPass is configured wrongly.
        InvalidConfigurationTemporaryAccess = "invalid_configuration_temporary_access", configuration, 500, "The TempPass is configured wrongly.";
        /// The integration has no valid platform.
        InvalidConfigurationPlatform = "invalid_configuration_platform", configuration, 500, "The integration has no valid platform.";
        /// The platform has no valid id.
        InvalidConfigurationPlatformId = "invalid_configuration_platform_id", configuration, 500, "The platform has no valid id.";
        /// The platform has no valid trait.
        InvalidConfigurationPlatformTrait = "invalid_configuration_platform_trait", configuration, 500, "The platform has no valid trait.";
        /// The platform's category has no valid trait.
        InvalidConfigurationPlatformCategoryTrait = "invalid_configuration_platform_category_trait", configuration, 500, "The platform's category has no valid trait.";
        /// The integration has no valid platform services.
        InvalidConfigurationPlatformServices = "invalid_configuration_platform_services", configuration, 500, "The integration has no valid platform services.";
        /// The MVPD has no valid entry for the platform.
        InvalidConfigurationMvpdPlatform = "invalid_configuration_mvpd_platform", configuration, 500, "The MVPD has no valid entry for the platform.";
        /// The MVPD has no valid boarding status on the platform.
        InvalidConfigurationMvpdPlatformBoardingStatus = "invalid_configuration_mvpd_platform_boarding_status", configuration, 500, "The MVPD has no valid boarding status on the platform.";
        /// The MVPD has no valid exchange of profiles with the platform.
        InvalidConfigurationMvpdPlatformProfileExchange = "invalid_configuration_mvpd_platform_profile_exchange", configuration, 500, "The MVPD has no valid exchange of profiles with the platform.";
        /// Nobody is signed in with this MVPD.
        AuthenticatedProfileMissing = "authenticated_profile_missing", authentication, 403, "Nobody is signed in with this MVPD.";
        /// The sign-in with this MVPD has expired.
        AuthenticatedProfileExpired = "authenticated_profile_expired", authentication, 403, "The sign-in with this MVPD has expired.";
        /// The sign-in with this MVPD has been made invalid.
        AuthenticatedProfileInvalidated = "authenticated_profile_invalidated", authentication, 403, "The sign-in with this MVPD has been made invalid.";
        /// The time of the TempPass is up.
        TemporaryAccessDurationLimitExceeded = "temporary_access_duration_limit_exceeded", authentication, 403, "The time of the TempPass is up.";
        /// The TempPass opens no more titles.
        TemporaryAccessResourcesLimitExceeded = "temporary_access_resources_limit_exceeded", authentication, 403, "The TempPass opens no more titles.";
    }
}

//! The sandbox as tests and the command line hold it.

use std::fmt;
use std::sync::Arc;

use crate::builder::SandboxBuilder;
use crate::case::{Case, CaseError};
use crate::clock::SandboxClock;
use crate::config::{App, Config, Degradation, Refusal};
use crate::fault::Faults;
use crate::platform::PlatformTokenBuilder;
use crate::recorder::Recorder;
use crate::replay::{self, Replay};
use crate::server::Server;
use crate::service::Service;
use crate::state::{Authentication, KnownClient, LiveCode};
use crate::throttle::{Throttle, Throttling};
use crate::tls::Tls;
use crate::viewer::Viewer;

/// A running stand-in for Adobe Pass. Dropping it stops its servers and cuts their connections.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use couchpass_sandbox::{Sandbox, SandboxClock, Throttling};
///
/// let sandbox = Sandbox::builder()
///     .throttling(Throttling::Strict)
///     .clock(SandboxClock::frozen_at(1_700_000_000_000))
///     .start()
///     .await?;
/// // Point a client at `sandbox.sp_url()` and `sandbox.api_url()`, give it a statement, and, once it shows a code:
/// // sandbox.viewer("everything").approve(&code).await?;
/// assert!(sandbox.live_codes().is_empty());
/// # Ok(())
/// # }
/// ```
pub struct Sandbox {
    service: Arc<Service>,
    secure: Option<(Tls, String, String)>,
    /// Held for their end.
    _servers: Vec<Server>,
}

/// Where it is. What it remembers are secrets.
impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("addresses", &self.service.addresses).finish_non_exhaustive()
    }
}

impl Sandbox {
    pub(crate) fn new(
        service: Arc<Service>,
        servers: Vec<Server>,
        secure: Option<(Tls, String, String)>,
    ) -> Self {
        Self { service, secure, _servers: servers }
    }

    /// A sandbox with the built-in configuration, the machine's clock, leaking throttling, older error bodies, plain
    /// HTTP on 127.0.0.1 and ports that the system chooses: change what you need, then start it.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// The base address of REST API v1 and of the registration codes, without a slash at the end. Plain HTTP.
    pub fn api_url(&self) -> String {
        self.service.addresses.api.clone()
    }

    /// The base address of DCR and of REST API v2, without a slash at the end. Plain HTTP.
    pub fn sp_url(&self) -> String {
        self.service.addresses.sp.clone()
    }

    /// The base address of the second screen. Plain HTTP.
    pub fn web_url(&self) -> String {
        self.service.addresses.web.clone()
    }

    /// The address that a viewer opens on their phone.
    pub fn activate_url(&self) -> String {
        format!("{}/activate", self.service.addresses.web)
    }

    /// The base address of the control API; `None` without [`SandboxBuilder::control`].
    pub fn control_url(&self) -> Option<&str> {
        self.service.addresses.control.as_deref()
    }

    /// As [`api_url`](Self::api_url), by TLS; `None` without [`SandboxBuilder::tls`].
    pub fn api_tls_url(&self) -> Option<String> {
        self.secure.as_ref().map(|(_, api, _)| api.clone())
    }

    /// As [`sp_url`](Self::sp_url), by TLS; `None` without [`SandboxBuilder::tls`].
    pub fn sp_tls_url(&self) -> Option<String> {
        self.secure.as_ref().map(|(_, _, sp)| sp.clone())
    }

    /// The root certificate to trust, as PEM; `None` without [`SandboxBuilder::tls`].
    pub fn root_certificate_pem(&self) -> Option<&str> {
        self.secure.as_ref().map(|(tls, ..)| tls.root_pem.as_str())
    }

    /// The root certificate to trust, as DER; `None` without [`SandboxBuilder::tls`].
    pub fn root_certificate_der(&self) -> Option<&[u8]> {
        self.secure.as_ref().map(|(tls, ..)| tls.root_der.as_slice())
    }

    /// The clock that all lifetimes and the throttling go by.
    pub fn clock(&self) -> &SandboxClock {
        &self.service.clock
    }

    /// What has reached the sandbox.
    pub fn recorder(&self) -> &Recorder {
        &self.service.recorder
    }

    /// What goes wrong on purpose.
    pub fn faults(&self) -> &Faults {
        &self.service.faults
    }

    /// The software statement of an app, which the sandbox knows from now on.
    #[expect(clippy::needless_pass_by_value, reason = "so that a test can say App::default()")]
    pub fn software_statement(&self, app: App) -> String {
        self.service.state().statement(&app)
    }

    /// The software statement of an app of the configuration, by its name or `software_id`; `None` if there is none.
    /// The built-in ones are `Lantern TV`, `Meridian TV`, `Lantern Web`, `v2 only`, `Meridian only` and `revoked`.
    pub fn software_statement_for(&self, app: &str) -> Option<String> {
        let mut state = self.service.state();
        let app = state.app_named(app)?.clone();
        Some(state.statement(&app))
    }

    /// Revokes the statement of an app, by its name or `software_id`: no client of it gets any further.
    pub fn revoke_statement(&self, app: &str) {
        self.service.state().revoke(app);
    }

    /// A platform token as Amazon's library hands it to every app on a device.
    pub fn platform_token(&self, subject: &str) -> String {
        self.platform_token_builder(subject).build()
    }

    /// A platform token with a flaw, or another lifetime.
    pub fn platform_token_builder(&self, subject: &str) -> PlatformTokenBuilder {
        PlatformTokenBuilder::new(self.service.state().key.clone(), &self.service.clock, subject)
    }

    /// A viewer with an account of the configuration, who uses a browser. The built-in accounts are `everything`,
    /// `basic`, `family`, `dish` and `solo`.
    ///
    /// # Panics
    ///
    /// If there is no such account.
    pub fn viewer(&self, account: &str) -> Viewer {
        let state = self.service.state();
        let account = state.config.account(account).expect("the account is in the configuration");
        Viewer::new(&self.service.addresses, account)
    }

    /// A copy of the configuration as it is now.
    pub fn config(&self) -> Config {
        self.service.state().config.clone()
    }

    /// Changes the configuration while the sandbox runs: a subscription, a lifetime, a limit.
    pub fn configure(&self, change: impl FnOnce(&mut Config)) {
        change(&mut self.service.state().config);
    }

    /// The codes of both versions of the API that have neither expired nor been deleted, oldest first.
    pub fn live_codes(&self) -> Vec<LiveCode> {
        self.service.state().live_codes(self.service.clock.now())
    }

    /// How many clients have been registered since the start.
    pub fn registrations(&self) -> usize {
        self.service.state().registrations
    }

    /// The clients that are registered now.
    pub fn clients(&self) -> Vec<KnownClient> {
        self.service.state().known_clients()
    }

    /// Who is signed in, by v1's authentications and v2's regular profiles, oldest first.
    pub fn authentications(&self) -> Vec<Authentication> {
        self.service.state().live_authentications(self.service.clock.now())
    }

    /// The client secrets and bearer tokens that are good now, in clear: for a test that looks for them where they must
    /// not be.
    pub fn secrets(&self) -> Vec<String> {
        self.service.state().secrets()
    }

    /// The clients that are registered now, each with its id and secret: what an app has kept, for a test that updates it.
    pub fn credentials(&self) -> Vec<(String, String)> {
        self.service.state().credentials()
    }

    /// How strictly it throttles now.
    pub fn throttling(&self) -> Throttling {
        self.service.throttle().mode()
    }

    /// Throttles otherwise from now on. Every client starts anew.
    pub fn set_throttling(&self, mode: Throttling) {
        *self.service.throttle() = Throttle::new(mode);
    }

    /// Whether v1's errors are the enhanced ones now.
    pub fn enhanced_errors(&self) -> bool {
        self.service.state().enhanced
    }

    /// Switches v1's enhanced errors on or off.
    pub fn set_enhanced_errors(&self, enhanced: bool) {
        self.service.state().enhanced = enhanced;
    }

    /// Refuses a resource from now on, whoever asks. Among several refusals of a resource the oldest comes first.
    pub fn refuse(&self, refusal: Refusal) {
        self.service.state().config.refusals.push(refusal);
    }

    /// Takes back all refusals.
    pub fn stop_refusing(&self) {
        self.service.state().config.refusals.clear();
    }

    /// Degrades an MVPD from now on. Of several rules that fit a resource the last one counts.
    pub fn degrade(&self, degradation: Degradation) {
        self.service.state().config.degradations.push(degradation);
    }

    /// Ends all degradations.
    pub fn stop_degrading(&self) {
        self.service.state().config.degradations.clear();
    }

    /// Forgets who has used a TempPass (any, without a name) on one device (on all, without an id), and so lets them
    /// use it again. Sign-ins stay as they are.
    pub fn reset_temp_passes(&self, mvpd: Option<&str>, device_id: Option<&str>) {
        self.service.state().reset_trials(mvpd, device_id);
    }

    /// Puts everything back as it was at the start: configuration, clock, throttling, kind of errors. Nobody is
    /// registered or signed in, no fault stands, nothing is recorded; the addresses stay.
    pub fn reset(&self) {
        self.service.reset();
    }

    /// Everything that has happened since the start or the last reset, as a case that [`replay`](Self::replay) lives through
    /// again. It holds no secret. What a test has changed by the methods here, and not by the control API, is not in it.
    ///
    /// # Errors
    ///
    /// Without [`SandboxBuilder::control`], before the first call, and when more came than is kept.
    pub fn case(&self) -> Result<Case, CaseError> {
        let kept = self.service.journal.as_ref().map(|journal| journal.kept()).unwrap_or_default();
        Case::of(kept, &self.service.addresses)
    }

    /// Forgets everything, lives through a case, and says where the answers are others than those recorded. The sandbox is
    /// then as it was at the end of the recording. Nobody else should call it meanwhile.
    ///
    /// # Errors
    ///
    /// Without [`SandboxBuilder::control`]: nothing is recorded then that could be compared.
    pub async fn replay(&self, case: &Case) -> Result<Replay, CaseError> {
        replay::replay(&self.service, case).await
    }

    /// Forgets everything, and begins as the recorded sandbox did: its accounts and apps, its settings, what it had been set
    /// to do wrong, and its clock if that stood still. No request is sent. An account whose password is not the built-in one
    /// has `password-of-<name>`.
    ///
    /// # Errors
    ///
    /// If the case asks for what this sandbox cannot do.
    pub async fn set_up(&self, case: &Case) -> Result<(), CaseError> {
        replay::set_up(&self.service, case).await.map_err(CaseError::Unreadable)
    }

    /// Ends all bearer tokens: the next call with one is answered with 401.
    pub fn expire_bearers(&self) {
        self.service.state().expire_bearers();
    }

    /// Forgets a client: its credentials earn `invalid_client`, its sign-ins are out of reach.
    pub fn forget_client(&self, client_id: &str) {
        self.service.state().forget_client(client_id);
    }

    /// Forgets all clients.
    pub fn forget_clients(&self) {
        self.service.state().forget_clients();
    }

    /// Ends all sign-ins and authorizations, as if their MVPDs had.
    pub fn sign_out_everyone(&self) {
        self.service.state().sign_out_everyone();
    }

    /// Lets all authorizations expire; the sign-ins stay.
    pub fn expire_authorizations(&self) {
        self.service.state().expire_authorizations(self.service.clock.now());
    }
}

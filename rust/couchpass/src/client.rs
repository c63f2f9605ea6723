//! The client: the face that apps see. Each call goes down the one road, from an endpoint through the pipeline.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use device_auth::Timestamp;
use tokio::sync::{mpsc, oneshot};

use crate::{
    ClientBuilder, Decision, MvpdId, Preauthorization, Profile, PromotionalIdentity, Provider, Resource,
    Result, SecondScreen, SignIn, SignOutAction, SsoReport, UserMetadata,
    core::Core,
    sign_in::{Command, Driver},
};

/// Signs a viewer in and asks what they may watch.
///
/// Cloning is cheap and gives another handle on the same client. The last handle to go ends a sign-in under way.
#[derive(Clone, Debug)]
pub struct Client {
    core: Arc<Core>,
    // Not in `core`: a sign-in holds that, and has to end when no client is left.
    sign_in: Arc<Mutex<Option<mpsc::UnboundedSender<Command>>>>,
}

impl Client {
    /// Begins to describe a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    pub(crate) fn from_core(core: Core) -> Self {
        Self { core: Arc::new(core), sign_in: Arc::default() }
    }

    /// Signs the viewer in, or joins the sign-in that is under way.
    ///
    /// In this order: the session that is remembered; the platform token, or an authentication that Adobe still has for
    /// this device; a code for a second screen. See [`SignIn`] for what dropping the stream means.
    pub fn sign_in(&self) -> SignIn {
        let (events, watched) = mpsc::unbounded_channel();
        let mut current = self.sign_in.lock().unwrap_or_else(PoisonError::into_inner);
        let mut watch = Command::Watch(events);
        if let Some(commands) = &*current {
            match commands.send(watch) {
                Ok(()) => return SignIn::new(watched, commands.downgrade()),
                Err(returned) => watch = returned.0,
            }
        }
        let (commands, obeyed) = mpsc::unbounded_channel();
        // The receiver is in this very scope, so there is somebody to receive it.
        let _ = commands.send(watch);
        self.core.runtime.spawn(Driver::new(Arc::clone(&self.core), obeyed).run());
        let sign_in = SignIn::new(watched, commands.downgrade());
        *current = Some(commands);
        sign_in
    }

    /// Ends a sign-in under way and releases its code. Returns when the code is released; does nothing where there is none.
    pub async fn cancel_sign_in(&self) {
        let (done, released) = oneshot::channel();
        self.command(Command::Cancel(done));
        // An ended sign-in drops the sender, which is an answer too.
        let _ = released.await;
    }

    /// Replaces the code that is shown by a new one. Does nothing where none is shown.
    pub fn new_code(&self) {
        self.command(Command::NewCode);
    }

    fn command(&self, command: Command) {
        let commands = self.sign_in.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(commands) = commands {
            let _ = commands.send(command);
        }
    }

    /// The viewer's valid profiles, as remembered. Makes no request; may wait for the platform token to tell who is there.
    ///
    /// # Errors
    /// None with REST v1; kept for answers that need a request.
    pub async fn profiles(&self) -> Result<Vec<Profile>> {
        Ok(self.core.profile().await.into_iter().collect())
    }

    /// How long a profile is still valid, by the service's time; what is left of a trial, for one.
    #[must_use]
    pub fn time_left(&self, profile: &Profile) -> Duration {
        profile.not_after.since(self.core.now())
    }

    /// The TV providers to choose from; trials among them are marked and belong in no picker. Ask only to show a picker: the
    /// answer is kept for three minutes.
    ///
    /// # Errors
    /// As for every call; see [`Error`](crate::Error).
    pub async fn providers(&self) -> Result<Vec<Provider>> {
        self.core.providers().await
    }

    /// Remembers the viewer's choice, to be offered first the next time.
    pub fn remember_provider(&self, provider: &Provider) {
        self.core.session.remember_provider(provider);
    }

    /// The TV provider that the viewer has signed in with, or chosen, last.
    #[must_use]
    pub fn remembered_provider(&self) -> Option<Provider> {
        self.core.session.provider()
    }

    /// Asks whether the viewer may watch a resource; call it before every playback.
    ///
    /// A permit carries the media token for the app's backend. A deny is no error: the decision says why.
    ///
    /// # Errors
    /// [`SignInAgain`](crate::Error::SignInAgain) when the viewer is not signed in, or not any more; the other variants as
    /// they say.
    pub async fn authorize(&self, resource: &Resource) -> Result<Decision> {
        self.core.authorize(resource).await
    }

    /// Until when Adobe remembers a permit for this resource; `None` where it remembers none. Never decides playback.
    ///
    /// # Errors
    /// As [`Client::authorize`].
    pub async fn remembered_permit(&self, resource: &Resource) -> Result<Option<Timestamp>> {
        self.core.remembered_permit(resource).await
    }

    /// Which of these resources the viewer may probably watch, in their order: to mark channels, never to decide playback.
    ///
    /// Any number is asked for in portions; permits are kept in memory while the viewer stays signed in.
    ///
    /// # Errors
    /// [`FixConfiguration`](crate::Error::FixConfiguration) for a plain id with a comma; else as [`Client::authorize`].
    pub async fn preauthorize(&self, resources: &[Resource]) -> Result<Vec<Preauthorization>> {
        self.core.preauthorize(resources).await
    }

    /// What the TV provider tells of the viewer. Kept until an authorization may have changed it.
    ///
    /// # Errors
    /// As [`Client::authorize`].
    pub async fn user_metadata(&self) -> Result<UserMetadata> {
        self.core.user_metadata().await
    }

    /// Begins a trial (TempPass) with the provider that stands for it, or finds the one under way. The profile's `not_after`
    /// tells when its time is up, [`Client::time_left`] how much is left; Adobe stops no stream then. It ends a sign-in under way, and a sign-in replaces it.
    ///
    /// # Errors
    /// [`FixConfiguration`](crate::Error::FixConfiguration) when the viewer is signed in with a TV provider;
    /// [`SignInAgain`](crate::Error::SignInAgain) when the trial is used up.
    pub async fn temporary_access(
        &self,
        mvpd: &MvpdId,
        domain: &str,
        identity: Option<&PromotionalIdentity>,
    ) -> Result<Profile> {
        // A code that is typed meanwhile would make the trial and the sign-in each other's.
        self.cancel_sign_in().await;
        self.core.temporary_access(mvpd, domain, identity).await
    }

    /// The second screen's half, for the backend of a login page.
    #[must_use]
    pub fn second_screen(&self) -> SecondScreen {
        SecondScreen::new(Arc::clone(&self.core))
    }

    /// Signs the viewer out of this app on this device, and ends a sign-in under way. The platform token is not used again
    /// before the next [`Client::sign_in`].
    ///
    /// Returns what is left for the app to do; with REST v1 nothing is.
    ///
    /// # Errors
    /// [`RetryLater`](crate::Error::RetryLater) when the service could not be told: the viewer is still signed in.
    pub async fn sign_out(&self) -> Result<Vec<SignOutAction>> {
        self.cancel_sign_in().await;
        self.core.sign_out().await?;
        Ok(Vec::new())
    }

    /// What has come of the platform token.
    #[must_use]
    pub fn sso_report(&self) -> SsoReport {
        self.core.pipeline.platform_tokens.report()
    }
}

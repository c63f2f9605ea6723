//! The client: the face that apps see. Each call goes down the one road, from an endpoint through the pipeline.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use device_auth::Timestamp;
use tokio::sync::{mpsc, oneshot};

use crate::{
    ClientBuilder, Decision, Diagnosis, MvpdId, Preauthorization, Profile, PromotionalIdentity, Provider,
    RegistrationCode, Resource, Result, SecondScreen, SignIn, SignInWith, SignOutAction, SsoReport,
    UserMetadata,
    core::Core,
    sign_in::{Command, Driver},
    work::task,
};

/// Signs a viewer in and asks what they may watch.
///
/// Cloning is cheap and gives another handle on the same client. The last handle to go ends a sign-in under way.
#[derive(Clone, Debug)]
pub struct Client {
    core: Arc<Core>,
    // Not in `core`: a sign-in holds that, and has to end when no client is left.
    sign_in: Arc<Mutex<Option<UnderWay>>>,
}

/// The sign-in that was begun last.
#[derive(Clone, Debug)]
struct UnderWay {
    way: SignInWith,
    commands: mpsc::UnboundedSender<Command>,
}

impl Client {
    /// Begins to describe a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    pub(crate) fn from_core(core: Core) -> Self {
        Self { core: Arc::new(core), sign_in: Arc::default() }
    }

    /// Signs the viewer in by a code, or joins the sign-in that is under way: [`Client::sign_in_with`] a
    /// [`Code`](SignInWith::Code).
    pub fn sign_in(&self) -> SignIn {
        self.sign_in_with(SignInWith::Code)
    }

    /// Signs the viewer in, or joins the sign-in that is under way in the same way. One under way in another way is
    /// cancelled.
    ///
    /// In this order: the session that is remembered; the platform token, or a profile that Adobe still has for this device;
    /// what the app asks for: a code for a second screen, or a page for this device's own. Where the viewer has chosen a TV
    /// provider, a session with another one does not count, and on REST v2 stays beside the new one. See [`SignIn`] for what
    /// dropping the stream means.
    pub fn sign_in_with(&self, way: SignInWith) -> SignIn {
        let (events, watched) = mpsc::unbounded_channel();
        let mut current = self.sign_in.lock().unwrap_or_else(PoisonError::into_inner);
        let mut watch = Command::Watch(events);
        let mut predecessor = None;
        if let Some(under_way) = &*current {
            if under_way.way == way {
                match under_way.commands.send(watch) {
                    Ok(()) => return SignIn::new(watched, under_way.commands.downgrade()),
                    Err(returned) => watch = returned.0,
                }
            } else {
                let (done, ended) = oneshot::channel();
                // One that has ended already drops the sender, which is an answer too.
                let _ = under_way.commands.send(Command::Cancel(done));
                predecessor = Some(ended);
            }
        }
        let (commands, obeyed) = mpsc::unbounded_channel();
        // The receiver is in this very scope, so there is somebody to receive it.
        let _ = commands.send(watch);
        let driver = Driver::new(Arc::clone(&self.core), way.clone(), predecessor, obeyed);
        self.core.runtime.spawn(task(driver.run()));
        let sign_in = SignIn::new(watched, commands.downgrade());
        *current = Some(UnderWay { way, commands });
        sign_in
    }

    /// Tells that the browser on this device has come to the redirect URL of its [page](crate::SignInEvent::Page): only now
    /// is there something to ask about. Does nothing where no page is open.
    pub fn redirect_reached(&self) {
        self.command(Command::RedirectReached);
    }

    /// Ends a sign-in under way and releases its code. Returns when the code is released; does nothing where there is none.
    ///
    /// REST v2 has no call that releases a code: there it is forgotten, and a phone can use it until it expires or the device
    /// opens another session. What comes of that is found by the next sign-in, and ended by [`Client::sign_out`].
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
        if let Some(under_way) = &*self.sign_in.lock().unwrap_or_else(PoisonError::into_inner) {
            // One that has ended obeys nobody, and needs not.
            let _ = under_way.commands.send(command);
        }
    }

    /// The viewer's valid profiles, as remembered, the current one first. REST v1 knows one at most. Makes no request; may
    /// wait for the platform token to tell who is there.
    ///
    /// # Errors
    /// None today; kept for answers that need a request.
    pub async fn profiles(&self) -> Result<Vec<Profile>> {
        Ok(self.core.profiles().await)
    }

    /// Makes another of the viewer's [profiles](Client::profiles) the current one, on which the calls from now on go.
    ///
    /// # Errors
    /// [`SignInAgain`](crate::Error::SignInAgain) where there is no valid profile with this TV provider.
    pub async fn select_profile(&self, mvpd: &MvpdId) -> Result<Profile> {
        self.core.select_profile(mvpd).await
    }

    /// How long a profile is still valid, by the service's time; what is left of a trial, for one.
    #[must_use]
    pub fn time_left(&self, profile: &Profile) -> Duration {
        profile.not_after.since(self.core.now())
    }

    /// How long a code is still good, by the service's time: what a countdown beside it shows.
    #[must_use]
    pub fn code_time_left(&self, code: &RegistrationCode) -> Duration {
        code.expires.since(self.core.now())
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
    /// A permit carries the media token for the app's backend. A deny is no error: the decision says why. It is about the
    /// current profile; where that one has ended and the viewer has another, about that.
    ///
    /// # Errors
    /// [`SignInAgain`](crate::Error::SignInAgain) when the viewer is not signed in, or not any more; the other variants as
    /// they say.
    pub async fn authorize(&self, resource: &Resource) -> Result<Decision> {
        self.core.authorize(resource).await
    }

    /// Until when Adobe remembers a permit for this resource; `None` where it remembers none. Never decides playback.
    ///
    /// On REST v2 no request is made: each decision tells it, and it is kept in memory.
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
    /// [`FixConfiguration`](crate::Error::FixConfiguration) for a plain id with a comma on REST v1; else as
    /// [`Client::authorize`].
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
    /// Returns what is left for the app to do: on REST v2, pages that end the TV providers' own sessions. An app without a
    /// browser may leave it at that.
    ///
    /// # Errors
    /// [`RetryLater`](crate::Error::RetryLater) when the service could not be told: the viewer is still signed in, with several
    /// profiles perhaps with some of them alone. Ask again; what the others have left to do comes with the success.
    pub async fn sign_out(&self) -> Result<Vec<SignOutAction>> {
        self.cancel_sign_in().await;
        self.core.sign_out().await
    }

    /// What the client knows of its own footing: registration, clock, rate. Makes no request.
    #[must_use]
    pub fn diagnosis(&self) -> Diagnosis {
        self.core.diagnosis()
    }

    /// What has come of the platform token.
    #[must_use]
    pub fn sso_report(&self) -> SsoReport {
        self.core.pipeline.platform_tokens.report()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compiles, which is the test: whoever has a runtime of several threads spawns these.
    #[allow(dead_code, reason = "it is never run")]
    fn every_call_can_be_spawned(client: &Client, resource: &Resource, mvpd: &MvpdId) {
        fn spawned(_: impl Send) {}
        spawned(client.profiles());
        spawned(client.select_profile(mvpd));
        spawned(client.providers());
        spawned(client.authorize(resource));
        spawned(client.remembered_permit(resource));
        spawned(client.preauthorize(&[]));
        spawned(client.user_metadata());
        spawned(client.temporary_access(mvpd, "", None));
        spawned(client.cancel_sign_in());
        spawned(client.sign_out());
    }
}

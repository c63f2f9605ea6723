//! The client: the face that apps see. Each call goes down the one road, from an endpoint through the pipeline.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use device_auth::{Clock, Priority, Timestamp};
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

use crate::{
    ClientBuilder, Decision, DecisionSource, Denial, Error, MediaToken, Profile, ProfileType,
    RegistrationCode, Resource, Result, SignIn, SignOutAction, SsoReport,
    endpoints::{
        Caller,
        authentication::{AuthenticationToken, CheckAuthentication, Logout},
        authorization::{Authorize, Media, Permit},
        regcode::{CreateCode, DeleteCode},
    },
    failure::Failure,
    pipeline::Pipeline,
    session::Session,
    sign_in::{Command, Driver, Reason},
};

/// Signs a viewer in and asks what they may watch.
///
/// Cloning is cheap and gives another handle on the same client. The last handle to go ends a sign-in under way.
#[derive(Clone, Debug)]
pub struct Client {
    inner: Arc<Inner>,
    // Not in `inner`: a sign-in holds that, and has to end when no client is left.
    sign_in: Arc<Mutex<Option<mpsc::UnboundedSender<Command>>>>,
}

/// What a client is made of, shared with a sign-in under way.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) pipeline: Pipeline,
    pub(crate) session: Session,
    pub(crate) caller: Caller,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) code_lifetime: Option<Duration>,
    pub(crate) random: Mutex<fastrand::Rng>,
    pub(crate) runtime: Handle,
}

impl Client {
    /// Begins to describe a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    pub(crate) fn from_inner(inner: Inner) -> Self {
        Self { inner: Arc::new(inner), sign_in: Arc::default() }
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
        self.inner.runtime.spawn(Driver::new(Arc::clone(&self.inner), obeyed).run());
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

    /// The viewer's valid profiles, as remembered; makes no request.
    ///
    /// # Errors
    /// None with REST v1; kept for answers that need a request.
    pub async fn profiles(&self) -> Result<Vec<Profile>> {
        Ok(self.inner.stored_profile().into_iter().collect())
    }

    /// Asks whether the viewer may watch a resource; call it before every playback.
    ///
    /// A permit carries the media token for the app's backend. A deny is no error: the decision says why.
    ///
    /// # Errors
    /// [`Error::SignInAgain`] when the viewer is not signed in, or not any more; the other variants as they say.
    pub async fn authorize(&self, resource: &Resource) -> Result<Decision> {
        self.inner.authorize(resource).await
    }

    /// Signs the viewer out of this app on this device, and ends a sign-in under way. The platform token is not used again
    /// before the next [`Client::sign_in`].
    ///
    /// Returns what is left for the app to do; with REST v1 nothing is.
    ///
    /// # Errors
    /// [`Error::RetryLater`] when the service could not be told: the viewer is still signed in.
    pub async fn sign_out(&self) -> Result<Vec<SignOutAction>> {
        self.cancel_sign_in().await;
        self.inner.sign_out().await
    }

    /// What has come of the platform token.
    #[must_use]
    pub fn sso_report(&self) -> SsoReport {
        self.inner.pipeline.platform_tokens.report()
    }
}

impl Inner {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn random(&self) -> fastrand::Rng {
        self.random.lock().unwrap_or_else(PoisonError::into_inner).fork()
    }

    pub(crate) fn stored_profile(&self) -> Option<Profile> {
        self.session.profile(self.pipeline.bearers.client_id().as_deref(), self.now())
    }

    pub(crate) fn stored_code(&self) -> Option<RegistrationCode> {
        self.session.code(self.now())
    }

    /// Asks Adobe for this device's authentication; one that is found is remembered before anybody hears of it.
    pub(crate) async fn find_authentication(&self, reason: Reason) -> Result<Option<Profile>> {
        let tokens = &self.pipeline.platform_tokens;
        // The first question is one that the viewer waits for; after that we wait for the viewer.
        let priority = if reason == Reason::Code { Priority::Polling } else { Priority::Playback };
        // Adobe never says what it has recognised. Where somebody may have typed a code, that explains it as well.
        let only_token_explains = match reason {
            Reason::Start => self.stored_code().is_none(),
            Reason::Code => false,
            Reason::LateToken => true,
        };
        let found = self.pipeline.ask(&AuthenticationToken { caller: &self.caller, priority }).await?;
        let by_token = found.is_some() && only_token_explains && tokens.is_sent();
        tokens.note_honoured(by_token);
        let Some(authentication) = found else { return Ok(None) };
        let profile = Profile {
            mvpd: authentication.mvpd,
            user_id: authentication.user_id,
            not_after: authentication.expires,
            profile_type: if by_token { ProfileType::PlatformSso } else { ProfileType::Regular },
        };
        let client_id = self.pipeline.bearers.client_id().unwrap_or_default();
        self.session.sign_in(&profile, &client_id)?;
        Ok(Some(profile))
    }

    pub(crate) async fn create_code(&self) -> Result<RegistrationCode> {
        let request = CreateCode { caller: &self.caller, lifetime: self.code_lifetime };
        Ok(self.pipeline.ask(&request).await?)
    }

    pub(crate) async fn release_code(&self, code: &RegistrationCode) {
        if let Err(failure) = self.pipeline.ask(&DeleteCode { caller: &self.caller, code: &code.code }).await
        {
            log::warn!("a code could not be released and stays valid until it expires: {failure}");
        }
    }

    async fn authorize(&self, resource: &Resource) -> Result<Decision> {
        if self.stored_profile().is_none() {
            return Err(Error::signed_out(if self.session.is_signed_out() {
                "the viewer has signed out"
            } else {
                "the viewer is not signed in, or the authentication has expired"
            }));
        }
        let outcome = match self.pipeline.ask(&Authorize { caller: &self.caller, resource }).await {
            Ok(permit) => self.permitted(resource, permit).await,
            Err(failure) => self.not_permitted(resource, failure).await,
        };
        if matches!(outcome, Err(Error::SignInAgain { .. })) {
            self.session.lose()?;
        }
        outcome
    }

    async fn permitted(&self, resource: &Resource, permit: Permit) -> Result<Decision> {
        let media = self.pipeline.ask(&Media { caller: &self.caller, resource }).await?;
        Ok(Decision {
            resource: resource.clone(),
            authorized: true,
            mvpd: permit.mvpd,
            source: DecisionSource::Mvpd,
            not_after: permit.expires,
            media_token: Some(MediaToken { serialized: media.serialized, not_after: media.expires }),
            denial: None,
        })
    }

    /// A refusal is the TV provider's deny, or the end of the authentication. Without enhanced error codes a 403 may be
    /// either: another question tells.
    async fn not_permitted(&self, resource: &Resource, failure: Failure) -> Result<Decision> {
        let Failure::Refused { call, status: 403, complaint } = &failure else { return Err(failure.into()) };
        match complaint.action() {
            Some("none" | "authorization") => {}
            Some(_) => return Err(failure.into()),
            None if self.pipeline.ask(&CheckAuthentication { caller: &self.caller }).await? => {}
            None => return Err(Error::SignInAgain { report: complaint.report(call, 403) }),
        }
        let report = complaint.report(call, 403);
        Ok(Decision {
            resource: resource.clone(),
            authorized: false,
            mvpd: None,
            source: DecisionSource::Mvpd,
            not_after: None,
            media_token: None,
            denial: Some(Denial {
                code: report.code,
                message: report.message,
                details: report.details,
                trace: report.trace,
            }),
        })
    }

    async fn sign_out(&self) -> Result<Vec<SignOutAction>> {
        match self.pipeline.ask(&Logout { caller: &self.caller }).await {
            Ok(()) => {}
            Err(failure) => match Error::from(failure) {
                // There is nothing to sign out of: as good as done.
                Error::SignInAgain { .. } => {}
                error => return Err(error),
            },
        }
        self.session.sign_out()?;
        Ok(Vec::new())
    }
}

//! Two devices with one platform token, as two apps on one television: the first signs in by code, the second is signed in
//! by the token. Each goes its whole way, from the registration to the sign-out.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::Duration,
};

use couchpass::{
    Client, Decision, DeviceId, DeviceInfo, Environment, Profile, ProfileType, Resource, SignInEvent,
    SoftwareStatement,
};
use device_auth::Secret;
use tokio::sync::oneshot;

use super::{control::Control, tally::Tally};
use crate::{
    failure::Failure,
    settings::{ApiVersion, at_hand},
};

/// The viewer of every household; their package has a channel of each app.
const ACCOUNT: &str = "basic";
/// Addresses of devices begin here: a range that no network outside sees.
const FIRST_ADDRESS: u32 = 0x0A00_0001;
/// Longer than any journey in which nothing is wrong.
const PATIENCE: Duration = Duration::from_secs(180);

/// An app of the sandbox's configuration.
#[derive(Debug)]
pub(super) struct App {
    pub(super) name: &'static str,
    requestor: &'static str,
    channel: &'static str,
}

pub(super) const FIRST: App = App { name: "Lantern TV", requestor: "LANTERN", channel: "LanternOne" };
pub(super) const SECOND: App = App { name: "Meridian TV", requestor: "MERIDIAN", channel: "MeridianPrime" };

/// What all devices have in common.
#[derive(Debug)]
pub(super) struct Street {
    pub(super) control: Control,
    pub(super) environment: Environment,
    pub(super) api: ApiVersion,
    /// Of the first app and of the second.
    pub(super) statements: [SoftwareStatement; 2],
    pub(super) tally: Arc<Tally>,
    /// Makes the pauses of a run those of the next one.
    pub(super) seed: u64,
}

impl Street {
    /// The devices of one household, at once as far as the second can do without the first.
    pub(super) async fn household(&self, number: u32) {
        let token = self.control.platform_token(&format!("household-{number}")).await;
        let token = match token {
            Ok(token) => Secret::new(token),
            Err(failure) => {
                self.tally.journey(Err(&failure));
                self.tally.journey(Err(&failure));
                return;
            }
        };
        let (signed_in, first_is_in) = oneshot::channel();
        let (done, second_is_out) = oneshot::channel();
        let first = self.within(self.first(2 * number, &token, signed_in, second_is_out));
        let second = self.within(self.second(2 * number + 1, &token, first_is_in, done));
        tokio::join!(first, second);
    }

    async fn within(&self, journey: impl Future<Output = Result<(), Failure>>) {
        let too_slow = || Failure::support(format!("a journey has taken more than {} s", PATIENCE.as_secs()));
        let outcome = tokio::time::timeout(PATIENCE, journey).await.unwrap_or_else(|_| Err(too_slow()));
        self.tally.journey(outcome.as_ref().copied());
    }

    async fn first(
        &self,
        device: u32,
        token: &Secret,
        signed_in: oneshot::Sender<()>,
        second_is_out: oneshot::Receiver<()>,
    ) -> Result<(), Failure> {
        let client = self.client(device, &FIRST, token)?;
        self.sign_in(&client).await?;
        // The second device may have given up by itself.
        let _ = signed_in.send(());
        watch(&client, &FIRST).await?;
        // Its sign-out ends what the platform token stands for, on which the second one's sign-in rests.
        let _ = second_is_out.await;
        client.sign_out().await?;
        Ok(())
    }

    async fn second(
        &self,
        device: u32,
        token: &Secret,
        first_is_in: oneshot::Receiver<()>,
        done: oneshot::Sender<()>,
    ) -> Result<(), Failure> {
        let client = self.client(device, &SECOND, token)?;
        first_is_in
            .await
            .map_err(|_| Failure::support("the first device of the household was not signed in"))?;
        let profile = self.sign_in(&client).await?;
        if profile.profile_type != ProfileType::PlatformSso {
            return Err(Failure::support("a platform token was not honoured"));
        }
        watch(&client, &SECOND).await?;
        client.sign_out().await?;
        // Nobody waits where the first one has failed.
        let _ = done.send(());
        Ok(())
    }

    fn client(&self, device: u32, app: &App, token: &Secret) -> Result<Client, Failure> {
        let statement = &self.statements[usize::from(app.name == SECOND.name)];
        let tally = Arc::clone(&self.tally);
        let client = Client::builder()
            .api(self.api.into())
            .environment(self.environment.clone())
            .requestor(app.requestor)
            .software_statement(statement.clone())
            .device_info(DeviceInfo::new("AFTKA", "Android", "9").manufacturer("Amazon").version("kara"))
            .device_id(DeviceId::new(format!("load-device-{device}"))?)
            // An address of its own is an allowance of its own, here and in the sandbox.
            .forwarded_for(IpAddr::V4(Ipv4Addr::from(FIRST_ADDRESS + device)))
            .platform_tokens(at_hand(token.clone()))
            .seed(self.seed.wrapping_add(device.into()))
            .metrics(move |metrics| tally.request(metrics));
        Ok(client.build()?)
    }

    /// Follows a sign-in; a code that it brings is approved by a viewer.
    async fn sign_in(&self, client: &Client) -> Result<Profile, Failure> {
        let mut events = client.sign_in();
        while let Some(event) = events.next().await {
            match event {
                SignInEvent::Code(code) => self.control.approve(&code.code, ACCOUNT).await?,
                SignInEvent::SignedIn(profile) => return Ok(profile),
                SignInEvent::Denied(report) => return Err(Failure::denied(&report)),
                SignInEvent::Expired => return Err(Failure::sign_in("several codes have expired unused")),
                SignInEvent::Failed(error) => return Err(error.into()),
                _ => {}
            }
        }
        Err(Failure::support("a sign-in ended without a result"))
    }
}

/// To the media token.
async fn watch(client: &Client, app: &App) -> Result<(), Failure> {
    match client.authorize(&Resource::new(app.channel)?).await? {
        Decision { authorized: true, media_token: Some(_), .. } => Ok(()),
        _ => Err(Failure::support(format!("{} was denied", app.channel))),
    }
}

//! `couchpass demo`: two apps on one TV in front of a sandbox, and what the sandbox has seen of it.

mod narrator;
mod proof;

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use couchpass::{
    Client, Decision, DeviceId, DeviceInfo, Environment, Profile, ProfileType, RegistrationCode, Resource,
    SignInEvent, SoftwareStatement,
};
use couchpass_sandbox::{RecordedRequest, Sandbox};
use device_auth::{MemoryStore, Secret, Store};
use url::Url;

use self::{narrator::Narrator, proof::Proof};
use crate::{
    exit::Exit,
    failure::Failure,
    output::Output,
    settings::{ApiVersion, Carrier, at_hand},
};

/// The viewer that the demo plays. Their package has one channel of each app and lacks another.
const ACCOUNT: &str = "basic";
/// The viewer on this TV, as the platform knows them.
const SUBJECT: &str = "living-room";

/// An app of the demo. Apps share nothing but the TV, and so the platform token.
#[derive(Debug)]
struct App {
    name: &'static str,
    requestor: &'static str,
    device_id: &'static str,
}

const FIRST: App = App { name: "Lantern TV", requestor: "LANTERN", device_id: "demo-tv-as-lantern-sees-it" };
const SECOND: App =
    App { name: "Meridian TV", requestor: "MERIDIAN", device_id: "demo-tv-as-meridian-sees-it" };

#[derive(Debug, clap::Args)]
pub(crate) struct DemoArguments {
    /// Which of Adobe's APIs the apps speak
    #[arg(long, value_enum, value_name = "API", default_value = "v1")]
    api: ApiVersion,

    /// Play the viewer as well (this is the default)
    #[arg(long, conflicts_with = "wait")]
    auto: bool,

    /// Show the second screen's address and wait for you to be the viewer
    #[arg(long)]
    wait: bool,

    /// How the platform token travels
    #[arg(long, value_enum, default_value = "header")]
    carrier: Carrier,

    /// With --wait: this machine's address on your network, so that a phone can open the second screen; opens the sandbox
    /// to that network, which must be one that you trust
    #[arg(long, value_name = "ADDRESS", requires = "wait")]
    host: Option<String>,
}

pub(crate) async fn run(arguments: &DemoArguments, output: Output) -> Result<Exit, Failure> {
    let stage = Stage::set(arguments).await?;
    let kept: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let first = stage.client(&FIRST, Arc::new(MemoryStore::new()))?;
    let second = stage.client(&SECOND, Arc::clone(&kept))?;
    let mut narrator = Narrator::new(output, stage.sandbox.recorder().clone(), arguments.api);
    narrator.opening(arguments.api, arguments.carrier, arguments.host.is_some());

    narrator.app(&FIRST, "nobody has signed in on this TV yet");
    let by_code = stage.sign_in(&first, &FIRST, &mut narrator, arguments.wait).await?;
    let watched = authorize(&first, "LanternOne", &mut narrator).await?;
    authorize(&first, "LanternCinema", &mut narrator).await?;

    narrator.app(&SECOND, "another app on the same TV, with a requestor and a device id of its own");
    let before = stage.requests().len();
    let by_token = stage.sign_in(&second, &SECOND, &mut narrator, arguments.wait).await?;
    let also_watched = authorize(&second, "MeridianPrime", &mut narrator).await?;
    let cold = stage.requests().split_off(before);
    drop(second);

    let again = stage.client(&SECOND, kept)?;
    narrator.app(&SECOND, "started again, with what it has kept");
    let before = stage.requests().len();
    stage.sign_in(&again, &SECOND, &mut narrator, arguments.wait).await?;
    let watched_again = authorize(&again, "MeridianPrime", &mut narrator).await?;
    let warm = stage.requests().split_off(before);
    narrator.signed_out(&again.sign_out().await?);

    let mut proof = Proof::of(&stage.requests(), arguments.api, arguments.carrier);
    proof.starts(&cold, &warm);
    proof.claim("the first app was signed in by code", by_code.profile_type == ProfileType::Regular);
    proof.claim(
        "the second app was signed in by the platform token alone",
        by_token.profile_type == ProfileType::PlatformSso,
    );
    proof.claim(
        "both apps may play, and have a media token",
        [watched, also_watched, watched_again]
            .iter()
            .all(|decision| decision.authorized && decision.media_token.is_some()),
    );
    proof.claim("after the sign-out the second app knows nobody", again.profiles().await?.is_empty());
    narrator.closing(&proof);
    if proof.holds() {
        Ok(Exit::Ok)
    } else {
        Err(Failure::support("not everything above is as it should be"))
    }
}

async fn authorize(client: &Client, resource: &str, narrator: &mut Narrator) -> Result<Decision, Failure> {
    let decision = client.authorize(&Resource::new(resource)?).await?;
    narrator.decision(&decision);
    Ok(decision)
}

/// The sandbox and what all apps in front of it have in common.
struct Stage {
    sandbox: Sandbox,
    environment: Environment,
    token: Secret,
    api: ApiVersion,
    carrier: Carrier,
}

impl Stage {
    async fn set(arguments: &DemoArguments) -> Result<Self, Failure> {
        let mut builder = Sandbox::builder();
        if let Some(host) = &arguments.host {
            builder = builder.bind(Ipv4Addr::UNSPECIFIED.into()).host(host);
        }
        let sandbox = builder.start().await?;
        // The apps are on this machine, whatever address a phone uses.
        let environment =
            Environment::at(&on_this_machine(&sandbox.api_url())?, &on_this_machine(&sandbox.sp_url())?)?;
        let token = Secret::new(sandbox.platform_token(SUBJECT));
        Ok(Self { sandbox, environment, token, api: arguments.api, carrier: arguments.carrier })
    }

    /// What the TV has sent so far.
    fn requests(&self) -> Vec<RecordedRequest> {
        self.sandbox.recorder().device_requests()
    }

    fn client(&self, app: &App, store: Arc<dyn Store>) -> Result<Client, Failure> {
        let statement = self.sandbox.software_statement_for(app.name);
        let statement =
            statement.ok_or_else(|| Failure::support(format!("the sandbox has no {}", app.name)))?;
        let info = DeviceInfo::new("AFTKA", "Android", "9").manufacturer("Amazon").version("kara");
        let builder = Client::builder()
            .api(self.api.into())
            .environment(self.environment.clone())
            .requestor(app.requestor)
            .software_statement(SoftwareStatement::new(&statement)?)
            .device_info(info)
            .device_id(DeviceId::new(app.device_id)?)
            .store(store)
            .platform_tokens(at_hand(self.token.clone()))
            .platform_token_carrier(self.carrier.into());
        Ok(builder.build()?)
    }

    /// Signs in, and has somebody enter the code if there is one.
    async fn sign_in(
        &self,
        client: &Client,
        app: &App,
        narrator: &mut Narrator,
        wait: bool,
    ) -> Result<Profile, Failure> {
        let mut events = client.sign_in();
        let mut has_asked = false;
        while let Some(event) = events.next().await {
            match event {
                SignInEvent::Checking => {
                    has_asked = true;
                    narrator.checking();
                }
                SignInEvent::Code(code) if wait => {
                    narrator.code_for_a_person(&code, &self.activate_url(&code), &self.sandbox.config());
                }
                SignInEvent::Code(code) => {
                    narrator.code(&code);
                    self.sandbox.viewer(ACCOUNT).approve(&code.code).await.map_err(|error| {
                        Failure::support(format!("the viewer got stuck on the second screen: {error}"))
                    })?;
                    narrator.viewer(ACCOUNT, app.name);
                }
                SignInEvent::CodeExpired => narrator.code_expired(),
                SignInEvent::SignedIn(profile) => {
                    let report = client.sso_report();
                    narrator.signed_in(&profile, has_asked.then_some(&report));
                    return Ok(profile);
                }
                SignInEvent::Denied(report) => return Err(Failure::denied(&report)),
                SignInEvent::Expired => return Err(Failure::sign_in("several codes have expired unused")),
                SignInEvent::Failed(error) => return Err(error.into()),
                _ => break,
            }
        }
        Err(Failure::support("the sign-in ended without a result"))
    }

    fn activate_url(&self, code: &RegistrationCode) -> String {
        format!("{}?code={}", self.sandbox.activate_url(), code.code)
    }
}

/// The same address by the loopback interface.
fn on_this_machine(address: &str) -> Result<String, Failure> {
    let mut url = Url::parse(address)
        .map_err(|_| Failure::configuration(format!("{address} is no address"), "check --host"))?;
    // Cannot fail: an http URL has a host that can be replaced.
    let _ = url.set_ip_host(IpAddr::V4(Ipv4Addr::LOCALHOST));
    Ok(url.into())
}

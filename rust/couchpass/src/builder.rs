//! Describing a client: what is needed, what may be chosen, and what is wrong with it.

use std::{
    fmt,
    net::IpAddr,
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};

use device_auth::{Clock, Governor, Limits, MemoryStore, Secret, Store, SystemClock, stored};
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use crate::{
    Api, Client, ClientCredentials, DeviceId, DeviceInfo, Environment, Error, MetricsListener,
    PlatformTokenCarrier, PlatformTokenSource, RequestMetrics, RequestorId, Result, SoftwareStatement,
    core::Core,
    domain::check_redirect_url,
    endpoints::Caller,
    entitlements::Permits,
    pipeline::{Pipeline, bearer::Bearers, courier::Courier, tls, transport::Transport},
    platform_token::PlatformTokens,
    preauthorizer::AT_ONCE,
    server_time::ServerTime,
    service::{Link, Service},
    session::Session,
    slot::Slot,
};

/// Adobe's throttling, from its page "Throttling mechanism".
const ADOBES_LIMITS: Limits =
    Limits { interval: Duration::from_secs(1), burst: 10, caution: Duration::from_secs(600) };
/// Adobe's longest life of a code.
const LONGEST_CODE_LIFETIME: Duration = Duration::from_secs(36_000);
/// How long a request may take, from its first byte to the answer's last.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// How long a sign-in waits for a silent platform.
const PATIENCE: Duration = Duration::from_secs(3);
/// A viewer has left by then.
const LONGEST_PATIENCE: Duration = Duration::from_secs(600);
/// The issuer under which the store keeps what belongs to the device and not to a service.
const THIS_DEVICE: &str = "this-device";

/// Adobe counts by address, so everything in a process shares one governor.
static GOVERNOR: LazyLock<Arc<Governor>> =
    LazyLock::new(|| Arc::new(Governor::new(ADOBES_LIMITS, Arc::new(SystemClock::new()))));

/// Which of a viewer's profiles is the current one, where REST v2 tells of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProfileSelection {
    /// The one that is valid for the longest time.
    #[default]
    LongestValidity,
    /// The one with the TV provider that was used or chosen last; without such a one, the one that is valid for the longest
    /// time.
    LastProvider,
}

/// A [`Client`] in the making.
#[derive(Clone)]
#[must_use]
pub struct ClientBuilder {
    api: Option<Api>,
    environment: Option<Environment>,
    requestor: Option<String>,
    statement: Option<SoftwareStatement>,
    device_id: Option<DeviceId>,
    initial_device_id: Option<DeviceId>,
    device_info: Option<DeviceInfo>,
    store: Option<Arc<dyn Store>>,
    platform_tokens: Option<Arc<dyn PlatformTokenSource>>,
    carrier: PlatformTokenCarrier,
    patience: Duration,
    code_lifetime: Option<Duration>,
    selection: ProfileSelection,
    redirect_url: Option<String>,
    roots: Vec<String>,
    clock: Option<Arc<dyn Clock>>,
    governor: Option<Arc<Governor>>,
    seed: Option<u64>,
    imported: Option<ClientCredentials>,
    forwarded_for: Option<IpAddr>,
    metrics: Option<MetricsListener>,
    preauthorized_at_once: usize,
    answer_within: Duration,
    proxy: Option<String>,
}

/// The device id as it was when this store was first used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct KnownDevice {
    id: Option<KnownId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct KnownId(#[serde(with = "stored")] Secret);

impl ClientBuilder {
    pub(crate) fn new() -> Self {
        Self {
            api: None,
            environment: None,
            requestor: None,
            statement: None,
            device_id: None,
            initial_device_id: None,
            device_info: None,
            store: None,
            platform_tokens: None,
            carrier: PlatformTokenCarrier::default(),
            patience: PATIENCE,
            code_lifetime: None,
            selection: ProfileSelection::default(),
            redirect_url: None,
            roots: Vec::new(),
            clock: None,
            governor: None,
            seed: None,
            imported: None,
            forwarded_for: None,
            metrics: None,
            preauthorized_at_once: AT_ONCE,
            answer_within: ANSWER_WITHIN,
            proxy: None,
        }
    }

    /// Which of Adobe's APIs to speak. Required, and without a default: v1 ends about the end of 2026, so a new app takes
    /// [`Api::V2`]; an app in the field moves to it with a release of its own, since every viewer signs in again.
    pub fn api(mut self, api: Api) -> Self {
        self.api = Some(api);
        self
    }

    /// Which Adobe Pass to use. Required.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// The requestor id that Adobe has set up for the channel; v2 calls it the service provider. Required.
    pub fn requestor(mut self, requestor: impl Into<String>) -> Self {
        self.requestor = Some(requestor.into());
        self
    }

    /// The statement of the registered application. Required.
    pub fn software_statement(mut self, statement: SoftwareStatement) -> Self {
        self.statement = Some(statement);
        self
    }

    /// What the device tells about itself. Required.
    pub fn device_info(mut self, info: DeviceInfo) -> Self {
        self.device_info = Some(info);
        self
    }

    /// The device's id, which is refused where the store knows another. Without one, the store's is used, or the
    /// [initial](ClientBuilder::initial_device_id) one, or a random one is made and kept.
    pub fn device_id(mut self, id: DeviceId) -> Self {
        self.device_id = Some(id);
        self
    }

    /// The id for a store that knows none yet: what the platform has to offer, which may change with an update of the system.
    pub fn initial_device_id(mut self, id: DeviceId) -> Self {
        self.initial_device_id = Some(id);
        self
    }

    /// Takes over the registration of an earlier SDK, so that an update signs nobody out. Import its device id too, with
    /// [`ClientBuilder::device_id`]. Has no effect on a store that knows a registration already.
    pub fn import_credentials(mut self, credentials: ClientCredentials) -> Self {
        self.imported = Some(credentials);
        self
    }

    /// For a server that calls for a device: the device's public address, sent as `X-Forwarded-For`. Adobe then counts the
    /// requests by that address, so such a client has a governor of its own.
    pub fn forwarded_for(mut self, device: IpAddr) -> Self {
        self.forwarded_for = Some(device);
        self
    }

    /// Hears of every request: how long it waited and took, and how it ended. Holds no identities.
    pub fn metrics(mut self, listener: impl Fn(&RequestMetrics) + Send + Sync + 'static) -> Self {
        self.metrics = Some(Arc::new(listener));
        self
    }

    /// How long one request may take: 15 seconds, unless chosen otherwise.
    pub fn answer_within(mut self, limit: Duration) -> Self {
        self.answer_within = limit;
        self
    }

    /// How many resources one preauthorization request may name: 5, unless agreed otherwise with Adobe.
    pub fn preauthorized_at_once(mut self, count: usize) -> Self {
        self.preauthorized_at_once = count;
        self
    }

    /// Where to keep registration, bearer token, profile and device id. Without one they last as long as the client, and
    /// each start registers the app anew.
    pub fn store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = Some(store);
        self
    }

    /// Where platform tokens come from. Without one, sign-in is by code alone.
    pub fn platform_tokens(mut self, source: impl PlatformTokenSource + 'static) -> Self {
        self.platform_tokens = Some(Arc::new(source));
        self
    }

    /// Where the platform token sits in a request: the header, unless chosen otherwise. REST v2 takes it there alone.
    pub fn platform_token_carrier(mut self, carrier: PlatformTokenCarrier) -> Self {
        self.carrier = carrier;
        self
    }

    /// How long the first call waits for a silent platform: 3 seconds, unless chosen otherwise.
    pub fn platform_token_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// How long a code lives (`ttl`), in whole seconds; Adobe's default is 30 minutes, its limit 10 hours. REST v1 alone lets
    /// the app choose.
    pub fn code_lifetime(mut self, lifetime: Duration) -> Self {
        self.code_lifetime = Some(lifetime);
        self
    }

    /// Which of several profiles becomes the current one: [`ProfileSelection::LongestValidity`], unless chosen otherwise.
    pub fn profile_selection(mut self, selection: ProfileSelection) -> Self {
        self.selection = selection;
        self
    }

    /// Where a browser ends that follows a [sign-out action](crate::SignOutAction) of REST v2, so that the app knows when to
    /// close it. Without one, at the service's own address, which will do where nobody opens a browser.
    pub fn redirect_url(mut self, url: impl Into<String>) -> Self {
        self.redirect_url = Some(url.into());
        self
    }

    /// Trusts one more TLS root, in PEM form: a debugging proxy's, or the sandbox's.
    pub fn add_tls_root(mut self, pem: impl Into<String>) -> Self {
        self.roots.push(pem.into());
        self
    }

    /// The HTTP proxy that every request goes through, `http://host:port`, in place of those that variables of the environment
    /// name. One that reads what is encrypted needs its [root](Self::add_tls_root) trusted, too.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Another clock, for tests. A client with its own clock has its own governor too.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Another governor than the process's, where clients send from different addresses.
    pub fn governor(mut self, governor: Arc<Governor>) -> Self {
        self.governor = Some(governor);
        self
    }

    /// Makes the jitter of pauses repeatable, for tests.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Makes the client. Needs a running tokio runtime; makes no request.
    ///
    /// # Errors
    /// [`Error::FixConfiguration`] for whatever is missing or wrong, with its remedy. Nothing is changed then.
    pub fn build(self) -> Result<Client> {
        let api =
            needed(self.api, "API", "Api::V2, or Api::V1 for an app in the field that has not moved yet")?;
        let environment = needed(self.environment, "environment", "one of Adobe's environments by name")?;
        let requestor =
            needed(self.requestor, "requestor", "the requestor id that Adobe has set up for your channel")?;
        let requestor = RequestorId::new(requestor)?;
        let statement =
            needed(self.statement, "software statement", "the statement of your registered application")?;
        let device_info = needed(self.device_info, "device information", "what the device is")?;
        let runtime = Handle::try_current()
            .map_err(|_| Error::fix("there is no tokio runtime here", "build the client inside one"))?;
        check_code_lifetime(api, self.code_lifetime)?;
        check_carrier(api, self.carrier)?;
        check_limits(self.answer_within, self.patience, self.preauthorized_at_once)?;
        if let Some(url) = &self.redirect_url {
            check_redirect_url(url)?;
        }
        let roots = self.roots.iter().map(|pem| tls::read_roots(pem)).collect::<Result<Vec<_>>>()?.concat();
        let transport = Transport::new(
            environment.clone(),
            &device_info,
            &roots,
            self.forwarded_for,
            self.answer_within,
            self.proxy.as_deref(),
        )?;
        let store = self.store.unwrap_or_else(|| Arc::new(MemoryStore::new()));
        let device_id = settle_device_id(&store, self.device_id, self.initial_device_id)?;

        let is_usual = self.clock.is_none() && self.forwarded_for.is_none();
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        let governor = match self.governor {
            Some(governor) => governor,
            None if is_usual => Arc::clone(&GOVERNOR),
            None => Arc::new(Governor::new(ADOBES_LIMITS, Arc::clone(&clock))),
        };
        let server_time =
            Arc::new(ServerTime::new(Arc::clone(&clock), Slot::open(&store, THIS_DEVICE, "clock")?));
        let mut random = self.seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed);
        let remembered = Slot::open(&store, THIS_DEVICE, "rate")?;
        let refused = Slot::open(&store, THIS_DEVICE, "refused")?;
        let courier = Arc::new(Courier {
            transport,
            governor,
            clock: Arc::clone(&clock),
            server_time: Arc::clone(&server_time),
            remembered,
            refused,
            random: Mutex::new(random.fork()),
            metrics: self.metrics,
        });
        courier.resume_rate();
        let registration =
            Slot::open(&store, environment.sp().as_str(), format!("client/{}", statement.fingerprint()))?;
        let bearers = Bearers::new(Arc::clone(&courier), statement, Arc::clone(&clock), registration);
        if let Some(credentials) = &self.imported {
            bearers.import(credentials);
        }
        let platform_tokens = PlatformTokens::new(
            self.platform_tokens,
            Arc::clone(&clock),
            Arc::clone(&server_time),
            self.patience,
            runtime.clone(),
        );
        let session = Session::open(&store, &environment, &requestor, api)?;
        platform_tokens.suspend(session.is_signed_out());
        let pipeline = Arc::new(Pipeline { courier, bearers, platform_tokens, carrier: self.carrier, api });
        let link = Link {
            pipeline: Arc::clone(&pipeline),
            caller: Caller { requestor, device_id },
            clock: Arc::clone(&clock),
            at_once: self.preauthorized_at_once,
        };
        Ok(Client::from_core(Core {
            service: Service::new(api, link, self.code_lifetime),
            pipeline,
            session,
            selection: self.selection,
            redirect_url: self.redirect_url.unwrap_or_else(|| environment.sp().to_string()),
            clock,
            server_time,
            random: Mutex::new(random),
            runtime,
            permits: Permits::default(),
            providers: Mutex::default(),
            left: Mutex::default(),
        }))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("api", &self.api)
            .field("environment", &self.environment)
            .field("requestor", &self.requestor)
            .field("statement", &self.statement)
            .field("device_info", &self.device_info)
            .field("carrier", &self.carrier)
            .finish_non_exhaustive()
    }
}

fn needed<T>(value: Option<T>, what: &str, meaning: &str) -> Result<T> {
    value
        .ok_or_else(|| Error::fix(format!("the client has no {what}"), format!("give the builder {meaning}")))
}

/// Adobe's page on the platform token for v2 has the header alone, and v2 wants no parameter that it does not expect.
fn check_carrier(api: Api, carrier: PlatformTokenCarrier) -> Result<()> {
    if api == Api::V2 && carrier != PlatformTokenCarrier::Header {
        return Err(Error::fix(
            "REST v2 takes the platform token in a header alone",
            "leave the platform token's carrier at the header",
        ));
    }
    Ok(())
}

fn check_code_lifetime(api: Api, lifetime: Option<Duration>) -> Result<()> {
    match lifetime {
        Some(_) if api == Api::V2 => Err(Error::fix(
            "the code's lifetime is not for the app to choose on REST v2",
            "leave it out: every code lives for 30 minutes",
        )),
        Some(lifetime) if lifetime > LONGEST_CODE_LIFETIME || lifetime < Duration::from_secs(1) => {
            Err(Error::fix(
                format!("a code cannot live for {} seconds", lifetime.as_secs()),
                format!("choose from 1 to {} seconds, or leave it to Adobe", LONGEST_CODE_LIFETIME.as_secs()),
            ))
        }
        _ => Ok(()),
    }
}

/// What would only look like a slow network, or like a screen that hangs.
fn check_limits(answer_within: Duration, patience: Duration, at_once: usize) -> Result<()> {
    if answer_within.is_zero() {
        return Err(Error::fix(
            "no answer comes within no time at all",
            format!("leave it out, for {} seconds", ANSWER_WITHIN.as_secs()),
        ));
    }
    if patience > LONGEST_PATIENCE {
        return Err(Error::fix(
            format!("the first call cannot wait {} seconds for a silent platform", patience.as_secs()),
            format!("choose {} seconds at most, or leave it out", LONGEST_PATIENCE.as_secs()),
        ));
    }
    if at_once == 0 {
        return Err(Error::fix(
            "a preauthorization request has to name a resource",
            "choose 1 or more, or leave it out",
        ));
    }
    Ok(())
}

/// The id is settled once: Adobe binds every authentication to it.
fn settle_device_id(
    store: &Arc<dyn Store>,
    given: Option<DeviceId>,
    initial: Option<DeviceId>,
) -> Result<DeviceId> {
    let slot = Slot::<KnownDevice>::open(store, THIS_DEVICE, "device-id")?;
    match (slot.get().id, given) {
        (Some(KnownId(known)), None) => DeviceId::new(known.expose()),
        (Some(KnownId(known)), Some(given)) if known == *given.secret() => Ok(given),
        (Some(_), Some(_)) => Err(Error::fix(
            "the device id is another than the one this store was first used with",
            "pass the first one again, or none at all; with a new id Adobe forgets the sign-in, so if that is wanted, \
             start with an empty store",
        )),
        (None, given) => {
            let id = given.or(initial).map_or_else(DeviceId::random, Ok)?;
            // Two clients made at the same moment agree on what was noted first.
            let known = slot.update(|known| {
                known.id.get_or_insert_with(|| KnownId(id.secret().clone()));
            });
            known.id.map_or(Ok(id), |KnownId(known)| DeviceId::new(known.expose()))
        }
    }
}

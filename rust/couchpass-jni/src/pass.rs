//! A client with all that it has with Kotlin: its calls, its questions, its sign-ins.

use std::sync::Arc;

use couchpass::{Client, MvpdId, PromotionalIdentity, RequestMetrics, Resource, SignIn};
use tokio::sync::Mutex;

use crate::{
    asking::{Ask, Asking, Source},
    calls::{Calls, Complete, answer},
    codec::{Bytes, encode},
    convert,
    failure::Failure,
    messages::{self, Config, Operation, Question, StoreReport, TokenAnswer, Way},
    metering::{Collected, Metering},
    runtime, stores, testing,
};

/// A client, as Kotlin has it behind a handle.
pub(crate) struct Pass {
    client: Client,
    calls: Arc<Calls>,
    asking: Arc<Asking>,
    metering: Arc<Metering<RequestMetrics>>,
    store_report: StoreReport,
}

impl Pass {
    /// Makes a client.
    pub(crate) fn open(config: &Config, complete: Box<Complete>, ask: Box<Ask>) -> Result<Self, Failure> {
        let asking = Asking::new(ask);
        let metering = Arc::new(Metering::new());
        let told = Arc::clone(&metering);
        let mut builder =
            testing::changed(convert::builder(config)?.metrics(move |request| told.tell(request)));
        if config.platform_tokens {
            builder = builder.platform_tokens(Source(Arc::clone(&asking)));
        }
        // Last: until here nothing has been touched, so a mistake in the configuration costs nothing.
        let mut store_report = StoreReport::Whole {};
        if let Some(file) = &config.store {
            let store;
            (store, store_report) = stores::open(file)?;
            builder = builder.store(store);
        }
        let _inside = runtime::handle().enter();
        Ok(Self { client: builder.build()?, calls: Calls::new(complete), asking, metering, store_report })
    }

    /// Starts an operation; [`Calls::start`] tells how it is answered.
    pub(crate) fn start(&self, id: i64, operation: Operation) -> Result<(), Failure> {
        let client = self.client.clone();
        self.start_with(id, run(client, operation))
    }

    /// Starts any future.
    pub(crate) fn start_with(
        &self,
        id: i64,
        call: impl Future<Output = Bytes> + Send + 'static,
    ) -> Result<(), Failure> {
        self.calls.start(runtime::handle(), id, call)
    }

    /// Drops the task of a call.
    pub(crate) fn cancel(&self, id: i64) {
        self.calls.cancel(id);
    }

    /// Answers at once.
    pub(crate) fn question(&self, question: &Question) -> Bytes {
        match question {
            Question::NewCode {} => {
                self.client.new_code();
                encode(&())
            }
            Question::RedirectReached {} => {
                self.client.redirect_reached();
                encode(&())
            }
            Question::SsoReport {} => encode(&messages::SsoReport::from(self.client.sso_report())),
            Question::RememberedProvider {} => {
                encode(&self.client.remembered_provider().map(messages::Provider::from))
            }
            Question::StoreReport {} => encode(&self.store_report),
        }
    }

    /// Begins a sign-in, or joins the one that is under way.
    pub(crate) fn sign_in(&self, way: Way) -> Result<Watch, Failure> {
        let events = self.client.sign_in_with(convert::way(way)?);
        Ok(self.watch(Events::SignIn(Arc::new(Mutex::new(events)), self.client.clone())))
    }

    /// Collects the metrics of the requests from now on.
    pub(crate) fn metrics(&self) -> Watch {
        self.watch(Events::Metrics(Arc::new(Mutex::new(self.metering.collect()))))
    }

    fn watch(&self, events: Events) -> Watch {
        Watch { events, calls: Arc::clone(&self.calls) }
    }

    /// Hands on what the platform has said.
    pub(crate) fn answer_token(&self, question: i64, answer: TokenAnswer) {
        self.asking.answer(question, convert::token(answer));
    }

    /// Cancels what is under way. Whoever is in the middle of a call keeps the rest alive until the call is over.
    pub(crate) fn close(&self) {
        self.calls.close();
        self.asking.close();
    }
}

/// What somebody pulls, one after the other, behind a handle of its own. Dropping a sign-in's pauses it and does not end it.
pub(crate) struct Watch {
    events: Events,
    calls: Arc<Calls>,
}

#[derive(Clone)]
enum Events {
    SignIn(Arc<Mutex<SignIn>>, Client),
    Metrics(Arc<Mutex<Collected<RequestMetrics>>>),
}

impl Watch {
    /// Starts to wait for the next one; there is one answer for each, and an empty one at the end.
    pub(crate) fn next(&self, id: i64) -> Result<(), Failure> {
        let events = self.events.clone();
        self.calls.start(runtime::handle(), id, async move {
            match events {
                Events::SignIn(events, client) => {
                    let next = events.lock().await.next().await;
                    answer(Ok(next.map(|event| messages::SignInEvent::of(event, &client))))
                }
                Events::Metrics(requests) => {
                    let next = requests.lock().await.next().await;
                    answer(Ok(next.map(|(request, missed)| convert::metrics(&request, missed))))
                }
            }
        })
    }

    /// Drops the task that waits.
    pub(crate) fn cancel(&self, id: i64) {
        self.calls.cancel(id);
    }
}

/// One operation of a client, from its arguments to its answer.
async fn run(client: Client, operation: Operation) -> Bytes {
    let client = &client;
    match operation {
        Operation::NextEvent {} => answer::<()>(Err(Failure::Closed)),
        Operation::CancelSignIn {} => {
            client.cancel_sign_in().await;
            answer(Ok(()))
        }
        Operation::Profiles {} => answer(list::<_, messages::Profile>(client.profiles().await)),
        Operation::SelectProfile { mvpd } => answer(
            client
                .select_profile(&MvpdId::new(mvpd))
                .await
                .map(messages::Profile::from)
                .map_err(Failure::from),
        ),
        Operation::Providers {} => answer(list::<_, messages::Provider>(client.providers().await)),
        Operation::RememberProvider { mvpd } => answer(remember_provider(client, &mvpd).await),
        Operation::Authorize { resource } => answer(authorize(client, resource).await),
        Operation::Preauthorize { resources } => answer(preauthorize(client, resources).await),
        Operation::RememberedPermit { resource } => answer(remembered_permit(client, resource).await),
        Operation::UserMetadata {} => {
            answer(client.user_metadata().await.map(messages::UserMetadata::from).map_err(Failure::from))
        }
        Operation::TemporaryAccess { mvpd, domain, identity } => {
            answer(temporary_access(client, mvpd, &domain, identity).await)
        }
        Operation::TimeLeft { mvpd } => answer(time_left(client, &mvpd).await),
        Operation::SignOut {} => answer(sign_out(client).await),
    }
}

fn list<T, M: From<T>>(found: couchpass::Result<Vec<T>>) -> Result<Vec<M>, Failure> {
    Ok(found?.into_iter().map(M::from).collect())
}

async fn remember_provider(client: &Client, mvpd: &str) -> Result<bool, Failure> {
    let found = client.providers().await?.into_iter().find(|provider| provider.id.as_str() == mvpd);
    if let Some(provider) = &found {
        client.remember_provider(provider);
    }
    Ok(found.is_some())
}

async fn authorize(client: &Client, resource: String) -> Result<messages::Decision, Failure> {
    Ok(client.authorize(&Resource::new(resource)?).await?.into())
}

async fn preauthorize(
    client: &Client,
    resources: Vec<String>,
) -> Result<Vec<messages::Preauthorization>, Failure> {
    let resources = resources.into_iter().map(Resource::new).collect::<couchpass::Result<Vec<_>>>()?;
    list(client.preauthorize(&resources).await)
}

async fn remembered_permit(client: &Client, resource: String) -> Result<Option<i64>, Failure> {
    let permit = client.remembered_permit(&Resource::new(resource)?).await?;
    Ok(permit.map(|until| until.as_millis()))
}

async fn temporary_access(
    client: &Client,
    mvpd: String,
    domain: &str,
    identity: Option<messages::Identity>,
) -> Result<messages::Profile, Failure> {
    let identity = identity
        .map(|identity| PromotionalIdentity::new(identity.key, identity.hashed_value.expose()))
        .transpose()?;
    Ok(client.temporary_access(&MvpdId::new(mvpd), domain, identity.as_ref()).await?.into())
}

async fn time_left(client: &Client, mvpd: &str) -> Result<Option<i64>, Failure> {
    let profiles = client.profiles().await?;
    let profile = profiles.iter().find(|profile| profile.mvpd.as_str() == mvpd);
    Ok(profile.map(|profile| convert::millis(client.time_left(profile))))
}

async fn sign_out(client: &Client) -> Result<Vec<messages::SignOutAction>, Failure> {
    Ok(client.sign_out().await?.into_iter().filter_map(convert::sign_out_action).collect())
}

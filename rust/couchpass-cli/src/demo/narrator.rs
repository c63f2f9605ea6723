//! The transcript of the demo: each step as it happens, with the requests that it took.

use std::time::Instant;

use couchpass::{Decision, Profile, RegistrationCode, SignOutAction, SsoReport};
use couchpass_sandbox::{Config, Recorder};

use super::{ACCOUNT, App, proof::Proof};
use crate::{
    authorize,
    event::Event,
    output::Output,
    qr,
    request_line::RequestLine,
    settings::{ApiVersion, Carrier},
    shape::{ActionJson, DecisionJson, ProfileJson},
    sign_out,
    sso::Sso,
    when,
};

/// Beside the steps, where the time stands.
const MARGIN: &str = "           ";

pub(super) struct Narrator {
    output: Output,
    recorder: Recorder,
    began: Instant,
    app: &'static str,
    /// How much room the paths of this API take.
    width: usize,
    /// The first request that has not been told of, and the first of this app.
    next: usize,
    first_of_app: usize,
}

impl Narrator {
    pub(super) fn new(output: Output, recorder: Recorder, api: ApiVersion) -> Self {
        let width = match api {
            ApiVersion::V1 => 36,
            ApiVersion::V2 => 54,
        };
        Self { output, recorder, began: Instant::now(), app: "", width, next: 0, first_of_app: 0 }
    }

    /// `is_open`: a phone on the network is to reach the second screen.
    pub(super) fn opening(&self, api: ApiVersion, carrier: Carrier, is_open: bool) {
        let reach =
            if is_open { "your network can reach it while the demo runs" } else { "nothing leaves it" };
        let how = match carrier {
            Carrier::Header => "in the header Adobe-Subject-Token",
            Carrier::Query => "in the query, as ast",
            Carrier::Post => "in the form, as ast; in the header where there is no form",
        };
        self.output.say(&format!(
            "{}\nA stand-in for Adobe Pass runs on this machine; {reach}. The apps speak REST {}, and the platform token travels \
             {how}.",
            self.output.style.strong("Couchpass: two apps, one TV, one sign-in"),
            api.name()
        ));
    }

    pub(super) fn app(&mut self, app: &App, about: &str) {
        self.app = app.name;
        self.first_of_app = self.next;
        let event = Event::App { app: app.name, requestor: app.requestor, elapsed_ms: self.elapsed_ms() };
        self.output.tell(&event, |style| format!("\n{}: {about}", style.strong(app.name)));
    }

    pub(super) fn checking(&mut self) {
        self.step(&Event::Checking, "The app looks for a sign-in that can be used.");
    }

    pub(super) fn code(&mut self, code: &RegistrationCode) {
        let words =
            format!("Nobody is known. The TV shows the code {}.", self.output.style.strong(&code.code));
        self.step(&Event::Code { code: &code.code, expires: code.expires, activate_url: None }, &words);
    }

    pub(super) fn code_for_a_person(&mut self, code: &RegistrationCode, address: &str, config: &Config) {
        let event = Event::Code { code: &code.code, expires: code.expires, activate_url: Some(address) };
        let mut words =
            format!("Nobody is known. The TV shows the code {}. Open", self.output.style.strong(&code.code));
        words += &format!("\n\n{MARGIN}{}\n", self.output.style.strong(address));
        if let Some(picture) = qr::draw(address, self.output.style) {
            words += &format!("\n{picture}\n");
        }
        words += &format!("\n{MARGIN}and sign in as one of these; {ACCOUNT} shows the most:\n");
        for account in &config.accounts {
            // With a provider that takes no part in single sign-on, the second app would have nothing to show.
            let provider = config.mvpds.iter().find(|mvpd| mvpd.id == account.mvpd && mvpd.platform_sso);
            if let Some(provider) = provider {
                let (name, password) = (&account.name, &account.password);
                words += &format!("{MARGIN}  {name:<12} {password:<20} {}\n", provider.display_name);
            }
        }
        words += &format!("\n{MARGIN}The TV asks every 3 to 5 seconds. Ctrl-C gives up.");
        self.step(&event, &words);
    }

    pub(super) fn viewer(&self, account: &str, app: &str) {
        self.output.say(&format!(
            "{}The viewer enters it on the second screen, signs in as {account} and lets {app} in.",
            self.elapsed()
        ));
    }

    pub(super) fn code_expired(&mut self) {
        self.step(&Event::CodeExpired, "The code has expired; another one follows.");
    }

    /// `report`: what came of the platform token, where somebody was asked at all.
    pub(super) fn signed_in(&mut self, profile: &Profile, report: Option<&SsoReport>) {
        let sso = report.cloned().map(Sso::from);
        let words = format!(
            "{} until {}.\n{MARGIN}{}",
            self.output.style.strong(&format!("Signed in with {}", profile.mvpd)),
            when::date(profile.not_after),
            sso.as_ref().map_or("It is remembered; nobody had to be asked.", Sso::in_words)
        );
        self.step(&Event::SignedIn { profile: ProfileJson::from(profile), platform_token: sso }, &words);
    }

    pub(super) fn decision(&mut self, decision: &Decision) {
        let words = authorize::in_words(decision, self.output.style).replace('\n', &format!("\n{MARGIN}"));
        self.step(&Event::Decision { decision: DecisionJson::new(decision, false) }, &words);
        if decision.authorized {
            let requests = match self.next - self.first_of_app {
                1 => "1 request".to_owned(),
                requests => format!("{requests} requests"),
            };
            self.output.say(&format!("{MARGIN}{requests} from the start of the app to the media token."));
        }
    }

    pub(super) fn signed_out(&mut self, actions: &[SignOutAction]) {
        let lines = ["The viewer signs out.".to_owned()].into_iter().chain(sign_out::left(actions));
        let words = lines.collect::<Vec<_>>().join(&format!("\n{MARGIN}"));
        self.step(&Event::SignedOut { actions: actions.iter().map(ActionJson::from).collect() }, &words);
    }

    pub(super) fn closing(&mut self, proof: &Proof) {
        self.output.say(&format!("\n{}", self.output.style.strong("What the sandbox has on record")));
        for (claim, holds) in proof.claims() {
            self.output.tell(&Event::Check { claim, holds }, |_| {
                format!("  {} {claim}", if holds { "yes" } else { "NO " })
            });
        }
        let requests = self.recorder.device_requests().len();
        self.output.tell(&Event::DemoDone { requests, elapsed_ms: self.elapsed_ms() }, |_| {
            format!("\n{requests} requests in {:.1} s.", self.began.elapsed().as_secs_f64())
        });
    }

    /// A step, after the requests that have led to it.
    fn step(&mut self, event: &Event<'_>, words: &str) {
        self.requests();
        self.output.tell(event, |_| format!("{}{words}", self.elapsed()));
    }

    /// The requests of the TV that have been answered since the last step; equal ones in a row as one line.
    fn requests(&mut self) {
        let mut lines: Vec<(RequestLine, usize)> = Vec::new();
        for request in self.recorder.device_requests().iter().skip(self.next) {
            self.next += 1;
            let line = RequestLine::from(request);
            match lines.last_mut() {
                Some((last, times)) if !self.output.is_json() && line.repeats(last) => *times += 1,
                _ => lines.push((line, 1)),
            }
        }
        for (request, times) in &lines {
            self.output.tell(&Event::Request { app: Some(self.app), request }, |style| {
                format!("{MARGIN}  {}", request.in_words(*times, self.width, style))
            });
        }
    }

    fn elapsed(&self) -> String {
        format!("{:>7.1} s  ", self.began.elapsed().as_secs_f64())
    }

    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

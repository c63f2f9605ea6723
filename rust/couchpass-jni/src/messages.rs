//! What crosses, message by message. Kotlin has the same in `Messages.kt`, field for field.
//!
//! Instants are milliseconds since 1970, spans are milliseconds. Names that Adobe may add to (types, sources) cross as texts.

use device_auth::Secret;

use crate::codec::{Bytes, message};

message! {
    /// What a client is made of.
    struct Config {
        /// Whether REST v2 is spoken, else v1.
        v2: bool,
        environment: Environment,
        requestor: String,
        statement: Secret,
        /// Adobe's names and what the device has to say to each.
        device_info: Vec<Named>,
        /// The app's own choice.
        device_id: Option<Secret>,
        /// The platform's, for a device that has none yet.
        initial_device_id: Option<Secret>,
        imported: Option<Credentials>,
        /// Without one, nothing outlives the client.
        store: Option<StoreFile>,
        /// Whether Kotlin can be asked for a platform token.
        platform_tokens: bool,
        carrier: Carrier,
        patience: Option<i64>,
        code_lifetime: Option<i64>,
        /// Whether the profile of the last TV provider comes first, and not the one that is valid the longest.
        last_provider_first: bool,
        redirect_url: Option<String>,
        tls_roots: Vec<String>,
        answer_within: Option<i64>,
        preauthorized_at_once: Option<i32>,
        proxy: Option<Secret>,
    }
}

message! {
    /// Which Adobe Pass.
    enum Environment {
        0 => Known { name: String },
        1 => At { api: String, sp: String },
    }
}

message! {
    /// A text and its name.
    struct Named {
        name: String,
        value: String,
    }
}

message! {
    /// A registration that another SDK has made.
    struct Credentials {
        id: String,
        secret: Secret,
    }
}

message! {
    /// Where the store is, the 32 bytes of its key, and where the key comes from.
    struct StoreFile {
        path: String,
        key: Bytes,
        key_origin: KeyOrigin,
    }
}

message! {
    /// Where a store's key comes from.
    enum KeyOrigin {
        /// It is the one of last time, or the first.
        0 => Lasting {},
        /// The one of last time cannot be had any more.
        1 => Replaced { reason: String },
        /// It is for this run; the one of last time may be there at the next.
        2 => Temporary { reason: String },
    }
}

message! {
    /// Where the platform token sits.
    enum Carrier {
        0 => Header {},
        1 => Query {},
        2 => Post {},
    }
}

message! {
    /// How the viewer signs in.
    enum Way {
        0 => Code {},
        1 => CodeFor { login: Login },
        2 => Browser { login: Login },
    }
}

message! {
    /// With whom, in whose name, and where the browser ends.
    struct Login {
        mvpd: String,
        domain: String,
        redirect_url: String,
    }
}

message! {
    /// What can be started. The first is for the handle of a sign-in's events or of metrics, the others for a client's.
    enum Operation {
        0 => NextEvent {},
        1 => CancelSignIn {},
        2 => Profiles {},
        3 => SelectProfile { mvpd: String },
        4 => Providers {},
        5 => RememberProvider { mvpd: String },
        6 => Authorize { resource: String },
        7 => Preauthorize { resources: Vec<String> },
        8 => RememberedPermit { resource: String },
        9 => UserMetadata {},
        10 => TemporaryAccess { mvpd: String, domain: String, identity: Option<Identity> },
        11 => TimeLeft { mvpd: String },
        12 => SignOut {},
    }
}

message! {
    /// Whom a promotional trial belongs to.
    struct Identity {
        key: String,
        hashed_value: Secret,
    }
}

message! {
    /// What is answered at once.
    enum Question {
        0 => NewCode {},
        1 => RedirectReached {},
        2 => SsoReport {},
        3 => RememberedProvider {},
        4 => StoreReport {},
    }
}

message! {
    /// What Kotlin says when it is asked for a platform token.
    enum TokenAnswer {
        0 => Token { token: Secret },
        1 => LibraryAbsent {},
        2 => Disabled {},
        3 => Unusable { reason: String },
        4 => Refused { code: Option<i64>, description: String },
    }
}

message! {
    /// A viewer's authentication.
    struct Profile {
        mvpd: String,
        user_id: Option<String>,
        not_after: i64,
        profile_type: String,
    }
}

message! {
    /// A TV provider.
    struct Provider {
        id: String,
        display_name: String,
        logo_url: Option<String>,
        is_temp_pass: bool,
        platform_sso: bool,
    }
}

message! {
    /// Whether the viewer may watch.
    struct Decision {
        resource: String,
        authorized: bool,
        mvpd: Option<String>,
        source: String,
        not_after: Option<i64>,
        media_token: Option<MediaToken>,
        denial: Option<Denial>,
    }
}

message! {
    /// The proof of a permit.
    struct MediaToken {
        serialized: Secret,
        not_after: i64,
    }
}

message! {
    /// Whether the viewer may probably watch.
    struct Preauthorization {
        resource: String,
        authorized: bool,
        denial: Option<Denial>,
    }
}

message! {
    /// Why not.
    struct Denial {
        code: Option<String>,
        message: String,
        details: Option<String>,
        trace: Option<String>,
    }
}

message! {
    /// What the TV provider tells of the viewer.
    struct UserMetadata {
        updated: Option<i64>,
        values: Vec<Metadatum>,
    }
}

message! {
    /// One property. Its value says who somebody is, so it does not print itself.
    struct Metadatum {
        name: String,
        encrypted: bool,
        value: MetadataValue,
    }
}

message! {
    /// A value in the type in which it came.
    enum MetadataValue {
        0 => Text { text: Secret },
        1 => List { texts: Vec<Secret> },
        2 => Map { texts: Vec<MapEntry> },
    }
}

message! {
    /// One entry of such a value.
    struct MapEntry {
        name: String,
        value: Secret,
    }
}

message! {
    /// What is left for the app to do.
    enum SignOutAction {
        0 => OpenUrl { mvpd: String, url: String },
    }
}

message! {
    /// What a sign-in tells the screen.
    enum SignInEvent {
        0 => Checking {},
        1 => Code { code: String, expires: i64, left: i64 },
        2 => Page { url: String, redirect_url: String },
        3 => CodeExpired {},
        4 => SignedIn { profile: Profile },
        5 => Denied { report: Report },
        6 => Expired {},
        7 => Cancelled {},
        8 => Failed { error: Error },
    }
}

message! {
    /// What has come of the platform token.
    struct SsoReport {
        outcome: SsoOutcome,
        asked: Option<i64>,
        answered: Option<i64>,
    }
}

message! {
    /// What has come of it.
    enum SsoOutcome {
        0 => NotAsked {},
        1 => Waiting { timed_out: bool },
        2 => LibraryAbsent {},
        3 => Disabled {},
        4 => Unusable { reason: String },
        5 => Refused { code: Option<i64>, description: String },
        6 => Malformed {},
        7 => Unsigned {},
        8 => Expired {},
        9 => Sent { honoured: Option<bool> },
    }
}

message! {
    /// What has become of what was remembered.
    enum StoreReport {
        0 => Whole {},
        1 => Lost { reason: String },
        2 => Temporary { reason: String },
    }
}

message! {
    /// One request.
    struct RequestMetrics {
        call: String,
        attempt: i32,
        waited: i64,
        took: i64,
        outcome: RequestOutcome,
        /// How many before this one nobody has collected in time.
        missed: i64,
    }
}

message! {
    /// How it ended.
    enum RequestOutcome {
        0 => Answered { status: i32 },
        1 => NoConnection {},
        2 => Untrusted {},
        3 => TimedOut {},
        4 => Broken {},
    }
}

message! {
    /// What went wrong, by what to do next.
    enum Error {
        0 => RetryLater { after: i64, report: Report },
        1 => SignInAgain { report: Report },
        2 => TellViewer { report: Report },
        3 => FixConfiguration { remedy: String, report: Report },
        4 => Support { report: Report },
        5 => Cancelled {},
    }
}

message! {
    /// What happened.
    struct Report {
        message: String,
        details: Option<String>,
        call: Option<String>,
        status: Option<i32>,
        code: Option<String>,
        trace: Option<String>,
    }
}

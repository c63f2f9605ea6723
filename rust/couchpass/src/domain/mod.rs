//! What the client speaks of: the nouns of Adobe Pass, in the shape that REST API v2 gives them.

mod decision;
mod device;
mod ids;
mod login;
mod metadata;
mod mrss;
mod profile;
mod provider;
mod resource;

pub use decision::{Decision, DecisionSource, Denial, MediaToken, Preauthorization, SignOutAction};
pub use device::{DeviceId, DeviceInfo};
pub use ids::{ClientCredentials, MvpdId, RegistrationCode, RequestorId, SoftwareStatement};
pub(crate) use login::check_redirect_url;
pub use login::{Login, LoginPage};
pub use metadata::{MetadataValue, Metadatum, UserMetadata};
pub(crate) use profile::{ByCode, Found};
pub use profile::{Profile, ProfileType};
pub use provider::{CodeRecord, LoginStep, PromotionalIdentity, Provider};
pub use resource::Resource;

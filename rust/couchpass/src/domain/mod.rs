//! What the client speaks of: the nouns of Adobe Pass, in the shape that REST API v2 gives them.

mod decision;
mod device;
mod ids;
mod metadata;
mod mrss;
mod profile;
mod provider;
mod resource;

pub use decision::{Decision, DecisionSource, Denial, MediaToken, Preauthorization, SignOutAction};
pub use device::{DeviceId, DeviceInfo};
pub use ids::{ClientCredentials, MvpdId, RegistrationCode, RequestorId, SoftwareStatement};
pub use metadata::{MetadataValue, Metadatum, UserMetadata};
pub use profile::{Profile, ProfileType};
pub use provider::{CodeRecord, PromotionalIdentity, Provider};
pub use resource::Resource;

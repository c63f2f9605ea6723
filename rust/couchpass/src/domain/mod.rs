//! What the client speaks of: the nouns of Adobe Pass, in the shape that REST API v2 gives them.

mod decision;
mod device;
mod ids;
mod profile;
mod resource;

pub use decision::{Decision, DecisionSource, Denial, MediaToken, SignOutAction};
pub use device::{DeviceId, DeviceInfo};
pub use ids::{MvpdId, RegistrationCode, RequestorId, SoftwareStatement};
pub use profile::{Profile, ProfileType};
pub use resource::Resource;

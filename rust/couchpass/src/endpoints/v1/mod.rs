//! REST API v1 and its registration codes.

pub(crate) mod authentication;
pub(crate) mod authorization;
pub(crate) mod metadata;
pub(crate) mod preauthorization;
pub(crate) mod providers;
pub(crate) mod regcode;
pub(crate) mod second_screen;
pub(crate) mod temporary_access;

#[cfg(test)]
mod both_formats;

use device_auth::Placement;
use reqwest::Method;

use super::{Call, Caller, Endpoint, Item, Origin, Response, Tries, encode};

/// Where the device id sits.
pub(super) const DEVICE_ID: Placement = Placement::Query("deviceId");
/// Where a promotional identity sits.
pub(super) const GENERIC_DATA: Placement = Placement::Query("generic_data");

impl Call {
    /// A call of v1, on which a viewer waits.
    fn v1(name: &'static str, method: Method, path: &[&str]) -> Self {
        Self::new(name, method, Origin::Api, path)
    }

    fn v1_get(name: &'static str, path: &[&str]) -> Self {
        Self::v1(name, Method::GET, path)
    }

    /// On behalf of a requestor's app on this device.
    fn of(self, caller: &Caller) -> Self {
        self.with("requestor", caller.requestor.as_str()).of_device(caller)
    }

    /// On behalf of whoever holds a code: the device is known by it.
    fn for_code(self, caller: &Caller) -> Self {
        self.with("requestor", caller.requestor.as_str())
    }

    /// On behalf of this device; the requestor stands in the path.
    fn of_device(mut self, caller: &Caller) -> Self {
        self.carry(DEVICE_ID, caller.device_id.secret());
        self
    }
}

//! Asks for a list of resources: as many at once as Adobe takes, and again for those that it asks to send again.

use std::time::Duration;

use device_auth::Wait;

use crate::{
    Preauthorization, Resource, Result,
    endpoints::{Item, Tries},
    pipeline::BETWEEN_TRIES,
    service::{OnBehalf, Service, denial},
};

/// How many resources Adobe takes at once, unless agreed otherwise.
pub(crate) const AT_ONCE: usize = 5;

pub(crate) struct Preauthorizer<'a> {
    pub(crate) service: &'a Service,
    pub(crate) on_behalf: OnBehalf<'a>,
}

impl Preauthorizer<'_> {
    pub(crate) async fn ask(
        &self,
        resources: &[Resource],
        pause: impl Fn(Duration) -> Wait,
    ) -> Result<Vec<Preauthorization>> {
        let mut decided: Vec<Preauthorization> = Vec::new();
        let mut open: Vec<Resource> = Vec::new();
        for resource in resources {
            if !open.contains(resource) {
                open.push(resource.clone());
            }
        }
        let mut left = Tries::LIMIT;
        loop {
            let (mut again, mut spent) = (Vec::new(), 1);
            for portion in self.service.portions(&open)? {
                let tries = Tries::with(left);
                let items = self.service.preauthorize(self.on_behalf, &portion, &tries).await?;
                spent = spent.max(tries.spent());
                for (position, resource) in portion.iter().enumerate() {
                    let item = item_of(&items, position, &portion);
                    let may_change = item.and_then(|item| item.complaint.as_ref()?.action()) == Some("retry");
                    if may_change && tries.is_any_left() {
                        again.push(resource.clone());
                    } else {
                        decided.push(preauthorization(resource, item));
                    }
                }
            }
            if again.is_empty() {
                return Ok(decided);
            }
            // Those of the portion that has spent most: none is asked for more often than Adobe allows.
            left = left.saturating_sub(spent).max(1);
            pause(BETWEEN_TRIES * (Tries::LIMIT - left)).await;
            open = again;
        }
    }
}

/// By its id. MRSS may come back written differently: then by its place in an answer that is complete, unless what stands
/// there is another resource that was asked for.
fn item_of<'i>(items: &'i [Item], position: usize, portion: &[Resource]) -> Option<&'i Item> {
    let resource = &portion[position];
    let by_place = || {
        let item = items.get(position).filter(|_| resource.is_mrss() && items.len() == portion.len())?;
        portion.iter().all(|asked| asked.as_str() != item.id).then_some(item)
    };
    items.iter().find(|item| item.id == resource.as_str()).or_else(by_place)
}

fn preauthorization(resource: &Resource, item: Option<&Item>) -> Preauthorization {
    let authorized = item.is_some_and(|item| item.authorized);
    let complaint = item.and_then(|item| item.complaint.as_ref());
    Preauthorization {
        resource: resource.clone(),
        authorized,
        denial: complaint.filter(|_| !authorized).map(denial),
    }
}

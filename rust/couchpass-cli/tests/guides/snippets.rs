//! The guides' examples, each in a function that provides what it takes for granted. They are compiled, and run where `main.rs`
//! says so: what they do is what the client's own tests are about.

#![allow(dead_code)]

use std::sync::Arc;

use couchpass::{Api, Client, DeviceInfo, Environment, Error, Login, LoginStep, SoftwareStatement};
use device_auth::Store;

fn moving_to_v2(store: Arc<dyn Store>) -> Result<Client, Error> {
    let client = Client::builder()
        .api(Api::V2) // was Api::V1
        .environment(Environment::named("release-production")?)
        .requestor("REF30")
        .software_statement(SoftwareStatement::from_file("statement-v2.jwt")?)
        .device_info(DeviceInfo::new("AFTKA", "Android", "9"))
        .store(store)
        .build()?;
    Ok(client)
}

async fn a_login_page(client: &Client, code: &str, login: Login) -> Result<Option<LoginStep>, Error> {
    let page = client.second_screen();
    let Some(record) = page.look_up(code).await? else { return Ok(None) };
    let step = page.log_in(&record, &login, None).await?;
    Ok(Some(step))
}

pub(crate) async fn a_login_page_for_both(
    on_v1: Client,
    on_v2: Client,
    code: &str,
    login: Login,
) -> Result<Option<LoginStep>, Error> {
    for api in [&on_v2, &on_v1] {
        if let Some(record) = api.second_screen().look_up(code).await? {
            return Ok(Some(api.second_screen().log_in(&record, &login, None).await?));
        }
    }
    Ok(None)
}

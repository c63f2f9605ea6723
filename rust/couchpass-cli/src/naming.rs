//! Which Adobe Pass: a name or a pair of addresses, from the command line or from the environment.

use couchpass::Environment;

use crate::failure::Failure;

/// Which Adobe Pass, as somebody has named it.
#[derive(Debug, Default)]
pub(crate) struct Naming {
    pub(crate) name: Option<String>,
    pub(crate) api: Option<String>,
    pub(crate) sp: Option<String>,
}

impl Naming {
    pub(crate) fn from_variables() -> Self {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            name: variable("COUCHPASS_ENVIRONMENT"),
            api: variable("COUCHPASS_API_URL"),
            sp: variable("COUCHPASS_SP_URL"),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.name.is_none() && self.api.is_none() && self.sp.is_none()
    }

    pub(crate) fn resolve(self) -> Result<Environment, Failure> {
        match (self.name, self.api, self.sp) {
            (Some(name), None, None) => Ok(Environment::named(&name)?),
            (None, Some(api), Some(sp)) => Ok(Environment::at(&api, &sp)?),
            (None, None, None) => Err(Failure::usage(
                "no environment is named",
                "give --environment a name such as release-staging, or both --api-url and --sp-url",
            )),
            (Some(_), _, _) => Err(Failure::usage(
                "the environment is named both by COUCHPASS_ENVIRONMENT and by addresses",
                "unset COUCHPASS_ENVIRONMENT, or COUCHPASS_API_URL and COUCHPASS_SP_URL",
            )),
            (None, ..) => Err(Failure::usage(
                "one of the two addresses is missing",
                "set both COUCHPASS_API_URL and COUCHPASS_SP_URL",
            )),
        }
    }
}

//! The way to the service: proxies, the hosts' names, connections and certificates.

use couchpass::{Environment, Reached};

use super::{
    finding::{Findings, Severity},
    proxies::{self, host_and_port},
};
use crate::{
    countdown::now,
    failure::Failure,
    settings::{ApiVersion, ClientArguments},
    when,
};

const HOST: &str = "host";

/// Returns whether there is any use in a request. Sends none.
pub(super) async fn look_at_hosts(
    client: &ClientArguments,
    api: Option<ApiVersion>,
    environment: &Environment,
    findings: &mut Findings,
) -> bool {
    let proxied = proxies::find(environment, api);
    let mut is_open = proxies::look_at(&proxied, findings).await;
    let is_behind_a_proxy = |host: &str| proxied.iter().any(|known| known.host == host);
    let Some(root) = findings.take("tls_root", client.tls_root()) else { return false };
    let roots: Vec<String> = root.into_iter().collect();
    if [environment.api(), environment.sp()].into_iter().all(|host| is_behind_a_proxy(&host_and_port(host))) {
        return is_open;
    }
    let reached = environment.reach(&roots).await.map_err(Failure::from);
    let Some(reached) = findings.take("tls_root", reached) else { return false };
    for (position, reach) in reached.iter().enumerate() {
        // The first is REST v1's own, which v2 does without.
        let is_needed = position + 1 == reached.len() || api != Some(ApiVersion::V2);
        if is_behind_a_proxy(&reach.host) {
            continue;
        }
        let before = findings.count(Severity::Error);
        tell(&reach.host, &reach.reached, is_needed, findings);
        is_open &= findings.count(Severity::Error) == before;
    }
    is_open
}

fn tell(host: &str, reached: &Reached, is_needed: bool, findings: &mut Findings) {
    const NETWORK: &str = "check the address, and this machine's network, name service and firewall";
    let problem = match reached {
        Reached::Service => {
            findings.ok(HOST, format!("{host} can be reached"));
            return;
        }
        Reached::NoName(why) => format!("the name of {host} is not known here: {why}"),
        Reached::NoConnection(why) => format!("nobody answers at {host}: {why}"),
        Reached::TimedOut => format!("{host} is silent"),
        Reached::Broken(why) => format!("{host} breaks off the handshake of TLS: {why}"),
        Reached::Untrusted { reason, .. } => format!("the certificate of {host} is not trusted: {reason}"),
        _ => format!("{host} cannot be reached"),
    };
    match reached {
        _ if !is_needed => findings.note(HOST, format!("{problem}; REST v2 does without it")),
        Reached::Untrusted { is_out_of_date: true, .. } => {
            findings.error(
                HOST,
                format!("{problem}; here it is {}", when::date(now())),
                "if that is not the date, set this machine's clock, by which certificates are judged; if it is, the certificate has \
                 expired, and the host has to renew it",
            );
        }
        Reached::Broken(_) => findings.trouble(
            HOST,
            problem,
            "check the address, and whether it is https that is spoken there; then this machine's network and firewall",
        ),
        Reached::Untrusted { .. } => findings.error(
            HOST,
            problem,
            "behind a debugging proxy, or in front of the sandbox, name its root certificate with --tls-root; otherwise \
             somebody else answers in the service's place",
        ),
        _ => findings.trouble(HOST, problem, NETWORK),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::Style;

    #[test]
    fn a_certificate_out_of_date_may_be_the_clocks_fault_or_its_own() {
        let mut findings = Findings::default();
        let reached = Reached::Untrusted { reason: "certificate expired".to_owned(), is_out_of_date: true };
        tell("sp.example", &reached, true, &mut findings);
        let said: String = findings.sorted().iter().map(|finding| finding.in_words(Style::plain())).collect();
        for word in [
            "certificate expired; here it is ",
            " UTC",
            "set this machine's clock",
            "the host has to renew it",
        ] {
            assert!(said.contains(word), "{word} is not in {said}");
        }
    }
}

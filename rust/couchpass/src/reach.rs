//! Whether the way to the service is open: its name, a connection, a certificate that is trusted. Sends no request, so
//! it costs nothing of Adobe's rate.

use std::{io, sync::Arc, time::Duration};

use rustls::{
    CertificateError, ClientConnection,
    pki_types::{CertificateDer, ServerName},
};
use tokio::net::{TcpStream, lookup_host};
use url::Url;

use crate::{
    Environment, Error, Result,
    pipeline::tls::{configuration, read_roots},
};

/// As long as a request waits for its connection, and once more for the handshake.
const WITHIN: Duration = Duration::from_secs(10);

/// One of the environment's hosts, and how far one comes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reach {
    /// The host and its port.
    pub host: String,
    /// How far.
    pub reached: Reached,
}

/// How far one comes on the way to a host.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reached {
    /// All the way: it can be asked.
    Service,
    /// Its name is not known here.
    NoName(String),
    /// Nobody answers under its address.
    NoConnection(String),
    /// Somebody answers whom this device does not trust.
    Untrusted {
        /// Why not.
        reason: String,
        /// The certificate is good at another time than this device's clock shows.
        is_out_of_date: bool,
    },
    /// It breaks off during the handshake.
    Broken(String),
    /// There is silence somewhere on the way.
    TimedOut,
}

impl Environment {
    /// Tries the way to each host, as far as it goes without a request; both at once. It trusts whom a client with these
    /// [roots](crate::ClientBuilder::add_tls_root) trusts. A proxy is not used.
    ///
    /// # Errors
    /// [`FixConfiguration`](Error::FixConfiguration) for a root that is none.
    pub async fn reach(&self, added_roots: &[String]) -> Result<Vec<Reach>> {
        let roots = added_roots.iter().map(|pem| read_roots(pem)).collect::<Result<Vec<_>>>()?.concat();
        if self.api() == self.sp() {
            return Ok(vec![reach(self.api(), &roots).await?]);
        }
        let (api, sp) = tokio::join!(reach(self.api(), &roots), reach(self.sp(), &roots));
        Ok(vec![api?, sp?])
    }
}

async fn reach(url: &Url, roots: &[CertificateDer<'static>]) -> Result<Reach> {
    let name = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or_default();
    let tls = if url.scheme() == "https" { Some(begin(name, roots)?) } else { None };
    let reached = tokio::time::timeout(WITHIN, try_way(name, port, tls)).await;
    Ok(Reach { host: format!("{name}:{port}"), reached: reached.unwrap_or(Reached::TimedOut) })
}

fn begin(name: &str, roots: &[CertificateDer<'static>]) -> Result<ClientConnection> {
    let unusable = |_| {
        Error::fix("an address of the environment has no host name", "use https://host or https://host:port")
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']').to_owned();
    let server = ServerName::try_from(bare).map_err(unusable)?;
    let connection = ClientConnection::new(Arc::new(configuration(roots)?), server);
    connection.map_err(|error| Error::broken(format!("no handshake can be begun: {error}")))
}

async fn try_way(name: &str, port: u16, tls: Option<ClientConnection>) -> Reached {
    // An address in brackets is its own name.
    let addresses: Vec<_> = match lookup_host(format!("{name}:{port}")).await {
        Ok(addresses) => addresses.collect(),
        Err(error) => return Reached::NoName(error.to_string()),
    };
    if addresses.is_empty() {
        return Reached::NoName("the name has no address".to_owned());
    }
    match (TcpStream::connect(addresses.as_slice()).await, tls) {
        (Err(error), _) => Reached::NoConnection(error.to_string()),
        (Ok(_), None) => Reached::Service,
        (Ok(stream), Some(tls)) => {
            shake_hands(&stream, tls).await.map_or_else(|error| why_not(&error), |()| Reached::Service)
        }
    }
}

/// The handshake and nothing else.
async fn shake_hands(stream: &TcpStream, mut tls: ClientConnection) -> io::Result<()> {
    while tls.is_handshaking() {
        if tls.wants_write() {
            stream.writable().await?;
            again(tls.write_tls(&mut Unblocked(stream)))?;
        } else {
            stream.readable().await?;
            if again(tls.read_tls(&mut Unblocked(stream)))? == Some(0) {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            tls.process_new_packets().map_err(io::Error::other)?;
        }
    }
    Ok(())
}

/// Ready was a hint, and may have been a false one.
fn again(outcome: io::Result<usize>) -> io::Result<Option<usize>> {
    match outcome {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        outcome => outcome.map(Some),
    }
}

fn why_not(error: &io::Error) -> Reached {
    match error.get_ref().and_then(|inside| inside.downcast_ref()) {
        Some(rustls::Error::InvalidCertificate(why)) => Reached::Untrusted {
            reason: why.to_string(),
            is_out_of_date: matches!(
                why,
                CertificateError::Expired
                    | CertificateError::ExpiredContext { .. }
                    | CertificateError::NotValidYet
                    | CertificateError::NotValidYetContext { .. }
            ),
        },
        _ => Reached::Broken(error.to_string()),
    }
}

/// The stream, for those who read and write until it would block.
struct Unblocked<'s>(&'s TcpStream);

impl io::Read for Unblocked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.try_read(buffer)
    }
}

impl io::Write for Unblocked<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.0.try_write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

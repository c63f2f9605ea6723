//! TLS, in this one place: rustls with ring, the bundled roots of Mozilla, and what roots the app adds.
//!
//! The configuration is handed to the HTTP client ready-made, so that its own verifier, which would ask the platform
//! through JNI, is never constructed. Old Fire OS lacks newer roots; the bundled ones do not depend on it.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    crypto::{CryptoProvider, KeyProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    sign::SigningKey,
};

use crate::{Error, Result};

/// Reads roots in PEM form, one or more certificates each.
pub(crate) fn read_roots(pem: &str) -> Result<Vec<CertificateDer<'static>>> {
    let roots: Vec<_> =
        CertificateDer::pem_slice_iter(pem.as_bytes()).filter_map(std::result::Result::ok).collect();
    if roots.is_empty() {
        return Err(Error::fix(
            "the added TLS root holds no certificate",
            "pass it in PEM form (BEGIN CERTIFICATE)",
        ));
    }
    Ok(roots)
}

/// The client never shows a certificate of its own, so an app need not carry what would sign with one.
#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(
        &self,
        _: PrivateKeyDer<'static>,
    ) -> std::result::Result<Arc<dyn SigningKey>, rustls::Error> {
        Err(rustls::Error::General("there are no client certificates".to_owned()))
    }
}

pub(crate) fn configuration(added_roots: &[CertificateDer<'static>]) -> Result<ClientConfig> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for root in added_roots {
        roots.add(root.clone()).map_err(|error| {
            Error::fix(
                format!("an added TLS root is not usable: {error}"),
                "pass the certificate of the authority itself",
            )
        })?;
    }
    let provider = CryptoProvider { key_provider: &NoKeys, ..ring::default_provider() };
    Ok(ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .expect("ring serves TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth())
}

//! TLS, in this one place: rustls with ring, the bundled roots of Mozilla, and what roots the app adds.
//!
//! The configuration is handed to the HTTP client ready-made, so that its own verifier, which would ask the platform
//! through JNI, is never constructed. Old Fire OS lacks newer roots; the bundled ones do not depend on it.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};

use super::ciphers;
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
    Ok(ClientConfig::builder_with_provider(Arc::new(ciphers::provider()))
        .with_safe_default_protocol_versions()
        .expect("the ciphers serve TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth())
}

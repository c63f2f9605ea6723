//! What TLS may be spoken with: of what ring has, that which public servers speak.
//!
//! The provider that rustls makes of ring names everything, and what is named is linked, once for each kind of processor:
//!
//! - On an old processor ChaCha20 is faster than AES, and X25519 than P-256; but it is a dozen short calls. Every implementation of
//!   TLS 1.3 has to have AES-128-GCM and P-256 (RFC 8446, 9.1); the store needs AES as well, and certificates need the curve. A
//!   server that has switched them off is lost.
//! - No public authority may certify an Ed25519 key (Baseline Requirements of the CA/Browser Forum, 6.1.5).
//! - A client that shows no certificate signs nothing.

use std::sync::Arc;

use ring::rand::{SecureRandom as _, SystemRandom};
use rustls::{
    SignatureScheme,
    crypto::{
        CryptoProvider, GetRandomFailed, KeyProvider, SecureRandom, WebPkiSupportedAlgorithms,
        ring::{cipher_suite, kx_group},
    },
    pki_types::PrivateKeyDer,
    sign::SigningKey,
};
use webpki::ring as signatures;

pub(super) fn provider() -> CryptoProvider {
    CryptoProvider {
        cipher_suites: vec![
            cipher_suite::TLS13_AES_256_GCM_SHA384,
            cipher_suite::TLS13_AES_128_GCM_SHA256,
            cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            cipher_suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            cipher_suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        ],
        kx_groups: vec![kx_group::SECP256R1, kx_group::SECP384R1],
        signature_verification_algorithms: SIGNATURES,
        secure_random: &System,
        key_provider: &System,
    }
}

/// `all` for the chain of certificates, `mapping` for the handshake. There TLS 1.2 leaves the curve open, so that a scheme has
/// two; TLS 1.3 takes the first.
static SIGNATURES: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[
        signatures::ECDSA_P256_SHA256,
        signatures::ECDSA_P256_SHA384,
        signatures::ECDSA_P384_SHA256,
        signatures::ECDSA_P384_SHA384,
        signatures::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
        signatures::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
        signatures::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
        signatures::RSA_PKCS1_2048_8192_SHA256,
        signatures::RSA_PKCS1_2048_8192_SHA384,
        signatures::RSA_PKCS1_2048_8192_SHA512,
        signatures::RSA_PKCS1_2048_8192_SHA256_ABSENT_PARAMS,
        signatures::RSA_PKCS1_2048_8192_SHA384_ABSENT_PARAMS,
        signatures::RSA_PKCS1_2048_8192_SHA512_ABSENT_PARAMS,
    ],
    mapping: &[
        (
            SignatureScheme::ECDSA_NISTP384_SHA384,
            &[signatures::ECDSA_P384_SHA384, signatures::ECDSA_P256_SHA384],
        ),
        (
            SignatureScheme::ECDSA_NISTP256_SHA256,
            &[signatures::ECDSA_P256_SHA256, signatures::ECDSA_P384_SHA256],
        ),
        (SignatureScheme::RSA_PSS_SHA512, &[signatures::RSA_PSS_2048_8192_SHA512_LEGACY_KEY]),
        (SignatureScheme::RSA_PSS_SHA384, &[signatures::RSA_PSS_2048_8192_SHA384_LEGACY_KEY]),
        (SignatureScheme::RSA_PSS_SHA256, &[signatures::RSA_PSS_2048_8192_SHA256_LEGACY_KEY]),
        (SignatureScheme::RSA_PKCS1_SHA512, &[signatures::RSA_PKCS1_2048_8192_SHA512]),
        (SignatureScheme::RSA_PKCS1_SHA384, &[signatures::RSA_PKCS1_2048_8192_SHA384]),
        (SignatureScheme::RSA_PKCS1_SHA256, &[signatures::RSA_PKCS1_2048_8192_SHA256]),
    ],
};

/// Chance comes from the system; keys come from nowhere.
#[derive(Debug)]
struct System;

impl SecureRandom for System {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
        SystemRandom::new().fill(bytes).map_err(|_| GetRandomFailed)
    }
}

impl KeyProvider for System {
    fn load_private_key(&self, _: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        Err(rustls::Error::General("there are no client certificates".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use rustls::{NamedGroup, crypto::ring, pki_types::SignatureVerificationAlgorithm};

    use super::*;

    /// What rustls has, in its order: an update that brings more is noticed here.
    #[test]
    fn nothing_is_missing_but_what_is_left_out() {
        let (ours, theirs) = (provider(), ring::default_provider());

        let suites =
            |of: &CryptoProvider| of.cipher_suites.iter().map(|suite| suite.suite()).collect::<Vec<_>>();
        let mut wanted = suites(&theirs);
        wanted.retain(|suite| !suite.as_str().is_some_and(|name| name.contains("CHACHA20")));
        assert_eq!(suites(&ours), wanted);

        let groups = |of: &CryptoProvider| of.kx_groups.iter().map(|group| group.name()).collect::<Vec<_>>();
        let mut wanted = groups(&theirs);
        wanted.retain(|group| *group != NamedGroup::X25519);
        assert_eq!(groups(&ours), wanted);

        let chain = |of: &CryptoProvider| {
            of.signature_verification_algorithms.all.iter().copied().map(named).collect::<Vec<_>>()
        };
        let mut wanted = chain(&theirs);
        wanted.retain(|(key, _)| *key != rustls::pki_types::alg_id::ED25519.to_vec());
        assert_eq!(chain(&ours), wanted);

        let handshake = |of: &CryptoProvider| {
            let mapping = of.signature_verification_algorithms.mapping.iter();
            mapping
                .map(|(scheme, those)| {
                    (u16::from(*scheme), those.iter().copied().map(named).collect::<Vec<_>>())
                })
                .collect::<Vec<_>>()
        };
        let mut wanted = handshake(&theirs);
        wanted.retain(|(scheme, _)| *scheme != u16::from(SignatureScheme::ED25519));
        assert_eq!(handshake(&ours), wanted);
    }

    fn named(algorithm: &dyn SignatureVerificationAlgorithm) -> (Vec<u8>, Vec<u8>) {
        (algorithm.public_key_alg_id().to_vec(), algorithm.signature_alg_id().to_vec())
    }
}

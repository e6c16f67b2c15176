//! Whose certificates are trusted?

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore, crypto};
use rustls_platform_verifier::Verifier;

/// Trusts whom the system trusts, so that the private authority of a self-hosted server works once it is installed.
///
/// A system without any authority, such as a small container, gets those of Mozilla.
pub(crate) fn config() -> Result<ClientConfig, rustls::Error> {
    // Ours alone: a provider for the whole process is for the program to choose.
    let provider = Arc::new(crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions()?;
    Ok(match Verifier::new(provider) {
        Ok(system) => {
            builder.dangerous().with_custom_certificate_verifier(Arc::new(system)).with_no_client_auth()
        }
        Err(_) => builder.with_root_certificates(mozillas()).with_no_client_auth(),
    })
}

fn mozillas() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mozillas_authorities_are_all_understood() {
        assert_eq!(mozillas().len(), webpki_root_certs::TLS_SERVER_ROOT_CERTS.len());
    }
}

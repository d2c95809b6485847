//! TLS or nothing: the public authorities, the owner's own one, and errors in the owner's words (PROMISES P12).

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, ClientConnection, RootCertStore};
use std::sync::Arc;

/// A client side of TLS for `host`; the error says what to do.
pub fn client(host: &str, ca_pem: Option<&str>) -> Result<ClientConnection, String> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(pem) = ca_pem {
        let wrong = || "The CA certificate of this mailbox is not PEM text with a certificate in it: give the file again.".to_owned();
        let mut any = false;
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            roots.add(certificate.map_err(|_| wrong())?).map_err(|_| wrong())?;
            any = true;
        }
        if !any {
            return Err(wrong());
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| format!("TLS cannot be set up: {e}"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(|_| format!("“{host}” is not a host name: check the SMTP address."))?;
    ClientConnection::new(Arc::new(config), name).map_err(|e| format!("TLS cannot be set up: {e}"))
}

/// Why a handshake failed, and what to do.
pub fn explain(host: &str, port: u16, e: &std::io::Error) -> String {
    let tls = e.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let Some(tls) = tls else {
        return format!("{host} broke off while encryption was being agreed ({e}). Check the port {port} and whether it is TLS or STARTTLS.");
    };
    match tls {
        rustls::Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            format!("The certificate of {host} has expired, so the password was not sent. Whoever runs the server must renew it.")
        }
        rustls::Error::InvalidCertificate(CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }) => {
            format!("The certificate of {host} is for another name, so the password was not sent. Use the server name that your provider gives.")
        }
        rustls::Error::InvalidCertificate(CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }) => {
            format!("The certificate of {host} is not valid yet, so the password was not sent. Is the clock of this machine right?")
        }
        rustls::Error::InvalidCertificate(_) => format!(
            "Nobody known vouches for the certificate of {host}, so the password was not sent. If the server is your own, give the certificate of its authority (CA file)."
        ),
        rustls::Error::InvalidMessage(_) => {
            format!(
                "{host} does not speak TLS on port {port}, or something on the way mixed in its own words. Check the port and whether it is TLS or STARTTLS."
            )
        }
        other => format!("Encryption with {host} could not be agreed: {other}."),
    }
}

//! TLS for calls: the public authorities, for hosts inside the shop's own as well, and words for what went wrong.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::ServerName;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub fn connector(ca_pem: &str) -> Result<TlsConnector, String> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for certificate in CertificateDer::pem_slice_iter(ca_pem.as_bytes()) {
        let wrong = "The authority of the hosts inside is no certificate: give it again in the settings.";
        roots.add(certificate.map_err(|_| wrong)?).map_err(|_| wrong)?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| format!("TLS cannot be set up: {e}."))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

pub async fn agree(connector: &TlsConnector, host: &str, stream: TcpStream) -> Result<TlsStream<TcpStream>, String> {
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).map_err(|_| format!("“{host}” is not a host name."))?;
    connector.connect(name, stream).await.map_err(|e| match e.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(why)) => format!("The certificate of {host} does not hold ({why}), so nothing was sent."),
        Some(other) => format!("Encryption with {host} could not be agreed ({other}), so nothing was sent."),
        None => format!("{host} broke off while encryption was being agreed ({e}), so nothing was sent."),
    })
}

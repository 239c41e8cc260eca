//! Certificates of a Docker host and its clients.

use std::sync::OnceLock;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
};
use time::{Duration, OffsetDateTime};

use crate::bodies::{base64, extension};

/// A CA with a server's and a client's certificate, all PEM.
#[derive(Clone, Debug)]
pub(crate) struct Set {
    pub(crate) ca: String,
    pub(crate) server: String,
    pub(crate) server_key: String,
    /// Certificate and key.
    pub(crate) client: String,
    /// Certificate and key of a client whose certificate ended yesterday.
    pub(crate) late_client: String,
}

impl Set {
    /// A set made once, for `*.cloudapp.net`.
    pub(crate) fn shared() -> &'static Self {
        static MADE: OnceLock<Set> = OnceLock::new();
        MADE.get_or_init(|| Self::make("*.cloudapp.net"))
    }

    /// A set whose server is called so.
    pub(crate) fn make(server_name: &str) -> Self {
        let today = OffsetDateTime::now_utc();
        let leaf = |name: &str, purpose, until: Duration| {
            let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
            params.not_before = today - Duration::days(10);
            params.not_after = today + until;
            params.extended_key_usages = vec![purpose];
            (params, KeyPair::generate().unwrap())
        };
        let ca_key = KeyPair::generate().unwrap();
        let mut ca = CertificateParams::default();
        ca.distinguished_name.push(DnType::CommonName, "docker CA");
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca.not_after = today + Duration::days(3650);
        let ca_pem = ca.self_signed(&ca_key).unwrap().pem();
        let issuer = Issuer::new(ca, ca_key);
        let year = Duration::days(365);
        let (server, server_key) = leaf(server_name, ExtendedKeyUsagePurpose::ServerAuth, year);
        let client = |until| {
            let (params, key) = leaf("client", ExtendedKeyUsagePurpose::ClientAuth, until);
            params.signed_by(&key, &issuer).unwrap().pem() + &key.serialize_pem()
        };
        Self {
            ca: ca_pem,
            server: server.signed_by(&server_key, &issuer).unwrap().pem(),
            server_key: server_key.serialize_pem(),
            client: client(year),
            late_client: client(Duration::days(-1)),
        }
    }

    /// The extension of 2014 with these certificates.
    pub(crate) fn open_tech(&self, port: u16) -> String {
        let private = format!(
            "{{ \"ca\": \"{}\", \"server-cert\": \"{}\", \"server-key\": \"{}\" }}",
            base64(&self.ca),
            base64(&self.server),
            base64(&self.server_key)
        );
        open_tech(&format!("{{ \"dockerport\": \"{port}\" }}"), &private)
    }

    /// The extension of 2015 and later with these certificates.
    pub(crate) fn azure(&self, port: u16) -> String {
        let private = format!(
            "{{\"certs\":{{\"ca\":\"{}\",\"cert\":\"{}\",\"key\":\"{}\"}}}}",
            base64(&self.ca),
            base64(&self.server),
            base64(&self.server_key)
        );
        azure(&format!("{{\"docker\":{{\"port\":\"{port}\"}}}}"), &private)
    }
}

/// The extension of 2014 with these settings.
pub(crate) fn open_tech(public: &str, private: &str) -> String {
    extension(
        "MSOpenTech.Extensions",
        "DockerExtension",
        "0.6",
        public,
        private,
    )
}

/// The extension of 2015 and later with these settings.
pub(crate) fn azure(public: &str, private: &str) -> String {
    extension(
        "Microsoft.Azure.Extensions",
        "DockerExtension",
        "1.*",
        public,
        private,
    )
}

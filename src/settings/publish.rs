//! `.publishsettings`: subscriptions with their management certificate, as the portal gave them
//! out. Schema 1.0 has one address and certificate for all, schema 2.0 one for each.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::profile::Subscription;
use crate::backend::service_management::{Element, Endpoint, EndpointError, XmlError};

/// Where a simulator's file carries its authority; other clients pass it over.
pub const AUTHORITY_ATTRIBUTE: &str = "FakeAzureCertificateAuthority";

/// Why a file gives no subscriptions.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishSettingsError {
    /// It is no XML.
    #[error(
        "Invalid publishSettings file. Use \"azure account download\" to download publishing credentials."
    )]
    NotXml(#[source] XmlError),
    /// It is some other XML, or names no certificate.
    #[error(
        "Invalid publishSettings file. Use \"azure account download\" to download publishing credentials."
    )]
    NotPublishSettings,
    /// It is of a web site.
    #[error(
        "this is the publish profile of a web site, not the publish settings of a subscription"
    )]
    WebSite,
    /// A subscription has no id.
    #[error("a subscription in the file has no id")]
    NoId,
    /// A subscription's address is of no use.
    #[error("the management endpoint of `{subscription}` is of no use")]
    Endpoint {
        /// The subscription's name.
        subscription: String,
        /// What is wrong with it.
        source: EndpointError,
    },
    /// A certificate is no base64.
    #[error("the certificate of `{subscription}` is damaged")]
    NotBase64 {
        /// The subscription's name.
        subscription: String,
    },
    /// A certificate cannot be read.
    #[error("the certificate of `{subscription}` cannot be read")]
    Certificate {
        /// The subscription's name.
        subscription: String,
        /// What is wrong with it.
        source: pfx::Error,
    },
}

/// Reads the text of a file; `endpoint` is for subscriptions that name none.
pub fn read(text: &str, endpoint: &str) -> Result<Vec<Subscription>, PublishSettingsError> {
    let root = Element::parse(text).map_err(PublishSettingsError::NotXml)?;
    if is_of_a_web_site(&root) {
        return Err(PublishSettingsError::WebSite);
    }
    let profile = if root.name() == "PublishProfile" {
        &root
    } else {
        root.child("PublishProfile")
            .ok_or(PublishSettingsError::NotPublishSettings)?
    };
    let shared = profile.attribute("ManagementCertificate");
    if shared.is_none() && profile.attribute("SchemaVersion") != Some("2.0") {
        return Err(PublishSettingsError::NotPublishSettings);
    }
    profile
        .all("Subscription")
        .map(|subscription| {
            let id = subscription
                .attribute("Id")
                .filter(|id| !id.trim().is_empty())
                .ok_or(PublishSettingsError::NoId)?
                .trim();
            let name = subscription.attribute("Name").unwrap_or(id);
            let certificate = subscription
                .attribute("ManagementCertificate")
                .or(shared)
                .ok_or(PublishSettingsError::NotPublishSettings)?;
            // The old CLI lets the profile's address win.
            let url = profile
                .attribute("Url")
                .or_else(|| subscription.attribute("ServiceManagementUrl"))
                .unwrap_or(endpoint);
            Endpoint::parse(url)
                .and_then(Endpoint::secret)
                .map_err(|source| PublishSettingsError::Endpoint {
                    subscription: name.to_owned(),
                    source,
                })?;
            let (certificate, key) = identity(name, certificate)?;
            let authority = subscription
                .attribute(AUTHORITY_ATTRIBUTE)
                .map(|text| decoded(name, text))
                .transpose()?
                .map(|der| pem::encode(&pem::Pem::new("CERTIFICATE", der.to_vec())));
            Ok(Subscription {
                id: id.to_owned(),
                name: name.to_owned(),
                management_endpoint_url: url.trim().to_owned(),
                login: None,
                certificate,
                key,
                authority,
                more: serde_json::Map::new(),
            })
        })
        .collect()
}

/// A site's file has the same ending and nearly the same words, in lower case.
fn is_of_a_web_site(root: &Element) -> bool {
    std::iter::once(root).chain(root.children()).any(|element| {
        element.name() == "publishProfile" || element.attribute("publishMethod").is_some()
    })
}

fn decoded(subscription: &str, text: &str) -> Result<Zeroizing<Vec<u8>>, PublishSettingsError> {
    let text: String = text.split_whitespace().collect();
    STANDARD
        .decode(text)
        .map(Zeroizing::new)
        .map_err(|_| PublishSettingsError::NotBase64 {
            subscription: subscription.to_owned(),
        })
}

fn identity(
    subscription: &str,
    certificate: &str,
) -> Result<(String, SecretString), PublishSettingsError> {
    let file = decoded(subscription, certificate)?;
    let contents = pfx::read(&file, "").map_err(|source| PublishSettingsError::Certificate {
        subscription: subscription.to_owned(),
        source,
    })?;
    let certificates: String = contents
        .certificates
        .into_iter()
        .map(|der| pem::encode(&pem::Pem::new("CERTIFICATE", der)))
        .collect();
    let key = pem::encode(&pem::Pem::new("PRIVATE KEY", contents.key.to_vec()));
    Ok((certificates, SecretString::from(key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = include_bytes!("../../fake-azure/pfx/tests/data/key.der");
    const CERTIFICATE: &[u8] = include_bytes!("../../fake-azure/pfx/tests/data/cert.der");

    fn certificate(empty: pfx::EmptyPassword) -> String {
        let contents = pfx::Contents {
            key: KEY.to_vec().into(),
            certificates: vec![CERTIFICATE.to_vec()],
        };
        let file = pfx::write(
            &contents,
            pfx::Password::Empty(empty),
            pfx::Cipher::TripleDes,
        )
        .unwrap();
        STANDARD.encode(file)
    }

    fn schema_2(pfx: &str, more: &str) -> String {
        format!(
            r#"<?xml version="1.0" encoding="utf-8"?><PublishData><PublishProfile SchemaVersion="2.0" PublishMethod="AzureServiceManagementAPI"><Subscription ServiceManagementUrl="https://127.0.0.1:4" Id="1" Name="One" ManagementCertificate="{pfx}" {more}/></PublishProfile></PublishData>"#
        )
    }

    #[test]
    fn both_empty_passwords_and_a_byte_order_mark_are_read() {
        for empty in [
            pfx::EmptyPassword::ZeroLength,
            pfx::EmptyPassword::TwoZeroBytes,
        ] {
            let text = format!("\u{feff}{}", schema_2(&certificate(empty), ""));

            let read = read(&text, "https://default").unwrap();

            assert_eq!(read.len(), 1);
            assert_eq!(read[0].name, "One");
            assert_eq!(read[0].management_endpoint_url, "https://127.0.0.1:4");
            assert!(read[0].certificate.starts_with("-----BEGIN CERTIFICATE"));
            assert_eq!(read[0].authority, None);
        }
    }

    #[test]
    fn schema_1_shares_address_and_certificate() {
        let pfx = certificate(pfx::EmptyPassword::ZeroLength);
        let text = format!(
            r#"<PublishData><PublishProfile Url="https://one.example" ManagementCertificate="{pfx}"><Subscription Id="1" Name="One"/><Subscription Id="2" Name="Two" ServiceManagementUrl="https://other.example"/></PublishProfile></PublishData>"#
        );

        let read = read(&text, "https://default").unwrap();

        assert_eq!(read.len(), 2);
        for subscription in read {
            assert_eq!(subscription.management_endpoint_url, "https://one.example");
        }
    }

    #[test]
    fn a_simulators_authority_comes_along() {
        let authority = STANDARD.encode(CERTIFICATE);
        let text = schema_2(
            &certificate(pfx::EmptyPassword::ZeroLength),
            &format!(r#"{AUTHORITY_ATTRIBUTE}="{authority}""#),
        );

        let read = read(&text, "https://default").unwrap();

        assert!(
            read[0]
                .authority
                .as_deref()
                .unwrap()
                .contains("BEGIN CERTIFICATE")
        );
    }

    #[test]
    fn a_web_sites_file_is_told_from_a_subscriptions() {
        let text = r#"<publishData><publishProfile profileName="web - Web Deploy" publishMethod="MSDeploy" publishUrl="web.scm.azurewebsites.net:443" userName="$web" userPWD="x"/></publishData>"#;

        assert!(matches!(
            read(text, "https://default"),
            Err(PublishSettingsError::WebSite)
        ));
    }

    #[test]
    fn what_is_no_such_file_is_refused() {
        for text in [
            "",
            "hello",
            "<PublishData/>",
            "<PublishData><PublishProfile/></PublishData>",
        ] {
            assert!(read(text, "https://default").is_err(), "{text}");
        }
        assert!(matches!(
            read(&schema_2("!", ""), "https://default"),
            Err(PublishSettingsError::NotBase64 { .. })
        ));
        assert!(matches!(
            read(&schema_2("AAAA", ""), "https://default"),
            Err(PublishSettingsError::Certificate { .. })
        ));
    }
}

//! The Docker VM extension, in the generation of the 0.8 CLI.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use super::super::service_management::read::{ExtensionParameter, ExtensionReference, Secret};
use crate::backend::{DaemonCertificates, DockerPlan};

/// The publisher and version that 0.8.17 asked for.
const PUBLISHER: &str = "MSOpenTech.Extensions";
const NAME: &str = "DockerExtension";
const VERSION: &str = "0.6";

/// The reference that makes a machine run Docker.
///
/// The settings are texts in base64; the certificates within are base64 already, so that they are
/// encoded twice.
pub(super) fn reference(
    docker: &DockerPlan,
    certificates: Option<&DaemonCertificates>,
) -> ExtensionReference {
    let mut parameters = Vec::new();
    if let Some(certificates) = certificates {
        parameters.push(parameter("Private", &private(certificates)));
    }
    let public = format!(r#"{{ "dockerport": "{}" }}"#, docker.port);
    parameters.push(parameter("Public", &public));
    ExtensionReference {
        reference_name: Some(NAME.to_owned()),
        publisher: Some(PUBLISHER.to_owned()),
        name: Some(NAME.to_owned()),
        version: Some(VERSION.to_owned()),
        resource_extension_parameter_values: parameters,
        state: Some("enable".to_owned()),
    }
}

fn private(certificates: &DaemonCertificates) -> Zeroizing<String> {
    let ca = BASE64_STANDARD.encode(&certificates.ca);
    let certificate = BASE64_STANDARD.encode(&certificates.certificate);
    let key = Zeroizing::new(BASE64_STANDARD.encode(certificates.key.expose_secret()));
    Zeroizing::new(format!(
        r#"{{ "ca": "{ca}", "server-cert": "{certificate}", "server-key": "{}" }}"#,
        key.as_str()
    ))
}

fn parameter(kind: &str, settings: &str) -> ExtensionParameter {
    ExtensionParameter {
        // The handler does not look at it.
        key: Some("ignored".to_owned()),
        value: Some(Secret::new(BASE64_STANDARD.encode(settings))),
        kind: Some(kind.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::site::classic::DOCKER_PORT;

    #[test]
    fn the_settings_are_those_that_the_old_cli_sent() {
        let certificates = DaemonCertificates {
            ca: "A".to_owned(),
            certificate: "B".to_owned(),
            key: "C".to_owned().into(),
        };

        let reference = reference(&DockerPlan { port: DOCKER_PORT }, Some(&certificates));

        let values: Vec<String> = reference
            .resource_extension_parameter_values
            .iter()
            .map(|parameter| parameter.value.as_ref().unwrap().expose().to_owned())
            .collect();
        let private = BASE64_STANDARD.decode(&values[0]).unwrap();
        assert_eq!(
            String::from_utf8(private).unwrap(),
            r#"{ "ca": "QQ==", "server-cert": "Qg==", "server-key": "Qw==" }"#
        );
        assert_eq!(values[1], "eyAiZG9ja2VycG9ydCI6ICI0MjQzIiB9");
    }
}

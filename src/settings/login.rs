//! What the options of `login` mean.

use std::path::Path;

use secrecy::SecretString;

use super::environment::Entra;
use crate::cli::login::LoginArgs;
use crate::entra::{Cloud, Credential};

/// The tenant of whoever signs in, whichever that is.
const ANY_TENANT: &str = "organizations";

/// Which cloud is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CloudWish {
    /// One that is known.
    Known(Cloud),
    /// The one whose Resource Manager this is.
    At(String),
}

/// How somebody wants to sign in.
#[derive(Debug, Clone)]
pub enum Manner {
    /// By a code that a user types elsewhere.
    Device,
    /// By what is told here.
    By {
        /// Who.
        name: String,
        /// The proof.
        credential: Credential,
    },
}

/// What `login` is to do.
#[derive(Debug, Clone)]
pub struct LoginSettings {
    /// The cloud.
    pub cloud: CloudWish,
    /// The tenant; empty where whoever vouches knows it.
    pub tenant: String,
    /// In all tenants that know whoever signs in, since none is named.
    pub is_everywhere: bool,
    /// How.
    pub manner: Manner,
}

/// What is wrong with what was typed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoginSettingsError {
    /// Two ways at once.
    #[error("{0} and {1} exclude each other")]
    Both(&'static str, &'static str),
    /// An option that needs another.
    #[error("{0} is for {1}")]
    Needs(&'static str, &'static str),
    /// Something is neither typed nor in the environment.
    #[error("--service-principal needs {option}, or {variable} in the environment")]
    Missing {
        /// The option.
        option: &'static str,
        /// The variable.
        variable: &'static str,
    },
    /// No such cloud.
    #[error(
        "no cloud is called `{0}`; there are AzureCloud, AzureChinaCloud and AzureUSGovernment"
    )]
    NoCloud(String),
}

/// Understands `login`; paths begin at `current`.
pub fn understand(
    args: LoginArgs,
    environment: &Entra,
    current: &Path,
) -> Result<LoginSettings, LoginSettingsError> {
    let ways = [
        ("--service-principal", args.service_principal),
        ("--identity", args.identity),
        ("--az", args.az),
    ];
    let chosen: Vec<&str> = ways
        .into_iter()
        .filter_map(|(option, is_given)| is_given.then_some(option))
        .collect();
    if let [first, second, ..] = chosen[..] {
        return Err(LoginSettingsError::Both(first, second));
    }
    let cloud = match (&args.resource_manager, &args.environment) {
        (Some(_), Some(_)) => {
            return Err(LoginSettingsError::Both(
                "--resource-manager",
                "--environment",
            ));
        }
        (Some(url), None) => CloudWish::At(url.clone()),
        (None, Some(name)) => CloudWish::Known(
            Cloud::named(name).ok_or_else(|| LoginSettingsError::NoCloud(name.clone()))?,
        ),
        (None, None) => CloudWish::Known(Cloud::public()),
    };
    if !args.service_principal {
        let of_principal = [
            ("--password", args.password.is_some()),
            ("--certificate-file", args.certificate_file.is_some()),
            (
                "--federated-token-file",
                args.federated_token_file.is_some(),
            ),
            ("--username", args.username.is_some() && !args.identity),
        ];
        if let Some((option, _)) = of_principal.into_iter().find(|(_, is_given)| *is_given) {
            return Err(LoginSettingsError::Needs(option, "--service-principal"));
        }
    }
    if args.identity {
        let name = args.username.clone();
        return Ok(LoginSettings {
            cloud,
            tenant: args.tenant.unwrap_or_default(),
            is_everywhere: false,
            manner: Manner::By {
                name: name
                    .clone()
                    .unwrap_or_else(|| "systemAssignedIdentity".to_owned()),
                credential: Credential::ManagedIdentity { client: name },
            },
        });
    }
    if args.az {
        return Ok(LoginSettings {
            cloud,
            is_everywhere: args.tenant.is_none(),
            tenant: args.tenant.unwrap_or_default(),
            manner: Manner::By {
                name: "az".to_owned(),
                credential: Credential::Az,
            },
        });
    }
    if !args.service_principal {
        return Ok(LoginSettings {
            cloud,
            is_everywhere: args.tenant.is_none(),
            tenant: args.tenant.unwrap_or_else(|| ANY_TENANT.to_owned()),
            manner: Manner::Device,
        });
    }
    let missing = |option, variable| LoginSettingsError::Missing { option, variable };
    let client = args
        .username
        .clone()
        .or_else(|| environment.client.clone())
        .ok_or_else(|| missing("--username", "AZURE_CLIENT_ID"))?;
    let tenant = args
        .tenant
        .clone()
        .or_else(|| environment.tenant.clone())
        .ok_or_else(|| missing("--tenant", "AZURE_TENANT_ID"))?;
    let credential = credential(args, environment, current, &client)?;
    Ok(LoginSettings {
        cloud,
        tenant,
        is_everywhere: false,
        manner: Manner::By {
            name: client,
            credential,
        },
    })
}

/// What was typed goes before what the environment says.
fn credential(
    args: LoginArgs,
    environment: &Entra,
    current: &Path,
    client: &str,
) -> Result<Credential, LoginSettingsError> {
    let client = client.to_owned();
    let given = [
        ("--password", args.password.is_some()),
        ("--certificate-file", args.certificate_file.is_some()),
        (
            "--federated-token-file",
            args.federated_token_file.is_some(),
        ),
    ];
    let given: Vec<&str> = given
        .into_iter()
        .filter_map(|(option, is_given)| is_given.then_some(option))
        .collect();
    if let [first, second, ..] = given[..] {
        return Err(LoginSettingsError::Both(first, second));
    }
    let by_file = |file: &Path| current.join(file);
    if let Some(secret) = args.password {
        return Ok(Credential::Secret {
            client,
            secret: SecretString::from(secret),
        });
    }
    if let Some(file) = args.certificate_file {
        return Ok(Credential::Certificate {
            client,
            file: by_file(&file),
        });
    }
    if let Some(file) = args.federated_token_file {
        return Ok(Credential::FederatedToken {
            client,
            file: by_file(&file),
        });
    }
    if let Some(secret) = &environment.secret {
        return Ok(Credential::Secret {
            client,
            secret: secret.clone(),
        });
    }
    if let Some(file) = &environment.certificate {
        return Ok(Credential::Certificate {
            client,
            file: by_file(file),
        });
    }
    if let Some(file) = &environment.federated_token {
        return Ok(Credential::FederatedToken {
            client,
            file: by_file(file),
        });
    }
    Err(LoginSettingsError::Missing {
        option: "--password, --certificate-file or --federated-token-file",
        variable: "AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH or AZURE_FEDERATED_TOKEN_FILE",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args() -> LoginArgs {
        LoginArgs::default()
    }

    #[test]
    fn a_code_is_asked_for_unless_told_otherwise() {
        let settings = understand(args(), &Entra::default(), Path::new("/w")).unwrap();
        assert!(matches!(settings.manner, Manner::Device));
        assert_eq!(settings.tenant, ANY_TENANT);
    }

    #[test]
    fn what_is_not_typed_is_taken_from_the_environment() {
        let environment = Entra {
            tenant: Some("T".to_owned()),
            client: Some("app".to_owned()),
            secret: Some("s".into()),
            ..Entra::default()
        };
        let args = LoginArgs {
            service_principal: true,
            certificate_file: Some("c.pem".into()),
            ..args()
        };
        let settings = understand(args, &environment, Path::new("/w")).unwrap();
        assert_eq!(settings.tenant, "T");
        assert!(
            matches!(&settings.manner, Manner::By { name, credential: Credential::Certificate { file, .. } }
                if name == "app" && file == Path::new("/w/c.pem"))
        );
    }

    #[test]
    fn two_ways_at_once_are_none() {
        for (args, words) in [
            (
                LoginArgs {
                    identity: true,
                    az: true,
                    ..args()
                },
                "exclude each other",
            ),
            (
                LoginArgs {
                    password: Some("x".to_owned()),
                    ..args()
                },
                "--password is for --service-principal",
            ),
            (
                LoginArgs {
                    service_principal: true,
                    ..args()
                },
                "AZURE_CLIENT_ID",
            ),
            (
                LoginArgs {
                    environment: Some("Mars".to_owned()),
                    ..args()
                },
                "Mars",
            ),
        ] {
            let error = understand(args, &Entra::default(), Path::new("/w")).unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}

//! What the service demands of users, passwords and names inside a machine.

use std::ops::RangeInclusive;

use super::Refusal;
use super::certificate::ServiceCertificate;
use super::role::{Provisioning, Secret};
use crate::world::names::{is_host_name, is_reserved_user};
use crate::world::spelling::Index;
use crate::world::{Name, OperatingSystem, Thumbprint};

/// Custom data may be this long before base64.
const CUSTOM_DATA: usize = 64 << 10;

/// Checks how a machine is to be set up; the name that it will give itself.
pub(crate) fn check(
    provisioning: Option<&Provisioning>,
    os: OperatingSystem,
    needed: bool,
    role: &Name,
    certificates: &Index<Thumbprint, ServiceCertificate>,
) -> Result<Name, Refusal> {
    match provisioning {
        None if needed => Err(Refusal::NoProvisioning {
            os,
            role: role.to_owned(),
        }),
        None => Ok(role.to_owned()),
        Some(Provisioning::Linux {
            host_name,
            user_name,
            password,
            disable_ssh_password,
            ssh_certificates,
            custom_data,
        }) => {
            if os != OperatingSystem::Linux {
                return Err(mismatch("LinuxProvisioningConfiguration", os));
            }
            if !is_host_name(host_name) {
                return Err(Refusal::parameter(format!("HostName: `{host_name}`")));
            }
            user(user_name, 32)?;
            match password {
                Some(password) => check_password(password, 6..=72)?,
                None if ssh_certificates.is_empty() => {
                    return Err(Refusal::NoCredentials);
                }
                None if *disable_ssh_password == Some(false) => {
                    return Err(Refusal::NoPassword);
                }
                None => {}
            }
            check_certificates(ssh_certificates, certificates)?;
            check_data(custom_data.as_deref())?;
            Ok(host_name.clone())
        }
        Some(
            set @ Provisioning::Windows {
                computer_name,
                admin_name,
                admin_password,
                custom_data,
                ..
            },
        ) => {
            if os != OperatingSystem::Windows {
                return Err(mismatch("WindowsProvisioningConfiguration", os));
            }
            let name = computer_name.as_ref().unwrap_or(role);
            let letters = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            if name.is_empty()
                || name.len() > 15
                || !letters
                || name.bytes().all(|b| b.is_ascii_digit())
            {
                return Err(Refusal::parameter(format!("ComputerName: `{name}`")));
            }
            if let Some(admin) = admin_name {
                user(admin, 20)?;
            }
            check_password(admin_password, 8..=123)?;
            check_certificates(&set.certificates(), certificates)?;
            check_data(custom_data.as_deref())?;
            Ok(name.to_owned())
        }
    }
}

fn mismatch(set: &'static str, os: OperatingSystem) -> Refusal {
    Refusal::OtherSystem {
        set: set.into(),
        os,
    }
}

fn user(name: &Name, longest: usize) -> Result<(), Refusal> {
    let letters = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '$'));
    if name.is_empty() || name.len() > longest || !letters || name.starts_with(['-', '.']) {
        return Err(Refusal::parameter(format!("UserName: `{name}`")));
    }
    if is_reserved_user(name) {
        return Err(Refusal::ReservedUser(name.to_owned()));
    }
    Ok(())
}

/// Three of four classes: lower-case and upper-case letters, digits, and anything else. That
/// all four are wanted is the old CLI's rule.
fn check_password(password: &Secret, lengths: RangeInclusive<usize>) -> Result<(), Refusal> {
    const CLASSES: [fn(char) -> bool; 4] = [
        |c| c.is_lowercase(),
        |c| c.is_uppercase(),
        |c| c.is_ascii_digit(),
        |c| !c.is_alphanumeric(),
    ];
    let text = password.expose();
    let count = text.chars().count();
    let classes = CLASSES.iter().filter(|class| text.chars().any(**class));
    let has_enough = classes.count() >= 3;
    if lengths.contains(&count) && has_enough && !text.chars().any(char::is_control) {
        return Ok(());
    }
    Err(Refusal::WeakPassword {
        least: *lengths.start(),
        most: *lengths.end(),
    })
}

fn check_certificates(
    wanted: &[Thumbprint],
    there: &Index<Thumbprint, ServiceCertificate>,
) -> Result<(), Refusal> {
    match wanted.iter().find(|t| !there.contains_key(t)) {
        None => Ok(()),
        Some(thumbprint) => Err(Refusal::NoServiceCertificate(thumbprint.clone())),
    }
}

fn check_data(data: Option<&[u8]>) -> Result<(), Refusal> {
    match data {
        Some(data) if data.len() > CUSTOM_DATA => {
            Err(Refusal::parameter("CustomData: longer than 64 KB"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linux(user: &str, password: &str) -> Provisioning {
        Provisioning::Linux {
            host_name: "web".into(),
            user_name: user.into(),
            password: Some(Secret::new(password)),
            disable_ssh_password: Some(false),
            ssh_certificates: Vec::new(),
            custom_data: None,
        }
    }

    #[test]
    fn a_password_needs_three_of_four_classes_of_characters() {
        let none = Index::default();
        let fits = |p: &str| {
            check(
                Some(&linux("azureuser", p)),
                OperatingSystem::Linux,
                true,
                &"web".into(),
                &none,
            )
            .is_ok()
        };
        for good in [
            "Pa$$w0rd1",
            "pa$$w0rd",
            "PA$$W0RD1",
            "Pa$$word",
            "Passw0rd1",
            "Passw0rd.",
            "Ab1xyz",
        ] {
            assert!(fits(good), "{good}");
        }
        for bad in [
            "Pa$$1",
            "passw0rd",
            "PASSWORD$",
            "password",
            "12345678",
            "Pa$$w0rd\u{7}",
            &format!("Pa$$w0rd{}", "x".repeat(65)),
        ] {
            assert!(!fits(bad), "{bad}");
        }
    }

    #[test]
    fn the_systems_own_names_are_not_for_users() {
        let none = Index::default();
        for name in ["root", "Admin", "administrator", "", "a b"] {
            assert!(
                check(
                    Some(&linux(name, "Pa$$w0rd1")),
                    OperatingSystem::Linux,
                    true,
                    &"web".into(),
                    &none
                )
                .is_err(),
                "{name}"
            );
        }
    }
}

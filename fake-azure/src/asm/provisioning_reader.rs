//! Reading how a machine is to be set up, in the order of the schema.

use crate::world::{Provisioning, Secret, Thumbprint, WinRmListener};

use super::Refused;
use super::contract::{Cursor, Node};

/// The members of `LinuxProvisioningConfiguration`.
pub(crate) const LINUX: &[&str] = &[
    "ConfigurationSetType",
    "HostName",
    "UserName",
    "UserPassword",
    "DisableSshPasswordAuthentication",
    "SSH",
    "CustomData",
];
/// The members of `WindowsProvisioningConfiguration`.
pub(crate) const WINDOWS: &[&str] = &[
    "ConfigurationSetType",
    "ComputerName",
    "AdminPassword",
    "ResetPasswordOnFirstLogon",
    "EnableAutomaticUpdates",
    "TimeZone",
    "DomainJoin",
    "StoredCertificateSettings",
    "WinRM",
    "AdminUsername",
    "AdditionalUnattendContent",
    "CustomData",
];

/// `LinuxProvisioningConfiguration`, after its type.
pub(crate) fn linux(c: &Cursor<'_>) -> Result<Provisioning, Refused> {
    let host_name = c.required("HostName")?;
    let user_name = c.required("UserName")?;
    let password = c.filled::<String>("UserPassword")?.map(Secret::new);
    let disable_ssh_password = c.boolean("DisableSshPasswordAuthentication")?;
    let ssh = c
        .maybe("SSH")?
        .map(|e| e.read(&["PublicKeys", "KeyPairs"], ssh_keys))
        .transpose()?;
    Ok(Provisioning::Linux {
        host_name,
        user_name,
        password,
        disable_ssh_password,
        ssh_certificates: ssh.unwrap_or_default(),
        custom_data: c.maybe("CustomData")?.map(|e| e.base64()).transpose()?,
    })
}

fn ssh_keys(c: &Cursor<'_>) -> Result<Vec<Thumbprint>, Refused> {
    let key = |e: Node<'_>| {
        e.read(&["Fingerprint", "Path"], |c| {
            let fingerprint: Thumbprint = c.required("Fingerprint")?;
            if fingerprint.len() != 40 || !fingerprint.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err(Refused::parameter(format!("Fingerprint: `{fingerprint}`")));
            }
            let path: String = c.required("Path")?;
            if !path.starts_with('/') {
                return Err(Refused::parameter(format!("Path: `{path}`")));
            }
            Ok(fingerprint)
        })
    };
    let mut all = c
        .maybe("PublicKeys")?
        .map(|list| list.list("PublicKey", key))
        .transpose()?
        .unwrap_or_default();
    all.extend(
        c.maybe("KeyPairs")?
            .map(|list| list.list("KeyPair", key))
            .transpose()?
            .unwrap_or_default(),
    );
    Ok(all)
}

/// `WindowsProvisioningConfiguration`, after its type.
pub(crate) fn windows(c: &Cursor<'_>) -> Result<Provisioning, Refused> {
    let computer_name = c.filled("ComputerName")?;
    let admin_password = Secret::new(c.required::<String>("AdminPassword")?);
    c.boolean("ResetPasswordOnFirstLogon")?;
    c.boolean("EnableAutomaticUpdates")?;
    c.text::<String>("TimeZone")?;
    c.maybe("DomainJoin")?
        .map(|e| {
            e.read(
                &[
                    "Credentials",
                    "JoinDomain",
                    "MachineObjectOU",
                    "Provisioning",
                ],
                domain_join,
            )
        })
        .transpose()?;
    let certificates = stored_certificates(c)?;
    let winrm = c
        .maybe("WinRM")?
        .map(|e| {
            e.read(&["Listeners"], |c| {
                c.expect("Listeners")?.list("Listener", |e| {
                    e.read(&["CertificateThumbprint", "Protocol"], listener)
                })
            })
        })
        .transpose()?;
    let admin_name = c.filled("AdminUsername")?;
    c.maybe("AdditionalUnattendContent")?
        .map(|e| e.read(&["Passes"], unattend))
        .transpose()?;
    Ok(Provisioning::Windows {
        computer_name,
        admin_name,
        admin_password,
        certificates,
        custom_data: c.maybe("CustomData")?.map(|e| e.base64()).transpose()?,
        winrm: winrm.unwrap_or_default(),
    })
}

fn listener(c: &Cursor<'_>) -> Result<WinRmListener, Refused> {
    let certificate = c.filled("CertificateThumbprint")?;
    let https = c
        .expect("Protocol")?
        .word_in_any_case(&[("Https", true), ("Http", false)])?;
    Ok(WinRmListener { https, certificate })
}

/// What is read of a domain to join: that it is whole. No domain is there to join.
fn domain_join(c: &Cursor<'_>) -> Result<(), Refused> {
    c.maybe("Credentials")?
        .map(|e| {
            e.read(&["Domain", "Username", "Password"], |c| {
                c.text::<String>("Domain")?;
                c.required::<String>("Username")?;
                c.required::<String>("Password")
            })
        })
        .transpose()?;
    c.required::<String>("JoinDomain")?;
    c.text::<String>("MachineObjectOU")?;
    c.maybe("Provisioning")?
        .map(|e| e.read(&["AccountData"], |c| c.text::<String>("AccountData")))
        .transpose()?;
    Ok(())
}

/// Answers for Windows' own set-up, each in base64.
fn unattend(c: &Cursor<'_>) -> Result<(), Refused> {
    let setting = |e: Node<'_>| {
        e.read(&["SettingName", "Content"], |c| {
            c.required::<String>("SettingName")?;
            c.expect("Content")?.base64()
        })
    };
    let component = |e: Node<'_>| {
        e.read(&["ComponentName", "ComponentSettings"], |c| {
            c.required::<String>("ComponentName")?;
            c.expect("ComponentSettings")?
                .list("ComponentSetting", setting)
        })
    };
    let pass = |e: Node<'_>| {
        e.read(&["PassName", "Components"], |c| {
            c.required::<String>("PassName")?;
            c.expect("Components")?.list("UnattendComponent", component)
        })
    };
    c.expect("Passes")?.list("UnattendPass", pass)?;
    Ok(())
}

/// `StoredCertificateSettings`.
pub(crate) fn stored_certificates(c: &Cursor<'_>) -> Result<Vec<Thumbprint>, Refused> {
    let Some(list) = c.maybe("StoredCertificateSettings")? else {
        return Ok(Vec::new());
    };
    list.list("CertificateSetting", |e| {
        e.read(&["StoreLocation", "StoreName", "Thumbprint"], |c| {
            c.expect("StoreLocation")?.word(&[("LocalMachine", ())])?;
            c.required::<String>("StoreName")?;
            c.required("Thumbprint")
        })
    })
}

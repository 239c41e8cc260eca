//! Reading how a machine is to be set up, in the order of the schema.

use crate::world::{Provisioning, Refusal, Secret, WinRmListener};

use super::reader::{Cursor, Element};

/// `LinuxProvisioningConfiguration`, after its type.
pub(crate) fn linux(c: &mut Cursor<'_>) -> Result<Provisioning, Refusal> {
    let host_name = c.required("HostName")?;
    let user_name = c.required("UserName")?;
    let password = c
        .text("UserPassword")?
        .filter(|text| !text.is_empty())
        .map(Secret::new);
    let disable_ssh_password = c.boolean("DisableSshPasswordAuthentication")?;
    let ssh = c.maybe("SSH")?.map(|e| e.read(ssh_keys)).transpose()?;
    Ok(Provisioning::Linux {
        host_name,
        user_name,
        password,
        disable_ssh_password,
        ssh_certificates: ssh.unwrap_or_default(),
        custom_data: c.maybe("CustomData")?.map(Element::base64).transpose()?,
    })
}

fn ssh_keys(c: &mut Cursor<'_>) -> Result<Vec<String>, Refusal> {
    let key = |e: &Element| {
        e.read(|c| {
            let fingerprint = c.required("Fingerprint")?;
            if fingerprint.len() != 40 || !fingerprint.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err(Refusal::parameter(format!("Fingerprint: `{fingerprint}`")));
            }
            let path = c.required("Path")?;
            if !path.starts_with('/') {
                return Err(Refusal::parameter(format!("Path: `{path}`")));
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
pub(crate) fn windows(c: &mut Cursor<'_>) -> Result<Provisioning, Refusal> {
    let computer_name = c.text("ComputerName")?.filter(|name| !name.is_empty());
    let admin_password = Secret::new(c.required("AdminPassword")?);
    c.boolean("ResetPasswordOnFirstLogon")?;
    c.boolean("EnableAutomaticUpdates")?;
    c.text("TimeZone")?;
    c.maybe("DomainJoin")?
        .map(|e| e.read(domain_join))
        .transpose()?;
    let certificates = stored_certificates(c)?;
    let winrm = c
        .maybe("WinRM")?
        .map(|e| {
            e.read(|c| {
                c.expect("Listeners")?
                    .list("Listener", |e| e.read(listener))
            })
        })
        .transpose()?;
    let admin_name = c.text("AdminUsername")?.filter(|name| !name.is_empty());
    c.maybe("AdditionalUnattendContent")?
        .map(|e| e.read(unattend))
        .transpose()?;
    Ok(Provisioning::Windows {
        computer_name,
        admin_name,
        admin_password,
        certificates,
        custom_data: c.maybe("CustomData")?.map(Element::base64).transpose()?,
        winrm: winrm.unwrap_or_default(),
    })
}

fn listener(c: &mut Cursor<'_>) -> Result<WinRmListener, Refusal> {
    let certificate = c
        .text("CertificateThumbprint")?
        .filter(|text| !text.is_empty());
    let https = c
        .expect("Protocol")?
        .word_in_any_case(&[("Https", true), ("Http", false)])?;
    Ok(WinRmListener { https, certificate })
}

/// What is read of a domain to join: that it is whole. No domain is there to join.
fn domain_join(c: &mut Cursor<'_>) -> Result<(), Refusal> {
    c.maybe("Credentials")?
        .map(|e| {
            e.read(|c| {
                c.text("Domain")?;
                c.required("Username")?;
                c.required("Password")
            })
        })
        .transpose()?;
    c.required("JoinDomain")?;
    c.text("MachineObjectOU")?;
    c.maybe("Provisioning")?
        .map(|e| e.read(|c| c.text("AccountData")))
        .transpose()?;
    Ok(())
}

/// Answers for Windows' own set-up, each in base64.
fn unattend(c: &mut Cursor<'_>) -> Result<(), Refusal> {
    let setting = |e: &Element| {
        e.read(|c| {
            c.required("SettingName")?;
            c.expect("Content")?.base64()
        })
    };
    let component = |e: &Element| {
        e.read(|c| {
            c.required("ComponentName")?;
            c.expect("ComponentSettings")?
                .list("ComponentSetting", setting)
        })
    };
    let pass = |e: &Element| {
        e.read(|c| {
            c.required("PassName")?;
            c.expect("Components")?.list("UnattendComponent", component)
        })
    };
    c.expect("Passes")?.list("UnattendPass", pass)?;
    Ok(())
}

/// `StoredCertificateSettings`.
pub(crate) fn stored_certificates(c: &mut Cursor<'_>) -> Result<Vec<String>, Refusal> {
    let Some(list) = c.maybe("StoredCertificateSettings")? else {
        return Ok(Vec::new());
    };
    list.list("CertificateSetting", |e| {
        e.read(|c| {
            c.expect("StoreLocation")?.word(&[("LocalMachine", ())])?;
            c.required("StoreName")?;
            c.required("Thumbprint")
        })
    })
}

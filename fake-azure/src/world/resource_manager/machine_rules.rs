//! What a machine may be called, who may come in, and what of it stays as it is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;
use sha1::{Digest as _, Sha1};

use super::machine::Machine;
use super::refusal::Refusal;
use crate::world::first_boot::CustomData;
use crate::world::names::is_reserved_user;
use crate::world::spelling::is_same;

/// The profile of a system that is to be set up.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct OsProfile {
    pub(super) computer_name: Option<String>,
    pub(super) admin_username: Option<String>,
    admin_password: Option<String>,
    custom_data: Option<String>,
    linux_configuration: LinuxConfiguration,
}

impl OsProfile {
    /// Who may sign in: lines of `authorized_keys`.
    pub(super) fn keys(&self) -> Vec<String> {
        let keys = self.linux_configuration.ssh.public_keys.iter();
        keys.filter_map(|key| key.key_data.clone()).collect()
    }

    /// What the machine finds as custom data.
    pub(super) fn custom_data(&self) -> Option<CustomData> {
        CustomData::of_base64(self.custom_data.as_deref()?)
    }
}

impl std::fmt::Debug for OsProfile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OsProfile").finish_non_exhaustive()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct LinuxConfiguration {
    disable_password_authentication: Option<bool>,
    ssh: Ssh,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Ssh {
    public_keys: Vec<PublicKey>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PublicKey {
    path: Option<String>,
    key_data: Option<String>,
}

/// What no administrator may be called beside the names that are kept for the system.
const USER: &str = "user";

/// Passwords that everybody guesses.
const PASSWORDS: &[&str] = &[
    "abc@123",
    "P@$$w0rd",
    "P@ssw0rd",
    "P@ssword123",
    "Pa$$word",
    "pass@word1",
    "Password!",
    "Password1",
    "Password22",
    "iloveyou!",
];

/// How long custom data may be, in base64.
const CUSTOM_DATA: usize = 87_380;

const PASSWORD_RULE: &str = "The supplied password must be between 6-72 characters long and must satisfy at least 3 of password complexity requirements from the following:\r\n1) Contains an uppercase character\r\n2) Contains a lowercase character\r\n3) Contains a numeric digit\r\n4) Contains a special character\r\n5) Control characters are not allowed";

/// Checks the profile of a machine that is to be made; the digest of its custom data.
pub(super) fn check_profile(
    profile: Option<&OsProfile>,
    system: &str,
    create_option: Option<&str>,
) -> Result<Option<String>, Refusal> {
    let is_attached = create_option.is_some_and(|option| option.eq_ignore_ascii_case("Attach"));
    let profile = match (profile, is_attached) {
        (None, true) => return Ok(None),
        (Some(_), true) => {
            return Err(Refusal::parameter(
                "osProfile",
                "Parameter 'osProfile' is not allowed.".to_owned(),
            ));
        }
        (None, false) => {
            return Err(Refusal::parameter(
                "osProfile",
                "Required parameter 'osProfile' is missing (null).".to_owned(),
            ));
        }
        (Some(profile), false) => profile,
    };
    if let Some(name) = &profile.computer_name {
        check_computer_name(name)?;
    }
    let user = profile.admin_username.as_deref().unwrap_or_default();
    if user.is_empty() {
        return Err(Refusal::parameter(
            "adminUsername",
            "Required parameter 'adminUsername' is missing (null).".to_owned(),
        ));
    }
    if user.chars().count() > 64 || is_reserved_user(user) || is_same(user, USER) {
        return Err(Refusal::parameter(
            "adminUsername",
            "The Admin Username specified is not allowed.".to_owned(),
        ));
    }
    let linux = &profile.linux_configuration;
    let has_password = profile.admin_password.is_some();
    if let Some(password) = &profile.admin_password {
        check_password(password)?;
    }
    let keys = &linux.ssh.public_keys;
    if system.eq_ignore_ascii_case("Linux") {
        let without_password = linux.disable_password_authentication == Some(true);
        if (without_password || !has_password) && keys.is_empty() {
            return Err(Refusal::parameter(
                "linuxConfiguration",
                "Authentication using either SSH or by user name and password must be enabled in Linux profile.".to_owned(),
            ));
        }
        for key in keys {
            check_key(key, user)?;
        }
    } else if !has_password {
        return Err(Refusal::parameter(
            "adminPassword",
            "Required parameter 'adminPassword' is missing (null).".to_owned(),
        ));
    }
    let Some(data) = &profile.custom_data else {
        return Ok(None);
    };
    if data.len() > CUSTOM_DATA || STANDARD.decode(data.trim()).is_err() {
        return Err(Refusal::parameter(
            "customData",
            format!(
                "Custom data in OSProfile must be in Base64 encoding and with a maximum length of {CUSTOM_DATA} characters."
            ),
        ));
    }
    Ok(Some(digest(data)))
}

fn digest(text: &str) -> String {
    STANDARD.encode(Sha1::digest(text.trim().as_bytes()))
}

fn check_computer_name(name: &str) -> Result<(), Refusal> {
    let is_good = (1..=64).contains(&name.chars().count())
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '_'))
        && !name.ends_with(['-', '.']);
    if is_good {
        return Ok(());
    }
    Err(Refusal::parameter(
        "computerName",
        "Linux host name cannot exceed 64 characters in length or contain the following characters: ` ~ ! @ # $ % ^ & * ( ) = + _ [ ] { } \\ | ; : ' \" , < > / ?.".to_owned(),
    ))
}

fn check_password(password: &str) -> Result<(), Refusal> {
    let has = |test: fn(char) -> bool| usize::from(password.chars().any(test));
    let classes = has(|c| c.is_ascii_uppercase())
        + has(|c| c.is_ascii_lowercase())
        + has(|c| c.is_ascii_digit())
        + has(|c| !c.is_ascii_alphanumeric());
    let is_good = (6..=72).contains(&password.chars().count())
        && classes >= 3
        && !password.chars().any(char::is_control);
    if !is_good {
        return Err(Refusal::parameter(
            "adminPassword",
            PASSWORD_RULE.to_owned(),
        ));
    }
    if PASSWORDS.contains(&password) {
        return Err(Refusal::parameter(
            "adminPassword",
            "The specified password is not allowed.".to_owned(),
        ));
    }
    Ok(())
}

/// RSA keys are as long as this at least.
const LEAST_RSA_BITS: usize = 2048;

/// Compute takes no key of an elliptic curve but Ed25519's.
fn takes_keys_of(kind: &str) -> bool {
    ["ssh-rsa", "ssh-ed25519"].contains(&kind)
}

/// The length of an RSA key's modulus, where the blob of a public key holds one (RFC 4253, 6.6).
fn modulus_bits(blob: &[u8]) -> Option<usize> {
    let mut rest = blob;
    let mut next = || {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (field, after) = after.split_at_checked(length)?;
        rest = after;
        Some(field)
    };
    if next()? != b"ssh-rsa" {
        return None;
    }
    let _exponent = next()?;
    let modulus = next()?;
    let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
    let first = modulus.get(zeros)?;
    let bits = (modulus.len() - zeros) * 8;
    Some(bits - usize::try_from(first.leading_zeros()).ok()?)
}

fn check_key(key: &PublicKey, user: &str) -> Result<(), Refusal> {
    let home = format!("/home/{user}/.ssh/authorized_keys");
    if key.path.as_ref().is_some_and(|path| *path != home) {
        return Err(Refusal::parameter(
            "linuxConfiguration.ssh.publicKeys.path",
            format!(
                "Destination path for SSH public keys is currently limited to its default value {home} due to a known issue in Linux provisioning agent."
            ),
        ));
    }
    let data = key.key_data.as_deref().unwrap_or_default();
    let mut words = data.split_ascii_whitespace();
    let kind = words.next().unwrap_or_default();
    let blob = words.next().and_then(|text| STANDARD.decode(text).ok());
    if let Some(blob) = blob
        && takes_keys_of(kind)
        && modulus_bits(&blob).is_none_or(|bits| bits >= LEAST_RSA_BITS)
    {
        return Ok(());
    }
    Err(Refusal::parameter(
        "linuxConfiguration.ssh.publicKeys.keyData",
        "The value of parameter linuxConfiguration.ssh.publicKeys.keyData is invalid.".to_owned(),
    ))
}

/// What of a machine cannot be written anew, by its place below `properties`.
const FIXED: &[&[&str]] = &[
    &["osProfile", "computerName"],
    &["osProfile", "adminUsername"],
    &[
        "osProfile",
        "linuxConfiguration",
        "disablePasswordAuthentication",
    ],
    &["osProfile", "linuxConfiguration", "ssh", "publicKeys"],
    &["storageProfile", "imageReference"],
    &["storageProfile", "osDisk", "name"],
    &["storageProfile", "osDisk", "createOption"],
    &["availabilitySet", "id"],
];

/// Checks that nothing is written anew that stays as it is.
pub(super) fn check_fixed(old: &Value, new: &Value, machine: &Machine) -> Result<(), Refusal> {
    for place in FIXED {
        let [was, is] = [old, new].map(|value| {
            place
                .iter()
                .fold(&value["properties"], |value, name| &value[*name])
        });
        if !is.is_null() && !same(was, is) {
            return Err(Refusal::FixedProperty(place.join(".")));
        }
    }
    let data = &new["properties"]["osProfile"]["customData"];
    if let Some(data) = data.as_str()
        && machine.custom_data.as_deref() != Some(&digest(data))
    {
        return Err(Refusal::FixedProperty("osProfile.customData".to_owned()));
    }
    Ok(())
}

/// Whether two values are the same to the service: words have no case.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a.eq_ignore_ascii_case(b),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => b
            .iter()
            .all(|(name, value)| a.get(name).is_some_and(|other| same(other, value))),
        (a, b) => a == b,
    }
}

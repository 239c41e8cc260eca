//! `write_files`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fake_docker::files::{Credentials, Errno, View, path};
use fake_docker::process::Accounts;
use jiff::Timestamp;

use super::super::custom_data::unpacked;
use super::super::yaml::Yaml;

/// How many bytes are written in all, however often the same file is.
const MOST: usize = 256 << 20;
/// The permissions where none are told.
const PERMISSIONS: u32 = 0o644;
/// The permissions of folders that are missing above a file.
const FOLDER: u32 = 0o755;

/// Writes the files of a cloud-config: those for the beginning, or those that were put off to the
/// end. Where one cannot be written, nor are those behind it. Returns what is to be logged.
pub(crate) fn write(files: &View, config: &Yaml, deferred: bool, now: Timestamp) -> Vec<String> {
    let mut complaints = Vec::new();
    let Some(entries) = config.get("write_files").and_then(Yaml::as_list) else {
        return complaints;
    };
    let mut budget = MOST;
    let put_off = |entry: &&Yaml| entry.get("defer").is_some_and(Yaml::is_yes) == deferred;
    for (number, entry) in entries.iter().filter(put_off).enumerate() {
        let path = entry.get("path").map(Yaml::spelled);
        let Some(path) = path.filter(|path| !path.is_empty()) else {
            let number = number + 1;
            complaints.push(format!(
                "No path provided to write for entry {number} in module write-files"
            ));
            continue;
        };
        if let Err(reason) = write_one(files, &path, entry, &mut budget, now) {
            complaints.push(format!("Running module write-files failed: {reason}"));
            break;
        }
    }
    complaints
}

fn write_one(
    files: &View,
    name: &str,
    entry: &Yaml,
    budget: &mut usize,
    now: Timestamp,
) -> Result<(), String> {
    let root = &Credentials::ROOT;
    let path = path::join("/", name);
    let encoding = entry.get("encoding").map(Yaml::spelled).unwrap_or_default();
    let content = match entry.get("content") {
        None | Some(Yaml::Null) => Vec::new(),
        Some(Yaml::Text(text)) => text.clone().into_bytes(),
        Some(Yaml::Bytes(bytes)) => bytes.clone(),
        Some(other) => other.spelled().into_bytes(),
    };
    let content = decoded(content, &encoding)?;
    let left = budget.checked_sub(content.len());
    *budget = left.ok_or_else(|| Errno::NoSpace.to_string())?;
    let mode = permissions(entry.get("permissions"));
    if let Some((folder, _)) = path.rsplit_once('/') {
        files
            .create_dir_all(folder, FOLDER, root, now)
            .map_err(|errno| errno.to_string())?;
    }
    let written = if entry.get("append").is_some_and(Yaml::is_yes) {
        files.append(&path, &content, mode, root, now)
    } else {
        files.write(&path, content, mode, root, now)
    };
    written
        .and_then(|()| files.chmod(&path, mode, root))
        .map_err(|errno| errno.to_string())?;
    let owner = entry.get("owner").map(Yaml::spelled);
    let owner = owner.unwrap_or_else(|| "root:root".to_owned());
    let (user, group) = owner.split_once(':').unwrap_or((&owner, ""));
    let accounts = Accounts::read(files);
    let known = |name: &str, id: fn(&Accounts, &str) -> Option<u32>| match name.trim() {
        "" | "-1" | "None" => Ok(None),
        name => match id(&accounts, name) {
            Some(id) => Ok(Some(id)),
            None => Err("Unknown user or group".to_owned()),
        },
    };
    let uid = known(user, |accounts, name| {
        accounts.user(name).map(|user| user.uid)
    })?;
    let gid = known(group, |accounts, name| {
        accounts.group(name).map(|group| group.gid)
    })?;
    files
        .chown(&path, uid, gid, root)
        .map_err(|errno| errno.to_string())
}

/// The content behind its encoding; of an unknown one it stands as it is.
fn decoded(content: Vec<u8>, encoding: &str) -> Result<Vec<u8>, String> {
    let encoding = encoding.trim().to_lowercase();
    let (is_base64, is_gzip) = match encoding.as_str() {
        "gz" | "gzip" => (false, true),
        "gz+base64" | "gzip+base64" | "gz+b64" | "gzip+b64" => (true, true),
        "b64" | "base64" => (true, false),
        _ => (false, false),
    };
    let content = if is_base64 {
        // Python leaves out whatever is no digit.
        let digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        let bare: Vec<u8> = content.into_iter().filter(digit).collect();
        let decoded = STANDARD.decode(bare);
        decoded.map_err(|_| "content is not base64".to_owned())?
    } else {
        content
    };
    if is_gzip {
        return unpacked(&content).ok_or_else(|| "content is not gzip".to_owned());
    }
    Ok(content)
}

/// Permissions: a number as it is, which YAML read as octal if it began with a zero; text as octal.
fn permissions(told: Option<&Yaml>) -> u32 {
    let told = match told {
        None | Some(Yaml::Null) => None,
        Some(Yaml::Int(number)) => u32::try_from(*number).ok(),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "cloud-init cuts a fraction off, and a mode has few bits"
        )]
        Some(Yaml::Float(number)) => Some(*number as u32),
        Some(other) => {
            let text = other.spelled().trim().replace('_', "");
            let digits = text.strip_prefix("0o").or_else(|| text.strip_prefix("0O"));
            u32::from_str_radix(digits.unwrap_or(&text), 8).ok()
        }
    };
    told.map_or(PERMISSIONS, |mode| mode & 0o7777)
}

#[cfg(test)]
mod tests;

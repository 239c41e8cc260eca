//! What the options of `vm disk create` and `vm image create` mean.

use std::fmt::Write as _;

use crate::cli::vm::disk::BlobCreateArgs;

/// Why the options make no sense; the words are the old CLI's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BlobError {
    /// A disk's operating system is unknown.
    #[error("--os [type] must specify linux, windows or none")]
    Os,
    /// An image has an operating system.
    #[error("--os <type> must specify linux or windows")]
    ImageOs,
    /// A disk cannot have this name.
    #[error(
        "Invalid image name. Disk image name should start with a Latin letter or underscore (_), cannot contain any of the following characters:"
    )]
    DiskName,
    /// An image cannot have this name.
    #[error(
        "Invalid image name. OS image name can only contain Latin letters, digits, '.' and '-'. It cannot end with '-' or be longer than 512 chars."
    )]
    ImageName,
    /// A source needs a destination.
    #[error("--blob-url, --location, or --affinity-group must be specified")]
    NoDestination,
    /// Without a source there is a blob already.
    #[error("--blob-url must be specified if sourcePath is not specified")]
    NoBlob,
    /// A path needs an account.
    #[error("--location, or --affinity-group must be specified")]
    NoPlace,
    /// The source would have to be moved.
    #[error(
        "`{0}` would have to be moved over the storage data plane, which this tool does not speak"
    )]
    DataPlane(String),
}

/// What a blob becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Becomes {
    /// A disk.
    Disk,
    /// An image.
    Image,
}

/// A blob that is there and what it becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobSettings {
    /// The name of the disk or image.
    pub name: String,
    /// Its label.
    pub label: String,
    /// `Linux` or `Windows`.
    pub os: Option<String>,
    /// The blob: an address, or a path in the account of the place, which begins with `/`.
    pub blob: String,
    /// The location.
    pub location: Option<String>,
    /// The affinity group.
    pub affinity_group: Option<String>,
}

/// Understands the options.
pub fn understand(args: BlobCreateArgs, becomes: Becomes) -> Result<BlobSettings, BlobError> {
    let os = os(args.os, becomes)?;
    check_name(&args.name, becomes)?;
    let has_place = args.location.is_some() || args.affinity_group.is_some();
    let blob = match (args.source_path, args.blob_url) {
        (Some(source), destination) => {
            if destination.is_none() && !has_place {
                return Err(BlobError::NoDestination);
            }
            return Err(BlobError::DataPlane(source));
        }
        (None, None) => return Err(BlobError::NoBlob),
        (None, Some(blob)) => blob,
    };
    if blob.starts_with('/') && !has_place {
        return Err(BlobError::NoPlace);
    }
    Ok(BlobSettings {
        label: args.label.unwrap_or_else(|| args.name.clone()),
        name: args.name,
        os,
        blob,
        location: args.location,
        affinity_group: args.affinity_group,
    })
}

fn os(typed: Option<String>, becomes: Becomes) -> Result<Option<String>, BlobError> {
    let known = match typed {
        None => None,
        Some(word) => match word.trim().to_ascii_lowercase().as_str() {
            "linux" => Some("Linux"),
            "windows" => Some("Windows"),
            "none" => None,
            _ => return Err(BlobError::Os),
        },
    };
    match (known, becomes) {
        (None, Becomes::Image) => Err(BlobError::ImageOs),
        (known, _) => Ok(known.map(str::to_owned)),
    }
}

fn check_name(name: &str, becomes: Becomes) -> Result<(), BlobError> {
    match becomes {
        Becomes::Disk => {
            let is_fine = name
                .starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
                && !name.contains(|one| "\\/:*?\"<>|`'^%#".contains(one))
                && !name.ends_with(|last: char| last == '.' || last.is_whitespace());
            is_fine.then_some(()).ok_or(BlobError::DiskName)
        }
        Becomes::Image => {
            let is_fine = (1..=512).contains(&name.len())
                && name
                    .bytes()
                    .all(|one| one.is_ascii_alphanumeric() || matches!(one, b'-' | b'.'))
                && !name.ends_with('-');
            is_fine.then_some(()).ok_or(BlobError::ImageName)
        }
    }
}

/// Spells the address of a blob as the service wants it: with its scheme, its container (`$root`
/// when none is named) and nothing in the blob's name that an address cannot hold.
pub fn media_link(blob: &str) -> String {
    let (scheme, rest) = blob.split_once("://").unwrap_or(("http", blob));
    let (host, resource) = rest.split_once('/').unwrap_or((rest, ""));
    let (container, name) = resource.split_once('/').unwrap_or(("$root", resource));
    let mut link = format!("{}://{host}/{container}/", scheme.trim().to_lowercase());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!'()*/%".contains(&byte) {
            link.push(char::from(byte));
        } else {
            let _ = write!(link, "%{byte:02X}");
        }
    }
    link
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::vm::disk::UploadArgs;

    fn args(name: &str, os: Option<&str>, blob: Option<&str>) -> BlobCreateArgs {
        BlobCreateArgs {
            name: name.to_owned(),
            source_path: None,
            blob_url: blob.map(str::to_owned),
            location: None,
            affinity_group: None,
            os: os.map(str::to_owned),
            label: None,
            description: None,
            upload: UploadArgs {
                parallel: None,
                md5_skip: false,
                force_overwrite: false,
                base_vhd: None,
                source_key: None,
            },
        }
    }

    const BLOB: Option<&str> = Some("https://a.blob.core.windows.net/c/x.vhd");

    #[test]
    fn an_image_has_an_operating_system_and_a_disk_may() {
        let disk = understand(args("data", None, BLOB), Becomes::Disk).unwrap();
        let image = understand(args("img", Some("LINUX"), BLOB), Becomes::Image).unwrap();

        assert_eq!(disk.os, None);
        assert_eq!(image.os.as_deref(), Some("Linux"));
        assert_eq!(
            understand(args("img", Some("none"), BLOB), Becomes::Image),
            Err(BlobError::ImageOs)
        );
        assert_eq!(
            understand(args("d", Some("beos"), BLOB), Becomes::Disk),
            Err(BlobError::Os)
        );
    }

    #[test]
    fn names_that_the_service_refuses_are_refused_before() {
        for name in ["1disk", "a/b", "a.", "a "] {
            let refused = understand(args(name, None, BLOB), Becomes::Disk);
            assert_eq!(refused, Err(BlobError::DiskName), "{name}");
        }
        for name in ["a_b", "a-", ""] {
            let refused = understand(args(name, Some("linux"), BLOB), Becomes::Image);
            assert_eq!(refused, Err(BlobError::ImageName), "{name}");
        }
    }

    #[test]
    fn a_source_would_have_to_be_moved() {
        let mut moved = args("disk", None, BLOB);
        moved.source_path = Some("disk.vhd".to_owned());

        let refused = understand(moved, Becomes::Disk);

        assert_eq!(refused, Err(BlobError::DataPlane("disk.vhd".to_owned())));
    }

    #[test]
    fn a_path_alone_needs_a_place() {
        let refused = understand(args("d", None, Some("/c/x.vhd")), Becomes::Disk);

        assert_eq!(refused, Err(BlobError::NoPlace));
    }

    #[test]
    fn an_address_is_spelled_out() {
        for (typed, link) in [
            ("HTTPS://a.net/c/x.vhd", "https://a.net/c/x.vhd"),
            ("a.net/x.vhd", "http://a.net/$root/x.vhd"),
            ("http://a.net/c/my disk", "http://a.net/c/my%20disk"),
        ] {
            assert_eq!(media_link(typed), link);
        }
    }
}

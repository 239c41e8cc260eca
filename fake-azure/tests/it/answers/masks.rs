//! Which values are not compared letter by letter, and the shape that both answers must have.

use std::sync::OnceLock;

use regex::Regex;

use crate::xml::Node;

/// A value that the service invents or that follows from the moment. Both answers must fit the
/// shape; what its groups catch is compared.
pub(crate) struct Mask {
    /// The end of the element's path.
    pub(crate) path: &'static str,
    /// A regular expression for the whole value.
    pub(crate) shape: &'static str,
    pub(crate) why: &'static str,
}

const GUID: &str = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const SECONDS: &str = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ";
/// Nothing for images of the gallery, to the ten millionth of a second for others.
const CAPTURED: &str = r"(1801-01-01T00:00:00Z)|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,7}Z";
const ADDRESS: &str = r"\d{1,3}(?:\.\d{1,3}){3}";
const THUMBPRINT: &str = "[0-9A-F]{40}";
/// The SHA-1 of Windows' certificate, or the MD5 of Linux' ssh key.
const REMOTE_ACCESS: &str = "(?:[0-9A-F]{40}|[0-9a-f]{32})";

const fn mask(path: &'static str, shape: &'static str, why: &'static str) -> Mask {
    Mask { path, shape, why }
}

/// The table.
pub(crate) const MASKS: &[Mask] = &[
    mask("Operation/ID", GUID, "the request's identifier"),
    mask("VirtualNetworkSite/Id", GUID, "invented"),
    mask("ReservedIP/Id", GUID, "invented"),
    mask("VirtualNetworkId", GUID, "invented"),
    mask("PrivateID", "[0-9a-f]{32}", "invented"),
    mask(
        "Url",
        r"https://[a-z0-9.:-]+/[0-9a-f-]{36}(/.*)|(http:.*)",
        "host and subscription",
    ),
    mask("VMImage/CreatedTime", CAPTURED, "the moment"),
    mask("VMImage/ModifiedTime", CAPTURED, "the moment"),
    mask("CreatedTime", SECONDS, "the moment"),
    mask("LastModifiedTime", SECONDS, "the moment"),
    mask("DateCreated", SECONDS, "the moment"),
    mask("DateLastModified", SECONDS, "the moment"),
    mask("CreationTime", SECONDS, "the moment"),
    mask("GuestAgentStatus/Timestamp", SECONDS, "the moment"),
    mask("ExtensionSettingStatus/Timestamp", SECONDS, "the moment"),
    mask("Vip", ADDRESS, "given by the service"),
    mask("VirtualIP/Address", ADDRESS, "given by the service"),
    mask("ReservedIP/Address", ADDRESS, "given by the service"),
    mask("IpAddress", ADDRESS, "given by the service"),
    mask(
        "InternalDnsSuffix",
        r"(.+)\.[a-z]+\d{1,2}\.internal\.cloudapp\.net",
        "the cluster",
    ),
    mask(
        "RemoteAccessCertificateThumbprint",
        REMOTE_ACCESS,
        "made in the machine",
    ),
    mask(
        "DefaultWinRmCertificateThumbprint",
        THUMBPRINT,
        "made by the service",
    ),
    mask(
        "GuestAgentVersion",
        r"(Unknown)|(WALinuxAgent-)[\d.]+|\d+\.\d+\.\d+\.\d+",
        "the agent's version at that time",
    ),
    mask(
        "ResourceExtensionStatus/Version",
        r"\d+(?:\.\d+)+",
        "the newest version at that time",
    ),
    mask(
        "ResourceExtensionStatus/FormattedMessage/Message",
        r"(Plugin enabled \(name: .*, version: )\d+(?:\.\d+)+(\)\.)|(.*)",
        "the newest version at that time",
    ),
    mask(
        "GuestAgentStatus/FormattedMessage/Message",
        r"(VM Agent is unresponsive\. Status was last reported at )\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ(\..*)|(.*)",
        "the moment",
    ),
    mask(
        "ConsoleScreenshotBlobUri",
        r"(http://[a-z0-9]+\.blob\.core\.windows\.net/bootdiagnostics)[0-9a-f-]{36}(/.*\.)[0-9a-f]{32}(\..*-screenshot\.bmp)",
        "the container and the deployment's PrivateID are invented",
    ),
    mask(
        "SerialOutputBlobUri",
        r"(http://[a-z0-9]+\.blob\.core\.windows\.net/bootdiagnostics)[0-9a-f-]{36}(/.*\.)[0-9a-f]{32}(\..*-seriallog\.txt)",
        "the container and the deployment's PrivateID are invented",
    ),
    mask(
        "StorageServiceKeys/Primary",
        "[A-Za-z0-9+/]{86}==",
        "a secret",
    ),
    mask(
        "StorageServiceKeys/Secondary",
        "[A-Za-z0-9+/]{86}==",
        "a secret",
    ),
];

/// An element that is there or not by chance: it is compared where both answers have it.
pub(crate) struct Either {
    pub(crate) path: &'static str,
    /// Whether chance rules there, by the recorded parent.
    pub(crate) when: fn(&Node) -> bool,
}

fn runs(instance: &Node) -> bool {
    instance.text("PowerState") == "Started"
}

/// The table.
pub(crate) const EITHER: &[Either] = &[
    // The machine tells its name at some moment of its boot.
    Either {
        path: "RoleInstance/HostName",
        when: |instance| runs(instance) && instance.text("GuestAgentStatus/Status") != "Ready",
    },
    // It tells its certificate at some moment after that; machines that were stopped before
    // never did.
    Either {
        path: "RoleInstance/RemoteAccessCertificateThumbprint",
        when: |instance| runs(instance) || instance.text("PowerState") == "Stopped",
    },
];

fn compiled() -> &'static [(Regex, &'static Mask)] {
    static MADE: OnceLock<Vec<(Regex, &'static Mask)>> = OnceLock::new();
    MADE.get_or_init(|| {
        MASKS
            .iter()
            .map(|mask| (Regex::new(&format!("^(?s:{})$", mask.shape)).unwrap(), mask))
            .collect()
    })
}

/// Whether the path ends with these elements.
pub(crate) fn ends_with(path: &str, end: &str) -> bool {
    path.strip_suffix(end)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

/// What of a value is compared.
pub(crate) fn shown(path: &str, value: &str) -> String {
    let mut masks = compiled().iter();
    let Some((shape, mask)) = masks.find(|(_, mask)| ends_with(path, mask.path)) else {
        return value.to_owned();
    };
    match shape.captures(value) {
        None => format!("`{value}`, which has not its shape ({})", mask.why),
        Some(found) => {
            let kept = found.iter().skip(1).flatten().map(|group| group.as_str());
            format!("…{}", kept.collect::<Vec<_>>().join("…"))
        }
    }
}

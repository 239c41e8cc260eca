//! The extensions: who publishes what, in which versions, the oldest first.

use super::OperatingSystem::{Linux, Windows};
use super::{Handler, OperatingSystem, Publisher};

const fn handler(
    name: &'static str,
    os: OperatingSystem,
    versions: &'static [&'static str],
) -> Handler {
    Handler { name, os, versions }
}

/// All publishers of extensions, by name.
pub(super) static PUBLISHERS: &[Publisher] = &[
    Publisher {
        name: "Microsoft.Azure.ActiveDirectory",
        types: &[
            handler(
                "AADLoginForWindows",
                Windows,
                &["1.0.0.1", "2.0.0.0", "2.2.0.0"],
            ),
            handler(
                "AADSSHLoginForLinux",
                Linux,
                &["1.0.2065.1", "1.0.2505.1", "1.0.3158.1"],
            ),
        ],
    },
    Publisher {
        name: "Microsoft.Azure.Extensions",
        types: &[
            handler(
                "CustomScript",
                Linux,
                &["2.0.6", "2.0.7", "2.1.3", "2.1.6", "2.1.10", "2.1.13"],
            ),
            handler(
                "DockerExtension",
                Linux,
                &[
                    "1.0.1507020203",
                    "1.0.1510142311",
                    "1.1.1601070410",
                    "1.1.1606092330",
                    "1.2.0",
                    "1.2.1",
                    "1.2.2",
                ],
            ),
        ],
    },
    Publisher {
        name: "Microsoft.Azure.Monitor",
        types: &[
            handler(
                "AzureMonitorLinuxAgent",
                Linux,
                &["1.27.4", "1.33.1", "1.35.1"],
            ),
            handler(
                "AzureMonitorWindowsAgent",
                Windows,
                &["1.22.0.0", "1.34.0.0"],
            ),
        ],
    },
    Publisher {
        name: "Microsoft.Azure.Security",
        types: &[
            handler(
                "AzureDiskEncryption",
                Windows,
                &["1.1.0.4", "2.2.0.3", "2.4.0.6"],
            ),
            handler(
                "AzureDiskEncryptionForLinux",
                Linux,
                &["0.1.0.999322", "1.1.0.51", "1.4.0.3"],
            ),
        ],
    },
    Publisher {
        name: "Microsoft.Compute",
        types: &[
            handler("BGInfo", Windows, &["2.1", "2.2.1", "2.2.3"]),
            handler(
                "CustomScriptExtension",
                Windows,
                &["1.9.5", "1.10.12", "1.10.15", "1.10.20"],
            ),
            handler("VMAccessAgent", Windows, &["2.3", "2.4.2", "2.4.10"]),
        ],
    },
    Publisher {
        name: "Microsoft.CPlat.Core",
        types: &[
            handler(
                "RunCommandHandlerLinux",
                Linux,
                &["1.3.2", "1.3.7", "1.3.22"],
            ),
            handler("RunCommandLinux", Linux, &["1.0.1", "1.0.3", "1.0.5"]),
            handler("RunCommandWindows", Windows, &["1.1.3", "1.1.9", "1.1.18"]),
        ],
    },
    Publisher {
        name: "Microsoft.ManagedServices",
        types: &[
            handler(
                "ApplicationHealthLinux",
                Linux,
                &["1.0.4", "2.0.10", "2.0.18"],
            ),
            handler("ApplicationHealthWindows", Windows, &["1.0.8", "2.0.16"]),
        ],
    },
    Publisher {
        name: "Microsoft.OSTCExtensions",
        types: &[
            handler(
                "CustomScriptForLinux",
                Linux,
                &["1.4.1.0", "1.5.2.0", "1.5.4", "1.5.5"],
            ),
            handler(
                "OSPatchingForLinux",
                Linux,
                &["2.0.0.5", "2.3.0.1", "2.3.0.2"],
            ),
            handler(
                "VMAccessForLinux",
                Linux,
                &["1.3.0.1", "1.4.0.0", "1.4.7.1", "1.5.1", "1.5.11", "1.5.13"],
            ),
        ],
    },
];

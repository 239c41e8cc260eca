//! The guest systems of web and worker roles, as they were in 2015. Machines have none of them.

use super::route::{Route, routes};
use super::subscription::base64_of;
use super::writer::{Xml, element};
use super::{Answer, Call, Refused};

pub(super) const ROUTES: &[Route] = routes! {
    GET "/operatingsystems": "List Operating Systems" => list;
    GET "/operatingsystemfamilies": "List Operating System Families" => families;
};

/// A family, with its versions, the newest first.
struct Family {
    number: u32,
    label: &'static str,
    versions: &'static [(&'static str, &'static str)],
}

const FAMILIES: &[Family] = &[
    Family {
        number: 2,
        label: "Windows Server 2008 R2",
        versions: &[
            (
                "WA-GUEST-OS-2.40_201506-01",
                "Windows Azure Guest OS 2.40 (Release 201506-01)",
            ),
            (
                "WA-GUEST-OS-2.39_201505-01",
                "Windows Azure Guest OS 2.39 (Release 201505-01)",
            ),
        ],
    },
    Family {
        number: 3,
        label: "Windows Server 2012",
        versions: &[
            (
                "WA-GUEST-OS-3.27_201506-01",
                "Windows Azure Guest OS 3.27 (Release 201506-01)",
            ),
            (
                "WA-GUEST-OS-3.26_201505-01",
                "Windows Azure Guest OS 3.26 (Release 201505-01)",
            ),
        ],
    },
    Family {
        number: 4,
        label: "Windows Server 2012 R2",
        versions: &[
            (
                "WA-GUEST-OS-4.20_201506-01",
                "Windows Azure Guest OS 4.20 (Release 201506-01)",
            ),
            (
                "WA-GUEST-OS-4.19_201505-01",
                "Windows Azure Guest OS 4.19 (Release 201505-01)",
            ),
        ],
    },
];

fn describe((version, label): &(&str, &str), newest: bool) -> Xml {
    element("OperatingSystem")
        .text("Version", version)
        .text("Label", base64_of(label))
        .text("IsDefault", newest)
        .text("IsActive", true)
}

/// List Operating Systems.
pub(crate) fn list(_: &mut Call<'_>) -> Result<Answer, Refused> {
    let systems = FAMILIES.iter().flat_map(|family| {
        family.versions.iter().enumerate().map(|(n, version)| {
            describe(version, n == 0)
                .text("Family", family.number)
                .text("FamilyLabel", base64_of(family.label))
        })
    });
    Ok(Answer::Document(element("OperatingSystems").all(systems)))
}

/// List Operating System Families.
pub(crate) fn families(_: &mut Call<'_>) -> Result<Answer, Refused> {
    let families = FAMILIES.iter().map(|family| {
        let versions = family.versions.iter().enumerate();
        let systems = versions.map(|(n, version)| describe(version, n == 0));
        element("OperatingSystemFamily")
            .text("Name", family.number)
            .text("Label", base64_of(family.label))
            .with(element("OperatingSystems").all(systems))
    });
    Ok(Answer::Document(
        element("OperatingSystemFamilies").all(families),
    ))
}

//! The images that the service offers before anybody made any.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::image::{Image, ImageKind, IoType, OsState, VmImage};
use crate::world::catalogue::LOCATIONS;
use crate::world::{Name, OperatingSystem};

/// The public images of both kinds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Gallery {
    pub(crate) images: Vec<Image>,
    pub(crate) vm_images: Vec<VmImage>,
}

impl Default for Gallery {
    fn default() -> Self {
        Self {
            images: public_images(),
            vm_images: public_vm_images(),
        }
    }
}

fn everywhere() -> String {
    LOCATIONS.join(";")
}

fn date(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// Names that the seed and the recordings know stand beside made-up neighbours of their
/// families. The first is an Ubuntu with the agent, as the old CLI's suites expect of the
/// first public Linux image.
#[expect(clippy::too_many_lines, reason = "a table")]
fn public_images() -> Vec<Image> {
    const CANONICAL: &str = "b39f27a8b8c64d52b05eac6a62ebad85";
    const MICROSOFT: &str = "a699494373c04fc0bc8f2bb1389d6106";
    let ubuntu = |name: &str, release: &str, family: &str, published: &str, label: &str| {
        let mut image = public(
            &format!("{CANONICAL}__{name}"),
            OperatingSystem::Linux,
            label,
            family,
            published,
        );
        image.eula = Some("http://www.ubuntu.com/project/about-ubuntu/licensing".to_owned());
        image.privacy_uri =
            Some("http://www.ubuntu.com/legal/terms-and-policies/privacy-policy".to_owned());
        image.publisher = Some("Canonical".to_owned());
        image.description = format!(
            "Ubuntu Server {release} for Windows Azure, with the Windows Azure Linux agent"
        );
        image
    };
    let windows = |name: &str, family: &str, published: &str, label: &str| {
        let mut image = public(
            &format!("{MICROSOFT}__{name}"),
            OperatingSystem::Windows,
            label,
            family,
            published,
        );
        image.size_gb = 128;
        image.publisher = Some("Microsoft Windows Server Group".to_owned());
        image.recommended_size = Some("Small".into());
        image
    };
    vec![
        ubuntu(
            "Ubuntu-14_04-LTS-amd64-server-20140414-en-us-30GB",
            "14.04 LTS",
            "Ubuntu Server 14.04 LTS",
            "2014-04-17T00:00:00Z",
            "Ubuntu Server 14.04 LTS",
        ),
        ubuntu(
            "Ubuntu-14_04-LTS-amd64-server-20140724-en-us-30GB",
            "14.04 LTS",
            "Ubuntu Server 14.04 LTS",
            "2014-07-24T00:00:00Z",
            "Ubuntu Server 14.04 LTS",
        ),
        ubuntu(
            "Ubuntu-14_04_1-LTS-amd64-server-20140814-en-us-30GB",
            "14.04.1 LTS",
            "Ubuntu Server 14.04 LTS",
            "2014-08-14T00:00:00Z",
            "Ubuntu Server 14.04.1 LTS",
        ),
        ubuntu(
            "Ubuntu-14_04_1-LTS-amd64-server-20140822-en-us-30GB",
            "14.04.1 LTS",
            "Ubuntu Server 14.04 LTS",
            "2014-08-22T00:00:00Z",
            "Ubuntu Server 14.04.1 LTS",
        ),
        ubuntu(
            "Ubuntu-14_10-amd64-server-20140729-alpha2-en-us-30GB",
            "14.10",
            "Ubuntu Server 14.10 DAILY",
            "2014-07-29T00:00:00Z",
            "Ubuntu Server 14.10 (alpha 2)",
        ),
        ubuntu(
            "Ubuntu-14_04_2_LTS-amd64-server-20150309-en-us-30GB",
            "14.04.2 LTS",
            "Ubuntu Server 14.04 LTS",
            "2015-03-09T00:00:00Z",
            "Ubuntu Server 14.04.2 LTS",
        ),
        ubuntu(
            "Ubuntu-15_10-amd64-server-20151116.1-en-us-30GB",
            "15.10",
            "Ubuntu Server 15.10",
            "2015-11-16T00:00:00Z",
            "Ubuntu Server 15.10",
        ),
        ubuntu(
            "Ubuntu-12_04_4-LTS-amd64-server-20140514-en-us-30GB",
            "12.04.4 LTS",
            "Ubuntu Server 12.04 LTS",
            "2014-05-14T00:00:00Z",
            "Ubuntu Server 12.04.4 LTS",
        ),
        public(
            "0b11de9248dd4d87b18621318e037d37__RightImage-CentOS-6.5-x64-v14.1.3",
            OperatingSystem::Linux,
            "RightImage CentOS 6.5 x64 v14.1.3",
            "RightScale Linux v14",
            "2014-07-01T00:00:00Z",
        ),
        public(
            "5112500ae3b842c8b9c604889f8753c3__OpenLogic-CentOS-65-20140606",
            OperatingSystem::Linux,
            "OpenLogic 6.5",
            "OpenLogic",
            "2014-06-06T00:00:00Z",
        ),
        public(
            "b4590d9e3ed742e4a1d46e5424aa335e__suse-opensuse-13.1-20140722-x86-64",
            OperatingSystem::Linux,
            "openSUSE 13.1",
            "openSUSE 13.1",
            "2014-07-22T00:00:00Z",
        ),
        public(
            "2b171e93f07c4903bcad35bda10acf22__CoreOS-Stable-367.1.0",
            OperatingSystem::Linux,
            "CoreOS Stable",
            "CoreOS Stable",
            "2014-07-21T00:00:00Z",
        ),
        windows(
            "Windows-Server-2012-R2-201407.01-en.us-127GB.vhd",
            "Windows Server 2012 R2 Datacenter",
            "2014-07-21T07:00:00Z",
            "Windows Server 2012 R2 Datacenter, July 2014",
        ),
        windows(
            "Windows-Server-2012-R2-201408.01-en.us-127GB.vhd",
            "Windows Server 2012 R2 Datacenter",
            "2014-08-18T07:00:00Z",
            "Windows Server 2012 R2 Datacenter, August 2014",
        ),
        windows(
            "Win2K8R2SP1-Datacenter-201408.01-en.us-127GB.vhd",
            "Windows Server 2008 R2 SP1",
            "2014-08-18T07:00:00Z",
            "Windows Server 2008 R2 SP1, August 2014",
        ),
    ]
}

fn public(name: &str, os: OperatingSystem, label: &str, family: &str, published: &str) -> Image {
    Image {
        name: name.into(),
        label: label.to_owned(),
        kind: ImageKind::Public,
        os,
        location: everywhere(),
        size_gb: 30,
        media_link: None,
        eula: None,
        description: label.to_owned(),
        family: Some(family.to_owned()),
        show_in_gui: None,
        published: date(published),
        is_premium: false,
        icon_uri: None,
        small_icon_uri: None,
        privacy_uri: None,
        recommended_size: None,
        publisher: Some(label.split(' ').next().unwrap_or(label).to_owned()),
        language: None,
        io_type: IoType::Standard,
    }
}

fn public_vm_images() -> Vec<VmImage> {
    vec![VmImage {
        name: "fb83b3509582419d99629ce476bcb5c8__SQL-Server-2014-RTM-12.0.2361.0-Std-ENU-Win2012R2-cy14su05".into(),
        label: "SQL Server 2014 RTM Standard on Windows Server 2012 R2".to_owned(),
        kind: ImageKind::Public,
        description: Some("SQL Server 2014 Standard on Windows Server 2012 R2".to_owned()),
        os_state: OsState::Generalized,
        os_disk_name: "SQL-Server-2014-RTM-Std-os-2014-05-27".into(),
        media_link: None,
        size_gb: 128,
        io_type: IoType::Standard,
        data_disks: Vec::new(),
        location: everywhere(),
        created: None,
        family: Some("SQL Server 2014 RTM Standard on Windows Server 2012 R2".to_owned()),
        recommended_size: Some("Large".into()),
        publisher: Some("Microsoft SQL Server Group".to_owned()),
        published: date("2014-05-27T07:00:00Z"),
        ..VmImage::own(Name::default(), String::new(), OperatingSystem::Windows)
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seeds_image_and_its_family_are_there() {
        let gallery = Gallery::default();
        assert!(gallery.images.iter().any(|i| i.name == "b39f27a8b8c64d52b05eac6a62ebad85__Ubuntu-14_10-amd64-server-20140729-alpha2-en-us-30GB"));
        assert!(
            gallery
                .images
                .iter()
                .any(|i| i.name.contains("Ubuntu-14_04"))
        );
        assert_eq!(gallery.images[0].os, OperatingSystem::Linux);
    }
}

//! Debian and Ubuntu.

use super::super::contents::Contents;
use super::super::recipe::{Recipe, Repository};
use super::system;

pub(super) static REPOSITORIES: [Repository; 2] = [
    Repository::new(
        "ubuntu",
        "Ubuntu is a Debian-based Linux operating system based on free software.",
        17_630,
        ubuntu,
    ),
    Repository::new(
        "debian",
        "Debian is a Linux distribution that's composed entirely of free and open-source software.",
        5_225,
        debian,
    ),
];

/// A release of Debian: number, code name, last patch, date, and the sizes of the image
/// and of its slim sister.
type Debian = (
    u32,
    &'static str,
    &'static str,
    &'static str,
    (u64, u64),
    (u64, u64),
);

const DEBIAN: [Debian; 4] = [
    (
        13,
        "trixie",
        "13.0",
        "2025-08-11T00:00:00Z",
        (119_951_360, 49_281_075),
        (78_623_744, 29_775_190),
    ),
    (
        12,
        "bookworm",
        "12.11",
        "2025-08-11T00:00:00Z",
        (116_539_392, 48_494_000),
        (74_800_128, 28_228_433),
    ),
    (
        11,
        "bullseye",
        "11.11",
        "2025-08-11T00:00:00Z",
        (124_268_544, 53_755_104),
        (80_699_392, 30_254_930),
    ),
    (
        10,
        "buster",
        "10.13",
        "2024-06-12T00:00:00Z",
        (114_294_784, 50_500_096),
        (69_304_320, 27_140_096),
    ),
];

fn debian() -> Vec<Recipe> {
    let releases = DEBIAN.into_iter().enumerate();
    releases
        .flat_map(|(at, (number, name, patch, created, full, slim))| {
            let newest = at == 0;
            let tags = format!("{name}{}", if newest { " latest" } else { "" });
            let full = release(&tags, number, name, patch, created, full).also(&format!(
                "{number} {patch}{}",
                match name {
                    "trixie" => " stable testing sid unstable",
                    "bookworm" => " oldstable",
                    _ => "",
                }
            ));
            let slim = release(&format!("{name}-slim"), number, name, patch, created, slim);
            let slim = slim.also(&format!(
                "{number}-slim {patch}-slim{}",
                if newest { " stable-slim" } else { "" }
            ));
            [full, slim]
        })
        .collect()
}

fn release(
    tags: &str,
    number: u32,
    name: &'static str,
    patch: &'static str,
    created: &'static str,
    sizes: (u64, u64),
) -> Recipe {
    let seconds: jiff::Timestamp = created.parse().unwrap_or_default();
    let by = format!(
        "# debian.sh --arch 'amd64' out/ '{name}' '@{}'",
        seconds.as_second()
    );
    Recipe::from_scratch(tags, created)
        .layer(&by, sizes, move |files| {
            base(files);
            files
                .text("etc/debian_version", &format!("{patch}\n"))
                .text("etc/issue", &format!("Debian GNU/Linux {number} \\n \\l\n\n"))
                .text("usr/lib/os-release", &debian_os_release(number, name))
                .text(
                    "etc/apt/sources.list.d/debian.sources",
                    &format!(
                        "Types: deb\nURIs: http://deb.debian.org/debian\nSuites: {name} {name}-updates\n\
                         Components: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
                    ),
                );
        })
        .cmd(&["bash"])
}

fn debian_os_release(number: u32, name: &str) -> String {
    format!(
        "PRETTY_NAME=\"Debian GNU/Linux {number} ({name})\"\nNAME=\"Debian GNU/Linux\"\n\
         VERSION_ID=\"{number}\"\nVERSION=\"{number} ({name})\"\nVERSION_CODENAME={name}\nID=debian\n\
         HOME_URL=\"https://www.debian.org/\"\nSUPPORT_URL=\"https://www.debian.org/support\"\n\
         BUG_REPORT_URL=\"https://bugs.debian.org/\"\n"
    )
}

/// A release of Ubuntu: tags, number, patch, code name in two lengths, date and sizes.
type Ubuntu = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    (u64, u64),
);

const UBUNTU: [Ubuntu; 6] = [
    (
        "latest 24.04",
        "24.04",
        "24.04.3",
        "Noble Numbat",
        "2025-08-05T17:22:02Z",
        (78_123_008, 29_717_912),
    ),
    (
        "22.04",
        "22.04",
        "22.04.5",
        "Jammy Jellyfish",
        "2025-08-05T17:26:44Z",
        (77_871_616, 29_532_160),
    ),
    (
        "20.04",
        "20.04",
        "20.04.6",
        "Focal Fossa",
        "2025-04-08T10:42:59Z",
        (72_806_400, 27_511_808),
    ),
    (
        "18.04",
        "18.04",
        "18.04.6",
        "Bionic Beaver",
        "2023-05-30T09:32:09Z",
        (63_146_040, 25_688_064),
    ),
    (
        "16.04",
        "16.04",
        "16.04.7",
        "Xenial Xerus",
        "2021-08-04T19:01:37Z",
        (134_815_744, 46_497_792),
    ),
    (
        "14.04",
        "14.04",
        "14.04.6",
        "Trusty Tahr",
        "2021-03-25T22:51:19Z",
        (196_500_480, 70_692_864),
    ),
];

fn ubuntu() -> Vec<Recipe> {
    let releases = UBUNTU.into_iter();
    releases
        .map(|(tags, number, patch, title, created, sizes)| {
            let name = title.split(' ').next().unwrap_or_default().to_lowercase();
            Recipe::from_scratch(tags, created)
                .also(&format!("{name}{}", if number == "24.04" { " rolling" } else { "" }))
                .layer("ADD ubuntu-oci-rootfs.tar.gz /", sizes, move |files| {
                    base(files);
                    files
                        .programs("usr/bin", PROCPS)
                        .text("etc/debian_version", UBUNTU_DEBIAN[usize::from(number < "24")])
                        .text("etc/issue", &format!("Ubuntu {patch} LTS \\n \\l\n\n"))
                        .text("etc/lsb-release", &lsb_release(number, patch, &name))
                        .text("usr/lib/os-release", &ubuntu_os_release(number, patch, title, &name))
                        .text(
                            "etc/apt/sources.list",
                            &format!(
                                "deb http://archive.ubuntu.com/ubuntu {name} main universe\n\
                                 deb http://archive.ubuntu.com/ubuntu {name}-updates main universe\n\
                                 deb http://security.ubuntu.com/ubuntu {name}-security main universe\n"
                            ),
                        );
                })
                .label("org.opencontainers.image.ref.name", "ubuntu")
                .label("org.opencontainers.image.version", number)
                .cmd(&["/bin/bash"])
        })
        .collect()
}

/// What Ubuntu has beyond Debian.
const PROCPS: &str =
    "free kill pgrep pidof pkill pmap ps pwdx skill slabtop snice tload top uptime vmstat w watch";
const UBUNTU_DEBIAN: [&str; 2] = ["trixie/sid\n", "bookworm/sid\n"];

fn lsb_release(number: &str, patch: &str, name: &str) -> String {
    format!(
        "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE={number}\nDISTRIB_CODENAME={name}\n\
         DISTRIB_DESCRIPTION=\"Ubuntu {patch} LTS\"\n"
    )
}

fn ubuntu_os_release(number: &str, patch: &str, title: &str, name: &str) -> String {
    format!(
        "PRETTY_NAME=\"Ubuntu {patch} LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"{number}\"\n\
         VERSION=\"{patch} LTS ({title})\"\nVERSION_CODENAME={name}\nID=ubuntu\nID_LIKE=debian\n\
         HOME_URL=\"https://www.ubuntu.com/\"\nSUPPORT_URL=\"https://help.ubuntu.com/\"\n\
         BUG_REPORT_URL=\"https://bugs.launchpad.net/ubuntu/\"\nUBUNTU_CODENAME={name}\n"
    )
}

fn base(files: &mut Contents) {
    let libraries = format!("usr/lib/{}-linux-gnu", files.hardware());
    system::merged(files);
    files
        .programs("usr/bin", system::DEBIAN_BIN)
        .programs("usr/sbin", system::DEBIAN_SBIN)
        .link("usr/bin/sh", "dash")
        .link("usr/bin/nawk", "/etc/alternatives/nawk")
        .link("etc/alternatives/nawk", "/usr/bin/mawk")
        .link("etc/os-release", "../usr/lib/os-release")
        .dirs("etc/apt/apt.conf.d etc/apt/preferences.d etc/cron.daily etc/default etc/init.d")
        .dirs("etc/profile.d etc/skel etc/ssl/certs etc/update-motd.d")
        .dir(&libraries)
        .dirs(
            "usr/share/doc usr/share/keyrings usr/share/man var/backups var/lib/apt/lists/partial",
        )
        .dirs("var/cache/apt/archives/partial var/lib/dpkg/info var/log/apt var/mail var/opt")
        .text("var/lib/dpkg/status", "")
        .text("etc/bash.bashrc", "PS1='\\u@\\h:\\w\\$ '\n")
        .text("etc/fstab", "# UNCONFIGURED FSTAB FOR BASE SYSTEM\n")
        .text("etc/host.conf", "multi on\n")
        .text("etc/hostname", "localhost\n")
        .text(
            "etc/hosts",
            "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n",
        )
        .text(
            "etc/nsswitch.conf",
            "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n",
        )
        .text("etc/profile", "export PATH\numask 022\n")
        .text(
            "etc/shells",
            "/bin/sh\n/bin/bash\n/usr/bin/bash\n/bin/dash\n/usr/bin/dash\n",
        )
        .text("etc/skel/.bashrc", "")
        .text("etc/timezone", "Etc/UTC\n")
        .text("root/.bashrc", "umask 022\n")
        .text(
            "root/.profile",
            "[ -f ~/.bashrc ] && . ~/.bashrc\nmesg n 2> /dev/null || true\n",
        );
    system::accounts(files, system::DEBIAN_PASSWD, system::DEBIAN_GROUP);
}

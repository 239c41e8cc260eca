//! The systems that images hold.

use super::system::Docker::{Absent, BuiltIn, Package};
use super::system::{OperatingSystem, System};

pub(super) static TRUSTY: System = System {
    os: OperatingSystem::Linux,
    id: "ubuntu",
    like: "debian",
    name: "Ubuntu",
    version_id: "14.04",
    version: "14.04.6 LTS (Trusty Tahr)",
    codename: "trusty",
    pretty: "Ubuntu 14.04.6 LTS",
    docker: Package("docker.io"),
};

pub(super) static XENIAL: System = System {
    os: OperatingSystem::Linux,
    id: "ubuntu",
    like: "debian",
    name: "Ubuntu",
    version_id: "16.04",
    version: "16.04.7 LTS (Xenial Xerus)",
    codename: "xenial",
    pretty: "Ubuntu 16.04.7 LTS",
    docker: Package("docker.io"),
};

pub(super) static BIONIC: System = System {
    os: OperatingSystem::Linux,
    id: "ubuntu",
    like: "debian",
    name: "Ubuntu",
    version_id: "18.04",
    version: "18.04.6 LTS (Bionic Beaver)",
    codename: "bionic",
    pretty: "Ubuntu 18.04.6 LTS",
    docker: Package("docker.io"),
};

pub(super) static FOCAL: System = System {
    os: OperatingSystem::Linux,
    id: "ubuntu",
    like: "debian",
    name: "Ubuntu",
    version_id: "20.04",
    version: "20.04.6 LTS (Focal Fossa)",
    codename: "focal",
    pretty: "Ubuntu 20.04.6 LTS",
    docker: Package("docker.io"),
};

pub(super) static JAMMY: System = System {
    os: OperatingSystem::Linux,
    id: "ubuntu",
    like: "debian",
    name: "Ubuntu",
    version_id: "22.04",
    version: "22.04.5 LTS (Jammy Jellyfish)",
    codename: "jammy",
    pretty: "Ubuntu 22.04.5 LTS",
    docker: Package("docker.io"),
};

pub(super) static NOBLE: System = System {
    os: OperatingSystem::Linux,
    id: "ubuntu",
    like: "debian",
    name: "Ubuntu",
    version_id: "24.04",
    version: "24.04.3 LTS (Noble Numbat)",
    codename: "noble",
    pretty: "Ubuntu 24.04.3 LTS",
    docker: Package("docker.io"),
};

pub(super) static RESOLUTE: System = System {
    os: OperatingSystem::Linux,
    id: "ubuntu",
    like: "debian",
    name: "Ubuntu",
    version_id: "26.04",
    version: "26.04 LTS (Resolute Raccoon)",
    codename: "resolute",
    pretty: "Ubuntu 26.04 LTS",
    docker: Package("docker.io"),
};

pub(super) static BUSTER: System = System {
    os: OperatingSystem::Linux,
    id: "debian",
    like: "",
    name: "Debian GNU/Linux",
    version_id: "10",
    version: "10 (buster)",
    codename: "buster",
    pretty: "Debian GNU/Linux 10 (buster)",
    docker: Package("docker.io"),
};

pub(super) static BULLSEYE: System = System {
    os: OperatingSystem::Linux,
    id: "debian",
    like: "",
    name: "Debian GNU/Linux",
    version_id: "11",
    version: "11 (bullseye)",
    codename: "bullseye",
    pretty: "Debian GNU/Linux 11 (bullseye)",
    docker: Package("docker.io"),
};

pub(super) static BOOKWORM: System = System {
    os: OperatingSystem::Linux,
    id: "debian",
    like: "",
    name: "Debian GNU/Linux",
    version_id: "12",
    version: "12 (bookworm)",
    codename: "bookworm",
    pretty: "Debian GNU/Linux 12 (bookworm)",
    docker: Package("docker.io"),
};

pub(super) static TRIXIE: System = System {
    os: OperatingSystem::Linux,
    id: "debian",
    like: "",
    name: "Debian GNU/Linux",
    version_id: "13",
    version: "13 (trixie)",
    codename: "trixie",
    pretty: "Debian GNU/Linux 13 (trixie)",
    docker: Package("docker.io"),
};

pub(super) static RHEL_7: System = System {
    os: OperatingSystem::Linux,
    id: "rhel",
    like: "fedora",
    name: "Red Hat Enterprise Linux",
    version_id: "7.9",
    version: "7.9 (Maipo)",
    codename: "",
    pretty: "Red Hat Enterprise Linux 7.9 (Maipo)",
    docker: Absent,
};

pub(super) static RHEL_8: System = System {
    os: OperatingSystem::Linux,
    id: "rhel",
    like: "fedora",
    name: "Red Hat Enterprise Linux",
    version_id: "8.10",
    version: "8.10 (Ootpa)",
    codename: "",
    pretty: "Red Hat Enterprise Linux 8.10 (Ootpa)",
    docker: Absent,
};

pub(super) static RHEL_9: System = System {
    os: OperatingSystem::Linux,
    id: "rhel",
    like: "fedora",
    name: "Red Hat Enterprise Linux",
    version_id: "9.8",
    version: "9.8 (Plow)",
    codename: "",
    pretty: "Red Hat Enterprise Linux 9.8 (Plow)",
    docker: Absent,
};

pub(super) static RHEL_10: System = System {
    os: OperatingSystem::Linux,
    id: "rhel",
    like: "fedora",
    name: "Red Hat Enterprise Linux",
    version_id: "10.0",
    version: "10.0 (Coughlan)",
    codename: "",
    pretty: "Red Hat Enterprise Linux 10.0 (Coughlan)",
    docker: Absent,
};

pub(super) static CENTOS_7: System = System {
    os: OperatingSystem::Linux,
    id: "centos",
    like: "rhel fedora",
    name: "CentOS Linux",
    version_id: "7",
    version: "7 (Core)",
    codename: "",
    pretty: "CentOS Linux 7 (Core)",
    docker: Package("docker"),
};

pub(super) static CENTOS_8: System = System {
    os: OperatingSystem::Linux,
    id: "centos",
    like: "rhel fedora",
    name: "CentOS Linux",
    version_id: "8",
    version: "8",
    codename: "",
    pretty: "CentOS Linux 8",
    docker: Absent,
};

pub(super) static ALMA_8: System = System {
    os: OperatingSystem::Linux,
    id: "almalinux",
    like: "rhel centos fedora",
    name: "AlmaLinux",
    version_id: "8.10",
    version: "8.10 (Cerulean Leopard)",
    codename: "",
    pretty: "AlmaLinux 8.10 (Cerulean Leopard)",
    docker: Absent,
};

pub(super) static ALMA_9: System = System {
    os: OperatingSystem::Linux,
    id: "almalinux",
    like: "rhel centos fedora",
    name: "AlmaLinux",
    version_id: "9.5",
    version: "9.5 (Teal Serval)",
    codename: "",
    pretty: "AlmaLinux 9.5 (Teal Serval)",
    docker: Absent,
};

pub(super) static ALMA_10: System = System {
    os: OperatingSystem::Linux,
    id: "almalinux",
    like: "rhel centos fedora",
    name: "AlmaLinux",
    version_id: "10.0",
    version: "10.0 (Purple Lion)",
    codename: "",
    pretty: "AlmaLinux 10.0 (Purple Lion)",
    docker: Absent,
};

pub(super) static ROCKY_8: System = System {
    os: OperatingSystem::Linux,
    id: "rocky",
    like: "rhel centos fedora",
    name: "Rocky Linux",
    version_id: "8.9",
    version: "8.9 (Green Obsidian)",
    codename: "",
    pretty: "Rocky Linux 8.9 (Green Obsidian)",
    docker: Absent,
};

pub(super) static ROCKY_9: System = System {
    os: OperatingSystem::Linux,
    id: "rocky",
    like: "rhel centos fedora",
    name: "Rocky Linux",
    version_id: "9.8",
    version: "9.8 (Blue Onyx)",
    codename: "",
    pretty: "Rocky Linux 9.8 (Blue Onyx)",
    docker: Absent,
};

pub(super) static ROCKY_10: System = System {
    os: OperatingSystem::Linux,
    id: "rocky",
    like: "rhel centos fedora",
    name: "Rocky Linux",
    version_id: "10.0",
    version: "10.0 (Red Quartz)",
    codename: "",
    pretty: "Rocky Linux 10.0 (Red Quartz)",
    docker: Absent,
};

pub(super) static ORACLE_7: System = System {
    os: OperatingSystem::Linux,
    id: "ol",
    like: "fedora",
    name: "Oracle Linux Server",
    version_id: "7.9",
    version: "7.9",
    codename: "",
    pretty: "Oracle Linux Server 7.9",
    docker: Absent,
};

pub(super) static ORACLE_8: System = System {
    os: OperatingSystem::Linux,
    id: "ol",
    like: "fedora",
    name: "Oracle Linux Server",
    version_id: "8.10",
    version: "8.10",
    codename: "",
    pretty: "Oracle Linux Server 8.10",
    docker: Absent,
};

pub(super) static ORACLE_9: System = System {
    os: OperatingSystem::Linux,
    id: "ol",
    like: "fedora",
    name: "Oracle Linux Server",
    version_id: "9.8",
    version: "9.8",
    codename: "",
    pretty: "Oracle Linux Server 9.8",
    docker: Absent,
};

pub(super) static SLES_12_SP5: System = System {
    os: OperatingSystem::Linux,
    id: "sles",
    like: "suse",
    name: "SLES",
    version_id: "12.5",
    version: "12-SP5",
    codename: "",
    pretty: "SUSE Linux Enterprise Server 12 SP5",
    docker: Package("docker"),
};

pub(super) static SLES_15_SP3: System = System {
    os: OperatingSystem::Linux,
    id: "sles",
    like: "suse",
    name: "SLES",
    version_id: "15.3",
    version: "15-SP3",
    codename: "",
    pretty: "SUSE Linux Enterprise Server 15 SP3",
    docker: Package("docker"),
};

pub(super) static SLES_15_SP5: System = System {
    os: OperatingSystem::Linux,
    id: "sles",
    like: "suse",
    name: "SLES",
    version_id: "15.5",
    version: "15-SP5",
    codename: "",
    pretty: "SUSE Linux Enterprise Server 15 SP5",
    docker: Package("docker"),
};

pub(super) static SLES_15_SP6: System = System {
    os: OperatingSystem::Linux,
    id: "sles",
    like: "suse",
    name: "SLES",
    version_id: "15.6",
    version: "15-SP6",
    codename: "",
    pretty: "SUSE Linux Enterprise Server 15 SP6",
    docker: Package("docker"),
};

pub(super) static SLES_15_SP7: System = System {
    os: OperatingSystem::Linux,
    id: "sles",
    like: "suse",
    name: "SLES",
    version_id: "15.7",
    version: "15-SP7",
    codename: "",
    pretty: "SUSE Linux Enterprise Server 15 SP7",
    docker: Package("docker"),
};

pub(super) static LEAP_42_3: System = System {
    os: OperatingSystem::Linux,
    id: "opensuse",
    like: "suse",
    name: "openSUSE Leap",
    version_id: "42.3",
    version: "42.3",
    codename: "",
    pretty: "openSUSE Leap 42.3",
    docker: Package("docker"),
};

pub(super) static LEAP_15_4: System = System {
    os: OperatingSystem::Linux,
    id: "opensuse-leap",
    like: "suse opensuse",
    name: "openSUSE Leap",
    version_id: "15.4",
    version: "15.4",
    codename: "",
    pretty: "openSUSE Leap 15.4",
    docker: Package("docker"),
};

pub(super) static LEAP_15_6: System = System {
    os: OperatingSystem::Linux,
    id: "opensuse-leap",
    like: "suse opensuse",
    name: "openSUSE Leap",
    version_id: "15.6",
    version: "15.6",
    codename: "",
    pretty: "openSUSE Leap 15.6",
    docker: Package("docker"),
};

pub(super) static FLATCAR: System = System {
    os: OperatingSystem::Linux,
    id: "flatcar",
    like: "coreos",
    name: "Flatcar Container Linux by Kinvolk",
    version_id: "4230.2.3",
    version: "4230.2.3",
    codename: "",
    pretty: "Flatcar Container Linux by Kinvolk 4230.2.3 (Oklo)",
    docker: BuiltIn,
};

pub(super) static COREOS: System = System {
    os: OperatingSystem::Linux,
    id: "coreos",
    like: "",
    name: "Container Linux by CoreOS",
    version_id: "2345.3.0",
    version: "2345.3.0",
    codename: "",
    pretty: "Container Linux by CoreOS 2345.3.0 (Rhyolite)",
    docker: BuiltIn,
};

pub(super) static MARINER_2: System = System {
    os: OperatingSystem::Linux,
    id: "mariner",
    like: "",
    name: "Common Base Linux Mariner",
    version_id: "2.0",
    version: "2.0",
    codename: "",
    pretty: "Common Base Linux Mariner 2.0",
    docker: Package("moby-engine"),
};

pub(super) static AZURE_LINUX_3: System = System {
    os: OperatingSystem::Linux,
    id: "azurelinux",
    like: "",
    name: "Microsoft Azure Linux",
    version_id: "3.0",
    version: "3.0",
    codename: "",
    pretty: "Microsoft Azure Linux 3.0",
    docker: Package("moby-engine"),
};

pub(super) static AZURE_LINUX_4: System = System {
    os: OperatingSystem::Linux,
    id: "azurelinux",
    like: "",
    name: "Microsoft Azure Linux",
    version_id: "4.0",
    version: "4.0",
    codename: "",
    pretty: "Microsoft Azure Linux 4.0",
    docker: Package("moby-engine"),
};

pub(super) static WINDOWS_2012: System = System {
    os: OperatingSystem::Windows,
    id: "windows",
    like: "",
    name: "Windows Server 2012 Datacenter",
    version_id: "6.2.9200",
    version: "6.2.9200",
    codename: "",
    pretty: "Windows Server 2012 Datacenter",
    docker: Absent,
};

pub(super) static WINDOWS_2012_R2: System = System {
    os: OperatingSystem::Windows,
    id: "windows",
    like: "",
    name: "Windows Server 2012 R2 Datacenter",
    version_id: "6.3.9600",
    version: "6.3.9600",
    codename: "",
    pretty: "Windows Server 2012 R2 Datacenter",
    docker: Absent,
};

pub(super) static WINDOWS_2016: System = System {
    os: OperatingSystem::Windows,
    id: "windows",
    like: "",
    name: "Windows Server 2016 Datacenter",
    version_id: "10.0.14393",
    version: "10.0.14393",
    codename: "",
    pretty: "Windows Server 2016 Datacenter",
    docker: Absent,
};

pub(super) static WINDOWS_2019: System = System {
    os: OperatingSystem::Windows,
    id: "windows",
    like: "",
    name: "Windows Server 2019 Datacenter",
    version_id: "10.0.17763",
    version: "10.0.17763",
    codename: "",
    pretty: "Windows Server 2019 Datacenter",
    docker: Absent,
};

pub(super) static WINDOWS_2022: System = System {
    os: OperatingSystem::Windows,
    id: "windows",
    like: "",
    name: "Windows Server 2022 Datacenter",
    version_id: "10.0.20348",
    version: "10.0.20348",
    codename: "",
    pretty: "Windows Server 2022 Datacenter",
    docker: Absent,
};

pub(super) static WINDOWS_2025: System = System {
    os: OperatingSystem::Windows,
    id: "windows",
    like: "",
    name: "Windows Server 2025 Datacenter",
    version_id: "10.0.26100",
    version: "10.0.26100",
    codename: "",
    pretty: "Windows Server 2025 Datacenter",
    docker: Absent,
};

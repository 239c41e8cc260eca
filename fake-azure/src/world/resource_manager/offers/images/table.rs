//! The images: who publishes what, as which system, in which versions.

use super::systems::{
    ALMA_8, ALMA_9, ALMA_10, AZURE_LINUX_3, AZURE_LINUX_4, BIONIC, BOOKWORM, BULLSEYE, BUSTER,
    CENTOS_7, CENTOS_8, COREOS, FLATCAR, FOCAL, JAMMY, LEAP_15_4, LEAP_15_6, LEAP_42_3, MARINER_2,
    NOBLE, ORACLE_7, ORACLE_8, ORACLE_9, RESOLUTE, RHEL_7, RHEL_8, RHEL_9, RHEL_10, ROCKY_8,
    ROCKY_9, ROCKY_10, SLES_12_SP5, SLES_15_SP3, SLES_15_SP5, SLES_15_SP6, SLES_15_SP7, TRIXIE,
    TRUSTY, WINDOWS_2012, WINDOWS_2012_R2, WINDOWS_2016, WINDOWS_2019, WINDOWS_2022, WINDOWS_2025,
    XENIAL,
};
use super::{Generation, Offer, Publisher, Release, Sku, System};

const fn release(
    system: &'static System,
    size_gb: u32,
    versions: &'static [&'static str],
) -> Release {
    Release {
        system,
        size_gb,
        versions,
    }
}

/// An image for hardware of the first generation.
const fn gen1(name: &'static str, release: &'static Release) -> Sku {
    Sku {
        name,
        release,
        generation: Generation::V1,
        arm: false,
    }
}

/// An image for hardware of the second generation.
const fn gen2(name: &'static str, release: &'static Release) -> Sku {
    Sku {
        generation: Generation::V2,
        ..gen1(name, release)
    }
}

/// An image for Arm processors.
const fn arm(name: &'static str, release: &'static Release) -> Sku {
    Sku {
        arm: true,
        ..gen2(name, release)
    }
}

static UBUNTU_14: Release = release(
    &TRUSTY,
    30,
    &["14.04.201610200", "14.04.201805220", "14.04.201905140"],
);
static UBUNTU_16: Release = release(
    &XENIAL,
    30,
    &["16.04.201608150", "16.04.201610200", "16.04.202109280"],
);
static UBUNTU_18: Release = release(
    &BIONIC,
    30,
    &["18.04.202002180", "18.04.202107200", "18.04.202306070"],
);
static UBUNTU_20: Release = release(
    &FOCAL,
    30,
    &["20.04.202210180", "20.04.202404080", "20.04.202505200"],
);
static UBUNTU_22: Release = release(
    &JAMMY,
    30,
    &["22.04.202404090", "22.04.202510230", "22.04.202608060"],
);
static UBUNTU_24: Release = release(
    &NOBLE,
    30,
    &["24.04.202411030", "24.04.202607140", "24.04.202609040"],
);
static UBUNTU_26: Release = release(&RESOLUTE, 30, &["26.04.202604230", "26.04.202609040"]);
static DEBIAN_10: Release = release(&BUSTER, 30, &["0.20240204.1647", "0.20240703.1797"]);
static DEBIAN_11: Release = release(
    &BULLSEYE,
    30,
    &["0.20230531.1397", "0.20240717.1811", "0.20260316.2418"],
);
static DEBIAN_12: Release = release(
    &BOOKWORM,
    30,
    &["0.20230531.1397", "0.20230612.1409", "0.20260316.2418"],
);
static DEBIAN_13: Release = release(
    &TRIXIE,
    30,
    &["0.20250911.2232", "0.20260316.2418", "0.20260914.2601"],
);
static REDHAT_7: Release = release(&RHEL_7, 64, &["7.9.2022032206", "7.9.2023062710"]);
static REDHAT_8: Release = release(
    &RHEL_8,
    64,
    &["8.0.20210422", "8.5.2022032206", "8.10.2026031812"],
);
static REDHAT_9: Release = release(
    &RHEL_9,
    64,
    &["9.0.2022090601", "9.4.2025060101", "9.8.2026062323"],
);
static REDHAT_10: Release = release(&RHEL_10, 64, &["10.0.2025060911", "10.0.2025091114"]);
static OPENLOGIC_7_5: Release = release(&CENTOS_7, 30, &["7.5.20180626", "7.5.201808150"]);
static OPENLOGIC_7_9: Release = release(&CENTOS_7, 30, &["7.9.2022020700", "7.9.2023030700"]);
static OPENLOGIC_7_9_GEN2: Release = release(&CENTOS_7, 30, &["7.9.2022020701", "7.9.2023030701"]);
static OPENLOGIC_8_5: Release = release(&CENTOS_8, 30, &["8.5.2022012100", "8.5.2022101800"]);
static OPENLOGIC_8_5_GEN2: Release = release(&CENTOS_8, 30, &["8.5.2022012101", "8.5.2022101801"]);
static ALMALINUX_8: Release = release(&ALMA_8, 30, &["8.9.202311300", "8.10.202406030"]);
static ALMALINUX_9: Release = release(&ALMA_9, 30, &["9.4.202405080", "9.5.202411260"]);
static ALMALINUX_10: Release = release(&ALMA_10, 30, &["10.0.202505270", "10.0.202509080"]);
static ROCKYLINUX_8: Release = release(&ROCKY_8, 10, &["8.8.20230518", "8.9.20231119"]);
static ROCKYLINUX_9: Release = release(
    &ROCKY_9,
    10,
    &["9.3.20231113", "9.6.20250531", "9.8.20260525"],
);
static ROCKYLINUX_10: Release = release(&ROCKY_10, 10, &["10.0.20250609", "10.0.20250918"]);
static OL_7: Release = release(&ORACLE_7, 30, &["7.9.28", "7.9.35"]);
static OL_8: Release = release(&ORACLE_8, 30, &["8.10.2", "8.10.4"]);
static OL_9_0: Release = release(&ORACLE_9, 30, &["9.0.1", "9.0.3"]);
static OL_9_5: Release = release(&ORACLE_9, 30, &["9.5.1", "9.5.2"]);
static OL_9_8: Release = release(&ORACLE_9, 30, &["9.8.1", "9.8.2"]);
static SUSE_12_SP5: Release = release(&SLES_12_SP5, 30, &["2022.11.04", "2024.10.08"]);
static SUSE_15_SP3: Release = release(&SLES_15_SP3, 30, &["2022.01.26", "2023.02.16"]);
static SUSE_15_SP5: Release = release(&SLES_15_SP5, 30, &["2023.06.20", "2025.01.16"]);
static SUSE_15_SP6: Release = release(&SLES_15_SP6, 30, &["2024.06.26", "2025.09.11"]);
static SUSE_15_SP7: Release = release(&SLES_15_SP7, 30, &["2025.06.18", "2026.07.22"]);
static OPENSUSE_42_3: Release = release(&LEAP_42_3, 30, &["2017.07.26", "2018.08.13"]);
static OPENSUSE_15_4: Release = release(&LEAP_15_4, 30, &["2022.11.04", "2023.06.05"]);
static OPENSUSE_15_6: Release = release(&LEAP_15_6, 30, &["2024.06.12", "2025.03.20"]);
static KINVOLK: Release = release(&FLATCAR, 30, &["3815.2.0", "4152.2.3", "4230.2.3"]);
static CONTAINER_LINUX: Release = release(&COREOS, 30, &["1745.7.0", "2135.5.0", "2345.3.0"]);
static CBL_MARINER: Release = release(&MARINER_2, 30, &["2.20240123.01", "2.20250304.01"]);
static AZL_3: Release = release(&AZURE_LINUX_3, 30, &["3.20250102.02", "3.20260923.01"]);
static AZL_4: Release = release(&AZURE_LINUX_4, 30, &["4.20260618.01", "4.20260918.01"]);
static WS_2012: Release = release(
    &WINDOWS_2012,
    127,
    &["9200.23864.220908", "9200.24523.231004"],
);
static WS_2012_R2: Release = release(
    &WINDOWS_2012_R2,
    127,
    &["9600.20571.220908", "9600.21620.231004"],
);
static WS_2016: Release = release(
    &WINDOWS_2016,
    127,
    &["14393.5356.220908", "14393.9339.260906"],
);
static WS_2019: Release = release(
    &WINDOWS_2019,
    127,
    &["17763.3406.220909", "17763.9012.260906"],
);
static WS_2022: Release = release(
    &WINDOWS_2022,
    127,
    &["20348.1006.220908", "20348.5622.260906"],
);
static WS_2025: Release = release(
    &WINDOWS_2025,
    127,
    &["26100.4946.250810", "26100.33104.260906"],
);
static WS_2022_SMALL: Release = release(
    &WINDOWS_2022,
    30,
    &["20348.1006.220908", "20348.5622.260906"],
);
static WS_2019_SMALL: Release = release(
    &WINDOWS_2019,
    30,
    &["17763.3406.220909", "17763.9012.260906"],
);

/// All publishers of images, by name.
pub(super) static PUBLISHERS: &[Publisher] = &[
    Publisher {
        name: "almalinux",
        offers: &[
            Offer {
                name: "almalinux-x86_64",
                skus: &[
                    gen1("8-gen1", &ALMALINUX_8),
                    gen2("8-gen2", &ALMALINUX_8),
                    gen1("9-gen1", &ALMALINUX_9),
                    gen2("9-gen2", &ALMALINUX_9),
                    gen1("10-gen1", &ALMALINUX_10),
                    gen2("10-gen2", &ALMALINUX_10),
                ],
            },
            Offer {
                name: "almalinux-arm",
                skus: &[arm("9-arm-gen2", &ALMALINUX_9)],
            },
        ],
    },
    Publisher {
        name: "Canonical",
        offers: &[
            Offer {
                name: "0001-com-ubuntu-minimal-focal",
                skus: &[
                    gen1("minimal-20_04-lts", &UBUNTU_20),
                    gen2("minimal-20_04-lts-gen2", &UBUNTU_20),
                ],
            },
            Offer {
                name: "0001-com-ubuntu-minimal-jammy",
                skus: &[
                    gen1("minimal-22_04-lts", &UBUNTU_22),
                    gen2("minimal-22_04-lts-gen2", &UBUNTU_22),
                    arm("minimal-22_04-lts-arm64", &UBUNTU_22),
                ],
            },
            Offer {
                name: "0001-com-ubuntu-server-focal",
                skus: &[
                    gen1("20_04-lts", &UBUNTU_20),
                    arm("20_04-lts-arm64", &UBUNTU_20),
                    gen2("20_04-lts-gen2", &UBUNTU_20),
                ],
            },
            Offer {
                name: "0001-com-ubuntu-server-jammy",
                skus: &[
                    gen1("22_04-lts", &UBUNTU_22),
                    arm("22_04-lts-arm64", &UBUNTU_22),
                    gen2("22_04-lts-gen2", &UBUNTU_22),
                ],
            },
            Offer {
                name: "ubuntu-22_04-lts",
                skus: &[
                    gen2("server", &UBUNTU_22),
                    arm("server-arm64", &UBUNTU_22),
                    gen1("server-gen1", &UBUNTU_22),
                ],
            },
            Offer {
                name: "ubuntu-24_04-lts",
                skus: &[
                    gen2("minimal", &UBUNTU_24),
                    arm("minimal-arm64", &UBUNTU_24),
                    gen1("minimal-gen1", &UBUNTU_24),
                    gen2("server", &UBUNTU_24),
                    arm("server-arm64", &UBUNTU_24),
                    gen1("server-gen1", &UBUNTU_24),
                    gen2("ubuntu-pro", &UBUNTU_24),
                    gen1("ubuntu-pro-gen1", &UBUNTU_24),
                ],
            },
            Offer {
                name: "ubuntu-26_04-lts",
                skus: &[
                    gen2("minimal", &UBUNTU_26),
                    gen2("server", &UBUNTU_26),
                    arm("server-arm64", &UBUNTU_26),
                ],
            },
            Offer {
                name: "UbuntuServer",
                skus: &[
                    gen1("14.04.5-LTS", &UBUNTU_14),
                    gen1("16.04-LTS", &UBUNTU_16),
                    gen1("16.04.0-LTS", &UBUNTU_16),
                    gen2("16_04-lts-gen2", &UBUNTU_16),
                    gen1("18.04-LTS", &UBUNTU_18),
                    gen2("18_04-lts-gen2", &UBUNTU_18),
                    arm("18_04-lts-arm64", &UBUNTU_18),
                ],
            },
        ],
    },
    Publisher {
        name: "CoreOS",
        offers: &[Offer {
            name: "CoreOS",
            skus: &[
                gen1("Alpha", &CONTAINER_LINUX),
                gen1("Beta", &CONTAINER_LINUX),
                gen1("Stable", &CONTAINER_LINUX),
            ],
        }],
    },
    Publisher {
        name: "Debian",
        offers: &[
            Offer {
                name: "debian-10",
                skus: &[
                    gen1("10", &DEBIAN_10),
                    gen1("10-backports", &DEBIAN_10),
                    gen2("10-backports-gen2", &DEBIAN_10),
                    gen2("10-gen2", &DEBIAN_10),
                ],
            },
            Offer {
                name: "debian-11",
                skus: &[
                    gen1("11", &DEBIAN_11),
                    arm("11-arm64", &DEBIAN_11),
                    gen1("11-backports", &DEBIAN_11),
                    arm("11-backports-arm64", &DEBIAN_11),
                    gen2("11-backports-gen2", &DEBIAN_11),
                    gen2("11-gen2", &DEBIAN_11),
                ],
            },
            Offer {
                name: "debian-12",
                skus: &[
                    gen1("12", &DEBIAN_12),
                    arm("12-arm64", &DEBIAN_12),
                    gen1("12-backports", &DEBIAN_12),
                    arm("12-backports-arm64", &DEBIAN_12),
                    gen2("12-backports-gen2", &DEBIAN_12),
                    gen2("12-gen2", &DEBIAN_12),
                ],
            },
            Offer {
                name: "debian-13",
                skus: &[
                    gen1("13", &DEBIAN_13),
                    arm("13-arm64", &DEBIAN_13),
                    gen1("13-backports", &DEBIAN_13),
                    arm("13-backports-arm64", &DEBIAN_13),
                    gen2("13-backports-gen2", &DEBIAN_13),
                    gen2("13-gen2", &DEBIAN_13),
                ],
            },
        ],
    },
    Publisher {
        name: "kinvolk",
        offers: &[
            Offer {
                name: "flatcar-container-linux",
                skus: &[gen1("stable", &KINVOLK), gen2("stable-gen2", &KINVOLK)],
            },
            Offer {
                name: "flatcar-container-linux-corevm-amd64",
                skus: &[gen2("stable-gen2", &KINVOLK)],
            },
            Offer {
                name: "flatcar-container-linux-free",
                skus: &[
                    gen1("beta", &KINVOLK),
                    gen2("beta-gen2", &KINVOLK),
                    gen1("stable", &KINVOLK),
                    gen2("stable-gen2", &KINVOLK),
                ],
            },
        ],
    },
    Publisher {
        name: "microsoftazurelinux",
        offers: &[Offer {
            name: "azurelinux-4",
            skus: &[
                gen2("4", &AZL_4),
                arm("4-arm64", &AZL_4),
                gen1("4-gen1", &AZL_4),
            ],
        }],
    },
    Publisher {
        name: "MicrosoftCBLMariner",
        offers: &[
            Offer {
                name: "azure-linux-3",
                skus: &[
                    gen1("azure-linux-3", &AZL_3),
                    arm("azure-linux-3-arm64", &AZL_3),
                    gen2("azure-linux-3-gen2", &AZL_3),
                ],
            },
            Offer {
                name: "cbl-mariner",
                skus: &[
                    gen1("cbl-mariner-2", &CBL_MARINER),
                    arm("cbl-mariner-2-arm64", &CBL_MARINER),
                    gen2("cbl-mariner-2-gen2", &CBL_MARINER),
                ],
            },
        ],
    },
    Publisher {
        name: "MicrosoftWindowsServer",
        offers: &[Offer {
            name: "WindowsServer",
            skus: &[
                gen1("2012-Datacenter", &WS_2012),
                gen1("2012-R2-Datacenter", &WS_2012_R2),
                gen1("2016-Datacenter", &WS_2016),
                gen2("2016-datacenter-gensecond", &WS_2016),
                gen1("2019-Datacenter", &WS_2019),
                gen2("2019-datacenter-gensecond", &WS_2019),
                gen1("2019-Datacenter-smalldisk", &WS_2019_SMALL),
                gen1("2022-datacenter", &WS_2022),
                gen2("2022-datacenter-azure-edition", &WS_2022),
                gen2("2022-datacenter-azure-edition-core", &WS_2022),
                gen2("2022-datacenter-g2", &WS_2022),
                gen2("2022-datacenter-smalldisk-g2", &WS_2022_SMALL),
                gen2("2025-datacenter-azure-edition", &WS_2025),
                gen2("2025-datacenter-g2", &WS_2025),
            ],
        }],
    },
    Publisher {
        name: "OpenLogic",
        offers: &[Offer {
            name: "CentOS",
            skus: &[
                gen1("7.5", &OPENLOGIC_7_5),
                gen1("7_9", &OPENLOGIC_7_9),
                gen2("7_9-gen2", &OPENLOGIC_7_9_GEN2),
                gen1("8_5", &OPENLOGIC_8_5),
                gen2("8_5-gen2", &OPENLOGIC_8_5_GEN2),
            ],
        }],
    },
    Publisher {
        name: "Oracle",
        offers: &[Offer {
            name: "Oracle-Linux",
            skus: &[
                gen1("ol79", &OL_7),
                gen2("ol79-gen2", &OL_7),
                gen1("ol810-lvm", &OL_8),
                gen2("ol810-lvm-gen2", &OL_8),
                gen1("ol9-lvm", &OL_9_0),
                gen2("ol9-lvm-gen2", &OL_9_0),
                gen1("ol95-lvm", &OL_9_5),
                gen2("ol95-lvm-gen2", &OL_9_5),
                gen2("ol98-lvm-gen2", &OL_9_8),
            ],
        }],
    },
    Publisher {
        name: "RedHat",
        offers: &[
            Offer {
                name: "RHEL",
                skus: &[
                    gen1("7-LVM", &REDHAT_7),
                    gen1("7_9", &REDHAT_7),
                    gen2("7lvm-gen2", &REDHAT_7),
                    gen1("8-lvm", &REDHAT_8),
                    gen2("8-lvm-gen2", &REDHAT_8),
                    gen2("810-gen2", &REDHAT_8),
                    gen1("8_10", &REDHAT_8),
                    gen1("9-lvm", &REDHAT_9),
                    gen2("9-lvm-gen2", &REDHAT_9),
                    gen2("10-lvm-gen2", &REDHAT_10),
                ],
            },
            Offer {
                name: "rhel-arm64",
                skus: &[arm("9-lvm-arm64", &REDHAT_9)],
            },
        ],
    },
    Publisher {
        name: "resf",
        offers: &[Offer {
            name: "rockylinux-x86_64",
            skus: &[
                gen2("8-base", &ROCKYLINUX_8),
                gen2("8-lvm", &ROCKYLINUX_8),
                gen2("9-base", &ROCKYLINUX_9),
                gen2("9-lvm", &ROCKYLINUX_9),
                gen2("10-base", &ROCKYLINUX_10),
                gen2("10-lvm", &ROCKYLINUX_10),
            ],
        }],
    },
    Publisher {
        name: "SUSE",
        offers: &[
            Offer {
                name: "openSUSE-Leap",
                skus: &[gen1("42.3", &OPENSUSE_42_3)],
            },
            Offer {
                name: "openSUSE-leap-15-4",
                skus: &[gen1("gen1", &OPENSUSE_15_4), gen2("gen2", &OPENSUSE_15_4)],
            },
            Offer {
                name: "openSUSE-leap-15-6",
                skus: &[gen1("gen1", &OPENSUSE_15_6), gen2("gen2", &OPENSUSE_15_6)],
            },
            Offer {
                name: "sles-12-sp5",
                skus: &[gen1("gen1", &SUSE_12_SP5), gen2("gen2", &SUSE_12_SP5)],
            },
            Offer {
                name: "sles-15-sp3",
                skus: &[gen1("gen1", &SUSE_15_SP3), gen2("gen2", &SUSE_15_SP3)],
            },
            Offer {
                name: "sles-15-sp5",
                skus: &[gen1("gen1", &SUSE_15_SP5), gen2("gen2", &SUSE_15_SP5)],
            },
            Offer {
                name: "sles-15-sp6",
                skus: &[gen1("gen1", &SUSE_15_SP6), gen2("gen2", &SUSE_15_SP6)],
            },
            Offer {
                name: "sles-15-sp7",
                skus: &[gen1("gen1", &SUSE_15_SP7), gen2("gen2", &SUSE_15_SP7)],
            },
        ],
    },
];

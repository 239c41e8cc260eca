//! The sizes of virtual machines, series by series, as the service's documentation tells them.

use super::{Generations, Row, Series, Traits};

const fn size(
    name: &'static str,
    cores: u16,
    memory_mb: u32,
    data_disks: u8,
    resource_disk_mb: u32,
) -> Row {
    Row {
        name,
        memory_mb,
        resource_disk_mb,
        cores,
        data_disks,
    }
}

/// What a series of old can: no premium disks, no network of its own.
const OLD: Traits = Traits {
    premium: false,
    fast_network: false,
    arm: false,
};

/// What a series of old with premium disks can.
const OLD_PREMIUM: Traits = Traits {
    premium: true,
    ..OLD
};

/// What a series without premium disks can.
const PLAIN: Traits = Traits {
    fast_network: true,
    ..OLD
};

/// What a series of today can.
const PREMIUM: Traits = Traits {
    premium: true,
    ..PLAIN
};

/// What a series of today with Arm processors can.
const ARM: Traits = Traits {
    arm: true,
    ..PREMIUM
};

/// All series.
pub(super) const SERIES: &[Series] = &[
    // Basic A: cheap and shared, without load balancing.
    Series {
        family: "basicAFamily",
        generations: Generations::V1,
        traits: OLD,
        rows: &[
            size("Basic_A0", 1, 768, 1, 20_480),
            size("Basic_A1", 1, 1792, 2, 40_960),
            size("Basic_A2", 2, 3584, 4, 61_440),
            size("Basic_A3", 4, 7168, 8, 122_880),
            size("Basic_A4", 8, 14_336, 16, 245_760),
        ],
    },
    // A: the first sizes there were.
    Series {
        family: "standardA0_A7Family",
        generations: Generations::V1,
        traits: OLD,
        rows: &[
            size("Standard_A0", 1, 768, 1, 20_480),
            size("Standard_A1", 1, 1792, 2, 71_680),
            size("Standard_A2", 2, 3584, 4, 138_240),
            size("Standard_A3", 4, 7168, 8, 291_840),
            size("Standard_A4", 8, 14_336, 16, 619_520),
            size("Standard_A5", 2, 14_336, 4, 138_240),
            size("Standard_A6", 4, 28_672, 8, 291_840),
            size("Standard_A7", 8, 57_344, 16, 619_520),
        ],
    },
    // A8 to A11: for computing.
    Series {
        family: "standardA8_A11Family",
        generations: Generations::V1,
        traits: OLD,
        rows: &[
            size("Standard_A8", 8, 57_344, 32, 391_168),
            size("Standard_A9", 16, 114_688, 64, 391_168),
            size("Standard_A10", 8, 57_344, 32, 391_168),
            size("Standard_A11", 16, 114_688, 64, 391_168),
        ],
    },
    // Av2.
    Series {
        family: "standardAv2Family",
        generations: Generations::V1,
        traits: OLD,
        rows: &[
            size("Standard_A1_v2", 1, 2048, 2, 10_240),
            size("Standard_A2_v2", 2, 4096, 4, 20_480),
            size("Standard_A4_v2", 4, 8192, 8, 40_960),
            size("Standard_A8_v2", 8, 16_384, 16, 81_920),
            size("Standard_A2m_v2", 2, 16_384, 4, 20_480),
            size("Standard_A4m_v2", 4, 32_768, 8, 40_960),
            size("Standard_A8m_v2", 8, 65_536, 16, 81_920),
        ],
    },
    // B: bursting.
    Series {
        family: "standardBSFamily",
        generations: Generations::V1AndV2,
        traits: OLD_PREMIUM,
        rows: &[
            size("Standard_B1ls", 1, 512, 2, 4096),
            size("Standard_B1s", 1, 1024, 2, 4096),
            size("Standard_B1ms", 1, 2048, 2, 4096),
            size("Standard_B2s", 2, 4096, 4, 8192),
            size("Standard_B2ms", 2, 8192, 4, 16_384),
            size("Standard_B4ms", 4, 16_384, 8, 32_768),
            size("Standard_B8ms", 8, 32_768, 16, 65_536),
            size("Standard_B12ms", 12, 49_152, 16, 98_304),
            size("Standard_B16ms", 16, 65_536, 32, 131_072),
            size("Standard_B20ms", 20, 81_920, 32, 163_840),
        ],
    },
    // Bsv2: bursting, Intel.
    Series {
        family: "standardBsv2Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_B2ts_v2", 2, 1024, 4, 0),
            size("Standard_B2ls_v2", 2, 4096, 4, 0),
            size("Standard_B2s_v2", 2, 8192, 4, 0),
            size("Standard_B4ls_v2", 4, 8192, 8, 0),
            size("Standard_B4s_v2", 4, 16_384, 8, 0),
            size("Standard_B8ls_v2", 8, 16_384, 16, 0),
            size("Standard_B8s_v2", 8, 32_768, 16, 0),
            size("Standard_B16ls_v2", 16, 32_768, 32, 0),
            size("Standard_B16s_v2", 16, 65_536, 32, 0),
            size("Standard_B32ls_v2", 32, 65_536, 32, 0),
            size("Standard_B32s_v2", 32, 131_072, 32, 0),
        ],
    },
    // Basv2: bursting, AMD.
    Series {
        family: "standardBasv2Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_B2ats_v2", 2, 1024, 4, 0),
            size("Standard_B2als_v2", 2, 4096, 4, 0),
            size("Standard_B2as_v2", 2, 8192, 4, 0),
            size("Standard_B4als_v2", 4, 8192, 8, 0),
            size("Standard_B4as_v2", 4, 16_384, 8, 0),
            size("Standard_B8als_v2", 8, 16_384, 16, 0),
            size("Standard_B8as_v2", 8, 32_768, 16, 0),
            size("Standard_B16als_v2", 16, 32_768, 32, 0),
            size("Standard_B16as_v2", 16, 65_536, 32, 0),
            size("Standard_B32als_v2", 32, 65_536, 32, 0),
            size("Standard_B32as_v2", 32, 131_072, 32, 0),
        ],
    },
    // Bpsv2: bursting, Arm.
    Series {
        family: "standardBpsv2Family",
        generations: Generations::V2,
        traits: ARM,
        rows: &[
            size("Standard_B2pts_v2", 2, 1024, 4, 0),
            size("Standard_B2pls_v2", 2, 4096, 4, 0),
            size("Standard_B2ps_v2", 2, 8192, 4, 0),
            size("Standard_B4pls_v2", 4, 8192, 8, 0),
            size("Standard_B4ps_v2", 4, 16_384, 8, 0),
            size("Standard_B8pls_v2", 8, 16_384, 16, 0),
            size("Standard_B8ps_v2", 8, 32_768, 16, 0),
            size("Standard_B16pls_v2", 16, 32_768, 32, 0),
            size("Standard_B16ps_v2", 16, 65_536, 32, 0),
        ],
    },
    // D.
    Series {
        family: "standardDFamily",
        generations: Generations::V1,
        traits: OLD,
        rows: &[
            size("Standard_D1", 1, 3584, 4, 51_200),
            size("Standard_D2", 2, 7168, 8, 102_400),
            size("Standard_D3", 4, 14_336, 16, 204_800),
            size("Standard_D4", 8, 28_672, 32, 409_600),
            size("Standard_D11", 2, 14_336, 8, 102_400),
            size("Standard_D12", 4, 28_672, 16, 204_800),
            size("Standard_D13", 8, 57_344, 32, 409_600),
            size("Standard_D14", 16, 114_688, 64, 819_200),
        ],
    },
    // DS: D with premium disks.
    Series {
        family: "standardDSFamily",
        generations: Generations::V1,
        traits: OLD_PREMIUM,
        rows: &[
            size("Standard_DS1", 1, 3584, 4, 7168),
            size("Standard_DS2", 2, 7168, 8, 14_336),
            size("Standard_DS3", 4, 14_336, 16, 28_672),
            size("Standard_DS4", 8, 28_672, 32, 57_344),
            size("Standard_DS11", 2, 14_336, 8, 28_672),
            size("Standard_DS12", 4, 28_672, 16, 57_344),
            size("Standard_DS13", 8, 57_344, 32, 114_688),
            size("Standard_DS14", 16, 114_688, 64, 229_376),
        ],
    },
    // Dv2.
    Series {
        family: "standardDv2Family",
        generations: Generations::V1,
        traits: PLAIN,
        rows: &[
            size("Standard_D1_v2", 1, 3584, 4, 51_200),
            size("Standard_D2_v2", 2, 7168, 8, 102_400),
            size("Standard_D3_v2", 4, 14_336, 16, 204_800),
            size("Standard_D4_v2", 8, 28_672, 32, 409_600),
            size("Standard_D5_v2", 16, 57_344, 64, 819_200),
            size("Standard_D11_v2", 2, 14_336, 8, 102_400),
            size("Standard_D12_v2", 4, 28_672, 16, 204_800),
            size("Standard_D13_v2", 8, 57_344, 32, 409_600),
            size("Standard_D14_v2", 16, 114_688, 64, 819_200),
            size("Standard_D15_v2", 20, 143_360, 64, 1_024_000),
        ],
    },
    // DSv2: Dv2 with premium disks.
    Series {
        family: "standardDSv2Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_DS1_v2", 1, 3584, 4, 7168),
            size("Standard_DS2_v2", 2, 7168, 8, 14_336),
            size("Standard_DS3_v2", 4, 14_336, 16, 28_672),
            size("Standard_DS4_v2", 8, 28_672, 32, 57_344),
            size("Standard_DS5_v2", 16, 57_344, 64, 114_688),
            size("Standard_DS11_v2", 2, 14_336, 8, 28_672),
            size("Standard_DS12_v2", 4, 28_672, 16, 57_344),
            size("Standard_DS13_v2", 8, 57_344, 32, 114_688),
            size("Standard_DS14_v2", 16, 114_688, 64, 229_376),
            size("Standard_DS15_v2", 20, 143_360, 64, 286_720),
        ],
    },
    // Dv3.
    Series {
        family: "standardDv3Family",
        generations: Generations::V1,
        traits: PLAIN,
        rows: &[
            size("Standard_D2_v3", 2, 8192, 4, 51_200),
            size("Standard_D4_v3", 4, 16_384, 8, 102_400),
            size("Standard_D8_v3", 8, 32_768, 16, 204_800),
            size("Standard_D16_v3", 16, 65_536, 32, 409_600),
            size("Standard_D32_v3", 32, 131_072, 32, 819_200),
            size("Standard_D48_v3", 48, 196_608, 32, 1_228_800),
            size("Standard_D64_v3", 64, 262_144, 32, 1_638_400),
        ],
    },
    // Dsv3.
    Series {
        family: "standardDSv3Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_D2s_v3", 2, 8192, 4, 16_384),
            size("Standard_D4s_v3", 4, 16_384, 8, 32_768),
            size("Standard_D8s_v3", 8, 32_768, 16, 65_536),
            size("Standard_D16s_v3", 16, 65_536, 32, 131_072),
            size("Standard_D32s_v3", 32, 131_072, 32, 262_144),
            size("Standard_D48s_v3", 48, 196_608, 32, 393_216),
            size("Standard_D64s_v3", 64, 262_144, 32, 524_288),
        ],
    },
    // Dv4.
    Series {
        family: "standardDv4Family",
        generations: Generations::V1AndV2,
        traits: PLAIN,
        rows: &[
            size("Standard_D2_v4", 2, 8192, 4, 0),
            size("Standard_D4_v4", 4, 16_384, 8, 0),
            size("Standard_D8_v4", 8, 32_768, 16, 0),
            size("Standard_D16_v4", 16, 65_536, 32, 0),
            size("Standard_D32_v4", 32, 131_072, 32, 0),
            size("Standard_D48_v4", 48, 196_608, 32, 0),
            size("Standard_D64_v4", 64, 262_144, 32, 0),
        ],
    },
    // Dsv4.
    Series {
        family: "standardDSv4Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_D2s_v4", 2, 8192, 4, 0),
            size("Standard_D4s_v4", 4, 16_384, 8, 0),
            size("Standard_D8s_v4", 8, 32_768, 16, 0),
            size("Standard_D16s_v4", 16, 65_536, 32, 0),
            size("Standard_D32s_v4", 32, 131_072, 32, 0),
            size("Standard_D48s_v4", 48, 196_608, 32, 0),
            size("Standard_D64s_v4", 64, 262_144, 32, 0),
        ],
    },
    // Ddv4.
    Series {
        family: "standardDDv4Family",
        generations: Generations::V1AndV2,
        traits: PLAIN,
        rows: &[
            size("Standard_D2d_v4", 2, 8192, 4, 76_800),
            size("Standard_D4d_v4", 4, 16_384, 8, 153_600),
            size("Standard_D8d_v4", 8, 32_768, 16, 307_200),
            size("Standard_D16d_v4", 16, 65_536, 32, 614_400),
            size("Standard_D32d_v4", 32, 131_072, 32, 1_228_800),
            size("Standard_D48d_v4", 48, 196_608, 32, 1_843_200),
            size("Standard_D64d_v4", 64, 262_144, 32, 2_457_600),
        ],
    },
    // Ddsv4.
    Series {
        family: "standardDDSv4Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_D2ds_v4", 2, 8192, 4, 76_800),
            size("Standard_D4ds_v4", 4, 16_384, 8, 153_600),
            size("Standard_D8ds_v4", 8, 32_768, 16, 307_200),
            size("Standard_D16ds_v4", 16, 65_536, 32, 614_400),
            size("Standard_D32ds_v4", 32, 131_072, 32, 1_228_800),
            size("Standard_D48ds_v4", 48, 196_608, 32, 1_843_200),
            size("Standard_D64ds_v4", 64, 262_144, 32, 2_457_600),
        ],
    },
    // Dasv4: AMD.
    Series {
        family: "standardDASv4Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_D2as_v4", 2, 8192, 4, 16_384),
            size("Standard_D4as_v4", 4, 16_384, 8, 32_768),
            size("Standard_D8as_v4", 8, 32_768, 16, 65_536),
            size("Standard_D16as_v4", 16, 65_536, 32, 131_072),
            size("Standard_D32as_v4", 32, 131_072, 32, 262_144),
            size("Standard_D48as_v4", 48, 196_608, 32, 393_216),
            size("Standard_D64as_v4", 64, 262_144, 32, 524_288),
            size("Standard_D96as_v4", 96, 393_216, 32, 786_432),
        ],
    },
    // Dv5.
    Series {
        family: "standardDv5Family",
        generations: Generations::V1AndV2,
        traits: PLAIN,
        rows: &[
            size("Standard_D2_v5", 2, 8192, 4, 0),
            size("Standard_D4_v5", 4, 16_384, 8, 0),
            size("Standard_D8_v5", 8, 32_768, 16, 0),
            size("Standard_D16_v5", 16, 65_536, 32, 0),
            size("Standard_D32_v5", 32, 131_072, 32, 0),
            size("Standard_D48_v5", 48, 196_608, 32, 0),
            size("Standard_D64_v5", 64, 262_144, 32, 0),
            size("Standard_D96_v5", 96, 393_216, 32, 0),
        ],
    },
    // Dsv5: what az takes by itself.
    Series {
        family: "standardDSv5Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_D2s_v5", 2, 8192, 4, 0),
            size("Standard_D4s_v5", 4, 16_384, 8, 0),
            size("Standard_D8s_v5", 8, 32_768, 16, 0),
            size("Standard_D16s_v5", 16, 65_536, 32, 0),
            size("Standard_D32s_v5", 32, 131_072, 32, 0),
            size("Standard_D48s_v5", 48, 196_608, 32, 0),
            size("Standard_D64s_v5", 64, 262_144, 32, 0),
            size("Standard_D96s_v5", 96, 393_216, 32, 0),
        ],
    },
    // Ddv5.
    Series {
        family: "standardDDv5Family",
        generations: Generations::V1AndV2,
        traits: PLAIN,
        rows: &[
            size("Standard_D2d_v5", 2, 8192, 4, 76_800),
            size("Standard_D4d_v5", 4, 16_384, 8, 153_600),
            size("Standard_D8d_v5", 8, 32_768, 16, 307_200),
            size("Standard_D16d_v5", 16, 65_536, 32, 614_400),
            size("Standard_D32d_v5", 32, 131_072, 32, 1_228_800),
            size("Standard_D48d_v5", 48, 196_608, 32, 1_843_200),
            size("Standard_D64d_v5", 64, 262_144, 32, 2_457_600),
            size("Standard_D96d_v5", 96, 393_216, 32, 3_686_400),
        ],
    },
    // Ddsv5.
    Series {
        family: "standardDDSv5Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_D2ds_v5", 2, 8192, 4, 76_800),
            size("Standard_D4ds_v5", 4, 16_384, 8, 153_600),
            size("Standard_D8ds_v5", 8, 32_768, 16, 307_200),
            size("Standard_D16ds_v5", 16, 65_536, 32, 614_400),
            size("Standard_D32ds_v5", 32, 131_072, 32, 1_228_800),
            size("Standard_D48ds_v5", 48, 196_608, 32, 1_843_200),
            size("Standard_D64ds_v5", 64, 262_144, 32, 2_457_600),
            size("Standard_D96ds_v5", 96, 393_216, 32, 3_686_400),
        ],
    },
    // Dasv5: AMD.
    Series {
        family: "standardDASv5Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_D2as_v5", 2, 8192, 4, 0),
            size("Standard_D4as_v5", 4, 16_384, 8, 0),
            size("Standard_D8as_v5", 8, 32_768, 16, 0),
            size("Standard_D16as_v5", 16, 65_536, 32, 0),
            size("Standard_D32as_v5", 32, 131_072, 32, 0),
            size("Standard_D48as_v5", 48, 196_608, 32, 0),
            size("Standard_D64as_v5", 64, 262_144, 32, 0),
            size("Standard_D96as_v5", 96, 393_216, 32, 0),
        ],
    },
    // Dadsv5: AMD.
    Series {
        family: "standardDADSv5Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_D2ads_v5", 2, 8192, 4, 76_800),
            size("Standard_D4ads_v5", 4, 16_384, 8, 153_600),
            size("Standard_D8ads_v5", 8, 32_768, 16, 307_200),
            size("Standard_D16ads_v5", 16, 65_536, 32, 614_400),
            size("Standard_D32ads_v5", 32, 131_072, 32, 1_228_800),
            size("Standard_D48ads_v5", 48, 196_608, 32, 1_843_200),
            size("Standard_D64ads_v5", 64, 262_144, 32, 2_457_600),
            size("Standard_D96ads_v5", 96, 393_216, 32, 3_686_400),
        ],
    },
    // Dlsv5: little memory.
    Series {
        family: "standardDLSv5Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_D2ls_v5", 2, 4096, 4, 0),
            size("Standard_D4ls_v5", 4, 8192, 8, 0),
            size("Standard_D8ls_v5", 8, 16_384, 16, 0),
            size("Standard_D16ls_v5", 16, 32_768, 32, 0),
            size("Standard_D32ls_v5", 32, 65_536, 32, 0),
            size("Standard_D48ls_v5", 48, 98_304, 32, 0),
            size("Standard_D64ls_v5", 64, 131_072, 32, 0),
            size("Standard_D96ls_v5", 96, 196_608, 32, 0),
        ],
    },
    // Dpsv5: Arm.
    Series {
        family: "standardDPSv5Family",
        generations: Generations::V2,
        traits: ARM,
        rows: &[
            size("Standard_D2ps_v5", 2, 8192, 4, 0),
            size("Standard_D4ps_v5", 4, 16_384, 8, 0),
            size("Standard_D8ps_v5", 8, 32_768, 16, 0),
            size("Standard_D16ps_v5", 16, 65_536, 32, 0),
            size("Standard_D32ps_v5", 32, 131_072, 32, 0),
            size("Standard_D48ps_v5", 48, 196_608, 32, 0),
            size("Standard_D64ps_v5", 64, 212_992, 32, 0),
        ],
    },
    // Dpdsv5: Arm.
    Series {
        family: "standardDPDSv5Family",
        generations: Generations::V2,
        traits: ARM,
        rows: &[
            size("Standard_D2pds_v5", 2, 8192, 4, 76_800),
            size("Standard_D4pds_v5", 4, 16_384, 8, 153_600),
            size("Standard_D8pds_v5", 8, 32_768, 16, 307_200),
            size("Standard_D16pds_v5", 16, 65_536, 32, 614_400),
            size("Standard_D32pds_v5", 32, 131_072, 32, 1_228_800),
            size("Standard_D48pds_v5", 48, 196_608, 32, 1_843_200),
            size("Standard_D64pds_v5", 64, 212_992, 32, 2_457_600),
        ],
    },
    // Dplsv5: Arm, little memory.
    Series {
        family: "standardDPLSv5Family",
        generations: Generations::V2,
        traits: ARM,
        rows: &[
            size("Standard_D2pls_v5", 2, 4096, 4, 0),
            size("Standard_D4pls_v5", 4, 8192, 8, 0),
            size("Standard_D8pls_v5", 8, 16_384, 16, 0),
            size("Standard_D16pls_v5", 16, 32_768, 32, 0),
            size("Standard_D32pls_v5", 32, 65_536, 32, 0),
            size("Standard_D48pls_v5", 48, 98_304, 32, 0),
            size("Standard_D64pls_v5", 64, 131_072, 32, 0),
        ],
    },
    // Dsv6.
    Series {
        family: "StandardDsv6Family",
        generations: Generations::V2,
        traits: PREMIUM,
        rows: &[
            size("Standard_D2s_v6", 2, 8192, 8, 0),
            size("Standard_D4s_v6", 4, 16_384, 12, 0),
            size("Standard_D8s_v6", 8, 32_768, 24, 0),
            size("Standard_D16s_v6", 16, 65_536, 48, 0),
            size("Standard_D32s_v6", 32, 131_072, 64, 0),
            size("Standard_D48s_v6", 48, 196_608, 64, 0),
            size("Standard_D64s_v6", 64, 262_144, 64, 0),
            size("Standard_D96s_v6", 96, 393_216, 64, 0),
            size("Standard_D128s_v6", 128, 524_288, 64, 0),
        ],
    },
    // Ddsv6.
    Series {
        family: "StandardDdsv6Family",
        generations: Generations::V2,
        traits: PREMIUM,
        rows: &[
            size("Standard_D2ds_v6", 2, 8192, 8, 112_640),
            size("Standard_D4ds_v6", 4, 16_384, 12, 225_280),
            size("Standard_D8ds_v6", 8, 32_768, 24, 450_560),
            size("Standard_D16ds_v6", 16, 65_536, 48, 901_120),
            size("Standard_D32ds_v6", 32, 131_072, 64, 1_802_240),
            size("Standard_D48ds_v6", 48, 196_608, 64, 2_703_360),
            size("Standard_D64ds_v6", 64, 262_144, 64, 3_604_480),
            size("Standard_D96ds_v6", 96, 393_216, 64, 5_406_720),
            size("Standard_D128ds_v6", 128, 524_288, 64, 7_208_960),
        ],
    },
    // Dlsv6: little memory.
    Series {
        family: "StandardDlsv6Family",
        generations: Generations::V2,
        traits: PREMIUM,
        rows: &[
            size("Standard_D2ls_v6", 2, 4096, 8, 0),
            size("Standard_D4ls_v6", 4, 8192, 12, 0),
            size("Standard_D8ls_v6", 8, 16_384, 24, 0),
            size("Standard_D16ls_v6", 16, 32_768, 48, 0),
            size("Standard_D32ls_v6", 32, 65_536, 64, 0),
            size("Standard_D48ls_v6", 48, 98_304, 64, 0),
            size("Standard_D64ls_v6", 64, 131_072, 64, 0),
            size("Standard_D96ls_v6", 96, 196_608, 64, 0),
            size("Standard_D128ls_v6", 128, 262_144, 64, 0),
        ],
    },
    // Dasv6: AMD.
    Series {
        family: "StandardDasv6Family",
        generations: Generations::V2,
        traits: PREMIUM,
        rows: &[
            size("Standard_D2as_v6", 2, 8192, 4, 0),
            size("Standard_D4as_v6", 4, 16_384, 8, 0),
            size("Standard_D8as_v6", 8, 32_768, 16, 0),
            size("Standard_D16as_v6", 16, 65_536, 32, 0),
            size("Standard_D32as_v6", 32, 131_072, 32, 0),
            size("Standard_D48as_v6", 48, 196_608, 32, 0),
            size("Standard_D64as_v6", 64, 262_144, 32, 0),
            size("Standard_D96as_v6", 96, 393_216, 32, 0),
        ],
    },
    // Dadsv6: AMD.
    Series {
        family: "StandardDadsv6Family",
        generations: Generations::V2,
        traits: PREMIUM,
        rows: &[
            size("Standard_D2ads_v6", 2, 8192, 4, 112_640),
            size("Standard_D4ads_v6", 4, 16_384, 8, 225_280),
            size("Standard_D8ads_v6", 8, 32_768, 16, 450_560),
            size("Standard_D16ads_v6", 16, 65_536, 32, 901_120),
            size("Standard_D32ads_v6", 32, 131_072, 32, 1_802_240),
            size("Standard_D48ads_v6", 48, 196_608, 32, 2_703_360),
            size("Standard_D64ads_v6", 64, 262_144, 32, 3_604_480),
            size("Standard_D96ads_v6", 96, 393_216, 32, 5_406_720),
        ],
    },
    // Dpsv6: Arm.
    Series {
        family: "StandardDpsv6Family",
        generations: Generations::V2,
        traits: ARM,
        rows: &[
            size("Standard_D2ps_v6", 2, 8192, 8, 0),
            size("Standard_D4ps_v6", 4, 16_384, 12, 0),
            size("Standard_D8ps_v6", 8, 32_768, 24, 0),
            size("Standard_D16ps_v6", 16, 65_536, 48, 0),
            size("Standard_D32ps_v6", 32, 131_072, 64, 0),
            size("Standard_D48ps_v6", 48, 196_608, 64, 0),
            size("Standard_D64ps_v6", 64, 262_144, 64, 0),
            size("Standard_D96ps_v6", 96, 393_216, 64, 0),
        ],
    },
    // Ev3.
    Series {
        family: "standardEv3Family",
        generations: Generations::V1,
        traits: PLAIN,
        rows: &[
            size("Standard_E2_v3", 2, 16_384, 4, 51_200),
            size("Standard_E4_v3", 4, 32_768, 8, 102_400),
            size("Standard_E8_v3", 8, 65_536, 16, 204_800),
            size("Standard_E16_v3", 16, 131_072, 32, 409_600),
            size("Standard_E20_v3", 20, 163_840, 32, 512_000),
            size("Standard_E32_v3", 32, 262_144, 32, 819_200),
            size("Standard_E48_v3", 48, 393_216, 32, 1_228_800),
            size("Standard_E64_v3", 64, 442_368, 32, 1_638_400),
        ],
    },
    // Esv3.
    Series {
        family: "standardESv3Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_E2s_v3", 2, 16_384, 4, 32_768),
            size("Standard_E4s_v3", 4, 32_768, 8, 65_536),
            size("Standard_E8s_v3", 8, 65_536, 16, 131_072),
            size("Standard_E16s_v3", 16, 131_072, 32, 262_144),
            size("Standard_E20s_v3", 20, 163_840, 32, 327_680),
            size("Standard_E32s_v3", 32, 262_144, 32, 524_288),
            size("Standard_E48s_v3", 48, 393_216, 32, 786_432),
            size("Standard_E64s_v3", 64, 442_368, 32, 884_736),
        ],
    },
    // Esv4.
    Series {
        family: "standardESv4Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_E2s_v4", 2, 16_384, 4, 0),
            size("Standard_E4s_v4", 4, 32_768, 8, 0),
            size("Standard_E8s_v4", 8, 65_536, 16, 0),
            size("Standard_E16s_v4", 16, 131_072, 32, 0),
            size("Standard_E20s_v4", 20, 163_840, 32, 0),
            size("Standard_E32s_v4", 32, 262_144, 32, 0),
            size("Standard_E48s_v4", 48, 393_216, 32, 0),
            size("Standard_E64s_v4", 64, 516_096, 32, 0),
        ],
    },
    // Edsv4.
    Series {
        family: "standardEDSv4Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_E2ds_v4", 2, 16_384, 4, 76_800),
            size("Standard_E4ds_v4", 4, 32_768, 8, 153_600),
            size("Standard_E8ds_v4", 8, 65_536, 16, 307_200),
            size("Standard_E16ds_v4", 16, 131_072, 32, 614_400),
            size("Standard_E20ds_v4", 20, 163_840, 32, 768_000),
            size("Standard_E32ds_v4", 32, 262_144, 32, 1_228_800),
            size("Standard_E48ds_v4", 48, 393_216, 32, 1_843_200),
            size("Standard_E64ds_v4", 64, 516_096, 32, 2_457_600),
        ],
    },
    // Easv4: AMD.
    Series {
        family: "standardEASv4Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_E2as_v4", 2, 16_384, 4, 32_768),
            size("Standard_E4as_v4", 4, 32_768, 8, 65_536),
            size("Standard_E8as_v4", 8, 65_536, 16, 131_072),
            size("Standard_E16as_v4", 16, 131_072, 32, 262_144),
            size("Standard_E20as_v4", 20, 163_840, 32, 327_680),
            size("Standard_E32as_v4", 32, 262_144, 32, 524_288),
            size("Standard_E48as_v4", 48, 393_216, 32, 786_432),
            size("Standard_E64as_v4", 64, 524_288, 32, 1_048_576),
            size("Standard_E96as_v4", 96, 688_128, 32, 1_376_256),
        ],
    },
    // Esv5.
    Series {
        family: "standardESv5Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_E2s_v5", 2, 16_384, 4, 0),
            size("Standard_E4s_v5", 4, 32_768, 8, 0),
            size("Standard_E8s_v5", 8, 65_536, 16, 0),
            size("Standard_E16s_v5", 16, 131_072, 32, 0),
            size("Standard_E20s_v5", 20, 163_840, 32, 0),
            size("Standard_E32s_v5", 32, 262_144, 32, 0),
            size("Standard_E48s_v5", 48, 393_216, 32, 0),
            size("Standard_E64s_v5", 64, 524_288, 32, 0),
            size("Standard_E96s_v5", 96, 688_128, 32, 0),
        ],
    },
    // Edsv5.
    Series {
        family: "standardEDSv5Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_E2ds_v5", 2, 16_384, 4, 76_800),
            size("Standard_E4ds_v5", 4, 32_768, 8, 153_600),
            size("Standard_E8ds_v5", 8, 65_536, 16, 307_200),
            size("Standard_E16ds_v5", 16, 131_072, 32, 614_400),
            size("Standard_E20ds_v5", 20, 163_840, 32, 768_000),
            size("Standard_E32ds_v5", 32, 262_144, 32, 1_228_800),
            size("Standard_E48ds_v5", 48, 393_216, 32, 1_843_200),
            size("Standard_E64ds_v5", 64, 524_288, 32, 2_457_600),
            size("Standard_E96ds_v5", 96, 688_128, 32, 3_686_400),
        ],
    },
    // Easv5: AMD.
    Series {
        family: "standardEASv5Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_E2as_v5", 2, 16_384, 4, 0),
            size("Standard_E4as_v5", 4, 32_768, 8, 0),
            size("Standard_E8as_v5", 8, 65_536, 16, 0),
            size("Standard_E16as_v5", 16, 131_072, 32, 0),
            size("Standard_E20as_v5", 20, 163_840, 32, 0),
            size("Standard_E32as_v5", 32, 262_144, 32, 0),
            size("Standard_E48as_v5", 48, 393_216, 32, 0),
            size("Standard_E64as_v5", 64, 524_288, 32, 0),
            size("Standard_E96as_v5", 96, 688_128, 32, 0),
        ],
    },
    // Epsv5: Arm.
    Series {
        family: "standardEPSv5Family",
        generations: Generations::V2,
        traits: ARM,
        rows: &[
            size("Standard_E2ps_v5", 2, 16_384, 4, 0),
            size("Standard_E4ps_v5", 4, 32_768, 8, 0),
            size("Standard_E8ps_v5", 8, 65_536, 16, 0),
            size("Standard_E16ps_v5", 16, 131_072, 32, 0),
            size("Standard_E20ps_v5", 20, 163_840, 32, 0),
            size("Standard_E32ps_v5", 32, 212_992, 32, 0),
        ],
    },
    // Esv6.
    Series {
        family: "StandardEsv6Family",
        generations: Generations::V2,
        traits: PREMIUM,
        rows: &[
            size("Standard_E2s_v6", 2, 16_384, 8, 0),
            size("Standard_E4s_v6", 4, 32_768, 12, 0),
            size("Standard_E8s_v6", 8, 65_536, 24, 0),
            size("Standard_E16s_v6", 16, 131_072, 48, 0),
            size("Standard_E20s_v6", 20, 163_840, 48, 0),
            size("Standard_E32s_v6", 32, 262_144, 64, 0),
            size("Standard_E48s_v6", 48, 393_216, 64, 0),
            size("Standard_E64s_v6", 64, 524_288, 64, 0),
            size("Standard_E96s_v6", 96, 786_432, 64, 0),
            size("Standard_E128s_v6", 128, 1_048_576, 64, 0),
        ],
    },
    // F.
    Series {
        family: "standardFFamily",
        generations: Generations::V1,
        traits: PLAIN,
        rows: &[
            size("Standard_F1", 1, 2048, 4, 16_384),
            size("Standard_F2", 2, 4096, 8, 32_768),
            size("Standard_F4", 4, 8192, 16, 65_536),
            size("Standard_F8", 8, 16_384, 32, 131_072),
            size("Standard_F16", 16, 32_768, 64, 262_144),
        ],
    },
    // Fs.
    Series {
        family: "standardFSFamily",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_F1s", 1, 2048, 4, 4096),
            size("Standard_F2s", 2, 4096, 8, 8192),
            size("Standard_F4s", 4, 8192, 16, 16_384),
            size("Standard_F8s", 8, 16_384, 32, 32_768),
            size("Standard_F16s", 16, 32_768, 64, 65_536),
        ],
    },
    // Fsv2.
    Series {
        family: "standardFSv2Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_F2s_v2", 2, 4096, 4, 16_384),
            size("Standard_F4s_v2", 4, 8192, 8, 32_768),
            size("Standard_F8s_v2", 8, 16_384, 16, 65_536),
            size("Standard_F16s_v2", 16, 32_768, 32, 131_072),
            size("Standard_F32s_v2", 32, 65_536, 32, 262_144),
            size("Standard_F48s_v2", 48, 98_304, 32, 393_216),
            size("Standard_F64s_v2", 64, 131_072, 32, 524_288),
            size("Standard_F72s_v2", 72, 147_456, 32, 589_824),
        ],
    },
    // Fasv6: AMD.
    Series {
        family: "StandardFasv6Family",
        generations: Generations::V2,
        traits: PREMIUM,
        rows: &[
            size("Standard_F2as_v6", 2, 8192, 4, 0),
            size("Standard_F4as_v6", 4, 16_384, 8, 0),
            size("Standard_F8as_v6", 8, 32_768, 16, 0),
            size("Standard_F16as_v6", 16, 65_536, 32, 0),
            size("Standard_F32as_v6", 32, 131_072, 32, 0),
            size("Standard_F48as_v6", 48, 196_608, 32, 0),
            size("Standard_F64as_v6", 64, 262_144, 32, 0),
        ],
    },
    // Falsv6: AMD, little memory.
    Series {
        family: "StandardFalsv6Family",
        generations: Generations::V2,
        traits: PREMIUM,
        rows: &[
            size("Standard_F2als_v6", 2, 4096, 4, 0),
            size("Standard_F4als_v6", 4, 8192, 8, 0),
            size("Standard_F8als_v6", 8, 16_384, 16, 0),
            size("Standard_F16als_v6", 16, 32_768, 32, 0),
            size("Standard_F32als_v6", 32, 65_536, 32, 0),
            size("Standard_F48als_v6", 48, 98_304, 32, 0),
            size("Standard_F64als_v6", 64, 131_072, 32, 0),
        ],
    },
    // Famsv6: AMD, much memory.
    Series {
        family: "StandardFamsv6Family",
        generations: Generations::V2,
        traits: PREMIUM,
        rows: &[
            size("Standard_F2ams_v6", 2, 16_384, 4, 0),
            size("Standard_F4ams_v6", 4, 32_768, 8, 0),
            size("Standard_F8ams_v6", 8, 65_536, 16, 0),
            size("Standard_F16ams_v6", 16, 131_072, 32, 0),
            size("Standard_F32ams_v6", 32, 262_144, 32, 0),
            size("Standard_F48ams_v6", 48, 393_216, 32, 0),
            size("Standard_F64ams_v6", 64, 524_288, 32, 0),
        ],
    },
    // G.
    Series {
        family: "standardGFamily",
        generations: Generations::V1,
        traits: OLD,
        rows: &[
            size("Standard_G1", 2, 28_672, 8, 393_216),
            size("Standard_G2", 4, 57_344, 16, 786_432),
            size("Standard_G3", 8, 114_688, 32, 1_572_864),
            size("Standard_G4", 16, 229_376, 64, 3_145_728),
            size("Standard_G5", 32, 458_752, 64, 6_291_456),
        ],
    },
    // GS: G with premium disks.
    Series {
        family: "standardGSFamily",
        generations: Generations::V1,
        traits: OLD_PREMIUM,
        rows: &[
            size("Standard_GS1", 2, 28_672, 8, 57_344),
            size("Standard_GS2", 4, 57_344, 16, 114_688),
            size("Standard_GS3", 8, 114_688, 32, 229_376),
            size("Standard_GS4", 16, 229_376, 64, 458_752),
            size("Standard_GS5", 32, 458_752, 64, 917_504),
        ],
    },
    // Ls: for storage.
    Series {
        family: "standardLSFamily",
        generations: Generations::V1,
        traits: OLD_PREMIUM,
        rows: &[
            size("Standard_L4s", 4, 32_768, 16, 694_272),
            size("Standard_L8s", 8, 65_536, 32, 1_421_312),
            size("Standard_L16s", 16, 131_072, 64, 2_874_368),
            size("Standard_L32s", 32, 262_144, 64, 5_765_120),
        ],
    },
    // Lsv2.
    Series {
        family: "standardLSv2Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_L8s_v2", 8, 65_536, 16, 81_920),
            size("Standard_L16s_v2", 16, 131_072, 32, 163_840),
            size("Standard_L32s_v2", 32, 262_144, 32, 327_680),
            size("Standard_L48s_v2", 48, 393_216, 32, 491_520),
            size("Standard_L64s_v2", 64, 524_288, 32, 655_360),
            size("Standard_L80s_v2", 80, 655_360, 32, 819_200),
        ],
    },
    // Lsv3.
    Series {
        family: "standardLSv3Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_L8s_v3", 8, 65_536, 16, 81_920),
            size("Standard_L16s_v3", 16, 131_072, 32, 163_840),
            size("Standard_L32s_v3", 32, 262_144, 32, 327_680),
            size("Standard_L48s_v3", 48, 393_216, 32, 491_520),
            size("Standard_L64s_v3", 64, 524_288, 32, 655_360),
            size("Standard_L80s_v3", 80, 655_360, 32, 819_200),
        ],
    },
    // Lasv3: AMD.
    Series {
        family: "standardLASv3Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_L8as_v3", 8, 65_536, 16, 81_920),
            size("Standard_L16as_v3", 16, 131_072, 32, 163_840),
            size("Standard_L32as_v3", 32, 262_144, 32, 327_680),
            size("Standard_L48as_v3", 48, 393_216, 32, 491_520),
            size("Standard_L64as_v3", 64, 524_288, 32, 655_360),
            size("Standard_L80as_v3", 80, 655_360, 32, 819_200),
        ],
    },
    // M: very much memory.
    Series {
        family: "standardMSFamily",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_M8ms", 8, 224_000, 8, 256_000),
            size("Standard_M16ms", 16, 448_000, 16, 512_000),
            size("Standard_M32ts", 32, 196_608, 32, 1_024_000),
            size("Standard_M32ls", 32, 262_144, 32, 1_024_000),
            size("Standard_M32ms", 32, 896_000, 32, 1_024_000),
            size("Standard_M64ls", 64, 524_288, 64, 2_048_000),
            size("Standard_M64s", 64, 1_024_000, 64, 2_048_000),
            size("Standard_M64ms", 64, 1_792_000, 64, 2_048_000),
            size("Standard_M128s", 128, 2_048_000, 64, 4_096_000),
            size("Standard_M128ms", 128, 3_891_200, 64, 4_096_000),
        ],
    },
    // NCv3: V100.
    Series {
        family: "standardNCSv3Family",
        generations: Generations::V1AndV2,
        traits: OLD_PREMIUM,
        rows: &[
            size("Standard_NC6s_v3", 6, 114_688, 12, 344_064),
            size("Standard_NC12s_v3", 12, 229_376, 24, 688_128),
            size("Standard_NC24s_v3", 24, 458_752, 32, 1_376_256),
            size("Standard_NC24rs_v3", 24, 458_752, 32, 1_376_256),
        ],
    },
    // NCasT4_v3: T4.
    Series {
        family: "Standard NCASv3_T4 Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_NC4as_T4_v3", 4, 28_672, 8, 180_224),
            size("Standard_NC8as_T4_v3", 8, 57_344, 16, 360_448),
            size("Standard_NC16as_T4_v3", 16, 112_640, 32, 360_448),
            size("Standard_NC64as_T4_v3", 64, 450_560, 32, 2_883_584),
        ],
    },
    // NC_A100_v4: A100.
    Series {
        family: "StandardNCADSA100v4Family",
        generations: Generations::V2,
        traits: PREMIUM,
        rows: &[
            size("Standard_NC24ads_A100_v4", 24, 225_280, 8, 65_536),
            size("Standard_NC48ads_A100_v4", 48, 450_560, 16, 131_072),
            size("Standard_NC96ads_A100_v4", 96, 901_120, 32, 262_144),
        ],
    },
    // NVadsA10_v5: A10.
    Series {
        family: "StandardNVADSA10v5Family",
        generations: Generations::V1AndV2,
        traits: PREMIUM,
        rows: &[
            size("Standard_NV6ads_A10_v5", 6, 56_320, 4, 184_320),
            size("Standard_NV12ads_A10_v5", 12, 112_640, 4, 368_640),
            size("Standard_NV18ads_A10_v5", 18, 225_280, 8, 737_280),
            size("Standard_NV36ads_A10_v5", 36, 450_560, 16, 1_474_560),
            size("Standard_NV36adms_A10_v5", 36, 901_120, 32, 2_949_120),
            size("Standard_NV72ads_A10_v5", 72, 901_120, 32, 2_949_120),
        ],
    },
    // DCsv2: with enclaves.
    Series {
        family: "standardDCSv2Family",
        generations: Generations::V2,
        traits: PREMIUM,
        rows: &[
            size("Standard_DC1s_v2", 1, 4096, 1, 51_200),
            size("Standard_DC2s_v2", 2, 8192, 2, 102_400),
            size("Standard_DC4s_v2", 4, 16_384, 4, 204_800),
            size("Standard_DC8_v2", 8, 32_768, 8, 409_600),
        ],
    },
    // DCsv3: with enclaves.
    Series {
        family: "standardDCSv3Family",
        generations: Generations::V2,
        traits: PREMIUM,
        rows: &[
            size("Standard_DC1s_v3", 1, 8192, 4, 0),
            size("Standard_DC2s_v3", 2, 16_384, 8, 0),
            size("Standard_DC4s_v3", 4, 32_768, 16, 0),
            size("Standard_DC8s_v3", 8, 65_536, 32, 0),
            size("Standard_DC16s_v3", 16, 131_072, 32, 0),
            size("Standard_DC24s_v3", 24, 196_608, 32, 0),
            size("Standard_DC32s_v3", 32, 262_144, 32, 0),
            size("Standard_DC48s_v3", 48, 393_216, 32, 0),
        ],
    },
    // DCasv5: confidential, AMD.
    Series {
        family: "standardDCASv5Family",
        generations: Generations::V2,
        traits: PREMIUM,
        rows: &[
            size("Standard_DC2as_v5", 2, 8192, 4, 0),
            size("Standard_DC4as_v5", 4, 16_384, 8, 0),
            size("Standard_DC8as_v5", 8, 32_768, 16, 0),
            size("Standard_DC16as_v5", 16, 65_536, 32, 0),
            size("Standard_DC32as_v5", 32, 131_072, 32, 0),
            size("Standard_DC48as_v5", 48, 196_608, 32, 0),
            size("Standard_DC64as_v5", 64, 262_144, 32, 0),
            size("Standard_DC96as_v5", 96, 393_216, 32, 0),
        ],
    },
];

//! The regions, the geographies they are of, and what is known of each.

use super::{Geography, Region};

const fn geography(name: &'static str, group: &'static str) -> Geography {
    Geography { name, group }
}

static ASIA_PACIFIC: Geography = geography("Asia Pacific", "Asia Pacific");
static AUSTRALIA: Geography = geography("Australia", "Asia Pacific");
static AUSTRIA: Geography = geography("Austria", "Europe");
static BELGIUM: Geography = geography("Belgium", "Europe");
static BRAZIL: Geography = geography("Brazil", "South America");
static CANADA: Geography = geography("Canada", "Canada");
static CHILE: Geography = geography("Chile", "South America");
static DENMARK: Geography = geography("Denmark", "Europe");
static EUROPE: Geography = geography("Europe", "Europe");
static FRANCE: Geography = geography("France", "Europe");
static GERMANY: Geography = geography("Germany", "Europe");
static INDIA: Geography = geography("India", "Asia Pacific");
static INDONESIA: Geography = geography("Indonesia", "Asia Pacific");
static ISRAEL: Geography = geography("Israel", "Middle East");
static ITALY: Geography = geography("Italy", "Europe");
static JAPAN: Geography = geography("Japan", "Asia Pacific");
static KOREA: Geography = geography("Korea", "Asia Pacific");
static MALAYSIA: Geography = geography("Malaysia", "Asia Pacific");
static MEXICO: Geography = geography("Mexico", "Mexico");
static NEW_ZEALAND: Geography = geography("New Zealand", "Asia Pacific");
static NORWAY: Geography = geography("Norway", "Europe");
static POLAND: Geography = geography("Poland", "Europe");
static QATAR: Geography = geography("Qatar", "Middle East");
static SOUTH_AFRICA: Geography = geography("South Africa", "Africa");
static SPAIN: Geography = geography("Spain", "Europe");
static SWEDEN: Geography = geography("Sweden", "Europe");
static SWITZERLAND: Geography = geography("Switzerland", "Europe");
static UAE: Geography = geography("UAE", "Middle East");
static UK: Geography = geography("United Kingdom", "UK");
static US: Geography = geography("United States", "US");

const fn region(
    name: &'static str,
    display_name: &'static str,
    geography: &'static Geography,
    place: &'static str,
) -> Region {
    Region {
        name,
        display_name,
        geography,
        place,
        latitude: "",
        longitude: "",
        pair: None,
        recommended: false,
        zoned: false,
    }
}

impl Region {
    const fn at(self, latitude: &'static str, longitude: &'static str) -> Self {
        Self {
            latitude,
            longitude,
            ..self
        }
    }

    const fn beside(self, pair: &'static str) -> Self {
        Self {
            pair: Some(pair),
            ..self
        }
    }

    const fn recommended(self) -> Self {
        Self {
            recommended: true,
            ..self
        }
    }

    const fn zoned(self) -> Self {
        Self {
            zoned: true,
            ..self
        }
    }
}

/// All regions that are open to the public.
pub(crate) static REGIONS: &[Region] = &[
    region("eastus", "East US", &US, "Virginia")
        .at("37.3719", "-79.8164")
        .beside("westus")
        .recommended()
        .zoned(),
    region("westus2", "West US 2", &US, "Washington")
        .at("47.233", "-119.852")
        .beside("westcentralus")
        .recommended()
        .zoned(),
    region(
        "australiaeast",
        "Australia East",
        &AUSTRALIA,
        "New South Wales",
    )
    .at("-33.86", "151.2094")
    .beside("australiasoutheast")
    .recommended()
    .zoned(),
    region(
        "southeastasia",
        "Southeast Asia",
        &ASIA_PACIFIC,
        "Singapore",
    )
    .at("1.283", "103.833")
    .beside("eastasia")
    .recommended()
    .zoned(),
    region("northeurope", "North Europe", &EUROPE, "Ireland")
        .at("53.3478", "-6.2597")
        .beside("westeurope")
        .recommended()
        .zoned(),
    region("swedencentral", "Sweden Central", &SWEDEN, "Gävle")
        .at("60.67488", "17.14127")
        .beside("swedensouth")
        .recommended()
        .zoned(),
    region("westeurope", "West Europe", &EUROPE, "Netherlands")
        .at("52.3667", "4.9")
        .beside("northeurope")
        .recommended()
        .zoned(),
    region("uksouth", "UK South", &UK, "London")
        .at("50.941", "-0.799")
        .beside("ukwest")
        .recommended()
        .zoned(),
    region("centralus", "Central US", &US, "Iowa")
        .at("41.5908", "-93.6208")
        .beside("eastus2")
        .recommended()
        .zoned(),
    region(
        "southafricanorth",
        "South Africa North",
        &SOUTH_AFRICA,
        "Johannesburg",
    )
    .at("-25.73134", "28.21837")
    .beside("southafricawest")
    .recommended()
    .zoned(),
    region("centralindia", "Central India", &INDIA, "Pune")
        .at("18.5822", "73.9197")
        .beside("southindia")
        .recommended()
        .zoned(),
    region("eastasia", "East Asia", &ASIA_PACIFIC, "Hong Kong")
        .at("22.267", "114.188")
        .beside("southeastasia")
        .recommended()
        .zoned(),
    region(
        "indonesiacentral",
        "Indonesia Central",
        &INDONESIA,
        "Jakarta",
    )
    .at("-6.2", "106.816666")
    .recommended()
    .zoned(),
    region("japaneast", "Japan East", &JAPAN, "Tokyo, Saitama")
        .at("35.68", "139.77")
        .beside("japanwest")
        .recommended()
        .zoned(),
    region("japanwest", "Japan West", &JAPAN, "Osaka")
        .at("34.6939", "135.5022")
        .beside("japaneast")
        .recommended()
        .zoned(),
    region("koreacentral", "Korea Central", &KOREA, "Seoul")
        .at("37.5665", "126.978")
        .beside("koreasouth")
        .recommended()
        .zoned(),
    region("malaysiawest", "Malaysia West", &MALAYSIA, "Kuala Lumpur")
        .at("3.140853", "101.693207")
        .recommended()
        .zoned(),
    region(
        "newzealandnorth",
        "New Zealand North",
        &NEW_ZEALAND,
        "Auckland",
    )
    .at("-36.84853", "174.76349")
    .recommended()
    .zoned(),
    region("canadacentral", "Canada Central", &CANADA, "Toronto")
        .at("43.653", "-79.383")
        .beside("canadaeast")
        .recommended()
        .zoned(),
    region("austriaeast", "Austria East", &AUSTRIA, "Vienna")
        .at("48.2092056", "16.3727779")
        .recommended()
        .zoned(),
    region("belgiumcentral", "Belgium Central", &BELGIUM, "Brussels")
        .at("50.84553528", "4.355707169")
        .recommended()
        .zoned(),
    region("denmarkeast", "Denmark East", &DENMARK, "Copenhagen")
        .at("55.67594", "12.56553")
        .recommended()
        .zoned(),
    region("francecentral", "France Central", &FRANCE, "Paris")
        .at("46.3772", "2.373")
        .beside("francesouth")
        .recommended()
        .zoned(),
    region(
        "germanywestcentral",
        "Germany West Central",
        &GERMANY,
        "Frankfurt",
    )
    .at("50.110924", "8.682127")
    .beside("germanynorth")
    .recommended()
    .zoned(),
    region("italynorth", "Italy North", &ITALY, "Milan")
        .at("45.46888", "9.18109")
        .recommended()
        .zoned(),
    region("norwayeast", "Norway East", &NORWAY, "Norway")
        .at("59.913868", "10.752245")
        .beside("norwaywest")
        .recommended()
        .zoned(),
    region("polandcentral", "Poland Central", &POLAND, "Warsaw")
        .at("52.23334", "21.01666")
        .recommended()
        .zoned(),
    region("spaincentral", "Spain Central", &SPAIN, "Madrid")
        .at("40.4259", "3.4209")
        .recommended()
        .zoned(),
    region(
        "switzerlandnorth",
        "Switzerland North",
        &SWITZERLAND,
        "Zurich",
    )
    .at("47.451542", "8.564572")
    .beside("switzerlandwest")
    .recommended()
    .zoned(),
    region(
        "mexicocentral",
        "Mexico Central",
        &MEXICO,
        "Querétaro State",
    )
    .at("20.588818", "-100.389888")
    .recommended()
    .zoned(),
    region("uaenorth", "UAE North", &UAE, "Dubai")
        .at("25.266666", "55.316666")
        .beside("uaecentral")
        .recommended()
        .zoned(),
    region("brazilsouth", "Brazil South", &BRAZIL, "Sao Paulo State")
        .at("-23.55", "-46.633")
        .beside("southcentralus")
        .recommended()
        .zoned(),
    region("chilecentral", "Chile Central", &CHILE, "Santiago")
        .at("-33.447487", "-70.673676")
        .recommended()
        .zoned(),
    region("israelcentral", "Israel Central", &ISRAEL, "Israel")
        .at("31.2655698", "33.4506633")
        .recommended()
        .zoned(),
    region("qatarcentral", "Qatar Central", &QATAR, "Doha")
        .at("25.551462", "51.439327")
        .recommended()
        .zoned(),
    region("eastus2", "East US 2", &US, "Virginia")
        .at("36.6681", "-78.3889")
        .beside("centralus")
        .zoned(),
    region("southcentralus", "South Central US", &US, "Texas")
        .at("29.4167", "-98.5")
        .beside("northcentralus")
        .zoned(),
    region("westus3", "West US 3", &US, "Phoenix")
        .at("33.448376", "-112.074036")
        .beside("eastus")
        .zoned(),
    region("northcentralus", "North Central US", &US, "Illinois")
        .at("41.8819", "-87.6278")
        .beside("southcentralus"),
    region("westus", "West US", &US, "California")
        .at("37.783", "-122.417")
        .beside("eastus"),
    region("jioindiawest", "Jio India West", &INDIA, "Jamnagar")
        .at("22.470701", "70.05773")
        .beside("jioindiacentral"),
    region("westcentralus", "West Central US", &US, "Wyoming")
        .at("40.89", "-110.234")
        .beside("westus2"),
    region(
        "southafricawest",
        "South Africa West",
        &SOUTH_AFRICA,
        "Cape Town",
    )
    .at("-34.075691", "18.843266")
    .beside("southafricanorth"),
    region(
        "australiacentral",
        "Australia Central",
        &AUSTRALIA,
        "Canberra",
    )
    .at("-35.3075", "149.1244")
    .beside("australiacentral2"),
    region(
        "australiacentral2",
        "Australia Central 2",
        &AUSTRALIA,
        "Canberra",
    )
    .at("-35.3075", "149.1244")
    .beside("australiacentral"),
    region(
        "australiasoutheast",
        "Australia Southeast",
        &AUSTRALIA,
        "Victoria",
    )
    .at("-37.8136", "144.9631")
    .beside("australiaeast"),
    region("jioindiacentral", "Jio India Central", &INDIA, "Nagpur")
        .at("21.146633", "79.08886")
        .beside("jioindiawest"),
    region("koreasouth", "Korea South", &KOREA, "Busan")
        .at("35.1796", "129.0756")
        .beside("koreacentral"),
    region("southindia", "South India", &INDIA, "Chennai")
        .at("12.9822", "80.1636")
        .beside("centralindia"),
    region("westindia", "West India", &INDIA, "Mumbai")
        .at("19.088", "72.868")
        .beside("southindia"),
    region("canadaeast", "Canada East", &CANADA, "Quebec")
        .at("46.817", "-71.217")
        .beside("canadacentral"),
    region("francesouth", "France South", &FRANCE, "Marseille")
        .at("43.8345", "2.1972")
        .beside("francecentral"),
    region("germanynorth", "Germany North", &GERMANY, "Berlin")
        .at("53.073635", "8.806422")
        .beside("germanywestcentral"),
    region("norwaywest", "Norway West", &NORWAY, "Norway")
        .at("58.969975", "5.733107")
        .beside("norwayeast"),
    region(
        "switzerlandwest",
        "Switzerland West",
        &SWITZERLAND,
        "Geneva",
    )
    .at("46.204391", "6.143158")
    .beside("switzerlandnorth"),
    region("uaecentral", "UAE Central", &UAE, "Abu Dhabi")
        .at("24.466667", "54.366669")
        .beside("uaenorth"),
    region("brazilsoutheast", "Brazil Southeast", &BRAZIL, "Rio")
        .at("-22.90278", "-43.2075")
        .beside("brazilsouth"),
    region("ukwest", "UK West", &UK, "Cardiff")
        .at("53.427", "-3.084")
        .beside("uksouth"),
];

/// What data may stay within, as the service lists it after the regions.
pub(super) const GEOGRAPHIES: &[&str] = &[
    "Asia",
    "Asia Pacific",
    "Australia",
    "Brazil",
    "Canada",
    "Europe",
    "France",
    "Germany",
    "Global",
    "India",
    "Indonesia",
    "Israel",
    "Italy",
    "Japan",
    "Korea",
    "Malaysia",
    "Mexico",
    "New Zealand",
    "Norway",
    "Poland",
    "Qatar",
    "Singapore",
    "South Africa",
    "Spain",
    "Sweden",
    "Switzerland",
    "Taiwan",
    "United Arab Emirates",
    "United Kingdom",
    "United States",
];

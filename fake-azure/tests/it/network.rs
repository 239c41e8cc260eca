//! Reserved addresses, virtual networks, affinity groups.

use fake_azure::view::Place;

use crate::bodies::{
    Machine, hosted_service_in, operation, operations, roles, root, shutdown, slot,
};
use crate::stage::{Stage, builder};

const RESERVED: &str = "/services/networking/reservedips";

async fn reserve(stage: &Stage, name: &str) {
    let body = root(
        "ReservedIP",
        &format!("<Name>{name}</Name><Label>l</Label><Location>West US</Location>"),
    );
    let asked = stage.post(RESERVED, &body).await;
    stage.done(asked).await;
}

#[tokio::test]
async fn a_reserved_address_is_listed_used_kept_and_given_back() {
    let stage = Stage::new().await;
    assert!(stage.get(RESERVED).await.document().children.is_empty());
    reserve(&stage, "Fixed").await;
    let path = format!("{RESERVED}/fixed");
    let free = stage.get(&path).await.document();
    assert_eq!(
        free.names(),
        ["Name", "Address", "Id", "Label", "State", "Location"]
    );
    let address = free.text("Address");
    let list = stage.get(RESERVED).await.document();
    assert_eq!(list.each("", "Name"), ["Fixed"]);

    stage.storage().await;
    stage.service("web").await;
    let body =
        Machine::ubuntu("web").deployment_with("web", "<ReservedIPName>fixed</ReservedIPName>");
    let deployments = "/services/hostedservices/web/deployments";
    let asked = stage.post(deployments, &body).await;
    stage.done(asked).await;
    assert_eq!(stage.address("web").unwrap().to_string(), address);
    let shown = stage.get(&slot("web")).await.document();
    assert_eq!(shown.text("ReservedIPName").to_lowercase(), "fixed");
    let vip = shown.find("VirtualIPs/VirtualIP").unwrap();
    assert_eq!(vip.text("IsReserved"), "true");
    let used = stage.get(&path).await.document();
    assert_eq!(
        used.names(),
        [
            "Name",
            "Address",
            "Id",
            "Label",
            "State",
            "InUse",
            "ServiceName",
            "DeploymentName",
            "Location",
            "VirtualIPName"
        ]
    );
    assert_eq!(used.text("ServiceName"), "web");
    assert_eq!(stage.delete(&path).await.refused().0, 409);

    let at = operations("web", "web");
    let asked = stage.post(&at, &shutdown("StoppedDeallocated")).await;
    stage.done(asked).await;
    assert_eq!(stage.delete(&path).await.refused().0, 409);
    let asked = stage.post(&at, &operation("StartRoleOperation")).await;
    stage.done(asked).await;
    assert_eq!(stage.address("web").unwrap().to_string(), address);
    // Another deployment cannot have it as well.
    stage.service("two").await;
    let mut second = Machine::ubuntu("two");
    second.endpoints.clear();
    let body = second.deployment_with("two", "<ReservedIPName>Fixed</ReservedIPName>");
    let refused = stage.post(&deployments.replace("web", "two"), &body).await;
    assert_eq!(refused.refused().0, 409);
    let asked = stage.delete(&slot("web")).await;
    stage.done(asked).await;
    assert!(!stage.get(&path).await.document().has("InUse"));
    let asked = stage.delete(&path).await;
    stage.done(asked).await;
    assert_eq!(stage.get(&path).await.refused().0, 404);
    assert_eq!(stage.delete(&path).await.refused().0, 404);
    let body = body.replace("Fixed", "none");
    let refused = stage.post(&deployments.replace("web", "two"), &body).await;
    assert_eq!(refused.refused().0, 404);
}

#[tokio::test]
async fn a_reserved_address_has_a_name_of_its_own_and_a_place() {
    let stage = Stage::new().await;
    reserve(&stage, "fixed").await;
    let body = |name: &str, place: &str| {
        root(
            "ReservedIP",
            &format!("<Name>{name}</Name><Location>{place}</Location>"),
        )
    };
    for (name, place, status) in [
        ("FIXED", "West US", 409),
        ("a b", "West US", 400),
        ("other", "Atlantis", 404),
    ] {
        let answer = stage.post(RESERVED, &body(name, place)).await;
        assert_eq!(answer.refused().0, status, "{name}");
    }
    let asked = stage.post(RESERVED, &body("east", "East US")).await;
    stage.done(asked).await;
    stage.storage().await;
    stage.service("web").await;
    let machine =
        Machine::ubuntu("web").deployment_with("web", "<ReservedIPName>east</ReservedIPName>");
    let refused = stage
        .post("/services/hostedservices/web/deployments", &machine)
        .await;
    assert_eq!(refused.refused().0, 400);
    assert_eq!(stage.get(&slot("web")).await.status, 404);
    assert!(
        !stage
            .get(&format!("{RESERVED}/east"))
            .await
            .document()
            .has("InUse")
    );
}

async fn networked() -> Stage {
    let subnets = [("Front", "10.0.0.0/24"), ("Back", "10.0.1.0/29")];
    let west = Place::Location("West US".into());
    let group = Place::AffinityGroup("near".into());
    let seeds = builder()
        .affinity_group("near", "East US")
        .virtual_network("net", west, "10.0.0.0/16", &subnets)
        .virtual_network("grouped", group, "10.9.0.0/16", &[("Only", "10.9.0.0/24")]);
    let stage = Stage::of(seeds).await;
    stage.storage().await;
    stage.service("web").await;
    stage
}

const NETWORK: &str = "<VirtualNetworkName>net</VirtualNetworkName>";

async fn try_network(stage: &Stage, inner: &str, rest: &str) -> crate::stage::Answer {
    let mut machine = Machine::ubuntu("web");
    machine.network = inner.to_owned();
    let body = machine.deployment_with("web", rest);
    stage
        .post("/services/hostedservices/web/deployments", &body)
        .await
}

#[tokio::test]
async fn virtual_networks_are_listed_and_used() {
    let stage = networked().await;
    let sites = stage
        .get("/services/networking/virtualnetwork")
        .await
        .document();
    assert_eq!(sites.each("", "Name"), ["grouped", "net"]);
    assert_eq!(
        sites.children[1].names(),
        ["Name", "Id", "State", "AddressSpace", "Subnets", "Location"]
    );
    assert_eq!(sites.children[0].names()[2], "AffinityGroup");
    assert_eq!(sites.children[1].each("Subnets", "Name"), ["Front", "Back"]);
    let media = stage.get("/services/networking/media").await.is(200);
    assert_eq!(media.header("content-type"), "text/plain");
    assert!(
        media
            .body
            .contains("<VirtualNetworkSite name=\"net\" Location=\"West US\">")
    );
    assert!(media.body.starts_with("\u{feff}<?xml") || media.body.starts_with("<?xml"));

    let subnet = "<SubnetNames><SubnetName>Back</SubnetName></SubnetNames>";
    let asked = try_network(&stage, subnet, NETWORK).await;
    stage.done(asked).await;
    let shown = stage.get(&slot("web")).await.document();
    assert_eq!(shown.text("VirtualNetworkName"), "net");
    assert_eq!(
        shown.all("RoleInstanceList")[0].text("IpAddress"),
        "10.0.1.4"
    );
    let role = stage.get(&format!("{}/web", roles("web"))).await.document();
    let set = role.find("ConfigurationSets/ConfigurationSet").unwrap();
    assert_eq!(set.all("SubnetNames")[0].content, "Back");
    let sites = stage
        .get("/services/networking/virtualnetwork")
        .await
        .document();
    assert_eq!(sites.children[1].text("InUse"), "true");

    let check =
        |address: &str| format!("/services/networking/net?op=checkavailability&address={address}");
    let free = stage.get(&check("10.0.1.5")).await.document();
    assert_eq!(free.text("IsAvailable"), "true");
    let taken = stage.get(&check("10.0.1.4")).await.document();
    assert_eq!(taken.text("IsAvailable"), "false");
    assert_eq!(taken.all("AvailableAddresses")[0].content, "10.0.1.5");
    let five = stage.get(&check("10.0.0.9")).await.document();
    assert_eq!(five.text("IsAvailable"), "true");
    assert_eq!(stage.get(&check("192.168.0.1")).await.refused().0, 400);
    assert_eq!(stage.get(&check("nonsense")).await.refused().0, 400);
}

#[tokio::test]
async fn a_fixed_address_is_given_once() {
    let stage = networked().await;
    let fixed = |address: &str| {
        format!(
            "<SubnetNames><SubnetName>front</SubnetName></SubnetNames><StaticVirtualNetworkIPAddress>{address}</StaticVirtualNetworkIPAddress>"
        )
    };
    assert_eq!(
        try_network(&stage, &fixed("10.0.1.4"), NETWORK)
            .await
            .refused()
            .0,
        400
    );
    assert_eq!(
        try_network(&stage, &fixed("10.0.0"), NETWORK)
            .await
            .refused()
            .0,
        400
    );
    let asked = try_network(&stage, &fixed("10.0.0.77"), NETWORK).await;
    stage.done(asked).await;
    let shown = stage.get(&slot("web")).await.document();
    assert_eq!(
        shown.all("RoleInstanceList")[0].text("IpAddress"),
        "10.0.0.77"
    );
    let mut second = Machine::ubuntu("two");
    second.endpoints.clear();
    second.network = fixed("10.0.0.77");
    assert_eq!(
        stage.post(&roles("web"), &second.role()).await.refused().0,
        409
    );
}

#[tokio::test]
async fn networks_and_subnets_that_do_not_fit_are_refused() {
    let stage = networked().await;
    let none = "<VirtualNetworkName>123</VirtualNetworkName>";
    let (status, code, message) = try_network(&stage, "<SubnetNames/>", none).await.refusal();
    assert_eq!((status, code.as_str()), (400, "BadRequest"));
    assert_eq!(
        message,
        "Virtual network '123' not found. Either it does not exist or it is an Azure Resource Manager resource, which cannot be used with Cloud Services."
    );
    let unknown = "<SubnetNames><SubnetName>None</SubnetName></SubnetNames>";
    assert_eq!(try_network(&stage, unknown, NETWORK).await.refused().0, 404);
    let elsewhere = "<VirtualNetworkName>grouped</VirtualNetworkName>";
    assert_eq!(
        try_network(&stage, "<SubnetNames/>", elsewhere)
            .await
            .refused()
            .0,
        400
    );
    assert_eq!(stage.get(&slot("web")).await.status, 404);
}

#[tokio::test]
async fn affinity_groups_are_listed_shown_and_used() {
    let stage = networked().await;
    let list = stage.get("/affinitygroups").await.document();
    assert_eq!(
        list.children[0].names(),
        [
            "Name",
            "Label",
            "Description",
            "Location",
            "Capabilities",
            "CreatedTime",
            "ComputeCapabilities"
        ]
    );
    assert_eq!(
        list.children[0].all("Capabilities")[0].content,
        "PersistentVMRole"
    );
    let body = hosted_service_in("near1", "<AffinityGroup>NEAR</AffinityGroup>");
    stage.post("/services/hostedservices", &body).await.is(201);
    let group = stage.get("/affinitygroups/near").await.document();
    assert_eq!(
        group.names(),
        [
            "Name",
            "Label",
            "Description",
            "Location",
            "HostedServices",
            "StorageServices",
            "Capabilities",
            "CreatedTime"
        ]
    );
    assert_eq!(group.each("HostedServices", "ServiceName"), ["near1"]);
    let shown = stage.get("/services/hostedservices/near1").await.document();
    assert!(!shown.has("HostedServiceProperties/Location"));
    assert_eq!(
        shown
            .text("HostedServiceProperties/AffinityGroup")
            .to_lowercase(),
        "near"
    );
    let (status, _, message) = stage.get("/affinitygroups/a_b!").await.refusal();
    assert_eq!(
        (status, message.as_str()),
        (404, "The affinity group does not exist.")
    );
}

#[tokio::test]
async fn without_networks_there_is_no_configuration() {
    let stage = Stage::new().await;
    let answer = stage.get("/services/networking/media").await;
    assert_eq!(answer.refused(), (404, "ResourceNotFound".to_owned()));
    let sites = stage
        .get("/services/networking/virtualnetwork")
        .await
        .document();
    assert!(sites.children.is_empty());
}

#[tokio::test]
async fn an_affinity_group_is_made_changed_and_gone_unless_it_is_used() {
    let stage = Stage::new().await;
    let create = root(
        "CreateAffinityGroup",
        "<Name>near</Name><Label>bA==</Label><Location>West US</Location>",
    );
    let made = stage.post("/affinitygroups", &create).await.is(201);
    assert!(made.header("location").ends_with("/affinitygroup/near"));
    assert_eq!(
        stage.post("/affinitygroups", &create).await.refused().0,
        409
    );
    let change = root(
        "UpdateAffinityGroup",
        "<Label>bmV3</Label><Description>d</Description>",
    );
    stage.put("/affinitygroups/near", &change).await.is(200);
    let shown = stage.get("/affinitygroups/near").await.document();
    assert_eq!(
        (shown.text("Label"), shown.text("Description")),
        ("bmV3".to_owned(), "d".to_owned())
    );
    let body = hosted_service_in("web", "<AffinityGroup>near</AffinityGroup>");
    stage.post("/services/hostedservices", &body).await.is(201);
    assert_eq!(stage.delete("/affinitygroups/near").await.refused().0, 409);
    stage.delete("/services/hostedservices/web").await.is(200);
    stage.delete("/affinitygroups/near").await.is(200);
    let gone = stage.delete("/affinitygroups/near").await;
    assert_eq!(gone.refused().0, 404);
    let (status, _, message) = stage.delete("/affinitygroups/a*b").await.refusal();
    let words = "The affinity group name is invalid.";
    assert_eq!((status, message.as_str()), (400, words));
}

#[tokio::test]
async fn a_network_configuration_is_set_read_back_and_guards_what_is_used() {
    let stage = networked().await;
    let path = "/services/networking/media";
    let read = stage.get(path).await.body;
    let more = read.replace(
        "  <VirtualNetworkSites>",
        "  <VirtualNetworkSites><VirtualNetworkSite name=\"third\" Location=\"West US\"><AddressSpace><AddressPrefix>10.7.0.0/16</AddressPrefix></AddressSpace><Subnets><Subnet name=\"s\"><AddressPrefix>10.7.0.0/24</AddressPrefix></Subnet></Subnets></VirtualNetworkSite>",
    );
    assert_ne!(read, more);
    let asked = stage.put(path, &more).await;
    stage.done(asked).await;
    let sites = async || {
        let list = stage.get("/services/networking/virtualnetwork").await;
        list.document().each("", "Name")
    };
    assert_eq!(sites().await, ["third", "grouped", "net"]);
    let subnet = "<SubnetNames><SubnetName>s</SubnetName></SubnetNames>";
    let third = "<VirtualNetworkName>third</VirtualNetworkName>";
    let asked = try_network(&stage, subnet, third).await;
    stage.done(asked).await;
    // The first document lacks the network that is used now.
    let refused = stage.put(path, &read).await;
    assert!((400..500).contains(&refused.refused().0));
    assert_eq!(sites().await, ["third", "grouped", "net"]);
    assert_eq!(stage.put(path, "<no/>").await.refused().0, 400);
}

#[tokio::test]
async fn a_machine_has_further_interfaces_and_a_public_address_of_its_own() {
    let seeds = builder().virtual_network(
        "net",
        Place::Location("West US".into()),
        "10.1.0.0/16",
        &[("front", "10.1.1.0/24"), ("back", "10.1.2.0/24")],
    );
    let stage = Stage::of(seeds).await;
    stage.storage().await;
    stage.service("web").await;
    let card = |name: &str, subnet: &str| {
        format!(
            "<NetworkInterface><Name>{name}</Name><IPConfigurations><IPConfiguration><SubnetName>{subnet}</SubnetName></IPConfiguration></IPConfigurations></NetworkInterface>"
        )
    };
    let network = |cards: &str| {
        format!(
            "<SubnetNames><SubnetName>front</SubnetName></SubnetNames><PublicIPs><PublicIP><Name>own</Name><IdleTimeoutInMinutes>4</IdleTimeoutInMinutes></PublicIP></PublicIPs><NetworkInterfaces>{cards}</NetworkInterfaces>"
        )
    };
    let mut machine = Machine::ubuntu("web");
    let path = "/services/hostedservices/web/deployments";
    let in_network = "<VirtualNetworkName>net</VirtualNetworkName>";
    for (cards, status) in [
        (card("one", "none"), 404),
        (card("one", "back") + &card("ONE", "back"), 409),
        (card("", "back"), 400),
        (
            card("one", "back").replace("IPConfigurations>", "Addresses>"),
            400,
        ),
    ] {
        machine.network = network(&cards);
        let body = machine.deployment_with("web", in_network);
        assert_eq!(stage.post(path, &body).await.refused().0, status, "{cards}");
    }
    machine.network = network(&(card("one", "back") + &card("two", "back")));
    assert_eq!(
        stage
            .post(path, &machine.deployment("web"))
            .await
            .refused()
            .0,
        400
    );
    let asked = stage
        .post(path, &machine.deployment_with("web", in_network))
        .await;
    stage.done(asked).await;
    let shown = stage.get(&slot("web")).await.document();
    let instance = &shown.all("RoleInstanceList")[0];
    let cards = instance.all("NetworkInterfaces");
    let address = |n: usize| cards[n].text("IPConfigurations/IPConfiguration/Address");
    assert_eq!(instance.text("IpAddress"), "10.1.1.4");
    assert_eq!(
        (address(0), address(1)),
        ("10.1.2.4".to_owned(), "10.1.2.5".to_owned())
    );
    let own = &instance.all("PublicIPs")[0];
    assert_eq!(
        own.names(),
        ["Name", "Address", "IdleTimeoutInMinutes", "DomainNameLabel"]
    );
    let vip = stage.address("web").unwrap().to_string();
    assert_ne!(own.text("Address"), vip);
    let set = shown.all("RoleList")[0]
        .find("ConfigurationSets/ConfigurationSet")
        .unwrap();
    assert_eq!(set.all("NetworkInterfaces")[1].text("Name"), "two");

    // Read, sent back, and changed where it may not be.
    let role = format!("{}/web", roles("web"));
    let asked = stage.put(&role, &machine.changed()).await;
    stage.done(asked).await;
    machine.network = network(&card("three", "back"));
    assert_eq!(stage.put(&role, &machine.changed()).await.refused().0, 400);
    let at = operations("web", "web");
    let asked = stage.post(&at, &shutdown("StoppedDeallocated")).await;
    stage.done(asked).await;
    let asked = stage.post(&at, &operation("StartRoleOperation")).await;
    stage.done(asked).await;
    let shown = stage.get(&slot("web")).await.document();
    let instance = &shown.all("RoleInstanceList")[0];
    assert_eq!(instance.all("NetworkInterfaces").len(), 2);
    assert!(!instance.all("PublicIPs")[0].text("Address").is_empty());
}

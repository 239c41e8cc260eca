//! Network security groups and route tables, and what they stand before.

use fake_azure::view::Place;

use crate::bodies::{Machine, roles, root};
use crate::stage::{Answer, Stage, builder};

const GROUPS: &str = "/services/networking/networksecuritygroups";
const TABLES: &str = "/services/networking/routetables";
const SUBNET: &str = "/services/networking/virtualnetwork/net/subnets/One";

async fn stage() -> Stage {
    let west = Place::Location("West US".into());
    let subnets = [("One", "10.1.0.0/24"), ("Two", "10.1.1.0/24")];
    Stage::of(builder().virtual_network("net", west, "10.1.0.0/16", &subnets)).await
}

/// A machine in the network, with a second interface.
async fn machine(stage: &Stage) -> String {
    stage.storage().await;
    stage.service("web").await;
    let mut machine = Machine::ubuntu("web");
    machine.size = "Large".to_owned();
    machine.network = "<SubnetNames><SubnetName>One</SubnetName></SubnetNames><NetworkInterfaces><NetworkInterface><Name>second</Name><IPConfigurations><IPConfiguration><SubnetName>Two</SubnetName></IPConfiguration></IPConfigurations></NetworkInterface></NetworkInterfaces>".to_owned();
    let body = machine.deployment_with("web", "<VirtualNetworkName>net</VirtualNetworkName>");
    let path = "/services/hostedservices/web/deployments";
    let asked = stage.post(path, &body).await.is(202);
    stage.done(asked).await;
    format!("{}/web", roles("web"))
}

fn named(kind: &str, name: &str) -> String {
    root(
        kind,
        &format!("<Name>{name}</Name><Label>l</Label><Location>West US</Location>"),
    )
}

fn rule(priority: u32, kind: &str) -> String {
    root(
        "Rule",
        &format!(
            "<Type>{kind}</Type><Priority>{priority}</Priority><Action>Deny</Action><SourceAddressPrefix>10.0.0.0/8</SourceAddressPrefix><SourcePortRange>*</SourcePortRange><DestinationAddressPrefix>*</DestinationAddressPrefix><DestinationPortRange>22</DestinationPortRange><Protocol>TCP</Protocol>"
        ),
    )
}

async fn done(stage: &Stage, asked: Answer) {
    stage.done(asked.is(202)).await;
}

#[tokio::test]
async fn a_security_group_is_made_ruled_shown_and_gone() {
    let stage = stage().await;
    let list = stage.get(GROUPS).await.is(200).document();
    assert!(list.children.is_empty());
    let group = named("NetworkSecurityGroup", "Guard");
    done(&stage, stage.post(GROUPS, &group).await).await;
    assert_eq!(stage.post(GROUPS, &group).await.refused().0, 409);
    let elsewhere = group
        .replace("West US", "Atlantis")
        .replace("Guard", "other");
    assert_eq!(stage.post(GROUPS, &elsewhere).await.status, 404);
    let at = format!("{GROUPS}/guard");
    let shown = stage.get(&at).await.is(200).document();
    assert_eq!(shown.names(), ["Name", "Label", "Location"]);
    assert_eq!(shown.text("Name"), "Guard");
    for (name, body) in [("b", rule(200, "Inbound")), ("a", rule(100, "Inbound"))] {
        let path = format!("{at}/rules/{name}");
        done(&stage, stage.put(&path, &body).await).await;
    }
    // The same number leads out, but not in.
    let out = format!("{at}/rules/out");
    assert_eq!(
        stage.put(&out, &rule(100, "Inbound")).await.refused().0,
        409
    );
    done(&stage, stage.put(&out, &rule(100, "Outbound")).await).await;
    for wrong in [
        rule(99, "Inbound"),
        rule(4097, "Inbound"),
        rule(300, "Sideways"),
    ] {
        let path = format!("{at}/rules/wrong");
        assert_eq!(stage.put(&path, &wrong).await.refused().0, 400);
    }
    let full = format!("{at}?detaillevel=Full");
    let shown = stage.get(&full).await.document();
    let names = shown.each("Rules", "Name");
    assert_eq!(names[..3], ["a", "b", "out"]);
    assert_eq!(names.len(), 9);
    let standing = shown
        .find("Rules")
        .unwrap()
        .children
        .last()
        .unwrap()
        .clone();
    assert_eq!(standing.text("IsDefault"), "true");
    done(&stage, stage.delete(&format!("{at}/rules/A")).await).await;
    assert_eq!(
        stage.delete(&format!("{at}/rules/a")).await.refused().0,
        404
    );
    assert_eq!(
        stage
            .get(&full)
            .await
            .document()
            .each("Rules", "Name")
            .len(),
        8
    );
    done(&stage, stage.delete(&at).await).await;
    assert_eq!(stage.get(&at).await.refused().0, 404);
}

#[tokio::test]
async fn a_security_group_guards_subnets_roles_and_interfaces() {
    let stage = stage().await;
    let role = machine(&stage).await;
    done(
        &stage,
        stage
            .post(GROUPS, &named("NetworkSecurityGroup", "guard"))
            .await,
    )
    .await;
    let name = |name: &str| root("NetworkSecurityGroup", &format!("<Name>{name}</Name>"));
    for (place, words) in [
        (SUBNET.to_owned(), "/services/networking/virtualnetwork"),
        (role.clone(), role.as_str()),
        (format!("{role}/networkinterfaces/second"), role.as_str()),
    ] {
        let at = format!("{place}/networksecuritygroups");
        assert_eq!(stage.get(&at).await.refused().0, 404);
        assert_eq!(stage.post(&at, &name("nobody")).await.refused().0, 404);
        done(&stage, stage.post(&at, &name("guard")).await).await;
        assert_eq!(stage.post(&at, &name("guard")).await.refused().0, 409);
        let shown = stage.get(&at).await.is(200).document();
        assert_eq!(shown.text("Name"), "guard");
        let told = stage.get(words).await.body;
        assert!(told.contains("<NetworkSecurityGroup>guard</"), "{told}");
        assert_eq!(
            stage.delete(&format!("{GROUPS}/guard")).await.refused().0,
            409
        );
        assert_eq!(stage.delete(&format!("{at}/other")).await.refused().0, 404);
        done(&stage, stage.delete(&format!("{at}/guard")).await).await;
        assert_eq!(stage.get(&at).await.refused().0, 404);
    }
    for (place, status) in [
        ("/services/networking/virtualnetwork/net/subnets/Three", 404),
        ("/services/networking/virtualnetwork/none/subnets/One", 400),
    ] {
        let at = format!("{place}/networksecuritygroups");
        let refused = stage.post(&at, &name("guard")).await.refused();
        assert_eq!(refused.0, status, "{place}");
    }
    done(&stage, stage.delete(&format!("{GROUPS}/guard")).await).await;
}

/// A role that is read and sent back keeps its guard; one that is made may name its own.
#[tokio::test]
async fn a_machine_names_the_group_that_guards_it() {
    let stage = stage().await;
    let role = machine(&stage).await;
    done(
        &stage,
        stage
            .post(GROUPS, &named("NetworkSecurityGroup", "guard"))
            .await,
    )
    .await;
    let at = format!("{role}/networksecuritygroups");
    let body = root("NetworkSecurityGroup", "<Name>guard</Name>");
    done(&stage, stage.post(&at, &body).await).await;
    let read = stage.get(&role).await.is(200).body;
    done(&stage, stage.put(&role, &read).await).await;
    assert_eq!(stage.get(&at).await.document().text("Name"), "guard");
    let mut another = Machine::ubuntu("two");
    another.endpoints.clear();
    let guarded = |name: &str| format!("<NetworkSecurityGroup>{name}</NetworkSecurityGroup>");
    another.network = guarded("nobody");
    assert_eq!(
        stage.post(&roles("web"), &another.role()).await.refused().0,
        404
    );
    another.network = guarded("GUARD");
    done(&stage, stage.post(&roles("web"), &another.role()).await).await;
    let two = format!("{}/two/networksecuritygroups", roles("web"));
    stage.get(&two).await.is(200);
}

#[tokio::test]
async fn a_route_table_is_made_routed_given_to_subnets_and_gone() {
    let stage = stage().await;
    done(
        &stage,
        stage.post(TABLES, &named("RouteTable", "Way")).await,
    )
    .await;
    assert_eq!(
        stage
            .post(TABLES, &named("RouteTable", "way"))
            .await
            .refused()
            .0,
        409
    );
    let at = format!("{TABLES}/way");
    let route = |prefix: &str, hop: &str| {
        root(
            "Route",
            &format!(
                "<Name>r</Name><AddressPrefix>{prefix}</AddressPrefix><NextHopType>{hop}</NextHopType>"
            ),
        )
    };
    let appliance = "<Type>VirtualAppliance</Type><IpAddress>10.1.0.4</IpAddress>";
    let first = format!("{at}/routes/r");
    done(
        &stage,
        stage.put(&first, &route("10.2.0.0/16", appliance)).await,
    )
    .await;
    let second = format!("{at}/routes/s");
    for (wrong, status) in [
        (route("10.2.0.0/16", "<Type>Internet</Type>"), 409),
        (route("10.2.0.0/33", "<Type>Internet</Type>"), 400),
        (route("10.3.0.0/16", "<Type>Moon</Type>"), 400),
        (route("10.3.0.0/16", "<Type>VirtualAppliance</Type>"), 400),
    ] {
        assert_eq!(
            stage.put(&second, &wrong).await.refused().0,
            status,
            "{wrong}"
        );
    }
    let shown = stage
        .get(&format!("{at}?detailLevel=full"))
        .await
        .document();
    let told = shown.find("RouteList/Route").unwrap();
    assert_eq!(told.text("NextHopType/IpAddress"), "10.1.0.4");
    assert!(!stage.get(&at).await.document().has("RouteList"));
    let of_subnet = format!("{SUBNET}/routetables");
    assert_eq!(stage.get(&of_subnet).await.refused().0, 404);
    assert_eq!(stage.delete(&of_subnet).await.refused().0, 404);
    let link = |name: &str| {
        root(
            "RouteTableAssociation",
            &format!("<RouteTableName>{name}</RouteTableName>"),
        )
    };
    assert_eq!(stage.post(&of_subnet, &link("none")).await.refused().0, 404);
    done(&stage, stage.post(&of_subnet, &link("way")).await).await;
    let shown = stage.get(&of_subnet).await.is(200).document();
    assert_eq!(shown.text("RouteTableName"), "Way");
    let sites = stage.get("/services/networking/virtualnetwork").await.body;
    assert!(sites.contains("<AddressPrefix>10.1.0.0/24</AddressPrefix><RouteTableName>Way</"));
    assert_eq!(stage.delete(&at).await.refused().0, 409);
    done(&stage, stage.delete(&of_subnet).await).await;
    done(&stage, stage.delete(&first).await).await;
    assert_eq!(stage.delete(&first).await.refused().0, 404);
    done(&stage, stage.delete(&at).await).await;
    assert!(stage.get(TABLES).await.document().children.is_empty());
}

#[tokio::test]
async fn machines_and_interfaces_pass_on_what_is_not_for_them() {
    let stage = stage().await;
    let role = machine(&stage).await;
    for place in [role.clone(), format!("{role}/networkinterfaces/second")] {
        let at = format!("{place}/ipforwarding");
        let told = async || stage.get(&at).await.is(200).document().text("State");
        assert_eq!(told().await, "Disabled");
        let set = |state: &str| root("IPForwarding", &format!("<State>{state}</State>"));
        assert_eq!(stage.post(&at, &set("Perhaps")).await.refused().0, 400);
        done(&stage, stage.post(&at, &set("Enabled")).await).await;
        assert_eq!(told().await, "Enabled");
        let shown = stage.get(&role).await.body;
        assert!(shown.contains("<IPForwarding>Enabled</"), "{shown}");
        done(&stage, stage.post(&at, &set("Disabled")).await).await;
        assert_eq!(told().await, "Disabled");
    }
    let none = format!("{role}/networkinterfaces/third/ipforwarding");
    assert_eq!(stage.get(&none).await.refused().0, 404);
}

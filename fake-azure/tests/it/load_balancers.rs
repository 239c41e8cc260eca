//! Internal load balancers, load-balanced sets, DNS servers and addresses of deployments.

use fake_azure::view::Place;

use crate::bodies::{Machine, endpoint, roles, root, slot};
use crate::stage::{Stage, builder};

const DEPLOYMENT: &str = "/services/hostedservices/web/deployments/web";

async fn in_network() -> Stage {
    let seeds = builder().virtual_network(
        "net",
        Place::Location("West US".into()),
        "10.1.0.0/16",
        &[("front", "10.1.1.0/24")],
    );
    let stage = Stage::of(seeds).await;
    stage.storage().await;
    stage.service("web").await;
    let machine = Machine::ubuntu("web");
    let body = machine.deployment_with("web", "<VirtualNetworkName>net</VirtualNetworkName>");
    let path = "/services/hostedservices/web/deployments";
    let asked = stage.post(path, &body).await;
    stage.done(asked).await;
    stage
}

fn balancer(name: &str, subnet: &str, address: &str) -> String {
    root(
        "LoadBalancer",
        &format!(
            "<Name>{name}</Name><FrontendIpConfiguration><Type>Private</Type><SubnetName>{subnet}</SubnetName><StaticVirtualNetworkIPAddress>{address}</StaticVirtualNetworkIPAddress></FrontendIpConfiguration>"
        ),
    )
}

#[tokio::test]
async fn a_deployment_has_one_internal_load_balancer() {
    let stage = in_network().await;
    let at = format!("{DEPLOYMENT}/loadbalancers");
    for (body, status) in [
        (balancer("in", "none", "10.1.1.9"), 404),
        (balancer("in", "front", "10.2.1.9"), 400),
        (balancer("in", "front", "10.1.1"), 400),
        (balancer("", "front", "10.1.1.9"), 400),
    ] {
        assert_eq!(stage.post(&at, &body).await.refused().0, status, "{body}");
    }
    let asked = stage.post(&at, &balancer("in", "front", "10.1.1.9")).await;
    stage.done(asked).await;
    let (status, code, message) = stage
        .post(&at, &balancer("two", "front", "10.1.1.10"))
        .await
        .refusal();
    assert_eq!((status, code.as_str()), (400, "BadRequest"));
    assert_eq!(
        message,
        "LoadBalancer already exists: in. Only one internal load balancer allowed per deployment."
    );
    let moved = stage
        .put(&format!("{at}/in"), &balancer("in", "front", "10.1.1.20"))
        .await;
    stage.done(moved).await;
    let shown = stage.get(&slot("web")).await.document();
    let shown = &shown.all("LoadBalancers")[0];
    assert_eq!(shown.text("Name"), "in");
    let address = shown.text("FrontendIpConfiguration/StaticVirtualNetworkIPAddress");
    assert_eq!(address, "10.1.1.20");

    let mut machine = Machine::ubuntu("web");
    let inside = endpoint("db", "22", "5432").replace(
        "</Protocol>",
        "</Protocol><LoadBalancerName>in</LoadBalancerName>",
    );
    machine.endpoints.push(inside);
    let role = format!("{}/web", roles("web"));
    let unknown = machine.changed().replace(">in<", ">out<");
    assert_eq!(stage.put(&role, &unknown).await.refused().0, 404);
    let asked = stage.put(&role, &machine.changed()).await;
    stage.done(asked).await;
    let shown = stage.get(&slot("web")).await.document();
    let instance = &shown.all("RoleInstanceList")[0];
    assert_eq!(
        instance.all("InstanceEndpoints")[0].text("Vip"),
        "10.1.1.20"
    );
    assert_eq!(stage.delete(&format!("{at}/in")).await.refused().0, 409);
    let asked = stage.put(&role, &Machine::ubuntu("web").changed()).await;
    stage.done(asked).await;
    let asked = stage.delete(&format!("{at}/in")).await;
    stage.done(asked).await;
    assert_eq!(stage.delete(&format!("{at}/in")).await.refused().0, 404);
}

#[tokio::test]
async fn a_load_balanced_set_is_changed_on_all_machines_at_once() {
    let stage = Stage::new().await;
    let shared = |port: &str| {
        format!(
            "<InputEndpoint><LoadBalancedEndpointSetName>web</LoadBalancedEndpointSetName><LocalPort>8080</LocalPort><Name>http</Name><Port>{port}</Port><Protocol>tcp</Protocol></InputEndpoint>"
        )
    };
    let mut one = Machine::ubuntu("one");
    one.endpoints.push(shared("80"));
    stage.ready("web", &one).await;
    let mut two = Machine::ubuntu("two");
    two.endpoints = vec![shared("81")];
    assert_eq!(
        stage.post(&roles("web"), &two.role()).await.refused().0,
        400
    );
    two.endpoints = vec![shared("80")];
    let asked = stage.post(&roles("web"), &two.role()).await;
    stage.done(asked).await;

    let at = format!("{DEPLOYMENT}?comp=UpdateLbSet");
    let list = |set: &str, port: &str| {
        root(
            "LoadBalancedEndpointList",
            &format!(
                "<InputEndpoint><LoadBalancedEndpointSetName>{set}</LoadBalancedEndpointSetName><LocalPort>8080</LocalPort><Port>{port}</Port><LoadBalancerProbe><Path>/up</Path><Port>8080</Port><Protocol>http</Protocol></LoadBalancerProbe><Protocol>tcp</Protocol><EndpointAcl/></InputEndpoint>"
            ),
        )
    };
    assert_eq!(stage.post(&at, &list("none", "88")).await.refused().0, 404);
    let clash = stage.post(&at, &list("web", "22")).await.is(202);
    assert_eq!(stage.fails(clash).await.1, "BadRequest");
    let asked = stage.post(&at, &list("web", "88")).await;
    stage.done(asked).await;
    let shown = stage.get(&slot("web")).await.document();
    for role in shown.all("RoleList") {
        let set = role.find("ConfigurationSets/ConfigurationSet").unwrap();
        let http = &set.all("InputEndpoints")[0];
        assert_eq!(http.text("Name"), "http");
        assert_eq!(http.text("Port"), "88");
        assert_eq!(http.text("LoadBalancerProbe/Path"), "/up");
    }
}

#[tokio::test]
async fn dns_servers_of_a_deployment_come_change_and_go() {
    let stage = Stage::new().await;
    stage.ready("web", &Machine::ubuntu("web")).await;
    let at = format!("{DEPLOYMENT}/dnsservers");
    let server = |name: &str, address: &str| {
        root(
            "DnsServer",
            &format!("<Name>{name}</Name><Address>{address}</Address>"),
        )
    };
    assert_eq!(
        stage.post(&at, &server("a", "10.0.0")).await.refused().0,
        400
    );
    let asked = stage.post(&at, &server("a", "10.0.0.1")).await;
    stage.done(asked).await;
    assert_eq!(
        stage.post(&at, &server("A", "10.0.0.2")).await.refused().0,
        409
    );
    let asked = stage
        .put(&format!("{at}/a"), &server("a", "10.0.0.2"))
        .await;
    stage.done(asked).await;
    let refused = stage
        .put(&format!("{at}/b"), &server("b", "10.0.0.2"))
        .await;
    assert_eq!(refused.refused().0, 404);
    let shown = stage.get(DEPLOYMENT).await.document();
    let told = shown.find("Dns/DnsServers/DnsServer").unwrap();
    assert_eq!(
        (told.text("Name"), told.text("Address")),
        ("a".to_owned(), "10.0.0.2".to_owned())
    );
    let asked = stage.delete(&format!("{at}/a")).await;
    stage.done(asked).await;
    assert_eq!(stage.delete(&format!("{at}/a")).await.refused().0, 404);
    assert!(!stage.get(DEPLOYMENT).await.document().has("Dns"));
}

#[tokio::test]
async fn a_reserved_address_comes_to_a_deployment_that_runs_and_leaves_it_again() {
    let stage = Stage::new().await;
    stage.ready("web", &Machine::ubuntu("web")).await;
    let before = stage.address("web").unwrap();
    let all = "/services/networking/reservedips";
    let new = root(
        "ReservedIP",
        "<Name>fixed</Name><Location>West US</Location>",
    );
    let asked = stage.post(all, &new).await;
    stage.done(asked).await;
    let user = root(
        "ReservedIPAssociation",
        "<ServiceName>web</ServiceName><DeploymentName>web</DeploymentName>",
    );
    let nobody = user.replace(">web<", ">none<");
    let associate = format!("{all}/fixed/operations/associate");
    let disassociate = format!("{all}/fixed/operations/disassociate");
    assert_eq!(stage.post(&associate, &nobody).await.refused().0, 404);
    assert_eq!(stage.post(&disassociate, &user).await.refused().0, 400);
    let asked = stage.post(&associate, &user).await;
    stage.done(asked).await;
    let fixed = stage.get(&format!("{all}/fixed")).await.document();
    assert_eq!(fixed.text("InUse"), "true");
    assert_eq!(fixed.text("ServiceName"), "web");
    assert_eq!(
        stage.address("web").unwrap().to_string(),
        fixed.text("Address")
    );
    assert_eq!(stage.post(&associate, &user).await.refused().0, 409);
    assert_eq!(stage.delete(&format!("{all}/fixed")).await.refused().0, 409);
    let asked = stage.post(&disassociate, &user).await;
    stage.done(asked).await;
    let after = stage.address("web").unwrap();
    assert_ne!(after, before);
    let fixed = stage.get(&format!("{all}/fixed")).await.document();
    assert!(!fixed.has("InUse"));

    let own = root(
        "ReservedIP",
        "<Name>own</Name><ServiceName>web</ServiceName><DeploymentName>web</DeploymentName><Location>West US</Location>",
    );
    let elsewhere = own.replace("West US", "East US");
    assert_eq!(stage.post(all, &elsewhere).await.refused().0, 400);
    let asked = stage.post(all, &own).await;
    stage.done(asked).await;
    let kept = stage.get(&format!("{all}/own")).await.document();
    assert_eq!(kept.text("Address"), after.to_string());
    assert_eq!(kept.text("DeploymentName"), "web");
}

#[tokio::test]
async fn a_deployment_has_further_virtual_ips() {
    let stage = Stage::new().await;
    stage.ready("web", &Machine::ubuntu("web")).await;
    let names = async || {
        let shown = stage.get(DEPLOYMENT).await.document();
        shown.each("VirtualIPs", "Name")
    };
    let first = names().await.remove(0);
    for n in 1..5 {
        let asked = stage.post(&format!("{DEPLOYMENT}/vip{n}"), "").await;
        stage.done(asked).await;
    }
    assert_eq!(names().await.len(), 5);
    for (name, status) in [("VIP1", 409), (first.as_str(), 409), ("vip5", 409)] {
        let refused = stage.post(&format!("{DEPLOYMENT}/{name}"), "").await;
        assert_eq!(refused.refused().0, status, "{name}");
    }
    let at = format!("{DEPLOYMENT}/virtualIPs/vip1");
    let asked = stage.delete(&at).await;
    stage.done(asked).await;
    assert_eq!(stage.delete(&at).await.refused().0, 404);
    assert_eq!(names().await, [first.as_str(), "vip2", "vip3", "vip4"]);
}

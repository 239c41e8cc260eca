//! Networks and reserved addresses out of recorded answers.

use crate::bodies::{Machine, root};
use crate::xml::Node;

use super::super::comparison::Body;
use super::super::recordings::Exchange;
use super::{Arranged, Scene, escaped};

const MEDIA: &str = "/services/networking/media";

pub(super) async fn arrange(scene: &Scene, exchange: &Exchange, body: &Body) -> Arranged {
    if let Body::Text(configuration) = body {
        return scene.made("PUT", MEDIA, configuration).await;
    }
    let Some(document) = body.document() else {
        return Ok(());
    };
    let words = exchange.words();
    match words.get(2).copied() {
        Some("virtualnetwork") => {
            let (coming, there): (Vec<&Node>, Vec<&Node>) = document
                .children
                .iter()
                .partition(|site| site.text("State") == "Creating");
            let configuration = configuration(&there);
            scene.made("PUT", MEDIA, &configuration).await?;
            for site in &there {
                scene.routed(site).await?;
            }
            for site in there.iter().filter(|site| site.has("InUse")) {
                scene.inhabitant(site).await?;
            }
            if !coming.is_empty() {
                let all: Vec<&Node> = document.children.iter().collect();
                let whole = self::configuration(&all);
                scene.stage.call("PUT", MEDIA, &whole).await;
            }
            Ok(())
        }
        Some("reservedips") if words.len() == 3 => {
            for reserved in &document.children {
                scene.reserved(reserved).await?;
            }
            Ok(())
        }
        Some("reservedips") => scene.reserved(document).await,
        _ => Ok(()),
    }
}

/// The network configuration that has these sites.
fn configuration(sites: &[&Node]) -> String {
    let mut servers: Vec<(String, String)> = Vec::new();
    let mut local = String::new();
    let mut written = String::new();
    for site in sites {
        let place = match site.find("AffinityGroup") {
            Some(group) => format!("AffinityGroup=\"{}\"", escaped(&group.content)),
            None => format!("Location=\"{}\"", escaped(&site.text("Location"))),
        };
        let prefixes = |list: &[Node]| -> String {
            let each = list
                .iter()
                .map(|p| format!("<AddressPrefix>{}</AddressPrefix>", p.content));
            each.collect()
        };
        let subnets = site.all("Subnets").iter().map(|subnet| {
            format!(
                "<Subnet name=\"{}\"><AddressPrefix>{}</AddressPrefix></Subnet>",
                escaped(&subnet.text("Name")),
                subnet.text("AddressPrefix")
            )
        });
        let subnets: String = subnets.collect();
        let mut rest = String::new();
        for server in site.all("Dns/DnsServers") {
            let pair = (server.text("Name"), server.text("Address"));
            rest += "<DnsServerRef name=\"";
            rest += &(pair.0.clone() + "\" />");
            if !servers.contains(&pair) {
                servers.push(pair);
            }
        }
        if !rest.is_empty() {
            rest = format!("<DnsServersRef>{rest}</DnsServersRef>");
        }
        if let Some(gateway) = site.find("Gateway") {
            let mut refs = String::new();
            for other in gateway.all("Sites") {
                let name = other.text("Name");
                local += &*format!(
                    "<LocalNetworkSite name=\"{name}\"><AddressSpace>{}</AddressSpace><VPNGatewayAddress>{}</VPNGatewayAddress></LocalNetworkSite>",
                    prefixes(other.all("AddressSpace/AddressPrefixes")),
                    other.text("VpnGatewayAddress")
                );
                let kind = other.all("Connections").first().map(|c| c.text("Type"));
                refs += &*format!(
                    "<LocalNetworkSiteRef name=\"{name}\"><Connection type=\"{}\" /></LocalNetworkSiteRef>",
                    kind.unwrap_or_default()
                );
            }
            rest += &*format!(
                "<Gateway><ConnectionsToLocalNetwork>{refs}</ConnectionsToLocalNetwork></Gateway>"
            );
        }
        written += &*format!(
            "<VirtualNetworkSite name=\"{}\" {place}><AddressSpace>{}</AddressSpace><Subnets>{subnets}</Subnets>{rest}</VirtualNetworkSite>",
            escaped(&site.text("Name")),
            prefixes(site.all("AddressSpace/AddressPrefixes"))
        );
    }
    let servers = servers
        .iter()
        .map(|(name, ip)| format!("<DnsServer name=\"{name}\" IPAddress=\"{ip}\" />"));
    let servers: String = servers.collect();
    format!(
        "<NetworkConfiguration xmlns=\"http://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration\"><VirtualNetworkConfiguration><Dns><DnsServers>{servers}</DnsServers></Dns><LocalNetworkSites>{local}</LocalNetworkSites><VirtualNetworkSites>{written}</VirtualNetworkSites></VirtualNetworkConfiguration></NetworkConfiguration>"
    )
}

impl Scene {
    /// The route tables of a network's subnets.
    async fn routed(&self, site: &Node) -> Arranged {
        for subnet in site.all("Subnets") {
            let table = subnet.text("RouteTableName");
            if table.is_empty() {
                continue;
            }
            let new = format!("<Name>{table}</Name><Location>West US</Location>");
            let tables = "/services/networking/routetables";
            self.made("POST", tables, &root("RouteTable", &new)).await?;
            let path = format!(
                "/services/networking/virtualnetwork/{}/subnets/{}/routetables",
                site.text("Name"),
                subnet.text("Name")
            );
            let link = format!("<RouteTableName>{table}</RouteTableName>");
            let link = root("RouteTableAssociation", &link);
            self.made("POST", &path, &link).await?;
        }
        Ok(())
    }

    /// A machine in a network, so that it is in use.
    async fn inhabitant(&self, site: &Node) -> Arranged {
        let n = crate::bodies::base64(site.text("Name")).to_lowercase();
        let n: String = n
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(12)
            .collect();
        let place = match site.find("AffinityGroup") {
            Some(group) => super::written(group),
            None => super::written(site.find("Location").ok_or("no place")?),
        };
        let service = format!("in{n}");
        let new = crate::bodies::hosted_service_in(&service, &place);
        self.made("POST", "/services/hostedservices", &new).await?;
        let account = format!("in{n}");
        let link = format!("https://{account}.blob.core.windows.net/vhds/a.vhd");
        self.accounts_of([link.clone()].into_iter(), &place).await?;
        let mut machine = Machine::ubuntu("web");
        machine.os_disk = machine.os_disk.replace(
            "https://store.blob.core.windows.net/vhd-store/web.vhd",
            &link,
        );
        let mut subnets = site.all("Subnets").iter().map(|s| s.text("Name"));
        let subnet = subnets.find(|name| name != "GatewaySubnet");
        if let Some(subnet) = subnet {
            machine.network = format!(
                "<SubnetNames><SubnetName>{}</SubnetName></SubnetNames>",
                escaped(&subnet)
            );
        }
        let network = format!(
            "<VirtualNetworkName>{}</VirtualNetworkName>",
            escaped(&site.text("Name"))
        );
        let path = format!("/services/hostedservices/{service}/deployments");
        self.made("POST", &path, &machine.deployment_with(&service, &network))
            .await
    }

    async fn reserved(&self, recorded: &Node) -> Arranged {
        let place = format!("<Location>{}</Location>", recorded.text("Location"));
        let name = recorded.text("Name");
        let new = format!("<Name>{name}</Name>{place}");
        self.made(
            "POST",
            "/services/networking/reservedips",
            &root("ReservedIP", &new),
        )
        .await?;
        if !recorded.has("InUse") {
            return Ok(());
        }
        let (service, deployment) = (
            recorded.text("ServiceName"),
            recorded.text("DeploymentName"),
        );
        let new = crate::bodies::hosted_service_in(&service, &place);
        self.made("POST", "/services/hostedservices", &new).await?;
        self.accounts_of(
            ["https://store.blob.core.windows.net/".to_owned()].into_iter(),
            &place,
        )
        .await?;
        let path = format!("/services/hostedservices/{service}/deployments");
        let rest = format!("<ReservedIPName>{name}</ReservedIPName>");
        let body = Machine::ubuntu("web").deployment_with(&deployment, &rest);
        self.made("POST", &path, &body).await
    }
}

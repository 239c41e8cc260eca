use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::*;
use crate::engine::container_network::ContainerNetwork;
use crate::process::Network as _;
use crate::process::network::{Listener, Transport};
use crate::state::networks::Networks;
use crate::state::networks::tests::{NOW, container, counter};

/// Networks, and containers that run in them.
struct World {
    networks: Networks,
    fabric: Fabric,
    ids: Box<dyn FnMut() -> ObjectId>,
}

/// A container that runs, as its processes see the network.
struct Running {
    container: Container,
    network: ContainerNetwork,
}

impl Running {
    fn address(&self, network: &str) -> IpAddr {
        self.container.networks[network].ip_address.parse().unwrap()
    }

    fn resolve(&self, name: &str) -> Vec<String> {
        let found = self.network.resolve(name);
        found.iter().map(ToString::to_string).collect()
    }

    async fn reach(&self, address: IpAddr, port: u16) -> Result<Connection, Errno> {
        self.network.connect(SocketAddr::new(address, port)).await
    }

    /// Listens on a port, and says its name to whoever comes.
    fn serve(&self, port: u16) {
        greet(
            self.network.listen(port).unwrap(),
            self.container.name.clone(),
        );
    }
}

fn greet(mut listener: Listener, name: String) {
    tokio::spawn(async move {
        while let Some(connection) = listener.accept().await {
            let words = format!("{name} to {}", connection.peer().ip());
            connection.write(words.as_bytes()).await.unwrap();
            connection.finish().await;
        }
    });
}

async fn said(connection: Result<Connection, Errno>) -> Result<String, Errno> {
    let bytes = connection?.read(100).await?;
    Ok(String::from_utf8(bytes).unwrap())
}

impl World {
    fn new() -> Self {
        Self::with(Fabric::default())
    }

    fn with(fabric: Fabric) -> Self {
        let mut ids: Box<dyn FnMut() -> ObjectId> = Box::new(counter());
        Self {
            networks: Networks::new(NOW, &mut ids),
            fabric,
            ids,
        }
    }

    fn create(&mut self, request: Value) {
        let request = serde_json::from_value(request).unwrap();
        self.networks.create(request, NOW, &mut self.ids).unwrap();
    }

    fn run(&mut self, name: &str, mode: &str) -> Running {
        let id = (self.ids)();
        self.run_as(container(id, name, mode))
    }

    fn run_as(&mut self, mut container: Container) -> Running {
        let joined = self.networks.join(&mut container, &mut self.ids).unwrap();
        let ports = self.fabric.seat(container.id);
        for id in joined {
            let network = self.networks.get(id).unwrap();
            self.fabric
                .plug(&container, network, &container.networks[&network.name]);
        }
        let network = ContainerNetwork::new(self.fabric.clone(), container.id, ports);
        Running { container, network }
    }
}

#[tokio::test]
async fn containers_of_a_network_reach_each_other_by_name() {
    let mut world = World::new();
    world.create(json!({"Name": "net1"}));
    let web = world.run("web", "net1");
    let client = world.run("client", "net1");
    assert_eq!(client.resolve("web"), ["172.18.0.2"]);
    assert_eq!(client.resolve("WEB."), ["172.18.0.2"]);
    assert_eq!(client.resolve("web.net1"), ["172.18.0.2"]);
    assert_eq!(client.resolve(&web.container.id.short()), ["172.18.0.2"]);
    assert_eq!(client.resolve("nobody"), [""; 0]);
    assert_eq!(client.resolve("172.18.0.2"), ["172.18.0.2"]);
    let at = web.address("net1");
    assert_eq!(client.reach(at, 80).await.err(), Some(Errno::Refused));
    web.serve(80);
    let words = said(client.reach(at, 80).await).await;
    assert_eq!(words.unwrap(), format!("web to {}", client.address("net1")));
    let nobody = "172.18.0.9".parse().unwrap();
    assert_eq!(client.reach(nobody, 80).await.err(), Some(Errno::NoRoute));
}

#[tokio::test]
async fn other_networks_are_out_of_reach() {
    let mut world = World::new();
    world.create(json!({"Name": "a"}));
    world.create(json!({"Name": "b"}));
    let web = world.run("web", "a");
    web.serve(80);
    let stranger = world.run("stranger", "b");
    assert_eq!(stranger.resolve("web"), [""; 0]);
    let outcome = stranger.reach(web.address("a"), 80).await;
    assert_eq!(outcome.err(), Some(Errno::Unreachable));
    let lonely = world.run("lonely", "none");
    let outcome = lonely.reach(web.address("a"), 80).await;
    assert_eq!(outcome.err(), Some(Errno::Unreachable));
    assert_eq!(lonely.network.interfaces(), [Interface::loopback()]);
}

#[tokio::test]
async fn on_the_engines_bridge_nobody_has_a_name() {
    let mut world = World::new();
    let web = world.run("web", "bridge");
    web.serve(80);
    let client = world.run("client", "bridge");
    assert_eq!(client.resolve("web"), [""; 0]);
    assert!(
        said(client.reach(web.address("bridge"), 80).await)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn aliases_and_links_are_names_too() {
    let mut world = World::new();
    world.create(json!({"Name": "net1"}));
    let place = |json: Value| serde_json::from_value::<Endpoint>(json).unwrap();
    for name in ["db1", "db2"] {
        let mut db = container((world.ids)(), name, "net1");
        let aliased = place(json!({"Aliases": ["db"]}));
        db.networks.insert("net1".to_owned(), Box::new(aliased));
        world.run_as(db);
    }
    let mut app = container((world.ids)(), "app", "net1");
    let linked = place(json!({"Links": ["db2:store"]}));
    app.networks.insert("net1".to_owned(), Box::new(linked));
    let app = world.run_as(app);
    assert_eq!(app.resolve("db"), ["172.18.0.2", "172.18.0.3"]);
    assert_eq!(app.resolve("store"), ["172.18.0.3"]);
    assert_eq!(world.run("other", "net1").resolve("store"), [""; 0]);
}

#[tokio::test]
async fn a_container_reaches_itself() {
    let mut world = World::new();
    let web = world.run("web", "bridge");
    web.serve(80);
    assert_eq!(web.resolve("localhost"), ["127.0.0.1"]);
    for address in ["127.0.0.1", "0.0.0.0", "172.17.0.2"] {
        let address = address.parse().unwrap();
        assert!(
            said(web.reach(address, 80).await).await.is_ok(),
            "{address}"
        );
    }
}

#[tokio::test]
async fn a_published_port_is_reached_from_outside_the_host_and_through_the_gateway() {
    let mut world = World::new();
    let mut made = container((world.ids)(), "web", "bridge");
    made.host = serde_json::from_value(json!({
        "NetworkMode": "bridge", "PortBindings": {"80/tcp": [{"HostPort": "8080"}]},
    }))
    .unwrap();
    made.config.exposed_ports =
        serde_json::from_value(json!({"80/tcp": {}, "99/tcp": {}})).unwrap();
    let web = world.run_as(made);
    let map = world.fabric.publish(&web.container).unwrap();
    assert_eq!(
        serde_json::to_value(map).unwrap(),
        json!({
            "80/tcp": [
                {"HostIp": "0.0.0.0", "HostPort": "8080"}, {"HostIp": "::", "HostPort": "8080"},
            ],
            "99/tcp": null,
        })
    );
    let outsider = "192.0.2.7:5000".parse().unwrap();
    let at = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
    let outcome = world.fabric.connect(Transport::Tcp, at, outsider).await;
    assert_eq!(outcome.err(), Some(Errno::Refused), "nobody listens yet");
    web.serve(80);
    let words = said(world.fabric.connect(Transport::Tcp, at, outsider).await).await;
    assert_eq!(words.unwrap(), "web to 192.0.2.7");

    world.create(json!({"Name": "other"}));
    let client = world.run("client", "other");
    for host in ["172.18.0.1", "172.17.0.1", "10.0.0.4"] {
        let outcome = said(client.reach(host.parse().unwrap(), 8080).await).await;
        assert!(outcome.is_ok(), "{host}");
    }
    let shared = ContainerNetwork::of_host(world.fabric.clone());
    for host in ["127.0.0.1:8080", "10.0.0.4:8080", "172.17.0.2:80"] {
        let outcome = said(shared.connect(host.parse().unwrap()).await).await;
        assert!(outcome.is_ok(), "{host}");
    }

    world.fabric.unseat(web.container.id);
    let outcome = world.fabric.connect(Transport::Tcp, at, outsider).await;
    assert_eq!(outcome.err(), Some(Errno::Refused));
}

#[tokio::test]
async fn an_internal_network_leads_nowhere() {
    let mut world = World::new();
    world.create(json!({"Name": "in", "Internal": true}));
    let mut made = container((world.ids)(), "web", "in");
    made.host.publish_all_ports = true;
    made.config.exposed_ports = serde_json::from_value(json!({"80/tcp": {}})).unwrap();
    let web = world.run_as(made);
    assert!(world.fabric.publish(&web.container).unwrap().is_empty());
    let host = "10.0.0.4".parse().unwrap();
    assert_eq!(web.reach(host, 80).await.err(), Some(Errno::Unreachable));
}

#[tokio::test]
async fn members_that_may_not_talk_time_out() {
    let mut world = World::new();
    let options = json!({"com.docker.network.bridge.enable_icc": "false"});
    world.create(json!({"Name": "quiet", "Options": options}));
    let web = world.run("web", "quiet");
    web.serve(80);
    let client = world.run("client", "quiet");
    let outcome = client.reach(web.address("quiet"), 80).await;
    assert_eq!(outcome.err(), Some(Errno::TimedOut));
}

#[tokio::test]
async fn who_shares_the_hosts_network_listens_for_the_host() {
    let mut world = World::new();
    let shared = ContainerNetwork::of_host(world.fabric.clone());
    greet(shared.listen(9000).unwrap(), "host".to_owned());
    assert_eq!(shared.listen(9000).err(), Some(Errno::AddressInUse));
    let client = world.run("client", "bridge");
    let gateway = "172.17.0.1".parse().unwrap();
    assert!(said(client.reach(gateway, 9000).await).await.is_ok());
    let names: Vec<_> = shared.interfaces().into_iter().map(|i| i.name).collect();
    assert_eq!(names, ["lo", "eth0", "docker0"]);
}

#[tokio::test]
async fn a_container_that_is_disconnected_is_reached_no_more() {
    let mut world = World::new();
    world.create(json!({"Name": "net1"}));
    let web = world.run("web", "net1");
    web.serve(80);
    let client = world.run("client", "net1");
    let id = world.networks.find("net1").unwrap().id;
    world.fabric.unplug(web.container.id, id);
    assert_eq!(client.resolve("web"), [""; 0]);
    let outcome = client.reach(web.address("net1"), 80).await;
    assert_eq!(outcome.err(), Some(Errno::NoRoute));
    let loopback = "127.0.0.1".parse().unwrap();
    assert!(said(web.reach(loopback, 80).await).await.is_ok());
}

#[test]
fn a_renamed_container_is_found_by_its_new_name_alone() {
    let mut world = World::new();
    world.create(json!({"Name": "net1"}));
    let mut web = world.run("web", "net1");
    let client = world.run("client", "net1");
    web.container.name = "www".to_owned();
    world.networks.rename(&mut web.container);
    world.fabric.rename(&web.container, &world.networks);
    assert_eq!(client.resolve("www"), ["172.18.0.2"]);
    assert_eq!(client.resolve("web"), [""; 0]);
}

#[test]
fn interfaces_are_numbered_in_the_order_of_joining() {
    let mut world = World::new();
    world.create(json!({"Name": "a"}));
    let mut made = container((world.ids)(), "c", "bridge");
    for name in ["a", "bridge"] {
        made.networks.insert(name.to_owned(), Box::default());
    }
    let running = world.run_as(made);
    let shown: Vec<_> = running
        .network
        .interfaces()
        .into_iter()
        .map(|i| format!("{} {}/{}", i.name, i.address, i.prefix))
        .collect();
    assert_eq!(
        shown,
        ["lo 127.0.0.1/8", "eth0 172.17.0.2/16", "eth1 172.18.0.2/16"]
    );
}

#[test]
fn names_of_the_hosts_file_go_first() {
    use crate::files::{Credentials, Tree, View};
    let mut world = World::new();
    let files = View::of(Tree::new(NOW));
    let root = Credentials::ROOT;
    let hosts = "10.0.0.1\tfoo bar # baz\nfd00::1 Foo\n# 10.0.0.2 foo\nx foo\n";
    files.create_dir("/etc", 0o755, &root, NOW).unwrap();
    files.write("/etc/hosts", hosts, 0o644, &root, NOW).unwrap();
    let running = world.run("c", "bridge");
    let network = running.network.clone().with_files(files.clone());
    let resolve = |name: &str| -> Vec<String> {
        network
            .resolve(name)
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    assert_eq!(resolve("FOO"), ["10.0.0.1", "fd00::1"]);
    assert_eq!(resolve("baz"), [""; 0]);
    files
        .append("/etc/hosts", b"10.0.0.3 baz\n", 0o644, &root, NOW)
        .unwrap();
    assert_eq!(resolve("baz"), ["10.0.0.3"]);
}

#[tokio::test]
async fn published_ports_are_listened_on_for_real_where_that_is_wanted() {
    use crate::engine::host_ports::Loopback;
    let free = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let at = free.local_addr().unwrap();
    drop(free);
    let mut world = World::with(Fabric::new(HOST_ADDRESS, Some(Arc::new(Loopback))));
    let mut made = container((world.ids)(), "web", "bridge");
    let bindings = json!({"80/tcp": [{"HostPort": at.port().to_string()}]});
    made.host.port_bindings = serde_json::from_value(bindings).unwrap();
    let web = world.run_as(made);
    web.serve(80);
    world.fabric.publish(&web.container).unwrap();
    let stream = tokio::net::TcpStream::connect(at).await.unwrap();
    let connection = Connection::new(stream, at);
    assert_eq!(said(Ok(connection)).await.unwrap(), "web to 172.17.0.1");
    world.fabric.unseat(web.container.id);
    assert!(tokio::net::TcpStream::connect(at).await.is_err());
}

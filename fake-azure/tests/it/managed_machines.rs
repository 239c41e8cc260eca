//! Machines of Resource Manager from outside: what their scripts do with Docker and power, and which
//! sizes they may have.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::stage::{Answer, builder};
use crate::today::{MANAGEMENT, Today, part};

/// A subscription in which a machine is made.
struct Stage {
    today: Today,
    bearer: String,
}

impl Stage {
    async fn new() -> Self {
        let today = Today::of(builder()).await;
        let bearer = today.bearer(MANAGEMENT).await;
        Self { today, bearer }
    }

    fn id(&self, rest: &str) -> String {
        let subscription = self.today.azure.subscription_id();
        format!("/subscriptions/{subscription}/resourceGroups/g{rest}")
    }

    fn resource(&self, rest: &str) -> String {
        self.id(&format!("/providers/{rest}"))
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> Value {
        let base = self.today.azure.resource_manager_url();
        let mark = if path.contains('?') { '&' } else { '?' };
        let url = format!("{base}{path}{mark}api-version=2024-07-01");
        let mut request = self.today.client.request(method, url);
        if !body.is_null() {
            request = request.body(body.to_string());
        }
        let request = request.bearer_auth(&self.bearer);
        let answer = Answer::of(request.send().await.unwrap()).await;
        assert!(answer.status < 300, "{path}: {answer:?}");
        serde_json::from_str(&answer.body).unwrap_or_default()
    }

    async fn put(&self, path: &str, body: Value) {
        self.ask(Method::PUT, path, body).await;
    }

    /// A machine with this custom data, whose ports are all open; its public address.
    async fn machine(&self, custom_data: &str) -> String {
        let here = |properties: Value| json!({"location": "westus", "properties": properties});
        let (guard, net) = (
            self.resource("Microsoft.Network/networkSecurityGroups/n"),
            self.resource("Microsoft.Network/virtualNetworks/net"),
        );
        let (public, interface) = (
            self.resource("Microsoft.Network/publicIPAddresses/p"),
            self.resource("Microsoft.Network/networkInterfaces/i"),
        );
        self.put(&self.id(""), json!({"location": "westus"})).await;
        let rule = json!({"protocol": "*", "sourcePortRange": "*", "destinationPortRange": "*",
            "sourceAddressPrefix": "*", "destinationAddressPrefix": "*", "access": "Allow",
            "priority": 100, "direction": "Inbound"});
        let rules = here(json!({"securityRules": [{"name": "all", "properties": rule}]}));
        self.put(&guard, rules).await;
        let space = here(json!({"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
            "subnets": [{"name": "s", "properties": {"addressPrefix": "10.0.0.0/24"}}]}));
        self.put(&net, space).await;
        let mut address = here(json!({"publicIPAllocationMethod": "Static"}));
        address["sku"] = json!({"name": "Standard"});
        self.put(&public, address).await;
        let ip = json!({"name": "ip", "properties": {"subnet": {"id": format!("{net}/subnets/s")},
            "publicIPAddress": {"id": public}}});
        let body = here(json!({"networkSecurityGroup": {"id": guard}, "ipConfigurations": [ip]}));
        self.put(&interface, body).await;
        let body = here(json!({
            "hardwareProfile": {"vmSize": "Standard_B2s"},
            "storageProfile": {
                "imageReference": {"publisher": "Canonical", "offer": "ubuntu-24_04-lts",
                    "sku": "server", "version": "latest"},
                "osDisk": {"createOption": "FromImage"}},
            "osProfile": {"computerName": "v", "adminUsername": "me", "adminPassword": "Secret-123",
                "customData": STANDARD.encode(custom_data)},
            "networkProfile": {"networkInterfaces": [{"id": interface}]}}));
        self.put(&self.of_machine(""), body).await;
        let told = self.ask(Method::GET, &public, Value::Null).await;
        told["properties"]["ipAddress"].as_str().unwrap().to_owned()
    }

    fn of_machine(&self, rest: &str) -> String {
        self.resource(&format!("Microsoft.Compute/virtualMachines/v{rest}"))
    }

    /// Runs a script in the machine; what it printed.
    async fn run(&self, script: &str) -> String {
        let body = json!({"commandId": "RunShellScript", "script": [script]});
        let path = self.of_machine("/runCommand");
        let told = self.ask(Method::POST, &path, body).await;
        told["value"][0]["message"].as_str().unwrap().to_owned()
    }

    async fn power(&self) -> String {
        let path = self.of_machine("/instanceView");
        let view = self.ask(Method::GET, &path, Value::Null).await;
        let statuses = view["statuses"].as_array().unwrap();
        let last = statuses.last().unwrap();
        last["code"].as_str().unwrap().to_owned()
    }
}

fn client() -> Client {
    let client = Client::builder().no_proxy();
    client.timeout(Duration::from_secs(20)).build().unwrap()
}

/// The names and states of an engine's containers.
async fn containers(address: &str) -> Vec<(String, String)> {
    let url = format!("http://{address}:2375/containers/json?all=1");
    let Ok(answer) = client().get(url).send().await else {
        return Vec::new();
    };
    let told: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    let mut all: Vec<_> = told
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (text(&one["Names"][0]), text(&one["State"]))
        })
        .collect();
    all.sort();
    all
}

async fn pause() {
    let moment = Duration::from_millis(50);
    simulation::Clock::real().sleep(moment).await;
}

/// Waits until an engine has these containers.
async fn until(address: &str, expected: &[(&str, &str)]) {
    let mut found = Vec::new();
    for _ in 0..600 {
        found = containers(address).await;
        let told = found
            .iter()
            .map(|(name, state)| (name.as_str(), state.as_str()));
        if told.eq(expected.iter().copied()) {
            return;
        }
        pause().await;
    }
    panic!("{found:?}, not {expected:?}");
}

const DOCKER: &str = "#cloud-config\npackages: [docker.io]\nwrite_files:\n- path: /etc/systemd/system/docker.service.d/a.conf\n  content: |\n    [Service]\n    ExecStart=\n    ExecStart=dockerd -H tcp://0.0.0.0:2375\nruncmd:\n- systemctl daemon-reload\n- systemctl restart docker\n";

#[tokio::test]
async fn what_its_scripts_tell_docker_is_done_by_the_machines_engine() {
    let stage = Stage::new().await;
    let custom_data = format!(
        "{DOCKER}- docker network create back\n- docker run -d --name web --net back -p 8080:80 --restart always nginx\n- docker compose up -d\n"
    );
    let address = stage.machine(&custom_data).await;
    until(&address, &[("/web", "running")]).await;
    let mut page = String::new();
    for _ in 0..600 {
        if let Ok(answer) = client().get(format!("http://{address}:8080/")).send().await {
            page = answer.text().await.unwrap();
            break;
        }
        pause().await;
    }
    assert!(page.contains("nginx"), "{page}");

    // What is told later is done once, and nothing is done anew at a boot.
    stage
        .run("docker run -d --name once redis; docker rm -f web")
        .await;
    until(&address, &[("/once", "running")]).await;
    let restart = stage.of_machine("/restart");
    stage.ask(Method::POST, &restart, Value::Null).await;
    until(&address, &[("/once", "exited")]).await;

    // What is not carried out is told, without its words.
    let (_, journal) = stage.today.admin("journal", None).await;
    let notes: Vec<&Value> = journal
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["operation"] == "Docker Of Machine")
        .collect();
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert_eq!(notes[0]["path"], "v/v");
    assert_eq!(notes[0]["detail"], "a command is not carried out");
}

#[tokio::test]
async fn a_machine_starts_anew_and_switches_off_as_its_scripts_say() {
    let stage = Stage::new().await;
    let custom_data = format!("{DOCKER}power_state: {{mode: poweroff}}\n");
    let address = stage.machine(&custom_data).await;
    assert_eq!(stage.power().await, "PowerState/stopped");
    assert!(containers(&address).await.is_empty());
    let start = stage.of_machine("/start");
    stage.ask(Method::POST, &start, Value::Null).await;
    assert_eq!(stage.power().await, "PowerState/running");
    stage
        .run("docker run -d --name kept --restart always nginx")
        .await;
    until(&address, &[("/kept", "running")]).await;
    // Files stay, and the engine begins a new life.
    stage.run("echo still > /root/here; reboot").await;
    assert_eq!(stage.power().await, "PowerState/running");
    until(&address, &[("/kept", "running")]).await;
    let told = stage
        .run("cat /root/here; head -1 /var/lib/cloud/instance/user-data.txt; ls /var/lib/cloud/instance/boot-finished")
        .await;
    let expected = "still\n#cloud-config\n/var/lib/cloud/instance/boot-finished\n";
    assert!(told.contains(expected), "{told}");
    stage.run("shutdown -h now").await;
    assert_eq!(stage.power().await, "PowerState/stopped");
}

#[tokio::test]
async fn a_machine_is_of_its_image_and_size_wherever_it_is_asked() {
    let stage = Stage::new().await;
    let address = stage.machine(DOCKER).await;
    let info = client().get(format!("http://{address}:2375/info"));
    let info = info.send().await.unwrap().text().await.unwrap();
    let info: Value = serde_json::from_str(&info).unwrap();
    let asked = "uname -r; nproc; . /etc/os-release; echo $VERSION_CODENAME; lsb_release -rs; grep MemTotal /proc/meminfo";
    let told = stage.run(asked).await;
    let kernel = info["KernelVersion"].as_str().unwrap();
    assert!(
        told.contains(&format!("{kernel}\n2\nnoble\n24.04\n")),
        "{told}"
    );
    assert!(kernel.starts_with("6."), "{kernel}");
    let kibibytes = info["MemTotal"].as_u64().unwrap() / 1024;
    assert!(told.contains(&format!("{kibibytes} kB")), "{told}");
    assert_eq!(info["OperatingSystem"], "Ubuntu 24.04.3 LTS");

    // A larger size is one for what runs in it, too.
    let larger = json!({"properties": {"hardwareProfile": {"vmSize": "Standard_D4s_v5"}}});
    let path = stage.of_machine("");
    stage.ask(Method::PATCH, &path, larger).await;
    let told = stage.run("nproc").await;
    assert!(told.contains("\n4\n"), "{told}");
}

#[tokio::test]
async fn a_machine_that_hangs_on_a_version_is_written_with_that_alone() {
    let stage = Stage::new().await;
    stage.machine("#cloud-config\n").await;
    let base = stage.today.azure.resource_manager_url();
    let url = format!("{base}{}?api-version=2024-07-01", stage.of_machine(""));
    let told = stage
        .ask(Method::GET, &stage.of_machine(""), Value::Null)
        .await;
    let tag = told["etag"].as_str().unwrap();
    for (method, header, value, status) in [
        (Method::PUT, "If-None-Match", "*", 412),
        (Method::PUT, "If-Match", "\"nope\"", 412),
        (Method::DELETE, "If-Match", "\"nope\"", 412),
        (Method::PUT, "If-None-Match", "\"nope\"", 200),
        (Method::PUT, "If-Match", "*", 200),
        (Method::PUT, "If-Match", tag, 412),
    ] {
        let request = stage.today.client.request(method.clone(), &url);
        let request = request.bearer_auth(&stage.bearer).header(header, value);
        let sent = request.body(told.to_string()).send().await.unwrap();
        assert_eq!(sent.status(), status, "{method} {header}: {value}");
    }
}

#[tokio::test]
async fn sizes_of_resource_manager_are_withheld_by_region() {
    let stage = Stage::new().await;
    let asked = json!({"sizes_not_offered": {"westus": ["standard_b2s", "Large"], "westus3": ["Standard_B1s"]}});
    let (status, told) = stage.today.admin("quota", Some(asked)).await;
    assert_eq!(status, 200, "{told}");
    let subscription = stage.id("");
    let subscription = subscription.split("/resourceGroups").next().unwrap();
    let path =
        format!("{subscription}/providers/Microsoft.Compute/skus?$filter=location%20eq%20'westus'");
    let skus = stage.ask(Method::GET, &path, Value::Null).await;
    let restricted: Vec<&str> = skus["value"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|sku| !sku["restrictions"].as_array().unwrap().is_empty())
        .map(|sku| sku["name"].as_str().unwrap())
        .collect();
    assert_eq!(restricted, ["Standard_B2s"]);
    let unknown = json!({"sizes_not_offered": {"westus": ["Standard_Moon"]}});
    let (status, told) = stage.today.admin("quota", Some(unknown)).await;
    assert_eq!(status, 400, "{told}");
    let lifted = json!({"sizes_not_offered": {"West US": []}});
    assert_eq!(stage.today.admin("quota", Some(lifted)).await.0, 200);
    let skus = stage.ask(Method::GET, &path, Value::Null).await;
    let all = skus["value"].as_array().unwrap();
    assert!(all.iter().all(|sku| sku["restrictions"] == json!([])));
}

#[tokio::test]
async fn an_identity_of_the_system_is_the_one_of_its_tokens() {
    let stage = Stage::new().await;
    stage.machine("#cloud-config\n").await;
    let machine = stage.of_machine("");
    let bare = stage.ask(Method::GET, &machine, Value::Null).await;
    assert_eq!(bare["identity"], Value::Null);

    let wish = json!({"identity": {"type": "SystemAssigned"}});
    stage.ask(Method::PATCH, &machine, wish).await;

    let told = stage.ask(Method::GET, &machine, Value::Null).await;
    let url = format!(
        "{}/metadata/identity/oauth2/token?api-version=2018-02-01&resource={MANAGEMENT}",
        stage.today.azure.metadata_service_url()
    );
    let granted = client().get(url).header("Metadata", "true").send().await;
    let granted: Value = serde_json::from_str(&granted.unwrap().text().await.unwrap()).unwrap();
    let claims = part(granted["access_token"].as_str().unwrap(), 1);
    assert_eq!(told["identity"]["type"], "SystemAssigned");
    assert_eq!(told["identity"]["principalId"], claims["oid"]);
    assert_eq!(told["identity"]["tenantId"], claims["tid"]);
}

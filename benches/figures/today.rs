//! Today's Azure: its first token, a machine of Resource Manager beside a classic one, what hosts
//! weigh, and what az makes of it.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::Connection;
use crate::hosts::fill;
use crate::simulator::{Room, Simulator, memory};
use crate::spread::Spread;
use crate::{Outcome, heading, root, say};

const STARTS: usize = 11;
const REQUESTS: usize = 2000;
const HOSTS: usize = 2000;
const CREATES: usize = 3;

/// The version of the API that is asked for.
const VERSION: &str = "api-version=2024-07-01";

/// What a program signs in with.
type Principal = BTreeMap<String, String>;

/// Resource Manager as somebody who is signed in has it.
struct Signed {
    connection: Connection,
    head: String,
    group: String,
}

pub(crate) fn print(room: &Room) -> Outcome<()> {
    token(room)?;
    say("");
    machine(room)?;
    say("");
    weight(room)?;
    say("");
    az(room)
}

fn principal(simulator: &Simulator) -> Outcome<Principal> {
    let file = fs::read(simulator.text("service_principal")?)?;
    Ok(serde_json::from_slice(&file)?)
}

/// A connection to the origin that authority and Resource Manager share.
fn origin(room: &Room, simulator: &Simulator) -> Outcome<Connection> {
    let url = simulator.text("resource_manager")?;
    let at: SocketAddr = url.trim_start_matches("https://").parse()?;
    Connection::open(at, &room.trust)
}

/// Asks the authority for a token of Resource Manager's.
fn granted(connection: &mut Connection, principal: &Principal) -> Outcome<String> {
    let told = |name: &str| principal.get(name).map_or("", String::as_str);
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}&scope=https%3A%2F%2Fmanagement.azure.com%2F.default",
        told("clientId"),
        quoted(told("clientSecret"))
    );
    let path = format!("/{}/oauth2/v2.0/token", told("tenantId"));
    let kind = "application/x-www-form-urlencoded";
    let (status, body) =
        connection.ask_with("POST", &path, &format!("Content-Type: {kind}"), &form)?;
    let told: Value = serde_json::from_slice(&body)?;
    let token = told["access_token"].as_str();
    Ok(token
        .ok_or_else(|| format!("the authority answered {status}: {told}"))?
        .to_owned())
}

/// A text as forms have it.
fn quoted(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

/// The first token of a simulator, for which its key is made, and the next.
fn token(room: &Room) -> Outcome<()> {
    heading("tokens");
    let [mut first, mut next] = [const { Vec::new() }; 2];
    for _ in 0..STARTS {
        let simulator = room.simulator()?;
        let principal = principal(&simulator)?;
        let mut connection = origin(room, &simulator)?;
        for took in [&mut first, &mut next] {
            let start = Instant::now();
            granted(&mut connection, &principal)?;
            took.push(start.elapsed());
        }
    }
    for (what, took) in [("the first one of a simulator", first), ("the next", next)] {
        say(&format!("{what:<58} {}", Spread::of(took).columns()));
    }
    Ok(())
}

impl Signed {
    fn new(room: &Room, simulator: &Simulator) -> Outcome<Self> {
        let mut connection = origin(room, simulator)?;
        let token = granted(&mut connection, &principal(simulator)?)?;
        let mut signed = Self {
            connection,
            head: format!("Authorization: Bearer {token}\r\nContent-Type: application/json"),
            group: format!("/subscriptions{}/resourceGroups/g", room.subscription),
        };
        let group = signed.group.clone();
        signed.put(&group, &json!({"location": "westus"}))?;
        Ok(signed)
    }

    fn id(&self, kind: &str, name: &str) -> String {
        format!("{}/providers/{kind}/{name}", self.group)
    }

    fn put(&mut self, path: &str, body: &Value) -> Outcome<()> {
        let asked = format!("{path}?{VERSION}");
        let head = self.head.clone();
        let (status, said) = self
            .connection
            .ask_with("PUT", &asked, &head, &body.to_string())?;
        if status < 300 {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&said);
        Err(format!("PUT {path}: {status}: {said}").into())
    }

    fn get(&mut self, path: &str) -> Outcome<usize> {
        let head = self.head.clone();
        let (status, said) = self.connection.ask_with("GET", path, &head, "")?;
        if status == 200 {
            return Ok(said.len());
        }
        let said = String::from_utf8_lossy(&said);
        Err(format!("GET {path}: {status}: {said}").into())
    }

    /// Makes a host as `az vm create` does: network, group with a rule, address, interface, machine.
    fn make(&mut self, name: &str) -> Outcome<()> {
        let network = self.id("Microsoft.Network/virtualNetworks", &format!("{name}VNET"));
        let guard = self.id(
            "Microsoft.Network/networkSecurityGroups",
            &format!("{name}NSG"),
        );
        let public = self.id(
            "Microsoft.Network/publicIPAddresses",
            &format!("{name}PublicIP"),
        );
        let interface = self.id(
            "Microsoft.Network/networkInterfaces",
            &format!("{name}VMNic"),
        );
        let machine = self.id("Microsoft.Compute/virtualMachines", name);
        let here =
            |properties: Value| json!({"location": "westus", "tags": {}, "properties": properties});
        let subnet = format!("{name}Subnet");
        self.put(
            &network,
            &here(json!({"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
            "subnets": [{"name": subnet, "properties": {"addressPrefix": "10.0.0.0/24"}}]})),
        )?;
        let rule = json!({"protocol": "Tcp", "sourcePortRange": "*", "destinationPortRange": "22",
            "sourceAddressPrefix": "*", "destinationAddressPrefix": "*", "access": "Allow",
            "priority": 1000, "direction": "Inbound"});
        let rules = json!({"securityRules": [{"name": "default-allow-ssh", "properties": rule}]});
        self.put(&guard, &here(rules))?;
        let mut address = here(json!({"publicIPAllocationMethod": "Static"}));
        address["sku"] = json!({"name": "Standard"});
        self.put(&public, &address)?;
        let ip = json!({"privateIPAllocationMethod": "Dynamic",
            "subnet": {"id": format!("{network}/subnets/{subnet}")}, "publicIPAddress": {"id": public}});
        self.put(
            &interface,
            &here(json!({"networkSecurityGroup": {"id": guard},
            "ipConfigurations": [{"name": format!("ipconfig{name}"), "properties": ip}]})),
        )?;
        self.put(&machine, &here(json!({
            "hardwareProfile": {"vmSize": "Standard_B1s"},
            "storageProfile": {
                "imageReference": {"publisher": "Canonical", "offer": "0001-com-ubuntu-server-jammy",
                    "sku": "22_04-lts-gen2", "version": "latest"},
                "osDisk": {"createOption": "fromImage", "caching": "ReadWrite"}},
            "osProfile": {"computerName": name, "adminUsername": "azureuser", "adminPassword": "Pa55w0rd-1"},
            "networkProfile": {"networkInterfaces": [{"id": interface}]}})))
    }
}

/// A machine of Resource Manager, asked for in turn with a classic one.
fn machine(room: &Room) -> Outcome<()> {
    heading("one machine, on an open connection; last, a second");
    let simulator = room.simulator()?;
    let mut signed = Signed::new(room, &simulator)?;
    signed.make("host-1")?;
    let managed = signed.id("Microsoft.Compute/virtualMachines", "host-1");
    let managed = format!("{managed}?{VERSION}");
    let mut classic = room.connect(&simulator)?;
    fill(room, &mut classic, 1)?;
    let services = format!("{}/services/hostedservices", room.subscription);
    let deployment = format!("{services}/host-1/deployments/host-1");
    let bytes = signed.get(&managed)?;
    let [mut ours, mut theirs] = [const { Vec::new() }; 2];
    for _ in 0..REQUESTS {
        let start = Instant::now();
        signed.get(&managed)?;
        ours.push(start.elapsed());
        let start = Instant::now();
        classic.expect(200, "GET", &deployment, "")?;
        theirs.push(start.elapsed());
    }
    let mut seconds = Vec::new();
    for (what, took) in [
        (
            format!("a machine of Resource Manager, {} KB", bytes / 1000),
            ours,
        ),
        ("a classic deployment of one machine".to_owned(), theirs),
    ] {
        let all: Duration = took.iter().sum();
        let rate = f64::from(u32::try_from(took.len())?) / all.as_secs_f64();
        say(&format!(
            "{what:<58} {} {rate:>8.0}",
            Spread::of(took).columns()
        ));
        seconds.push(rate);
    }
    say(&format!(
        "Resource Manager / classic = {:.2}",
        seconds[0] / seconds[1]
    ));
    Ok(())
}

/// What a host without an engine takes of the simulator's memory.
fn weight(room: &Room) -> Outcome<()> {
    say(&format!(
        "{:<40} {:>10} {:>10} {:>10}",
        format!("{HOSTS} hosts of Resource Manager"),
        "seconds",
        "KiB a host",
        "private"
    ));
    let simulator = room.simulator()?;
    simulator.allow_cores_in("westus", HOSTS)?;
    let mut signed = Signed::new(room, &simulator)?;
    // What is made once is no host's.
    signed.make("first")?;
    let before = memory(simulator.pid())?;
    let start = Instant::now();
    for number in 1..HOSTS {
        signed.make(&format!("host-{number}"))?;
    }
    let took = start.elapsed();
    let after = memory(simulator.pid())?;
    let hosts = f64::from(u32::try_from(HOSTS - 1)?);
    say(&format!(
        "{:<40} {:>10.2} {:>10.1} {:>10.1}",
        "network, rule, address, disk, machine",
        took.as_secs_f64(),
        (after.0 - before.0) / hosts,
        (after.1 - before.1) / hosts
    ));
    Ok(())
}

/// Where `tests/clients/az.sh` installs az.
fn installed_az() -> Option<PathBuf> {
    let path = root().join("target/clients/az/bin");
    path.join("az").exists().then_some(path)
}

/// What az's deployment makes: the things of a host, as `vm docker create` makes them.
const TEMPLATE: &str = include_str!("host.json");

/// A key of the user's own, so that nobody makes one.
const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGZvb2Zvb2Zvb2Zvb2Zvb2Zvb2Zvb2Zvb2Zvb2Zv me";

/// What is timed, one after the other.
const TIMED: [(&str, &str); 4] = [
    ("az version", "az version"),
    (
        "az vm create",
        "az vm create -g g -n v$n --image Ubuntu2204 --admin-username me \
         --admin-password Pa55w0rd-1234",
    ),
    (
        "az deployment group create",
        "az deployment group create -g g -n d$n --template-file host.json \
         --parameters name=dep$n password=Pa55w0rd-1234 data='#cloud-config'",
    ),
    (
        "azure vm docker create, until Docker answers",
        "azure vm docker create -l westus -t key.pub own$n Ubuntu-24_04 me",
    ),
];

/// `az vm create` and a deployment by az as whole processes, beside az that only starts and our own
/// create, within `azure fake run`.
fn az(room: &Room) -> Outcome<()> {
    heading("az and azure, inside `azure fake run`");
    let Some(az) = installed_az() else {
        say("az is not here; tests/clients/az.sh installs it (needs Python)");
        return Ok(());
    };
    let steps = TIMED.map(|(_, line)| line).join(" >&2; now\n");
    let script = format!(
        "set -e\nnow() {{ date +%s%N; }}\naz group create -n g -l westus >&2\n\
         azure config mode arm >&2\n\
         printf '%s' \"$TEMPLATE\" >host.json\necho \"$KEY\" >key.pub\n\
         for n in $(seq {CREATES}); do\necho $(now\n{steps} >&2; now)\ndone\n"
    );
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", az.display());
    let home = room.folder.path().join("az-home");
    fs::create_dir_all(&home)?;
    let output = Command::new(room.program("azure"))
        .args(["fake", "run", "--", "sh", "-c", &script])
        .current_dir(&home)
        .env_clear()
        .env("HOME", &home)
        .env("PATH", path)
        .env("TEMPLATE", TEMPLATE)
        .env("KEY", KEY)
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!(
            "az in `azure fake run` ended with {}: {said}",
            output.status
        )
        .into());
    }
    let mut all = [const { Vec::new() }; TIMED.len()];
    for line in String::from_utf8(output.stdout)?.lines() {
        let times: Result<Vec<u64>, _> = line.split(' ').map(str::parse).collect();
        let times = times?;
        if times.len() != TIMED.len() + 1 {
            return Err(format!("of {} steps only {line} was told", TIMED.len()).into());
        }
        for (took, pair) in all.iter_mut().zip(times.windows(2)) {
            took.push(Duration::from_nanos(pair[1].saturating_sub(pair[0])));
        }
    }
    let mut medians = Vec::new();
    for ((what, _), took) in TIMED.iter().zip(all) {
        let spread = Spread::of(took);
        say(&format!("{what:<58} {}", spread.columns()));
        medians.push(spread.median());
    }
    let [starts, creates, deploys, own] = medians[..] else {
        return Ok(());
    };
    say(&format!(
        "az vm create / az version = {:.1}",
        creates / starts
    ));
    say(&format!(
        "az vm create / azure vm docker create = {:.1}",
        creates / own
    ));
    say(&format!(
        "az deployment group create / azure vm docker create = {:.1}",
        deploys / own
    ));
    Ok(())
}

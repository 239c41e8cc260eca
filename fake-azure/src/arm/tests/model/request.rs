//! Steps as requests.

use serde_json::{Value, json};

use super::super::told::{DOCKER, SIZES};
use super::super::{docker_machine, machine};
use super::reference::os_disk;
use super::step::{Ask, Id, Kind, Power, Rule, Step};

impl Kind {
    /// Its type as it stands in paths.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Network => "Microsoft.Network/virtualNetworks",
            Self::Guard => "Microsoft.Network/networkSecurityGroups",
            Self::Address => "Microsoft.Network/publicIPAddresses",
            Self::Interface => "Microsoft.Network/networkInterfaces",
            Self::Disk => "Microsoft.Compute/disks",
            Self::Image => "Microsoft.Compute/images",
            Self::Set => "Microsoft.Compute/availabilitySets",
            Self::Machine => "Microsoft.Compute/virtualMachines",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Network => "net",
            Self::Guard => "nsg",
            Self::Address => "ip",
            Self::Interface => "nic",
            Self::Disk => "disk",
            Self::Image => "image",
            Self::Set => "set",
            Self::Machine => "vm",
        }
    }
}

pub(super) fn group_name(group: u8) -> String {
    format!("group{group}")
}

pub(super) fn name(kind: Kind, id: Id) -> String {
    format!("{}{}", kind.word(), id.1)
}

/// The path of a resource below the subscription.
pub(super) fn path(kind: Kind, id: Id) -> String {
    let group = group_name(id.0);
    format!(
        "/resourceGroups/{group}/providers/{}/{}",
        kind.path(),
        name(kind, id)
    )
}

/// A request: its line and its body.
pub(super) type Request = (String, Value);

impl Step {
    fn reference(&self, kind: Kind, id: Id) -> Value {
        json!({"id": super::super::id(&self.twisted(&path(kind, id)))})
    }

    fn guard(&self, guard: Option<Id>) -> Value {
        guard.map_or(Value::Null, |id| self.reference(Kind::Guard, id))
    }

    fn subnet(&self, n: u8, guard: Option<Id>) -> Value {
        json!({"addressPrefix": format!("10.0.{n}.0/24"), "networkSecurityGroup": self.guard(guard)})
    }

    /// What a request is on the wire; `told` is what is told of a resource now.
    #[expect(clippy::too_many_lines, reason = "one arm for each request")]
    pub(super) fn request(&self, ask: &Ask, told: impl FnOnce(&str) -> Value) -> Request {
        let at = |method: &str, kind, id, rest: &str| {
            format!("{method} {}{rest}", self.twisted(&path(kind, id)))
        };
        let put = |kind, id| at("PUT", kind, id, "");
        let here = |properties: Value| json!({"location": "West US", "properties": properties});
        let group = |method: &str, group: u8| {
            let path = format!("/resourceGroups/{}", group_name(group));
            format!("{method} {}", self.twisted(&path))
        };
        match ask {
            Ask::PutGroup(n) => (group("PUT", *n), json!({"location": "westus"})),
            Ask::TagGroup(n) => (group("PATCH", *n), json!({"tags": {"a": "b"}})),
            Ask::DeleteGroup(n) => (group("DELETE", *n), Value::Null),
            Ask::PutNetwork(id, subnets) => {
                let subnets = (0..).zip(subnets).filter_map(|(n, subnet)| {
                    let properties = self.subnet(n, (*subnet)?.guard);
                    Some(json!({"name": format!("sub{n}"), "properties": properties}))
                });
                let subnets: Vec<Value> = subnets.collect();
                let space = json!({"addressPrefixes": ["10.0.0.0/16"]});
                (
                    put(Kind::Network, *id),
                    here(json!({"addressSpace": space, "subnets": subnets})),
                )
            }
            Ask::PutSubnet(id, n, guard) => (
                at(
                    "PUT",
                    Kind::Network,
                    *id,
                    &self.twisted(&format!("/subnets/sub{n}")),
                ),
                json!({"properties": self.subnet(*n, *guard)}),
            ),
            Ask::DeleteSubnet(id, n) => (
                at(
                    "DELETE",
                    Kind::Network,
                    *id,
                    &self.twisted(&format!("/subnets/sub{n}")),
                ),
                Value::Null,
            ),
            Ask::PutGuard(id, rules) => {
                let rules: Vec<Value> = rules
                    .iter()
                    .enumerate()
                    .map(|(n, rule)| json!({"name": format!("rule{n}"), "properties": told_rule(rule)}))
                    .collect();
                (put(Kind::Guard, *id), here(json!({"securityRules": rules})))
            }
            Ask::PutRule(id, n, rule) => (
                at(
                    "PUT",
                    Kind::Guard,
                    *id,
                    &self.twisted(&format!("/securityRules/rule{n}")),
                ),
                json!({"properties": told_rule(rule)}),
            ),
            Ask::DeleteRule(id, n) => (
                at(
                    "DELETE",
                    Kind::Guard,
                    *id,
                    &self.twisted(&format!("/securityRules/rule{n}")),
                ),
                Value::Null,
            ),
            Ask::PutAddress(id, is_standard, label) => {
                let label = label.map(|n| format!("label{n}"));
                let mut body = here(json!({"dnsSettings": {"domainNameLabel": label},
                    "publicIPAllocationMethod": if *is_standard { "Static" } else { "Dynamic" }}));
                body["sku"] = json!({"name": if *is_standard { "Standard" } else { "Basic" }});
                (put(Kind::Address, *id), body)
            }
            Ask::PutInterface {
                id,
                guard,
                network,
                subnet,
                public,
            } => {
                let subnet = format!("{}/subnets/sub{subnet}", path(Kind::Network, *network));
                let subnet = json!({"id": super::super::id(&self.twisted(&subnet))});
                let public = public.map(|public| self.reference(Kind::Address, public));
                (
                    put(Kind::Interface, *id),
                    here(
                        json!({"networkSecurityGroup": self.guard(*guard), "ipConfigurations": [
                        {"name": "ip", "properties": {"subnet": subnet, "publicIPAddress": public}}]}),
                    ),
                )
            }
            Ask::PutDisk(id) => (
                put(Kind::Disk, *id),
                here(json!({"creationData": {"createOption": "Empty"}, "diskSizeGB": 4})),
            ),
            Ask::PutImage(id, of) => (
                put(Kind::Image, *id),
                here(json!({"sourceVirtualMachine": self.reference(Kind::Machine, *of)})),
            ),
            Ask::PutSet(id) => (put(Kind::Set, *id), json!({"location": "westus"})),
            Ask::PutMachine(id, wanted) => {
                let mut body = if wanted.has_docker {
                    let mut body = docker_machine("i");
                    body["tags"] = json!({DOCKER: "2375"});
                    body
                } else {
                    machine("i")
                };
                let option = if wanted.goes { "Delete" } else { "Detach" };
                let properties = &mut body["properties"];
                properties["hardwareProfile"]["vmSize"] = json!(SIZES[wanted.size].name);
                let mut interface = self.reference(Kind::Interface, wanted.interface);
                interface["properties"] = json!({"deleteOption": option});
                properties["networkProfile"]["networkInterfaces"] = json!([interface]);
                let profile = &mut properties["storageProfile"];
                profile["osDisk"]["name"] = json!(name(Kind::Disk, os_disk(*id)));
                profile["osDisk"]["deleteOption"] = json!(option);
                let data: Vec<Id> = wanted.data.into_iter().collect();
                profile["dataDisks"] = self.attached(&data);
                if let Some(set) = wanted.set {
                    properties["availabilitySet"] = self.reference(Kind::Set, set);
                }
                (put(Kind::Machine, *id), body)
            }
            Ask::Resize(id, size) => (
                at("PATCH", Kind::Machine, *id, ""),
                json!({"properties": {"hardwareProfile": {"vmSize": SIZES[*size].name}}}),
            ),
            Ask::Attach(id, disks) => (
                at("PATCH", Kind::Machine, *id, ""),
                json!({"properties": {"storageProfile": {"dataDisks": self.attached(disks)}}}),
            ),
            Ask::Move(id, interface) => (
                at("PATCH", Kind::Machine, *id, ""),
                json!({"properties": {"networkProfile": {"networkInterfaces":
                    [self.reference(Kind::Interface, *interface)]}}}),
            ),
            Ask::Again(kind, id) => (put(*kind, *id), told(&path(*kind, *id))),
            Ask::Power(id, power) => {
                let word = match power {
                    Power::Start => "/start",
                    Power::Restart => "/restart",
                    Power::Redeploy => "/redeploy",
                    Power::Stop => "/powerOff",
                    Power::Deallocate => "/deallocate",
                    Power::Generalize => "/generalize",
                };
                (at("POST", Kind::Machine, *id, word), Value::Null)
            }
            Ask::Delete(kind, id) => (at("DELETE", *kind, *id, ""), Value::Null),
        }
    }

    fn attached(&self, disks: &[Id]) -> Value {
        let disks = disks.iter().enumerate().map(|(lun, disk)| {
            json!({"lun": lun, "createOption": "Attach",
                "managedDisk": self.reference(Kind::Disk, *disk)})
        });
        Value::Array(disks.collect())
    }
}

fn told_rule(rule: &Rule) -> Value {
    json!({"priority": rule.priority, "direction": if rule.is_inbound { "Inbound" } else { "Outbound" },
        "access": rule.access, "protocol": rule.protocol, "destinationPortRange": rule.ports,
        "sourceAddressPrefix": rule.source, "sourcePortRange": "*", "destinationAddressPrefix": "*"})
}

//! The whole world as JSON, for tests and curious people. No secrets are in it.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::Deployment;
use super::report::InstanceStatus;
use crate::world::{Progress, SubscriptionId, World};

impl World {
    /// Everything that exists at `now`.
    pub(crate) fn to_json(&self, now: Timestamp) -> Value {
        let subscriptions: Vec<Value> = self
            .subscription_ids()
            .map(|id| self.subscription_json(&id, now))
            .collect();
        json!({
            "now": now.to_string(),
            "directory": self.directory().to_json(now),
            "subscriptions": subscriptions,
        })
    }

    fn subscription_json(&self, id: &SubscriptionId, now: Timestamp) -> Value {
        let view = self.of(id);
        let (Some(subscription), Some(held)) = (view.subscription, view.held) else {
            return Value::Null;
        };
        let services: Vec<Value> = held
            .services
            .values()
            .map(|service| {
                let mut shown = value(service);
                insert(&mut shown, "public_name", json!(service.public_name()));
                insert(
                    &mut shown,
                    "locked",
                    json!(self.of(id).unlocked(&service.name).is_err()),
                );
                insert(
                    &mut shown,
                    "certificates",
                    json!(service.certificates.keys().collect::<Vec<_>>()),
                );
                let deployment = service
                    .deployment
                    .as_ref()
                    .map(|d| self.deployment_json(d, now));
                insert(&mut shown, "deployment", deployment.unwrap_or(Value::Null));
                shown
            })
            .collect();
        let storage: Vec<Value> = held
            .storage
            .values()
            .map(|account| {
                let mut shown = value(account);
                insert(
                    &mut shown,
                    "status",
                    json!(self.of(id).storage_status(account)),
                );
                shown
            })
            .collect();
        let reserved: Vec<Value> = held
            .reserved_ips
            .values()
            .map(|ip| {
                let mut shown = value(ip);
                insert(
                    &mut shown,
                    "state",
                    json!(self.of(id).reserved_ip_state(ip)),
                );
                shown
            })
            .collect();
        let operations: Map<String, Value> = held
            .operations
            .values()
            .map(|operation| {
                let mut shown = progress(&operation.progress);
                insert(&mut shown, "operation", json!(operation.name));
                insert(&mut shown, "hosted_service", json!(operation.locks));
                (operation.id.to_string(), shown)
            })
            .collect();
        json!({
            "id": subscription.id,
            "name": subscription.name,
            "quota": held.quota,
            "management_certificates": held.management_certificates.keys().collect::<Vec<_>>(),
            "hosted_services": services,
            "storage_accounts": storage,
            "disks": held.disks.values().map(value).collect::<Vec<_>>(),
            "images": held.images.values().map(value).collect::<Vec<_>>(),
            "vm_images": held.vm_images.values().map(value).collect::<Vec<_>>(),
            "affinity_groups": held.affinity_groups.values().map(value).collect::<Vec<_>>(),
            "virtual_networks": held.virtual_networks.values().map(value).collect::<Vec<_>>(),
            "reserved_ips": reserved,
            "network_security_groups": held.security_groups.values().map(value).collect::<Vec<_>>(),
            "route_tables": held.route_tables.values().map(value).collect::<Vec<_>>(),
            "operations": operations,
            "resource_manager": self.managed(id).map_or(Value::Null, |here| here.shown(now)),
        })
    }

    fn deployment_json(&self, deployment: &Deployment, now: Timestamp) -> Value {
        let mut shown = value(deployment);
        insert(&mut shown, "status", json!(deployment.status()));
        let roles: Vec<Value> = deployment
            .roles
            .iter()
            .map(|role| {
                let mut shown = value(role);
                let phase = role.phase(self.ground.pace, now);
                insert(
                    &mut shown,
                    "instance_status",
                    json!(InstanceStatus::from(phase.stage)),
                );
                insert(&mut shown, "power_state", json!(phase.power));
                insert(&mut shown, "agent", json!(phase.agent));
                insert(&mut shown, "extension_progress", json!(phase.extensions));
                let each: Map<String, Value> = role
                    .enabled_extensions()
                    .map(|e| {
                        let progress = role.progress_of(e, self.ground.pace, now);
                        (e.reference.to_string(), json!(progress))
                    })
                    .collect();
                insert(&mut shown, "extension_installations", Value::Object(each));
                shown
            })
            .collect();
        insert(&mut shown, "roles", Value::Array(roles));
        shown
    }
}

fn progress(progress: &Progress) -> Value {
    match progress {
        Progress::InProgress => json!({"status": "InProgress"}),
        Progress::Succeeded => json!({"status": "Succeeded"}),
        Progress::Failed { error } => json!({"status": "Failed", "error": error}),
    }
}

/// What is kept for the world alone, and secrets.
const HIDDEN: &[&str] = &[
    "agent_in_image",
    "creating",
    "creation",
    "deleting",
    "der",
    "grouped",
    "installation",
    "keys",
    "life",
    "lock",
    "maintained",
    "operation",
    "parameters",
    "parameters_told",
    "position",
    "serial",
    "verdict",
];

/// A thing without what is hidden of it and of what is in it.
fn value<T: serde::Serialize>(of: &T) -> Value {
    let mut shown = serde_json::to_value(of).unwrap_or(Value::Null);
    hide(&mut shown);
    shown
}

fn hide(shown: &mut Value) {
    match shown {
        Value::Object(map) => {
            map.retain(|name, _| !HIDDEN.contains(&name.as_str()));
            // Those of an endpoint are shown as its own.
            if let Some(Value::Object(settings)) = map.shift_remove("settings") {
                map.extend(settings);
            }
            map.values_mut().for_each(hide);
        }
        Value::Array(list) => list.iter_mut().for_each(hide),
        _ => {}
    }
}

fn insert(object: &mut Value, name: &str, value: Value) {
    if let Value::Object(map) = object {
        map.insert(name.to_owned(), value);
    }
}

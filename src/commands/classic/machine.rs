//! `vm`: machines that exist.

mod look_up;

use serde::Serialize;
use serde_json::{Value, json};

use super::{CommandResult, Context, view};
use crate::answer::{Answer, Level, value};
use crate::backend::service_management::Client;
use crate::backend::service_management::read::Role;
use crate::backend::service_management::write::{Operation, PostShutdown};
use crate::cli::vm::{VmDeleteArgs, VmListArgs, VmNameArgs, VmShutdownArgs};

pub(in crate::commands) use look_up::{Found, Names, look_up, needed, one, prefix};

/// What programs are told of a machine, in the old CLI's names.
#[derive(Debug, Serialize)]
struct View<'a> {
    #[serde(rename = "DNSName")]
    dns_name: &'a str,
    #[serde(rename = "Location", skip_serializing_if = "Option::is_none")]
    location: Option<&'a str>,
    #[serde(rename = "AffinityGroup", skip_serializing_if = "Option::is_none")]
    affinity_group: Option<&'a str>,
    #[serde(rename = "VMName")]
    name: &'a str,
    #[serde(rename = "IPAddress")]
    ip_address: &'a str,
    #[serde(rename = "InstanceStatus", skip_serializing_if = "Option::is_none")]
    status: Option<&'a str>,
    #[serde(rename = "InstanceSize", skip_serializing_if = "Option::is_none")]
    size: Option<&'a str>,
    #[serde(rename = "Image", skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    #[serde(rename = "OSDisk")]
    os_disk: Value,
    #[serde(rename = "DataDisks")]
    data_disks: Value,
    #[serde(rename = "ReservedIPName")]
    reserved_ip_name: &'a str,
    #[serde(rename = "VirtualIPAddresses")]
    virtual_ips: Value,
    #[serde(rename = "PublicIPs")]
    public_ips: Value,
    #[serde(rename = "Network")]
    network: NetworkView,
    #[serde(rename = "DebugSettings", skip_serializing_if = "Option::is_none")]
    debug_settings: Option<Value>,
}

#[derive(Debug, Serialize)]
struct NetworkView {
    #[serde(rename = "Endpoints")]
    endpoints: Value,
    #[serde(rename = "PublicIPs")]
    public_ips: Value,
}

/// What can be told of a machine, or why nothing can.
fn told(found: &Found) -> Result<View<'_>, &'static str> {
    let role = found.role();
    let instance = found.instance().ok_or("there is no instance of the role")?;
    let os_disk = role
        .os_virtual_hard_disk
        .as_ref()
        .ok_or("there is no disk to boot from")?;
    let network = role.network();
    Ok(View {
        dns_name: found.deployment.dns_name().unwrap_or_default(),
        location: found.location.as_deref(),
        affinity_group: found.affinity_group.as_deref(),
        name: role.role_name.as_deref().unwrap_or_default(),
        ip_address: instance.ip_address.as_deref().unwrap_or_default(),
        status: instance.instance_status.as_deref(),
        size: instance.instance_size.as_deref(),
        image: os_disk.source_image_name.as_deref(),
        os_disk: view::json(os_disk),
        data_disks: view::list(role.data_virtual_hard_disks.iter().flatten()),
        reserved_ip_name: found
            .deployment
            .reserved_ip_name
            .as_deref()
            .unwrap_or_default(),
        virtual_ips: view::list(&found.deployment.virtual_ips),
        public_ips: view::list(&instance.public_ips),
        network: NetworkView {
            endpoints: view::list(
                network
                    .iter()
                    .flat_map(|set| set.input_endpoints.iter().flatten()),
            ),
            public_ips: view::list(
                network
                    .iter()
                    .flat_map(|set| set.public_ips.iter().flatten()),
            ),
        },
        debug_settings: role.debug_settings.as_ref().map(|debug| {
            let or_empty =
                |text: &Option<String>| text.as_ref().map_or_else(|| json!({}), |text| json!(text));
            json!({
                "BootDiagnosticsEnabled": debug
                    .boot_diagnostics_enabled
                    .map_or_else(|| json!({}), |is| json!(is)),
                "ConsoleScreenshotBlobUri": or_empty(&debug.console_screenshot_blob_uri),
                "SerialOutputBlobUri": or_empty(&debug.serial_output_blob_uri),
            })
        }),
    })
}

fn views<'a>(context: &Context, found: &'a [Found]) -> Vec<View<'a>> {
    found
        .iter()
        .filter_map(|one| match told(one) {
            Ok(view) => Some(view),
            Err(why) => {
                context.terminal.warn(&format!(
                    "Failed to parse role and deployment with the following exception: '{why}'."
                ));
                None
            }
        })
        .collect()
}

/// `vm list`.
pub async fn list(context: &Context, args: &VmListArgs) -> CommandResult {
    let client = context.client()?;
    let found = look_up(context, &client, args.dns_name.as_deref(), None, |_| true).await?;
    let views = views(context, &found);
    if views.is_empty() {
        return Ok(Answer::none()
            .with(Level::Info, "No VMs found")
            .with_json(json!([]))
            .into());
    }
    let rows: Vec<Vec<String>> = views
        .iter()
        .map(|view| {
            [
                view.name,
                view.status.unwrap_or_default(),
                view.location.or(view.affinity_group).unwrap_or("undefined"),
                view.dns_name,
                view.ip_address,
            ]
            .map(str::to_owned)
            .to_vec()
        })
        .collect();
    let headers = ["Name", "Status", "Location", "DNS Name", "IP Address"];
    Ok(Answer::table(&headers, &rows, value(&views)).into())
}

/// `vm show`.
pub async fn show(context: &Context, args: &VmNameArgs) -> CommandResult {
    let client = context.client()?;
    let is_meant = |role: &Role| role.role_name.as_deref() == Some(args.name.as_str());
    let (host, name) = (args.dns_name.as_deref(), Some(args.name.as_str()));
    let found = look_up(context, &client, host, name, is_meant).await?;
    let views = views(context, &found);
    Ok(match views.as_slice() {
        [] => none(),
        [only] => Answer::listing(value(only)),
        several => Answer::listing(value(&several)),
    }
    .into())
}

fn none() -> Answer {
    Answer::absent("No VMs found")
}

/// `vm delete`.
pub async fn delete(context: &Context, args: &VmDeleteArgs) -> CommandResult {
    let client = context.client()?;
    let names = Names::ignoring_case(&args.name);
    let Some(found) = one(context, &client, args.dns_name.as_deref(), &names).await? else {
        return Ok(none().into());
    };
    let question = format!("Delete the VM {} ? [y/n] ", args.name);
    if let Some(outcome) = context.refused(args.quiet, &question) {
        return Ok(outcome);
    }
    context.terminal.progress("Deleting VM");
    let (service, deployment) = (&found.service, &found.deployment.name);
    if found.deployment.roles.len() > 1 {
        let role = found.role().role_name.clone().unwrap_or_default();
        let accepted = client
            .delete_role(service, deployment, &role, args.blob_delete)
            .await?;
        client.settle(accepted).await?;
        return Ok(Answer::none().into());
    }
    let accepted = client
        .delete_deployment(service, deployment, args.blob_delete)
        .await?;
    client.settle(accepted).await?;
    delete_service_if_empty(context, &client, service).await?;
    Ok(Answer::none().into())
}

async fn delete_service_if_empty(
    context: &Context,
    client: &Client,
    service: &str,
) -> crate::backend::Result<()> {
    let answered = client.hosted_service(service, true).await?;
    if answered.value.deployments.is_empty() {
        context.terminal.progress("Deleting Cloud Service");
        client.delete_hosted_service(service).await?;
    }
    Ok(())
}

/// `vm start`.
pub async fn start(context: &Context, args: &VmNameArgs) -> CommandResult {
    operate(
        context,
        &args.name,
        args.dns_name.as_deref(),
        "Starting VM",
        &Operation::Start,
    )
    .await
}

/// `vm restart`.
pub async fn restart(context: &Context, args: &VmNameArgs) -> CommandResult {
    operate(
        context,
        &args.name,
        args.dns_name.as_deref(),
        "Restarting VM",
        &Operation::Restart,
    )
    .await
}

/// `vm shutdown`.
pub async fn shutdown(context: &Context, args: &VmShutdownArgs) -> CommandResult {
    let after = if args.stay_provisioned {
        PostShutdown::Stopped
    } else {
        PostShutdown::StoppedDeallocated
    };
    operate(
        context,
        &args.name,
        args.dns_name.as_deref(),
        "Shutting down VM",
        &Operation::Shutdown(after),
    )
    .await
}

async fn operate(
    context: &Context,
    name: &str,
    dns_name: Option<&str>,
    label: &str,
    operation: &Operation,
) -> CommandResult {
    let client = context.client()?;
    let names = Names::ignoring_case(name);
    let Some(found) = one(context, &client, dns_name, &names).await? else {
        return Ok(none().into());
    };
    context.terminal.progress(label);
    let instance = found.instance_name();
    let accepted = client
        .operate(&found.service, &found.deployment.name, instance, operation)
        .await?;
    client.settle(accepted).await?;
    Ok(Answer::none().into())
}

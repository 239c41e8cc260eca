//! `vm endpoint`: ports of a machine that are open to the world.

use serde_json::{Value, json};

use super::machine::{Found, Names, one};
use super::{CommandResult, Context, network_set, view};
use crate::answer::{Answer, Level, or_undefined};
use crate::backend::service_management::Client;
use crate::backend::service_management::read::{InputEndpoint, Probe, Role};
use crate::cli::vm::endpoint::{
    EndpointCreateArgs, EndpointCreateMultipleArgs, EndpointDeleteArgs, EndpointListArgs,
    EndpointShowArgs, EndpointUpdateArgs,
};
use crate::domain::did_you_mean;
use crate::failure::Failure;
use crate::settings::endpoint::{self, EndpointWish, ProbeWish};

fn endpoints(role: &Role) -> &[InputEndpoint] {
    role.network()
        .and_then(|set| set.input_endpoints.as_deref())
        .unwrap_or_default()
}

fn same(left: Option<&str>, right: Option<&str>) -> bool {
    left.unwrap_or_default()
        .eq_ignore_ascii_case(right.unwrap_or_default())
}

fn no_machine() -> Failure {
    Failure::new("No VMs found").with_hint("`azure vm list` lists the machines")
}

/// `vm endpoint list`.
pub async fn list(context: &Context, args: &EndpointListArgs) -> CommandResult {
    let client = context.client()?;
    let names = Names::ignoring_case(&args.vm_name);
    let Some(found) = one(context, &client, args.dns_name.as_deref(), &names).await? else {
        return Ok(Answer::absent("No VMs found").into());
    };
    let all = endpoints(found.role());
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            let text = |text: &Option<String>| or_undefined(text.as_ref());
            vec![
                text(&one.name),
                text(&one.protocol),
                text(&one.port),
                text(&one.local_port),
                one.vip.clone().unwrap_or_default(),
                or_undefined(one.enable_direct_server_return.as_ref()),
                if one.load_balanced_endpoint_set_name.is_some() {
                    "Yes"
                } else {
                    "No"
                }
                .to_owned(),
            ]
        })
        .collect();
    let headers = [
        "Name",
        "Protocol",
        "Public Port",
        "Private Port",
        "Virtual IP",
        "EnableDirectServerReturn",
        "Load Balanced",
    ];
    if rows.is_empty() {
        // The two empty lines are 0.8's table of nothing.
        return Ok(Answer::none()
            .with_lines(Level::Data, [String::new(), String::new()])
            .with(Level::Info, "No endpoints found")
            .with_json(json!([]))
            .into());
    }
    Ok(Answer::table(&headers, &rows, view::list(all)).into())
}

/// `vm endpoint show`.
pub async fn show(context: &Context, args: &EndpointShowArgs) -> CommandResult {
    let client = context.client()?;
    let names = Names::ignoring_case(&args.vm_name);
    let Some(found) = one(context, &client, args.dns_name.as_deref(), &names).await? else {
        return Ok(Answer::absent("No VMs found").into());
    };
    let all = endpoints(found.role());
    let wanted = args.endpoint_name.as_deref().or(args.endpoint.as_deref());
    let shown = match wanted {
        None => view::list(all),
        Some(name) => {
            let Some(one) = all.iter().find(|one| same(one.name.as_deref(), Some(name))) else {
                let names = all.iter().filter_map(|one| one.name.as_deref());
                context.tell_near("endpoint", name, names);
                return Ok(
                    Answer::absent(format!("An endpoint with name \"{name}\" not found"))
                        .with_json(json!({"Network": {"Endpoints": [null]}}))
                        .into(),
                );
            };
            json!([summary(one)])
        }
    };
    Ok(Answer::listing(json!({"Network": {"Endpoints": shown}})).into())
}

/// One endpoint as 0.8 tells it when asked by name: its own words, and fewer of them.
fn summary(endpoint: &InputEndpoint) -> Value {
    let whole = view::json(endpoint);
    let mut summary = serde_json::Map::new();
    for (name, field) in [
        ("LocalPort", "localPort"),
        ("Name", "name"),
        ("Port", "port"),
        ("Protocol", "protocol"),
        ("Vip", "virtualIPAddress"),
        ("EnableDirectServerReturn", "enableDirectServerReturn"),
    ] {
        if let Some(value) = whole.get(field) {
            summary.insert(name.to_owned(), value.clone());
        }
    }
    Value::Object(summary)
}

/// `vm endpoint create`.
pub async fn create(context: &Context, args: EndpointCreateArgs) -> CommandResult {
    let (vm_name, dns_name) = (args.vm_name.clone(), args.dns_name.clone());
    let wish = endpoint::create(args).map_err(|error| Failure::of(&error))?;
    let mut new = fresh(wish);
    let client = context.client()?;
    let names = Names::ignoring_case(&vm_name);
    let found = one(context, &client, dns_name.as_deref(), &names)
        .await?
        .ok_or_else(no_machine)?;
    check_load_balancer(&found, new.load_balancer_name.as_deref())?;
    join_set(context, &found, &mut new)?;
    change(context, &client, &found, |all| add(all, new)).await
}

/// `vm endpoint create-multiple`.
pub async fn create_multiple(
    context: &Context,
    args: &EndpointCreateMultipleArgs,
) -> CommandResult {
    let wishes = endpoint::several(args).map_err(|error| Failure::of(&error))?;
    let mut several: Vec<InputEndpoint> = wishes.into_iter().map(fresh).collect();
    let client = context.client()?;
    let names = Names::ignoring_case(&args.vm_name);
    let found = one(context, &client, args.dns_name.as_deref(), &names)
        .await?
        .ok_or_else(no_machine)?;
    for new in &mut several {
        check_load_balancer(&found, new.load_balancer_name.as_deref())?;
        join_set(context, &found, new)?;
    }
    change(context, &client, &found, |all| {
        several.into_iter().try_for_each(|new| add(all, new))
    })
    .await
}

/// Adds an endpoint to those of a machine, which differ in name and in port.
fn add(all: &mut Vec<InputEndpoint>, new: InputEndpoint) -> Result<(), Failure> {
    for one in all.iter() {
        if one.port == new.port && same(one.protocol.as_deref(), new.protocol.as_deref()) {
            return Err(Failure::new(format!(
                "this VM already has a {} load balancer port {}. lb port and protocol together should be unique",
                one.protocol.as_deref().unwrap_or_default(),
                one.port.as_deref().unwrap_or_default()
            )));
        }
        if same(one.name.as_deref(), new.name.as_deref()) {
            return Err(Failure::new(format!(
                "this VM already has an endpoint with name {}, endpoint name should unique",
                one.name.as_deref().unwrap_or_default().to_lowercase()
            )));
        }
    }
    check_local_port(all.iter(), &new)?;
    all.push(new);
    Ok(())
}

/// A port inside leads to one endpoint of a machine, as the service sees it.
fn check_local_port<'a>(
    others: impl IntoIterator<Item = &'a InputEndpoint>,
    new: &InputEndpoint,
) -> Result<(), Failure> {
    let clashes = |one: &InputEndpoint| {
        one.local_port == new.local_port
            && same(one.protocol.as_deref(), new.protocol.as_deref())
            && same(
                one.load_balancer_name.as_deref(),
                new.load_balancer_name.as_deref(),
            )
    };
    match (&new.local_port, others.into_iter().any(clashes)) {
        (Some(port), true) => Err(Failure::new(format!(
            "Local Port {port} for endpoint {} is already in use by one of the other endpoints in this role. Ensure that the local port numbers are unique across endpoints within a role.",
            new.name.as_deref().unwrap_or_default()
        ))),
        _ => Ok(()),
    }
}

fn check_load_balancer(found: &Found, wanted: Option<&str>) -> Result<(), Failure> {
    let Some(wanted) = wanted else {
        return Ok(());
    };
    if found
        .deployment
        .load_balancers
        .iter()
        .any(|one| one.name.eq_ignore_ascii_case(wanted))
    {
        return Ok(());
    }
    Err(Failure::new(format!(
        "An internal load balancer (ILB) with name {wanted} not found for this deployment, refer 'azure service internal-load-balancer' commands to manage ILB"
    )))
}

fn fresh(wish: EndpointWish) -> InputEndpoint {
    let public = wish.public_port.unwrap_or_default();
    let local = wish.local_port.unwrap_or(public);
    let protocol = wish.protocol.unwrap_or_else(|| "tcp".to_owned());
    InputEndpoint {
        load_balanced_endpoint_set_name: wish.set_name,
        local_port: Some(local.to_string()),
        name: Some(
            wish.name
                .unwrap_or_else(|| format!("{protocol}-{public}-{local}")),
        ),
        port: Some(public.to_string()),
        load_balancer_probe: wish.probe.map(|probe| fresh_probe(probe, local)),
        protocol: Some(protocol),
        enable_direct_server_return: wish.direct_server_return,
        load_balancer_name: wish.load_balancer,
        idle_timeout_in_minutes: wish.idle_timeout,
        load_balancer_distribution: wish.distribution,
        ..InputEndpoint::default()
    }
}

fn fresh_probe(wish: ProbeWish, local: u16) -> Probe {
    let protocol = wish.protocol.unwrap_or_else(|| "tcp".to_owned());
    Probe {
        path: (protocol == "http").then(|| wish.path.unwrap_or_else(|| "/".to_owned())),
        port: Some(wish.port.unwrap_or(local).into()),
        protocol: Some(protocol),
        interval_in_seconds: wish.interval,
        timeout_in_seconds: wish.timeout,
    }
}

/// An endpoint that joins a load-balanced set takes over the set's probe.
fn join_set(context: &Context, found: &Found, new: &mut InputEndpoint) -> Result<(), Failure> {
    let Some(set) = new.load_balanced_endpoint_set_name.clone() else {
        return Ok(());
    };
    let is_in_set = |one: &&InputEndpoint| {
        same(
            one.load_balanced_endpoint_set_name.as_deref(),
            Some(set.as_str()),
        )
    };
    let mine = found.role().role_name.as_deref();
    for role in found
        .deployment
        .roles
        .iter()
        .filter(|role| role.is_machine())
    {
        let Some(member) = endpoints(role).iter().find(is_in_set) else {
            continue;
        };
        if same(role.role_name.as_deref(), mine) {
            return Err(Failure::new(format!(
                "this VM already has an endpoint with lb set name {}. lb set name should be unique",
                set.to_lowercase()
            )));
        }
        context.terminal.info(&format!(
            "cloud service already has an lb set defined with name {}, using this existing lb settings configuration",
            set.to_lowercase()
        ));
        new.load_balancer_probe
            .clone_from(&member.load_balancer_probe);
        new.enable_direct_server_return = member.enable_direct_server_return;
        return Ok(());
    }
    Ok(())
}

/// `vm endpoint update`, or `set` if `is_set`.
pub async fn update(context: &Context, args: EndpointUpdateArgs, is_set: bool) -> CommandResult {
    let (vm_name, dns_name) = (args.vm_name.clone(), args.dns_name.clone());
    let endpoint_name = args.endpoint_name.clone();
    let wish = endpoint::update(args, is_set).map_err(|error| Failure::of(&error))?;
    let client = context.client()?;
    let names = Names::ignoring_case(&vm_name);
    let found = one(context, &client, dns_name.as_deref(), &names)
        .await?
        .ok_or_else(no_machine)?;
    check_load_balancer(&found, wish.load_balancer.as_deref())?;
    change(context, &client, &found, |all| {
        let at = position(all, &endpoint_name)?;
        let probes_anew = wish.probe.is_some();
        apply(&mut all[at], wish);
        if probes_anew {
            check_probe(&found, &all[at])?;
        }
        let others = all.iter().enumerate().filter(|(index, _)| *index != at);
        check_local_port(others.map(|(_, one)| one), &all[at])?;
        for (index, one) in all.iter().enumerate() {
            if index == at {
                continue;
            }
            if same(one.name.as_deref(), all[at].name.as_deref()) {
                return Err(Failure::new(format!(
                    "An endpoint with name {} already exists",
                    one.name.as_deref().unwrap_or_default()
                )));
            }
            if one.port == all[at].port
                && same(one.protocol.as_deref(), all[at].protocol.as_deref())
            {
                return Err(Failure::new(format!(
                    "this VM already has an {} load balancer port {}, lb port and protocol together should be unique",
                    one.protocol.as_deref().unwrap_or_default(),
                    one.port.as_deref().unwrap_or_default()
                )));
            }
        }
        Ok(())
    })
    .await
}

/// The machines of a load-balanced set have one probe.
fn check_probe(found: &Found, changed: &InputEndpoint) -> Result<(), Failure> {
    let Some(set) = changed.load_balanced_endpoint_set_name.as_deref() else {
        return Ok(());
    };
    let mine = found.role().role_name.as_deref();
    let roles = found.deployment.roles.iter();
    let differs = roles
        .filter(|role| role.is_machine() && !same(role.role_name.as_deref(), mine))
        .flat_map(endpoints)
        .filter(|one| same(one.load_balanced_endpoint_set_name.as_deref(), Some(set)))
        .any(|one| one.load_balancer_probe != changed.load_balancer_probe);
    if differs {
        return Err(Failure::new(format!(
            "the lb set {set} has endpoints of other VMs, too: its probe cannot be changed for one of them alone"
        )));
    }
    Ok(())
}

fn apply(endpoint: &mut InputEndpoint, wish: EndpointWish) {
    fn put<T>(field: &mut Option<T>, value: Option<T>) {
        if value.is_some() {
            *field = value;
        }
    }
    put(&mut endpoint.name, wish.name);
    put(
        &mut endpoint.port,
        wish.public_port.map(|port| port.to_string()),
    );
    put(
        &mut endpoint.local_port,
        wish.local_port.map(|port| port.to_string()),
    );
    put(&mut endpoint.protocol, wish.protocol);
    put(&mut endpoint.idle_timeout_in_minutes, wish.idle_timeout);
    put(
        &mut endpoint.enable_direct_server_return,
        wish.direct_server_return,
    );
    put(&mut endpoint.load_balanced_endpoint_set_name, wish.set_name);
    put(&mut endpoint.load_balancer_name, wish.load_balancer);
    put(&mut endpoint.load_balancer_distribution, wish.distribution);
    if let Some(new) = wish.probe {
        let probe = endpoint
            .load_balancer_probe
            .get_or_insert_with(Probe::default);
        put(&mut probe.port, new.port.map(u32::from));
        put(&mut probe.protocol, new.protocol);
        put(&mut probe.path, new.path);
        put(&mut probe.interval_in_seconds, new.interval);
        put(&mut probe.timeout_in_seconds, new.timeout);
        probe.protocol.get_or_insert_with(|| "tcp".to_owned());
        if probe.protocol.as_deref() == Some("tcp") {
            probe.path = None;
        }
        if probe.port.is_none() {
            probe.port = endpoint
                .local_port
                .as_deref()
                .and_then(|port| port.parse().ok());
        }
    }
}

fn position(all: &[InputEndpoint], name: &str) -> Result<usize, Failure> {
    all.iter()
        .position(|one| same(one.name.as_deref(), Some(name)))
        .ok_or_else(|| {
            let failure = Failure::new(format!(
                "Endpoint \"{name}\" not found in the network configuration"
            ));
            match did_you_mean(name, all.iter().filter_map(|one| one.name.as_deref())) {
                Some(question) => failure.with_hint(question),
                None => failure,
            }
        })
}

/// `vm endpoint delete`.
pub async fn delete(context: &Context, args: &EndpointDeleteArgs) -> CommandResult {
    let client = context.client()?;
    let names = Names::ignoring_case(&args.vm_name);
    let found = one(context, &client, args.dns_name.as_deref(), &names)
        .await?
        .ok_or_else(no_machine)?;
    change(context, &client, &found, |all| {
        let at = position(all, &args.endpoint_name)?;
        all.remove(at);
        Ok(())
    })
    .await
}

/// Reads the machine's role, changes its endpoints, and sends it back.
async fn change(
    context: &Context,
    client: &Client,
    found: &Found,
    edit: impl FnOnce(&mut Vec<InputEndpoint>) -> Result<(), Failure>,
) -> CommandResult {
    let mut role = network_set::read(context, client, found).await?;
    let network = network_set::of(&mut role)?;
    edit(network.input_endpoints.get_or_insert_default())?;
    network_set::replace(context, client, found, role).await
}

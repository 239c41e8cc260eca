//! `vm endpoint acl-rule`: who may use an endpoint.

use serde_json::json;

use super::machine::{Found, Names, needed, one};
use super::{CommandResult, Context, network_set, view};
use crate::answer::{Answer, Level};
use crate::backend::service_management::Client;
use crate::backend::service_management::read::{AclRule, InputEndpoint, Role};
use crate::backend::service_management::write::LoadBalancedSets;
use crate::cli::vm::acl_rule::{
    AclRuleCommand, AclRuleCreateArgs, AclRuleDeleteArgs, AclRuleListArgs, AclRuleSetArgs,
};
use crate::failure::Failure;
use crate::settings::acl::{self, AclError};
use crate::settings::slot;

/// Carries out one of the commands on the rules of an endpoint.
pub async fn run(context: &Context, command: AclRuleCommand) -> CommandResult {
    match command {
        AclRuleCommand::Create(args) => create(context, *args).await,
        AclRuleCommand::List(args) => list(context, args).await,
        AclRuleCommand::Delete(args) => delete(context, args).await,
        AclRuleCommand::Set(args) => set(context, *args).await,
    }
}

fn wrong(error: &AclError) -> Failure {
    Failure::of(error)
}

fn endpoint<'a>(
    all: &'a mut [InputEndpoint],
    name: &str,
) -> Result<&'a mut InputEndpoint, Failure> {
    all.iter_mut()
        .find(|one| {
            one.name
                .as_deref()
                .is_some_and(|has| has.eq_ignore_ascii_case(name))
        })
        .ok_or_else(|| {
            Failure::new(format!(
                "Endpoint {name} not found in the network configuration"
            ))
            .with_hint("`azure vm endpoint list NAME` lists the endpoints of a machine")
        })
}

fn rules(endpoint: &mut InputEndpoint) -> &mut Vec<AclRule> {
    &mut endpoint.endpoint_acl.get_or_insert_default().rules
}

/// A rule's place; the service leaves out a 0.
fn place(rule: &AclRule) -> u32 {
    rule.order.unwrap_or_default()
}

fn at(rules: &[AclRule], order: u32) -> Result<usize, Failure> {
    rules
        .iter()
        .position(|rule| place(rule) == order)
        .ok_or_else(|| {
            Failure::new(format!(
                "An ACL rule with order {order} not found for this endpoint"
            ))
        })
}

async fn create(context: &Context, args: AclRuleCreateArgs) -> CommandResult {
    let [vm, name, order, action, subnet] = slot::fill(
        [
            args.vm_word,
            args.endpoint_word,
            args.order_word,
            args.action_word,
            args.subnet_word,
        ],
        [
            args.vm_name,
            args.endpoint_name,
            args.order,
            args.action,
            args.remote_subnet,
        ],
    );
    let vm = slot::required(vm, "vm-name")?;
    let name = slot::required(name, "endpoint-name")?;
    let order = slot::required(order, "order")?;
    let subnet = slot::required(subnet, "remote-subnet")?;
    let new = AclRule {
        order: Some(acl::order(&order, "<order>").map_err(|error| wrong(&error))?),
        action: Some(acl::action(action.as_deref()).map_err(|error| wrong(&error))?),
        remote_subnet: Some(acl::remote_subnet(&subnet).map_err(|error| wrong(&error))?),
        description: args
            .description
            .as_deref()
            .map(acl::description)
            .transpose()
            .map_err(|error| wrong(&error))?,
    };
    let client = context.client()?;
    let found = needed(context, &client, args.dns_name.as_deref(), &vm).await?;
    let mut role = network_set::read(context, &client, &found).await?;
    let all = network_set::of(&mut role)?
        .input_endpoints
        .get_or_insert_default();
    let rules = rules(endpoint(all, &name)?);
    if rules.iter().any(|one| place(one) == place(&new)) {
        return Err(Failure::new(format!(
            "An ACL rule with order {} already exists",
            place(&new)
        )));
    }
    rules.push(new);
    replace(context, &client, &found, role, &name).await
}

async fn list(context: &Context, args: AclRuleListArgs) -> CommandResult {
    let [vm, name] = slot::fill(
        [args.vm_word, args.endpoint_word],
        [args.vm_name, args.endpoint_name],
    );
    let vm = slot::required(vm, "vm-name")?;
    let name = slot::required(name, "endpoint-name")?;
    let client = context.client()?;
    let names = Names::ignoring_case(&vm);
    let Some(found) = one(context, &client, args.dns_name.as_deref(), &names).await? else {
        return Ok(Answer::none().with(Level::Warn, "No VMs found").into());
    };
    let mut role = found.role().clone();
    let all = network_set::of(&mut role)?
        .input_endpoints
        .get_or_insert_default();
    let rules = rules(endpoint(all, &name)?);
    if rules.is_empty() {
        return Ok(Answer::none()
            .with(Level::Info, "No ACL rules found")
            .with_json(json!([]))
            .into());
    }
    let rows: Vec<Vec<String>> = rules
        .iter()
        .map(|rule| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            vec![
                place(rule).to_string(),
                text(&rule.action),
                text(&rule.remote_subnet),
                text(&rule.description),
            ]
        })
        .collect();
    let json = rules
        .iter()
        .map(|rule| {
            view::json(&AclRule {
                order: Some(place(rule)),
                ..rule.clone()
            })
        })
        .collect();
    let headers = ["Order", "Action", "RemoteSubnet", "Description"];
    Ok(Answer::table(&headers, &rows, json).into())
}

async fn delete(context: &Context, args: AclRuleDeleteArgs) -> CommandResult {
    let [vm, name, order] = slot::fill(
        [args.vm_word, args.endpoint_word, args.order_word],
        [args.vm_name, args.endpoint_name, args.order],
    );
    let vm = slot::required(vm, "vm-name")?;
    let name = slot::required(name, "endpoint-name")?;
    let order = slot::required(order, "order")?;
    let order = acl::order(&order, "<order>").map_err(|error| wrong(&error))?;
    let client = context.client()?;
    let found = needed(context, &client, args.dns_name.as_deref(), &vm).await?;
    let mut role = network_set::read(context, &client, &found).await?;
    let all = network_set::of(&mut role)?
        .input_endpoints
        .get_or_insert_default();
    let rules = rules(endpoint(all, &name)?);
    let at = at(rules, order)?;
    let question = format!("Remove the ACL Rule with orderID {order} ? [y/n] ");
    if let Some(outcome) = context.refused(args.quiet, &question) {
        return Ok(outcome);
    }
    rules.remove(at);
    replace(context, &client, &found, role, &name).await
}

async fn set(context: &Context, args: AclRuleSetArgs) -> CommandResult {
    let [vm, name, order] = slot::fill(
        [args.vm_word, args.endpoint_word, args.order_word],
        [args.vm_name, args.endpoint_name, args.order],
    );
    let vm = slot::required(vm, "vm-name")?;
    let name = slot::required(name, "endpoint-name")?;
    let order = slot::required(order, "order")?;
    let order = acl::order(&order, "<order>").map_err(|error| wrong(&error))?;
    let changes = changes(
        &args.new_order,
        &args.action,
        &args.remote_subnet,
        &args.description,
    )
    .map_err(|error| wrong(&error))?;
    if changes == AclRule::default() {
        return Err(Failure::new(
            "one of the optional parameter --new-order, --action, --remote-subnet or --description is required",
        ));
    }
    let client = context.client()?;
    let found = needed(context, &client, args.dns_name.as_deref(), &vm).await?;
    let mut role = network_set::read(context, &client, &found).await?;
    let all = network_set::of(&mut role)?
        .input_endpoints
        .get_or_insert_default();
    let rules = rules(endpoint(all, &name)?);
    let at = at(rules, order)?;
    if let Some(new) = changes.order
        && rules
            .iter()
            .enumerate()
            .any(|(index, rule)| index != at && place(rule) == new)
    {
        return Err(Failure::new(format!(
            "An ACL rule with order {new} is already defined in this endpoint"
        )));
    }
    let old = std::mem::take(&mut rules[at]);
    rules[at] = AclRule {
        order: changes.order.or(old.order),
        action: changes.action.or(old.action),
        remote_subnet: changes.remote_subnet.or(old.remote_subnet),
        description: changes.description.or(old.description),
    };
    replace(context, &client, &found, role, &name).await
}

/// What is to become of a rule; what stays as it is is absent.
#[expect(clippy::ref_option, reason = "the fields of the options, as they are")]
fn changes(
    order: &Option<String>,
    action: &Option<String>,
    subnet: &Option<String>,
    description: &Option<String>,
) -> Result<AclRule, AclError> {
    Ok(AclRule {
        order: order
            .as_deref()
            .map(|order| acl::order(order, "<new-order>"))
            .transpose()?,
        action: action
            .as_deref()
            .map(|action| acl::action(Some(action)))
            .transpose()?,
        remote_subnet: subnet.as_deref().map(acl::remote_subnet).transpose()?,
        description: description.as_deref().map(acl::description).transpose()?,
    })
}

/// Sends the changed endpoint back. The machines of a load-balanced set share their rules, so those
/// are changed for all of them at once.
async fn replace(
    context: &Context,
    client: &Client,
    found: &Found,
    mut role: Role,
    name: &str,
) -> CommandResult {
    let all = network_set::of(&mut role)?
        .input_endpoints
        .get_or_insert_default();
    let changed = endpoint(all, name)?;
    if changed.load_balanced_endpoint_set_name.is_none() {
        return network_set::replace(context, client, found, role).await;
    }
    context.terminal.progress("Updating network configuration");
    let sets = LoadBalancedSets(vec![changed.clone()]);
    let accepted = client
        .update_load_balanced_sets(&found.service, &found.deployment.name, &sets)
        .await?;
    client.settle(accepted).await?;
    Ok(Answer::none().into())
}

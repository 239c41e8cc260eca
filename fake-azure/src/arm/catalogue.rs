//! What Compute offers: images, extensions, sizes, and how much of them is used.

use serde_json::Value;

use super::route::{Route, routes};
use super::{Answer, Call, Refused};
use crate::world::resource_manager::Core;
use crate::world::resource_manager::offers::images::{self, Listing};
use crate::world::resource_manager::offers::regions::{self, Region};
use crate::world::resource_manager::offers::run_commands::{self, RunCommand};
use crate::world::resource_manager::offers::sizes::{self, Usage};
use crate::world::resource_manager::offers::{extensions, publishers};

pub(super) const ROUTES: &[Route] = routes! {
    below "/providers/Microsoft.Compute";
    GET "/skus": "List Resource SKUs" => skus;
    GET "/locations/{location}/vmSizes": "List Virtual Machine Sizes" => vm_sizes;
    GET "/locations/{location}/usages": "List Compute Usage" => usages;
    GET "/locations/{location}/runCommands": "List Run Commands" => list_run_commands;
    GET "/locations/{location}/runCommands/{command}": "Get Run Command" => get_run_command;
    GET "/locations/{location}/publishers": "List Publishers" => list_publishers;
    GET "/locations/{location}/publishers/{publisher}/artifacttypes/vmimage/offers": "List Offers" => offers;
    GET "/locations/{location}/publishers/{publisher}/artifacttypes/vmimage/offers/{offer}/skus": "List SKUs" => image_skus;
    GET "/locations/{location}/publishers/{publisher}/artifacttypes/vmimage/offers/{offer}/skus/{sku}/versions": "List Image Versions" => versions;
    GET "/locations/{location}/publishers/{publisher}/artifacttypes/vmimage/offers/{offer}/skus/{sku}/versions/{version}": "Get Image Version" => version;
    GET "/locations/{location}/publishers/{publisher}/artifacttypes/vmextension/types": "List Extension Types" => types;
    GET "/locations/{location}/publishers/{publisher}/artifacttypes/vmextension/types/{type}/versions": "List Extension Versions" => extension_versions;
    GET "/locations/{location}/publishers/{publisher}/artifacttypes/vmextension/types/{type}/versions/{version}": "Get Extension Version" => extension_version;
};

pub(super) const OF_SETS: &[Route] = routes! {
    below "/resourceGroups/{group}/providers/Microsoft.Compute/availabilitySets/{name}" of AvailabilitySet;
    GET "/vmSizes": "List Sizes of Availability Set" => sizes_of_set;
};

fn region(call: &Call<'_>) -> Result<&'static Region, Refused> {
    regions::region(call.name(0)).ok_or_else(|| Refused::no_location(call.name(0)))
}

fn found(answer: Option<Value>, what: &str) -> Result<Answer, Refused> {
    answer
        .map(Answer::document)
        .ok_or_else(|| Refused::no_artifact(what))
}

fn listing<'c>(call: &'c Call<'_>) -> Listing<'c> {
    Listing {
        top: call.parameter("$top").and_then(|top| top.parse().ok()),
        order: call.parameter("$orderby"),
        expand: call.parameter("$expand"),
    }
}

fn skus(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let filter = call.parameter("$filter").unwrap_or_default();
    let wanted = sizes::filtered_region(filter);
    let region = match wanted {
        None => None,
        Some(name) => Some(regions::region(name).ok_or_else(|| Refused::no_location(name))?),
    };
    let here = call.here()?;
    Ok(Answer::written(&sizes::skus(region, |size, region| {
        here.is_size_withheld(region.name, size.name())
    })))
}

fn vm_sizes(call: &mut Call<'_>) -> Result<Answer, Refused> {
    region(call)?;
    Ok(Answer::document(sizes::listed()))
}

fn sizes_of_set(call: &mut Call<'_>) -> Result<Answer, Refused> {
    call.here()?.resource(&call.path()?)?;
    Ok(Answer::document(sizes::listed()))
}

fn list_run_commands(call: &mut Call<'_>) -> Result<Answer, Refused> {
    region(call)?;
    Ok(Answer::document(run_commands::listed()))
}

fn get_run_command(call: &mut Call<'_>) -> Result<Answer, Refused> {
    region(call)?;
    let command = run_commands::run_command(call.name(1));
    found(command.map(RunCommand::told), "RunCommandDocument")
}

fn usages(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let region = region(call)?;
    let here = call.here()?;
    let mut usage = Usage {
        availability_sets: 0,
        virtual_machines: 0,
        cores: &|family| here.cores(region.name, family),
    };
    for (_, resource) in here.held.shelf.iter() {
        if resource.location != region.name {
            continue;
        }
        match &resource.core {
            Core::Machine(_) => usage.virtual_machines += 1,
            Core::AvailabilitySet(_) => usage.availability_sets += 1,
            _ => {}
        }
    }
    Ok(Answer::document(usage.listed()))
}

fn list_publishers(call: &mut Call<'_>) -> Result<Answer, Refused> {
    Ok(Answer::document(publishers(
        &call.subscription,
        region(call)?,
    )))
}

fn offers(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let region = region(call)?;
    found(
        images::offers(&call.subscription, region, call.name(1)),
        "Publisher",
    )
}

fn image_skus(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let region = region(call)?;
    let listed = images::skus(&call.subscription, region, call.name(1), call.name(2));
    found(listed, "Offer")
}

fn versions(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let region = region(call)?;
    let names = [call.name(1), call.name(2), call.name(3)];
    let listed = images::versions(&call.subscription, region, names, listing(call));
    found(listed, "VMImage")
}

fn version(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let region = region(call)?;
    let names = [call.name(1), call.name(2), call.name(3)];
    let told = images::version(&call.subscription, region, names, call.name(4));
    found(told, "VMImage")
}

fn types(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let region = region(call)?;
    found(
        extensions::types(&call.subscription, region, call.name(1)),
        "Publisher",
    )
}

fn extension_versions(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let region = region(call)?;
    let names = [call.name(1), call.name(2)];
    let listed = extensions::versions(&call.subscription, region, names, listing(call));
    found(listed, "VMExtension")
}

fn extension_version(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let region = region(call)?;
    let names = [call.name(1), call.name(2)];
    let told = extensions::version(&call.subscription, region, names, call.name(3));
    found(told, "VMExtension")
}

//! What is done with machines that are there: started, stopped, captured, moved.

use crate::world::{
    AfterCapture, Capture, DeploymentPath, Name, PostShutdown, Power, VmCapture, capture, power,
};

use super::contract::Cursor;
use super::images::OS_STATES;
use super::route::{Route, routes};
use super::{Answer, Call, Refused, role_reader};

pub(super) const ROUTES: &[Route] = routes! {
    below "/services/hostedservices/{service}";
    POST "/deployments/{deployment}/roles/operations": "Start Or Shutdown Roles" => operate_many;
    POST "/deployments/{deployment}/roleinstances/{role}/operations": "Operate Role" => operate;
    POST "/deployments/{deployment}/roleinstances/{role}" if "comp" = "reboot": "Reboot Role Instance" => reboot;
    POST "/deployments/{deployment}/roleinstances/{role}" if "comp" = "reimage": "Reimage Role Instance" => reboot;
    POST "/deployments/{deployment}/roleinstances/{role}" if "comp" = "rebuild": "Rebuild Role Instance" => reboot;
    POST "/deployments/{deployment}/roleinstances" if "comp" = "delete": "Delete Role Instances";
    POST "/deploymentslots/{slot}/roleinstances/{role}" if "comp" = "reboot": "Reboot Role Instance" => reboot_in_slot;
    POST "/deploymentslots/{slot}/roleinstances/{role}" if "comp" = "reimage": "Reimage Role Instance" => reboot_in_slot;
    POST "/deploymentslots/{slot}/roleinstances/{role}" if "comp" = "rebuild": "Rebuild Role Instance" => reboot_in_slot;
    POST "/deploymentslots/{slot}/roleinstances" if "comp" = "delete": "Delete Role Instances";
};

const PLAIN: &[&str] = &["OperationType"];
const CAPTURE: &[&str] = &[
    "OperationType",
    "PostCaptureAction",
    "ProvisioningConfiguration",
    "TargetImageLabel",
    "TargetImageName",
];
const VM_CAPTURE: &[&str] = &[
    "OperationType",
    "OSState",
    "VMImageName",
    "VMImageLabel",
    "Description",
    "Language",
    "ImageFamily",
    "RecommendedVMSize",
];

/// Start Role, Restart Role, Shutdown Role, the captures, Redeploy Role, Perform Maintenance.
pub(crate) fn operate(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let body = call.any_document()?;
    let root = body.name().to_owned();
    let wish = match root.as_str() {
        "StartRoleOperation" => body.read(PLAIN, |c| plain(c, &root, Power::Start))?,
        "RestartRoleOperation" => body.read(PLAIN, |c| plain(c, &root, Power::Restart))?,
        "RedeployRoleOperation" => body.read(PLAIN, |c| plain(c, &root, Power::Redeploy))?,
        "ShutdownRoleOperation" => body.read(&["OperationType", "PostShutdownAction"], |c| {
            operation_type(c, &root)?;
            post_shutdown(c).map(Power::Shutdown)
        })?,
        "CaptureRoleOperation" => {
            let capture = body.read(CAPTURE, |c| capture(c, &root))?;
            return capture_role(call, capture);
        }
        "CaptureRoleAsVMImageOperation" => {
            let capture = body.read(VM_CAPTURE, |c| vm_capture(c, &root))?;
            return capture_vm(call, capture);
        }
        "PerformMaintenanceOnRoleOperation" => {
            body.read(PLAIN, |c| operation_type(c, &root))?;
            return maintain(call);
        }
        other => {
            return Err(Refused::invalid_xml(format!(
                "{other}: the root is no operation on a role"
            )));
        }
    };
    let role = call.name(2).into();
    power(call, vec![role], wish)
}

fn plain(c: &Cursor<'_>, root: &str, wish: Power) -> Result<Power, Refused> {
    operation_type(c, root).map(|()| wish)
}

/// Outside of a maintenance window, and there never is one here, the service says this.
fn maintain(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let of = call.role_path();
    call.perform(power::Command::Maintain { of })?;
    Ok(Answer::Accepted)
}

fn capture(c: &Cursor<'_>, root: &str) -> Result<Capture, Refused> {
    operation_type(c, root)?;
    let anew = c
        .expect("PostCaptureAction")?
        .word(&[("Delete", false), ("Reprovision", true)])?;
    let provisioning = c
        .maybe("ProvisioningConfiguration")?
        .map(role_reader::provisioning)
        .transpose()?;
    let label = c.required("TargetImageLabel")?;
    let name = c.required("TargetImageName")?;
    let then = match (anew, provisioning) {
        (true, Some(provisioning)) => AfterCapture::Reprovision(provisioning),
        (true, None) => {
            return Err(Refused::invalid_xml(format!(
                "{root}: ProvisioningConfiguration is missing"
            )));
        }
        (false, None) => AfterCapture::Delete,
        (false, Some(_)) => {
            return Err(Refused::parameter(
                "ProvisioningConfiguration: the machine is to be deleted",
            ));
        }
    };
    Ok(Capture { name, label, then })
}

fn vm_capture(c: &Cursor<'_>, root: &str) -> Result<VmCapture, Refused> {
    operation_type(c, root)?;
    let os_state = c.expect("OSState")?.word(OS_STATES)?;
    let name = c.required("VMImageName")?;
    let label = c.required("VMImageLabel")?;
    Ok(VmCapture {
        name,
        label,
        os_state,
        description: c.text("Description")?,
        language: c.text("Language")?,
        family: c.text("ImageFamily")?,
        recommended_size: c.text("RecommendedVMSize")?,
    })
}

fn capture_role(call: &mut Call<'_>, capture: Capture) -> Result<Answer, Refused> {
    let of = call.role_path();
    call.perform(capture::Command::OsDisk { of, capture })?;
    Ok(Answer::Accepted)
}

fn capture_vm(call: &mut Call<'_>, capture: VmCapture) -> Result<Answer, Refused> {
    let of = call.role_path();
    call.perform(capture::Command::Vm { of, capture })?;
    Ok(Answer::Accepted)
}

/// Reboot Role Instance, where the deployment is named; Reimage and Rebuild, too: a machine has
/// disks of its own, which stay.
pub(crate) fn reboot(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let role = call.name(2).into();
    power(call, vec![role], Power::Restart)
}

/// The same in a slot.
pub(crate) fn reboot_in_slot(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let deployment = super::deployments::in_slot(call)?;
    let (service, role) = (call.name(0).into(), call.name(2).into());
    let of = DeploymentPath {
        service,
        deployment: deployment.into(),
    };
    switch(call, of, vec![role], Power::Restart)
}

/// Start Roles, Shutdown Roles.
pub(crate) fn operate_many(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let body = call.any_document()?;
    let root = body.name().to_owned();
    let (roles, wish) = match root.as_str() {
        "StartRolesOperation" => body.read(&["OperationType", "Roles"], |c| {
            operation_type(c, &root)?;
            Ok((role_names(c)?, Power::Start))
        })?,
        "ShutdownRolesOperation" => {
            body.read(&["OperationType", "Roles", "PostShutdownAction"], |c| {
                operation_type(c, &root)?;
                let roles = role_names(c)?;
                Ok((roles, Power::Shutdown(post_shutdown(c)?)))
            })?
        }
        other => {
            return Err(Refused::invalid_xml(format!(
                "{other}: the root is no operation on roles"
            )));
        }
    };
    power(call, roles, wish)
}

fn operation_type(c: &Cursor<'_>, root: &str) -> Result<(), Refused> {
    c.expect("OperationType")?.word(&[(root, ())])
}

fn role_names(c: &Cursor<'_>) -> Result<Vec<Name>, Refused> {
    let names = c
        .expect("Roles")?
        .list("Name", |e| e.text().map(Name::from))?;
    if names.is_empty() {
        Err(Refused::invalid_xml("Roles: there is no Name in it"))
    } else {
        Ok(names)
    }
}

fn post_shutdown(c: &Cursor<'_>) -> Result<PostShutdown, Refused> {
    let words = &[
        ("Stopped", PostShutdown::Stopped),
        ("StoppedDeallocated", PostShutdown::StoppedDeallocated),
    ];
    let action = c.word("PostShutdownAction", words)?;
    Ok(action.unwrap_or(PostShutdown::Stopped))
}

fn power(call: &mut Call<'_>, roles: Vec<Name>, wish: Power) -> Result<Answer, Refused> {
    let of = call.deployment_path();
    switch(call, of, roles, wish)
}

fn switch(
    call: &mut Call<'_>,
    of: DeploymentPath,
    roles: Vec<Name>,
    wish: Power,
) -> Result<Answer, Refused> {
    call.perform(power::Command::Switch { of, roles, wish })?;
    Ok(Answer::Accepted)
}

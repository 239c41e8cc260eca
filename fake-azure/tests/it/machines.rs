//! Deployments and roles: made, shown, added to, changed, stopped, started, gone.

use fake_azure::Pace;

use crate::bodies::{
    Machine, UBUNTU, base64, endpoint, operation, operations, roles, root, service, shutdown, slot,
};
use crate::stage::Stage;
use crate::xml::Node;

async fn shown(stage: &Stage, service: &str) -> Node {
    stage.get(&slot(service)).await.is(200).document()
}

async fn instance(stage: &Stage, service: &str) -> Node {
    shown(stage, service).await.all("RoleInstanceList")[0].clone()
}

#[tokio::test]
async fn a_new_deployment_is_shown_as_the_service_shows_it() {
    let stage = Stage::new().await;
    stage
        .ready("Web", &Machine::ubuntu("web").opened("docker", 4243, 4243))
        .await;
    let deployment = shown(&stage, "web").await;
    assert_eq!(
        deployment.names(),
        [
            "Name",
            "DeploymentSlot",
            "PrivateID",
            "Status",
            "Label",
            "Url",
            "Configuration",
            "RoleInstanceList",
            "UpgradeDomainCount",
            "RoleList",
            "SdkVersion",
            "Locked",
            "RollbackAllowed",
            "CreatedTime",
            "LastModifiedTime",
            "ExtendedProperties",
            "VirtualIPs",
            "InternalDnsSuffix",
            "LoadBalancers"
        ]
    );
    assert_eq!(deployment.text("Name"), "Web");
    assert_eq!(deployment.text("Status"), "Running");
    assert_eq!(deployment.text("Locked"), "false");
    assert_eq!(deployment.text("Label"), base64("Web"));
    assert_eq!(deployment.text("Url"), "http://web.cloudapp.net/");
    let vip = stage.address("web").unwrap().to_string();
    assert_eq!(deployment.text("VirtualIPs/VirtualIP/Address"), vip);
    assert_eq!(
        deployment.text("VirtualIPs/VirtualIP/Name"),
        "WebContractContract"
    );

    let instance = &deployment.all("RoleInstanceList")[0];
    assert_eq!(instance.text("InstanceStatus"), "ReadyRole");
    assert_eq!(instance.text("PowerState"), "Started");
    assert_eq!(instance.text("GuestAgentStatus/Status"), "Ready");
    assert_eq!(
        instance.each("InstanceEndpoints", "Name"),
        ["docker", "ssh"]
    );
    assert_eq!(instance.each("InstanceEndpoints", "Vip"), [&*vip, &*vip]);
    assert_eq!(instance.text("HostName"), "web");

    let role = &deployment.all("RoleList")[0];
    let kind = ("i:type".to_owned(), "PersistentVMRole".to_owned());
    assert_eq!(role.attributes, [kind]);
    let set = role.find("ConfigurationSets/ConfigurationSet").unwrap();
    assert_eq!(set.attributes[0].1, "NetworkConfigurationSet");
    assert_eq!(role.all("ConfigurationSets").len(), 1);
    assert_eq!(set.each("InputEndpoints", "Name"), ["docker", "ssh"]);
    assert_eq!(
        set.all("InputEndpoints")[0].names(),
        [
            "LocalPort",
            "Name",
            "Port",
            "Protocol",
            "Vip",
            "EnableDirectServerReturn"
        ]
    );
    assert_eq!(role.text("OSVirtualHardDisk/HostCaching"), "ReadWrite");
    assert_eq!(role.text("OSVirtualHardDisk/OS"), "Linux");
    assert_eq!(role.text("OSVirtualHardDisk/SourceImageName"), UBUNTU);
    let disk = role.text("OSVirtualHardDisk/DiskName");
    assert!(
        disk.starts_with("Web-web-0-2") && disk.len() == "Web-web-0-".len() + 18,
        "{disk}"
    );
    let text = stage.get(&slot("web")).await.body;
    assert!(!text.contains("Pa$$w0rd1") && !text.contains("azureuser"));

    let named = stage
        .get("/services/hostedservices/WEB/deployments/web")
        .await
        .document();
    assert_eq!(named.text("PrivateID"), deployment.text("PrivateID"));
    let detailed = stage
        .get(&format!("{}?embed-detail=true", service("web")))
        .await
        .document();
    assert_eq!(detailed.all("Deployments").len(), 1);
}

#[tokio::test]
async fn slots_services_and_deployments_that_are_not_there_are_told_apart() {
    let stage = Stage::new().await;
    stage.service("web").await;
    let text = async |path: &str| {
        let (status, code, message) = stage.get(path).await.refusal();
        assert_eq!((status, code.as_str()), (404, "ResourceNotFound"));
        message
    };
    let none = "No deployments were found.";
    assert_eq!(text(&slot("web")).await, none);
    assert_eq!(
        text("/services/hostedservices/web/deploymentslots/staging").await,
        none
    );
    assert_eq!(
        text(&slot("other")).await,
        "The hosted service does not exist."
    );
    let named = "The deployment name '123' does not exist.";
    assert_eq!(
        text("/services/hostedservices/web/deployments/123").await,
        named
    );
    assert_eq!(
        text("/services/hostedservices/other/deployments/123").await,
        named
    );
    let wrong = stage
        .get("/services/hostedservices/web/deploymentslots/Other")
        .await;
    assert_eq!(wrong.refused(), (400, "BadRequest".to_owned()));
    stage.ready("full", &Machine::ubuntu("full")).await;
    let nobody = "Role nobody was not found in the currently deployed service.";
    assert_eq!(text(&format!("{}/nobody", roles("full"))).await, nobody);
    let generic = "The specified resource does not exist.";
    assert_eq!(
        text(&format!("{}/full/DataDisks/0", roles("full"))).await,
        generic
    );
    assert_eq!(
        text("/operations/0123456789abcdef0123456789abcdef").await,
        generic
    );
}

#[tokio::test]
async fn a_role_is_added_shown_changed_and_deleted_but_never_the_last() {
    let stage = Stage::new().await;
    stage.ready("web", &Machine::ubuntu("web")).await;
    let (status, code, message) = stage
        .delete(&format!("{}/web", roles("web")))
        .await
        .refusal();
    assert_eq!((status, code.as_str()), (400, "BadRequest"));
    assert_eq!(
        message,
        "Role web is the only role present in the deployment and so cannot be removed. Please delete the deployment or add another role before removing this role."
    );

    let mut second = Machine::ubuntu("web-2");
    second.endpoints = vec![endpoint("ssh", "2222", "22")];
    let asked = stage.post(&roles("web"), &second.role()).await;
    stage.done(asked).await;
    let deployment = shown(&stage, "web").await;
    assert_eq!(deployment.each("RoleList", "RoleName"), ["web", "web-2"]);
    assert_eq!(
        deployment.each("RoleInstanceList", "InstanceStatus"),
        ["ReadyRole", "ReadyRole"]
    );

    let path = format!("{}/WEB-2", roles("web"));
    let role = stage.get(&path).await.is(200);
    let first = role.document();
    assert_eq!(first.name, "PersistentVMRole");
    assert_eq!(
        first.names(),
        [
            "RoleName",
            "OsVersion",
            "RoleType",
            "ConfigurationSets",
            "DataVirtualHardDisks",
            "OSVirtualHardDisk",
            "RoleSize",
            "ProvisionGuestAgent"
        ]
    );
    // As clients do: read, change, send back.
    let body = role
        .body
        .replace(" i:type=\"NetworkConfigurationSet\"", "")
        .replace("<Port>2222</Port>", "<Port>2223</Port>")
        .replace(">Small<", ">Medium<");
    let asked = stage.put(&path, &body).await;
    stage.done(asked).await;
    let changed = stage.get(&path).await.document();
    assert_eq!(changed.text("RoleSize"), "Medium");
    let set = changed.find("ConfigurationSets/ConfigurationSet").unwrap();
    assert_eq!(set.each("InputEndpoints", "Port"), ["2223"]);
    assert_eq!(
        changed.find("OSVirtualHardDisk"),
        first.find("OSVirtualHardDisk")
    );

    let asked = stage.delete(&format!("{path}?comp=media")).await;
    stage.done(asked).await;
    assert_eq!(stage.get(&path).await.status, 404);
    let disks = stage.get("/services/disks").await.document();
    assert_eq!(disks.children.len(), 1);
}

#[tokio::test]
async fn a_deployment_is_deleted_with_its_disks_or_without() {
    let stage = Stage::new().await;
    stage.ready("web", &Machine::ubuntu("web")).await;
    let disks = stage.get("/services/disks").await.document();
    assert_eq!(disks.children[0].text("AttachedTo/RoleName"), "web");
    let asked = stage
        .delete("/services/hostedservices/web/deployments/web")
        .await;
    stage.done(asked).await;
    assert_eq!(stage.get(&slot("web")).await.status, 404);
    assert_eq!(stage.address("web"), None);
    let disks = stage.get("/services/disks").await.document();
    assert!(!disks.children[0].has("AttachedTo"));
    let name = disks.children[0].text("Name");

    // From the disk that stayed a machine can be made again.
    let mut again = Machine::ubuntu("web");
    again.provisioning.clear();
    again.os_disk = format!("<OSVirtualHardDisk><DiskName>{name}</DiskName></OSVirtualHardDisk>");
    let asked = stage.deploy("web", &again).await;
    stage.done(asked).await;
    let asked = stage.delete(&format!("{}?comp=media", slot("web"))).await;
    stage.done(asked).await;
    assert!(
        stage
            .get("/services/disks")
            .await
            .document()
            .children
            .is_empty()
    );
    stage.delete(&service("web")).await.is(200);
}

#[tokio::test]
async fn a_machine_stops_and_starts_and_restarts() {
    let stage = Stage::new().await;
    stage.ready("web", &Machine::ubuntu("web")).await;
    let at = operations("web", "web");
    let before = stage.address("web").unwrap();

    let asked = stage.post(&at, &shutdown("Stopped")).await;
    stage.done(asked).await;
    let stopped = instance(&stage, "web").await;
    assert_eq!(stopped.text("InstanceStatus"), "StoppedVM");
    assert_eq!(stopped.text("PowerState"), "Stopped");
    assert!(stopped.has("IpAddress"));
    assert_eq!(shown(&stage, "web").await.text("Status"), "Running");
    assert_eq!(stage.address("web"), Some(before));
    let restart = stage.post(&at, &operation("RestartRoleOperation")).await;
    assert_eq!(restart.refused().0, 409);

    let asked = stage.post(&at, &shutdown("StoppedDeallocated")).await;
    stage.done(asked).await;
    let deployment = shown(&stage, "web").await;
    assert_eq!(deployment.text("Status"), "Suspended");
    assert!(deployment.all("VirtualIPs").is_empty());
    let rest = &deployment.all("RoleInstanceList")[0];
    assert_eq!(
        rest.names(),
        [
            "RoleName",
            "InstanceName",
            "InstanceStatus",
            "PowerState",
            "RemoteAccessCertificateThumbprint"
        ]
    );
    assert_eq!(rest.text("InstanceStatus"), "StoppedDeallocated");
    let set = deployment.all("RoleList")[0]
        .find("ConfigurationSets/ConfigurationSet")
        .unwrap();
    assert!(!set.all("InputEndpoints")[0].has("Vip"));
    assert_eq!(stage.address("web"), None);
    assert!(stage.leads_nowhere("web.cloudapp.net").await);

    let asked = stage.post(&at, &operation("StartRoleOperation")).await;
    stage.done(asked).await;
    assert_eq!(
        instance(&stage, "web").await.text("InstanceStatus"),
        "ReadyRole"
    );
    let after = stage.address("web").unwrap();
    assert_ne!(before, after);
    assert_eq!(stage.leads_to("web.cloudapp.net"), [after]);
    for kind in ["StartRoleOperation", "RestartRoleOperation"] {
        let asked = stage.post(&at, &operation(kind)).await;
        stage.done(asked).await;
    }
    let unknown = stage
        .post(&operations("web", "x"), &operation("StartRoleOperation"))
        .await;
    assert_eq!(unknown.refused().0, 404);
    assert_eq!(
        stage.post(&at, &operation("Nonsense")).await.refused().0,
        400
    );
    let wrong = operation("StartRoleOperation").replace(">StartRoleOperation<", ">Start<");
    assert_eq!(stage.post(&at, &wrong).await.refused().0, 400);
}

#[tokio::test]
async fn several_machines_stop_and_start_together() {
    let stage = Stage::new().await;
    stage.ready("web", &Machine::ubuntu("web")).await;
    let mut second = Machine::ubuntu("two");
    second.endpoints.clear();
    let asked = stage.post(&roles("web"), &second.role()).await;
    stage.done(asked).await;
    let at = format!("{}/Operations", roles("web"));
    let names = "<Roles><Name>web</Name><Name>two</Name></Roles>";
    let stop = crate::bodies::root(
        "ShutdownRolesOperation",
        &format!(
            "<OperationType>ShutdownRolesOperation</OperationType>{names}<PostShutdownAction>StoppedDeallocated</PostShutdownAction>"
        ),
    );
    let asked = stage.post(&at, &stop).await;
    stage.done(asked).await;
    assert_eq!(shown(&stage, "web").await.text("Status"), "Suspended");
    let start = crate::bodies::root(
        "StartRolesOperation",
        &format!("<OperationType>StartRolesOperation</OperationType>{names}"),
    );
    let asked = stage.post(&at, &start).await;
    stage.done(asked).await;
    let deployment = shown(&stage, "web").await;
    assert_eq!(
        deployment.each("RoleInstanceList", "PowerState"),
        ["Started", "Started"]
    );
}

#[tokio::test]
async fn a_windows_machine_boots_and_has_its_remote_desktop_file() {
    let stage = Stage::new().await;
    stage.ready("win", &Machine::windows("win")).await;
    let deployment = shown(&stage, "win").await;
    let role = &deployment.all("RoleList")[0];
    assert_eq!(role.text("OSVirtualHardDisk/OS"), "Windows");
    let instance = &deployment.all("RoleInstanceList")[0];
    assert_eq!(instance.text("InstanceStatus"), "ReadyRole");
    assert!(
        instance
            .text("GuestAgentStatus/GuestAgentVersion")
            .starts_with("2.")
    );
    let path = "/services/hostedservices/win/deployments/win/roleinstances/win/ModelFile";
    let file = stage.get(&format!("{path}?FileType=RDP")).await.is(200);
    assert!(
        file.body
            .starts_with("full address:s:win.cloudapp.net:3389\r\n")
    );
    assert_eq!(stage.get(path).await.refused().0, 400);
    stage.ready("lin", &Machine::ubuntu("lin")).await;
    let other = path.replace("win", "lin");
    let (status, _, message) = stage.get(&format!("{other}?FileType=RDP")).await.refusal();
    assert_eq!(status, 400);
    assert_eq!(
        message,
        "An external endpoint to the Remote Desktop port (3389) must first be added to the role."
    );
}

#[tokio::test]
async fn endpoints_keep_their_settings_and_get_names_and_ports() {
    let stage = Stage::new().await;
    let mut machine = Machine::ubuntu("web");
    machine.endpoints = vec![
        "<InputEndpoint><LoadBalancedEndpointSetName>set</LoadBalancedEndpointSetName><LocalPort>80</LocalPort><Name>http</Name><Port>8080</Port><LoadBalancerProbe><Path>/up</Path><Port>81</Port><Protocol>http</Protocol><IntervalInSeconds>20</IntervalInSeconds><TimeoutInSeconds>40</TimeoutInSeconds></LoadBalancerProbe><Protocol>tcp</Protocol><EnableDirectServerReturn>true</EnableDirectServerReturn><EndpointAcl><Rules><Rule><Order>0</Order><Action>deny</Action><RemoteSubnet>10.0.0.0/8</RemoteSubnet><Description>d</Description></Rule></Rules></EndpointAcl><IdleTimeoutInMinutes>10</IdleTimeoutInMinutes><LoadBalancerDistribution>sourceIP</LoadBalancerDistribution></InputEndpoint>".to_owned(),
        "<InputEndpoint><LocalPort>53</LocalPort><Protocol>udp</Protocol></InputEndpoint>".to_owned(),
        "<InputEndpoint><LocalPort>54</LocalPort><Name>dns</Name><Port>8080</Port><Protocol>UDP</Protocol></InputEndpoint>".to_owned(),
    ];
    stage.ready("web", &machine).await;
    let role = stage.get(&format!("{}/web", roles("web"))).await.document();
    let set = role.find("ConfigurationSets/ConfigurationSet").unwrap();
    let endpoints = set.all("InputEndpoints");
    assert_eq!(endpoints.len(), 3);
    let http = endpoints.iter().find(|e| e.text("Name") == "http").unwrap();
    assert_eq!(
        http.names(),
        [
            "LoadBalancedEndpointSetName",
            "LocalPort",
            "Name",
            "Port",
            "LoadBalancerProbe",
            "Protocol",
            "EnableDirectServerReturn",
            "EndpointAcl",
            "IdleTimeoutInMinutes",
            "LoadBalancerDistribution"
        ]
    );
    assert_eq!(http.text("LoadBalancerProbe/Path"), "/up");
    assert_eq!(http.text("EndpointAcl/Rules/Rule/Action"), "deny");
    let nameless = endpoints.iter().find(|e| e.text("Port") != "8080").unwrap();
    let port: u16 = nameless.text("Port").parse().unwrap();
    assert!(port >= 1024 && !nameless.text("Name").is_empty());
}

#[tokio::test]
async fn boot_diagnostics_are_kept_and_switched_off() {
    let stage = Stage::new().await;
    let mut machine = Machine::ubuntu("web");
    machine.agent +=
        "<DebugSettings><BootDiagnosticsEnabled>true</BootDiagnosticsEnabled></DebugSettings>";
    stage.ready("web", &machine).await;
    let path = format!("{}/web", roles("web"));
    let debug = stage
        .get(&path)
        .await
        .document()
        .find("DebugSettings")
        .unwrap()
        .clone();
    assert_eq!(debug.text("BootDiagnosticsEnabled"), "true");
    let uri = debug.text("ConsoleScreenshotBlobUri");
    assert!(
        uri.starts_with("http://store.blob.core.windows.net/bootdiagnostics"),
        "{uri}"
    );
    assert!(uri.ends_with(".web-screenshot.bmp"));
    machine.agent = machine.agent.replace(
        "<BootDiagnosticsEnabled>true",
        "<BootDiagnosticsEnabled>false",
    );
    let asked = stage.put(&path, &machine.changed()).await;
    stage.done(asked).await;
    let role = stage.get(&path).await.document();
    assert!(role.has("DebugSettings") && role.all("DebugSettings").is_empty());
}

#[tokio::test]
async fn a_role_that_is_not_there_is_named() {
    let stage = Stage::new().await;
    stage.ready("web", &Machine::ubuntu("web")).await;
    let path = format!("{}/other", roles("web"));
    let words = "Role other was not found in the currently deployed service.";
    let wanted = (404, "ResourceNotFound".to_owned(), words.to_owned());
    assert_eq!(stage.get(&path).await.refusal(), wanted);
    assert_eq!(stage.delete(&path).await.refusal(), wanted);
    let update = Machine::ubuntu("other").changed();
    assert_eq!(stage.put(&path, &update).await.refusal(), wanted);
    let start = operation("RestartRoleOperation");
    let at = operations("web", "other");
    assert_eq!(stage.post(&at, &start).await.refusal(), wanted);
}

/// As Libcloud sets endpoints.
#[tokio::test]
async fn an_update_without_a_name_is_of_the_role_in_the_path() {
    let stage = Stage::new().await;
    stage.ready("web", &Machine::ubuntu("web")).await;
    let body = root(
        "PersistentVMRole",
        "<RoleType>PersistentVMRole</RoleType><ConfigurationSets><ConfigurationSet><ConfigurationSetType>NetworkConfiguration</ConfigurationSetType><InputEndpoints><InputEndpoint><LocalPort>80</LocalPort><Name>http</Name><Port>8080</Port><Protocol>tcp</Protocol><EnableDirectServerReturn>false</EnableDirectServerReturn></InputEndpoint></InputEndpoints><SubnetNames /></ConfigurationSet></ConfigurationSets>",
    );
    let path = format!("{}/web", roles("web"));
    let asked = stage.put(&path, &body).await.is(202);
    assert_eq!(asked.detail(), "");
    stage.done(asked).await;
    let shown = stage.get(&path).await.document();
    let endpoints = "ConfigurationSets/ConfigurationSet/InputEndpoints";
    assert_eq!(shown.each(endpoints, "Name"), ["http"]);
}

/// A machine has disks of its own, which stay whatever an instance is asked for.
#[tokio::test]
async fn an_instance_is_rebooted_reimaged_and_rebuilt() {
    let stage = Stage::at(Pace::Reads(1)).await;
    stage.ready("web", &Machine::ubuntu("web")).await;
    let disks = stage.get("/services/disks").await.body;
    for wish in ["reboot", "reimage", "rebuild"] {
        for place in ["deployments/web", "deploymentslots/Production"] {
            let path = format!("{}/{place}/roleinstances/WEB?comp={wish}", service("web"));
            // Until it runs there is nothing to boot again.
            for _ in 0..20 {
                if shown(&stage, "web")
                    .await
                    .text("RoleInstanceList/RoleInstance/InstanceStatus")
                    == "ReadyRole"
                {
                    break;
                }
            }
            let asked = stage.post(&path, "").await.is(202);
            stage.done(asked).await;
            let status = shown(&stage, "web").await;
            let status = status.text("RoleInstanceList/RoleInstance/InstanceStatus");
            assert_ne!(status, "ReadyRole", "{path}");
        }
    }
    assert_eq!(stage.get("/services/disks").await.body, disks);
    let none = format!(
        "{}/deployments/web/roleinstances/two?comp=reboot",
        service("web")
    );
    assert_eq!(stage.post(&none, "").await.refused().0, 404);
}

//! Reading roles out of requests, in the order of the schema.

use std::net::Ipv4Addr;

use crate::world::{
    AclRule, EndpointSettings, ExtensionState, NewDataDisk, NewEndpoint, NewExtension, NewNetwork,
    NewOsDisk, NewRole, Parameter, Probe, Protocol, Provisioning, PublicIp, Refusal, Secret,
    Visibility,
};

use super::reader::{Cursor, Element};

const PROTOCOLS: &[(&str, Protocol)] = &[("tcp", Protocol::Tcp), ("udp", Protocol::Udp)];
const STATES: &[(&str, ExtensionState)] = &[
    ("Enable", ExtensionState::Enable),
    ("Disable", ExtensionState::Disable),
    ("Uninstall", ExtensionState::Uninstall),
];
const OPERATING_SYSTEMS: &[(&str, ())] = &[("Linux", ()), ("Windows", ())];

/// `Role` and `PersistentVMRole`.
pub(crate) fn role(c: &mut Cursor<'_>) -> Result<NewRole, Refusal> {
    let mut role = NewRole {
        name: c.required("RoleName")?,
        ..NewRole::default()
    };
    c.text("OsVersion")?;
    c.expect("RoleType")?.word(&[("PersistentVMRole", ())])?;
    if let Some(sets) = c.maybe("ConfigurationSets")? {
        for set in sets.list("ConfigurationSet", configuration_set)? {
            let twice = match set {
                Set::Network(network) => role.network.replace(network).is_some(),
                Set::Provisioning(provisioning) => {
                    role.provisioning.replace(provisioning).is_some()
                }
            };
            if twice {
                return Err(Refusal::bad_request(
                    "A configuration set of the same type is given twice.",
                )
                .detail("ConfigurationSets"));
            }
        }
    }
    role.extensions = c
        .maybe("ResourceExtensionReferences")?
        .map(|list| list.list("ResourceExtensionReference", |e| e.read(extension)))
        .transpose()?;
    role.vm_image = c.text("VMImageName")?.filter(|name| !name.is_empty());
    role.media_location = c.text("MediaLocation")?;
    role.availability_set = c
        .text("AvailabilitySetName")?
        .filter(|name| !name.is_empty());
    role.data_disks = c
        .maybe("DataVirtualHardDisks")?
        .map(|list| list.list("DataVirtualHardDisk", |e| e.read(data_disk)))
        .transpose()?;
    c.text("Label")?;
    role.os_disk = c
        .maybe("OSVirtualHardDisk")?
        .map(|e| e.read(os_disk))
        .transpose()?;
    role.size = c.text("RoleSize")?.filter(|size| !size.is_empty());
    c.text("DefaultWinRmCertificateThumbprint")?;
    role.provision_guest_agent = c.boolean("ProvisionGuestAgent")?;
    if c.maybe("VMImageInput")?.is_some() {
        return Err(Refusal::not_modelled(
            "Create Virtual Machine Deployment: VMImageInput",
        ));
    }
    role.boot_diagnostics = c
        .maybe("DebugSettings")?
        .map(|e| {
            e.read(|c| {
                let enabled = c.boolean("BootDiagnosticsEnabled")?;
                c.text("ConsoleScreenshotBlobUri")?;
                c.text("SerialOutputBlobUri")?;
                Ok(enabled.unwrap_or(false))
            })
        })
        .transpose()?;
    c.text("LicenseType")?;
    c.text("MigrationState")?;
    Ok(role)
}

enum Set {
    Network(NewNetwork),
    Provisioning(Provisioning),
}

#[derive(Clone, Copy)]
enum SetType {
    Network,
    Linux,
    Windows,
}

fn configuration_set(element: &Element) -> Result<Set, Refusal> {
    element.read(|c| {
        let kind = c.expect("ConfigurationSetType")?.word(&[
            ("NetworkConfiguration", SetType::Network),
            ("LinuxProvisioningConfiguration", SetType::Linux),
            ("WindowsProvisioningConfiguration", SetType::Windows),
        ])?;
        match kind {
            SetType::Network => network(c).map(Set::Network),
            SetType::Linux => linux(c).map(Set::Provisioning),
            SetType::Windows => windows(c).map(Set::Provisioning),
        }
    })
}

fn network(c: &mut Cursor<'_>) -> Result<NewNetwork, Refusal> {
    let endpoints = c
        .maybe("InputEndpoints")?
        .map(|list| list.list("InputEndpoint", |e| e.read(endpoint)))
        .transpose()?;
    let subnets = c
        .maybe("SubnetNames")?
        .map(|list| list.list("SubnetName", |e| e.text().map(str::to_owned)))
        .transpose()?;
    let static_ip = c.value::<Ipv4Addr>("StaticVirtualNetworkIPAddress")?;
    let public_ips = c
        .maybe("PublicIPs")?
        .map(|list| list.list("PublicIP", |e| e.read(public_ip)))
        .transpose()?;
    let interfaces = c
        .maybe("NetworkInterfaces")?
        .map(|list| list.list("NetworkInterface", |_| Ok(())))
        .transpose()?;
    if interfaces.is_some_and(|list| !list.is_empty()) {
        return Err(Refusal::not_modelled(
            "Create Virtual Machine Deployment: several network interfaces",
        ));
    }
    let group = c.text("NetworkSecurityGroup")?;
    let forwarding = c.text("IPForwarding")?;
    if group.or(forwarding).is_some_and(|text| !text.is_empty()) {
        return Err(Refusal::not_modelled(
            "Create Virtual Machine Deployment: network security groups and forwarding",
        ));
    }
    // Clients that send a whole set back leave the empty lists of the other kinds in it.
    stored_certificates(c)?;
    Ok(NewNetwork {
        endpoints: endpoints.unwrap_or_default(),
        subnets: subnets.unwrap_or_default(),
        static_ip,
        public_ips: public_ips.unwrap_or_default(),
    })
}

fn public_ip(c: &mut Cursor<'_>) -> Result<PublicIp, Refusal> {
    let name = c.required("Name")?;
    let idle_timeout_minutes = idle_timeout(c)?;
    c.text("DomainNameLabel")?;
    Ok(PublicIp {
        name,
        idle_timeout_minutes,
    })
}

fn idle_timeout(c: &mut Cursor<'_>) -> Result<Option<u32>, Refusal> {
    match c.value::<u32>("IdleTimeoutInMinutes")? {
        Some(minutes) if !(4..=30).contains(&minutes) => Err(Refusal::parameter(format!(
            "IdleTimeoutInMinutes: `{minutes}`"
        ))),
        minutes => Ok(minutes),
    }
}

fn endpoint(c: &mut Cursor<'_>) -> Result<NewEndpoint, Refusal> {
    let load_balanced_set = c
        .text("LoadBalancedEndpointSetName")?
        .filter(|name| !name.is_empty());
    let local_port = c.expect("LocalPort")?.port()?;
    let name = c.text("Name")?.filter(|name| !name.is_empty());
    if name.as_deref().is_some_and(|name| name.len() > 80) {
        return Err(Refusal::parameter(
            "InputEndpoint/Name: longer than 80 characters",
        ));
    }
    let port = c.maybe("Port")?.map(Element::port).transpose()?;
    let probe = c
        .maybe("LoadBalancerProbe")?
        .map(|e| e.read(probe))
        .transpose()?;
    let protocol = c.expect("Protocol")?.word_in_any_case(PROTOCOLS)?;
    c.text("Vip")?;
    let direct_server_return = c.boolean("EnableDirectServerReturn")?.unwrap_or(false);
    if c.text("LoadBalancerName")?
        .is_some_and(|name| !name.is_empty())
    {
        return Err(Refusal::not_modelled(
            "Create Virtual Machine Deployment: internal load balancers",
        ));
    }
    let acl = c
        .maybe("EndpointAcl")?
        .map(|e| {
            e.read(|c| {
                c.maybe("Rules")?
                    .map(|list| list.list("Rule", |e| e.read(acl_rule)))
                    .transpose()
            })
        })
        .transpose()?
        .flatten()
        .unwrap_or_default();
    let idle_timeout_minutes = idle_timeout(c)?;
    let distribution = c
        .maybe("LoadBalancerDistribution")?
        .map(|e| {
            e.word(&[
                ("sourceIP", "sourceIP"),
                ("sourceIPProtocol", "sourceIPProtocol"),
                ("none", "none"),
            ])
            .map(str::to_owned)
        })
        .transpose()?;
    let virtual_ip_name = c.text("VirtualIPName")?.filter(|name| !name.is_empty());
    let settings = EndpointSettings {
        protocol,
        local_port,
        load_balanced_set,
        probe,
        direct_server_return,
        acl,
        idle_timeout_minutes,
        distribution,
        virtual_ip_name,
    };
    Ok(NewEndpoint {
        name,
        port,
        settings,
    })
}

fn probe(c: &mut Cursor<'_>) -> Result<Probe, Refusal> {
    Ok(Probe {
        path: c.text("Path")?,
        port: c.maybe("Port")?.map(Element::port).transpose()?,
        protocol: c
            .expect("Protocol")?
            .word_in_any_case(&[("tcp", "tcp"), ("http", "http")])?
            .to_owned(),
        interval_seconds: c.value("IntervalInSeconds")?,
        timeout_seconds: c.value("TimeoutInSeconds")?,
    })
}

fn acl_rule(c: &mut Cursor<'_>) -> Result<AclRule, Refusal> {
    Ok(AclRule {
        order: c.expect("Order")?.value()?,
        action: c
            .expect("Action")?
            .word_in_any_case(&[("permit", "permit"), ("deny", "deny")])?
            .to_owned(),
        remote_subnet: c.required("RemoteSubnet")?,
        description: c.text("Description")?,
    })
}

fn linux(c: &mut Cursor<'_>) -> Result<Provisioning, Refusal> {
    let host_name = c.required("HostName")?;
    let user_name = c.required("UserName")?;
    let password = c
        .text("UserPassword")?
        .filter(|text| !text.is_empty())
        .map(Secret::new);
    let disable_ssh_password = c.boolean("DisableSshPasswordAuthentication")?;
    let ssh = c.maybe("SSH")?.map(|e| e.read(ssh_keys)).transpose()?;
    Ok(Provisioning::Linux {
        host_name,
        user_name,
        password,
        disable_ssh_password,
        ssh_certificates: ssh.unwrap_or_default(),
        custom_data: c.maybe("CustomData")?.map(Element::base64).transpose()?,
    })
}

fn ssh_keys(c: &mut Cursor<'_>) -> Result<Vec<String>, Refusal> {
    let key = |e: &Element| {
        e.read(|c| {
            let fingerprint = c.required("Fingerprint")?;
            if fingerprint.len() != 40 || !fingerprint.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err(Refusal::parameter(format!("Fingerprint: `{fingerprint}`")));
            }
            c.required("Path")?;
            Ok(fingerprint)
        })
    };
    let mut all = c
        .maybe("PublicKeys")?
        .map(|list| list.list("PublicKey", key))
        .transpose()?
        .unwrap_or_default();
    all.extend(
        c.maybe("KeyPairs")?
            .map(|list| list.list("KeyPair", key))
            .transpose()?
            .unwrap_or_default(),
    );
    Ok(all)
}

fn windows(c: &mut Cursor<'_>) -> Result<Provisioning, Refusal> {
    let computer_name = c.text("ComputerName")?.filter(|name| !name.is_empty());
    let admin_password = Secret::new(c.required("AdminPassword")?);
    c.boolean("ResetPasswordOnFirstLogon")?;
    c.boolean("EnableAutomaticUpdates")?;
    c.text("TimeZone")?;
    if c.maybe("DomainJoin")?.is_some() {
        return Err(Refusal::not_modelled(
            "Create Virtual Machine Deployment: DomainJoin",
        ));
    }
    let certificates = stored_certificates(c)?;
    if c.maybe("WinRM")?.is_some() {
        return Err(Refusal::not_modelled(
            "Create Virtual Machine Deployment: WinRM",
        ));
    }
    let admin_name = c.text("AdminUsername")?.filter(|name| !name.is_empty());
    if c.maybe("AdditionalUnattendContent")?.is_some() {
        return Err(Refusal::not_modelled(
            "Create Virtual Machine Deployment: AdditionalUnattendContent",
        ));
    }
    Ok(Provisioning::Windows {
        computer_name,
        admin_name,
        admin_password,
        certificates,
        custom_data: c.maybe("CustomData")?.map(Element::base64).transpose()?,
    })
}

fn stored_certificates(c: &mut Cursor<'_>) -> Result<Vec<String>, Refusal> {
    let Some(list) = c.maybe("StoredCertificateSettings")? else {
        return Ok(Vec::new());
    };
    list.list("CertificateSetting", |e| {
        e.read(|c| {
            c.required("StoreLocation")?;
            c.required("StoreName")?;
            c.required("Thumbprint")
        })
    })
}

fn extension(c: &mut Cursor<'_>) -> Result<NewExtension, Refusal> {
    let reference = c.required("ReferenceName")?;
    let publisher = c.required("Publisher")?;
    let name = c.required("Name")?;
    let version = c.required("Version")?;
    let parameters = c
        .maybe("ResourceExtensionParameterValues")?
        .map(|list| list.list("ResourceExtensionParameterValue", |e| e.read(parameter)))
        .transpose()?;
    let state = c
        .maybe("State")?
        .map(|e| e.word_in_any_case(STATES))
        .transpose()?;
    c.text("ForceUpdate")?;
    Ok(NewExtension {
        reference,
        publisher,
        name,
        version,
        parameters: parameters.unwrap_or_default(),
        state: state.unwrap_or_default(),
    })
}

fn parameter(c: &mut Cursor<'_>) -> Result<Parameter, Refusal> {
    let key = c.required("Key")?;
    let value = c.base64_text("Value")?.unwrap_or_default();
    let visibility = c
        .maybe("Type")?
        .map(|e| {
            e.word_in_any_case(&[
                ("Public", Visibility::Public),
                ("Private", Visibility::Private),
            ])
        })
        .transpose()?;
    Ok(Parameter {
        key,
        value,
        visibility,
    })
}

fn os_disk(c: &mut Cursor<'_>) -> Result<NewOsDisk, Refusal> {
    let host_caching = c.text("HostCaching")?;
    let label = c.text("DiskLabel")?;
    let disk_name = c.text("DiskName")?.filter(|name| !name.is_empty());
    let media_link = c.text("MediaLink")?.filter(|link| !link.is_empty());
    let source_image = c.text("SourceImageName")?.filter(|name| !name.is_empty());
    c.maybe("OS")?
        .map(|e| e.word(OPERATING_SYSTEMS))
        .transpose()?;
    if c.text("RemoteSourceImageLink")?.is_some() {
        return Err(Refusal::not_modelled(
            "Create Virtual Machine Deployment: RemoteSourceImageLink",
        ));
    }
    c.text("IOType")?;
    if c.value::<u32>("ResizedSizeInGB")?.is_some() {
        return Err(Refusal::not_modelled(
            "Create Virtual Machine Deployment: ResizedSizeInGB",
        ));
    }
    Ok(NewOsDisk {
        host_caching,
        label,
        disk_name,
        media_link,
        source_image,
    })
}

fn data_disk(c: &mut Cursor<'_>) -> Result<NewDataDisk, Refusal> {
    let disk = NewDataDisk {
        host_caching: c.text("HostCaching")?,
        label: c.text("DiskLabel")?,
        disk_name: c.text("DiskName")?.filter(|name| !name.is_empty()),
        lun: c.value("Lun")?.unwrap_or(0),
        size_gb: c.value("LogicalDiskSizeInGB")?,
        media_link: c.text("MediaLink")?.filter(|link| !link.is_empty()),
        source_media_link: c.text("SourceMediaLink")?,
    };
    c.text("IOType")?;
    Ok(disk)
}

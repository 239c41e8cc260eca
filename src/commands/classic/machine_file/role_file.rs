//! A machine in a file, as the old CLI's `vm export` wrote it and its `vm create-from` read it: the
//! role under the names of the SDK's JSON, without what the service decides anew.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::super::view;
use crate::backend::service_management::read::{ExtensionParameter, Role, Secret};
use crate::backend::service_management::{DecodeError, decode};

/// Why a file holds no machine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RoleFileError {
    /// The text is no JSON.
    #[error("it is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// The JSON is something else.
    #[error("it is not a machine: {0}")]
    NotARole(&'static str),
    /// A field is of another type.
    #[error("it is not a machine")]
    Field(#[from] DecodeError),
}

/// The machine as the file holds it.
pub fn to_json(role: &Role) -> Value {
    let mut role = role.clone();
    for disk in role.data_virtual_hard_disks.iter_mut().flatten() {
        disk.media_link = None;
        disk.io_type = None;
        disk.lun = disk.lun.filter(|lun| *lun != 0);
    }
    if let Some(disk) = &mut role.os_virtual_hard_disk {
        disk.media_link = None;
        disk.source_image_name = None;
        disk.io_type = None;
    }
    let mut json = view::json(&role);
    if let Some(lun) = json
        .pointer_mut("/dataVirtualHardDisks/0")
        .and_then(Value::as_object_mut)
        && !lun.contains_key("logicalUnitNumber")
    {
        lun.insert("logicalUnitNumber".to_owned(), "0".into());
    }
    for (at, reference) in role
        .resource_extension_references
        .iter()
        .flatten()
        .enumerate()
    {
        for (index, parameter) in reference
            .resource_extension_parameter_values
            .iter()
            .enumerate()
        {
            if let Some(text) = shown(parameter) {
                json["resourceExtensionReferences"][at]["resourceExtensionParameterValues"]
                    [index]["value"] = text.into();
            }
        }
    }
    json
}

/// Public settings as text; private ones are nobody's to see.
fn shown(parameter: &ExtensionParameter) -> Option<String> {
    if parameter.kind.as_deref() == Some("Private") {
        return None;
    }
    let bytes = STANDARD
        .decode(parameter.value.as_ref()?.expose().trim())
        .ok()?;
    String::from_utf8(bytes).ok()
}

/// Reads a file.
pub fn from_json(text: &str) -> Result<Role, RoleFileError> {
    let json: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(RoleFileError::NotJson)?;
    if !json.is_object() {
        return Err(RoleFileError::NotARole("it is not an object"));
    }
    let mut role: Role = decode(&json)?;
    if role.role_name.as_deref().is_none_or(str::is_empty) {
        return Err(RoleFileError::NotARole("roleName is missing"));
    }
    let has_disk = role.os_virtual_hard_disk.is_some() || role.vm_image_name.is_some();
    if !has_disk {
        return Err(RoleFileError::NotARole("oSVirtualHardDisk is missing"));
    }
    for reference in role.resource_extension_references.iter_mut().flatten() {
        for parameter in &mut reference.resource_extension_parameter_values {
            if let Some(value) = parameter.value.take() {
                parameter.value = Some(Secret::new(STANDARD.encode(value.expose())));
            }
        }
    }
    role.resource_extension_references = role
        .resource_extension_references
        .filter(|references| !references.is_empty());
    // The service refuses a thumbprint that it made itself.
    role.default_win_rm_certificate_thumbprint = None;
    role.os_version = None;
    Ok(role)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::service_management::Element;

    /// What the service tells of a machine.
    const ROLE: &str = r"<Role>
      <RoleName>web</RoleName><RoleType>PersistentVMRole</RoleType>
      <ConfigurationSets><ConfigurationSet>
        <ConfigurationSetType>NetworkConfiguration</ConfigurationSetType>
        <InputEndpoints><InputEndpoint>
          <LocalPort>22</LocalPort><Name>ssh</Name><Port>2222</Port><Protocol>tcp</Protocol>
          <Vip>10.1.2.3</Vip>
          <EndpointAcl><Rules><Rule><Order>1</Order><Action>permit</Action></Rule></Rules></EndpointAcl>
        </InputEndpoint></InputEndpoints>
        <SubnetNames><SubnetName>front</SubnetName></SubnetNames>
      </ConfigurationSet></ConfigurationSets>
      <ResourceExtensionReferences><ResourceExtensionReference>
        <ReferenceName>d</ReferenceName><Publisher>p</Publisher><Name>n</Name><Version>1.*</Version>
        <ResourceExtensionParameterValues><ResourceExtensionParameterValue>
          <Key>k</Key><Value>eyJhIjoxfQ==</Value><Type>Public</Type>
        </ResourceExtensionParameterValue></ResourceExtensionParameterValues>
        <State>Enable</State>
      </ResourceExtensionReference></ResourceExtensionReferences>
      <DataVirtualHardDisks><DataVirtualHardDisk>
        <HostCaching>None</HostCaching><DiskName>data</DiskName>
        <LogicalDiskSizeInGB>5</LogicalDiskSizeInGB><MediaLink>https://a/b.vhd</MediaLink>
        <IOType>Standard</IOType>
      </DataVirtualHardDisk></DataVirtualHardDisks>
      <OSVirtualHardDisk>
        <HostCaching>ReadWrite</HostCaching><DiskName>system</DiskName>
        <MediaLink>https://a/s.vhd</MediaLink><SourceImageName>image</SourceImageName><OS>Linux</OS>
      </OSVirtualHardDisk>
      <RoleSize>Small</RoleSize><ProvisionGuestAgent>true</ProvisionGuestAgent>
    </Role>";

    fn role() -> Role {
        decode(&Element::parse(ROLE).unwrap()).unwrap()
    }

    #[test]
    fn a_file_leaves_out_what_the_service_decides_anew() {
        let json = to_json(&role());

        assert_eq!(
            json["oSVirtualHardDisk"],
            serde_json::json!({"hostCaching": "ReadWrite", "name": "system", "operatingSystem": "Linux"})
        );
        assert_eq!(
            json["dataVirtualHardDisks"][0],
            serde_json::json!({
                "hostCaching": "None", "name": "data", "logicalDiskSizeInGB": 5, "logicalUnitNumber": "0"
            })
        );
        assert_eq!(
            json.pointer("/resourceExtensionReferences/0/resourceExtensionParameterValues/0/value"),
            Some(&Value::from(r#"{"a":1}"#))
        );
    }

    #[test]
    fn what_was_written_is_the_same_machine_when_read() {
        let text = to_json(&role()).to_string();

        let read = from_json(&text).unwrap();

        assert_eq!(to_json(&read).to_string(), text);
        let endpoint = &read.network().unwrap().input_endpoints.as_ref().unwrap()[0];
        assert_eq!(endpoint.port.as_deref(), Some("2222"));
        assert_eq!(endpoint.vip.as_deref(), Some("10.1.2.3"));
        assert_eq!(endpoint.endpoint_acl.as_ref().unwrap().rules.len(), 1);
        let parameter =
            &read.resource_extension_references.unwrap()[0].resource_extension_parameter_values[0];
        assert_eq!(parameter.value.as_ref().unwrap().expose(), "eyJhIjoxfQ==");
    }

    #[test]
    fn what_is_no_machine_is_refused() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"roleName":"web"}"#,
            r#"{"roleName":"web","oSVirtualHardDisk":{"resizedSizeInGB":"many"}}"#,
        ] {
            assert!(from_json(text).is_err(), "{text}");
        }
        let deep = format!("{}1{}", r#"{"a":"#.repeat(1000), "}".repeat(1000));
        assert!(matches!(from_json(&deep), Err(RoleFileError::NotJson(_))));
    }
}

//! The one table of how Resource Manager says no: the world's reasons as status, code and words.

use serde_json::{Value, json};

use crate::world::resource_manager::{Failure, InUse, NetworkRefusal, Path, Refusal, TagRefusal};

/// A request that is refused, as it is told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refused {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) target: Option<String>,
    pub(crate) details: Vec<Value>,
    /// Who refuses: `gateway` or `service`.
    pub(crate) cause: &'static str,
}

impl Refused {
    fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into(),
            target: None,
            details: Vec::new(),
            cause: "service",
        }
    }

    fn by_gateway(mut self) -> Self {
        self.cause = "gateway";
        self
    }

    fn target(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }

    /// What is below `error`.
    pub(crate) fn error(&self) -> Value {
        let mut error = json!({ "code": self.code, "message": self.message });
        if let Some(target) = &self.target {
            error["target"] = json!(target);
        }
        if !self.details.is_empty() {
            error["details"] = json!(self.details);
        }
        error
    }

    /// The body of the answer.
    pub(crate) fn document(&self) -> Value {
        json!({ "error": self.error() })
    }

    pub(super) fn not_modelled(what: &str) -> Self {
        Self::new(501, "NotImplemented", format!("{what} is not simulated.")).by_gateway()
    }

    pub(super) fn method(method: &str) -> Self {
        let words = format!("The requested resource does not support http method '{method}'.");
        Self::new(405, "HttpMethodNotAllowed", words).by_gateway()
    }

    pub(super) fn no_version() -> Self {
        Self::new(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        )
        .by_gateway()
    }

    pub(super) fn version(version: &str) -> Self {
        let known = crate::world::resource_manager::offers::providers::supported_versions();
        let words = format!(
            "The api-version '{version}' is invalid. The supported versions are '{}'.",
            known.join(",")
        );
        Self::new(400, "InvalidApiVersionParameter", words).by_gateway()
    }

    pub(super) fn no_guid(text: &str) -> Self {
        let words =
            format!("The provided subscription identifier '{text}' is malformed or invalid.");
        Self::new(400, "InvalidSubscriptionId", words).by_gateway()
    }

    pub(super) fn no_body() -> Self {
        Self::new(
            400,
            "MissingRequestBody",
            "The request body is missing. A request body is required.",
        )
        .by_gateway()
    }

    pub(super) fn content(why: &str) -> Self {
        let words =
            format!("The request content was invalid and could not be deserialized: '{why}'.");
        Self::new(400, "InvalidRequestContent", words).by_gateway()
    }

    pub(super) fn filter(text: &str) -> Self {
        let words = format!("Invalid $filter '{text}' specified in the query string.");
        Self::new(400, "InvalidFilterInQueryString", words).by_gateway()
    }

    pub(super) fn no_operation(id: &str) -> Self {
        Self::new(
            404,
            "NotFound",
            format!("The entity was not found. Operation '{id}'."),
        )
    }

    pub(super) fn no_namespace(name: &str) -> Self {
        let words = format!("The resource namespace '{name}' is invalid.");
        Self::new(404, "InvalidResourceNamespace", words).by_gateway()
    }

    pub(super) fn no_artifact(what: &str) -> Self {
        Self::new(404, "NotFound", format!("Artifact: {what} was not found."))
    }

    pub(super) fn no_location(location: &str) -> Self {
        Refusal::NoSuchLocation {
            wanted: location.to_owned(),
            kind: "locations".to_owned(),
        }
        .into()
    }
}

/// How the failure of an operation is told.
pub(super) fn failed(failure: &Failure) -> Refused {
    match failure {
        Failure::Arranged { code, message } => Refused::new(500, code, message.clone()),
        Failure::Refused(refusal) => Refused::from((**refusal).clone()),
        Failure::NoRoom => Refused::new(
            409,
            "AllocationFailed",
            "Allocation failed. We do not have sufficient capacity for the requested VM size in this region. Read more about improving likelihood of allocation success at http://aka.ms/allocation-guidance".to_owned(),
        ),
        Failure::Extension {
            machine: _,
            extension,
            message,
        } => Refused::new(
            409,
            "VMExtensionProvisioningError",
            format!(
                "VM has reported a failure when processing extension '{extension}'. Error message: \"{message}\""
            ),
        ),
        Failure::Deployment { id, inner } => {
            let details = inner.iter().map(|failure| {
                let refused = failed(failure);
                // What a provider calls a conflict is told as one, with its own words inside.
                if refused.status == 409 {
                    json!({
                        "code": "Conflict",
                        "message": format!("{:#}", refused.document()),
                    })
                } else {
                    refused.error()
                }
            });
            Refused {
                details: details.collect(),
                ..Refused::new(
                    409,
                    "DeploymentFailed",
                    "At least one resource deployment operation failed. Please list deployment operations for details. Please see https://aka.ms/arm-deployment-operations for usage details.",
                )
                .target(id.clone())
            }
        }
    }
}

fn not_found(path: &Path) -> Refused {
    let words = format!(
        "The Resource '{path}' under resource group '{}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
        path.group
    );
    Refused::new(404, "ResourceNotFound", words).by_gateway()
}

#[expect(clippy::too_many_lines, reason = "one arm for each reason")]
fn network(refusal: NetworkRefusal) -> Refused {
    use NetworkRefusal as N;
    let (code, words) = match refusal {
        N::Prefix { value, of } => (
            "InvalidAddressPrefixFormat",
            format!(
                "Address prefix {value} of resource {of} is not formatted correctly. It should follow CIDR notation, for example 10.0.0.0/24."
            ),
        ),
        N::SubnetOutside { subnet, network } => (
            "NetcfgInvalidSubnet",
            format!("Subnet '{subnet}' is not valid in virtual network '{network}'."),
        ),
        N::SubnetsOverlap { subnet, other } => (
            "NetcfgSubnetRangesOverlap",
            format!(
                "Subnet '{subnet}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network: '{other}'."
            ),
        ),
        N::SubnetTwice(name) | N::RuleTwice(name) => (
            "DuplicateResourceName",
            format!("Resource has two child resources with the same name ({name})."),
        ),
        N::SubnetFull(name) => (
            "SubnetIsFull",
            format!("Subnet {name} does not have enough capacity for 1 IP addresses."),
        ),
        N::DnsServer(server) => (
            "NetcfgInvalidDnsServer",
            format!("DNS server '{server}' is not a valid IP address."),
        ),
        N::Priority(priority) => (
            "SecurityRuleInvalidPriority",
            format!(
                "Security rule has invalid Priority. Value provided: {priority} Allowed range 100-4096."
            ),
        ),
        N::PortRange(range) => (
            "SecurityRuleInvalidPortRange",
            format!(
                "Security rule has invalid Port range. Value provided: {range}. Value should be an integer OR integer range with '-' delimiter. Valid range 0-65535."
            ),
        ),
        N::AddressPrefix(prefix) => (
            "SecurityRuleInvalidAddressPrefix",
            format!("Security rule has invalid Address prefix. Value provided: {prefix}"),
        ),
        N::LongDescription => (
            "SecurityRuleDescriptionTooLong",
            "Security rule description cannot exceed 140 chars.".to_owned(),
        ),
        N::RuleWord {
            rule,
            member,
            value,
        } => (
            "InvalidRequestFormat",
            format!("Security rule {rule} has an invalid value '{value}' for property '{member}'."),
        ),
        N::RuleConflict { rule, other } => (
            "SecurityRuleConflict",
            format!(
                "Security rule {rule} conflicts with rule {other}. Rules cannot have the same Priority and Direction."
            ),
        ),
        N::IdleTimeout(name) => (
            "PublicIPIdleTimeoutIsOutOfRange",
            format!(
                "Public IP address {name} has invalid Idle Timeout. The value must be between 4 and 30."
            ),
        ),
        N::Label(label) => (
            "InvalidDomainNameLabel",
            format!(
                "The domain name label {label} is invalid. It must conform to the following regular expression: ^[a-z][a-z0-9-]{{1,61}}[a-z0-9]$."
            ),
        ),
        N::LabelTaken(name) => (
            "DnsRecordInUse",
            format!("DNS record {name} is already used by another public IP."),
        ),
        N::NoConfiguration(name) => (
            "NetworkInterfaceMustHaveIpConfiguration",
            format!("Network interface {name} must have at least one IP configuration."),
        ),
        N::NoSubnet(of) => (
            "InvalidRequestFormat",
            format!("IP configuration {of} has no subnet."),
        ),
        N::PrivateAddress(address) => (
            "InvalidPrivateIPAddressFormat",
            format!("Private static IP address value {address} is invalid."),
        ),
        N::PrivateAddressOutside { address, subnet } => (
            "PrivateIPAddressNotInSubnet",
            format!(
                "Private static IP address {address} does not belong to the range of subnet {subnet}."
            ),
        ),
        // .NET's and Java's SDKs take this code for a plain no.
        N::PrivateAddressInNoSubnet { address, network } => (
            "PrivateIPAddressNotInAnySubnet",
            format!(
                "Private static IP address {address} does not belong to the range of any subnet in virtual network {network}."
            ),
        ),
        N::PrivateAddressTaken { address, of } => (
            "PrivateIPAddressInUse",
            format!(
                "IP configuration {of} is using the private IP address {address} which is already allocated to another resource."
            ),
        ),
    };
    Refused::new(400, code, words)
}

fn in_use(refusal: InUse) -> Refused {
    match refusal {
        InUse::Interface { id, by } => Refused::new(
            400,
            "NicInUse",
            format!(
                "Network Interface {id} is used by existing resource {by}. In order to delete the network interface, it must be dissociated from the resource. To learn more, see aka.ms/deletenic."
            ),
        ),
        InUse::PublicAddress { id, by } => Refused::new(
            400,
            "PublicIPAddressCannotBeDeleted",
            format!(
                "Public IP address {id} can not be deleted since it is still allocated to resource {by}. In order to delete the public IP, disassociate/detach the Public IP address from the resource. To learn how to do this, see aka.ms/deletepublicip."
            ),
        ),
        InUse::PublicAddressTaken { id, of } => Refused::new(
            400,
            "PublicIPAddressInUse",
            format!(
                "Resource {of} is referencing public IP address {id} that is already allocated to another resource."
            ),
        ),
        InUse::Subnet { name, by } => Refused::new(
            400,
            "InUseSubnetCannotBeDeleted",
            format!(
                "Subnet {name} is in use by {by} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet."
            ),
        ),
        InUse::SecurityGroup { id, by } => Refused::new(
            400,
            "InUseNetworkSecurityGroupCannotBeDeleted",
            format!(
                "Network security group {id} cannot be deleted because it is in use by the following resources: {by}. In order to delete the Network security group, remove the association with the resource(s). To learn how to do this, see aka.ms/deletensg."
            ),
        ),
        InUse::Disk { name, by } => Refused::new(
            409,
            "OperationNotAllowed",
            format!("Disk {name} is attached to VM {by}."),
        ),
        InUse::DiskTaken { name, by } => Refused::new(
            409,
            "ConflictingUserInput",
            format!("Disk '{name}' cannot be attached as the disk is already owned by VM '{by}'."),
        ),
        InUse::AvailabilitySet(name) => Refused::new(
            409,
            "OperationNotAllowed",
            format!(
                "Availability Set {name} cannot be deleted. Before deleting an Availability Set please ensure that it does not contain any VM."
            ),
        ),
    }
}

fn tag(refusal: TagRefusal) -> Refused {
    use TagRefusal as T;
    let (status, code, words) = match refusal {
        T::ReservedLetters(names) => (
            400,
            "InvalidTagNameCharacters",
            format!(
                "The tag names '{}' have reserved characters '<,>,%,&,\\,?,/' or control characters.",
                names.join(", ")
            ),
        ),
        T::NotDefined(name) => (
            404,
            "PredefinedTagNameNotFound",
            format!("Predefined tag name '{name}' could not be found."),
        ),
        T::NameUsed(name) => (
            409,
            "Conflict",
            format!(
                "The tag name '{name}' cannot be deleted. It is associated to one or more resources."
            ),
        ),
        T::HasValues(name) => (
            409,
            "Conflict",
            format!("The tag name '{name}' cannot be deleted. It has one or more tag values."),
        ),
        T::ValueUsed { name, value } => (
            409,
            "Conflict",
            format!(
                "The tag cannot be deleted. It is associated to one or more resources. Tag name '{name}' and tag value '{value}'."
            ),
        ),
        T::NoTagsOn(kind) => (
            400,
            "TagsNotSupported",
            format!("The resource type '{kind}' does not support tags."),
        ),
    };
    Refused::new(status, code, words).by_gateway()
}

impl From<Refusal> for Refused {
    #[expect(clippy::too_many_lines, reason = "one arm for each reason")]
    fn from(refusal: Refusal) -> Self {
        use Refusal as R;
        match refusal {
            R::NoSubscription(id) => {
                let words = format!("The subscription '{id}' could not be found.");
                Self::new(404, "SubscriptionNotFound", words).by_gateway()
            }
            R::NoGroup(name) => {
                let words = format!("Resource group '{name}' could not be found.");
                Self::new(404, "ResourceGroupNotFound", words).by_gateway()
            }
            R::NoResource(path) => not_found(&path),
            R::NoChild(id) => Self::new(404, "NotFound", format!("Resource {id} not found.")),
            R::NoParent { path, parent } => {
                let words = format!(
                    "Failed to perform 'write' on resource(s) of type '{}', because the parent resource '{parent}' could not be found.",
                    path.kind.short()
                );
                Self::new(404, "ParentResourceNotFound", words).by_gateway()
            }
            R::NoDeployment(name) => {
                let words = format!("Deployment '{name}' could not be found.");
                Self::new(404, "DeploymentNotFound", words).by_gateway()
            }
            R::GroupElsewhere { wanted, here } => {
                let words = format!("Invalid resource group location '{wanted}'. The Resource group already exists in location '{here}'.");
                Self::new(409, "InvalidResourceGroupLocation", words).by_gateway()
            }
            R::GroupGoing(name) => {
                let words = format!("The resource group '{name}' is in deprovisioning state and cannot perform this operation.");
                Self::new(409, "ResourceGroupBeingDeleted", words).by_gateway()
            }
            R::GroupInUse { group, id, by } => {
                let words = format!("Deletion of resource group '{group}' did not finish: the resource {id} is used by {by}, and could not be deleted.");
                Self::new(409, "ResourceGroupDeletionBlocked", words).by_gateway()
            }
            R::InvalidGroupName(name) => {
                let words = format!("Resource group name '{name}' is not valid: it may have up to 90 letters, digits, '_', '-', '.', '(' and ')', and does not end with '.'.");
                Self::new(400, "InvalidResourceGroup", words).by_gateway()
            }
            R::ResourceElsewhere { name, group, wanted, here } => {
                let words = format!("The resource '{name}' already exists in location '{here}' in resource group '{group}'. A resource with the same name cannot be created in location '{wanted}'. Please select a new resource name.");
                Self::new(409, "InvalidResourceLocation", words).by_gateway()
            }
            R::InvalidName(path) => {
                let words = format!("Resource name {} is invalid. The name can be up to 80 characters long. It must begin with a word character, and it must end with a word character or with '_'. The name may contain word characters or '.', '-', '_'.", path.last());
                Self::new(400, "InvalidResourceName", words)
            }
            R::NoLocation => Self::new(
                400,
                "LocationRequired",
                "The location property is required for this definition.",
            )
            .by_gateway(),
            R::NoSuchLocation { wanted, kind } => {
                let is_group = kind == "resourceGroups";
                let code = if is_group {
                    "LocationNotAvailableForResourceGroup"
                } else {
                    "LocationNotAvailableForResourceType"
                };
                let regions = crate::world::resource_manager::offers::regions::REGIONS;
                let names: Vec<_> = regions.iter().map(|region| region.name).collect();
                let names = names.join(",");
                let words = if is_group {
                    format!("The provided location '{wanted}' is not available for resource group. List of available regions is '{names}'.")
                } else {
                    format!("The provided location '{wanted}' is not available for resource type '{kind}'. List of available regions for the resource type is '{names}'.")
                };
                Self::new(400, code, words).by_gateway()
            }
            R::Unregistered(namespace) => {
                let words = format!("The subscription is not registered to use namespace '{namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.");
                let mut refused =
                    Self::new(409, "MissingSubscriptionRegistration", words.clone()).by_gateway();
                refused.details = vec![json!({
                    "code": "MissingSubscriptionRegistration",
                    "target": namespace,
                    "message": words,
                })];
                refused
            }
            R::Content(why) => Self::content(&why),
            R::Parameter { target, message } => {
                Self::new(400, "InvalidParameter", message).target(target)
            }
            R::Reference { of, to } => Self::new(
                400,
                "InvalidResourceReference",
                format!("Resource {to} referenced by resource {of} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region."),
            ),
            R::MalformedReference { value, place } => Self::new(
                400,
                "LinkedInvalidPropertyId",
                format!("Property id '{value}' at path '{place}' is invalid. Expect fully qualified resource Id that start with '/subscriptions/{{subscriptionId}}' or '/providers/{{resourceProviderNamespace}}/'."),
            )
            .by_gateway(),
            R::Network(refusal) => network(refusal),
            R::InUse(refusal) => in_use(refusal),
            R::Quota { location, family, limit, used, more } => Self::new(
                409,
                "OperationNotAllowed",
                format!(
                    "Operation could not be completed as it results in exceeding approved {} quota. Additional details - Deployment Model: Resource Manager, Location: {location}, Current Limit: {limit}, Current Usage: {used}, Additional Required: {more}, (Minimum) New Limit Required: {}.",
                    family.map_or_else(|| "Total Regional Cores".to_owned(), |family| format!("{family} Cores")),
                    used.saturating_add(more)
                ),
            ),
            R::UnknownSize { size } => {
                let sizes = crate::world::resource_manager::offers::sizes::all();
                let sizes: Vec<_> = sizes
                    .map(crate::world::resource_manager::offers::sizes::Size::name)
                    .collect();
                Self::new(
                    400,
                    "InvalidParameter",
                    format!("The value {size} provided for the VM size is not valid. The valid sizes in the current region are: {}.", sizes.join(", ")),
                )
                .target("vmSize")
            }
            R::SizeNotOffered { size, location } => Self::new(
                409,
                "SkuNotAvailable",
                format!("The requested VM size for resource 'Following SKUs have failed for Capacity Restrictions: {size}' is currently not available in location '{location}'. Please try another size or deploy to a different location or different zone. See https://aka.ms/azureskunotavailable for details."),
            ),
            R::SizeOfOtherGeneration { size, generation } => Self::new(
                400,
                "BadRequest",
                format!("The selected VM size '{size}' cannot boot Hypervisor Generation '{generation}'. If this was a Create operation please check that the Hypervisor Generation of the Image matches the Hypervisor Generation of the selected VM Size. If this was an Update operation please select a Hypervisor Generation '{generation}' VM Size. For more information, see https://aka.ms/azuregen2vm"),
            ),
            R::SizeOfOtherProcessor { size, takes, given } => Self::new(
                400,
                "BadRequest",
                format!("Cannot create a VM of size '{size}' because this VM size only supports a CPU Architecture of '{takes}', but an image or disk with CPU Architecture '{given}' was given. Please check that the CPU Architecture of the image or disk is compatible with that of the VM size."),
            ),
            R::NoImage(urn) => Self::new(
                404,
                "PlatformImageNotFound",
                format!("The platform image '{urn}' is not available. Verify that all fields in the storage profile are correct. For more details about storage profile information, please refer to https://aka.ms/storageprofile"),
            )
            .target("imageReference"),
            R::PrimaryInterface(machine) => Self::new(
                400,
                "VirtualMachineMustHaveOneNetworkInterfaceAsPrimary",
                format!("Virtual machine {machine} must have one network interface set as the primary."),
            ),
            R::DiskExists(name) => Self::new(
                409,
                "ConflictingUserInput",
                format!("Disk {name} already exists in the resource group. Only CreateOption.Attach is supported."),
            ),
            R::AccountTaken(name) => Self::new(
                409,
                "StorageAccountAlreadyTaken",
                format!("The storage account named {name} is already taken."),
            ),
            R::TooManyDisks { most } => Self::new(
                409,
                "OperationNotAllowed",
                format!("The maximum number of data disks allowed to be attached to a VM of this size is {most}."),
            )
            .target("dataDisks"),
            R::DiskShrinks(id) => Self::new(
                400,
                "BadRequest",
                format!(
                    "The disk/snapshot resource with id {id} cannot be resized down. Reducing disk/snapshot size is not supported in Azure to prevent data loss. If you do need to reduce the size of the disk, please create new snapshot/disks with the appropriate size. More information is available at https://aka.ms/AzureDisksFAQ."
                ),
            ),
            R::NoAccountKey(_) => Self::new(
                400,
                "InvalidValuesForRequestParameters",
                "Values for request parameters are invalid: keyName.".to_owned(),
            ),
            R::FixedProperty(property) => Self::new(
                409,
                "PropertyChangeNotAllowed",
                format!("Changing property '{property}' is not allowed."),
            )
            .target(property),
            R::Stopped(name) => Self::new(
                409,
                "OperationNotAllowed",
                format!("The operation requires the VM to be running (or set to run). The VM '{name}' is not running."),
            ),
            R::Running(name) => Self::new(
                409,
                "OperationNotAllowed",
                format!("Operation 'Generalize' is not allowed on VM '{name}' since the VM is running."),
            ),
            R::Generalized(name) => Self::new(
                409,
                "OperationNotAllowed",
                format!("Operation 'start' is not allowed on VM '{name}' since the VM is generalized."),
            ),
            R::NotGeneralized(name) => Self::new(
                409,
                "OperationNotAllowed",
                format!("Capturing VM '{name}' is not allowed since it is not generalized."),
            ),
            R::ExtensionTwice(system) => Self::new(
                400,
                "BadRequest",
                format!("Multiple VMExtensions per handler not supported for OS type '{system}'."),
            ),
            R::ExtensionAtRest => Self::new(
                409,
                "OperationNotAllowed",
                "Cannot modify extensions in the VM when the VM is not running.",
            ),
            R::DeploymentRuns(name) => Self::new(
                409,
                "DeploymentActive",
                format!("Unable to edit or replace deployment '{name}': previous deployment is still active. Please see https://aka.ms/arm-deploy for usage details."),
            )
            .by_gateway(),
            R::DeploymentIsOver(name) => Self::new(
                409,
                "DeploymentCannotBeCancelled",
                format!("The deployment '{name}' cannot be cancelled because it is not active."),
            )
            .by_gateway(),
            R::Template { code, message } => Self::new(400, &code, message).by_gateway(),
            R::Preflight { deployment, tracking, inner } => Self {
                details: inner
                    .into_iter()
                    .map(|refusal| Self::from(refusal).error())
                    .collect(),
                ..Self::new(
                    400,
                    "InvalidTemplateDeployment",
                    format!("The template deployment '{deployment}' is not valid according to the validation procedure. The tracking id is '{tracking}'. See inner errors for details."),
                )
                .by_gateway()
            },
            R::Tag(refusal) => tag(refusal),
            R::Precondition => Self::new(
                412,
                "PreconditionFailed",
                "The condition specified using HTTP conditional header(s) is not met.",
            ),
            R::NoAddressLeft => Self::new(
                409,
                "PublicIPCountLimitReached",
                "Cannot create more public IP addresses for this subscription in this region.",
            ),
            R::NotModelled(what) => Self::not_modelled(&what),
            R::NotWritten(why) => {
                Self::new(507, "InsufficientStorage", format!("The state file cannot be written: {why}"))
            }
        }
    }
}

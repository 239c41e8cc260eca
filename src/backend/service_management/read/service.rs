//! Cloud services and what belongs to them.

use super::super::record::{one, record};
use super::super::value::Moment;
use super::deployment::Deployment;
use super::place::ComputeCapabilities;
use super::properties::Properties;

record! {
    /// A cloud service: a public name with room for a deployment.
    pub struct HostedService {
        /// Its deployments, told when the details are asked for.
        deployments: Vec<Deployment> = "Deployments",
        /// Its address in the management API.
        url: Option<String> = "Url",
        /// Its name.
        service_name: String = "ServiceName",
        /// Where and what it is.
        properties: HostedServiceProperties = "HostedServiceProperties",
        /// Which sizes it can hold.
        compute_capabilities: Option<ComputeCapabilities> = "ComputeCapabilities",
    }

    /// Where and what a cloud service is.
    #[derive(PartialEq, Eq)]
    pub struct HostedServiceProperties {
        /// What the service itself notes, such as `ResourceGroup`.
        extended_properties: Properties = "ExtendedProperties",
        /// What its owner says of it.
        description: Option<String> = "Description",
        /// The affinity group that it lies in.
        affinity_group: Option<String> = "AffinityGroup",
        /// The location that it lies in.
        location: Option<String> = "Location",
        /// Its label, decoded.
        label: Option<String> = one("Label").base64(),
        /// For instance `Created`.
        status: Option<String> = "Status",
        /// When it was made.
        date_created: Option<Moment> = "DateCreated",
        /// When it was last changed.
        date_last_modified: Option<Moment> = "DateLastModified",
        /// The name that its address resolves back to.
        reverse_dns_fqdn: Option<String> = "ReverseDnsFqdn",
    }

    /// A certificate that lies in a cloud service.
    #[derive(PartialEq, Eq)]
    pub struct ServiceCertificate {
        /// Its address in the management API.
        certificate_url: String = "CertificateUrl",
        /// SHA-1 of the certificate, upper-case hexadecimal.
        thumbprint: String = "Thumbprint",
        /// `sha1`.
        thumbprint_algorithm: String = "ThumbprintAlgorithm",
        /// The public part, DER in base64.
        data: String = "Data",
    }

    /// Whether a name is free.
    #[derive(PartialEq, Eq)]
    pub struct Availability {
        /// Is it free?
        is_available: bool = "Result",
        /// Why it is not.
        reason: Option<String> = "Reason",
    }
}

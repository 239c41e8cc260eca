//! Images and disks.

use super::super::record::record;
use super::super::value::Moment;

record! {
    /// An image of an operating system's disk.
    #[derive(PartialEq, Eq)]
    pub struct OsImage {
        /// The affinity group it lies in.
        affinity_group: Option<String> = "AffinityGroup",
        /// `Public`, `User` or a publisher's own.
        category: Option<String> = "Category",
        /// Its name for people.
        label: Option<String> = "Label",
        /// Where it can be used, joined by `;`.
        location: Option<String> = "Location",
        /// Its size, in GB.
        logical_size_in_gb: Option<u32> = "LogicalSizeInGB",
        /// Where it lies; told of one's own images alone.
        media_link: Option<String> = "MediaLink",
        /// Its name.
        name: String = "Name",
        /// `Linux` or `Windows`.
        os: Option<String> = "OS",
        /// What its user agrees to.
        eula: Option<String> = "Eula",
        /// What it is.
        description: Option<String> = "Description",
        /// The family it is a release of.
        image_family: Option<String> = "ImageFamily",
        /// Does the portal show it?
        show_in_gui: Option<bool> = "ShowInGui",
        /// When it was published.
        published_date: Option<Moment> = "PublishedDate",
        /// Does it cost extra?
        is_premium: Option<bool> = "IsPremium",
        /// How it treats its user's data.
        privacy_uri: Option<String> = "PrivacyUri",
        /// The size it wants.
        recommended_vm_size: Option<String> = "RecommendedVMSize",
        /// Who published it.
        publisher_name: Option<String> = "PublisherName",
        /// What it costs.
        pricing_detail_link: Option<String> = "PricingDetailLink",
        /// Its picture.
        small_icon_uri: Option<String> = "SmallIconUri",
        /// Its language.
        language: Option<String> = "Language",
        /// For instance `Standard_LRS`.
        io_type: Option<String> = "IOType",
        /// `Generalized` or `Specialized`.
        os_state: Option<String> = "OSState",
    }

    /// An image of a whole machine.
    #[derive(PartialEq, Eq)]
    pub struct VmImage {
        /// Its data disks.
        data_disk_configurations: Vec<DataDiskConfiguration> = "DataDiskConfigurations",
        /// Its name.
        name: String = "Name",
        /// Its name for people.
        label: Option<String> = "Label",
        /// `Public`, `User` or a publisher's own.
        category: Option<String> = "Category",
        /// What it is.
        description: Option<String> = "Description",
        /// The disk it boots from.
        os_disk_configuration: Option<OsDiskConfiguration> = "OSDiskConfiguration",
        /// The cloud service it was captured in.
        service_name: Option<String> = "ServiceName",
        /// The deployment it was captured in.
        deployment_name: Option<String> = "DeploymentName",
        /// The machine it was captured from.
        role_name: Option<String> = "RoleName",
        /// The affinity group it lies in.
        affinity_group: Option<String> = "AffinityGroup",
        /// Where it can be used, joined by `;`.
        location: Option<String> = "Location",
        /// When it was made.
        created_time: Option<Moment> = "CreatedTime",
        /// When it was last changed.
        modified_time: Option<Moment> = "ModifiedTime",
        /// Its language.
        language: Option<String> = "Language",
        /// The family it is a release of.
        image_family: Option<String> = "ImageFamily",
        /// The size it wants.
        recommended_vm_size: Option<String> = "RecommendedVMSize",
        /// Does it cost extra?
        is_premium: Option<bool> = "IsPremium",
        /// What its user agrees to.
        eula: Option<String> = "Eula",
        /// Its picture.
        icon_uri: Option<String> = "IconUri",
        /// Its small picture.
        small_icon_uri: Option<String> = "SmallIconUri",
        /// How it treats its user's data.
        privacy_uri: Option<String> = "PrivacyUri",
        /// Who published it.
        publisher_name: Option<String> = "PublisherName",
        /// When it was published.
        published_date: Option<Moment> = "PublishedDate",
        /// Does the portal show it?
        show_in_gui: Option<bool> = "ShowInGui",
        /// What it costs.
        pricing_detail_link: Option<String> = "PricingDetailLink",
    }

    /// The disk that machines of an image boot from.
    #[derive(PartialEq, Eq)]
    pub struct OsDiskConfiguration {
        /// Its name.
        name: Option<String> = "Name",
        /// `None`, `ReadOnly` or `ReadWrite`.
        host_caching: Option<String> = "HostCaching",
        /// `Generalized` or `Specialized`.
        os_state: Option<String> = "OSState",
        /// `Linux` or `Windows`.
        os: Option<String> = "OS",
        /// Where it lies.
        media_link: Option<String> = "MediaLink",
        /// Its size, in GB.
        logical_disk_size_in_gb: Option<u32> = "LogicalDiskSizeInGB",
        /// For instance `Standard_LRS`.
        io_type: Option<String> = "IOType",
    }

    /// A data disk that machines of an image get.
    #[derive(PartialEq, Eq)]
    pub struct DataDiskConfiguration {
        /// Its name.
        name: Option<String> = "Name",
        /// `None`, `ReadOnly` or `ReadWrite`.
        host_caching: Option<String> = "HostCaching",
        /// Its number.
        lun: Option<u32> = "Lun",
        /// Where it lies.
        media_link: Option<String> = "MediaLink",
        /// Its size, in GB.
        logical_disk_size_in_gb: Option<u32> = "LogicalDiskSizeInGB",
        /// For instance `Standard_LRS`.
        io_type: Option<String> = "IOType",
    }

    /// A disk.
    #[derive(PartialEq, Eq)]
    pub struct Disk {
        /// The affinity group it lies in.
        affinity_group: Option<String> = "AffinityGroup",
        /// The location it lies in.
        location: Option<String> = "Location",
        /// Its name for people.
        label: Option<String> = "Label",
        /// Its size, in GB.
        logical_size_in_gb: Option<u32> = "LogicalDiskSizeInGB",
        /// Where it lies.
        media_link: Option<String> = "MediaLink",
        /// Its name.
        name: String = "Name",
        /// `Linux` or `Windows`; absent on data disks.
        os: Option<String> = "OS",
        /// The image it was made from.
        source_image_name: Option<String> = "SourceImageName",
        /// The machine it is attached to.
        attached_to: Option<AttachedTo> = "AttachedTo",
        /// Is it broken?
        is_corrupted: Option<bool> = "IsCorrupted",
        /// Does it cost extra?
        is_premium: Option<bool> = "IsPremium",
        /// For instance `Standard`.
        io_type: Option<String> = "IOType",
    }

    /// The machine that a disk is attached to.
    #[derive(PartialEq, Eq)]
    pub struct AttachedTo {
        /// Its cloud service.
        hosted_service_name: Option<String> = "HostedServiceName",
        /// Its deployment.
        deployment_name: Option<String> = "DeploymentName",
        /// Its name.
        role_name: Option<String> = "RoleName",
    }
}

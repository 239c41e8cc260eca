//! OS images and VM images.

use crate::world::catalogue::role_size;
use crate::world::{
    Image, ImageKind, ImageUpdate, Name, NewImage, NewVmImage, NewVmImageDataDisk, OsState,
    VmImage, image, image_spread,
};

use super::contract::Cursor;
use super::members::read_caching;
use super::role_reader::OPERATING_SYSTEMS;
use super::route::{Route, routes};
use super::writer::{Xml, element, seconds};
use super::{Answer, Call, Refused};

pub(super) const ROUTES: &[Route] = routes! {
    below "/services";
    GET "/images": "List OS Images" => list;
    POST "/images": "Add OS Image" => create;
    GET "/images/{name}": "Get OS Image" => get;
    DELETE "/images/{name}": "Delete OS Image" => delete;
    PUT "/images/{name}": "Update OS Image" => update;
    GET "/images/{name}/details": "Get OS Image Details" => details;
    PUT "/images/{name}/replicate": "Replicate OS Image" => replicate;
    PUT "/images/{name}/unreplicate": "Unreplicate OS Image" => unreplicate;
    PUT "/images/{name}/shareasync": "Share OS Image" => share;
    GET "/vmimages": "List VM Images" => list_vm;
    POST "/vmimages": "Create VM Image" => create_vm;
    PUT "/vmimages/{name}": "Update VM Image" => update_vm;
    DELETE "/vmimages/{name}": "Delete VM Image" => delete_vm;
    GET "/vmimages/{name}/details": "Get VM Image Details" => vm_details;
    PUT "/vmimages/{name}/replicate": "Replicate VM Image" => replicate;
    PUT "/vmimages/{name}/unreplicate": "Unreplicate VM Image" => unreplicate;
    PUT "/vmimages/{name}/shareasync": "Share VM Image" => share;
};

/// Whether a system was prepared for new machines.
pub(crate) const OS_STATES: &[(&str, OsState)] = &[
    ("Generalized", OsState::Generalized),
    ("Specialized", OsState::Specialized),
];

/// What the service writes where an image has no date.
const NO_DATE: &str = "1801-01-01T00:00:00Z";

/// The members of a new OS image.
const NEW_IMAGE: &[&str] = &[
    "Label",
    "MediaLink",
    "Name",
    "OS",
    "Eula",
    "Description",
    "ImageFamily",
    "PublishedDate",
    "IsPremium",
    "ShowInGui",
    "PrivacyUri",
    "IconUri",
    "RecommendedVMSize",
    "SmallIconUri",
    "Language",
];
/// The members of a VM image that is to be changed.
const UPDATED_VM_IMAGE: &[&str] = &[
    "Label",
    "OSDiskConfiguration",
    "DataDiskConfigurations",
    "Description",
    "Language",
    "ImageFamily",
    "RecommendedVMSize",
    "Eula",
    "IconUri",
    "SmallIconUri",
    "PrivacyUri",
    "PublishedDate",
    "ShowInGui",
];
/// The members of a new VM image.
const NEW_VM_IMAGE: &[&str] = &[
    "Name",
    "Label",
    "Description",
    "OSDiskConfiguration",
    "DataDiskConfigurations",
    "Language",
    "ImageFamily",
    "RecommendedVMSize",
    "Eula",
    "IconUri",
    "SmallIconUri",
    "PrivacyUri",
    "PublishedDate",
    "ShowInGui",
];

/// List OS Images.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let images = call.here().images().into_iter().map(describe);
    Ok(Answer::Document(element("Images").all(images)))
}

/// Get OS Image.
pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    Ok(Answer::Document(describe(call.here().image(call.name(0))?)))
}

fn describe(image: &Image) -> Xml {
    describe_as("OSImage", image)
}

fn describe_as(root: &'static str, image: &Image) -> Xml {
    let own = image.kind == ImageKind::User;
    let told = |text: &String| (!own || !text.is_empty()).then(|| text.clone());
    element(root)
        .text("Category", image.kind.as_str())
        .text("Label", &image.label)
        .text("Location", &image.location)
        .text("LogicalSizeInGB", image.size_gb)
        .maybe_text("MediaLink", image.media_link.as_deref())
        .text("Name", &image.name)
        .text("OS", image.os)
        .maybe_text("Eula", image.eula.as_deref())
        .maybe_text("Description", told(&image.description))
        .maybe_text("ImageFamily", image.family.as_deref())
        .maybe_text("ShowInGui", image.show_in_gui)
        .maybe_text("PublishedDate", image.published.map(seconds))
        .text("IsPremium", image.is_premium)
        .maybe_text("IconUri", image.icon_uri.as_deref())
        .maybe_text("PrivacyUri", image.privacy_uri.as_deref())
        .maybe_text("RecommendedVMSize", image.recommended_size.as_deref())
        .maybe_text("PublisherName", image.publisher.as_deref())
        .maybe_text("SmallIconUri", image.small_icon_uri.as_deref())
        .maybe_text("Language", image.language.as_deref())
        .maybe_text("OSState", own.then_some("Generalized"))
        .text("IOType", image.io_type)
}

/// Add OS Image.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let new = call.document("OSImage")?.read(NEW_IMAGE, |c| {
        let label = c.required("Label")?;
        let media_link = c.required("MediaLink")?;
        let name = c.required("Name")?;
        let os = c.expect("OS")?.word(OPERATING_SYSTEMS)?;
        let eula = c.text("Eula")?;
        let description = c.text("Description")?;
        let family = c.text("ImageFamily")?;
        c.value::<jiff::Timestamp>("PublishedDate")?;
        let is_premium = c.boolean("IsPremium")?.unwrap_or(false);
        let show_in_gui = c.boolean("ShowInGui")?;
        let privacy_uri = c.text("PrivacyUri")?;
        c.text::<String>("IconUri")?;
        let recommended_size = c.text("RecommendedVMSize")?;
        c.text::<String>("SmallIconUri")?;
        let language = c.text("Language")?;
        Ok(NewImage {
            name,
            label,
            media_link,
            os,
            eula,
            description,
            family,
            is_premium,
            show_in_gui,
            privacy_uri,
            recommended_size,
            language,
        })
    })?;
    check_recommended(new.recommended_size.as_ref().map(Name::as_str))?;
    let name = new.name.clone();
    call.perform(image::Command::Create { new })?;
    Ok(Answer::Document(describe(call.here().image(&name)?)))
}

/// A size that is suggested is one that there is.
fn check_recommended(size: Option<&str>) -> Result<(), Refused> {
    match size {
        Some(size) if !size.is_empty() && role_size(size).is_none() => {
            Err(Refused::parameter(format!("RecommendedVMSize: `{size}`")))
        }
        _ => Ok(()),
    }
}

/// Update OS Image.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let update = call.document("OSImage")?.read(NEW_IMAGE, read_update)?;
    check_recommended(update.recommended_size.as_ref().map(Name::as_str))?;
    let [name] = call.owned();
    call.perform(image::Command::Update { name, update })?;
    let image = call.here().image(call.name(0))?;
    Ok(Answer::Document(describe(image)))
}

/// Update VM Image.
pub(crate) fn update_vm(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let update = call
        .document("VMImage")?
        .read(UPDATED_VM_IMAGE, read_update)?;
    check_recommended(update.recommended_size.as_ref().map(Name::as_str))?;
    let [name] = call.owned();
    call.perform(image::Command::UpdateVm { name, update })?;
    Ok(Answer::Done)
}

/// What of an image can be changed; the rest is looked over.
fn read_update(c: &Cursor<'_>) -> Result<ImageUpdate, Refused> {
    c.value::<jiff::Timestamp>("PublishedDate")?;
    Ok(ImageUpdate {
        label: c.required("Label")?,
        eula: c.text("Eula")?,
        description: c.text("Description")?,
        family: c.text("ImageFamily")?,
        show_in_gui: c.boolean("ShowInGui")?,
        privacy_uri: c.text("PrivacyUri")?,
        recommended_size: c.text("RecommendedVMSize")?,
        language: c.text("Language")?,
    })
}

/// Get OS Image Details.
pub(crate) fn details(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let image = call.here().image(call.name(0))?;
    let shown = describe_as("OSImageDetails", image);
    Ok(Answer::Document(with_spread(call, shown, &image.name)))
}

/// Get VM Image Details.
pub(crate) fn vm_details(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let name = call.name(0);
    let image = call
        .here()
        .vm_image(name)
        .ok_or_else(|| Refused::resource(format!("VM image `{name}`")))?;
    let spread = call.here().spread(&image.name);
    let shown =
        describe_vm_as("VMImageDetails", image).maybe_text("SharingStatus", spread.permission);
    Ok(Answer::Document(with_spread(call, shown, &image.name)))
}

/// Copies are there as soon as they are asked for.
fn with_spread(call: &Call<'_>, shown: Xml, name: &str) -> Xml {
    let spread = call.here().spread(name);
    let progress = spread.regions.iter().map(|region| {
        element("ReplicationProgressElement")
            .text("Location", region)
            .text("Progress", 100)
    });
    let attributes = spread.published_as.map(|[offer, sku, version]| {
        element("ComputeImageAttributes")
            .text("Offer", offer)
            .text("Sku", sku)
            .text("Version", version)
    });
    shown
        .text("IsCorrupted", false)
        .with(element("ReplicationProgress").all(progress.collect::<Vec<_>>()))
        .maybe(attributes)
}

/// Replicate OS Image, Replicate VM Image: the answer is the image's name, of no name space of
/// the API's.
pub(crate) fn replicate(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let members = &[
        "TargetLocations",
        "ComputeImageAttributes",
        "MarketplaceImageAttributes",
    ];
    let (regions, published_as) = call.document("ReplicationInput")?.read(members, |c| {
        let regions = c
            .expect("TargetLocations")?
            .list("Region", |e| e.text().map(Name::from))?;
        let attributes =
            c.expect("ComputeImageAttributes")?
                .read(&["Offer", "Sku", "Version"], |c| {
                    Ok([
                        c.required("Offer")?,
                        c.required("Sku")?,
                        c.required("Version")?,
                    ])
                })?;
        Ok((regions, attributes))
    })?;
    let [name] = call.owned();
    call.perform(image_spread::Command::Replicate {
        name,
        regions,
        published_as,
    })?;
    let name = quick_xml::escape::escape(call.name(0)).into_owned();
    Ok(Answer::Text {
        content_type: "application/xml; charset=utf-8",
        text: format!(
            "<string xmlns=\"http://schemas.microsoft.com/2003/10/Serialization/\">{name}</string>"
        ),
    })
}

/// Unreplicate OS Image, Unreplicate VM Image.
pub(crate) fn unreplicate(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let [name] = call.owned();
    call.perform(image_spread::Command::Unreplicate { name })?;
    Ok(Answer::Done)
}

/// Share OS Image, Share VM Image.
pub(crate) fn share(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let permission = call.parameter("permission").unwrap_or_default().to_owned();
    if permission.is_empty() {
        return Err(Refused::query("permission is missing"));
    }
    let [name] = call.owned();
    call.perform(image_spread::Command::Share { name, permission })?;
    Ok(Answer::Accepted)
}

/// Delete OS Image.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refused> {
    call.with_media()?;
    let [name] = call.owned();
    call.perform(image::Command::Delete { name })?;
    Ok(Answer::Done)
}

/// List VM Images.
pub(crate) fn list_vm(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let images = call.here().vm_images().into_iter().map(describe_vm);
    Ok(Answer::Document(element("VMImages").all(images)))
}

/// A moment to the ten millionth of a second, as only VM images tell theirs.
fn precisely(moment: jiff::Timestamp) -> String {
    let fraction = format!("{:07}", moment.subsec_nanosecond() / 100);
    let whole = seconds(moment);
    match fraction.trim_end_matches('0') {
        "" => whole,
        digits => format!("{}.{digits}Z", whole.trim_end_matches('Z')),
    }
}

fn describe_vm(image: &VmImage) -> Xml {
    describe_vm_as("VMImage", image)
}

fn describe_vm_as(root: &'static str, image: &VmImage) -> Xml {
    let created = image.created.map_or_else(|| NO_DATE.to_owned(), precisely);
    let os_disk = element("OSDiskConfiguration")
        .text("Name", &image.os_disk_name)
        .text("HostCaching", image.os_disk_caching)
        .text("OSState", image.os_state.as_str())
        .text("OS", image.os)
        .maybe_text("MediaLink", image.media_link.as_deref())
        .text("LogicalDiskSizeInGB", image.size_gb)
        .text("IOType", image.io_type);
    let data_disks = image.data_disks.iter().map(|disk| {
        element("DataDiskConfiguration")
            .text("Name", &disk.name)
            .text("HostCaching", disk.host_caching)
            .text("Lun", disk.lun)
            .maybe_text("MediaLink", disk.media_link.as_deref())
            .text("LogicalDiskSizeInGB", disk.size_gb)
            .text("IOType", image.io_type)
    });
    let source = image.source.as_ref();
    element(root)
        .text("Name", &image.name)
        .text("Label", &image.label)
        .text("Category", image.kind.as_str())
        .maybe_text("Description", image.description.as_deref())
        .with(os_disk)
        .with(element("DataDiskConfigurations").all(data_disks))
        .maybe_text("ServiceName", source.map(|s| &s.service))
        .maybe_text("DeploymentName", source.map(|s| &s.deployment))
        .maybe_text("RoleName", source.map(|s| &s.role))
        .text("Location", &image.location)
        .text("CreatedTime", &created)
        .text("ModifiedTime", &created)
        .maybe_text("Language", image.language.as_deref())
        .maybe_text("ImageFamily", image.family.as_deref())
        .maybe_text("RecommendedVMSize", image.recommended_size.as_deref())
        .text("IsPremium", false)
        .maybe_text("Eula", image.eula.as_deref())
        .maybe_text("IconUri", image.icon_uri.as_deref())
        .maybe_text("SmallIconUri", image.small_icon_uri.as_deref())
        .maybe_text("PrivacyUri", image.privacy_uri.as_deref())
        .maybe_text("PublisherName", image.publisher.as_deref())
        .maybe_text("PublishedDate", image.published.map(seconds))
        .maybe_text("ShowInGui", image.show_in_gui)
        .text("VMImageState", "VMImageReadyForUse")
        .maybe_text("RoleStateOnCapture", source.map(|s| &s.state))
        .maybe_text("RoleSizeOnCapture", source.map(|s| &s.size))
}

/// Create VM Image.
pub(crate) fn create_vm(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let new = call.document("VMImage")?.read(NEW_VM_IMAGE, new_vm_image)?;
    check_recommended(new.recommended_size.as_ref().map(Name::as_str))?;
    call.perform(image::Command::CreateVm { new: Box::new(new) })?;
    Ok(Answer::Accepted)
}

fn new_vm_image(c: &Cursor<'_>) -> Result<NewVmImage, Refused> {
    let name = c.required("Name")?;
    let label = c.required("Label")?;
    let description = c.text("Description")?;
    let (os_disk_caching, os_state, os, os_disk_link) = c.expect("OSDiskConfiguration")?.read(
        &["HostCaching", "OSState", "OS", "MediaLink"],
        |c| {
            Ok((
                read_caching(c)?,
                c.expect("OSState")?.word(OS_STATES)?,
                c.expect("OS")?.word(OPERATING_SYSTEMS)?,
                c.required("MediaLink")?,
            ))
        },
    )?;
    let data_disks = c
        .maybe("DataDiskConfigurations")?
        .map(|list| {
            list.list("DataDiskConfiguration", |e| {
                e.read(&["HostCaching", "Lun", "MediaLink"], |c| {
                    Ok(NewVmImageDataDisk {
                        host_caching: read_caching(c)?,
                        lun: c.value("Lun")?.unwrap_or(0),
                        media_link: c.required("MediaLink")?,
                    })
                })
            })
        })
        .transpose()?;
    let language = c.text("Language")?;
    let family = c.text("ImageFamily")?;
    let recommended_size = c.text("RecommendedVMSize")?;
    let eula = c.text("Eula")?;
    let icon_uri = c.text("IconUri")?;
    let small_icon_uri = c.text("SmallIconUri")?;
    let privacy_uri = c.text("PrivacyUri")?;
    c.value::<jiff::Timestamp>("PublishedDate")?;
    Ok(NewVmImage {
        name,
        label,
        description,
        os,
        os_state,
        os_disk_caching,
        os_disk_link,
        data_disks: data_disks.unwrap_or_default(),
        language,
        family,
        recommended_size,
        eula,
        icon_uri,
        small_icon_uri,
        privacy_uri,
        show_in_gui: c.boolean("ShowInGui")?,
    })
}

/// Delete VM Image.
pub(crate) fn delete_vm(call: &mut Call<'_>) -> Result<Answer, Refused> {
    call.with_media()?;
    let [name] = call.owned();
    call.perform(image::Command::DeleteVm { name })?;
    Ok(Answer::Accepted)
}

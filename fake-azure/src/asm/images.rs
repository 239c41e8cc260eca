//! OS images and VM images.

use crate::world::{Image, ImageKind, NewImage, Refusal, VmImage};

use super::reader::document;
use super::writer::{Xml, element, seconds};
use super::{Answer, Call};

/// What the service writes where an image has no date.
const NO_DATE: &str = "1801-01-01T00:00:00Z";

/// List OS Images.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let images = call
        .world
        .images(&call.subscription)
        .into_iter()
        .map(describe);
    Ok(Answer::Document(element("Images").all(images)))
}

/// Get OS Image.
pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::Document(describe(
        call.world.image(&call.subscription, call.name(0))?,
    )))
}

fn describe(image: &Image) -> Xml {
    let own = image.kind == ImageKind::User;
    let told = |text: &String| (!own || !text.is_empty()).then(|| text.clone());
    element("OSImage")
        .text("Category", image.kind.as_str())
        .text("Label", &image.label)
        .text("Location", &image.location)
        .text("LogicalSizeInGB", image.size_gb)
        .maybe_text("MediaLink", image.media_link.as_deref())
        .text("Name", &image.name)
        .text("OS", &image.os)
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
        .text("IOType", &image.io_type)
}

/// Add OS Image.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let new = document(call.body, "OSImage")?.read(|c| {
        let label = c.required("Label")?;
        let media_link = c.required("MediaLink")?;
        let name = c.required("Name")?;
        let os = c
            .expect("OS")?
            .word(&[("Linux", "Linux"), ("Windows", "Windows")])?
            .to_owned();
        let eula = c.text("Eula")?;
        let description = c.text("Description")?;
        let family = c.text("ImageFamily")?;
        c.value::<jiff::Timestamp>("PublishedDate")?;
        let is_premium = c.boolean("IsPremium")?.unwrap_or(false);
        let show_in_gui = c.boolean("ShowInGui")?;
        let privacy_uri = c.text("PrivacyUri")?;
        c.text("IconUri")?;
        let recommended_size = c.text("RecommendedVMSize")?;
        c.text("SmallIconUri")?;
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
    let image = call.world.create_image(&call.subscription, new, call.now)?;
    Ok(Answer::Document(describe(image)))
}

/// Delete OS Image.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    call.with_media()?;
    let name = call.name(0).to_owned();
    call.world.delete_image(&call.subscription, &name)?;
    Ok(Answer::Done)
}

/// List VM Images.
pub(crate) fn list_vm(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let images = call
        .world
        .vm_images(&call.subscription)
        .into_iter()
        .map(describe_vm);
    Ok(Answer::Document(element("VMImages").all(images)))
}

fn describe_vm(image: &VmImage) -> Xml {
    let created = image.created.map_or_else(|| NO_DATE.to_owned(), seconds);
    let os_disk = element("OSDiskConfiguration")
        .text("Name", &image.os_disk_name)
        .text("HostCaching", "ReadWrite")
        .text("OSState", image.os_state.as_str())
        .text("OS", &image.os)
        .maybe_text("MediaLink", image.media_link.as_deref())
        .text("LogicalDiskSizeInGB", image.size_gb)
        .text("IOType", &image.io_type);
    let data_disks = image.data_disks.iter().map(|disk| {
        element("DataDiskConfiguration")
            .text("Name", &disk.name)
            .text("HostCaching", "None")
            .maybe_text("Lun", (disk.lun != 0).then_some(disk.lun))
            .text("LogicalDiskSizeInGB", disk.size_gb)
            .text("IOType", &image.io_type)
    });
    element("VMImage")
        .text("Name", &image.name)
        .text("Label", &image.label)
        .text("Category", image.kind.as_str())
        .maybe_text("Description", image.description.as_deref())
        .with(os_disk)
        .with(element("DataDiskConfigurations").all(data_disks))
        .text("Location", &image.location)
        .text("CreatedTime", &created)
        .text("ModifiedTime", &created)
        .maybe_text("ImageFamily", image.family.as_deref())
        .maybe_text("RecommendedVMSize", image.recommended_size.as_deref())
        .text("IsPremium", false)
        .maybe_text("PublisherName", image.publisher.as_deref())
        .maybe_text("PublishedDate", image.published.map(seconds))
        .text("VMImageState", "VMImageReadyForUse")
}

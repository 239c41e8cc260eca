//! What can be wrong with an order for Resource Manager alone.

use crate::domain::Port;

/// What is wrong with the part of an order that only Resource Manager knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResourceProblem {
    /// The group cannot be called so.
    #[error(
        "`{0}` is no name of a resource group: 1 to 90 letters, digits and _-.() with no dot at the end"
    )]
    GroupName(String),
    /// The label cannot be so.
    #[error(
        "`{0}` is no label of a public name: 3 to 63 letters, digits and hyphens, a letter first and no hyphen last"
    )]
    Label(String),
    /// No place.
    #[error("a new host needs a location")]
    NoLocation,
    /// A host is its machine.
    #[error("machine `{0}` would have another name than its host")]
    OtherMachine(String),
    /// Something of the name is there.
    #[error("`{name}` is in resource group `{group}` already")]
    NameInUse {
        /// The name.
        name: String,
        /// The group.
        group: String,
    },
    /// The size is there, but not for this subscription.
    #[error("the subscription may not have machines of size {size} in {location} ({reason})")]
    SizeBarred {
        /// Where.
        location: String,
        /// The size.
        size: String,
        /// Why, in the cloud's word.
        reason: String,
        /// Sizes that it may have.
        instead: Vec<String>,
    },
    /// The image does not start on the size.
    #[error("image `{image}` needs {needs}, and size {size} has others")]
    OtherHardware {
        /// The size.
        size: String,
        /// The image.
        image: String,
        /// What the size lacks.
        needs: String,
        /// Sizes that have it.
        instead: Vec<String>,
    },
    /// One port for two things.
    #[error("port {0} is for ssh, and cannot be Docker's, too")]
    SamePort(Port),
    /// A quota of cores is used up.
    #[error(
        "size {size} needs {wanted} cores, and {used} of the subscription's {limit} in {location} are in use ({quota})"
    )]
    NoCores {
        /// Where.
        location: String,
        /// The size.
        size: String,
        /// Its cores.
        wanted: u64,
        /// The quota that has too few, in the cloud's words.
        quota: String,
        /// Those that are used.
        used: u64,
        /// Those that there are.
        limit: u64,
    },
}

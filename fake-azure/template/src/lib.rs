//! The language of Azure Resource Manager's deployment templates, without a cloud.
//!
//! A [`Template`] is read once. With parameters and a [`Scope`] it becomes a [`Plan`]: which
//! resources there are after loops and conditions, and which waits for which. A plan is data, so
//! that a deployment that runs can be kept. The body of a resource is made when its turn comes,
//! because it may ask for what others became; who knows that is a [`Runtime`].
//!
//! ```
//! use arm_template::{Nothing, Scope, Template};
//! use serde_json::json;
//!
//! # fn main() -> Result<(), arm_template::Problem> {
//! let template = Template::read(&json!({
//!     "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
//!     "contentVersion": "1.0.0.0",
//!     "parameters": { "label": { "type": "string" } },
//!     "resources": [{
//!         "type": "Microsoft.Network/publicIPAddresses",
//!         "apiVersion": "2023-09-01",
//!         "name": "[concat(parameters('label'), 'PublicIP')]",
//!         "location": "[resourceGroup().location]",
//!         "properties": { "dnsSettings": { "domainNameLabel": "[toLower(parameters('label'))]" } }
//!     }]
//! }))?;
//! let scope = Scope {
//!     subscription: Some(json!({ "id": "/subscriptions/s", "subscriptionId": "s" })),
//!     resource_group: Some(json!({ "id": "/subscriptions/s/resourceGroups/g", "name": "g", "location": "westus" })),
//!     ..Scope::default()
//! };
//!
//! let plan = template.plan(&json!({ "label": { "value": "Web" } }), &scope)?;
//!
//! assert_eq!(plan.resources()[0].name, "WebPublicIP");
//! assert_eq!(plan.body(0, &Nothing)?["properties"]["dnsSettings"]["domainNameLabel"], "web");
//! # Ok(())
//! # }
//! ```

mod composite;
mod directory;
mod effort;
mod evaluate;
mod expression;
mod functions;
mod hash;
mod identifier;
mod moment;
mod parameters;
mod plan;
mod problem;
mod runtime;
mod scope;
mod setting;
mod template;
mod value;

pub use crate::effort::{MOST_DEPTH, MOST_RESOURCES, MOST_ROUNDS, MOST_SIZE};
pub use crate::expression::{Expression, Step, Text};
pub use crate::plan::{CopyMode, CopyPosition, Early, Plan, Resource};
pub use crate::problem::{Kind, Named, Problem, Rule};
pub use crate::runtime::{Nothing, Runtime};
pub use crate::scope::Scope;
pub use crate::template::Template;

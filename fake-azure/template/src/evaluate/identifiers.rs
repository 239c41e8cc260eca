//! Functions that put identifiers of resources together.

use super::Evaluator;
use crate::functions::Call;
use crate::identifier::{segments, within};
use crate::problem::{Kind, Problem};

/// An identifier's type and names, after so many arguments that tell the scope.
struct Named<'a> {
    before: Vec<&'a str>,
    kind: &'a str,
    names: Vec<&'a str>,
}

impl Evaluator<'_> {
    /// Calls a function of this kind; `None` if it is none.
    pub(super) fn identifier(
        &self,
        lower: &str,
        call: &Call<'_>,
    ) -> Option<Result<String, Problem>> {
        Some(match lower {
            "resourceid" => self.resource_id(call),
            "subscriptionresourceid" => self.subscription_resource_id(call),
            "tenantresourceid" => named(call, 0).and_then(|named| id(call, "", &named)),
            "managementgroupresourceid" => self.management_group_resource_id(call),
            "extensionresourceid" => extension_resource_id(call),
            _ => return None,
        })
    }

    fn resource_id(&self, call: &Call<'_>) -> Result<String, Problem> {
        let named = named(call, 2)?;
        let scope = match named.before.as_slice() {
            [] => self.setting.scope.id().to_owned(),
            [subscription] if is_guid(subscription) => {
                match self.setting.scope.resource_group_name() {
                    Some(group) => format!("/subscriptions/{subscription}/resourceGroups/{group}"),
                    None => format!("/subscriptions/{subscription}"),
                }
            }
            [group] => format!(
                "/subscriptions/{}/resourceGroups/{group}",
                self.subscription(call)?
            ),
            [subscription, group, ..] => {
                format!("/subscriptions/{subscription}/resourceGroups/{group}")
            }
        };
        id(call, &scope, &named)
    }

    fn subscription_resource_id(&self, call: &Call<'_>) -> Result<String, Problem> {
        let named = named(call, 1)?;
        let subscription = match named.before.first() {
            Some(subscription) => subscription,
            None => self.subscription(call)?,
        };
        id(call, &format!("/subscriptions/{subscription}"), &named)
    }

    fn management_group_resource_id(&self, call: &Call<'_>) -> Result<String, Problem> {
        let named = named(call, 1)?;
        let own = self
            .setting
            .scope
            .management_group
            .as_ref()
            .and_then(|group| crate::value::at(group, "name")?.as_str());
        let Some(group) = named.before.first().copied().or(own) else {
            return Err(Kind::Misplaced(call.name.to_owned()).into());
        };
        let scope = format!("/providers/Microsoft.Management/managementGroups/{group}");
        id(call, &scope, &named)
    }

    fn subscription(&self, call: &Call<'_>) -> Result<&str, Problem> {
        self.setting
            .scope
            .subscription_id()
            .ok_or_else(|| Kind::Misplaced(call.name.to_owned()).into())
    }
}

fn extension_resource_id(call: &Call<'_>) -> Result<String, Problem> {
    let base = call.text(0)?;
    let rest = Call {
        name: call.name,
        arguments: &call.arguments[1..],
        effort: call.effort,
    };
    id(call, base.trim_end_matches('/'), &named(&rest, 0)?)
}

/// Takes a call apart: the type is the first argument with a slash in it.
fn named<'a>(call: &Call<'a>, most_before: usize) -> Result<Named<'a>, Problem> {
    let texts = (0..call.arguments.len())
        .map(|index| call.text(index))
        .collect::<Result<Vec<_>, _>>()?;
    let at = texts
        .iter()
        .take(most_before + 1)
        .position(|text| text.contains('/'))
        .ok_or_else(|| {
            call.wrong(
                "the resource type is not valid: it must be the namespace of a provider and the \
                 name of a type, separated by a slash",
            )
        })?;
    Ok(Named {
        before: texts[..at].to_vec(),
        kind: texts[at].trim_end_matches('/'),
        names: texts[at + 1..].to_vec(),
    })
}

fn id(call: &Call<'_>, scope: &str, named: &Named<'_>) -> Result<String, Problem> {
    within(scope, named.kind, named.names.iter().copied()).ok_or_else(|| {
        call.wrong(format!(
            "the type '{}' requires '{}' resource name argument(s)",
            named.kind,
            segments(named.kind)
        ))
    })
}

fn is_guid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

//! Functions that tell what is around: parameters, variables, rounds of loops, the scope.

use std::rc::Rc;

use serde_json::Value;

use super::{Evaluator, Frame, Place};
use crate::functions::{Call, count};
use crate::hash;
use crate::moment;
use crate::problem::{Kind, Named, Problem};
use crate::value::at;

impl Evaluator<'_> {
    /// Calls a function of this kind; `None` if it is none.
    pub(super) fn surrounding(
        &self,
        lower: &str,
        call: &Call<'_>,
        frame: Frame<'_>,
    ) -> Option<Result<Rc<Value>, Problem>> {
        let scope = &self.setting.scope;
        let told = match lower {
            "parameters" => return Some(self.parameter_call(call, frame)),
            "variables" => return Some(self.variable_call(call, frame)),
            "lambdavariables" => return Some(lambda_variable(call, frame)),
            "copyindex" => return Some(copy_index(call, frame).map(Rc::new)),
            "newguid" => return Some(self.new_guid(call, frame).map(Rc::new)),
            "utcnow" => return Some(self.utc_now(call, frame).map(Rc::new)),
            "fail" => return Some(fail(call)),
            "providers" => return Some(self.providers(call).map(Rc::new)),
            "pickzones" => return Some(self.pick_zones(call).map(Rc::new)),
            "resourcegroup" => &scope.resource_group,
            "subscription" => &scope.subscription,
            "managementgroup" => &scope.management_group,
            "deployment" => &scope.deployment,
            "tenant" => &scope.tenant,
            "environment" => &scope.environment,
            "deployer" => &scope.deployer,
            _ => return None,
        };
        Some(count(call.name, 0, 0, call.arguments.len()).and_then(|()| {
            let told = told
                .as_ref()
                .ok_or_else(|| Problem::from(Kind::Misplaced(call.name.to_owned())))?;
            self.effort.copy(told)?;
            Ok(Rc::new(told.clone()))
        }))
    }

    fn parameter_call(&self, call: &Call<'_>, frame: Frame<'_>) -> Result<Rc<Value>, Problem> {
        count(call.name, 1, 1, call.arguments.len())?;
        let name = call.text(0)?;
        match frame.arguments {
            Some(given) => given
                .get(&name.to_ascii_lowercase())
                .map(Rc::clone)
                .ok_or_else(|| Kind::Unknown(Named::Parameter, name.to_owned()).into()),
            None => self.parameter(name, frame),
        }
    }

    fn variable_call(&self, call: &Call<'_>, frame: Frame<'_>) -> Result<Rc<Value>, Problem> {
        count(call.name, 1, 1, call.arguments.len())?;
        if matches!(frame.place, Place::Default | Place::Function) {
            return Err(Kind::Misplaced(call.name.to_owned()).into());
        }
        self.variable(call.text(0)?, frame)
    }

    /// An identifier that this deployment, and no other, draws as its next one.
    fn new_guid(&self, call: &Call<'_>, frame: Frame<'_>) -> Result<Value, Problem> {
        count(call.name, 0, 0, call.arguments.len())?;
        in_defaults(call, frame)?;
        let drawn = self.drawn.get();
        self.drawn.set(drawn + 1);
        Ok(hash::random_guid(&format!("{drawn} {}", self.setting.scope.seed)).into())
    }

    fn utc_now(&self, call: &Call<'_>, frame: Frame<'_>) -> Result<Value, Problem> {
        count(call.name, 0, 1, call.arguments.len())?;
        in_defaults(call, frame)?;
        let pattern = match call.arguments {
            [] => moment::COMPACT,
            _ => call.text(0)?,
        };
        moment::write(self.setting.scope.now, pattern)
            .map(Value::from)
            .ok_or_else(|| call.wrong("the format is not a valid format of dates"))
    }

    fn providers(&self, call: &Call<'_>) -> Result<Value, Problem> {
        count(call.name, 1, 2, call.arguments.len())?;
        let provider = self.provider(call, 0)?;
        let found = match call.arguments {
            [_] => provider,
            _ => resource_type(provider, call.text(1)?)
                .ok_or_else(|| call.wrong("the provider has no such resource type"))?,
        };
        self.effort.copy(found)?;
        Ok(found.clone())
    }

    fn provider(&self, call: &Call<'_>, index: usize) -> Result<&Value, Problem> {
        let namespace = call.text(index)?;
        self.setting
            .scope
            .providers
            .iter()
            .find(|provider| is(provider, "namespace", namespace))
            .ok_or_else(|| call.wrong("the provider is not known"))
    }

    /// Zones of a place in which a type is offered: so many, after so many others.
    fn pick_zones(&self, call: &Call<'_>) -> Result<Value, Problem> {
        let given = call.arguments.len();
        count(call.name, 3, 5, given)?;
        let offered = resource_type(self.provider(call, 0)?, call.text(1)?)
            .ok_or_else(|| call.wrong("the provider has no such resource type"))?;
        let place = squeezed(call.text(2)?);
        let wanted = if given > 3 { call.integer(3)? } else { 1 };
        let after = if given > 4 { call.integer(4)? } else { 0 };
        let (Ok(wanted), Ok(after)) = (usize::try_from(wanted), usize::try_from(after)) else {
            return Err(call.wrong("the number of zones and the offset must not be negative"));
        };
        let mut zones: Vec<&Value> = at(offered, "zoneMappings")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter(|mapping| {
                at(mapping, "location")
                    .and_then(Value::as_str)
                    .is_some_and(|location| squeezed(location) == place)
            })
            .filter_map(|mapping| at(mapping, "zones")?.as_array())
            .flatten()
            .collect();
        zones.sort_by_key(|zone| zone.as_str());
        if zones.is_empty() {
            return Ok(Value::Array(Vec::new()));
        }
        let picked: Vec<Value> = zones
            .into_iter()
            .skip(after)
            .take(wanted)
            .cloned()
            .collect();
        if picked.len() < wanted {
            return Err(call.wrong("there are not that many zones"));
        }
        Ok(picked.into())
    }
}

/// A location without its spaces and its case.
fn squeezed(location: &str) -> String {
    location
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

fn is(value: &Value, name: &str, wanted: &str) -> bool {
    at(value, name)
        .and_then(Value::as_str)
        .is_some_and(|found| found.eq_ignore_ascii_case(wanted))
}

fn resource_type<'v>(provider: &'v Value, kind: &str) -> Option<&'v Value> {
    at(provider, "resourceTypes")?
        .as_array()?
        .iter()
        .find(|offered| is(offered, "resourceType", kind))
}

fn in_defaults(call: &Call<'_>, frame: Frame<'_>) -> Result<(), Problem> {
    if frame.place == Place::Default {
        Ok(())
    } else {
        Err(Kind::Misplaced(call.name.to_owned()).into())
    }
}

fn fail(call: &Call<'_>) -> Result<Rc<Value>, Problem> {
    count(call.name, 1, 1, call.arguments.len())?;
    Err(Kind::Failed(call.text(0)?.to_owned()).into())
}

fn lambda_variable(call: &Call<'_>, frame: Frame<'_>) -> Result<Rc<Value>, Problem> {
    count(call.name, 1, 1, call.arguments.len())?;
    let name = call.text(0)?;
    let mut bindings = frame.bindings;
    while let Some(binding) = bindings {
        if binding.name.eq_ignore_ascii_case(name) {
            return Ok(Rc::clone(binding.value));
        }
        bindings = binding.around;
    }
    Err(Kind::Unknown(Named::LambdaVariable, name.to_owned()).into())
}

/// In which round a loop is: the loop of that name, or else the loop of the resource, or else the
/// innermost.
fn copy_index(call: &Call<'_>, frame: Frame<'_>) -> Result<Value, Problem> {
    count(call.name, 0, 2, call.arguments.len())?;
    let named = call.arguments.first().and_then(|first| first.as_str());
    let offset_at = usize::from(named.is_some());
    let offset = if call.arguments.len() > offset_at {
        call.integer(offset_at)?
    } else {
        0
    };
    let mut found = None;
    let mut rounds = frame.rounds;
    while let Some(round) = rounds {
        let fits = match named {
            Some(name) => round.name.eq_ignore_ascii_case(name),
            None => round.of_resources,
        };
        if fits {
            found = Some(round);
            break;
        }
        rounds = round.around;
    }
    if named.is_none() {
        found = found.or(frame.rounds);
    }
    let Some(round) = found else {
        return Err(Kind::Misplaced(call.name.to_owned()).into());
    };
    i64::try_from(round.index)
        .ok()
        .and_then(|index| index.checked_add(offset))
        .map(Value::from)
        .ok_or_else(|| call.wrong("the result is not in the range of 64-bit integers"))
}

//! What a template comes to: resources in their order, and what each waits for.

mod dependencies;
mod expand;
mod implicit;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::directory::Directory;
use crate::effort::Effort;
use crate::evaluate::{Evaluator, Frame, Place, Round};
use crate::parameters::Type;
use crate::problem::{Kind, Problem};
use crate::runtime::Runtime;
use crate::scope::Scope;
use crate::setting::Setting;
use crate::template::Template;
use crate::value::{at, type_word};

/// How the resources of a loop come to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CopyMode {
    /// All at once.
    Parallel,
    /// So many at a time; the others wait for them, which is in [`Resource::depends_on`], too.
    Serial {
        /// How many.
        batch_size: usize,
    },
}

/// Where in a loop a resource comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyPosition {
    /// The loop's name.
    pub name: String,
    /// In which round, from 0.
    pub index: usize,
    /// How many rounds there are.
    pub count: usize,
    /// How the loop goes.
    pub mode: CopyMode,
}

/// A resource that shall be there.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// Its whole type, as `Microsoft.Network/virtualNetworks/subnets`.
    pub kind: String,
    /// Its whole name, as `net/inner`.
    pub name: String,
    /// Its identifier.
    pub id: String,
    /// By which version it is asked for; none where the template's profile tells it.
    pub api_version: Option<String>,
    /// Its location, unless it has none or only a running deployment knows it.
    pub location: Option<String>,
    /// The identifier of what it belongs to: the deployment's group or subscription, another that
    /// it names, or the resource that it extends.
    pub scope: String,
    /// The name that the template calls it by, where its resources are an object.
    pub symbol: Option<String>,
    /// The loop that it comes from.
    pub copy: Option<CopyPosition>,
    /// The resources, by their places in the plan, that have to be there before it.
    pub depends_on: Vec<usize>,
    /// Which declaration it comes from.
    declaration: usize,
    /// The rounds of all loops around it, the outermost first.
    rounds: Vec<(String, usize)>,
}

impl fmt::Debug for Resource {
    /// Without names, which parameters can be in.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resource")
            .field("kind", &self.kind)
            .field("api_version", &self.api_version)
            .field("symbol", &self.symbol)
            .field("copy", &self.copy)
            .field("depends_on", &self.depends_on)
            .finish_non_exhaustive()
    }
}

/// A resource's body as far as it is known before the deployment runs.
#[derive(Clone, PartialEq)]
pub struct Early {
    /// The body, in which expressions that have to wait stand as they are written.
    pub body: Value,
    /// Whether there are none of these.
    pub is_complete: bool,
}

impl fmt::Debug for Early {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Early")
            .field("is_complete", &self.is_complete)
            .finish_non_exhaustive()
    }
}

/// A deployment as it shall be. It can be stored; parameters are in it, secret ones as well.
#[derive(Clone, Serialize, Deserialize)]
pub struct Plan {
    setting: Setting,
    directory: Directory,
    declarations: Vec<Declaration>,
    resources: Vec<Resource>,
    parameters: Vec<(String, Type)>,
    outputs: Vec<(String, Value)>,
}

/// What a resource's body is made of.
#[derive(Clone, Serialize, Deserialize)]
struct Declaration {
    members: Map<String, Value>,
    path: String,
}

/// Members that say which resources there are, and are no part of their bodies.
const OF_THE_TEMPLATE: &[&str] = &[
    "apiVersion",
    "comments",
    "condition",
    "copy",
    "dependsOn",
    "existing",
    "import",
    "name",
    "scope",
    "type",
];

/// Members that say where a nested deployment goes.
const OF_A_DEPLOYMENT: &[&str] = &["resourceGroup", "subscriptionId"];

fn is_one(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether a member is no part of a resource's body.
fn is_template_member(name: &str) -> bool {
    is_one(OF_THE_TEMPLATE, name)
}

fn is_deployment(kind: &str) -> bool {
    kind.eq_ignore_ascii_case("Microsoft.Resources/deployments")
}

impl Template {
    /// What becomes of it with these parameters (`{"name": {"value": …}}`), here and now.
    pub fn plan(&self, parameters: &Value, scope: &Scope) -> Result<Plan, Problem> {
        make(self, parameters, scope)
    }
}

fn make(template: &Template, parameters: &Value, scope: &Scope) -> Result<Plan, Problem> {
    let effort = Effort::new();
    effort.copy(parameters)?;
    let setting = settled(template, parameters, scope, &effort)?;
    let expanded = expand::expand(template, &setting, &effort)?;
    let mut plan = Plan {
        setting,
        directory: expanded.directory,
        declarations: template
            .resources
            .iter()
            .map(|declared| Declaration {
                members: declared.members.clone(),
                path: declared.path.clone(),
            })
            .collect(),
        resources: expanded.resources,
        parameters: template
            .parameters
            .iter()
            .map(|parameter| (parameter.name.clone(), parameter.kind))
            .collect(),
        outputs: template.outputs.clone(),
    };
    dependencies::resolve(&mut plan, &effort)?;
    plan.look_ahead(&effort)?;
    Ok(plan)
}

/// Parameters with their values, given or by default.
fn settled(
    template: &Template,
    parameters: &Value,
    scope: &Scope,
    effort: &Effort,
) -> Result<Setting, Problem> {
    let nothing = Map::new();
    let given = match parameters {
        Value::Null => &nothing,
        Value::Object(given) => given,
        other => {
            return Err(Problem::from(Kind::MemberType {
                expected: "Object",
                actual: type_word(other),
            })
            .in_member("parameters"));
        }
    };
    let known = |name: &String| {
        template
            .parameters
            .iter()
            .any(|parameter| parameter.name.eq_ignore_ascii_case(name))
    };
    let names: Vec<String> = given.keys().filter(|name| !known(name)).cloned().collect();
    if !names.is_empty() {
        return Err(Kind::ParametersUnknown {
            names,
            known: template
                .parameters
                .iter()
                .map(|parameter| parameter.name.clone())
                .collect(),
        }
        .into());
    }
    let mut setting = Setting {
        parameters: BTreeMap::new(),
        variables: template.variables.clone(),
        functions: template.functions.clone(),
        scope: scope.clone(),
    };
    let mut defaults = BTreeMap::new();
    for parameter in &template.parameters {
        let key = parameter.name.to_ascii_lowercase();
        match (parameter.given(given)?, &parameter.default) {
            (Some(value), _) => {
                setting.parameters.insert(key, value);
            }
            (None, Some(default)) => {
                defaults.insert(key, default);
            }
            (None, None) => {}
        }
    }
    let evaluator = Evaluator::new(&setting, effort).with_defaults(defaults);
    let mut values = BTreeMap::new();
    for parameter in &template.parameters {
        let value = evaluator.parameter(&parameter.name, Frame::at(Place::Default))?;
        parameter.check(&value)?;
        values.insert(parameter.name.to_ascii_lowercase(), (*value).clone());
    }
    setting.parameters = values;
    Ok(setting)
}

impl Plan {
    /// What shall be there, in the order of the template. What a condition excludes is not in it.
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// The whole body of a resource (location, tags, sku, properties, …) in a deployment that runs:
    /// type, name and version stand in the plan.
    pub fn body(&self, index: usize, runtime: &dyn Runtime) -> Result<Value, Problem> {
        let effort = Effort::new();
        let evaluator = Evaluator::new(&self.setting, &effort)
            .with_directory(&self.directory)
            .with_runtime(runtime);
        self.evaluated(index, &evaluator)
    }

    /// The same before it runs, so that what cannot go well is seen before anything is made.
    pub fn early(&self, index: usize) -> Result<Early, Problem> {
        let effort = Effort::new();
        let evaluator = Evaluator::new(&self.setting, &effort).with_directory(&self.directory);
        let body = self.evaluated(index, &evaluator)?;
        Ok(Early {
            body,
            is_complete: !evaluator.take_waits(),
        })
    }

    /// What the template tells of the deployment when it is done: `{"name": {"type", "value"}}`.
    pub fn outputs(&self, runtime: &dyn Runtime) -> Result<Value, Problem> {
        let effort = Effort::new();
        let evaluator = Evaluator::new(&self.setting, &effort)
            .with_directory(&self.directory)
            .with_runtime(runtime);
        let mut told = Map::new();
        for (name, declared) in &self.outputs {
            let output = output(&evaluator, declared).map_err(|problem| match problem.kind() {
                Kind::Runtime { .. } => problem,
                kind => Problem::from(Kind::Output {
                    name: name.clone(),
                    why: kind.to_string().trim_end_matches('.').to_owned(),
                })
                .in_member(name)
                .in_member("outputs"),
            })?;
            if let Some(output) = output {
                told.insert(name.clone(), output);
            }
        }
        Ok(told.into())
    }

    /// Its parameters as a deployment shows them: secret ones by their types alone.
    pub fn parameters_shown(&self) -> Value {
        self.parameters
            .iter()
            .map(|(name, kind)| {
                let value = self.setting.parameters.get(&name.to_ascii_lowercase());
                (name.clone(), kind.shown(value.unwrap_or(&Value::Null)))
            })
            .collect::<Map<_, _>>()
            .into()
    }

    /// Looks whether everything can be evaluated that need not wait.
    fn look_ahead(&mut self, effort: &Effort) -> Result<(), Problem> {
        let evaluator = Evaluator::new(&self.setting, effort).with_directory(&self.directory);
        let mut locations = Vec::with_capacity(self.resources.len());
        for index in 0..self.resources.len() {
            let body = self.evaluated(index, &evaluator)?;
            locations.push(
                at(&body, "location")
                    .and_then(Value::as_str)
                    .filter(|location| !location.starts_with('['))
                    .map(str::to_owned),
            );
        }
        for (name, declared) in &self.outputs {
            output(&evaluator, declared)
                .map_err(|problem| problem.in_member(name).in_member("outputs"))?;
        }
        drop(evaluator);
        for (resource, location) in self.resources.iter_mut().zip(locations) {
            resource.location = location;
        }
        Ok(())
    }

    fn evaluated(&self, index: usize, evaluator: &Evaluator<'_>) -> Result<Value, Problem> {
        let resource = self
            .resources
            .get(index)
            .ok_or_else(|| Problem::from(Kind::Index(index.to_string())))?;
        let declaration = &self.declarations[resource.declaration];
        in_rounds(&resource.rounds, Frame::at(Place::Body), &mut |frame| {
            let body = body(evaluator, &resource.kind, &declaration.members, frame)?;
            evaluator.fits(&body)?;
            Ok(body)
        })
        .map_err(|problem| problem.in_member(&declaration.path))
    }
}

/// Does something in all these rounds, the outermost first.
fn in_rounds<T>(
    rounds: &[(String, usize)],
    frame: Frame<'_>,
    act: &mut dyn FnMut(Frame<'_>) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let [(name, index), inner @ ..] = rounds else {
        return act(frame);
    };
    let round = Round {
        name,
        index: *index,
        of_resources: true,
        around: frame.round(),
    };
    in_rounds(inner, frame.in_round(&round), act)
}

fn body(
    evaluator: &Evaluator<'_>,
    kind: &str,
    members: &Map<String, Value>,
    frame: Frame<'_>,
) -> Result<Value, Problem> {
    let deployment = is_deployment(kind);
    let mut body = Map::new();
    for (name, value) in members {
        if is_template_member(name) || (deployment && is_one(OF_A_DEPLOYMENT, name)) {
            continue;
        }
        let value = match value {
            Value::Object(properties) if deployment && name.eq_ignore_ascii_case("properties") => {
                nested(evaluator, properties, frame)
            }
            value => evaluator.tree(value, frame),
        }
        .map_err(|problem| problem.in_member(name))?;
        body.insert(name.clone(), value);
    }
    Ok(body.into())
}

/// Whether a nested deployment evaluates its template itself.
fn is_inner(
    evaluator: &Evaluator<'_>,
    properties: &Map<String, Value>,
    frame: Frame<'_>,
) -> Result<bool, Problem> {
    let Some(scope) = crate::value::member(properties, "expressionEvaluationOptions")
        .and_then(|options| at(options, "scope"))
    else {
        return Ok(false);
    };
    let scope = evaluator.tree(scope, frame)?;
    Ok(scope
        .as_str()
        .is_some_and(|scope| scope.eq_ignore_ascii_case("inner")))
}

/// The properties of a deployment in a deployment.
fn nested(
    evaluator: &Evaluator<'_>,
    properties: &Map<String, Value>,
    frame: Frame<'_>,
) -> Result<Value, Problem> {
    let inner = is_inner(evaluator, properties, frame)?;
    let mut made = Map::new();
    for (name, value) in properties {
        let value = if inner && name.eq_ignore_ascii_case("template") {
            evaluator.as_written(value)
        } else {
            evaluator.tree(value, frame)
        }
        .map_err(|problem| problem.in_member(name))?;
        made.insert(name.clone(), value);
    }
    Ok(made.into())
}

/// One output, unless its condition excludes it.
fn output(evaluator: &Evaluator<'_>, declared: &Value) -> Result<Option<Value>, Problem> {
    let frame = Frame::at(Place::Output);
    evaluator.take_waits();
    if let Some(condition) = at(declared, "condition") {
        let condition = evaluator.tree(condition, frame)?;
        if condition == Value::Bool(false) {
            return Ok(None);
        }
    }
    let kind = at(declared, "type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let kind = Type::read(kind).ok_or_else(|| {
        Problem::from(Kind::ParameterDeclaration(kind.to_owned())).in_member("type")
    })?;
    let value = match (at(declared, "copy"), at(declared, "value")) {
        (Some(declared), _) => evaluator
            .loop_values(declared, "copy", frame)
            .map_err(|problem| problem.in_member("copy"))?,
        (None, Some(value)) => evaluator
            .tree(value, frame)
            .map_err(|problem| problem.in_member("value"))?,
        (None, None) => Value::Null,
    };
    if evaluator.take_waits() {
        return Ok(None);
    }
    let may_be_null = at(declared, "nullable") == Some(&Value::Bool(true));
    let fits = kind.fits(&value) || (value.is_null() && may_be_null);
    if !fits {
        return Err(Kind::ParameterType {
            name: "value".to_owned(),
            expected: kind.expected(),
            actual: type_word(&value),
        }
        .into());
    }
    Ok(Some(kind.shown(&value)))
}

impl fmt::Debug for Plan {
    /// Without values of parameters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("resources", &self.resources)
            .finish_non_exhaustive()
    }
}

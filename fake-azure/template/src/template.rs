//! A template as it is written.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

use crate::effort::Effort;
use crate::hash::murmur64;
use crate::parameters::Parameter;
use crate::problem::{Kind, Problem};
use crate::setting::{UserFunction, Variable};
use crate::value::{at, member, type_word};

/// A template that has been read: its parts are of the types that they must have. Expressions are
/// looked at when a plan is made of it.
#[derive(Clone)]
pub struct Template {
    schema: String,
    content_version: String,
    hash: u64,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) variables: BTreeMap<String, Variable>,
    pub(crate) functions: BTreeMap<String, UserFunction>,
    /// Resources with the children that are written into them, parents first.
    pub(crate) resources: Vec<Declared>,
    pub(crate) outputs: Vec<(String, Value)>,
}

/// A resource as it is written.
#[derive(Clone)]
pub(crate) struct Declared {
    /// All its members but the children.
    pub(crate) members: Map<String, Value>,
    /// The name that the template calls it by, where resources are an object.
    pub(crate) symbol: Option<String>,
    /// Which of all it is a child of.
    pub(crate) parent: Option<usize>,
    /// Where it stands, as `resources[0].resources[1]`.
    pub(crate) path: String,
}

impl Template {
    /// Reads a template.
    pub fn read(document: &Value) -> Result<Self, Problem> {
        Effort::new().copy(document)?;
        let members = object(document)?;
        let schema = required_text(members, "$schema")?;
        let content_version = required_text(members, "contentVersion")?;
        let has_profile = at(document, "apiProfile").is_some();
        let mut resources = Vec::new();
        let Some(declared) = at(document, "resources") else {
            return Err(Kind::MissingMember("resources".to_owned()).into());
        };
        read_resources(declared, None, "resources", has_profile, &mut resources)?;
        Ok(Self {
            schema,
            content_version,
            hash: murmur64(document.to_string().to_uppercase().as_bytes()),
            parameters: section(document, "parameters", |name, declared| {
                Parameter::read(name, declared, document)
            })?,
            variables: read_variables(document)?,
            functions: read_functions(document)?,
            resources,
            outputs: section(document, "outputs", |name, declared| {
                required_text(object(declared)?, "type")?;
                Ok((name.to_owned(), declared.clone()))
            })?,
        })
    }

    /// Its `$schema`, which tells whether it is for a group, a subscription or a tenant.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// Its `contentVersion`.
    pub fn content_version(&self) -> &str {
        &self.content_version
    }

    /// Its hash, which a deployment shows in decimal digits.
    pub const fn hash(&self) -> u64 {
        self.hash
    }
}

impl fmt::Debug for Template {
    /// Without its literals, which can be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Template")
            .field("schema", &self.schema)
            .field("content_version", &self.content_version)
            .field("parameters", &self.parameters.len())
            .field("variables", &self.variables.len())
            .field("functions", &self.functions.len())
            .field("resources", &self.resources.len())
            .field("outputs", &self.outputs.len())
            .finish_non_exhaustive()
    }
}

fn mistyped(expected: &'static str, value: &Value) -> Problem {
    Kind::MemberType {
        expected,
        actual: type_word(value),
    }
    .into()
}

fn object(value: &Value) -> Result<&Map<String, Value>, Problem> {
    value.as_object().ok_or_else(|| mistyped("Object", value))
}

fn required_text(members: &Map<String, Value>, name: &str) -> Result<String, Problem> {
    match member(members, name).filter(|value| !value.is_null()) {
        None => Err(Kind::MissingMember(name.to_owned()).into()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(other) => Err(mistyped("String", other).in_member(name)),
    }
}

/// Reads each member of a part of the document, if that part is there.
fn section<T>(
    document: &Value,
    name: &str,
    read: impl Fn(&str, &Value) -> Result<T, Problem>,
) -> Result<Vec<T>, Problem> {
    let Some(part) = at(document, name) else {
        return Ok(Vec::new());
    };
    object(part)
        .and_then(|members| {
            members
                .iter()
                .map(|(name, value)| read(name, value).map_err(|problem| problem.in_member(name)))
                .collect()
        })
        .map_err(|problem| problem.in_member(name))
}

fn read_variables(document: &Value) -> Result<BTreeMap<String, Variable>, Problem> {
    let mut variables = BTreeMap::new();
    let Some(part) = at(document, "variables") else {
        return Ok(variables);
    };
    for (name, value) in object(part).map_err(|problem| problem.in_member("variables"))? {
        match value {
            Value::Array(loops) if name.eq_ignore_ascii_case("copy") => {
                for (index, declared) in loops.iter().enumerate() {
                    let name = object(declared)
                        .and_then(|members| required_text(members, "name"))
                        .map_err(|problem| {
                            problem
                                .in_element(index)
                                .in_member(name)
                                .in_member("variables")
                        })?;
                    variables.insert(name.to_ascii_lowercase(), Variable::Loop(declared.clone()));
                }
            }
            value => {
                variables.insert(name.to_ascii_lowercase(), Variable::Value(value.clone()));
            }
        }
    }
    Ok(variables)
}

fn read_functions(document: &Value) -> Result<BTreeMap<String, UserFunction>, Problem> {
    let mut functions = BTreeMap::new();
    let Some(spaces) = at(document, "functions") else {
        return Ok(functions);
    };
    let Value::Array(spaces) = spaces else {
        return Err(mistyped("Array", spaces).in_member("functions"));
    };
    for (index, space) in spaces.iter().enumerate() {
        read_namespace(space, &mut functions)
            .map_err(|problem| problem.in_element(index).in_member("functions"))?;
    }
    Ok(functions)
}

fn read_namespace(
    space: &Value,
    functions: &mut BTreeMap<String, UserFunction>,
) -> Result<(), Problem> {
    let namespace = required_text(object(space)?, "namespace")?;
    let Some(members) = at(space, "members") else {
        return Err(Kind::MissingMember("members".to_owned()).into());
    };
    for (name, declared) in object(members).map_err(|problem| problem.in_member("members"))? {
        let function = read_function(declared)
            .map_err(|problem| problem.in_member(name).in_member("members"))?;
        functions.insert(format!("{namespace}.{name}").to_ascii_lowercase(), function);
    }
    Ok(())
}

fn read_function(declared: &Value) -> Result<UserFunction, Problem> {
    object(declared)?;
    let output = at(declared, "output")
        .ok_or_else(|| Problem::from(Kind::MissingMember("output".to_owned())))?;
    let value = object(output)
        .map(|output| member(output, "value"))
        .map_err(|problem| problem.in_member("output"))?
        .ok_or_else(|| {
            Problem::from(Kind::MissingMember("value".to_owned())).in_member("output")
        })?;
    let parameters = match at(declared, "parameters") {
        None => Vec::new(),
        Some(Value::Array(parameters)) => parameters
            .iter()
            .map(|parameter| required_text(object(parameter)?, "name"))
            .collect::<Result<_, _>>()
            .map_err(|problem| problem.in_member("parameters"))?,
        Some(other) => return Err(mistyped("Array", other).in_member("parameters")),
    };
    Ok(UserFunction {
        parameters,
        output: value.clone(),
    })
}

fn read_resources(
    declared: &Value,
    parent: Option<usize>,
    path: &str,
    has_profile: bool,
    into: &mut Vec<Declared>,
) -> Result<(), Problem> {
    let all: Vec<(Option<&String>, String, &Value)> = match declared {
        Value::Array(elements) => elements
            .iter()
            .enumerate()
            .map(|(index, element)| (None, format!("{path}[{index}]"), element))
            .collect(),
        Value::Object(members) => members
            .iter()
            .map(|(symbol, value)| (Some(symbol), format!("{path}.{symbol}"), value))
            .collect(),
        other => return Err(mistyped("Array", other).in_member(path)),
    };
    for (symbol, path, value) in all {
        let members = object(value).map_err(|problem| problem.in_member(&path))?;
        for name in ["type", "name"] {
            required_text(members, name).map_err(|problem| problem.in_member(&path))?;
        }
        if !has_profile {
            required_text(members, "apiVersion").map_err(|problem| problem.in_member(&path))?;
        }
        let index = into.len();
        let is_child = |name: &str| name.eq_ignore_ascii_case("resources");
        into.push(Declared {
            members: members
                .iter()
                .filter(|(name, _)| !is_child(name))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            symbol: symbol.cloned(),
            parent,
            path: path.clone(),
        });
        if let Some(children) = at(value, "resources") {
            let path = format!("{path}.resources");
            read_resources(children, Some(index), &path, has_profile, into)?;
        }
    }
    Ok(())
}

//! Parameters: what a template declares, and whether what is given fits.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::effort::MOST_DEPTH;
use crate::problem::{Kind, Problem, Rule};
use crate::value::{at, member, same, text_of, type_word};

/// A type of a parameter or an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Type {
    String,
    SecureString,
    Int,
    Bool,
    Object,
    SecureObject,
    Array,
}

impl Type {
    const ALL: [Self; 7] = [
        Self::String,
        Self::SecureString,
        Self::Int,
        Self::Bool,
        Self::Object,
        Self::SecureObject,
        Self::Array,
    ];

    /// Reads its word, in any case.
    pub(crate) fn read(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|known| known.word().eq_ignore_ascii_case(word))
    }

    /// Its word as a deployment shows it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::String => "String",
            Self::SecureString => "SecureString",
            Self::Int => "Int",
            Self::Bool => "Bool",
            Self::Object => "Object",
            Self::SecureObject => "SecureObject",
            Self::Array => "Array",
        }
    }

    pub(crate) const fn is_secure(self) -> bool {
        matches!(self, Self::SecureString | Self::SecureObject)
    }

    /// What JSON calls its values.
    pub(crate) const fn expected(self) -> &'static str {
        match self {
            Self::String | Self::SecureString => "String, Uri",
            Self::Int => "Integer",
            Self::Bool => "Boolean",
            Self::Object | Self::SecureObject => "Object",
            Self::Array => "Array",
        }
    }

    pub(crate) fn fits(self, value: &Value) -> bool {
        match self {
            Self::String | Self::SecureString => value.is_string(),
            Self::Int => value.is_i64(),
            Self::Bool => value.is_boolean(),
            Self::Object | Self::SecureObject => value.is_object(),
            Self::Array => value.is_array(),
        }
    }

    /// A value of this type as a deployment shows it.
    pub(crate) fn shown(self, value: &Value) -> Value {
        if self.is_secure() {
            json!({ "type": self.word() })
        } else {
            json!({ "type": self.word(), "value": value })
        }
    }
}

/// A parameter as it is declared.
#[derive(Clone)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) kind: Type,
    pub(crate) default: Option<Value>,
    nullable: bool,
    allowed: Option<Vec<Value>>,
    min_length: Option<i64>,
    max_length: Option<i64>,
    min_value: Option<i64>,
    max_value: Option<i64>,
}

impl Parameter {
    /// Reads a declaration; its type can be one that the template defines.
    pub(crate) fn read(name: &str, declared: &Value, template: &Value) -> Result<Self, Problem> {
        if !declared.is_object() {
            return Err(Kind::MemberType {
                expected: "Object",
                actual: type_word(declared),
            }
            .into());
        }
        let mut layers = vec![declared];
        while let Some(defined) = layers
            .last()
            .and_then(|layer| at(layer, "$ref")?.as_str())
            .and_then(|path| definition(template, path))
        {
            layers.push(defined);
            if layers.len() > MOST_DEPTH {
                return Err(Kind::TooDeep.into());
            }
        }
        let found = |name: &str| layers.iter().find_map(|layer| at(layer, name));
        let Some(kind) = found("type") else {
            return Err(Kind::MissingMember("type".to_owned()).into());
        };
        let Some(kind) = kind.as_str().and_then(Type::read) else {
            return Err(Kind::ParameterDeclaration(name.to_owned()).into());
        };
        let number = |name: &str| found(name).and_then(Value::as_i64);
        Ok(Self {
            name: name.to_owned(),
            kind,
            // A default can be null, which is something else than to have none.
            default: declared
                .as_object()
                .and_then(|members| member(members, "defaultValue"))
                .cloned(),
            nullable: found("nullable") == Some(&Value::Bool(true)),
            allowed: found("allowedValues").and_then(|values| values.as_array().cloned()),
            min_length: number("minLength"),
            max_length: number("maxLength"),
            min_value: number("minValue"),
            max_value: number("maxValue"),
        })
    }

    /// What is given for it: nothing, if its default shall stand.
    pub(crate) fn given(&self, parameters: &Map<String, Value>) -> Result<Option<Value>, Problem> {
        let Some(given) = member(parameters, &self.name).filter(|given| !given.is_null()) else {
            return self.absent();
        };
        if at(given, "reference").is_some() {
            return Err(Kind::ParameterReference(self.name.clone()).into());
        }
        if !given.is_object() {
            return Err(Problem::from(Kind::MemberType {
                expected: "Object",
                actual: type_word(given),
            })
            .in_member(&self.name)
            .in_member("parameters"));
        }
        match at(given, "value") {
            Some(value) => Ok(Some(value.clone())),
            None => self.absent(),
        }
    }

    fn absent(&self) -> Result<Option<Value>, Problem> {
        if self.default.is_some() {
            Ok(None)
        } else if self.nullable {
            Ok(Some(Value::Null))
        } else {
            Err(Kind::ParameterMissing(self.name.clone()).into())
        }
    }

    /// Whether a value fits.
    pub(crate) fn check(&self, value: &Value) -> Result<(), Problem> {
        if value.is_null() && (self.nullable || self.default == Some(Value::Null)) {
            return Ok(());
        }
        if !self.kind.fits(value) {
            return Err(Kind::ParameterType {
                name: self.name.clone(),
                expected: self.kind.expected(),
                actual: type_word(value),
            }
            .into());
        }
        match self.broken(value) {
            None => Ok(()),
            Some(rule) => Err(Kind::ParameterValue {
                name: self.name.clone(),
                rule,
            }
            .into()),
        }
    }

    fn broken(&self, value: &Value) -> Option<Rule> {
        if let Some(allowed) = &self.allowed
            && !is_allowed(value, allowed)
        {
            let told = allowed.iter().filter(|_| !self.kind.is_secure());
            return Some(Rule::OneOf(told.map(text_of).collect()));
        }
        let length = match value {
            Value::String(text) => Some(text.encode_utf16().count()),
            Value::Array(elements) => Some(elements.len()),
            _ => None,
        }
        .and_then(|length| i64::try_from(length).ok());
        if let Some(length) = length {
            if let Some(least) = self.min_length.filter(|least| length < *least) {
                return Some(Rule::MinLength(least));
            }
            if let Some(most) = self.max_length.filter(|most| length > *most) {
                return Some(Rule::MaxLength(most));
            }
        }
        let number = value.as_i64()?;
        if let Some(least) = self.min_value.filter(|least| number < *least) {
            return Some(Rule::MinValue(least));
        }
        self.max_value
            .filter(|most| number > *most)
            .map(Rule::MaxValue)
    }
}

/// One of those that are allowed, or an array of nothing else. Texts are compared without case.
fn is_allowed(value: &Value, allowed: &[Value]) -> bool {
    let one = |value: &Value| {
        allowed.iter().any(|known| match (known, value) {
            (Value::String(known), Value::String(value)) => {
                known.to_lowercase() == value.to_lowercase()
            }
            _ => same(known, value),
        })
    };
    one(value) || value.as_array().is_some_and(|all| all.iter().all(one))
}

fn definition<'v>(template: &'v Value, path: &str) -> Option<&'v Value> {
    let name = path.strip_prefix("#/definitions/")?;
    at(at(template, "definitions")?, name)
}

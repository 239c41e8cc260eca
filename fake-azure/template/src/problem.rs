//! What is wrong with a template, and where.

use std::fmt;

/// What is wrong with a template, its parameters, or a moment of its evaluation.
///
/// As text it is what Resource Manager says. Values of parameters and literals of the template
/// are in none of it, since they may be secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Problem(Box<Told>);

#[derive(Clone, PartialEq, Eq)]
struct Told {
    kind: Kind,
    /// From the innermost outwards.
    path: Vec<Place>,
}

/// One step of a path through a document.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Member(String),
    Element(usize),
}

/// What a name should have been the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// A parameter.
    Parameter,
    /// A variable.
    Variable,
    /// A variable of a lambda.
    LambdaVariable,
}

impl Named {
    const fn word(self) -> &'static str {
        match self {
            Self::Parameter => "parameter",
            Self::Variable => "variable",
            Self::LambdaVariable => "lambda variable",
        }
    }
}

/// What a parameter's value keeps to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// It is one of these, which are not told where they are secret.
    OneOf(Vec<String>),
    /// It is at least so long.
    MinLength(i64),
    /// It is at most so long.
    MaxLength(i64),
    /// It is at least so large.
    MinValue(i64),
    /// It is at most so large.
    MaxValue(i64),
}

/// Which kind of problem it is, and what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The document lacks a member that it must have.
    MissingMember(String),
    /// A member of the document is of a type that it cannot be of.
    MemberType {
        /// What it should be.
        expected: &'static str,
        /// What it is.
        actual: &'static str,
    },
    /// A parameter has neither a value nor a default.
    ParameterMissing(String),
    /// Values are given for parameters that there are not.
    ParametersUnknown {
        /// Those that there are not.
        names: Vec<String>,
        /// Those that there are.
        known: Vec<String>,
    },
    /// A parameter's value comes from a key vault, which nobody here can ask.
    ParameterReference(String),
    /// A parameter's value, or its default, is of another type.
    ParameterType {
        /// The parameter.
        name: String,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        actual: &'static str,
    },
    /// A parameter is declared with a type that there is not.
    ParameterDeclaration(String),
    /// A parameter's value breaks its rule.
    ParameterValue {
        /// The parameter.
        name: String,
        /// What it should have kept to.
        rule: Rule,
    },
    /// The text of an expression cannot be read.
    Syntax {
        /// What is wrong with it.
        why: String,
        /// After how many characters.
        at: usize,
    },
    /// A name that nothing has.
    Unknown(Named, String),
    /// A function that there is not.
    UnknownFunction(String),
    /// A function that may not be called at this place.
    Misplaced(String),
    /// A function was given too few or too many arguments.
    ArgumentCount {
        /// The function.
        function: String,
        /// How many it takes.
        expected: String,
        /// How many it got.
        given: usize,
    },
    /// A function was given what it cannot work with.
    Argument {
        /// The function.
        function: String,
        /// Why not.
        why: String,
    },
    /// A value has no such property.
    Property {
        /// The property that was asked for.
        name: String,
        /// Those that it has.
        available: Vec<String>,
    },
    /// An array has no such element.
    Index(String),
    /// A value has no properties or elements at all.
    NotIndexable(String),
    /// A parameter or a variable is made of itself.
    Circular(Named, String),
    /// A resource waits for itself, straight or by way of others.
    CircularDependency(String),
    /// A resource waits for one that is not in the template.
    DependencyUnknown(String),
    /// `reference` and the like name what is not in the template.
    ReferenceUnknown(String),
    /// `reference` and the like name what several resources are called.
    ReferenceAmbiguous(String),
    /// A resource's name has not as many segments as its type asks for.
    Segments {
        /// The resource's name.
        name: String,
        /// Its type.
        kind: String,
    },
    /// Two resources are the same.
    Duplicate(String),
    /// A loop goes round too often, or a negative number of times.
    Rounds {
        /// The loop.
        name: String,
        /// How often.
        count: i64,
    },
    /// There is more of something than may be.
    TooMany {
        /// Of what.
        what: &'static str,
        /// How much may be.
        limit: usize,
        /// How much there is.
        actual: usize,
    },
    /// An output is not what it was declared as, or cannot be told.
    Output {
        /// The output.
        name: String,
        /// Why.
        why: String,
    },
    /// Values or expressions lie within each other too deeply.
    TooDeep,
    /// A value is too large.
    TooLarge,
    /// It takes too long to evaluate.
    TooMuchWork,
    /// The template itself said `fail`.
    Failed(String),
    /// A value is needed that only a running deployment knows.
    NeedsRuntime(String),
    /// Who was asked at run time refused.
    Runtime {
        /// Its code.
        code: String,
        /// Its words.
        message: String,
    },
}

impl Problem {
    /// A problem of this kind, at no place yet.
    pub fn new(kind: Kind) -> Self {
        Self(Box::new(Told {
            kind,
            path: Vec::new(),
        }))
    }

    /// What a [`Runtime`](crate::Runtime) refused, in its own code and words.
    pub fn runtime(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Kind::Runtime {
            code: code.into(),
            message: message.into(),
        })
    }

    /// Which kind of problem it is.
    pub fn kind(&self) -> &Kind {
        &self.0.kind
    }

    /// Resource Manager's code for it.
    pub fn code(&self) -> &str {
        match &self.0.kind {
            Kind::Runtime { code, .. } => code,
            Kind::Output { .. } => "DeploymentOutputEvaluationFailed",
            _ => "InvalidTemplate",
        }
    }

    /// Where in the template, as `resources[0].properties.osProfile`; empty for the whole.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for place in self.0.path.iter().rev() {
            match place {
                Place::Member(name) if path.is_empty() => path.push_str(name),
                Place::Member(name) => {
                    path.push('.');
                    path.push_str(name);
                }
                Place::Element(index) => {
                    path.push('[');
                    path.push_str(&index.to_string());
                    path.push(']');
                }
            }
        }
        path
    }

    /// The same problem of a member of what was looked at.
    pub(crate) fn in_member(mut self, name: &str) -> Self {
        self.0.path.push(Place::Member(name.to_owned()));
        self
    }

    /// The same problem of an element of what was looked at.
    pub(crate) fn in_element(mut self, index: usize) -> Self {
        self.0.path.push(Place::Element(index));
        self
    }

    /// The same problem, at no place: what had failed belongs elsewhere.
    pub(crate) fn out_of_place(mut self) -> Self {
        self.0.path.clear();
        self
    }

    /// Whether all that is wrong is that nothing runs yet.
    pub(crate) fn needs_runtime(&self) -> bool {
        matches!(self.0.kind, Kind::NeedsRuntime(_))
    }
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self::new(kind)
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problem")
            .field("kind", &self.0.kind)
            .field("path", &self.path())
            .finish()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            Kind::Runtime { message, .. } => f.write_str(message),
            Kind::Output { .. } => write!(f, "{}", self.0.kind),
            Kind::MissingMember(_) | Kind::MemberType { .. } => {
                write!(
                    f,
                    "Deployment template parse failed: '{} Path '{}'.'.",
                    self.0.kind,
                    self.path()
                )
            }
            kind => write!(f, "Deployment template validation failed: '{kind}'."),
        }
    }
}

impl std::error::Error for Problem {}

const SYNTAX: &str = "Please see https://aka.ms/arm-syntax for usage details.";
const FUNCTIONS: &str = "Please see https://aka.ms/arm-functions for usage details.";
const RESOURCES: &str = "Please see https://aka.ms/arm-syntax-resources for usage details.";
const PARAMETERS: &str = "Please see https://aka.ms/arm-pass-parameter-values for usage details.";

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneOf(values) if values.is_empty() => {
                f.write_str("The parameter value is not part of the allowed value(s).")
            }
            Self::OneOf(values) => write!(
                f,
                "The parameter value is not part of the allowed value(s): '{}'.",
                values.join(",")
            ),
            Self::MinLength(n) => write!(
                f,
                "Length of the value should be greater than or equal to '{n}'."
            ),
            Self::MaxLength(n) => write!(
                f,
                "Length of the value should be less than or equal to '{n}'."
            ),
            Self::MinValue(n) => write!(f, "The value should be greater than or equal to '{n}'."),
            Self::MaxValue(n) => write!(f, "The value should be less than or equal to '{n}'."),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingMember(name) => {
                write!(f, "Required property '{name}' not found in JSON.")
            }
            Self::MemberType { expected, actual } => write!(
                f,
                "The value is not valid: expected type '{expected}', actual type '{actual}'."
            ),
            Self::ParameterMissing(_)
            | Self::ParametersUnknown { .. }
            | Self::ParameterReference(_)
            | Self::ParameterType { .. }
            | Self::ParameterDeclaration(_)
            | Self::ParameterValue { .. } => self.tell_parameter(f),
            Self::CircularDependency(_)
            | Self::DependencyUnknown(_)
            | Self::ReferenceUnknown(_)
            | Self::ReferenceAmbiguous(_)
            | Self::Segments { .. }
            | Self::Duplicate(_)
            | Self::Rounds { .. } => self.tell_resource(f),
            Self::Syntax { why, at } => write!(
                f,
                "Unable to parse language expression: {why} (after {at} characters). {FUNCTIONS}"
            ),
            Self::Unknown(what, name) => write!(
                f,
                "The template {} '{name}' is not found. {SYNTAX}",
                what.word()
            ),
            Self::UnknownFunction(name) => {
                write!(
                    f,
                    "The template function '{name}' is not valid. {FUNCTIONS}"
                )
            }
            Self::Misplaced(name) => write!(
                f,
                "The template function '{name}' is not expected at this location. {FUNCTIONS}"
            ),
            Self::ArgumentCount {
                function,
                expected,
                given,
            } => write!(
                f,
                "Unable to evaluate template language function '{function}': function requires \
                 {expected} argument(s) while {given} were provided. {FUNCTIONS}"
            ),
            Self::Argument { function, why } => write!(
                f,
                "Unable to evaluate template language function '{function}': {why}. {FUNCTIONS}"
            ),
            Self::Property { name, available } => write!(
                f,
                "The language expression property '{name}' doesn't exist, available properties \
                 are '{}'.",
                available.join(", ")
            ),
            Self::Index(index) => write!(
                f,
                "The language expression property array index '{index}' is out of bounds."
            ),
            Self::NotIndexable(name) => write!(
                f,
                "The language expression property '{name}' can't be evaluated."
            ),
            Self::Circular(what, name) => write!(
                f,
                "Circular dependency detected on template {}: '{name}'. {SYNTAX}",
                what.word()
            ),
            Self::TooMany {
                what,
                limit,
                actual,
            } => write!(
                f,
                "The number of template {what} limit exceeded. Limit: '{limit}' and actual: \
                 '{actual}'. {SYNTAX}"
            ),
            Self::Output { name, why } => {
                write!(f, "The template output '{name}' is not valid: {why}.")
            }
            Self::TooDeep => f.write_str("The template is nested too deeply"),
            Self::TooLarge => f.write_str("The evaluated value exceeds the maximum size"),
            Self::TooMuchWork => f.write_str("The template takes too long to evaluate"),
            Self::Failed(message) | Self::Runtime { message, .. } => f.write_str(message),
            Self::NeedsRuntime(name) => write!(
                f,
                "The template function '{name}' can be evaluated by a running deployment only"
            ),
        }
    }
}

impl Kind {
    fn tell_parameter(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ParameterMissing(name) => write!(
                f,
                "The value for the template parameter '{name}' is not provided. Please see \
                 https://aka.ms/arm-create-parameter-file for usage details."
            ),
            Self::ParametersUnknown { names, known } => write!(
                f,
                "The template parameters '{}' in the parameters file are not valid; they are not \
                 present in the original template and can therefore not be provided at deployment \
                 time. The only supported parameters for this template are '{}'. {PARAMETERS}",
                names.join(", "),
                known.join(", ")
            ),
            Self::ParameterReference(name) => write!(
                f,
                "The value of the template parameter '{name}' is a reference to a key vault, and \
                 there is no key vault that could be asked. {PARAMETERS}"
            ),
            Self::ParameterType {
                name,
                expected,
                actual,
            } => write!(
                f,
                "The value of the template parameter '{name}' is not valid: template parameter \
                 JToken type is not valid. Expected '{expected}'. Actual '{actual}'. {PARAMETERS}"
            ),
            Self::ParameterDeclaration(name) => write!(
                f,
                "The template parameter '{name}' is not valid: its type is none of String, \
                 SecureString, Int, Bool, Object, SecureObject, Array. {SYNTAX}"
            ),
            Self::ParameterValue { name, rule } => write!(
                f,
                "The provided value for the template parameter '{name}' is not valid. {rule} \
                 Please see https://aka.ms/arm-parameter-file for usage details."
            ),
            _ => Ok(()),
        }
    }

    fn tell_resource(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CircularDependency(id) => write!(
                f,
                "Circular dependency detected on resource: '{id}'. {RESOURCES}"
            ),
            Self::DependencyUnknown(name) => write!(
                f,
                "The resource '{name}' is not defined in the template. {SYNTAX}"
            ),
            Self::ReferenceUnknown(name) => write!(
                f,
                "The template reference '{name}' is not valid: could not find template resource \
                 or resource copy with this name. {FUNCTIONS}"
            ),
            Self::ReferenceAmbiguous(name) => write!(
                f,
                "The template reference '{name}' is not valid: more than one resource has this \
                 name. {FUNCTIONS}"
            ),
            Self::Segments { name, kind } => write!(
                f,
                "The template resource '{name}' for type '{kind}' has incorrect segment lengths. A \
                 nested resource type must have identical number of segments as its resource name. \
                 A root resource type must have segment length one greater than its resource name. \
                 {RESOURCES}"
            ),
            Self::Duplicate(id) => write!(
                f,
                "The resource '{id}' is defined multiple times in a template. {RESOURCES}"
            ),
            Self::Rounds { name, count } => write!(
                f,
                "The copy count '{count}' of the copy loop '{name}' is not valid: it must be from \
                 0 to 800. Please see https://aka.ms/arm-copy for usage details."
            ),
            _ => Ok(()),
        }
    }
}

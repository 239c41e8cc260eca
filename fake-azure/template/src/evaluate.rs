//! From expressions to values.

mod identifiers;
mod lambda;
mod resources;
mod surroundings;

pub(crate) use self::resources::is_list;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::{Map, Value};

use crate::directory::Directory;
use crate::effort::{Effort, MOST_DEPTH, MOST_ROUNDS, STEP};
use crate::expression::{Expression, Step, Text};
use crate::functions::{self, Call};
use crate::problem::{Kind, Named, Problem};
use crate::runtime::Runtime;
use crate::setting::{Setting, Variable};
use crate::value::{at, member};

/// Where in a template something stands; it decides what may be asked there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The default of a parameter.
    Default,
    /// A variable.
    Variable,
    /// The output of a function of the template's own.
    Function,
    /// What decides which resources there are: names, conditions, counts, dependencies.
    Identity,
    /// The rest of a resource.
    Body,
    /// An output.
    Output,
}

/// A round of a loop, within those around it.
#[derive(Clone, Copy)]
pub(crate) struct Round<'f> {
    pub(crate) name: &'f str,
    pub(crate) index: usize,
    /// Whether it makes resources, and not values.
    pub(crate) of_resources: bool,
    pub(crate) around: Option<&'f Self>,
}

/// A variable of a lambda, within those around it.
#[derive(Clone, Copy)]
struct Binding<'f> {
    name: &'f str,
    value: &'f Rc<Value>,
    around: Option<&'f Self>,
}

/// What an expression sees of where it stands.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'f> {
    place: Place,
    depth: usize,
    rounds: Option<&'f Round<'f>>,
    bindings: Option<&'f Binding<'f>>,
    /// What a function of the template's own was given.
    arguments: Option<&'f BTreeMap<String, Rc<Value>>>,
}

impl<'f> Frame<'f> {
    pub(crate) const fn at(place: Place) -> Self {
        Self {
            place,
            depth: 0,
            rounds: None,
            bindings: None,
            arguments: None,
        }
    }

    /// The same within a round of a loop.
    pub(crate) const fn in_round(self, round: &'f Round<'f>) -> Self {
        Self {
            rounds: Some(round),
            ..self
        }
    }

    /// Another place, of which nothing around here is seen; as deep as this one.
    const fn elsewhere(self, place: Place) -> Frame<'static> {
        Frame {
            depth: self.depth,
            ..Frame::at(place)
        }
    }

    /// The innermost round.
    pub(crate) const fn round(self) -> Option<&'f Round<'f>> {
        self.rounds
    }

    /// The same at another place.
    pub(crate) const fn moved(self, place: Place) -> Self {
        Self { place, ..self }
    }

    fn deeper(self) -> Result<Self, Problem> {
        if self.depth >= MOST_DEPTH {
            return Err(Kind::TooDeep.into());
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }
}

/// Evaluates what belongs to one deployment, at one time.
pub(crate) struct Evaluator<'a> {
    setting: &'a Setting,
    effort: &'a Effort,
    /// Parameters that have no value yet, while their defaults are being found.
    defaults: BTreeMap<String, &'a Value>,
    directory: Option<&'a Directory>,
    runtime: Option<&'a dyn Runtime>,
    parameters: RefCell<BTreeMap<String, Rc<Value>>>,
    variables: RefCell<BTreeMap<String, Rc<Value>>>,
    /// Parameters and variables that are being evaluated.
    open: RefCell<BTreeSet<(bool, String)>>,
    /// How many identifiers have been drawn.
    drawn: Cell<u32>,
    /// Whether something waits for the deployment to run.
    waits: Cell<bool>,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(setting: &'a Setting, effort: &'a Effort) -> Self {
        Self {
            setting,
            effort,
            defaults: BTreeMap::new(),
            directory: None,
            runtime: None,
            parameters: RefCell::default(),
            variables: RefCell::default(),
            open: RefCell::default(),
            drawn: Cell::new(0),
            waits: Cell::new(false),
        }
    }

    /// The same while defaults are being found.
    pub(crate) fn with_defaults(self, defaults: BTreeMap<String, &'a Value>) -> Self {
        Self { defaults, ..self }
    }

    /// The same with the resources of the template.
    pub(crate) fn with_directory(self, directory: &'a Directory) -> Self {
        Self {
            directory: Some(directory),
            ..self
        }
    }

    /// The same in a deployment that runs.
    pub(crate) fn with_runtime(self, runtime: &'a dyn Runtime) -> Self {
        Self {
            runtime: Some(runtime),
            ..self
        }
    }

    /// Whether something was left as it is written since this was last asked.
    pub(crate) fn take_waits(&self) -> bool {
        self.waits.replace(false)
    }

    /// A value with all its expressions evaluated. Without a running deployment, those that need
    /// one stay as they are written.
    pub(crate) fn tree(&self, value: &Value, frame: Frame<'_>) -> Result<Value, Problem> {
        self.effort.spend(STEP)?;
        let frame = frame.deeper()?;
        match value {
            Value::String(text) => match self.text(text, frame) {
                Ok(value) => self.owned(value),
                Err(problem) if problem.needs_runtime() && self.runtime.is_none() => {
                    self.waits.set(true);
                    self.owned(Rc::new(value.clone()))
                }
                Err(problem) => Err(problem),
            },
            Value::Array(elements) => {
                let mut made = Vec::with_capacity(elements.len());
                for (index, element) in elements.iter().enumerate() {
                    made.push(
                        self.tree(element, frame)
                            .map_err(|problem| problem.in_element(index))?,
                    );
                }
                Ok(made.into())
            }
            Value::Object(members) => self.members(members, frame).map(Value::Object),
            other => Ok(other.clone()),
        }
    }

    fn members(
        &self,
        members: &Map<String, Value>,
        frame: Frame<'_>,
    ) -> Result<Map<String, Value>, Problem> {
        let mut made = Map::new();
        for (name, value) in members {
            if let Some(loops) = property_loops(name, value) {
                for (index, declared) in loops.iter().enumerate() {
                    let (name, values) = self
                        .property_loop(declared, frame)
                        .map_err(|problem| problem.in_element(index).in_member(name))?;
                    made.insert(name, values);
                }
                continue;
            }
            let value = self
                .tree(value, frame)
                .map_err(|problem| problem.in_member(name))?;
            made.insert(self.member_name(name, frame)?, value);
        }
        Ok(made)
    }

    /// Names of members can be expressions, too.
    fn member_name(&self, name: &str, frame: Frame<'_>) -> Result<String, Problem> {
        self.effort.text(name.len())?;
        if !name.starts_with('[') {
            return Ok(name.to_owned());
        }
        match self.text(name, frame) {
            Ok(value) => match &*value {
                Value::String(name) => Ok(name.clone()),
                other => Err(Problem::from(Kind::MemberType {
                    expected: "String",
                    actual: crate::value::type_word(other),
                })
                .in_member(name)),
            },
            Err(problem) if problem.needs_runtime() && self.runtime.is_none() => {
                self.waits.set(true);
                Ok(name.to_owned())
            }
            Err(problem) => Err(problem.in_member(name)),
        }
    }

    /// A property that is made by a loop: its name and its elements.
    fn property_loop(
        &self,
        declared: &Value,
        frame: Frame<'_>,
    ) -> Result<(String, Value), Problem> {
        let name = self.name_of_loop(declared, frame)?;
        let values = self.loop_values(declared, &name, frame)?;
        Ok((name, values))
    }

    /// The name of a loop of values.
    pub(crate) fn name_of_loop(
        &self,
        declared: &Value,
        frame: Frame<'_>,
    ) -> Result<String, Problem> {
        let name = at(declared, "name")
            .and_then(Value::as_str)
            .ok_or_else(|| Problem::from(Kind::MissingMember("name".to_owned())))?;
        self.name(name, frame.moved(Place::Identity))
            .map_err(|problem| problem.in_member("name"))
    }

    /// Whether a value is no larger than values may be.
    pub(crate) fn fits(&self, value: &Value) -> Result<(), Problem> {
        self.effort.copy(value).map(drop)
    }

    /// A value as it is written.
    pub(crate) fn as_written(&self, value: &Value) -> Result<Value, Problem> {
        self.effort.copy(value)?;
        Ok(value.clone())
    }

    /// Takes so much of what may be spent.
    pub(crate) fn spend(&self, units: usize) -> Result<(), Problem> {
        self.effort.spend(units)
    }

    /// What a loop of values comes to: `input`, as often as `count` says.
    pub(crate) fn loop_values(
        &self,
        declared: &Value,
        name: &str,
        frame: Frame<'_>,
    ) -> Result<Value, Problem> {
        let count = self.rounds(declared, name, frame)?;
        let input = at(declared, "input")
            .ok_or_else(|| Problem::from(Kind::MissingMember("input".to_owned())))?;
        (0..count)
            .map(|index| {
                let round = Round {
                    name,
                    index,
                    of_resources: false,
                    around: frame.rounds,
                };
                self.tree(input, frame.in_round(&round))
                    .map_err(|problem| problem.in_member("input"))
            })
            .collect()
    }

    /// How often a loop goes round.
    pub(crate) fn rounds(
        &self,
        declared: &Value,
        name: &str,
        frame: Frame<'_>,
    ) -> Result<usize, Problem> {
        let count = at(declared, "count")
            .ok_or_else(|| Problem::from(Kind::MissingMember("count".to_owned())))?;
        let count = self
            .tree(count, frame.moved(Place::Identity))
            .map_err(|problem| problem.in_member("count"))?;
        let Some(count) = count.as_i64() else {
            return Err(Problem::from(Kind::MemberType {
                expected: "Integer",
                actual: crate::value::type_word(&count),
            })
            .in_member("count"));
        };
        match usize::try_from(count) {
            Ok(rounds) if count <= MOST_ROUNDS => Ok(rounds),
            _ => Err(Problem::from(Kind::Rounds {
                name: name.to_owned(),
                count,
            })
            .in_member("count")),
        }
    }

    /// A text that has to come to a text.
    pub(crate) fn name(&self, text: &str, frame: Frame<'_>) -> Result<String, Problem> {
        let value = self.text(text, frame)?;
        match &*value {
            Value::String(name) => Ok(name.clone()),
            other => Err(Kind::MemberType {
                expected: "String",
                actual: crate::value::type_word(other),
            }
            .into()),
        }
    }

    /// What a text comes to: itself, or what its expression does.
    fn text(&self, text: &str, frame: Frame<'_>) -> Result<Rc<Value>, Problem> {
        self.effort.text(text.len())?;
        if !text.starts_with('[') {
            return Ok(Rc::new(text.into()));
        }
        match Text::read(text)? {
            Text::Literal(literal) => Ok(Rc::new(literal.into())),
            Text::Expression(expression) => self.expression(&expression, frame),
        }
    }

    /// Takes a value out of what shares it.
    fn owned(&self, value: Rc<Value>) -> Result<Value, Problem> {
        self.effort.copy(&value)?;
        Ok(Rc::unwrap_or_clone(value))
    }

    pub(crate) fn expression(
        &self,
        expression: &Expression,
        frame: Frame<'_>,
    ) -> Result<Rc<Value>, Problem> {
        self.effort.spend(STEP)?;
        let frame = frame.deeper()?;
        match expression {
            Expression::Text(text) => {
                self.effort.text(text.len())?;
                Ok(Rc::new(text.as_str().into()))
            }
            Expression::Number(number) => Ok(Rc::new(Value::Number(number.clone()))),
            Expression::Access { base, steps } => self.access(base, steps, frame),
            Expression::Call {
                namespace,
                name,
                arguments,
            } => match namespace {
                Some(namespace) if !namespace.eq_ignore_ascii_case("sys") => {
                    self.own_function(namespace, name, arguments, frame)
                }
                _ => self.function(name, arguments, frame),
            },
        }
    }

    fn access(
        &self,
        base: &Expression,
        steps: &[Step],
        frame: Frame<'_>,
    ) -> Result<Rc<Value>, Problem> {
        let base = self.expression(base, frame)?;
        let mut found: &Value = &base;
        for step in steps {
            self.effort.spend(1)?;
            found = match step {
                Step::Name(name) => property(found, name)?,
                Step::Index(index) => {
                    let index = self.expression(index, frame)?;
                    element(found, &index)?
                }
            };
        }
        self.effort.copy(found)?;
        Ok(Rc::new(found.clone()))
    }

    fn evaluated(
        &self,
        arguments: &[Expression],
        frame: Frame<'_>,
    ) -> Result<Vec<Rc<Value>>, Problem> {
        arguments
            .iter()
            .map(|argument| self.expression(argument, frame))
            .collect()
    }

    /// A call of a function that the language has.
    fn function(
        &self,
        name: &str,
        arguments: &[Expression],
        frame: Frame<'_>,
    ) -> Result<Rc<Value>, Problem> {
        let lower = name.to_ascii_lowercase();
        if let Some(value) = self.lazy(&lower, name, arguments, frame) {
            return value;
        }
        if let Some(value) = self.lambda_function(&lower, name, arguments, frame) {
            return value;
        }
        let values = self.evaluated(arguments, frame)?;
        if let Some(value) = functions::call(name, &values, self.effort) {
            return value.map(Rc::new);
        }
        let call = Call {
            name,
            arguments: &values,
            effort: self.effort,
        };
        if let Some(value) = self.surrounding(&lower, &call, frame) {
            return value;
        }
        if let Some(value) = self.identifier(&lower, &call) {
            return value.map(|id| Rc::new(id.into()));
        }
        if let Some(value) = self.of_resource(&lower, &call, frame) {
            return value.map(Rc::new);
        }
        Err(Kind::UnknownFunction(name.to_owned()).into())
    }

    /// Functions that do not evaluate all that they are given.
    fn lazy(
        &self,
        lower: &str,
        name: &str,
        arguments: &[Expression],
        frame: Frame<'_>,
    ) -> Option<Result<Rc<Value>, Problem>> {
        match lower {
            "if" => Some(self.choice(name, arguments, frame)),
            "and" => Some(self.truths(name, arguments, frame, false)),
            "or" => Some(self.truths(name, arguments, frame, true)),
            "coalesce" => Some(self.coalesce(name, arguments, frame)),
            _ => None,
        }
    }

    fn choice(
        &self,
        name: &str,
        arguments: &[Expression],
        frame: Frame<'_>,
    ) -> Result<Rc<Value>, Problem> {
        let [condition, yes, no] = arguments else {
            functions::count(name, 3, 3, arguments.len())?;
            return Ok(Rc::default());
        };
        if self.truth(name, condition, frame)? {
            self.expression(yes, frame)
        } else {
            self.expression(no, frame)
        }
    }

    /// Whether all are true, or (`sought`) any is.
    fn truths(
        &self,
        name: &str,
        arguments: &[Expression],
        frame: Frame<'_>,
        sought: bool,
    ) -> Result<Rc<Value>, Problem> {
        functions::count(name, 1, usize::MAX, arguments.len())?;
        for argument in arguments {
            if self.truth(name, argument, frame)? == sought {
                return Ok(Rc::new(sought.into()));
            }
        }
        Ok(Rc::new((!sought).into()))
    }

    fn truth(&self, name: &str, argument: &Expression, frame: Frame<'_>) -> Result<bool, Problem> {
        let value = self.expression(argument, frame)?;
        match &*value {
            Value::Bool(truth) => Ok(*truth),
            other => Err(Call {
                name,
                arguments: &[],
                effort: self.effort,
            }
            .mistyped(other, "a boolean")),
        }
    }

    fn coalesce(
        &self,
        name: &str,
        arguments: &[Expression],
        frame: Frame<'_>,
    ) -> Result<Rc<Value>, Problem> {
        functions::count(name, 1, usize::MAX, arguments.len())?;
        for argument in arguments {
            let value = self.expression(argument, frame)?;
            if !value.is_null() {
                return Ok(value);
            }
        }
        Ok(Rc::default())
    }

    /// A call of a function that the template has.
    fn own_function(
        &self,
        namespace: &str,
        name: &str,
        arguments: &[Expression],
        frame: Frame<'_>,
    ) -> Result<Rc<Value>, Problem> {
        let called = format!("{namespace}.{name}");
        let Some(function) = self.setting.functions.get(&called.to_ascii_lowercase()) else {
            return Err(Kind::UnknownFunction(called).into());
        };
        let most = function.parameters.len();
        functions::count(&called, most, most, arguments.len())?;
        let given = function
            .parameters
            .iter()
            .map(|name| name.to_ascii_lowercase())
            .zip(self.evaluated(arguments, frame)?)
            .collect();
        let inner = Frame {
            arguments: Some(&given),
            ..frame.elsewhere(Place::Function)
        };
        self.tree(&function.output, inner)
            .map(Rc::new)
            .map_err(Problem::out_of_place)
    }

    /// The value of a parameter of the template.
    pub(crate) fn parameter(&self, name: &str, frame: Frame<'_>) -> Result<Rc<Value>, Problem> {
        let key = name.to_ascii_lowercase();
        if let Some(known) = self.parameters.borrow().get(&key) {
            return Ok(Rc::clone(known));
        }
        let value = if let Some(value) = self.setting.parameters.get(&key) {
            self.effort.copy(value)?;
            value.clone()
        } else if let Some(default) = self.defaults.get(&key) {
            self.opened(Named::Parameter, name, &key, || {
                self.tree(default, frame.elsewhere(Place::Default))
            })?
        } else {
            return Err(Kind::Unknown(Named::Parameter, name.to_owned()).into());
        };
        let value = Rc::new(value);
        self.parameters.borrow_mut().insert(key, Rc::clone(&value));
        Ok(value)
    }

    fn variable(&self, name: &str, frame: Frame<'_>) -> Result<Rc<Value>, Problem> {
        let key = name.to_ascii_lowercase();
        if let Some(known) = self.variables.borrow().get(&key) {
            return Ok(Rc::clone(known));
        }
        let Some(variable) = self.setting.variables.get(&key) else {
            return Err(Kind::Unknown(Named::Variable, name.to_owned()).into());
        };
        let value = self.opened(Named::Variable, name, &key, || {
            let frame = frame.elsewhere(Place::Variable);
            match variable {
                Variable::Value(value) => self.tree(value, frame),
                Variable::Loop(declared) => self.loop_values(declared, name, frame),
            }
        })?;
        let value = Rc::new(value);
        self.variables.borrow_mut().insert(key, Rc::clone(&value));
        Ok(value)
    }

    /// Evaluates what has a name, unless that is being done.
    fn opened(
        &self,
        what: Named,
        name: &str,
        key: &str,
        evaluate: impl FnOnce() -> Result<Value, Problem>,
    ) -> Result<Value, Problem> {
        let entry = (what == Named::Parameter, key.to_owned());
        if !self.open.borrow_mut().insert(entry.clone()) {
            return Err(Kind::Circular(what, name.to_owned()).into());
        }
        let value = evaluate().map_err(|problem| match what {
            Named::Parameter => problem
                .in_member("defaultValue")
                .in_member(name)
                .in_member("parameters"),
            _ => problem.in_member(name).in_member("variables"),
        });
        self.open.borrow_mut().remove(&entry);
        value
    }
}

/// The loops of a member, if it is one that holds loops.
pub(crate) fn property_loops<'v>(name: &str, value: &'v Value) -> Option<&'v [Value]> {
    if !name.eq_ignore_ascii_case("copy") {
        return None;
    }
    let loops = value.as_array()?;
    loops
        .iter()
        .all(|declared| {
            at(declared, "name").is_some_and(Value::is_string) && at(declared, "count").is_some()
        })
        .then_some(loops.as_slice())
        .filter(|loops| !loops.is_empty())
}

fn property<'v>(value: &'v Value, name: &str) -> Result<&'v Value, Problem> {
    let Value::Object(members) = value else {
        return Err(Kind::NotIndexable(name.to_owned()).into());
    };
    member(members, name).ok_or_else(|| {
        Kind::Property {
            name: name.to_owned(),
            available: members.keys().cloned().collect(),
        }
        .into()
    })
}

fn element<'v>(value: &'v Value, index: &Value) -> Result<&'v Value, Problem> {
    match (value, index) {
        (_, Value::String(name)) => property(value, name),
        (Value::Array(elements), Value::Number(number)) => number
            .as_u64()
            .and_then(|index| elements.get(usize::try_from(index).ok()?))
            .ok_or_else(|| Kind::Index(number.to_string()).into()),
        (_, index) => Err(Kind::NotIndexable(crate::value::text_of(index)).into()),
    }
}

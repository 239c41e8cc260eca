//! Arrays of bash in a running shell: which element is meant, and giving them values.

use std::sync::Arc;

use super::Shell;
use super::elements::{Elements, Key};
use super::interrupt::Interrupt;
use super::parser;
use super::syntax::{Assignment, Element, Subscript, Word};
use super::variables::Refusal;

/// What an array's parameter is worth.
pub(super) enum Found {
    One(Option<String>),
    Many(Vec<String>),
}

impl Shell {
    /// The elements of a variable: those of an array, or its value as the first; also of those
    /// that the shell works out.
    pub(super) fn elements_of(&self, name: &str) -> Elements {
        if let Some(elements) = self.state.variables.elements(name) {
            return elements.clone();
        }
        match self
            .worked_out(name)
            .filter(|_| self.state.dialect.is_bash())
        {
            Some(elements) => elements,
            None => self.value_of(name).into_iter().collect(),
        }
    }

    /// The elements of an array that the shell works out.
    pub(super) fn worked_out(&self, name: &str) -> Option<Elements> {
        let state = &self.state;
        let calls = || state.stack.iter().rev();
        let script = || state.script.iter();
        let is_script = state.script.is_some();
        let text = |source: &Option<Arc<str>>| match source {
            Some(source) => source.to_string(),
            None => "environment".to_owned(),
        };
        Some(match name {
            // At the top it is not set, even in a script.
            "FUNCNAME" if state.stack.is_empty() => Elements::default(),
            "FUNCNAME" => {
                let main = is_script.then(|| "main".to_owned());
                calls().map(|call| call.name.clone()).chain(main).collect()
            }
            "BASH_SOURCE" => {
                let script = script().map(ToString::to_string);
                calls()
                    .map(|call| text(&call.source))
                    .chain(script)
                    .collect()
            }
            "BASH_LINENO" => {
                let main = is_script.then(|| "0".to_owned());
                let lines = calls().map(|call| call.line.to_string());
                lines.chain(main).collect()
            }
            "PIPESTATUS" => match &state.pipeline {
                Some(statuses) => statuses.iter().map(u8::to_string).collect(),
                None => std::iter::once(state.status.to_string()).collect(),
            },
            "BASH_VERSINFO" => ["5", "2", "15", "1", "release", "x86_64-pc-linux-gnu"]
                .map(str::to_owned)
                .into_iter()
                .collect(),
            "DIRSTACK" => {
                let here = std::iter::once(self.process.cwd.clone());
                here.chain(state.folders.iter().cloned()).collect()
            }
            _ => return None,
        })
    }

    /// Gives what a text names, a variable or an element, a value, as `printf -v` does.
    pub(super) async fn assign_named(
        &mut self,
        text: &str,
        value: String,
    ) -> Result<(), Interrupt> {
        let Some((name, subscript)) = parser::subscripted(text) else {
            return self.set_variable(text, value).await;
        };
        let (name, subscript) = (name.to_owned(), subscript.to_owned());
        let key = if self.state.variables.is_by_name(&name) {
            Key::Name(subscript)
        } else {
            let number = self.evaluate(&subscript).await?;
            Key::Number(self.number_of(&name, number).unwrap_or_default())
        };
        let value = self.shaped(&name, value).await?;
        let set = self.state.variables.set_element(&name, key, value);
        self.taken(&name, set).await
    }

    /// One element, without a look at the others.
    fn element(&self, name: &str, key: &Key) -> Option<String> {
        match self.state.variables.elements(name) {
            Some(elements) => elements.get(key).map(str::to_owned),
            None => self.elements_of(name).get(key).map(str::to_owned),
        }
    }

    /// Finds the key that a subscript means.
    pub(super) async fn key(&mut self, name: &str, subscript: &Word) -> Result<Key, Interrupt> {
        if self.state.variables.is_by_name(name) {
            return Ok(Key::Name(self.text(subscript).await?));
        }
        let number = self.arithmetic(subscript).await?;
        if let Some(number) = self.number_of(name, number) {
            return Ok(Key::Number(number));
        }
        let message = format!("{name}[{number}]: bad array subscript");
        Err(self.discard(&message).await)
    }

    /// A place counted from the front, or, where it is negative, from behind.
    fn number_of(&self, name: &str, number: i64) -> Option<u64> {
        if let Ok(number) = u64::try_from(number) {
            return Some(number);
        }
        let next = match self.state.variables.elements(name) {
            Some(elements) => elements.next(),
            None => self.elements_of(name).next(),
        };
        next.checked_sub(number.unsigned_abs())
    }

    /// What `${name[subscript]}` is.
    pub(super) async fn found(
        &mut self,
        name: &str,
        subscript: &Subscript,
    ) -> Result<Found, Interrupt> {
        match subscript {
            Subscript::Each { .. } => {
                let elements = self.elements_of(name);
                let values = elements.iter().map(|(_, value)| value.to_owned());
                Ok(Found::Many(values.collect()))
            }
            Subscript::At(word) => {
                let key = self.key(name, word).await?;
                Ok(Found::One(self.element(name, &key)))
            }
        }
    }

    /// The keys of `${!name[@]}`.
    pub(super) fn keys(&self, name: &str) -> Vec<String> {
        self.elements_of(name)
            .iter()
            .map(|(key, _)| key.show())
            .collect()
    }

    /// What a name with a subscript in it is, as `${!name}` and arithmetic have it.
    pub(super) fn element_by_text(&self, text: &str) -> Option<String> {
        let (name, subscript) = parser::subscripted(text)?;
        let key = if self.state.variables.is_by_name(name) {
            Key::Name(subscript.to_owned())
        } else {
            Key::Number(self.number_of(name, subscript.trim().parse().ok()?)?)
        };
        self.element(name, &key)
    }

    /// Gives the element that a text such as `a[3]` names a value.
    pub(super) fn assign_by_text(&mut self, text: &str, value: String) -> Result<(), Refusal> {
        let Some((name, subscript)) = parser::subscripted(text) else {
            return self.assign_variable(text, value);
        };
        let key = if self.state.variables.is_by_name(name) {
            Key::Name(subscript.to_owned())
        } else {
            let number = subscript.trim().parse().ok();
            let number = number.and_then(|number| self.number_of(name, number));
            Key::Number(number.unwrap_or_default())
        };
        self.state.variables.set_element(name, key, value)
    }

    /// Carries out `name[subscript]=value` and `name=( … )`.
    pub(super) async fn assign_array(&mut self, assignment: &Assignment) -> Result<(), Interrupt> {
        let name = &assignment.name;
        if let Some(subscript) = &assignment.subscript {
            let key = self.key(name, subscript).await?;
            let value = self.text(&assignment.value).await?;
            let value = if assignment.is_appended {
                let before = self.element(name, &key).unwrap_or_default();
                self.appended(name, before, value).await?
            } else {
                self.shaped(name, value).await?
            };
            let set = self.state.variables.set_element(name, key, value);
            return self.taken(name, set).await;
        }
        // Where it is read for the new one, its old elements are still there.
        let known = self.elements_of(name);
        let mut elements = if assignment.is_appended {
            known
        } else if known.is_by_name {
            Elements::by_name()
        } else {
            Elements::default()
        };
        let mut next = elements.next();
        for element in assignment.elements.iter().flatten() {
            next = self.add_element(name, &mut elements, element, next).await?;
        }
        let set = self.state.variables.set_elements(name, elements);
        self.taken(name, set).await
    }

    /// Gives an array the elements that stand in its declaration, which may make it read-only.
    pub(super) async fn assign_declared(
        &mut self,
        assignment: &Assignment,
        was_read_only: bool,
    ) -> Result<(), Interrupt> {
        let name = &assignment.name;
        let is_read_only = self.state.variables.is_read_only(name);
        if !is_read_only || was_read_only {
            return self.assign_array(assignment).await;
        }
        self.state.variables.make_writable(name);
        let outcome = self.assign_array(assignment).await;
        self.state.variables.make_read_only(name);
        outcome
    }

    /// Adds elements at a place, or where a subscript says; the place behind them.
    async fn add_element(
        &mut self,
        name: &str,
        elements: &mut Elements,
        element: &Element,
        mut next: u64,
    ) -> Result<u64, Interrupt> {
        if let Some(subscript) = &element.subscript {
            let key = if elements.is_by_name {
                Key::Name(self.text(subscript).await?)
            } else {
                let number = self.arithmetic(subscript).await?;
                let number = u64::try_from(number).unwrap_or_default();
                next = number.saturating_add(1);
                Key::Number(number)
            };
            let value = self.text(&element.value).await?;
            let value = self.shaped(name, value).await?;
            elements.set(key, value);
            return Ok(next);
        }
        let fields = self.fields(std::slice::from_ref(&element.value)).await?;
        if elements.is_by_name {
            // Keys and values in turn.
            let message = format!(
                "{name}: {}: must use subscript when assigning associative array",
                fields.join(" ")
            );
            self.complain(&message).await;
            return Ok(next);
        }
        for field in fields {
            let field = self.shaped(name, field).await?;
            elements.set(Key::Number(next), field);
            next = next.saturating_add(1);
        }
        Ok(next)
    }

    pub(super) async fn taken(
        &mut self,
        name: &str,
        set: Result<(), Refusal>,
    ) -> Result<(), Interrupt> {
        match set {
            Ok(()) => Ok(()),
            Err(refusal) => Err(self.refuse(name, refusal).await),
        }
    }

    /// Takes an element away; false where the text names none.
    pub(super) async fn unset_element(&mut self, text: &str) -> Result<bool, Interrupt> {
        if !self.state.dialect.is_bash() {
            return Ok(false);
        }
        let Some((name, subscript)) = parser::subscripted(text) else {
            return Ok(false);
        };
        let (name, subscript) = (name.to_owned(), subscript.to_owned());
        if matches!(subscript.as_str(), "@" | "*") {
            let set = self.state.variables.unset(&name);
            self.taken(&name, set).await?;
            return Ok(true);
        }
        let key = if self.state.variables.is_by_name(&name) {
            Key::Name(subscript)
        } else {
            let number = self.evaluate(&subscript).await?;
            Key::Number(self.number_of(&name, number).unwrap_or(u64::MAX))
        };
        let set = self.state.variables.remove_element(&name, &key);
        self.taken(&name, set).await?;
        Ok(true)
    }
}

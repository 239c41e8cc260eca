//! `export`, `readonly`, `local`, `declare`, `unset`.

use super::super::Shell;
use super::super::dialect::Dialect;
use super::super::elements::Elements;
use super::super::frame::Frame;
use super::super::interrupt::Interrupt;
use super::super::parser::is_name;
use super::super::quote;
use super::super::text;
use super::super::variables::Variable;
use super::options;

impl Shell {
    pub(super) async fn export(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let (letters, names) = options(args);
        let mut is_exported = true;
        for letter in letters {
            match letter {
                'p' => {}
                'n' => is_exported = false,
                'f' if self.state.dialect.is_bash() => return Ok(0),
                other => return Err(self.illegal_option("export", &other.to_string()).await),
            }
        }
        if names.is_empty() {
            let is_shown = |variable: &Variable| variable.is_exported;
            return Ok(self.list_variables("export", is_shown).await);
        }
        for name in names {
            let name = self.declared("export", name).await?;
            self.state.variables.export(&name, is_exported);
        }
        Ok(0)
    }

    pub(super) async fn read_only_variables(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let (letters, names) = options(args);
        for letter in letters {
            if letter != 'p' && !(self.state.dialect.is_bash() && matches!(letter, 'a' | 'A')) {
                return Err(self.illegal_option("readonly", &letter.to_string()).await);
            }
        }
        if names.is_empty() {
            let is_shown = |variable: &Variable| variable.is_read_only;
            return Ok(self.list_variables("readonly", is_shown).await);
        }
        for name in names {
            let name = self.declared("readonly", name).await?;
            self.state.variables.make_read_only(&name);
        }
        Ok(0)
    }

    pub(super) async fn local(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let is_in_function = self
            .frames
            .iter()
            .any(|f| matches!(f, Frame::Function { .. }));
        if !is_in_function {
            let message = match self.state.dialect {
                Dialect::Bash => "can only be used in a function",
                Dialect::Ash | Dialect::Dash => "not in a function",
            };
            return Err(self.fail_as("local", message).await);
        }
        let (letters, names) = if self.state.dialect.is_bash() {
            options(args)
        } else {
            (Vec::new(), args)
        };
        for name in names {
            let name = self.make_local("local", name).await?;
            self.make_array(&name, &letters).await?;
        }
        Ok(0)
    }

    /// Lets a variable be what it was before once the function is left.
    async fn make_local(&mut self, command: &str, text: &str) -> Result<String, Interrupt> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        if !is_name(name) {
            return Err(self.bad_name(command, name).await);
        }
        let before = self.state.variables.variable(name).cloned();
        let function = self.frames.iter_mut().rev().find_map(|frame| match frame {
            Frame::Function { locals, .. } => Some(locals),
            _ => None,
        });
        if let Some(locals) = function
            && !locals.iter().any(|(known, _)| known == name)
        {
            locals.push((name.to_owned(), before));
            // Dash hands the outer value on; the others begin with none.
            if value.is_none() && self.state.dialect != Dialect::Dash {
                self.state.variables.unset(name).ok();
            }
        }
        if let Some(value) = value {
            self.set_variable(name, value.to_owned()).await?;
        }
        Ok(name.to_owned())
    }

    /// Makes a variable an array, if the letters of an option say so.
    async fn make_array(&mut self, name: &str, letters: &[char]) -> Result<(), Interrupt> {
        let is_by_name = letters.contains(&'A');
        if !is_by_name && !letters.contains(&'a') {
            return Ok(());
        }
        if let Some(known) = self.state.variables.elements(name) {
            if known.is_by_name == is_by_name {
                return Ok(());
            }
            let (from, to) = if is_by_name {
                ("indexed", "associative")
            } else {
                ("associative", "indexed")
            };
            let message = format!("{name}: cannot convert {from} to {to} array");
            return Err(self.fail_as("declare", &message).await);
        }
        let elements = if is_by_name {
            Elements::by_name()
        } else {
            self.elements_of(name)
        };
        let set = self.state.variables.set_elements(name, elements);
        self.taken(name, set).await
    }

    /// Shows what one variable is, as `declare` could make it again.
    fn shown(name: &str, variable: &Variable) -> String {
        let mut flags = String::new();
        if let Some(elements) = &variable.elements {
            flags.push(if elements.is_by_name { 'A' } else { 'a' });
        }
        if variable.is_read_only {
            flags.push('r');
        }
        if variable.is_exported {
            flags.push('x');
        }
        if flags.is_empty() {
            flags.push('-');
        }
        let double = |text: &str| {
            let mut quoted = String::from('"');
            for letter in text.chars() {
                if matches!(letter, '"' | '\\' | '$' | '`') {
                    quoted.push('\\');
                }
                quoted.push(letter);
            }
            quoted + "\""
        };
        let mut line = format!("declare -{flags} {name}");
        if let Some(elements) = &variable.elements {
            let shown = elements.iter();
            let shown: Vec<String> = shown
                .map(|(key, value)| format!("[{}]={}", key.show(), double(value)))
                .collect();
            // bash leaves a blank behind the elements that go by names.
            let end = if elements.is_by_name && !shown.is_empty() {
                " "
            } else {
                ""
            };
            line.extend(["=(", &shown.join(" "), end, ")"]);
        } else if let Some(value) = &variable.value {
            line.extend(["=", &double(value)]);
        }
        line + "\n"
    }

    /// `declare` and `typeset` of bash.
    pub(super) async fn declare(
        &mut self,
        command: &str,
        args: &[String],
    ) -> Result<u8, Interrupt> {
        let (letters, names) = options(args);
        if letters.contains(&'n') {
            return Err(self.fail_as(command, "references are not there").await);
        }
        if letters.contains(&'f') || letters.contains(&'F') {
            let known = |name: &String| self.state.functions.contains_key(name);
            return Ok(u8::from(!names.iter().all(known)));
        }
        if names.is_empty() {
            return Ok(self.list_variables("declare --", |_| true).await);
        }
        if letters.contains(&'p') {
            let mut status = 0;
            for name in names {
                let known = self.state.variables.variable(name);
                if let Some(line) = known.map(|known| Self::shown(name, known)) {
                    status |= self.print(text::encode(&line)).await;
                    continue;
                }
                self.complain(&format!("{command}: {name}: not found"))
                    .await;
                status = 1;
            }
            return Ok(status);
        }
        let is_in_function = self
            .frames
            .iter()
            .any(|f| matches!(f, Frame::Function { .. }));
        for name in names {
            let name = if is_in_function && !letters.contains(&'g') {
                self.make_local(command, name).await?
            } else {
                self.declared(command, name).await?
            };
            self.make_array(&name, &letters).await?;
            if letters.contains(&'x') {
                self.state.variables.export(&name, true);
            }
            if letters.contains(&'r') {
                self.state.variables.make_read_only(&name);
            }
        }
        Ok(0)
    }

    /// Carries out `name=value`, or takes a mere `name`; returns the name.
    async fn declared(&mut self, command: &str, text: &str) -> Result<String, Interrupt> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        if !is_name(name) {
            return Err(self.bad_name(command, name).await);
        }
        if let Some(value) = value {
            if self.state.variables.is_read_only(name) {
                let message = self.read_only(name);
                return Err(self.fail_as(command, &message).await);
            }
            self.set_variable(name, value.to_owned()).await?;
        }
        Ok(name.to_owned())
    }

    async fn bad_name(&mut self, command: &str, name: &str) -> Interrupt {
        let message = match self.state.dialect {
            Dialect::Bash => format!("`{name}': not a valid identifier"),
            Dialect::Ash | Dialect::Dash => format!("{name}: bad variable name"),
        };
        self.fail_as(command, &message).await
    }

    /// Shows variables so that a shell can read them.
    async fn list_variables(&mut self, command: &str, is_shown: fn(&Variable) -> bool) -> u8 {
        let mut listed = String::new();
        for (name, variable) in self.state.variables.iter() {
            if !is_shown(variable) {
                continue;
            }
            listed.extend([command, " ", name]);
            if let Some(value) = &variable.value {
                listed.extend(["=", &quote::always(value)]);
            }
            listed.push('\n');
        }
        self.print(text::encode(&listed)).await
    }

    pub(super) async fn unset(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let (letters, names) = options(args);
        let mut of_functions = None;
        for letter in letters {
            match letter {
                'f' => of_functions = Some(true),
                'v' => of_functions = Some(false),
                other => return Err(self.illegal_option("unset", &other.to_string()).await),
            }
        }
        for name in names {
            if of_functions == Some(true) {
                std::sync::Arc::make_mut(&mut self.state.functions).remove(name);
                continue;
            }
            if self.unset_element(name).await? {
                continue;
            }
            if !is_name(name) {
                return Err(self.bad_name("unset", name).await);
            }
            let is_set = self.state.variables.variable(name).is_some();
            if self.state.variables.unset(name).is_err() {
                let message = match self.state.dialect {
                    Dialect::Bash => format!("{name}: cannot unset: readonly variable"),
                    Dialect::Ash | Dialect::Dash => self.read_only(name),
                };
                return Err(self.fail_as("unset", &message).await);
            }
            // Without a variable of that name it is the function that is meant.
            if !is_set && of_functions.is_none() && self.state.functions.contains_key(name) {
                std::sync::Arc::make_mut(&mut self.state.functions).remove(name);
            }
        }
        Ok(0)
    }
}

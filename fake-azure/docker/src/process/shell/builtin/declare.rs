//! `export`, `readonly`, `local`, `declare`, `unset`.

use super::super::Shell;
use super::super::dialect::Dialect;
use super::super::elements::Elements;
use super::super::frame::Frame;
use super::super::interrupt::Interrupt;
use super::super::parser::is_name;
use super::super::quote;
use super::super::text;
use super::super::variables::{Letters, Shape, Variable};
use super::options;

/// What letters of options make of variables.
#[derive(Debug, Default)]
struct Attributes {
    is_integer: Option<bool>,
    letters: Option<Letters>,
    no_letters: bool,
    is_reference: bool,
    is_exported: Option<bool>,
}

impl Attributes {
    fn of(on: &[char], off: &[char]) -> Self {
        let mut attributes = Self::default();
        for (letters, is_on) in [(on, true), (off, false)] {
            for letter in letters {
                let is = |letters: Letters| is_on.then_some(letters);
                attributes.no_letters |= !is_on && matches!(letter, 'l' | 'u');
                match letter {
                    'i' => attributes.is_integer = Some(is_on),
                    'l' => attributes.letters = is(Letters::Lower),
                    'u' => attributes.letters = is(Letters::Upper),
                    'n' => attributes.is_reference = is_on,
                    'x' => attributes.is_exported = Some(is_on),
                    _ => {}
                }
            }
        }
        attributes
    }

    /// Whether they say nothing of what is made of values.
    fn is_empty(&self) -> bool {
        self.is_integer.is_none() && self.letters.is_none() && !self.no_letters
    }

    fn on(&self, shape: Shape) -> Shape {
        Shape {
            is_integer: self.is_integer.unwrap_or(shape.is_integer),
            letters: self.letters.or(shape.letters.filter(|_| !self.no_letters)),
            ..shape
        }
    }
}

/// Takes options off the front of arguments: letters behind `-`, letters behind `+`, and what is left.
fn switched(args: &[String]) -> (Vec<char>, Vec<char>, &[String]) {
    let (mut on, mut off, mut rest) = (Vec::new(), Vec::new(), args);
    while let Some((first, behind)) = rest.split_first() {
        let letters = first.get(1..).filter(|letters| !letters.is_empty());
        match (first.chars().next(), letters) {
            (Some('-'), Some("-")) => return (on, off, behind),
            (Some('-'), Some(letters)) => on.extend(letters.chars()),
            (Some('+'), Some(letters)) => off.extend(letters.chars()),
            _ => break,
        }
        rest = behind;
    }
    (on, off, rest)
}

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
        let attributes = Attributes::of(&letters, &[]);
        for text in names {
            self.declare_one("local", text, true, &letters, &attributes)
                .await?;
        }
        Ok(0)
    }

    /// Declares one name, with what letters of options say of it.
    async fn declare_one(
        &mut self,
        command: &str,
        text: &str,
        is_local: bool,
        letters: &[char],
        attributes: &Attributes,
    ) -> Result<(), Interrupt> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        // What it is decides what is made of the value.
        if is_local {
            self.make_local(command, name).await?;
        } else if !is_name(name) {
            return Err(self.bad_name(command, name).await);
        }
        if attributes.is_reference {
            return self.make_reference(command, name, value).await;
        }
        if attributes.is_empty() {
            self.make_array(name, letters).await?;
        } else {
            let known = self.state.variables.meant(name).to_owned();
            let shape = attributes.on(self.state.variables.shape(&known));
            self.make_array(name, letters).await?;
            self.state.variables.set_shape(&known, shape);
        }
        match value {
            Some(value) => {
                self.declared(command, &format!("{name}={value}")).await?;
            }
            None => self.state.variables.declare(name),
        }
        if let Some(is_exported) = attributes.is_exported {
            self.state.variables.export(name, is_exported);
        }
        if letters.contains(&'r') {
            self.state.variables.make_read_only(name);
        }
        Ok(())
    }

    /// Lets a name stand for another.
    async fn make_reference(
        &mut self,
        command: &str,
        name: &str,
        target: Option<&str>,
    ) -> Result<(), Interrupt> {
        let shape = Shape {
            is_reference: true,
            ..Shape::default()
        };
        match target {
            Some(target) if target == name => {
                let message = format!("{name}: nameref variable self references not allowed");
                Err(self.fail_as(command, &message).await)
            }
            Some(target) if !is_name(target) => {
                let message = format!("`{target}': invalid variable name for name reference");
                Err(self.fail_as(command, &message).await)
            }
            target => {
                if let Some(target) = target {
                    let led = self.state.variables.refer(name, target);
                    self.taken(name, led).await?;
                }
                self.state.variables.set_shape(name, shape);
                Ok(())
            }
        }
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
    pub(in super::super) fn shown(name: &str, variable: &Variable) -> String {
        let flags = match variable.flags() {
            flags if flags.is_empty() => "-".to_owned(),
            flags => flags,
        };
        let double = |text: &str| {
            if text.chars().any(|letter| letter.is_ascii_control()) {
                return quote::for_bash(text);
            }
            let mut quoted = String::from('"');
            for letter in text.chars() {
                if matches!(letter, '"' | '\\' | '$' | '`') {
                    quoted.push('\\');
                }
                quoted.push(letter);
            }
            quoted + "\""
        };
        let is_plain = |c: char| c.is_alphanumeric() || "_-./:".contains(c);
        let key = |key: String| {
            if key.chars().all(is_plain) {
                key
            } else {
                double(&key)
            }
        };
        let mut line = format!("declare -{flags} {name}");
        if let Some(elements) = &variable.elements {
            let shown = elements.iter();
            let shown: Vec<String> = shown
                .map(|(name, value)| format!("[{}]={}", key(name.show()), double(value)))
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
        let (letters, off, names) = switched(args);
        if letters.contains(&'f') || letters.contains(&'F') {
            return self.declare_functions(names).await;
        }
        let attributes = Attributes::of(&letters, &off);
        if names.is_empty() {
            return Ok(self.list_declared(&letters).await);
        }
        if letters.contains(&'p') {
            let mut status = 0;
            for name in names {
                let known = self.state.variables.variable(name);
                let known = known.map(|known| Self::shown(name, known));
                let worked_out = || {
                    let variable = Variable::of_elements(self.worked_out(name)?);
                    Some(Self::shown(name, &variable))
                };
                if let Some(line) = known.or_else(worked_out) {
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
        let is_local = is_in_function && !letters.contains(&'g');
        for text in names {
            self.declare_one(command, text, is_local, &letters, &attributes)
                .await?;
        }
        Ok(0)
    }

    /// Tells which functions there are; bash shows their text, too, of which nothing is kept here.
    async fn declare_functions(&mut self, names: &[String]) -> Result<u8, Interrupt> {
        if names.is_empty() {
            let known = self.state.functions.keys();
            let lines = known.fold(String::new(), |lines, name| {
                lines + "declare -f " + name + "\n"
            });
            return Ok(self.print(text::encode(&lines)).await);
        }
        let mut status = 0;
        for name in names {
            if self.state.functions.contains_key(name) {
                self.print(text::encode(&format!("{name}\n"))).await;
            } else {
                status = 1;
            }
        }
        Ok(status)
    }

    /// Shows all variables: with letters those that have what they say, as `declare` could make
    /// them again.
    async fn list_declared(&mut self, letters: &[char]) -> u8 {
        let wanted: Vec<char> = letters
            .iter()
            .copied()
            .filter(|l| "aAinrxlu".contains(*l))
            .collect();
        if letters.is_empty() {
            return self.list_all().await;
        }
        let mut listed = String::new();
        for (name, variable) in self.state.variables.iter() {
            let flags = variable.flags();
            if wanted.iter().all(|letter| flags.contains(*letter)) {
                listed += &Self::shown(name, variable);
            }
        }
        self.print(text::encode(&listed)).await
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
        let is_bash = self.state.dialect.is_bash();
        for (name, variable) in self.state.variables.iter() {
            if !is_shown(variable) {
                continue;
            }
            if is_bash {
                listed += &Self::shown(name, variable);
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
        let mut of_reference = false;
        for letter in letters {
            match letter {
                'n' if self.state.dialect.is_bash() => of_reference = true,
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
            if of_reference {
                self.state.variables.put(name, None);
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

//! `getopts`.

use super::super::Shell;
use super::super::dialect::Dialect;
use super::super::interrupt::Interrupt;
use super::super::parser::is_name;

impl Shell {
    pub(super) async fn getopts(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let [known, name, given @ ..] = args else {
            let message = match self.state.dialect {
                Dialect::Dash => "Usage: getopts optstring var [arg...]",
                Dialect::Ash | Dialect::Bash => "usage: getopts optstring var [arg]",
            };
            return Err(self.fail_as("getopts", message).await);
        };
        if !is_name(name) {
            return Err(self
                .fail_as("getopts", &format!("{name}: bad variable name"))
                .await);
        }
        let words = if given.is_empty() {
            self.state.parameters.to_vec()
        } else {
            given.to_vec()
        };
        let is_silent = known.starts_with(':');
        let index = self
            .state
            .variables
            .get("OPTIND")
            .and_then(|text| text.parse().ok());
        let mut index: usize = index.unwrap_or(1).max(1);
        let letter = self.state.option_letter;
        let word = words.get(index - 1).map(String::as_str);
        let is_option = word.is_some_and(|word| word.starts_with('-') && word.len() > 1);
        if letter == 0 && (!is_option || word == Some("--")) {
            let index = index + usize::from(word == Some("--"));
            return self.answer(name, "?", None, index, 0).await.map(|()| 1);
        }
        let letters: Vec<char> = word.unwrap_or_default().chars().skip(1).collect();
        let Some(option) = letters.get(letter).copied() else {
            // The words are no longer those that the last call saw.
            return self.answer(name, "?", None, index, 0).await.map(|()| 1);
        };
        let behind = letters.get(letter + 1..).unwrap_or_default();
        let mut next = letter + 1;
        if behind.is_empty() {
            next = 0;
            index += 1;
        }
        let place = known
            .char_indices()
            .find(|(_, known)| *known == option && option != ':');
        let Some((place, _)) = place else {
            let argument = is_silent.then(|| option.to_string());
            if !is_silent {
                self.process.complain(self.illegal(option)).await;
            }
            self.answer(name, "?", argument, index, next).await?;
            return Ok(0);
        };
        let takes_argument = known[place + option.len_utf8()..].starts_with(':');
        if !takes_argument {
            let argument = (!self.state.dialect.is_bash()).then(String::new);
            self.answer(name, &option.to_string(), argument, index, next)
                .await?;
            return Ok(0);
        }
        if !behind.is_empty() {
            let argument = Some(behind.iter().collect());
            self.answer(name, &option.to_string(), argument, index + 1, 0)
                .await?;
            return Ok(0);
        }
        match words.get(index - 1) {
            Some(argument) => {
                let argument = Some(argument.clone());
                self.answer(name, &option.to_string(), argument, index + 1, 0)
                    .await?;
            }
            None if is_silent => {
                self.answer(name, ":", Some(option.to_string()), index, 0)
                    .await?;
            }
            None => {
                self.process.complain(self.missing(option)).await;
                self.answer(name, "?", None, index, 0).await?;
            }
        }
        Ok(0)
    }

    async fn answer(
        &mut self,
        name: &str,
        option: &str,
        argument: Option<String>,
        index: usize,
        letter: usize,
    ) -> Result<(), Interrupt> {
        match argument {
            Some(argument) => self.set_variable("OPTARG", argument).await?,
            None => {
                self.state.variables.unset("OPTARG").ok();
            }
        }
        self.set_variable("OPTIND", index.to_string()).await?;
        self.state.option_letter = letter;
        self.set_variable(name, option.to_owned()).await
    }

    fn illegal(&self, option: char) -> String {
        let name = &self.state.name;
        match self.state.dialect {
            Dialect::Bash => format!("{name}: illegal option -- {option}\n"),
            Dialect::Ash | Dialect::Dash => format!("Illegal option -{option}\n"),
        }
    }

    fn missing(&self, option: char) -> String {
        let name = &self.state.name;
        match self.state.dialect {
            Dialect::Bash => format!("{name}: option requires an argument -- {option}\n"),
            Dialect::Ash | Dialect::Dash => format!("No arg for -{option} option\n"),
        }
    }
}

//! `set`, `shift`, `let`, `eval`'s kin that change the shell itself.

use std::sync::Arc;

use super::super::Shell;
use super::super::dialect::Dialect;
use super::super::interrupt::Interrupt;
use super::super::options::{NAMED, Switch};
use super::super::quote;
use super::super::text;

impl Shell {
    pub(super) async fn set(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        if args.is_empty() {
            return Ok(self.list_all().await);
        }
        let mut rest = args;
        while let Some((first, behind)) = rest.split_first() {
            if first == "--" {
                self.state.parameters = Arc::new(behind.to_vec());
                return Ok(0);
            }
            if first == "-" {
                self.state.options.set(Switch::XTrace, false);
                self.state.options.set(Switch::Verbose, false);
                rest = behind;
                break;
            }
            let is_on = first.starts_with('-');
            if !is_on && !first.starts_with('+') || first.len() < 2 {
                break;
            }
            rest = behind;
            for letter in first.chars().skip(1) {
                if letter == 'o' {
                    let Some((name, behind)) = rest.split_first() else {
                        return Ok(self.list_switches(is_on).await);
                    };
                    rest = behind;
                    match Switch::of_name(name) {
                        Some(switch) => self.state.options.set(switch, is_on),
                        // Names that say how bash reads; the others are told.
                        None if self.state.dialect.is_bash() && is_of_bash(name) => {}
                        None if self.state.dialect.is_bash() => {
                            let message = format!("{name}: invalid option name");
                            self.complain_as("set", &message).await;
                            return Ok(2);
                        }
                        None => {
                            let sign = if is_on { "-o" } else { "+o" };
                            self.complain_as("set", &format!("illegal option {sign} {name}"))
                                .await;
                            return Err(Interrupt::Fail(1));
                        }
                    }
                    continue;
                }
                match Switch::of_letter(letter) {
                    Some(switch) => self.state.options.set(switch, is_on),
                    None if self.state.dialect.is_bash() && "hkptBHPT".contains(letter) => {}
                    None => {
                        return Err(self.illegal_option("set", &letter.to_string()).await);
                    }
                }
            }
        }
        if !rest.is_empty() {
            self.state.parameters = Arc::new(rest.to_vec());
        }
        Ok(0)
    }

    pub(super) async fn list_all(&mut self) -> u8 {
        let mut listed = String::new();
        for (name, variable) in self.state.variables.iter() {
            if let Some(value) = &variable.value {
                let value = match self.state.dialect {
                    Dialect::Bash => quote::if_needed(value),
                    Dialect::Ash | Dialect::Dash => quote::always(value),
                };
                listed.extend([name, "=", &value, "\n"]);
            }
        }
        self.print(text::encode(&listed)).await
    }

    async fn list_switches(&mut self, is_table: bool) -> u8 {
        let options = self.state.options;
        if self.state.dialect.is_bash() {
            let lines: String = NAMES_OF_BASH
                .iter()
                .map(|(name, by_itself)| {
                    let switch = Switch::of_name(name);
                    let is_on = switch.map_or(*by_itself, |switch| options.has(switch));
                    switched(name, is_on, is_table)
                })
                .collect();
            return self.print(lines).await;
        }
        let lines = NAMED.iter().map(|(name, switch)| {
            let is_on = options.has(*switch);
            if is_table {
                format!("{name:<16}{}\n", if is_on { "on" } else { "off" })
            } else {
                format!("set {}o {name}\n", if is_on { '-' } else { '+' })
            }
        });
        let lines: String = lines.collect();
        self.print(lines).await
    }

    pub(super) async fn shift(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let count = match args.first() {
            None => 1,
            Some(text) => self.number("shift", text).await?,
        };
        if count > self.state.parameters.len() {
            return match self.state.dialect {
                Dialect::Dash => Err(self.fail_as("shift", "can't shift that many").await),
                Dialect::Ash | Dialect::Bash => Ok(1),
            };
        }
        Arc::make_mut(&mut self.state.parameters).drain(..count);
        Ok(0)
    }

    pub(super) async fn let_(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        if args.is_empty() {
            return Err(self.fail_as("let", "expression expected").await);
        }
        let mut value = 0;
        for expression in args {
            let Some(found) = self.evaluated_as("let", expression).await? else {
                return Ok(1);
            };
            value = found;
        }
        Ok(u8::from(value == 0))
    }
}

/// What `set -o` of bash lists, in its order, and whether each is on in a script by itself.
const NAMES_OF_BASH: [(&str, bool); 27] = [
    ("allexport", false),
    ("braceexpand", true),
    ("emacs", false),
    ("errexit", false),
    ("errtrace", false),
    ("functrace", false),
    ("hashall", true),
    ("histexpand", false),
    ("history", false),
    ("ignoreeof", false),
    ("interactive-comments", true),
    ("keyword", false),
    ("monitor", false),
    ("noclobber", false),
    ("noexec", false),
    ("noglob", false),
    ("nolog", false),
    ("notify", false),
    ("nounset", false),
    ("onecmd", false),
    ("physical", false),
    ("pipefail", false),
    ("posix", false),
    ("privileged", false),
    ("verbose", false),
    ("vi", false),
    ("xtrace", false),
];

/// A line of bash's lists of switches: in a table, or as what would set it so.
pub(super) fn switched(name: &str, is_on: bool, is_table: bool) -> String {
    if is_table {
        format!("{name:<15}\t{}\n", if is_on { "on" } else { "off" })
    } else {
        format!("set {}o {name}\n", if is_on { '-' } else { '+' })
    }
}

fn is_of_bash(name: &str) -> bool {
    NAMES_OF_BASH.iter().any(|(known, _)| *known == name)
}

//! `trap`.

use super::super::Shell;
use super::super::dialect::Dialect;
use super::super::interrupt::Interrupt;
use super::super::quote;
use super::super::text;
use super::super::trap::Condition;
use crate::process::Signal;

impl Shell {
    pub(super) async fn trap(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let args = match args.split_first() {
            Some((first, rest)) if first == "--" => rest,
            _ => args,
        };
        let Some((action, conditions)) = args.split_first() else {
            return Ok(self.list_traps().await);
        };
        if action == "-p" {
            return Ok(self.list_traps().await);
        }
        if action == "-l" && self.state.dialect.is_bash() {
            return self.kill(&["-l".to_owned()]).await;
        }
        if action.starts_with('-') && action.len() > 1 {
            return Err(self.illegal_option("trap", &action[1..]).await);
        }
        // An action that is a number, or stands alone, is a condition to forget.
        let is_alone = conditions.is_empty() || action.bytes().all(|byte| byte.is_ascii_digit());
        let (action, conditions) = if is_alone && !action.is_empty() {
            (None, args)
        } else {
            (
                Some(action.as_str()).filter(|action| *action != "-"),
                conditions,
            )
        };
        let mut status = 0;
        for name in conditions {
            if let Some(condition) = Condition::parse(name, self.state.dialect) {
                self.set_trap(condition, action);
            } else {
                let message = match self.state.dialect {
                    Dialect::Ash | Dialect::Bash => {
                        format!("{name}: invalid signal specification")
                    }
                    Dialect::Dash => format!("{name}: bad trap"),
                };
                self.complain_as("trap", &message).await;
                status = 1;
            }
        }
        Ok(status)
    }

    fn set_trap(&mut self, condition: Condition, action: Option<&str>) {
        match action {
            Some(action) => self.state.traps.set(condition, action.to_owned()),
            None => self.state.traps.remove(condition),
        }
        let Condition::Signal(signal) = condition else {
            return;
        };
        match action {
            Some("") => self.process.ignore(signal),
            Some(_) => self.process.catch(signal),
            // Interrupts do not end a shell that somebody types into.
            None if signal == Signal::INT && self.state.is_interactive() => {
                self.process.catch(signal);
            }
            None => self.process.reset(signal),
        }
    }

    async fn list_traps(&mut self) -> u8 {
        let is_bash = self.state.dialect.is_bash();
        let lines = self.state.traps.iter().map(|(condition, action)| {
            let name = condition.name();
            match condition {
                Condition::Signal(_) if is_bash => {
                    format!("trap -- {} SIG{name}\n", quote::always(action))
                }
                _ => format!("trap -- {} {name}\n", quote::always(action)),
            }
        });
        let lines: String = lines.collect();
        self.print(text::encode(&lines)).await
    }
}

//! `shopt` of bash.

use super::super::Shell;
use super::super::habits::Habits;
use super::super::interrupt::Interrupt;
use super::super::options::Switch;
use super::options;
use super::set::switched;

impl Shell {
    pub(super) async fn shopt(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let (letters, names) = options(args);
        if let Some(unknown) = letters.iter().find(|letter| !"pqsuo".contains(**letter)) {
            return Err(self.illegal_option("shopt", &unknown.to_string()).await);
        }
        let has = |letter| letters.contains(&letter);
        if has('s') && has('u') {
            let message = "cannot set and unset shell options simultaneously";
            return Err(self.fail_as("shopt", message).await);
        }
        let change = (has('s') || has('u')).then_some(has('s'));
        if names.is_empty() {
            let listed = self.list_habits(change, has('p'));
            if has('q') {
                return Ok(0);
            }
            return Ok(self.print(listed).await);
        }
        let mut status = 0;
        for name in names {
            let known = if has('o') {
                Switch::of_name(name).map(|switch| self.state.has(switch))
            } else {
                self.state.habits.get(name)
            };
            let Some(is_on) = known else {
                let kind = if has('o') { "option" } else { "shell option" };
                let message = format!("{name}: invalid {kind} name");
                self.complain_as("shopt", &message).await;
                status = 1;
                continue;
            };
            match change {
                Some(is_on) if has('o') => {
                    if let Some(switch) = Switch::of_name(name) {
                        self.state.options.set(switch, is_on);
                    }
                }
                Some(is_on) => {
                    self.state.habits.set(name, is_on);
                }
                None => {
                    status |= u8::from(!is_on);
                    if !has('q') {
                        let line = shown(name, is_on, has('p'), has('o'));
                        self.print(line).await;
                    }
                }
            }
        }
        Ok(status)
    }

    fn list_habits(&self, only: Option<bool>, as_commands: bool) -> String {
        let all = Habits::names().map(|name| (name, self.state.habits.has(name)));
        let meant = all.filter(|(_, is_on)| only.is_none_or(|only| only == *is_on));
        let lines = meant.map(|(name, is_on)| shown(name, is_on, as_commands, false));
        lines.collect()
    }
}

fn shown(name: &str, is_on: bool, as_command: bool, is_switch: bool) -> String {
    match (as_command, is_switch) {
        (true, false) => format!("shopt -{} {name}\n", if is_on { 's' } else { 'u' }),
        (as_command, _) => switched(name, is_on, !as_command),
    }
}

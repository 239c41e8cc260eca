//! `wait`, `jobs`, `fg`, `bg` and `kill`.

use super::super::Shell;
use super::super::interrupt::Interrupt;
use super::super::text;
use super::options;
use crate::process::{Child, Exit};

impl Shell {
    pub(super) async fn wait(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let (letters, names) = options(args);
        if letters.contains(&'n') {
            return self.wait_for_any().await;
        }
        if names.is_empty() {
            let jobs = self.jobs.iter();
            let children: Vec<Child> = jobs.flat_map(|job| job.children.clone()).collect();
            return Ok(if let Err(signal) = self.wait_or_signal(&children).await {
                Exit::Killed(signal).code()
            } else {
                self.jobs.take_ended();
                0
            });
        }
        let mut status = 0;
        for name in names {
            let Some(job) = self.jobs.find(name) else {
                if name.starts_with('%') {
                    return Err(self.fail_as("wait", &format!("{name}: no such job")).await);
                }
                if name.parse::<u32>().is_err() {
                    return Err(self
                        .fail_as("wait", &format!("Illegal number: {name}"))
                        .await);
                }
                status = 127;
                continue;
            };
            let (number, children) = (job.number, job.children.clone());
            match self.wait_or_signal(&children).await {
                Err(signal) => return Ok(Exit::Killed(signal).code()),
                Ok(exit) => {
                    let exit = exit.unwrap_or(Exit::Code(0));
                    self.tell_end(exit).await;
                    status = exit.code();
                    self.jobs.forget(number);
                }
            }
        }
        Ok(status)
    }

    async fn wait_for_any(&mut self) -> Result<u8, Interrupt> {
        let waiting: Vec<_> = self
            .jobs
            .iter()
            .map(|job| (job.number, job.children.clone()))
            .collect();
        if waiting.is_empty() {
            return Ok(127);
        }
        let ends = waiting.into_iter().map(|(number, children)| {
            Box::pin(async move {
                let mut exit = Exit::Code(0);
                for child in &children {
                    exit = child.wait().await;
                }
                (number, exit)
            })
        });
        let first = futures_util::future::select_all(ends);
        let signal = self.process.signal();
        tokio::select! {
            biased;
            ((number, exit), ..) = first => {
                self.jobs.forget(number);
                Ok(exit.code())
            }
            signal = signal => {
                if self.has_trapped(signal) {
                    self.state.traps.keep(signal);
                }
                Ok(Exit::Killed(signal).code())
            }
        }
    }

    pub(super) async fn list_jobs(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let (letters, _) = options(args);
        let last = self.jobs.last().map(|job| job.number);
        let before_last = self.jobs.iter().rev().nth(1).map(|job| job.number);
        let mut listed = String::new();
        for job in self.jobs.iter() {
            let mark = match Some(job.number) {
                number if number == last => '+',
                number if number == before_last => '-',
                _ => ' ',
            };
            let line = match letters.first() {
                Some('p') => job.pid().to_string(),
                Some('l') => format!(
                    "[{}]{mark} {:>5} {:<26} {}",
                    job.number,
                    job.pid(),
                    job.words(),
                    job.text
                ),
                _ => format!("[{}]{mark}  {:<26} {}", job.number, job.words(), job.text),
            };
            listed = line + "\n" + &listed;
        }
        self.jobs.take_ended();
        Ok(self.print(text::encode(&listed)).await)
    }

    /// `fg` waits for a background command; `bg` has nothing to do, as none stands still.
    pub(super) async fn foreground(
        &mut self,
        command: &str,
        args: &[String],
    ) -> Result<u8, Interrupt> {
        let name = args.first().map_or("%%", String::as_str);
        let Some(job) = self.jobs.find(name) else {
            let message = match args.first() {
                None => "No current job".to_owned(),
                Some(name) => format!("{name}: no such job"),
            };
            return Err(self.fail_as(command, &message).await);
        };
        if command == "bg" {
            return Ok(0);
        }
        let (number, children, text) = (job.number, job.children.clone(), job.text.clone());
        self.print(text::encode(&(text + "\n"))).await;
        let mut status = 0;
        for child in &children {
            status = self.wait_for(child).await;
        }
        self.jobs.forget(number);
        Ok(status)
    }

    /// `kill`, with the jobs that only the shell knows by `%`.
    pub(super) async fn kill(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let mut resolved = Vec::with_capacity(args.len());
        for arg in args {
            if !arg.starts_with('%') {
                resolved.push(arg.clone());
                continue;
            }
            let Some(job) = self.jobs.find(arg) else {
                return Err(self.fail_as("kill", &format!("{arg}: no such job")).await);
            };
            resolved.extend(job.children.iter().map(|child| child.pid.to_string()));
        }
        self.tool("kill", &resolved).await
    }
}

//! Looking after a container's health.

use std::time::Duration;

use super::Engine;
use crate::process::Signal;
use crate::state::config::Healthcheck;
use crate::state::container::{Container, Health, HealthResult, HealthStatus, Status};
use crate::state::exec::{Exec, ExecProgress};
use crate::state::id::ObjectId;

/// How many checks are remembered.
const REMEMBERED: usize = 5;
/// How many bytes of a check's output are remembered.
const OUTPUT: usize = 4096;

/// How a container's health is found out.
#[derive(Clone, Debug)]
pub(super) struct Check {
    container: ObjectId,
    args: Vec<String>,
    interval: Duration,
    timeout: Duration,
    start_period: Duration,
    start_interval: Duration,
    retries: i64,
}

/// A container begins to run: what is to be looked at, if anything is.
pub(super) fn begin(container: &mut Container) -> Option<Check> {
    let health = container.config.healthcheck.clone().unwrap_or_default();
    let args = command(&health, container);
    container.state.health = args.is_some().then(|| Health {
        status: HealthStatus::Starting,
        failing_streak: 0,
        log: Vec::new(),
    });
    let time = |nanos: i64, default: u64| match u64::try_from(nanos) {
        Ok(0) | Err(_) => Duration::from_secs(default),
        Ok(nanos) => Duration::from_nanos(nanos),
    };
    Some(Check {
        container: container.id,
        args: args?,
        interval: time(health.interval, 30),
        timeout: time(health.timeout, 30),
        start_period: time(health.start_period, 0),
        start_interval: time(health.start_interval, 5),
        retries: if health.retries > 0 {
            health.retries
        } else {
            3
        },
    })
}

/// Nobody looks after a container any more, be it paused or ended: it counts as unhealthy until
/// somebody does.
pub(super) fn stop(container: &mut Container) {
    if let Some(health) = &mut container.state.health {
        health.status = HealthStatus::Unhealthy;
    }
}

fn command(health: &Healthcheck, container: &Container) -> Option<Vec<String>> {
    let test = health.test.as_ref()?;
    let (kind, words) = test.split_first()?;
    match kind.as_str() {
        "CMD" if !words.is_empty() => Some(words.to_vec()),
        "CMD-SHELL" if !words.is_empty() => {
            let shell = container.config.shell.as_ref().map(|shell| shell.0.clone());
            let mut line = shell.unwrap_or_else(|| vec!["/bin/sh".to_owned(), "-c".to_owned()]);
            line.extend(words.iter().cloned());
            Some(line)
        }
        _ => None,
    }
}

impl Engine {
    /// Checks a container's health until it ends.
    pub(super) async fn look_after(self, check: Check) {
        let born = self.now();
        loop {
            let age = self.now().duration_since(born);
            let is_young =
                age < jiff::SignedDuration::try_from(check.start_period).unwrap_or_default();
            let has_been_well = self.health_of(check.container) == Some(HealthStatus::Healthy);
            let pause = if is_young && !has_been_well {
                check.start_interval.min(check.interval)
            } else {
                check.interval
            };
            self.clock().sleep(pause).await;
            let status = {
                let state = self.state();
                state
                    .containers
                    .get(check.container)
                    .map(|c| c.state.status)
            };
            match status {
                Some(Status::Running) => {}
                Some(Status::Paused) => continue,
                _ => return,
            }
            let start = self.now();
            let (exit_code, output) = self.check_once(&check).await;
            let result = HealthResult {
                start,
                end: self.now(),
                exit_code,
                output,
            };
            let age = start.duration_since(born);
            let is_young =
                age < jiff::SignedDuration::try_from(check.start_period).unwrap_or_default();
            self.judge(&check, result, is_young);
        }
    }

    fn health_of(&self, id: ObjectId) -> Option<HealthStatus> {
        let state = self.state();
        let health = state.containers.get(id)?.state.health.as_ref()?;
        Some(health.status)
    }

    async fn check_once(&self, check: &Check) -> (i64, String) {
        let exec = Exec {
            id: check.container,
            container: check.container,
            args: check.args.clone(),
            env: Vec::new(),
            working_dir: String::new(),
            user: String::new(),
            privileged: false,
            tty: false,
            console_size: None,
            attach_stdin: false,
            attach_stdout: true,
            attach_stderr: true,
            detach_keys: String::new(),
            progress: ExecProgress::Created,
        };
        let made = self.create_exec(&check.container.to_string(), exec);
        let Ok(exec) = made.and_then(|id| self.exec(&id.to_string())) else {
            return (-1, "the health check could not be started".to_owned());
        };
        let started = match self.start_exec(&exec, None, false) {
            Ok(started) => started,
            Err(fault) => return (-1, fault.to_string()),
        };
        if let Some(refusal) = started.refusal {
            return (-1, refusal);
        }
        let attached = started.output;
        let Some(child) = started.child else {
            return (-1, String::new());
        };
        let mut output = Vec::new();
        let reading = async {
            while let Some((_, bytes)) = attached.next().await {
                let room = OUTPUT - output.len().min(OUTPUT);
                output.extend_from_slice(&bytes[..bytes.len().min(room)]);
            }
            child.wait().await
        };
        let exit = tokio::select! {
            exit = reading => Some(exit),
            () = self.clock().sleep(check.timeout) => None,
        };
        if let Some(exit) = exit {
            let output = String::from_utf8_lossy(&output).into_owned();
            return (i64::from(exit.code()), output);
        }
        if let Ok(life) = self.life(check.container)
            && let Some(running) = life.running()
        {
            running.space.signal(child.pid, Signal::KILL, true);
        }
        let timeout = go_duration(check.timeout);
        (-1, format!("Health check exceeded timeout ({timeout})"))
    }

    fn judge(&self, check: &Check, result: HealthResult, is_young: bool) {
        let now = self.now();
        let mut state = self.state();
        let Some(container) = state.containers.get_mut(check.container) else {
            return;
        };
        let Some(health) = &mut container.state.health else {
            return;
        };
        let before = health.status;
        if result.exit_code == 0 {
            health.failing_streak = 0;
            health.status = HealthStatus::Healthy;
        } else if !(is_young && before == HealthStatus::Starting) {
            health.failing_streak += 1;
            if health.failing_streak >= check.retries {
                health.status = HealthStatus::Unhealthy;
            }
        }
        health.log.push(result);
        if health.log.len() > REMEMBERED {
            health.log.remove(0);
        }
        let after = health.status;
        if before != after {
            let action = format!("health_status: {after}");
            state.tell(now, check.container, action, &[]);
        }
        drop(state);
        self.happened();
    }
}

/// A duration as Go writes it, as far as whole seconds go.
fn go_duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 60, seconds % 60) {
        (0, _) if duration.subsec_millis() > 0 => format!("{}s", duration.as_secs_f64()),
        (0, seconds) => format!("{seconds}s"),
        (minutes, seconds) => format!("{minutes}m{seconds}s"),
    }
}

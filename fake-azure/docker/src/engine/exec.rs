//! Commands that run in a container beside its own.

use std::sync::Arc;

use super::console::Console;
use super::stdio::{Attached, Stdio};
use super::stop::not_running;
use super::{Engine, bounds, links, start, user};
use crate::fault::Fault;
use crate::files::{Credentials, Denied, path};
use crate::process::{Child, Launch, Space, Tty};
use crate::state::container::Status;
use crate::state::exec::{Exec, ExecProgress};
use crate::state::id::ObjectId;

/// An exec that was started.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) stdio: Arc<Stdio>,
    /// What it writes, from the first byte on.
    pub(crate) output: Attached,
    pub(crate) tty: Option<Arc<Tty>>,
    pub(crate) child: Option<Child>,
    /// What the runtime says of a command that cannot be started.
    pub(crate) refusal: Option<String>,
}

impl Engine {
    /// Makes an exec in a running container.
    pub(crate) fn create_exec(&self, name: &str, mut exec: Exec) -> Result<ObjectId, Fault> {
        let container = self.container_id(name)?;
        let running = self.life(container)?.running();
        let now = self.now();
        let mut state = self.state();
        let status = state.containers.get(container).map(|c| c.state.status);
        match status {
            Some(Status::Paused) => {
                let words =
                    format!("Container {name} is paused, unpause the container before exec");
                return Err(Fault::Conflict(words));
            }
            Some(Status::Restarting) => {
                let words = format!(
                    "Container {container} is restarting, wait until the container is running"
                );
                return Err(Fault::Conflict(words));
            }
            Some(Status::Running) => {}
            _ => return Err(not_running(container)),
        }
        let Some(running) = running else {
            return Err(not_running(container));
        };
        if !exec.user.is_empty() {
            user::find(running.space.files(), &exec.user, &[]).map_err(|fault| match fault {
                Fault::Internal(words) => Fault::Invalid(words),
                other => other,
            })?;
        }
        let most = self.limits().execs;
        if state.execs.len() >= most {
            let ended = |exec: &Exec| matches!(exec.progress, ExecProgress::Ended { .. });
            let oldest = state.execs.values().find(|e| ended(e)).map(|e| e.id);
            match oldest {
                Some(oldest) => drop(state.execs.remove(&oldest)),
                None => super::check_count(state.execs.len(), most, "exec instances")?,
            }
        }
        let id = state.fresh_id();
        exec.id = id;
        exec.container = container;
        let action = format!("exec_create: {}", exec.args.join(" "));
        state.execs.insert(id, exec);
        state.tell(now, container, action, &[("execID", id.to_string())]);
        drop(state);
        self.happened();
        Ok(id)
    }

    /// The exec of this identifier.
    pub(crate) fn exec(&self, name: &str) -> Result<Exec, Fault> {
        let missing = || Fault::NoSuchExec(name.to_owned());
        let id: ObjectId = name.parse().map_err(|_| missing())?;
        let state = self.state();
        let exec = state.execs.get(&id).cloned().ok_or_else(missing)?;
        let container = state.containers.get(exec.container);
        match container.map(|container| container.state.status) {
            None => Err(missing()),
            Some(_) => Ok(exec),
        }
    }

    /// The container in which an exec of this identifier runs.
    pub(crate) fn container_of_exec(&self, name: &str) -> Option<String> {
        let exec = self.exec(name).ok()?;
        Some(exec.container.to_string())
    }

    /// Starts an exec; `console` is the size of its terminal.
    pub(crate) fn start_exec(
        &self,
        exec: &Exec,
        console: Option<[u32; 2]>,
        with_input: bool,
    ) -> Result<Started, Fault> {
        let life = self.life(exec.container)?;
        let running = life.running().ok_or_else(|| not_running(exec.container))?;
        let files = running.space.files();
        let mut state = self.state();
        let pid = state.fresh_pid();
        let Some(container) = state.containers.get(exec.container) else {
            return Err(not_running(exec.container));
        };
        match container.state.status {
            Status::Paused => {
                let words = format!(
                    "Container {} is paused, unpause the container before exec",
                    exec.container
                );
                return Err(Fault::Conflict(words));
            }
            Status::Running => {}
            _ => return Err(not_running(exec.container)),
        }
        let told = match exec.user.as_str() {
            "" => container.config.user.as_str(),
            user => user,
        };
        let further = container.host.group_add.as_deref().unwrap_or_default();
        let user = user::find(files, told, further)?;
        let dir = match (
            exec.working_dir.as_str(),
            container.config.working_dir.as_str(),
        ) {
            ("", "") => "/",
            ("", dir) | (dir, _) => dir,
        };
        let cwd = path::clean(dir);
        let linked = links::environment(container, &links::of(&state, container)?);
        let env = start::environment(container, exec.tty, &linked, &user.home, &exec.env);
        let denied = if exec.privileged {
            Denied::NOTHING
        } else {
            bounds::denied(&container.host)
        };
        drop(state);
        let stdio = Stdio::new(None);
        let output = stdio.attach(exec.attach_stdout, exec.attach_stderr);
        let console = if exec.tty {
            let size = console.or(exec.console_size).unwrap_or_default();
            Console::terminal(&stdio, size)
        } else {
            Console::streams(&stdio, exec.attach_stdin && with_input)
        };
        let tty = console.tty;
        if let Some(tty) = &tty {
            running.space.terminals().enter(tty);
        }
        let launch = Launch {
            env,
            cwd: cwd.clone(),
            user: Credentials {
                denied,
                ..user.credentials
            },
            descriptors: console.descriptors,
            tty: tty.clone(),
            ..Launch::new(exec.args.iter().cloned())
        };
        let launched = if files.is_dir(&cwd, &Credentials::ROOT) {
            running
                .space
                .launch(launch)
                .map_err(|error| start::runtime_words(&error))
        } else {
            drop(launch);
            Err((
                127,
                format!(
                    "chdir to cwd ({cwd:?}) set in config.json failed: no such file or directory"
                ),
            ))
        };
        self.exec_started(exec, pid, launched.as_ref().err().map(|(code, _)| *code));
        let mut started = Started {
            stdio,
            output,
            tty,
            child: None,
            refusal: None,
        };
        match launched {
            Ok(child) => {
                self.follow_exec(exec, pid, &child, &started, running.space.clone());
                started.child = Some(child);
            }
            Err((_, words)) => {
                started.stdio.end(self.now());
                started.refusal = Some(format!(
                    "OCI runtime exec failed: exec failed: unable to start container process: {words}"
                ));
            }
        }
        Ok(started)
    }

    /// Writes down that an exec runs as this process, or failed with this code.
    fn exec_started(&self, exec: &Exec, pid: u32, failed: Option<i64>) {
        let mut state = self.state();
        if let Some(kept) = state.execs.get_mut(&exec.id) {
            kept.progress = match failed {
                None => ExecProgress::Running(pid),
                Some(code) => ExecProgress::Ended { code, pid: 0 },
            };
        }
        let more = [("execID", exec.id.to_string())];
        let action = format!("exec_start: {}", exec.args.join(" "));
        state.tell(self.now(), exec.container, action, &more);
        drop(state);
        self.happened();
    }

    /// Sees to it that the end of an exec is written down.
    fn follow_exec(
        &self,
        exec: &Exec,
        pid: u32,
        child: &Child,
        started: &Started,
        space: Arc<Space>,
    ) {
        if let Some(tty) = &started.tty {
            tty.set_foreground(child.pid);
        }
        let tty = started.tty.clone();
        self.terminals()
            .insert(exec.id, (tty.clone(), space.clone()));
        let engine = self.clone();
        let (id, container) = (exec.id, exec.container);
        let (stdio, main) = (started.stdio.clone(), child.clone());
        tokio::spawn(async move {
            let exit = main.wait().await;
            if let Some(tty) = &tty {
                space.terminals().leave(tty);
            }
            engine.exec_ended(id, container, pid, i64::from(exit.code()));
            stdio.end(engine.now());
        });
    }

    /// The terminal of an exec that runs, if it has one, and where it runs.
    pub(crate) fn exec_tty(&self, id: ObjectId) -> Option<(Option<Arc<Tty>>, Arc<Space>)> {
        self.terminals().get(&id).cloned()
    }

    fn exec_ended(&self, id: ObjectId, container: ObjectId, pid: u32, code: i64) {
        let now = self.now();
        self.terminals().remove(&id);
        let mut state = self.state();
        if let Some(exec) = state.execs.get_mut(&id)
            && matches!(exec.progress, ExecProgress::Running(_))
        {
            exec.progress = ExecProgress::Ended { code, pid };
        }
        let more = [("execID", id.to_string()), ("exitCode", code.to_string())];
        state.tell(now, container, "exec_die", &more);
        drop(state);
        self.happened();
    }
}

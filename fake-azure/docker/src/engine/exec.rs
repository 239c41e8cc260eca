//! Commands that run in a container beside its own.

use std::sync::Arc;

use super::stdio::{Attached, Stdio};
use super::stop::not_running;
use super::{Engine, start, user};
use crate::fault::Fault;
use crate::files::{Credentials, path};
use crate::process::{Child, Descriptor, Descriptors, Launch, Space, Tty};
use crate::state::container::Status;
use crate::state::exec::{Exec, ExecProgress};
use crate::state::id::ObjectId;
use crate::state::log::Stream;

/// How many execs of a container are remembered.
const MOST_EXECS: usize = 10_000;

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
        if state.execs.len() >= MOST_EXECS {
            let ended = |exec: &Exec| matches!(exec.progress, ExecProgress::Ended { .. });
            let oldest = state.execs.values().find(|e| ended(e)).map(|e| e.id);
            match oldest {
                Some(oldest) => drop(state.execs.remove(&oldest)),
                None => return Err(Fault::Internal("too many exec instances".to_owned())),
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

    /// Starts an exec; `console` is the size of its terminal.
    pub(crate) fn start_exec(
        &self,
        exec: &Exec,
        console: Option<[u32; 2]>,
        with_input: bool,
    ) -> Result<Started, Fault> {
        let life = self.life(exec.container)?;
        let running = life.running().ok_or_else(|| not_running(exec.container))?;
        let now = self.now();
        let (container, pid) = {
            let mut state = self.state();
            let pid = state.fresh_pid();
            let container = state.containers.get(exec.container).cloned();
            (container.ok_or_else(|| not_running(exec.container))?, pid)
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
        let stdio = Stdio::new(None);
        let output = stdio.attach(exec.attach_stdout, exec.attach_stderr);
        let files = running.space.files();
        let told = if exec.user.is_empty() {
            &container.config.user
        } else {
            &exec.user
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
        let tty = exec.tty.then(|| {
            let [rows, columns] = console.or(exec.console_size).unwrap_or([24, 80]);
            let size =
                |n: u32, default| u16::try_from(n).ok().filter(|n| *n > 0).unwrap_or(default);
            let screen = stdio.sink(Stream::Stdout);
            Arc::new(Tty::new(screen, size(rows, 24), size(columns, 80)))
        });
        let descriptors = match &tty {
            Some(tty) => {
                let tty = Descriptor::Tty(tty.clone());
                Descriptors::standard(tty.clone(), tty.clone(), tty)
            }
            None => Descriptors::standard(
                if exec.attach_stdin && with_input {
                    Descriptor::Reader(Arc::new(stdio.open_input()))
                } else {
                    Descriptor::Null
                },
                Descriptor::Sink(stdio.sink(Stream::Stdout)),
                Descriptor::Sink(stdio.sink(Stream::Stderr)),
            ),
        };
        let mut env = start::environment(&container, &user.home, &exec.env);
        if exec.tty && !env.iter().any(|(name, _)| name == "TERM") {
            env.push(("TERM".to_owned(), "xterm".to_owned()));
        }
        let launch = Launch {
            env,
            cwd: cwd.clone(),
            user: user.credentials,
            descriptors,
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
        let mut state = self.state();
        let progress = match &launched {
            Ok(_) => ExecProgress::Running(pid),
            Err((code, _)) => ExecProgress::Ended {
                code: *code,
                pid: 0,
            },
        };
        if let Some(kept) = state.execs.get_mut(&exec.id) {
            kept.progress = progress;
        }
        let more = [("execID", exec.id.to_string())];
        let action = format!("exec_start: {}", exec.args.join(" "));
        state.tell(now, exec.container, action, &more);
        drop(state);
        self.happened();
        match launched {
            Ok(child) => {
                if let Some(tty) = &tty {
                    tty.set_foreground(child.pid);
                }
                let place = (tty.clone(), running.space.clone());
                self.terminals().insert(exec.id, place);
                let engine = self.clone();
                let (id, container, stdio_of, main) =
                    (exec.id, exec.container, stdio.clone(), child.clone());
                tokio::spawn(async move {
                    let exit = main.wait().await;
                    engine.exec_ended(id, container, pid, i64::from(exit.code()));
                    stdio_of.end(engine.now());
                });
                Ok(Started {
                    stdio,
                    output,
                    tty,
                    child: Some(child),
                    refusal: None,
                })
            }
            Err((_, words)) => {
                stdio.end(now);
                Ok(Started {
                    stdio,
                    output,
                    tty,
                    child: None,
                    refusal: Some(format!(
                        "OCI runtime exec failed: exec failed: unable to start container process: {words}"
                    )),
                })
            }
        }
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

//! Starting a container.

use std::sync::Arc;

use jiff::Timestamp;

use super::console::Console;
use super::life::{Condition, Ended, Life, Running};
use super::{Engine, bounds, devices, host_means, mounts, seccomp, user};
use crate::fault::Fault;
use crate::files::{Credentials, Errno, View, path};
use crate::process::init::Init;
use crate::process::launch::Environment;
use crate::process::{Launch, LaunchError, Machine, Program, Space};
use crate::registry::Platform;
use crate::state::State;
use crate::state::container::{Container, Status};
use crate::state::id::ObjectId;
use crate::state::image::Image;

/// Where the init process is found.
pub(super) const INIT: &str = "/sbin/docker-init";

/// How a container failed to start: the exit code that it gets, and the refusal.
struct Failed {
    code: i64,
    fault: Fault,
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self { code: 128, fault }
    }
}

impl Engine {
    /// Starts a container.
    pub(crate) fn start(&self, name: &str) -> Result<(), Fault> {
        let id = self.container_id(name)?;
        {
            let state = self.state();
            let container = state.containers.get(id).ok_or_else(|| missing(name))?;
            match container.state.status {
                Status::Paused => {
                    let words = "cannot start a paused container, try unpause instead";
                    return Err(Fault::Conflict(words.to_owned()));
                }
                Status::Running | Status::Restarting => return Err(Fault::NotModified),
                Status::Removing | Status::Dead => {
                    let words = "container is marked for removal and cannot be started";
                    return Err(Fault::Conflict(words.to_owned()));
                }
                Status::Created | Status::Exited => {}
            }
        }
        let started = self.start_now(id);
        self.happened();
        if started.is_err() {
            self.remove_if_asked(id);
        }
        started
    }

    /// Leaves a container as a start does that failed: one that goes when it ends is gone, so that nobody waits for
    /// its end in vain.
    pub(crate) fn start_failed(&self, name: &str) {
        if let Ok(id) = self.container_id(name) {
            self.remove_if_asked(id);
        }
    }

    /// Starts a container that may be started.
    pub(crate) fn start_now(&self, id: ObjectId) -> Result<(), Fault> {
        let life = self.life(id)?;
        let now = self.now();
        let mut state = self.state();
        // It is put back below, whatever comes of it.
        let container = state.containers.remove(id);
        let mut container = container.ok_or_else(|| missing(&id.to_string()))?;
        match self.bring_up(&mut state, &life, &mut container, now) {
            Ok(running) => {
                let (main, space) = (running.main.clone(), running.space.clone());
                container.state.status = Status::Running;
                container.state.pid = state.fresh_pid();
                container.state.exit_code = 0;
                container.state.error.clear();
                container.state.oom_killed = false;
                container.state.stopped_by_hand = false;
                container.state.started_at = Some(now);
                let health = super::health::begin(&mut container);
                state.containers.insert(container);
                life.begin(running);
                state.tell(now, id, "start", &[]);
                drop(state);
                if let Some((after, fate)) = life.take_awaited() {
                    self.kill_later(id, after, fate);
                }
                if let Some(check) = health {
                    let task = tokio::spawn(self.clone().look_after(check));
                    life.look_after(task.abort_handle());
                }
                let engine = self.clone();
                main.then(move |exit| {
                    // A runtime that ends takes its containers with it.
                    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                        runtime.spawn(async move { engine.ended(id, &space, exit) });
                    }
                });
                Ok(())
            }
            Err(Failed { code, fault }) => {
                self.leave_networks(&mut state, &mut container, now);
                mounts::tell_unmounted(&mut state, &container, now);
                container.state.exit_code = code;
                container.state.error = fault.to_string();
                state.containers.insert(container);
                drop(state);
                life.stdio.end(now);
                // The reason goes to whoever started it; those who wait get the code alone.
                let ended = Ended {
                    code,
                    error: String::new(),
                };
                life.tell(&[Condition::NextExit, Condition::NotRunning], &ended);
                Err(fault)
            }
        }
    }

    /// The machine that processes of a container believe to run on: the host, or one of the kind
    /// that its image was made for, as where an emulator stands behind it.
    fn machine(&self, state: &State, container: &Container) -> Machine {
        let host = self.host();
        let image = container.image.parse().ok();
        let image = image.and_then(|id| state.images.get(id));
        let platform = image.map_or_else(Platform::host, Image::platform);
        Machine {
            hardware: platform.hardware().to_owned(),
            ..host.machine()
        }
    }

    /// Makes what a container runs in, and starts its command. The container is not among the
    /// others meanwhile.
    fn bring_up(
        &self,
        state: &mut State,
        life: &Arc<Life>,
        container: &mut Container,
        now: Timestamp,
    ) -> Result<Running, Failed> {
        mounts::tell_mounted(state, container, now);
        host_means::check_requests(&container.host)?;
        devices::check(&container.host, self.host_files())?;
        seccomp::check(&container.host)?;
        let network = self.join_networks(state, container, now)?;
        let memory = self.host().memory_bytes;
        let host_files = self.host_files();
        let view = mounts::view(state, host_files, container, &network.files, memory, now)?;
        let user = user::find(
            &view,
            &container.config.user,
            container.host.group_add.as_deref().unwrap_or_default(),
        )?;
        let cwd = working_dir(&view, container, now)?;
        let seen = Arc::new(network.network.with_files(view.clone()));
        let space = Space::builder(
            view,
            self.clock().clone(),
            self.programs_of(&state.images, container),
        )
        .network(seen)
        .host_name(&container.host_name)
        .bounds(bounds::of(&container.host, self.host().cpus))
        .machine(self.machine(state, container))
        .fifos(self.shared.fifos.clone())
        .seed(u64::from(state.chance.below(u32::MAX)))
        .build();
        let config = &container.config;
        let console = if config.tty {
            Console::terminal(&life.stdio, container.host.console_size)
        } else {
            Console::streams(&life.stdio, config.open_stdin)
        };
        let tty = console.tty;
        if let Some(tty) = &tty {
            space.terminals().enter(tty);
        }
        host_means::check_log(&container.host)?;
        check_limits(container)?;
        let launch = Launch {
            env: environment(container, config.tty, &network.env, &user.home, &[]),
            cwd,
            user: Credentials {
                denied: bounds::denied(&container.host),
                ..user.credentials
            },
            descriptors: console.descriptors,
            tty: tty.clone(),
            ..Launch::new(config.command_line())
        };
        life.stdio.begin();
        let main = launch_main(&space, launch, container.host.init == Some(true))
            .map_err(|error| refused(&error, "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: "))?;
        Ok(Running {
            space,
            main,
            tty,
            health: None,
        })
    }
}

fn missing(name: &str) -> Fault {
    Fault::NoSuchContainer(name.to_owned())
}

/// Starts the first process, behind an init process if there is to be one.
fn launch_main(
    space: &Arc<Space>,
    mut launch: Launch,
    with_init: bool,
) -> Result<crate::process::Child, LaunchError> {
    let found = space.find(&launch)?;
    if with_init {
        let init = Arc::new(Init::before(found));
        launch.args = init.args();
        space.start(launch, init)
    } else {
        let program: Arc<dyn Program> = found.program;
        launch.args = found.args;
        space.start(launch, program)
    }
}

/// What a runtime says of a command that cannot be started, and the exit code that goes with it.
pub(super) fn runtime_words(error: &LaunchError) -> (i64, String) {
    match error {
        LaunchError::Empty => (
            127,
            "exec: \"\": executable file not found in $PATH".to_owned(),
        ),
        LaunchError::NotInPath(name) => (
            127,
            format!("exec: {name:?}: executable file not found in $PATH"),
        ),
        LaunchError::File { path, errno } => {
            let words = errno.to_string().to_lowercase();
            match errno {
                Errno::NotFound | Errno::NotDirectory => {
                    (127, format!("exec: {path:?}: stat {path}: {words}"))
                }
                Errno::ExecFormat => (255, format!("exec {path}: {words}")),
                _ => (126, format!("exec: {path:?}: {words}")),
            }
        }
        LaunchError::Limit => (
            128,
            "fork/exec: resource temporarily unavailable".to_owned(),
        ),
        LaunchError::Ended => (128, "the container is not running".to_owned()),
    }
}

/// What a kernel limits of a process, as the runtime names it.
const LIMITS: [&str; 16] = [
    "as",
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
];

/// Refuses limits that the runtime does not know; whoever made the container was not told.
fn check_limits(container: &Container) -> Result<(), Failed> {
    let mut asked = container.host.ulimits.iter().flatten();
    let unknown = asked.find(|limit| !LIMITS.contains(&limit.name.to_lowercase().as_str()));
    let Some(unknown) = unknown else {
        return Ok(());
    };
    let name = unknown.name.to_uppercase();
    Err(Failed {
        code: 128,
        fault: Fault::Internal(format!(
            "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: wrong rlimit value: RLIMIT_{name}"
        )),
    })
}

fn refused(error: &LaunchError, before: &str) -> Failed {
    let (code, words) = runtime_words(error);
    Failed {
        code,
        fault: Fault::Invalid(format!("{before}{words}")),
    }
}

/// Where the command starts: the folder is made if it is not there.
fn working_dir(view: &View, container: &Container, now: Timestamp) -> Result<String, Fault> {
    let dir = match container.config.working_dir.as_str() {
        "" => "/",
        dir => dir,
    };
    let dir = path::clean(dir);
    let root = &crate::files::Credentials::ROOT;
    if !view.exists(&dir, root) {
        // On a root that cannot be changed the process is told when it starts there.
        view.create_dir_all(&dir, 0o755, root, now).ok();
    }
    if view.exists(&dir, root) && !view.is_dir(&dir, root) {
        let words = format!(
            "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: mkdir {dir}: not a directory"
        );
        return Err(Fault::Internal(words));
    }
    Ok(dir)
}

/// The environment of a process of the container: what the engine says, what links say, what the
/// container says, and what is said of the process alone.
pub(super) fn environment(
    container: &Container,
    has_terminal: bool,
    linked: &[String],
    home: &str,
    more: &[String],
) -> Environment {
    let mut env: Environment = Vec::new();
    let mut set = |name: &str, value: &str| match env.iter_mut().find(|(known, _)| known == name) {
        Some((_, known)) => value.clone_into(known),
        None => env.push((name.to_owned(), value.to_owned())),
    };
    set("PATH", crate::process::launch::DEFAULT_PATH);
    set("HOSTNAME", &container.host_name);
    if has_terminal {
        set("TERM", "xterm");
    }
    let told = container.config.env.iter().flatten().chain(more);
    let told = linked.iter().chain(told);
    let mut unset = Vec::new();
    for entry in told {
        match entry.split_once('=') {
            Some((name, value)) => set(name, value),
            None => unset.push(entry.clone()),
        }
    }
    if !env.iter().any(|(name, _)| name == "HOME") {
        env.push(("HOME".to_owned(), home.to_owned()));
    }
    env.retain(|(name, _)| !unset.contains(name));
    env.shrink_to_fit();
    env
}

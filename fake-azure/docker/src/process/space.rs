//! What the processes of a container share.

use std::fmt;
use std::future::{Future, poll_fn};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use jiff::Timestamp;
use simulation::Clock;

use crate::files::{Credentials, View};
use crate::small_map::SmallMap;

use super::bounds::Bounds;
use super::descriptor::{Descriptor, Watched};
use super::exit::Exit;
use super::fifo::Fifos;
use super::launch::{Launch, LaunchError};
use super::locks::Locks;
use super::machine::Machine;
use super::network::{Isolated, Network, Transport};
use super::program::{Program, Programs};
use super::signal::{Disposition, Signal};
use super::task::{Process, Run, Switch};
use super::terminals::Terminals;

/// The number of a process; 1 is the first of its space.
pub type Pid = u32;

/// How many processes a space has at most, unless told otherwise.
const MOST_PROCESSES: usize = 1024;
/// The first number of a pipe; the engine's streams have those below.
const FIRST_INODE: u64 = 20_016;
/// How many bytes the kernel keeps of a program's name.
const LONGEST_NAME: usize = 15;
/// How many steps it takes to start a process, so that processes that only start others come to
/// an end, too.
const STEPS_OF_A_START: u32 = 16;

/// What the processes of a container share: files, network, clock, programs, and the table of
/// who runs.
pub struct Space {
    files: View,
    network: Arc<dyn Network>,
    programs: Arc<dyn Programs>,
    clock: Clock,
    host_name: String,
    machine: Machine,
    most_processes: usize,
    steps: Option<Steps>,
    bounds: Mutex<Arc<Bounds>>,
    /// Where the bytes of `/dev/urandom` come from.
    chance: Arc<Mutex<u64>>,
    locks: Locks,
    fifos: Arc<Fifos>,
    inodes: AtomicU64,
    terminals: Terminals,
    /// Who listened last on a port.
    listeners: Mutex<SmallMap<(Transport, u16), Pid>>,
    table: Mutex<Table>,
}

/// How many steps are left to all processes together.
struct Steps(AtomicU64);

#[derive(Default)]
struct Table {
    /// Most containers have one process.
    processes: SmallMap<Pid, Entry>,
    last: Pid,
    frozen: bool,
    ended: bool,
}

struct Entry {
    info: ProcessInfo,
    switch: Arc<Switch>,
    descriptors: Watched,
    task: tokio::task::AbortHandle,
}

/// What is told of a running process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessInfo {
    /// Its number.
    pub pid: Pid,
    /// Who started it; 0 for the first.
    pub parent: Pid,
    /// Its process group.
    pub group: Pid,
    /// The user it runs as.
    pub uid: u32,
    /// The group of that user.
    pub gid: u32,
    /// The name of its program: of the file that was run, be it a script, as the kernel cuts it.
    pub name: String,
    /// Its command line.
    pub args: Vec<String>,
    /// What it shows instead of its command line, as servers do that tell what they are at.
    pub title: Option<String>,
    /// When it was started.
    pub started: Timestamp,
    /// The number of its terminal, if it has one.
    pub tty: Option<u32>,
    /// Whether it stands still.
    pub stopped: bool,
}

impl ProcessInfo {
    /// Its command line as others see it, with spaces between the words.
    pub fn command_line(&self) -> String {
        self.title.clone().unwrap_or_else(|| self.args.join(" "))
    }

    /// The last part of the path that its command line begins with.
    pub fn base_name(&self) -> &str {
        base_name(self.args.first().map_or("", String::as_str))
    }

    /// Whether it goes by a name: that of its program, or the one its command line begins with.
    pub fn is_called(&self, name: &str) -> bool {
        cut(name) == self.name || self.base_name() == name
    }
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// As much of a name as the kernel keeps.
fn cut(name: &str) -> &str {
    let mut end = name.len().min(LONGEST_NAME);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

/// The name of the program that a command line starts.
fn name_of(args: &[String]) -> String {
    cut(base_name(args.first().map_or("", String::as_str))).to_owned()
}

/// A process that was started, for whoever waits for it.
#[derive(Clone, Debug)]
pub struct Child {
    /// Its number.
    pub pid: Pid,
    end: Arc<End>,
}

#[derive(Debug, Default)]
struct End(Mutex<EndState>);

#[derive(Default)]
struct EndState {
    exit: Option<Exit>,
    moment: Option<Timestamp>,
    waiting: Vec<Waker>,
    /// What follows.
    then: Option<Box<dyn FnOnce(Exit) + Send>>,
}

impl fmt::Debug for EndState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndState")
            .field("exit", &self.exit)
            .finish_non_exhaustive()
    }
}

impl End {
    fn state(&self) -> MutexGuard<'_, EndState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, exit: Exit, moment: Option<Timestamp>) {
        let (exit, waiting, then) = {
            let mut state = self.state();
            let exit = *state.exit.get_or_insert(exit);
            state.moment = moment;
            let waiting = std::mem::take(&mut state.waiting);
            (exit, waiting, state.then.take())
        };
        if let Some(then) = then {
            then(exit);
        }
        for waker in waiting {
            waker.wake();
        }
    }
}

impl Child {
    /// Waits until it has ended.
    pub async fn wait(&self) -> Exit {
        poll_fn(|cx| {
            let mut state = self.end.state();
            if let Some(exit) = state.exit {
                return Poll::Ready(exit);
            }
            if !state
                .waiting
                .iter()
                .any(|waker| waker.will_wake(cx.waker()))
            {
                state.waiting.push(cx.waker().clone());
            }
            Poll::Pending
        })
        .await
    }

    /// Lets something follow once it has ended, or at once when it has: a task that waits for
    /// nothing else is more than that takes. It is called where the process ends, and must not
    /// wait for anybody.
    pub(crate) fn then(&self, call: impl FnOnce(Exit) + Send + 'static) {
        let exit = {
            let mut state = self.end.state();
            let Some(exit) = state.exit else {
                state.then = Some(Box::new(call));
                return;
            };
            exit
        };
        call(exit);
    }

    /// How it ended, if it has.
    pub fn exit(&self) -> Option<Exit> {
        self.end.state().exit
    }

    /// The moment at which it ended, if that is not the clock's.
    pub(super) fn moment(&self) -> Option<Timestamp> {
        self.end.state().moment
    }
}

/// Tells that a process ended, however its task did.
struct Obituary {
    space: Arc<Space>,
    pid: Pid,
    end: Arc<End>,
    switch: Arc<Switch>,
    exit: Exit,
}

impl Drop for Obituary {
    fn drop(&mut self) {
        self.space.gone(self.pid);
        self.end.tell(self.exit, self.switch.moment());
    }
}

/// Describes a [`Space`] before it is built.
#[must_use = "a builder does nothing until `build`"]
#[derive(Debug)]
pub struct SpaceBuilder {
    files: View,
    clock: Clock,
    programs: Arc<dyn Programs>,
    network: Option<Arc<dyn Network>>,
    host_name: String,
    machine: Machine,
    most_processes: usize,
    most_steps: Option<u64>,
    bounds: Bounds,
    fifos: Arc<Fifos>,
    seed: u64,
}

impl SpaceBuilder {
    /// Gives it a network; without one it reaches itself alone.
    pub fn network(mut self, network: Arc<dyn Network>) -> Self {
        self.network = Some(network);
        self
    }

    /// Names the host.
    pub fn host_name(mut self, name: impl Into<String>) -> Self {
        self.host_name = name.into();
        self
    }

    /// Says what machine it is on.
    pub fn machine(mut self, machine: Machine) -> Self {
        self.machine = machine;
        self
    }

    /// Bounds the number of processes.
    pub fn most_processes(mut self, most: usize) -> Self {
        self.most_processes = most;
        self
    }

    /// Bounds the steps that all its processes take together; after the last one it ends. Such
    /// processes never rest, so what they do is a matter of steps and not of the machine's time.
    pub fn most_steps(mut self, most: u64) -> Self {
        self.most_steps = Some(most);
        self
    }

    /// Says what its processes are limited to.
    pub fn bounds(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// Gives it the named pipes of other spaces, which see some of the same files.
    pub fn fifos(mut self, fifos: Arc<Fifos>) -> Self {
        self.fifos = fifos;
        self
    }

    /// Makes its chance follow from a seed.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Builds the space; nothing runs in it yet.
    pub fn build(self) -> Arc<Space> {
        Arc::new(Space {
            files: self.files,
            network: self
                .network
                .unwrap_or_else(|| Arc::new(Isolated::default())),
            programs: self.programs,
            clock: self.clock,
            host_name: self.host_name,
            machine: self.machine,
            most_processes: self.most_processes,
            steps: self.most_steps.map(|most| Steps(AtomicU64::new(most))),
            bounds: Mutex::new(Arc::new(self.bounds)),
            chance: Arc::new(Mutex::new(self.seed | 1)),
            locks: Locks::default(),
            fifos: self.fifos,
            inodes: AtomicU64::new(FIRST_INODE),
            terminals: Terminals::default(),
            listeners: Mutex::default(),
            table: Mutex::default(),
        })
    }
}

impl Space {
    /// Begins to describe a space over these files.
    pub fn builder(files: View, clock: Clock, programs: Arc<dyn Programs>) -> SpaceBuilder {
        SpaceBuilder {
            files,
            clock,
            programs,
            network: None,
            host_name: "localhost".to_owned(),
            machine: Machine::default(),
            most_processes: MOST_PROCESSES,
            most_steps: None,
            bounds: Bounds::default(),
            fifos: Arc::default(),
            seed: 0,
        }
    }

    /// The files that its processes see.
    pub fn files(&self) -> &View {
        &self.files
    }

    /// The network that its processes see.
    pub fn network(&self) -> &Arc<dyn Network> {
        &self.network
    }

    pub(super) fn note_listener(&self, port: (Transport, u16), pid: Pid) {
        let mut listeners = self
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        listeners.insert(port, pid);
    }

    /// The process that listens on a port, as far as it is one of this space.
    pub fn listener(&self, port: (Transport, u16)) -> Option<ProcessInfo> {
        let listeners = self
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let pid = listeners.get(&port).copied()?;
        drop(listeners);
        let mut running = self.processes().into_iter();
        running.find(|info| info.pid == pid)
    }

    /// Its terminals.
    pub fn terminals(&self) -> &Terminals {
        &self.terminals
    }

    /// The programs it knows.
    pub fn programs(&self) -> &Arc<dyn Programs> {
        &self.programs
    }

    /// The clock its processes sleep by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The name of the host.
    pub fn host_name(&self) -> &str {
        &self.host_name
    }

    /// The machine that its processes believe to run on.
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// What its processes are limited to.
    pub fn bounds(&self) -> Arc<Bounds> {
        let bounds = self.bounds.lock().unwrap_or_else(PoisonError::into_inner);
        bounds.clone()
    }

    /// Limits its processes otherwise from now on; those that run stay.
    pub fn set_bounds(&self, bounds: Bounds) {
        let mut held = self.bounds.lock().unwrap_or_else(PoisonError::into_inner);
        *held = Arc::new(bounds);
    }

    /// How many processes it may have.
    fn most_processes(&self) -> usize {
        let asked = self.bounds().processes.map(usize::try_from);
        asked
            .and_then(Result::ok)
            .unwrap_or(usize::MAX)
            .min(self.most_processes)
    }

    /// Whether the steps of its processes are bounded.
    pub(super) fn counts_steps(&self) -> bool {
        self.steps.is_some()
    }

    /// Takes steps off those that are left; false, and the end of all, when there are not so many.
    pub(super) fn spend(&self, steps: u32) -> bool {
        let Some(Steps(left)) = &self.steps else {
            return true;
        };
        let spent = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            left.checked_sub(u64::from(steps))
        });
        if spent.is_err() {
            left.store(0, Ordering::Relaxed);
            self.end();
        }
        spent.is_ok()
    }

    /// Whether it ended because its processes had taken all their steps.
    pub fn is_exhausted(&self) -> bool {
        let left = self.steps.as_ref().map(|Steps(left)| left);
        left.is_some_and(|left| left.load(Ordering::Relaxed) == 0)
    }

    pub(in crate::process) fn chance(&self) -> Arc<Mutex<u64>> {
        self.chance.clone()
    }

    /// The locks that its processes hold of files.
    pub fn locks(&self) -> &Locks {
        &self.locks
    }

    pub(in crate::process) fn fifos(&self) -> &Fifos {
        &self.fifos
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds the program of a command line and starts it.
    ///
    /// # Errors
    /// When there is no such program, or no room for a process.
    pub fn launch(self: &Arc<Self>, mut launch: Launch) -> Result<Child, LaunchError> {
        let found = self.find(&launch)?;
        let name = name_of(&launch.args);
        launch.args = found.args;
        self.begin(launch, Some(name), move |process| {
            found.program.run(process)
        })
    }

    /// Starts a program that was found already.
    ///
    /// # Errors
    /// When there is no room for a process.
    pub fn start(
        self: &Arc<Self>,
        launch: Launch,
        program: Arc<dyn Program>,
    ) -> Result<Child, LaunchError> {
        let name = name_of(&launch.args);
        self.begin(launch, Some(name), move |process| program.run(process))
    }

    /// Starts a process that runs a function, as a subshell does.
    ///
    /// # Errors
    /// When there is no room for a process.
    pub fn run<F, R>(self: &Arc<Self>, launch: Launch, body: F) -> Result<Child, LaunchError>
    where
        F: FnOnce(Process) -> R + Send + 'static,
        R: Future<Output = u8> + Send + 'static,
    {
        self.begin(launch, None, body)
    }

    /// Starts a process that does nothing but be seen: see [`Process::helper`].
    pub(super) fn helper(
        self: &Arc<Self>,
        launch: Launch,
        title: Option<&str>,
        user: Option<Credentials>,
    ) -> Result<Child, LaunchError> {
        let title = title.map(str::to_owned);
        self.run(launch, move |mut helper| {
            for signal in [Signal::TERM, Signal::INT, Signal::QUIT] {
                helper.catch(signal);
            }
            helper.ignore(Signal::HUP);
            async move {
                // Only now is it in the table, where others see it.
                if let Some(user) = user {
                    helper.become_user(user);
                }
                if let Some(title) = title {
                    helper.set_title(title);
                }
                helper.signal().await;
                0
            }
        })
    }

    /// Starts a process; what has no name of its own goes by that of who starts it.
    fn begin<F, R>(
        self: &Arc<Self>,
        launch: Launch,
        name: Option<String>,
        body: F,
    ) -> Result<Child, LaunchError>
    where
        F: FnOnce(Process) -> R + Send + 'static,
        R: Future<Output = u8> + Send + 'static,
    {
        if !self.spend(STEPS_OF_A_START) {
            return Err(LaunchError::Ended);
        }
        let started = self.clock.now();
        let most = self.most_processes();
        let (pid, frozen, (name, title)) = {
            let mut table = self.table();
            if table.ended {
                return Err(LaunchError::Ended);
            }
            if table.processes.len() >= most {
                return Err(LaunchError::Limit);
            }
            table.last += 1;
            let shown = name.map_or_else(|| table.shown_by_copy_of(&launch), |name| (name, None));
            (table.last, table.frozen, shown)
        };
        let group = launch.group.unwrap_or(pid);
        let info = ProcessInfo {
            pid,
            parent: launch.parent,
            group,
            uid: launch.user.uid,
            gid: launch.user.gid,
            name,
            args: launch.args.clone(),
            title,
            started,
            tty: launch.tty.as_ref().map(|tty| tty.number()),
            stopped: false,
        };
        let begun = self.clock.is_by_hand().then_some(started);
        let begun = begun.filter(|_| launch.moment.is_none());
        let switch = Arc::new(Switch::new(launch.ignored, frozen, launch.moment));
        let process = Process::new(self.clone(), pid, group, launch, switch.clone());
        let descriptors = process.descriptors.watched();
        let end = Arc::new(End::default());
        let mut obituary = Obituary {
            space: self.clone(),
            pid,
            end: end.clone(),
            switch: switch.clone(),
            // What a task that is aborted did not live to say.
            exit: Exit::Killed(Signal::KILL),
        };
        let running = Run::new(switch.clone(), body(process), begun);
        // Held until the process is in the table: one that ends at once leaves it after that.
        let mut table = self.table();
        let task = tokio::spawn(async move {
            obituary.exit = running.await;
            drop(obituary);
        });
        let task = task.abort_handle();
        if table.ended {
            task.abort();
        } else {
            let entry = Entry {
                info,
                switch,
                descriptors,
                task,
            };
            table.processes.insert(pid, entry);
        }
        drop(table);
        Ok(Child { pid, end })
    }

    /// A process ended: it leaves the table, and with the first all others end.
    fn gone(&self, pid: Pid) {
        let mut table = self.table();
        table.processes.remove(&pid);
        for entry in table.processes.values_mut() {
            if entry.info.parent == pid {
                entry.info.parent = 1;
            }
        }
        if pid == 1 {
            drop(table);
            self.end();
        }
    }

    /// Ends all processes at once, and lets no other begin.
    pub fn end(&self) {
        let mut table = self.table();
        table.ended = true;
        let processes = std::mem::take(&mut table.processes);
        drop(table);
        for entry in processes.into_values() {
            entry.task.abort();
        }
    }

    /// Lets processes begin again, from number 1, after all have ended.
    pub fn revive(&self) {
        let mut table = self.table();
        *table = Table::default();
    }

    /// Sends a signal to a process; false when there is none of this number.
    ///
    /// Process 1 gets only what it handles; `from_outside` lets `KILL` and `STOP` through to it.
    pub fn signal(&self, pid: Pid, signal: Signal, from_outside: bool) -> bool {
        let mut table = self.table();
        let Some(entry) = table.processes.get_mut(&pid) else {
            return false;
        };
        entry.send(signal, from_outside);
        true
    }

    /// Sends a signal to all processes of a group, as a terminal does.
    pub fn signal_group(&self, group: Pid, signal: Signal) -> bool {
        let mut any = false;
        for entry in self.table().processes.values_mut() {
            if entry.info.group == group {
                entry.send(signal, false);
                any = true;
            }
        }
        any
    }

    /// Sends a signal to every process but the first and `but`, as `kill -1` does.
    pub fn signal_all(&self, signal: Signal, but: Pid) {
        for entry in self.table().processes.values_mut() {
            if entry.info.pid != 1 && entry.info.pid != but {
                entry.send(signal, false);
            }
        }
    }

    /// Lets all processes stand still, or go on.
    pub fn freeze(&self, frozen: bool) {
        let mut table = self.table();
        table.frozen = frozen;
        for entry in table.processes.values() {
            entry.switch.freeze(frozen);
        }
    }

    /// The processes, by number.
    pub fn processes(&self) -> Vec<ProcessInfo> {
        let table = self.table();
        table.processes.values().map(|e| e.info.clone()).collect()
    }

    /// The open descriptors of a process.
    pub(super) fn descriptors_of(&self, pid: Pid) -> Option<Vec<(u32, Descriptor)>> {
        let watched = self.table().processes.get(&pid)?.descriptors.clone();
        watched.all()
    }

    /// A number for what has no name and is told apart.
    pub(super) fn fresh_inode(&self) -> u64 {
        self.inodes.fetch_add(1, Ordering::Relaxed)
    }

    /// Changes the command line that is told of a process, as `exec` does.
    pub(super) fn rename(&self, pid: Pid, called: &[String], args: &[String]) {
        if let Some(entry) = self.table().processes.get_mut(&pid) {
            entry.info.name = name_of(called);
            entry.info.args = args.to_vec();
            entry.info.title = None;
        }
    }

    /// Changes what a process shows instead of its command line.
    pub(super) fn retitle(&self, pid: Pid, title: &str) {
        if let Some(entry) = self.table().processes.get_mut(&pid) {
            entry.info.title = Some(title.to_owned());
        }
    }

    /// Changes the user that is told of a process.
    pub(super) fn change_user(&self, pid: Pid, uid: u32, gid: u32) {
        if let Some(entry) = self.table().processes.get_mut(&pid) {
            (entry.info.uid, entry.info.gid) = (uid, gid);
        }
    }

    /// Changes the group of a process.
    pub(super) fn regroup(&self, pid: Pid, group: Pid) {
        if let Some(entry) = self.table().processes.get_mut(&pid) {
            entry.info.group = group;
        }
    }
}

impl Table {
    /// Name and title of a process that does what the one does that starts it.
    fn shown_by_copy_of(&self, launch: &Launch) -> (String, Option<String>) {
        let parent = self.processes.get(&launch.parent).map(|entry| &entry.info);
        match parent.filter(|info| info.args == launch.args) {
            Some(info) => (info.name.clone(), info.title.clone()),
            None => (name_of(&launch.args), None),
        }
    }
}

impl Entry {
    fn send(&mut self, signal: Signal, from_outside: bool) {
        if !signal.can_be_handled() {
            if self.info.pid == 1 && !from_outside {
                return;
            }
            if signal == Signal::KILL {
                self.switch.end(signal);
            } else {
                self.info.stopped = true;
                self.switch.stop(true);
            }
            return;
        }
        if signal == Signal::CONT {
            self.info.stopped = false;
            self.switch.stop(false);
        }
        if self.switch.deliver(signal) || self.info.pid == 1 {
            return;
        }
        match signal.disposition() {
            Disposition::End => self.switch.end(signal),
            Disposition::Stop => {
                self.info.stopped = true;
                self.switch.stop(true);
            }
            Disposition::Nothing | Disposition::Continue => {}
        }
    }
}

impl fmt::Debug for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Space")
            .field("host_name", &self.host_name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

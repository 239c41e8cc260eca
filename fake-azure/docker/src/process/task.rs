//! A process: what a program has for itself, and the task that runs it.

use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::future::{BoxFuture, poll_immediate};
use jiff::{SignedDuration, Timestamp};

use crate::files::{Credentials, Errno, Kind, Open, path};

use super::descriptor::{Descriptor, Descriptors};
use super::exit::Exit;
use super::launch::{Environment, Launch, LaunchError};
use super::network::{Listener, Transport};
use super::pipe;
use super::proc;
use super::signal::Signal;
use super::space::{Child, Pid, Space};
use super::tools::gnu;
use super::tty::Tty;

/// How many bytes are read at once at most.
pub const CHUNK: usize = 64 * 1024;
/// After how many steps without waiting a process lets others run.
const STEPS_IN_A_ROW: u32 = 256;
/// After how many such turns it rests, so that a busy loop does not eat a processor.
const TURNS_UNTIL_REST: u32 = 64;
/// How many bytes are moved in a step, where steps are bounded.
const BYTES_OF_A_STEP: usize = 512;
/// How many links may lead to a descriptor.
const LINKS: usize = 8;
/// How long it rests.
const REST: Duration = Duration::from_millis(1);

/// What a program has for itself.
#[derive(Debug)]
pub struct Process {
    /// What it shares with the others.
    pub space: Arc<Space>,
    /// Its number.
    pub pid: Pid,
    /// Who started it.
    pub parent: Pid,
    /// Its process group.
    pub group: Pid,
    /// The command line; the first word is the program.
    pub args: Vec<String>,
    /// The environment.
    pub env: Environment,
    /// The working folder, absolute.
    pub cwd: String,
    /// Who it runs as.
    pub user: Credentials,
    /// The permissions that new files do not get.
    pub umask: u32,
    /// Its open descriptors.
    pub descriptors: Descriptors,
    /// The terminal it belongs to.
    pub tty: Option<Arc<Tty>>,
    /// How its complaints are worded.
    pub(in crate::process) wording: Wording,
    switch: Arc<Switch>,
    steps: u32,
    turns: u32,
}

/// How a tool's complaints are worded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::process) enum Wording {
    /// As the tool says them: as busybox does.
    #[default]
    Own,
    /// As GNU's tools do; the exit code that went with the last complaint, where it is another.
    Gnu(Option<u8>),
}

impl Process {
    pub(super) fn new(
        space: Arc<Space>,
        pid: Pid,
        group: Pid,
        launch: Launch,
        switch: Arc<Switch>,
    ) -> Self {
        Self {
            space,
            pid,
            parent: launch.parent,
            group,
            args: launch.args,
            env: launch.env,
            cwd: launch.cwd,
            user: launch.user,
            umask: launch.umask,
            descriptors: launch.descriptors,
            tty: launch.tty,
            wording: Wording::Own,
            switch,
            steps: 0,
            turns: 0,
        }
    }

    /// The value of a variable of the environment.
    pub fn variable(&self, name: &str) -> Option<&str> {
        let mut named = self.env.iter().filter(|(known, _)| known == name);
        named.next_back().map(|(_, value)| value.as_str())
    }

    /// What time it is for this process.
    pub fn now(&self) -> Timestamp {
        let moment = self.switch.moment();
        moment.unwrap_or_else(|| self.space.clock().now())
    }

    /// Sleeps, by the space's clock.
    ///
    /// A clock that was moved by hours is met by many sleepers. Each goes on from the moment to
    /// which it slept, and so do its children and who waits for it, until they wait for
    /// something else.
    pub async fn sleep(&mut self, duration: Duration) {
        let duration = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
        let until = self.now().checked_add(duration).unwrap_or(Timestamp::MAX);
        self.space.clock().sleep_until(until).await;
        let is_by_hand = self.space.clock().is_by_hand();
        self.switch.state().moment = is_by_hand.then_some(until);
        self.turns = 0;
    }

    /// Counts a step; lets others run now and then, and rests where it never waits.
    pub async fn step(&mut self) {
        self.steps += 1;
        if self.steps < STEPS_IN_A_ROW {
            return;
        }
        self.steps = 0;
        if !self.space.spend(STEPS_IN_A_ROW) {
            // All processes have ended; this one is dropped where it waits.
            return std::future::pending().await;
        }
        self.turns += 1;
        if self.space.counts_steps() || self.turns < TURNS_UNTIL_REST {
            tokio::task::yield_now().await;
        } else {
            self.turns = 0;
            simulation::clock::wait(REST).await;
        }
    }

    /// Counts a step in which bytes were moved: where steps are bounded, many bytes are many.
    async fn step_with(&mut self, bytes: usize) {
        let more = u32::try_from(bytes / BYTES_OF_A_STEP).unwrap_or(u32::MAX);
        if more > 0 && !self.space.spend(more) {
            return std::future::pending().await;
        }
        self.step().await;
    }

    /// A path from the working folder on.
    pub fn path(&self, name: &str) -> String {
        path::join(&self.cwd, name)
    }

    /// Waits for bytes of a descriptor, at most `most`; none is the end.
    pub async fn read(&mut self, number: u32, most: usize) -> Result<Vec<u8>, Errno> {
        let descriptor = self.descriptors.get(number)?;
        let mut reading = std::pin::pin!(descriptor.read(most));
        let bytes = if let Some(bytes) = poll_immediate(reading.as_mut()).await {
            bytes?
        } else {
            let bytes = reading.await?;
            self.switch.state().moment = None;
            bytes
        };
        self.step_with(bytes.len()).await;
        Ok(bytes)
    }

    /// Reads a descriptor to its end; more than `most` bytes are [`Errno::TooLarge`].
    pub async fn read_to_end(&mut self, number: u32, most: usize) -> Result<Vec<u8>, Errno> {
        let mut all = Vec::new();
        loop {
            let bytes = self.read(number, CHUNK).await?;
            if bytes.is_empty() {
                return Ok(all);
            }
            if all.len() + bytes.len() > most {
                return Err(Errno::TooLarge);
            }
            all.extend(bytes);
        }
    }

    /// Writes all of `bytes` to a descriptor. Into a pipe that nobody reads any more it gets
    /// [`Signal::PIPE`], which ends it unless it is handled or ignored.
    pub async fn write(&mut self, number: u32, bytes: &[u8]) -> Result<(), Errno> {
        let descriptor = self.descriptors.get(number)?;
        let written = descriptor.write(bytes, self.now()).await;
        if written == Err(Errno::BrokenPipe) {
            self.space.signal(self.pid, Signal::PIPE, false);
            // It ends it here, if it does: nothing is written after it.
            tokio::task::yield_now().await;
        }
        self.step_with(bytes.len()).await;
        written
    }

    /// Writes text to standard output.
    pub async fn print(&mut self, text: impl AsRef<[u8]>) -> Result<(), Errno> {
        self.write(1, text.as_ref()).await
    }

    /// Writes text to standard error; where that is not possible there is nobody to tell.
    pub async fn complain(&mut self, text: impl AsRef<[u8]>) {
        let text = text.as_ref();
        let Wording::Gnu(before) = self.wording else {
            self.write(2, text).await.ok();
            return;
        };
        let (text, code) = gnu::dress(&String::from_utf8_lossy(text));
        self.wording = Wording::Gnu(code.or(before));
        self.write(2, text.as_bytes()).await.ok();
    }

    /// The descriptor that a name leads to, such as `/dev/stdin` or a link to it.
    ///
    /// # Errors
    /// Where the links end when they lead to none.
    pub(super) fn named_descriptor(&self, name: &str) -> Result<Result<Descriptor, Errno>, String> {
        let mut target = self.path(name);
        // A log may be a link to `/dev/stdout`, and that one to where no file is.
        for _ in 0..LINKS {
            if let Some(open) = proc::descriptors::named(self, &target) {
                return Ok(open);
            }
            let Ok(link) = self.space.files().read_link(&target, &self.user) else {
                break;
            };
            let folder = target.rsplit_once('/').map_or("", |(folder, _)| folder);
            target = path::join(&format!("{folder}/"), &link);
        }
        Err(target)
    }

    /// Listens on a port of all interfaces, known to others as the one who does.
    ///
    /// # Errors
    /// As [`Network::listen_by`](super::network::Network::listen_by).
    pub fn listen(&self, transport: Transport, port: u16) -> Result<Listener, Errno> {
        let listener = self.space.network().listen_by(transport, port)?;
        self.space.note_listener((transport, port), self.pid);
        Ok(listener)
    }

    /// Opens a file, a device, or a descriptor by `/dev/stdin`, `/dev/fd/N` or `/proc/self/fd/N`.
    pub fn open(&self, name: &str, how: Open) -> Result<Descriptor, Errno> {
        let file = self.path(name);
        let target = match self.named_descriptor(name) {
            Ok(open) => return open,
            Err(target) => target,
        };
        // What is only shown, such as /etc/mtab that leads to /proc/mounts, is in no tree.
        let canonical = self.space.files().canonical(&target, &self.user);
        let target = canonical.unwrap_or(target);
        if let Some(entry) = proc::find(self, &target) {
            return entry.open(self, how);
        }
        let how = Open {
            mode: how.mode & !self.umask,
            ..how
        };
        let opened = self
            .space
            .files()
            .open(&file, how, &self.user, self.now())?;
        let stat = opened.stat()?;
        match (stat.kind, stat.rdev) {
            (Kind::CharDevice, Some((1, minor))) => match minor {
                3 => Ok(Descriptor::Null),
                5 => Ok(Descriptor::Zero),
                7 => Ok(Descriptor::Full),
                8 | 9 => Ok(Descriptor::Random(self.space.chance())),
                _ => Err(Errno::NoDevice),
            },
            (Kind::CharDevice, Some((136, number))) => {
                let tty = self.space.terminals().get(number);
                tty.map(Descriptor::Tty).ok_or(Errno::InputOutput)
            }
            (Kind::CharDevice, Some((5, 0 | 1))) => match &self.tty {
                Some(tty) => Ok(Descriptor::Tty(tty.clone())),
                None => Err(Errno::NoDevice),
            },
            (Kind::CharDevice | Kind::BlockDevice | Kind::Socket, _) => Err(Errno::NoDevice),
            (Kind::Fifo, _) => {
                let fifo = self.space.fifos().open(opened, &target);
                Ok(Descriptor::Fifo(Arc::new(fifo)))
            }
            _ => Ok(Descriptor::named_file(opened, &target, how.append)),
        }
    }

    /// Waits until what was opened is open: a named pipe is when its other end is. Who does not wait
    /// here does so where it reads or writes.
    pub async fn opened(&mut self, descriptor: &Descriptor) {
        let Descriptor::Fifo(fifo) = descriptor else {
            return;
        };
        let mut opening = std::pin::pin!(fifo.opened());
        if poll_immediate(opening.as_mut()).await.is_none() {
            opening.await;
            self.switch.state().moment = None;
        }
    }

    /// Makes a pipe: the end to read from, and the end to write to.
    pub fn pipe() -> (Descriptor, Descriptor) {
        let (reader, writer) = pipe::pipe();
        (
            Descriptor::Reader(Arc::new(reader)),
            Descriptor::Writer(Arc::new(writer)),
        )
    }

    /// What a child of this process is started with: the same environment, folder, user,
    /// descriptors and group.
    pub fn child(&self, args: Vec<String>) -> Launch {
        let (ignored, moment) = {
            let state = self.switch.state();
            (state.ignored, state.moment)
        };
        Launch {
            args,
            env: self.env.clone(),
            cwd: self.cwd.clone(),
            user: self.user.clone(),
            umask: self.umask,
            descriptors: self.descriptors.clone(),
            tty: self.tty.clone(),
            parent: self.pid,
            group: Some(self.group),
            ignored,
            moment,
        }
    }

    /// Waits until a child has ended, and goes on from the moment at which it did.
    pub async fn wait(&self, child: &Child) -> Exit {
        let exit = child.exit();
        let has_waited = exit.is_none();
        let exit = match exit {
            Some(exit) => exit,
            None => child.wait().await,
        };
        let own = self.switch.moment();
        if let Some(moment) = child.moment().filter(|_| has_waited || own.is_some()) {
            // Time does not run back for who had more to do than its child.
            self.switch.state().moment = own.max(Some(moment));
        }
        exit
    }

    /// Starts a command.
    ///
    /// # Errors
    /// When there is no such program, or no room for a process.
    pub fn spawn(&self, launch: Launch) -> Result<Child, LaunchError> {
        self.space.launch(launch)
    }

    /// Starts a process that runs a function with a copy of what this one has, as a subshell.
    ///
    /// # Errors
    /// When there is no room for a process.
    pub fn fork<F, R>(&self, body: F) -> Result<Child, LaunchError>
    where
        F: FnOnce(Self) -> R + Send + 'static,
        R: Future<Output = u8> + Send + 'static,
    {
        self.space.run(self.child(self.args.clone()), body)
    }

    /// Becomes another program, as `exec` does: the future that is returned never ends, since
    /// what awaits it is dropped and the other program runs in its place.
    ///
    /// # Errors
    /// When there is no such program; the process is given back.
    pub fn exec(
        mut self,
        args: Vec<String>,
    ) -> Result<BoxFuture<'static, u8>, Box<(LaunchError, Self)>> {
        let launch = self.child(args);
        match self.space.find(&launch) {
            Err(error) => Err(Box::new((error, self))),
            Ok(found) => {
                self.args = found.args;
                self.wording = Wording::Own;
                let user = (self.user.uid, self.user.gid);
                self.space.change_user(self.pid, user.0, user.1);
                self.space.rename(self.pid, &launch.args, &self.args);
                let switch = self.switch.clone();
                switch.state().caught = 0;
                switch.replace(found.program.run(self));
                Ok(Box::pin(std::future::pending()))
            }
        }
    }

    /// Goes on as another user, and lets the others see it; what was taken from the container's
    /// users stays taken.
    pub fn become_user(&mut self, user: Credentials) {
        self.user = Credentials {
            denied: self.user.denied,
            ..user
        };
        self.space
            .change_user(self.pid, self.user.uid, self.user.gid);
    }

    /// Shows a title instead of the command line, as servers do that tell what they are at.
    pub fn set_title(&self, title: impl AsRef<str>) {
        self.space.retitle(self.pid, title.as_ref());
    }

    /// Starts a process that does nothing but be seen, and ends at a signal that asks for it: one of
    /// those that a server shares its work with.
    ///
    /// # Errors
    /// When there is no room for a process.
    pub fn helper(
        &self,
        title: Option<&str>,
        user: Option<Credentials>,
    ) -> Result<Child, LaunchError> {
        self.space
            .helper(self.child(self.args.clone()), title, user)
    }

    /// Gives the process a group of its own.
    pub fn lead_group(&mut self) {
        self.group = self.pid;
        self.space.regroup(self.pid, self.pid);
    }

    /// Handles a signal from now on: it arrives at [`Process::signal`].
    pub fn catch(&self, signal: Signal) {
        if signal.can_be_handled() {
            let mut state = self.switch.state();
            state.caught |= bit(signal);
            state.ignored &= !bit(signal);
        }
    }

    /// Ignores a signal from now on.
    pub fn ignore(&self, signal: Signal) {
        if signal.can_be_handled() {
            let mut state = self.switch.state();
            state.ignored |= bit(signal);
            state.caught &= !bit(signal);
            state.arrived.retain(|arrived| *arrived != signal);
        }
    }

    /// Lets a signal do what it does to a process that knows nothing of it.
    pub fn reset(&self, signal: Signal) {
        let mut state = self.switch.state();
        state.caught &= !bit(signal);
        state.ignored &= !bit(signal);
    }

    /// Whether a signal is ignored.
    pub fn ignores(&self, signal: Signal) -> bool {
        self.switch.state().ignored & bit(signal) != 0
    }

    /// The next signal that arrived and is handled, if one did.
    pub fn take_signal(&self) -> Option<Signal> {
        self.switch.state().arrived.pop_front()
    }

    /// Waits for a signal that is handled. Dropping the future loses none.
    pub fn signal(&self) -> impl Future<Output = Signal> + Send + use<> {
        let switch = self.switch.clone();
        poll_fn(move |cx| {
            let mut state = switch.state();
            if let Some(signal) = state.arrived.pop_front() {
                return Poll::Ready(signal);
            }
            if !state.listening.iter().any(|w| w.will_wake(cx.waker())) {
                state.listening.push(cx.waker().clone());
            }
            Poll::Pending
        })
    }

    /// Whether a signal that is handled has arrived and was not taken yet.
    pub fn has_signal(&self) -> bool {
        !self.switch.state().arrived.is_empty()
    }
}

fn bit(signal: Signal) -> u64 {
    1 << (signal.number() - 1)
}

/// The outside's hold on a process: signals, and standing still.
pub(super) struct Switch {
    state: Mutex<SwitchState>,
    /// What the process becomes.
    next: Mutex<Option<BoxFuture<'static, u8>>>,
}

impl fmt::Debug for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Switch").field(&self.state).finish()
    }
}

#[derive(Debug)]
pub(super) struct SwitchState {
    caught: u64,
    ignored: u64,
    /// The moment that the process slept to: on a clock that is moved by hand, its own time.
    moment: Option<Timestamp>,
    arrived: VecDeque<Signal>,
    listening: Vec<Waker>,
    fatal: Option<Signal>,
    stopped: bool,
    frozen: bool,
    task: Option<Waker>,
}

impl Switch {
    pub(super) fn new(ignored: u64, frozen: bool, moment: Option<Timestamp>) -> Self {
        let state = SwitchState {
            caught: 0,
            ignored,
            moment,
            arrived: VecDeque::new(),
            listening: Vec::new(),
            fatal: None,
            stopped: false,
            frozen,
            task: None,
        };
        Self {
            state: Mutex::new(state),
            next: Mutex::new(None),
        }
    }

    /// The moment that the process slept to, if that is not the clock's.
    pub(super) fn moment(&self) -> Option<Timestamp> {
        self.state().moment
    }

    fn state(&self) -> MutexGuard<'_, SwitchState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> MutexGuard<'_, Option<BoxFuture<'static, u8>>> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets another program run in the place of the one that runs.
    fn replace(&self, next: BoxFuture<'static, u8>) {
        *self.next() = Some(next);
    }

    fn change(&self, change: impl FnOnce(&mut SwitchState)) {
        let task = {
            let mut state = self.state();
            change(&mut state);
            state.task.clone()
        };
        if let Some(task) = task {
            task.wake();
        }
    }

    /// Ends the process by a signal.
    pub(super) fn end(&self, signal: Signal) {
        self.change(|state| {
            state.fatal.get_or_insert(signal);
        });
    }

    pub(super) fn stop(&self, stopped: bool) {
        self.change(|state| state.stopped = stopped);
    }

    pub(super) fn freeze(&self, frozen: bool) {
        self.change(|state| state.frozen = frozen);
    }

    /// Gives a signal to the process if it handles or ignores it; false when it does neither.
    pub(super) fn deliver(&self, signal: Signal) -> bool {
        let mut state = self.state();
        if state.ignored & bit(signal) != 0 {
            return true;
        }
        if state.caught & bit(signal) == 0 {
            return false;
        }
        if !state.arrived.contains(&signal) {
            state.arrived.push_back(signal);
        }
        let listening = std::mem::take(&mut state.listening);
        drop(state);
        for waker in listening {
            waker.wake();
        }
        true
    }
}

/// Runs a program's future under a switch.
pub(super) struct Run {
    switch: Arc<Switch>,
    body: BoxFuture<'static, u8>,
    /// When it was started, on a clock that is moved by hand, until it first waits: the clock may be
    /// moved before it gets its turn.
    begun: Option<Timestamp>,
}

impl Run {
    pub(super) fn new(
        switch: Arc<Switch>,
        body: impl Future<Output = u8> + Send + 'static,
        begun: Option<Timestamp>,
    ) -> Self {
        Self {
            switch,
            body: Box::pin(body),
            begun,
        }
    }
}

impl Future for Run {
    type Output = Exit;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Exit> {
        {
            let mut state = self.switch.state();
            if let Some(signal) = state.fatal
                && (signal == Signal::KILL || !(state.stopped || state.frozen))
            {
                return Poll::Ready(Exit::Killed(signal));
            }
            if !state.task.as_ref().is_some_and(|w| w.will_wake(cx.waker())) {
                state.task = Some(cx.waker().clone());
            }
            if state.stopped || state.frozen {
                return Poll::Pending;
            }
            state.moment = state.moment.or(self.begun);
        }
        let polled = self.body.as_mut().poll(cx);
        // A signal that the process sent itself ends it before anything else happens.
        if let Some(signal) = self.switch.state().fatal {
            return Poll::Ready(Exit::Killed(signal));
        }
        let next = self.switch.next().take();
        if let Some(next) = next {
            // Others run first: a program may become itself without end.
            self.body = next;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if let Some(begun) = self.begun.take()
            && polled.is_pending()
        {
            let mut state = self.switch.state();
            state.moment = state.moment.filter(|moment| *moment != begun);
        }
        polled.map(Exit::Code)
    }
}

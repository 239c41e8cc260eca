//! A small model of a container's life: what each request answers, and what follows.

use std::collections::BTreeMap;

/// What a container does when it runs. Times are in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Program {
    /// Sleeps for long, and hears no signal but KILL.
    Sleeps,
    /// Ends by itself after a while.
    Naps,
    /// Ends at once, not well.
    Fails,
    /// Looks once a second whether it was asked to end.
    Listens,
}

pub(super) const SECOND: i64 = 1_000_000;
const NAP: i64 = 5 * SECOND;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Created,
    Running,
    Paused,
    Exited,
}

#[derive(Clone, Debug)]
pub(super) struct Container {
    pub(super) number: usize,
    pub(super) program: Program,
    pub(super) status: Status,
    pub(super) code: i64,
    auto_remove: bool,
    started: i64,
    /// When one that looks looks next.
    next_look: i64,
    is_asked: bool,
}

/// All containers by their names, and what happened to them, by their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    pub(super) now: i64,
    pub(super) containers: BTreeMap<u8, Container>,
    pub(super) events: Vec<(usize, &'static str)>,
    made: usize,
}

/// What is asked of a container.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    Create(u8, Program, bool),
    Start(u8),
    Stop(u8, i64),
    Kill(u8, &'static str),
    Pause(u8),
    Unpause(u8),
    Restart(u8, i64),
    Rename(u8, u8),
    Remove(u8, bool),
    Wait(u8),
    Exec(u8),
    Pass(i64),
}

impl Model {
    /// Lets time go on, and whoever is due end.
    pub(super) fn pass(&mut self, to: i64) {
        loop {
            let due = self.containers.iter().filter_map(|(name, container)| {
                let at = container.ends_at()?;
                (at <= to).then_some((at, *name))
            });
            let Some((at, name)) = due.min() else { break };
            let code = self.containers[&name].own_code();
            self.die(name, at, code);
        }
        self.now = to;
        for container in self.containers.values_mut() {
            while container.status == Status::Running && container.next_look <= to {
                container.next_look += SECOND;
            }
        }
    }

    fn tell(&mut self, name: u8, what: &'static str) {
        let number = self.containers[&name].number;
        self.events.push((number, what));
    }

    fn die(&mut self, name: u8, at: i64, code: i64) {
        self.now = self.now.max(at);
        self.tell(name, "die");
        let Some(container) = self.containers.get_mut(&name) else {
            return;
        };
        container.status = Status::Exited;
        container.code = code;
        if container.auto_remove {
            self.tell(name, "destroy");
            self.containers.remove(&name);
        }
    }

    fn begin(&mut self, name: u8) {
        let now = self.now;
        if let Some(container) = self.containers.get_mut(&name) {
            container.status = Status::Running;
            container.code = 0;
            container.started = now;
            container.next_look = now + SECOND;
            container.is_asked = false;
        }
        self.tell(name, "start");
    }

    /// Does a deed, and returns the status of its answer.
    pub(super) fn act(&mut self, deed: &Deed) -> u16 {
        match *deed {
            Deed::Pass(time) => {
                self.pass(self.now + time);
                200
            }
            Deed::Create(name, program, auto_remove) => self.create(name, program, auto_remove),
            Deed::Start(name)
            | Deed::Stop(name, _)
            | Deed::Kill(name, _)
            | Deed::Pause(name)
            | Deed::Unpause(name)
            | Deed::Restart(name, _)
            | Deed::Rename(name, _)
            | Deed::Remove(name, _)
            | Deed::Wait(name)
            | Deed::Exec(name) => match self.containers.get(&name) {
                None => 404,
                Some(container) => {
                    let status = container.status;
                    let answer = self.act_on(deed, name, status);
                    self.pass(self.now);
                    answer
                }
            },
        }
    }

    fn create(&mut self, name: u8, program: Program, auto_remove: bool) -> u16 {
        if self.containers.contains_key(&name) {
            return 409;
        }
        let container = Container {
            number: self.made,
            program,
            status: Status::Created,
            code: 0,
            auto_remove,
            started: 0,
            next_look: 0,
            is_asked: false,
        };
        self.made += 1;
        self.containers.insert(name, container);
        self.tell(name, "create");
        201
    }

    fn act_on(&mut self, deed: &Deed, name: u8, status: Status) -> u16 {
        use Status::{Created, Exited, Paused, Running};
        match (deed, status) {
            (Deed::Start(_), Created | Exited) => {
                self.begin(name);
                204
            }
            (Deed::Start(_), Running) | (Deed::Stop(..), Created | Exited) => 304,
            (Deed::Stop(_, grace), Running | Paused) => {
                self.stop(name, status, *grace);
                204
            }
            (Deed::Restart(_, grace), _) => {
                let is_up = matches!(status, Running | Paused);
                if is_up {
                    // It is not removed at its end: it goes on.
                    let container = self.containers.get_mut(&name).unwrap();
                    let auto_remove = std::mem::take(&mut container.auto_remove);
                    self.stop(name, status, *grace);
                    self.containers.get_mut(&name).unwrap().auto_remove = auto_remove;
                }
                self.begin(name);
                self.tell(name, "restart");
                204
            }
            (Deed::Kill(_, signal), Running | Paused) => {
                if status == Paused {
                    self.thaw(name);
                }
                self.tell(name, "kill");
                if *signal == "KILL" {
                    self.die(name, self.now, 137);
                } else if let Some(container) = self.containers.get_mut(&name) {
                    container.is_asked = true;
                }
                204
            }
            (Deed::Pause(_), Running) => {
                self.containers.get_mut(&name).unwrap().status = Paused;
                self.tell(name, "pause");
                204
            }
            (Deed::Unpause(_), Paused) => {
                self.thaw(name);
                204
            }
            (Deed::Unpause(_), _) => 500,
            (Deed::Rename(_, to), _) => self.rename(name, *to),
            (Deed::Remove(_, force), Running | Paused) if *force => {
                self.containers.get_mut(&name).unwrap().auto_remove = false;
                if status == Paused {
                    self.thaw(name);
                }
                self.tell(name, "kill");
                self.die(name, self.now, 137);
                self.tell(name, "destroy");
                self.containers.remove(&name);
                204
            }
            (Deed::Remove(..), Created | Exited) => {
                self.tell(name, "destroy");
                self.containers.remove(&name);
                204
            }
            (Deed::Exec(_), Running) => {
                for what in ["exec_create", "exec_start", "exec_die"] {
                    self.tell(name, what);
                }
                201
            }
            (Deed::Wait(_), Created | Exited) => 200,
            _ => 409,
        }
    }

    fn rename(&mut self, name: u8, to: u8) -> u16 {
        if name == to {
            return 400;
        }
        if self.containers.contains_key(&to) {
            return 409;
        }
        self.tell(name, "rename");
        if let Some(container) = self.containers.remove(&name) {
            self.containers.insert(to, container);
        }
        204
    }

    fn thaw(&mut self, name: u8) {
        let now = self.now;
        if let Some(container) = self.containers.get_mut(&name) {
            container.status = Status::Running;
            if container.next_look < now {
                // It overslept, and begins its second anew.
                container.next_look = now;
            }
        }
        self.tell(name, "unpause");
    }

    /// Asks a container to end, and kills it after a grace of seconds.
    fn stop(&mut self, name: u8, status: Status, grace: i64) {
        if status == Status::Paused {
            self.thaw(name);
        }
        let late = self.now + grace * SECOND;
        self.tell(name, "kill");
        if let Some(container) = self.containers.get_mut(&name) {
            container.is_asked = true;
        }
        // Others live on meanwhile.
        // What was to end while it stood still ends now.
        let own = self.containers[&name].ends_at().map(|at| at.max(self.now));
        let own = own.filter(|at| *at <= late);
        let until = own.unwrap_or(late);
        let others: Vec<u8> = self
            .containers
            .keys()
            .copied()
            .filter(|n| *n != name)
            .collect();
        let mut due: Vec<(i64, u8)> = others
            .iter()
            .filter_map(|other| Some((self.containers[other].ends_at()?, *other)))
            .filter(|(at, _)| *at < until)
            .collect();
        due.sort_unstable();
        for (at, other) in due {
            let code = self.containers[&other].own_code();
            self.die(other, at, code);
        }
        let code = if own.is_some() {
            self.containers[&name].own_code()
        } else {
            self.tell(name, "kill");
            137
        };
        self.tell(name, "stop");
        self.die(name, until, code);
        self.pass(until);
    }
}

impl Container {
    /// When it ends by itself, if it goes on as it does.
    fn ends_at(&self) -> Option<i64> {
        if self.status != Status::Running {
            return None;
        }
        match self.program {
            Program::Sleeps => None,
            Program::Naps => Some(self.started + NAP),
            Program::Fails => Some(self.started),
            Program::Listens => self.is_asked.then_some(self.next_look),
        }
    }

    fn own_code(&self) -> i64 {
        match self.program {
            Program::Fails => 3,
            Program::Listens => 7,
            Program::Naps | Program::Sleeps => 0,
        }
    }
}

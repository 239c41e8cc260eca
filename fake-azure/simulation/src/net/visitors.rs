//! Who is connected, so that somebody can be sent away when there is room for nobody else.
//!
//! File descriptors are the process's, so all listeners of the process share one list. Whoever
//! waits for us stays; of those whom we wait for, the one goes who did so longest. What the
//! others may take is bounded, too: a part of the descriptors is kept back for listeners, and a
//! smaller one for everything else. A new descriptor has the lowest number that is free, so all
//! below it are in use.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::sync::Notify;

/// As many descriptors are asked for, where the machine lets us.
const WANTED: u64 = 65_536;

/// What has gone wrong with connections since the process began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// How many were sent away to make room.
    pub sent_away: u64,
    /// How often one could not be accepted.
    pub not_accepted: u64,
}

/// All who are connected to this process.
static HERE: Visitors = Visitors::new();

/// Who is connected.
#[derive(Debug)]
struct Visitors {
    waiting: Mutex<Waiting>,
    sent_away: AtomicU64,
    not_accepted: AtomicU64,
}

/// Those we wait for, by the moment since when we do.
#[derive(Debug)]
struct Waiting {
    /// Counts what happens: the order is all that matters.
    moment: u64,
    seats: BTreeMap<u64, Arc<Notify>>,
}

/// The place of one who is connected.
#[derive(Debug)]
struct Seat {
    among: &'static Visitors,
    leave: Arc<Notify>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// How much of ours the visitor waits for.
    works: usize,
    /// Since when we wait for the visitor.
    since: Option<u64>,
}

tokio::task_local! {
    static SEAT: Arc<Seat>;
}

/// Something that the visitor waits for, until this is dropped.
#[derive(Debug)]
pub struct Work(Option<Arc<Seat>>);

/// Says that the visitor who is served in this task waits for us from now on, and must not be
/// sent away.
pub fn at_work() -> Work {
    let seat = SEAT.try_with(Arc::clone).ok();
    if let Some(seat) = &seat {
        let mut state = seat.state();
        state.works += 1;
        if let Some(since) = state.since.take() {
            seat.among.waiting().seats.remove(&since);
        }
    }
    Work(seat)
}

impl Drop for Work {
    fn drop(&mut self) {
        if let Some(seat) = &self.0 {
            let mut state = seat.state();
            state.works -= 1;
            if state.works == 0 {
                state.since = Some(seat.among.wait_for(&seat.leave));
            }
        }
    }
}

impl Seat {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let since = self.state().since.take();
        if let Some(since) = since {
            self.among.waiting().seats.remove(&since);
        }
    }
}

impl Visitors {
    const fn new() -> Self {
        Self {
            waiting: Mutex::new(Waiting {
                moment: 0,
                seats: BTreeMap::new(),
            }),
            sent_away: AtomicU64::new(0),
            not_accepted: AtomicU64::new(0),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_for(&self, leave: &Arc<Notify>) -> u64 {
        let mut waiting = self.waiting();
        waiting.moment += 1;
        let now = waiting.moment;
        waiting.seats.insert(now, leave.clone());
        now
    }

    /// Serves a visitor, until the end or until somebody else needs the place.
    fn seated(&'static self, serve: impl Future<Output = ()>) -> impl Future<Output = ()> {
        let leave = Arc::new(Notify::new());
        let since = Some(self.wait_for(&leave));
        let seat = Seat {
            among: self,
            leave: leave.clone(),
            state: Mutex::new(State { works: 0, since }),
        };
        SEAT.scope(Arc::new(seat), async move {
            tokio::select! {
                biased;
                () = leave.notified() => tracing::debug!("a silent connection makes room"),
                () = serve => {}
            }
        })
    }

    /// Sends the visitor away for whom we have waited longest; whether there was one.
    fn make_room(&self) -> bool {
        let Some((_, leave)) = self.waiting().seats.pop_first() else {
            return false;
        };
        leave.notify_one();
        self.sent_away.fetch_add(1, Ordering::Relaxed);
        true
    }
}

/// Serves a visitor, until the end or until somebody else needs the place.
pub(super) fn seated(serve: impl Future<Output = ()>) -> impl Future<Output = ()> {
    HERE.seated(serve)
}

/// Sends the visitor away for whom we have waited longest; whether there was one.
pub(super) fn make_room() -> bool {
    HERE.make_room()
}

/// Notes that somebody could not come in; how often that has been so by now.
pub(super) fn turned_away() -> u64 {
    HERE.not_accepted.fetch_add(1, Ordering::Relaxed) + 1
}

/// What has gone wrong with connections since the process began.
pub fn trouble() -> Trouble {
    Trouble {
        sent_away: HERE.sent_away.load(Ordering::Relaxed),
        not_accepted: HERE.not_accepted.load(Ordering::Relaxed),
    }
}

/// How many file descriptors the process may have.
fn most() -> u64 {
    static MOST: OnceLock<u64> = OnceLock::new();
    *MOST.get_or_init(|| getrlimit(Resource::RLIMIT_NOFILE).map_or(u64::MAX, |(soft, _)| soft))
}

/// Lets the process have as many file descriptors as the machine allows, within reason. To be
/// called before anything listens.
pub fn raise_open_files() {
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        let wanted = hard.min(WANTED);
        // Where it is refused, the limit stays what it is.
        if soft < wanted
            && let Err(error) = setrlimit(Resource::RLIMIT_NOFILE, wanted, hard)
        {
            tracing::warn!(%error, "the limit of open files stays at {soft}");
        }
    }
}

/// What of so many descriptors connections leave to listeners and the rest.
fn left_by_connections(most: u64) -> u64 {
    most / 4
}

/// What of so many descriptors listeners leave to connections and the rest.
fn left_by_listeners(most: u64) -> u64 {
    (most / 16).max(8)
}

/// How many descriptors are in use, now that this has come, beyond those that there should be.
fn beyond(descriptor: &impl AsRawFd, most: u64, left: u64) -> u64 {
    let number = u64::try_from(descriptor.as_raw_fd()).unwrap_or_default();
    (number + 1).saturating_sub(most.saturating_sub(left))
}

/// Sends away as many as there are too many since this connection has come; whether there were
/// any to send.
pub(super) fn make_room_beside(connection: &impl AsRawFd) -> bool {
    let too_many = beyond(connection, most(), left_by_connections(most()));
    let gone = (0..too_many).take_while(|_| make_room());
    gone.count() > 0
}

/// Refuses a listener that would leave too little for those who come to all of them.
pub(super) fn check_listener(listener: &impl AsRawFd) -> io::Result<()> {
    if beyond(listener, most(), left_by_listeners(most())) > 0 {
        return Err(nix::errno::Errno::EMFILE.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn turns() {
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn whom_we_wait_for_longest_goes_and_who_waits_for_us_stays() {
        static HALL: Visitors = Visitors::new();
        let visitor = |busy: bool| {
            tokio::spawn(HALL.seated(async move {
                let _work = busy.then(at_work);
                std::future::pending::<()>().await;
            }))
        };
        let (busy, first, second) = (visitor(true), visitor(false), visitor(false));
        turns().await;
        assert!(HALL.make_room());
        turns().await;
        assert!(first.is_finished() && !second.is_finished());
        assert!(HALL.make_room());
        turns().await;
        assert!(second.is_finished() && !busy.is_finished());
        assert!(!HALL.make_room());
        assert_eq!(HALL.sent_away.load(Ordering::Relaxed), 2);
        busy.abort();
        busy.await.unwrap_err();
        assert!(HALL.waiting().seats.is_empty());
    }

    #[tokio::test]
    async fn after_the_work_we_wait_again_and_the_others_waited_longer() {
        static HALL: Visitors = Visitors::new();
        let (go, going) = tokio::sync::oneshot::channel::<()>();
        let worker = tokio::spawn(HALL.seated(async move {
            let work = at_work();
            going.await.unwrap();
            drop(work);
            std::future::pending::<()>().await;
        }));
        let other = tokio::spawn(HALL.seated(std::future::pending()));
        turns().await;
        go.send(()).unwrap();
        turns().await;
        assert!(HALL.make_room());
        turns().await;
        assert!(other.is_finished() && !worker.is_finished());
        assert!(HALL.make_room());
        turns().await;
        assert!(worker.is_finished());
    }

    #[test]
    fn a_part_of_the_descriptors_is_kept_back() {
        for most in [40, 64, 1024, WANTED] {
            let (connections, listeners) = (left_by_connections(most), left_by_listeners(most));
            assert!(connections > listeners && listeners >= 8, "{most}");
        }
        let file = std::fs::File::open("/dev/null").unwrap();
        let number = u64::try_from(file.as_raw_fd()).unwrap();
        assert_eq!(beyond(&file, 8, 8), number + 1);
        assert_eq!(beyond(&file, number + 7, 8), 2);
        assert_eq!(beyond(&file, number + 8, 8), 1);
        assert_eq!(beyond(&file, number + 9, 8), 0);
    }
}

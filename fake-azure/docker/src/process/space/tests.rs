//! Processes of a few small programs.

use std::collections::HashMap;
use std::time::Duration;

use super::*;
use crate::files::{Credentials, Tree};
use crate::process::program::image_of;
use crate::process::{Descriptor, Descriptors};

type Body = fn(Process) -> futures_util::future::BoxFuture<'static, u8>;

#[derive(Default)]
struct Known(HashMap<&'static str, Body>);

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Programs for Known {
    fn named(&self, name: &str) -> Option<Arc<dyn Program>> {
        let body = *self.0.get(name)?;
        Some(Arc::new(body))
    }
}

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// A space whose `/bin` has these programs, on a clock that is moved by hand.
fn space(programs: &[(&'static str, Body)]) -> Arc<Space> {
    let files = View::of(Tree::new(NOW));
    let root = Credentials::ROOT;
    files.create_dir_all("/bin", 0o755, &root, NOW).unwrap();
    for (name, _) in programs {
        let path = format!("/bin/{name}");
        files
            .write(&path, image_of(name), 0o755, &root, NOW)
            .unwrap();
    }
    let known = Known(programs.iter().copied().collect());
    Space::builder(files, Clock::by_hand(NOW), Arc::new(known)).build()
}

fn start(space: &Arc<Space>, args: &[&str]) -> Result<Child, LaunchError> {
    space.launch(Launch::new(args.iter().copied()))
}

fn sleeper() -> (&'static str, Body) {
    ("sleeper", |mut process| {
        Box::pin(async move {
            process.sleep(Duration::from_mins(1)).await;
            3
        })
    })
}

#[tokio::test]
async fn a_program_sleeps_by_the_clock_and_ends_with_its_code() {
    let space = space(&[sleeper()]);
    let child = start(&space, &["sleeper"]).unwrap();
    assert_eq!((child.pid, child.exit()), (1, None));
    tokio::task::yield_now().await;
    space.clock().advance(Duration::from_mins(1));
    assert_eq!(child.wait().await, Exit::Code(3));
    assert!(space.processes().is_empty());
}

#[tokio::test]
async fn what_is_not_there_or_may_not_run_is_told_apart() {
    let space = space(&[sleeper()]);
    let root = Credentials::ROOT;
    space
        .files()
        .write("/bin/text", "hello", 0o755, &root, NOW)
        .unwrap();
    space
        .files()
        .write("/bin/plain", "hello", 0o644, &root, NOW)
        .unwrap();
    let error = |args: &[&str]| start(&space, args).unwrap_err().to_string();
    assert_eq!(error(&["nosuch"]), "nosuch: not found");
    assert_eq!(error(&["/nosuch"]), "/nosuch: No such file or directory");
    assert_eq!(error(&["plain"]), "/bin/plain: Permission denied");
    assert_eq!(error(&["/bin"]), "/bin: Permission denied");
    assert_eq!(error(&["text"]), "/bin/text: Exec format error");
}

#[tokio::test]
async fn a_script_is_run_by_its_interpreter() {
    let show: Body = |process| {
        Box::pin(async move {
            assert_eq!(process.args, ["/bin/show", "-x", "/bin/script", "a"]);
            7
        })
    };
    let space = space(&[("show", show)]);
    let root = Credentials::ROOT;
    space
        .files()
        .write("/bin/script", "#!/bin/show -x\n", 0o755, &root, NOW)
        .unwrap();
    let child = start(&space, &["script", "a"]).unwrap();
    assert_eq!(child.wait().await, Exit::Code(7));
}

#[tokio::test]
async fn the_first_process_gets_only_signals_that_it_handles() {
    let catcher: Body = |process| {
        Box::pin(async move {
            process.catch(Signal::USR1);
            process.signal().await.number()
        })
    };
    let space = space(&[sleeper(), ("catcher", catcher)]);
    let first = start(&space, &["catcher"]).unwrap();
    let second = start(&space, &["sleeper"]).unwrap();
    tokio::task::yield_now().await;
    space.signal(1, Signal::TERM, true);
    space.signal(2, Signal::TERM, true);
    assert_eq!(second.wait().await, Exit::Killed(Signal::TERM));
    assert_eq!(first.exit(), None);
    space.signal(1, Signal::USR1, false);
    assert_eq!(first.wait().await, Exit::Code(10));
}

#[tokio::test]
async fn only_the_outside_kills_the_first_process_and_all_end_with_it() {
    let space = space(&[sleeper()]);
    let first = start(&space, &["sleeper"]).unwrap();
    let second = start(&space, &["sleeper"]).unwrap();
    tokio::task::yield_now().await;
    space.signal(1, Signal::KILL, false);
    tokio::task::yield_now().await;
    assert_eq!(first.exit(), None);
    space.signal(1, Signal::KILL, true);
    assert_eq!(first.wait().await, Exit::Killed(Signal::KILL));
    assert_eq!(second.wait().await, Exit::Killed(Signal::KILL));
    assert_eq!(start(&space, &["sleeper"]).unwrap_err(), LaunchError::Ended);
}

#[tokio::test]
async fn a_frozen_space_stands_still() {
    let space = space(&[sleeper()]);
    let child = start(&space, &["sleeper"]).unwrap();
    tokio::task::yield_now().await;
    space.freeze(true);
    space.clock().advance(Duration::from_mins(10));
    for _ in 0..9 {
        tokio::task::yield_now().await;
    }
    assert_eq!(child.exit(), None);
    space.freeze(false);
    assert_eq!(child.wait().await, Exit::Code(3));
}

#[tokio::test]
async fn writing_where_nobody_reads_ends_a_process() {
    let writer: Body = |mut process| {
        Box::pin(async move {
            while process.print("y\n").await.is_ok() {}
            0
        })
    };
    let space = space(&[sleeper(), ("writer", writer)]);
    let _first = start(&space, &["sleeper"]).unwrap();
    let (reader, out) = Process::pipe();
    let mut launch = Launch::new(["writer"]);
    launch.descriptors = Descriptors::standard(Descriptor::Null, out, Descriptor::Null);
    let child = space.launch(launch).unwrap();
    assert_eq!(reader.read(2).await.unwrap(), b"y\n");
    drop(reader);
    assert_eq!(child.wait().await, Exit::Killed(Signal::PIPE));
}

#[tokio::test]
async fn a_busy_loop_lets_others_run_and_can_be_ended() {
    let busy: Body = |mut process| {
        Box::pin(async move {
            loop {
                process.step().await;
            }
        })
    };
    let space = space(&[("busy", busy)]);
    let child = start(&space, &["busy"]).unwrap();
    tokio::task::yield_now().await;
    space.signal(1, Signal::KILL, true);
    assert_eq!(child.wait().await, Exit::Killed(Signal::KILL));
}

#[tokio::test]
async fn processes_have_a_limit() {
    let files = View::of(Tree::new(NOW));
    let space = Space::builder(files, Clock::by_hand(NOW), Arc::new(Known::default()))
        .most_processes(2)
        .build();
    let forever = |_: Process| std::future::pending::<u8>();
    let run = || space.run(Launch::new(["x"]), forever);
    assert!(run().is_ok() && run().is_ok());
    assert_eq!(run().unwrap_err(), LaunchError::Limit);
}

/// A space with these programs whose processes may take so many steps.
fn bounded(most: u64, programs: &[(&'static str, Body)]) -> Arc<Space> {
    let files = space(programs).files().clone();
    let known = Known(programs.iter().copied().collect());
    Space::builder(files, Clock::by_hand(NOW), Arc::new(known))
        .most_steps(most)
        .build()
}

#[tokio::test]
async fn a_busy_program_ends_with_the_steps_of_its_space() {
    let busy: (&str, Body) = ("busy", |mut process| {
        Box::pin(async move {
            loop {
                process.step().await;
            }
        })
    });
    let space = bounded(100_000, &[busy]);
    let child = start(&space, &["busy"]).unwrap();
    assert_eq!(child.wait().await, Exit::Killed(Signal::KILL));
    assert!(space.is_exhausted());
    assert_eq!(start(&space, &["busy"]).unwrap_err(), LaunchError::Ended);
}

#[tokio::test]
async fn programs_that_only_start_each_other_end_with_the_steps_of_their_space() {
    let relay: (&str, Body) = ("relay", |process| {
        Box::pin(async move {
            let next = process.child(vec!["relay".to_owned()]);
            u8::from(process.spawn(next).is_err())
        })
    });
    let idle: (&str, Body) = ("idle", |_| Box::pin(std::future::pending()));
    let space = bounded(1_000, &[relay, idle]);
    start(&space, &["idle"]).unwrap();
    start(&space, &["relay"]).unwrap();
    while !space.is_exhausted() {
        tokio::task::yield_now().await;
    }
    assert!(space.processes().is_empty());
}

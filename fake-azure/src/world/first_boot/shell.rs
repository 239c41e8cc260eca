//! Runs a command of a machine to its end, in no time.
//!
//! What runs are the shell and the tools of `fake-docker` over the machine's files. They run on a
//! thread and a runtime of their own: the caller may be anywhere, and who has its turn when is a
//! matter of what is run alone. The clock stands until everybody waits, and then goes to where the
//! first one wants to be woken; so a sleep takes no time, and a run that was bounded by steps and by
//! that clock comes out the same each time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use fake_docker::Clock;
use fake_docker::files::{Errno, View};
use fake_docker::process::{
    Child, Descriptor, Descriptors, Launch, LaunchError, Machine, Process, Sink, Space,
};
use jiff::{SignedDuration, Timestamp};

use super::host::{Host, Note, Power};
use super::programs::MachinePrograms;

/// How many steps all processes of a command take together.
const MOST_STEPS: u64 = 1_000_000;
/// How long a command may take, by the machine's clock.
const LONGEST: SignedDuration = SignedDuration::from_hours(2);
/// How long what it leaves in the background may go on.
const BACKGROUND: u32 = 600;
/// How many bytes of each output are kept.
const MOST_OUTPUT: usize = 1 << 20;
/// Where programs are looked for.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin";

/// What came of a command.
#[derive(Default)]
pub(super) struct Finished {
    /// Its exit code; none when it did not come to its end.
    pub(super) code: Option<u8>,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
    /// Both, as they came.
    pub(super) both: Vec<u8>,
    /// When all was over.
    pub(super) at: Timestamp,
}

/// What is to be run.
pub(super) struct Order {
    pub(super) args: Vec<String>,
    pub(super) folder: &'static str,
    pub(super) env: Vec<(String, String)>,
    /// What it reads on its standard input.
    pub(super) input: Vec<u8>,
    pub(super) at: Timestamp,
}

impl Order {
    pub(super) fn new(args: &[&str], at: Timestamp) -> Self {
        Self {
            args: args.iter().map(|word| (*word).to_owned()).collect(),
            folder: "/",
            env: Vec::new(),
            input: Vec::new(),
            at,
        }
    }
}

/// What was written, in both orders.
#[derive(Debug, Default)]
struct Outputs(Mutex<[Vec<u8>; 3]>);

/// One of the two outputs.
#[derive(Debug)]
struct Output {
    number: usize,
    outputs: Arc<Outputs>,
}

impl Sink for Output {
    fn poll_ready(&self, _: &mut Context<'_>) -> Poll<Result<(), Errno>> {
        Poll::Ready(Ok(()))
    }

    fn put(&self, _: Timestamp, bytes: &[u8]) {
        let mut outputs = self
            .outputs
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for number in [self.number, 2] {
            let room = MOST_OUTPUT.saturating_sub(outputs[number].len());
            outputs[number].extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
    }
}

/// Runs a command over the machine's files. A command that is cut short is noted.
pub(super) fn run(host: &Arc<Host>, files: &View, order: Order) -> Finished {
    let at = order.at;
    let finished = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("machine".to_owned())
            .spawn_scoped(scope, || run_here(host, files, order));
        thread.ok().and_then(|thread| thread.join().ok()).flatten()
    });
    let finished = finished.unwrap_or(Finished {
        at,
        ..Finished::default()
    });
    let mut facts = host.facts();
    if finished.code.is_none() && facts.power() == Power::Stay {
        facts.note(Note::Unfinished);
    }
    finished
}

fn run_here(host: &Arc<Host>, files: &View, order: Order) -> Option<Finished> {
    let clock = Clock::by_hand(order.at);
    let last = order.at.checked_add(LONGEST).unwrap_or(Timestamp::MAX);
    let space: Arc<OnceLock<Arc<Space>>> = Arc::default();
    let is_over = Arc::new(AtomicBool::new(false));
    let runtime = {
        let (clock, space, is_over) = (clock.clone(), space.clone(), is_over.clone());
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .on_thread_park(move || {
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
                let next = clock.next_wake().filter(|next| *next <= last);
                if let Some(next) = next {
                    let ahead = Duration::try_from(next.duration_since(clock.now()));
                    clock.advance(ahead.unwrap_or_default());
                } else if let Some(space) = space.get() {
                    // Nobody would ever wake anybody.
                    space.end();
                }
            })
            .build()
            .ok()?
    };
    let outputs = Arc::new(Outputs::default());
    let output = |number| {
        let outputs = outputs.clone();
        Descriptor::Sink(Arc::new(Output { number, outputs }))
    };
    let mut launch = Launch::new(order.args);
    let (input, typing) = if order.input.is_empty() {
        (Descriptor::Null, None)
    } else {
        let (reader, writer) = Process::pipe();
        (reader, Some(writer))
    };
    launch.descriptors = Descriptors::standard(input, output(0), output(1));
    order.folder.clone_into(&mut launch.cwd);
    launch.env = vec![
        ("PATH".to_owned(), PATH.to_owned()),
        ("HOME".to_owned(), "/root".to_owned()),
        ("LANG".to_owned(), "C.UTF-8".to_owned()),
    ];
    launch.env.extend(order.env);
    launch.parent = 1;
    let (host_name, machine) = {
        let facts = host.facts();
        (facts.machine.host_name.clone(), seen(&facts.machine))
    };
    let programs = Arc::new(MachinePrograms::new(host.clone()));
    let made = Space::builder(files.clone(), clock.clone(), programs)
        .host_name(host_name.split('.').next().unwrap_or_default())
        .machine(machine)
        .most_steps(MOST_STEPS)
        .seed(1)
        .build();
    let made = space.get_or_init(|| made).clone();
    let code = Arc::new(Mutex::new(None));
    let (typed, at) = (order.input, order.at);
    runtime.block_on(async {
        if let Some(typing) = typing {
            // Whoever wants no more input has gone, and that is well.
            tokio::spawn(async move { typing.write(&typed, at).await.ok() });
        }
        let first = Launch::new(["/sbin/init"]);
        let told = code.clone();
        let child = made.run(first, move |process| first_process(process, launch, told));
        if let Ok(child) = child {
            child.wait().await;
        }
        is_over.store(true, Ordering::Relaxed);
    });
    let code = *code.lock().unwrap_or_else(PoisonError::into_inner);
    drop(runtime);
    let [stdout, stderr, both] =
        std::mem::take(&mut *outputs.0.lock().unwrap_or_else(PoisonError::into_inner));
    Some(Finished {
        code,
        stdout,
        stderr,
        both,
        at: clock.now(),
    })
}

/// Starts the command, tells how it ended, and stays until nothing is left of it.
async fn first_process(mut process: Process, launch: Launch, told: Arc<Mutex<Option<u8>>>) -> u8 {
    let descriptors = launch.descriptors.clone();
    let code = match process.space.launch(launch) {
        Ok(child) => ended(&process, &child).await,
        Err(error) => {
            process.descriptors = descriptors;
            let (words, code) = refusal(&error);
            process.complain(words).await;
            code
        }
    };
    *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(code);
    for _ in 0..BACKGROUND {
        if process.space.processes().len() <= 1 {
            break;
        }
        process.sleep(Duration::from_secs(1)).await;
    }
    0
}

async fn ended(process: &Process, child: &Child) -> u8 {
    process.wait(child).await.code()
}

fn refusal(error: &LaunchError) -> (String, u8) {
    let code = match error {
        LaunchError::NotInPath(_)
        | LaunchError::File {
            errno: Errno::NotFound,
            ..
        } => 127,
        _ => 126,
    };
    (format!("{error}\n"), code)
}

/// What `uname` and `/proc` tell of a machine.
fn seen(machine: &super::machine::Machine) -> Machine {
    Machine {
        cpus: machine.hardware.cores,
        memory_bytes: u64::from(machine.hardware.memory_mb) << 20,
        ..Machine::of_system(&machine.release("PRETTY_NAME"))
    }
}

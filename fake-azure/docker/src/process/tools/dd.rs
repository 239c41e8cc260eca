//! `dd`.

use super::input;
use super::options::invalid_number;
use super::sizes;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::{Errno, Open};
use crate::process::{Descriptor, Process};

pub(super) const TOOLS: &[Tool] = &[Tool::new(
    "dd",
    "[if=FILE] [of=FILE] [bs=N] [ibs=N] [obs=N] [count=N] [skip=N] [seek=N] [conv=notrunc|sync] [status=none]",
    |process| Box::pin(dd(process)),
)];

/// The largest block, in bytes.
const LARGEST: u64 = 64 << 20;

struct Plan {
    from: Option<String>,
    to: Option<String>,
    block: u64,
    count: u64,
    skip: u64,
    seek: u64,
    keep: bool,
    fill: bool,
    silent: bool,
}

fn plan(args: &[String]) -> Result<Plan, Stop> {
    let mut plan = Plan {
        from: None,
        to: None,
        block: 512,
        count: u64::MAX,
        skip: 0,
        seek: 0,
        keep: false,
        fill: false,
        silent: false,
    };
    for word in args.iter().skip(1) {
        if word == "--help" {
            return Err(Stop::Help);
        }
        let Some((name, value)) = word.split_once('=') else {
            return Err(Stop::Usage(String::new()));
        };
        match name {
            "if" => plan.from = Some(value.to_owned()),
            "of" => plan.to = Some(value.to_owned()),
            "bs" | "ibs" | "obs" => {
                plan.block = sizes::read(value)?;
                if !(1..=LARGEST).contains(&plan.block) {
                    return Err(invalid_number(value));
                }
            }
            "count" => plan.count = sizes::read(value)?,
            "skip" | "iseek" => plan.skip = sizes::read(value)?,
            "seek" | "oseek" => plan.seek = sizes::read(value)?,
            "conv" => {
                for conversion in value.split(',') {
                    match conversion {
                        "notrunc" => plan.keep = true,
                        "sync" => plan.fill = true,
                        "noerror" | "fsync" | "fdatasync" => {}
                        other => {
                            return Err(Stop::told(format!(
                                "invalid argument '{other}' to 'conv'"
                            )));
                        }
                    }
                }
            }
            "status" => plan.silent = value == "none",
            "iflag" | "oflag" => {}
            _ => return Err(Stop::Usage(String::new())),
        }
    }
    Ok(plan)
}

/// Whole and partial blocks.
#[derive(Clone, Copy, Default)]
struct Blocks {
    whole: u64,
    partial: u64,
}

impl Blocks {
    fn count(&mut self, bytes: usize, block: usize) {
        if bytes == block {
            self.whole += 1;
        } else {
            self.partial += 1;
        }
    }
}

async fn dd(process: &mut Process) -> Outcome {
    let plan = plan(&process.args)?;
    let from = match &plan.from {
        Some(name) => input::open(process, name).map_err(|errno| Stop::cannot_open(name, errno))?,
        None => own(process, 0)?,
    };
    let to = match &plan.to {
        Some(name) => {
            let how = Open {
                truncate: !plan.keep && plan.seek == 0,
                ..Open::to_write(0o666)
            };
            process
                .open(name, how)
                .map_err(|errno| Stop::cannot_open(name, errno))?
        }
        None => own(process, 1)?,
    };
    let block = usize::try_from(plan.block).unwrap_or(512);
    let begun = process.now();
    if plan.seek > 0
        && let Descriptor::File(file) = &to
    {
        let offset = plan.seek.saturating_mul(plan.block);
        if !plan.keep {
            let cut = file.file().truncate(offset, begun);
            cut.map_err(|errno| Stop::told(format!("truncate: {errno}")))?;
        }
        file.seek(offset);
    }
    for _ in 0..plan.skip {
        if read(process, &from, block).await?.is_empty() {
            break;
        }
    }
    let (mut taken, mut given) = (Blocks::default(), Blocks::default());
    let mut total = 0;
    let mut failure = None;
    while taken.whole + taken.partial < plan.count {
        let mut bytes = read(process, &from, block).await?;
        if bytes.is_empty() {
            break;
        }
        taken.count(bytes.len(), block);
        if plan.fill {
            bytes.resize(block, 0);
        }
        if let Err(errno) = to.write(&bytes, process.now()).await {
            failure = Some(errno);
            break;
        }
        given.count(bytes.len(), block);
        total += bytes.len() as u64;
    }
    if !plan.silent {
        let elapsed = process
            .now()
            .duration_since(begun)
            .as_secs_f64()
            .max(0.000_001);
        process.complain(report(taken, given, total, elapsed)).await;
    }
    match failure {
        None => Ok(0),
        Some(Errno::BrokenPipe) => Err(Stop::Output(Errno::BrokenPipe)),
        Some(errno) => {
            let name = plan.to.as_deref().unwrap_or("standard output");
            Err(Stop::told(format!("error writing '{name}': {errno}")))
        }
    }
}

fn own(process: &Process, number: u32) -> Result<Descriptor, Stop> {
    let descriptor = process.descriptors.get(number);
    descriptor.map_err(|errno| Stop::told(errno.to_string()))
}

/// One block, as a single read gives it; files and devices fill it.
async fn read(process: &mut Process, from: &Descriptor, block: usize) -> Result<Vec<u8>, Stop> {
    let failed = |errno| Stop::told(format!("read error: {errno}"));
    let mut bytes = from.read(block).await.map_err(failed)?;
    process.step().await;
    let fills = matches!(
        from,
        Descriptor::File(_) | Descriptor::Zero | Descriptor::Random(_)
    );
    while fills && bytes.len() < block {
        let more = from.read(block - bytes.len()).await.map_err(failed)?;
        process.step().await;
        if more.is_empty() {
            break;
        }
        bytes.extend(more);
    }
    Ok(bytes)
}

fn report(taken: Blocks, given: Blocks, total: u64, elapsed: f64) -> String {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a speed is told with two figures"
    )]
    let speed = (total as f64 / elapsed) as u64;
    format!(
        "{}+{} records in\n{}+{} records out\n{total} bytes ({}B) copied, {elapsed:.6} seconds, {}B/s\n",
        taken.whole,
        taken.partial,
        given.whole,
        given.partial,
        sizes::human(total),
        sizes::human(speed)
    )
}

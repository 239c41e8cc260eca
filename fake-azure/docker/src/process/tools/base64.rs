//! `base64`.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::input::{self, chunk};
use super::options::Options;
use super::output::Output;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[Tool::new("base64", "[-d] [-w COL] [FILE]", |process| {
    Box::pin(base64(process))
})];

const CODE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

async fn base64(process: &mut Process) -> Outcome {
    let options = Options::new(
        "dDiw:",
        &[("decode", 'd'), ("wrap", 'w'), ("ignore-garbage", 'i')],
    );
    let given = options.read(&process.args)?;
    let operands = given.operands_between(0, 1)?;
    let name = operands.first().map_or("-", String::as_str);
    let from =
        input::open(process, name).map_err(|errno| Stop::told(format!("{name}: {errno}")))?;
    let failed = |errno| Stop::told(format!("read error: {errno}"));
    if given.has('d') || given.has('D') {
        let text = input::whole(process, &from).await.map_err(failed)?;
        let text: Vec<u8> = text
            .into_iter()
            .filter(|b| !b.is_ascii_whitespace())
            .collect();
        return match CODE.decode(&text) {
            Ok(bytes) => {
                process.print(bytes).await?;
                Ok(0)
            }
            Err(_) => {
                // What could be read is shown before the complaint.
                let whole = text.len() / 4 * 4;
                let good = (0..=whole)
                    .rev()
                    .step_by(4)
                    .find_map(|end| CODE.decode(&text[..end]).ok());
                process.print(good.unwrap_or_default()).await?;
                Err(Stop::told("truncated input"))
            }
        };
    }
    let width = given.number('w')?.unwrap_or(76);
    let width = usize::try_from(width).unwrap_or(usize::MAX);
    let mut out = Output::default();
    let mut column = 0;
    let mut held = Vec::new();
    loop {
        let bytes = chunk(process, &from).await.map_err(failed)?;
        let ended = bytes.is_empty();
        held.extend(bytes);
        // Only whole groups of three, until nothing follows.
        let taken = if ended {
            held.len()
        } else {
            held.len() / 3 * 3
        };
        let rest = held.split_off(taken);
        let text = CODE.encode(&held);
        held = rest;
        let mut text = text.as_bytes();
        while !text.is_empty() {
            let room = if width == 0 {
                text.len()
            } else {
                width - column
            };
            let (line, rest) = text.split_at(room.min(text.len()));
            column += line.len();
            text = rest;
            out.put(process, line).await?;
            if column == width {
                column = 0;
                out.put(process, "\n").await?;
            }
        }
        if ended {
            if column > 0 && width > 0 {
                out.put(process, "\n").await?;
            }
            out.flush(process).await?;
            return Ok(0);
        }
        out.flush(process).await?;
    }
}

//! `factor`, `cksum`, `sum`, `crc32`: what is worked out of numbers and bytes.

use super::input;
use super::options::Options;
use super::output::Output;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("factor", "[NUMBER]...", |process| Box::pin(factor(process))),
    Tool::new("cksum", "[FILE]...", |process| {
        Box::pin(each_file(process, |bytes, name| {
            format!("{} {}{name}", cksum(bytes), bytes.len())
        }))
    }),
    Tool::new("crc32", "FILE...", |process| {
        Box::pin(each_file(process, |bytes, name| {
            format!("{:08x}{name}", crc32(bytes))
        }))
    }),
    Tool::new("sum", "[-rs] [FILE]...", |process| Box::pin(sum(process))),
];

/// Until where divisors are tried: what is left is prime below the square of it.
const LAST_DIVISOR: u64 = 1 << 22;

async fn factor(process: &mut Process) -> Outcome {
    let given = Options::new("", &[]).read(&process.args)?;
    let mut words = given.operands.clone();
    if words.is_empty() {
        let stdin = input::open(process, "-")?;
        let text = input::whole(process, &stdin).await;
        let text = text.map_err(|errno| Stop::told(format!("read error: {errno}")))?;
        let text = String::from_utf8_lossy(&text).into_owned();
        words = text.split_whitespace().map(str::to_owned).collect();
    }
    let mut out = Output::default();
    for word in words {
        let number: u64 = word.parse().map_err(|_| Stop::Usage(String::new()))?;
        let mut line = format!("{number}:");
        let mut rest = number;
        let mut divisor = 2;
        while rest > 1 && divisor <= LAST_DIVISOR && divisor * divisor <= rest {
            if rest.is_multiple_of(divisor) {
                line += &format!(" {divisor}");
                rest /= divisor;
            } else {
                divisor += if divisor == 2 { 1 } else { 2 };
            }
            if divisor % 4096 == 1 {
                process.step().await;
            }
        }
        if rest > LAST_DIVISOR * LAST_DIVISOR {
            return Err(Stop::told(format!("{number} is too large")));
        }
        if rest > 1 {
            line += &format!(" {rest}");
        }
        out.put(process, line + "\n").await?;
    }
    out.flush(process).await?;
    Ok(0)
}

/// Writes a line for each file, or for standard input; the line gets the name with a space.
async fn each_file(process: &mut Process, line: fn(&[u8], &str) -> String) -> Outcome {
    let given = Options::new("", &[]).read(&process.args)?;
    lines(process, &given.operands, line).await
}

async fn lines(
    process: &mut Process,
    names: &[String],
    line: impl Fn(&[u8], &str) -> String,
) -> Outcome {
    let mut out = Output::default();
    let mut code = 0;
    for name in input::or_stdin(names) {
        match input::whole_file(process, &name).await {
            Ok(bytes) => {
                let shown = if names.is_empty() {
                    String::new()
                } else {
                    format!(" {name}")
                };
                out.put(process, line(&bytes, &shown) + "\n").await?;
            }
            Err(errno) => {
                let me = super::tool::called(process, "");
                let words = format!("{me}: can't open '{name}': {errno}\n");
                out.complain(process, words).await?;
                code = 1;
            }
        }
    }
    out.flush(process).await?;
    Ok(code)
}

async fn sum(process: &mut Process) -> Outcome {
    let given = Options::new("rs", &[("sysv", 's')]).read(&process.args)?;
    let system_v = given.last_of("rs") == Some('s');
    lines(process, &given.operands, move |bytes, name| {
        if system_v {
            let sum = bytes
                .iter()
                .map(|b| u32::from(*b))
                .fold(0, u32::wrapping_add);
            let sum = (sum & 0xffff) + (sum >> 16);
            let sum = (sum & 0xffff) + (sum >> 16);
            return format!("{sum} {}{name}", bytes.len().div_ceil(512));
        }
        let sum = bytes.iter().fold(0_u16, |sum, byte| {
            sum.rotate_right(1).wrapping_add(u16::from(*byte))
        });
        format!("{sum:05} {:5}{name}", bytes.len().div_ceil(1024))
    })
    .await
}

/// POSIX's checksum: the length follows the bytes.
fn cksum(bytes: &[u8]) -> u32 {
    let mut length = bytes.len();
    let mut crc = 0_u32;
    let mut take = |byte: u8| {
        crc ^= u32::from(byte) << 24;
        for _ in 0..8 {
            crc = crc << 1 ^ if crc >> 31 == 1 { 0x04c1_1db7 } else { 0 };
        }
    };
    for byte in bytes {
        take(*byte);
    }
    while length > 0 {
        take(u8::try_from(length & 0xff).unwrap_or_default());
        length >>= 8;
    }
    !crc
}

/// The checksum of zip and Ethernet.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_standards() {
        assert_eq!(cksum(b"123456789"), 930_766_865);
        assert_eq!(cksum(b""), 4_294_967_295);
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}

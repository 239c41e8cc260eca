//! `openssl`, as far as it makes keys and certificates.
//!
//! What a machine does follows from what it was told and when, so that it comes out the same when it
//! is done again. Therefore keys follow from the machine, too, and are those of an algorithm whose
//! signatures follow from what is signed: Ed25519, whatever was asked for. They are no secret from
//! whoever knows the machine.

mod configuration;
mod extensions;
mod material;
mod options;
mod requests;
mod shown;
mod signing;
mod subject;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fake_docker::files::Open;
use fake_docker::process::Process;

use self::options::Options;
use super::super::host::{Host, Note};
use super::sundries;

/// How much of an input is read.
const MOST: usize = 1 << 20;

/// What `openssl` says when it does not do what it was asked for.
type Failed = String;

/// A call of one of its commands.
struct Call<'a> {
    process: &'a mut Process,
    host: &'a Host,
    options: Options,
}

impl Call<'_> {
    /// The text of a file; of standard input where none is named.
    async fn read(&mut self, name: Option<&str>) -> Result<String, Failed> {
        let bytes = match name {
            None => self.process.read_to_end(0, MOST).await,
            Some(name) => {
                let path = self.process.path(name);
                let files = self.process.space.files();
                let read = files.read(&path, &self.process.user);
                read.map(|bytes| bytes.to_vec())
            }
        };
        let shown = name.unwrap_or("stdin");
        let bytes = bytes.map_err(|errno| {
            format!("Could not open file or uri for loading from {shown}: {errno}")
        })?;
        String::from_utf8(bytes).map_err(|_| format!("Could not read from {shown}"))
    }

    /// Writes to a file; to standard output where none is named.
    async fn write(&mut self, name: Option<&str>, text: &str, mode: u32) -> Result<(), Failed> {
        let written = match name {
            None => self.process.print(text).await,
            Some(name) => match self.process.open(name, Open::to_write(mode)) {
                Ok(file) => file.write(text.as_bytes(), self.process.now()).await,
                Err(errno) => Err(errno),
            },
        };
        let shown = name.unwrap_or("stdout");
        written.map_err(|errno| format!("Can't open \"{shown}\" for writing, {errno}"))
    }

    /// Bytes that follow from the machine and from how many were drawn before.
    fn draw(&self, purpose: &str) -> [u8; 32] {
        let now = self.process.now();
        self.host.facts().draw(purpose, now)
    }

    /// That something was asked for which is not done here.
    fn is_more(&self) {
        self.host.facts().note(Note::OpenSsl);
    }
}

pub(super) async fn openssl(mut process: Process, host: Arc<Host>) -> u8 {
    let verb = process.args.get(1).cloned().unwrap_or_default();
    let args = process.args.get(2..).unwrap_or_default().to_vec();
    let mut call = Call {
        process: &mut process,
        host: &host,
        options: Options::read(args),
    };
    let done = match verb.as_str() {
        "version" => call.write(None, "OpenSSL 3.0.2 15 Mar 2022\n", 0o666).await,
        "genrsa" | "genpkey" => material::generate(&mut call).await,
        "ecparam" if call.options.has("genkey") => material::generate(&mut call).await,
        "rsa" | "ec" | "pkey" => material::copy(&mut call).await,
        "req" => requests::request(&mut call).await,
        "x509" => signing::x509(&mut call).await,
        "verify" => shown::verify(&mut call).await,
        "rand" => rand(&mut call).await,
        _ => {
            call.is_more();
            return sundries::counted(&process, &host);
        }
    };
    match done {
        Ok(()) => 0,
        Err(why) => {
            process.complain(format!("{why}\n")).await;
            1
        }
    }
}

/// Bytes in digits.
fn digits(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// `rand`: as many bytes, as digits or in base64.
async fn rand(call: &mut Call<'_>) -> Result<(), Failed> {
    let words = call.options.rest.first().cloned().unwrap_or_default();
    let many: usize = words
        .parse()
        .ok()
        .filter(|many| *many <= MOST)
        .ok_or_else(|| format!("rand: Can't parse \"{words}\" as a number"))?;
    let mut bytes = Vec::with_capacity(many);
    while bytes.len() < many {
        bytes.extend(call.draw("rand"));
    }
    bytes.truncate(many);
    let text = if call.options.has("hex") {
        digits(&bytes) + "\n"
    } else if call.options.has("base64") {
        let encoded = STANDARD.encode(&bytes);
        let lines = encoded.as_bytes().chunks(64);
        lines
            .map(|line| String::from_utf8_lossy(line).into_owned() + "\n")
            .collect()
    } else {
        call.is_more();
        String::new()
    };
    let to = call.options.value("out").map(str::to_owned);
    call.write(to.as_deref(), &text, 0o600).await
}

//! What comes from outside: files of a bounded length, and text that other systems wrote.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::Duration;

use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout};
use secrecy::SecretString;
use zeroize::Zeroizing;

/// The longest file of certificates or keys, in bytes.
pub const LONGEST_PEM: usize = 1 << 20;
/// The longest file of subscriptions, in bytes: publish settings, or the profile.
pub const LONGEST_SETTINGS: usize = 16 << 20;
/// The longest description of networks or of an extension, in bytes.
pub const LONGEST_CONFIGURATION: usize = 16 << 20;
/// The longest first line of a file, in bytes.
pub const LONGEST_LINE: usize = 64 << 10;

/// Reads a whole file of at most `most` bytes.
///
/// A named pipe or a socket in its place is an error at once, since waiting for its other end may
/// take for ever. What the caller has opened already (`/dev/stdin`, a shell's `<(…)`) is read.
pub fn read(path: &Path, most: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let bytes = read_head(path, most.saturating_add(1))?;
    if bytes.len() > most {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it is longer than {most} bytes"),
        ));
    }
    Ok(bytes)
}

/// Reads the first `most` bytes of a file, under the same rules as [`read`].
pub fn read_head(path: &Path, most: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = open(path)?;
    let mut bytes = Zeroizing::new(Vec::new());
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a text of at most `most` bytes, as [`text`] does.
pub fn read_text(path: &Path, most: usize) -> io::Result<Zeroizing<String>> {
    text(&read(path, most)?).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// Opens a file of which only the beginning is read, under the same rules as [`read`].
pub fn open(path: &Path) -> io::Result<File> {
    // Without waiting: opening a pipe blocks until somebody writes to it.
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(OFlag::O_NONBLOCK.bits())
        .open(path)?;
    let kind = file.metadata()?.file_type();
    if kind.is_file() {
        return Ok(file);
    }
    let what = if kind.is_dir() {
        "it is a folder"
    } else if kind.is_fifo() {
        "it is a named pipe, not a file"
    } else if kind.is_socket() {
        "it is a socket, not a file"
    } else if kind.is_block_device() {
        "it is a device, not a file"
    } else {
        // A device of characters has no end, but what is read of it has.
        return File::open(path);
    };
    if is_of_the_caller(path) {
        return File::open(path);
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, what))
}

/// Does the path stand for something that was open when the program began?
fn is_of_the_caller(path: &Path) -> bool {
    ["/dev/stdin", "/dev/fd", "/proc/self/fd"]
        .iter()
        .any(|place| path.starts_with(place))
}

/// Why bytes are no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotText {
    /// It says that it is UTF-16, and is not.
    #[error("it begins as UTF-16 and is damaged: save it as UTF-8")]
    DamagedUtf16,
    /// It holds zeros, as text of two bytes a letter does.
    #[error("it looks like UTF-16 without a byte order mark: save it as UTF-8")]
    UnmarkedUtf16,
    /// It is in UTF-32.
    #[error("it is UTF-32: save it as UTF-8")]
    Utf32,
    /// It is in some older encoding.
    #[error("it is not UTF-8: save it as UTF-8")]
    NotUtf8,
}

/// Reads a text: UTF-8, or UTF-16 that says so, without its byte order mark.
pub fn text(bytes: &[u8]) -> Result<Zeroizing<String>, NotText> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => Err(NotText::Utf32),
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] | rest => narrow(rest),
    }
}

fn narrow(bytes: &[u8]) -> Result<Zeroizing<String>, NotText> {
    if bytes.contains(&0) {
        return Err(NotText::UnmarkedUtf16);
    }
    std::str::from_utf8(bytes)
        .map(|text| Zeroizing::new(text.to_owned()))
        .map_err(|_| NotText::NotUtf8)
}

fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Zeroizing<String>, NotText> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(NotText::DamagedUtf16);
    }
    let mut text = Zeroizing::new(String::with_capacity(bytes.len()));
    for letter in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        text.push(letter.map_err(|_| NotText::DamagedUtf16)?);
    }
    Ok(text)
}

/// A text without the byte order mark that may stand before it.
pub fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Waits until something can be read, or everything has been: a reader that then blocks has
/// somebody at the other end. Whoever waits for this can stop, as a blocked reader cannot.
#[expect(
    clippy::disallowed_methods,
    reason = "what somebody else writes comes by no clock of ours"
)]
pub async fn readable(from: impl AsFd) {
    let mut descriptors = [PollFd::new(from.as_fd(), PollFlags::POLLIN)];
    while nix::poll::poll(&mut descriptors, PollTimeout::ZERO) == Ok(0) {
        tokio::time::sleep(LOOK).await;
    }
}

/// So often it is looked whether something can be read.
const LOOK: Duration = Duration::from_millis(20);

/// The first line without its end; what follows is not read.
pub fn first_line(mut from: impl Read) -> io::Result<SecretString> {
    let mut bytes = Zeroizing::new(Vec::new());
    let mut byte = Zeroizing::new([0_u8; 1]);
    // Byte by byte, so that what follows is left to whoever reads next.
    while from.read(&mut byte[..])? == 1 {
        bytes.push(byte[0]);
        if ends_a_line(&bytes) {
            break;
        }
        if bytes.len() > LONGEST_LINE {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("its first line is longer than {LONGEST_LINE} bytes"),
            ));
        }
    }
    let line = text(&bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    Ok(SecretString::from(
        line.trim_end_matches(['\r', '\n']).to_owned(),
    ))
}

fn ends_a_line(bytes: &[u8]) -> bool {
    match bytes {
        [0xFF, 0xFE, rest @ ..] => rest.len().is_multiple_of(2) && rest.ends_with(&[b'\n', 0]),
        [0xFE, 0xFF, rest @ ..] => rest.len().is_multiple_of(2) && rest.ends_with(&[0, b'\n']),
        _ => bytes.ends_with(b"\n"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use secrecy::ExposeSecret as _;

    use super::*;

    /// `text` as other systems write it.
    fn spellings(text: &str) -> Vec<Vec<u8>> {
        let wide = |to: fn(u16) -> [u8; 2]| -> Vec<u8> {
            "\u{feff}"
                .encode_utf16()
                .chain(text.encode_utf16())
                .flat_map(to)
                .collect()
        };
        vec![
            text.as_bytes().to_vec(),
            format!("\u{feff}{text}").into_bytes(),
            wide(u16::to_le_bytes),
            wide(u16::to_be_bytes),
        ]
    }

    #[test]
    fn a_text_is_the_same_in_every_spelling() {
        for bytes in spellings("Grüße, 𝄞\r\n") {
            assert_eq!(**text(&bytes).unwrap(), *"Grüße, 𝄞\r\n", "{bytes:?}");
        }
    }

    #[test]
    fn one_mark_is_dropped_and_no_other() {
        assert_eq!(
            **text("\u{feff}\u{feff}a\u{feff}".as_bytes()).unwrap(),
            *"\u{feff}a\u{feff}"
        );
    }

    #[test]
    fn what_is_no_text_is_refused_by_name() {
        for (bytes, why) in [
            (&b"P\0a\0"[..], NotText::UnmarkedUtf16),
            (b"\xFF\xFEa", NotText::DamagedUtf16),
            (b"\xFF\xFE\x00\xD8", NotText::DamagedUtf16),
            (b"\xFF\xFE\0\0a\0\0\0", NotText::Utf32),
            (b"\0\0\xFE\xFF\0\0\0a", NotText::Utf32),
            (b"Gr\xFC\xDFe", NotText::NotUtf8),
        ] {
            assert_eq!(text(bytes).unwrap_err(), why, "{bytes:?}");
        }
    }

    #[test]
    fn only_the_first_line_is_read_and_its_blanks_stay() {
        // ਗ holds the byte of a line end, which ends no line there.
        for bytes in spellings(" Pa$$w0rdਗ1 \r\nrest") {
            let line = first_line(&bytes[..]).unwrap();

            assert_eq!(line.expose_secret(), " Pa$$w0rdਗ1 ", "{bytes:?}");
        }
        assert_eq!(first_line(&b"x"[..]).unwrap().expose_secret(), "x");
        assert!(first_line(io::repeat(b'x')).is_err());
    }

    #[test]
    fn a_file_has_a_limit_and_a_pipe_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        File::create_new(&file)
            .unwrap()
            .write_all(b"12345")
            .unwrap();
        let pipe = folder.path().join("pipe");
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();

        assert_eq!(&**read(&file, 5).unwrap(), b"12345");
        assert!(read(&file, 4).unwrap_err().to_string().contains("4 bytes"));
        assert_eq!(&**read_head(&file, 4).unwrap(), b"1234");
        assert!(read(&pipe, 5).unwrap_err().to_string().contains("pipe"));
        assert!(
            read(folder.path(), 5)
                .unwrap_err()
                .to_string()
                .contains("folder")
        );
        assert!(read(Path::new("/dev/zero"), 5).is_err());
        assert!(read(Path::new("/dev/null"), 5).unwrap().is_empty());
    }
}

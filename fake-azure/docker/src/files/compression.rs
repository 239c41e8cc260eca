//! Compressed streams: known by their first bytes, read as what they hold.

mod zstd;

use std::io::{self, BufRead, BufReader, Cursor, Read, Write};

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;
use lzma_rust2::XzReader;

use zstd::ZstdFrames;

/// How a stream is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip, with any number of members.
    Gzip,
    /// bzip2.
    Bzip2,
    /// xz.
    Xz,
    /// Zstandard.
    Zstd,
}

/// What a compressed stream begins with.
const BEGINNINGS: [(&[u8], Compression); 4] = [
    (&[0x1f, 0x8b, 0x08], Compression::Gzip),
    (b"BZh", Compression::Bzip2),
    (&[0xfd, b'7', b'z', b'X', b'Z', 0], Compression::Xz),
    (&[0x28, 0xb5, 0x2f, 0xfd], Compression::Zstd),
];
const LONGEST_BEGINNING: u64 = 6;

/// How far back a stream may refer, in bytes; the memory that reading one may cost.
const WINDOW_MAX: u32 = 64 << 20;

impl Compression {
    /// Tells the compression by the first bytes of a stream.
    pub fn of(beginning: &[u8]) -> Self {
        let mut known = BEGINNINGS.iter();
        let found = known.find(|(magic, _)| beginning.starts_with(magic));
        found.map_or(Self::None, |(_, compression)| *compression)
    }
}

/// A reader of what a stream holds, whatever it is compressed with.
pub struct Decoder<R: Read> {
    compression: Compression,
    inner: Inner<Input<R>>,
}

/// A stream whose first bytes were looked at.
type Input<R> = BufReader<io::Chain<Cursor<Vec<u8>>, R>>;

enum Inner<R: BufRead> {
    None(R),
    Gzip(Box<MultiGzDecoder<R>>),
    Bzip2(Box<MultiBzDecoder<R>>),
    Xz(Box<XzReader<R>>),
    Zstd(Box<ZstdFrames<R>>),
}

impl<R: Read> Decoder<R> {
    /// Looks at the first bytes of a stream and reads on accordingly.
    pub fn new(mut input: R) -> io::Result<Self> {
        let mut beginning = Vec::new();
        let mut first = input.by_ref().take(LONGEST_BEGINNING);
        first.read_to_end(&mut beginning)?;
        let compression = Compression::of(&beginning);
        let input = BufReader::new(Cursor::new(beginning).chain(input));
        let inner = match compression {
            Compression::None => Inner::None(input),
            Compression::Gzip => Inner::Gzip(Box::new(MultiGzDecoder::new(input))),
            Compression::Bzip2 => Inner::Bzip2(Box::new(MultiBzDecoder::new(input))),
            Compression::Xz => {
                // The decoder's own tables come on top of the window.
                let kibibytes = (WINDOW_MAX >> 10) + 1024;
                Inner::Xz(Box::new(XzReader::new_mem_limit(input, true, kibibytes)))
            }
            Compression::Zstd => Inner::Zstd(Box::new(ZstdFrames::new(input))),
        };
        Ok(Self { compression, inner })
    }

    /// Returns how the stream is compressed.
    pub fn compression(&self) -> Compression {
        self.compression
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match &mut self.inner {
            Inner::None(input) => input.read(into),
            Inner::Gzip(input) => input.read(into),
            Inner::Bzip2(input) => input.read(into),
            Inner::Xz(input) => input.read(into),
            Inner::Zstd(input) => input.read(into),
        }
    }
}

impl<R: Read> std::fmt::Debug for Decoder<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Decoder({:?})", self.compression)
    }
}

/// Decompresses what is held in memory; more than `most` bytes are an error.
pub fn decompress(bytes: &[u8], most: u64) -> io::Result<Vec<u8>> {
    let mut whole = Vec::new();
    let mut input = Decoder::new(bytes)?.take(most.saturating_add(1));
    input.read_to_end(&mut whole)?;
    if whole.len() as u64 > most {
        let words = format!("more than {most} bytes when decompressed");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, words));
    }
    Ok(whole)
}

/// Compresses with gzip: 1 is quick, 9 is small, 6 is usual.
///
/// The same bytes give the same result: no name and no time are written.
pub fn gzip(bytes: &[u8], level: u32) -> Vec<u8> {
    let level = flate2::Compression::new(level.min(9));
    let mut encoder = GzEncoder::new(Vec::new(), level);
    let written = encoder.write_all(bytes);
    let finished = written.and_then(|()| encoder.finish());
    finished.unwrap_or_default() // writing to a vector does not fail
}

#[cfg(test)]
mod tests;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::*;

const WORDS: &[u8] = b"hello, hello, hello\n";

/// The same words as the usual programs compress them.
const STREAMS: [(Compression, &str); 4] = [
    (
        Compression::Bzip2,
        "QlpoOTFBWSZTWctS5WcAAAVRAAAQQAQCRKAAISQxCGAvGETHFReLuSKcKEhlqXKzgA==",
    ),
    (
        Compression::Xz,
        "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AATAA5dADQZSe6N74yHMfUvZAAAAAAAsEiFWdeprksAASoUfq03VR+2830BAAAAAARZWg==",
    ),
    (Compression::Zstd, "KLUv/SQUdQAAQGhlbGxvLCAKAQDiihEhaZ2H"),
    (
        Compression::Gzip,
        "H4sIAAAAAAAAA8tIzcnJ11HIQKK4AOdCblIUAAAA",
    ),
];

fn stream(text: &str) -> Vec<u8> {
    STANDARD.decode(text).unwrap()
}

#[test]
fn what_others_compress_is_read() {
    for (compression, text) in STREAMS {
        let bytes = stream(text);
        assert_eq!(Decoder::new(&*bytes).unwrap().compression(), compression);
        assert_eq!(decompress(&bytes, 100).unwrap(), WORDS, "{compression:?}");
    }
    assert_eq!(decompress(WORDS, 100).unwrap(), WORDS);
    assert_eq!(decompress(b"", 100).unwrap(), b"");
}

#[test]
fn streams_one_after_the_other_are_one() {
    for (compression, text) in STREAMS {
        let twice = stream(text).repeat(2);
        let read = decompress(&twice, 100).unwrap();
        assert_eq!(read, WORDS.repeat(2), "{compression:?}");
    }
}

#[test]
fn frames_to_be_skipped_are_skipped() {
    let mut bytes = stream(STREAMS[2].1);
    bytes.extend([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    bytes.extend(stream(STREAMS[2].1));
    assert_eq!(decompress(&bytes, 100).unwrap(), WORDS.repeat(2));
    bytes.truncate(bytes.len() - stream(STREAMS[2].1).len() - 1);
    assert!(decompress(&bytes, 100).is_err());
}

#[test]
fn a_stream_that_ends_too_early_is_an_error() {
    for (compression, text) in STREAMS {
        let bytes = stream(text);
        for end in 8..bytes.len() - 1 {
            let read = decompress(&bytes[..end], 100);
            assert!(read.is_err(), "{compression:?} {end}");
        }
    }
}

#[test]
fn no_more_is_decompressed_than_asked_for() {
    let bytes = gzip(&vec![0; 1 << 20], 9);
    assert!(bytes.len() < 2000);
    assert_eq!(decompress(&bytes, 1 << 20).unwrap().len(), 1 << 20);
    let error = decompress(&bytes, (1 << 20) - 1).unwrap_err();
    assert_eq!(
        error.to_string(),
        "more than 1048575 bytes when decompressed"
    );
}

#[test]
fn a_stream_that_asks_for_much_memory_is_refused() {
    // The window is the byte after the descriptor: 2^(10 + 31) bytes.
    let greedy = [0x28, 0xb5, 0x2f, 0xfd, 0, 0xff, 1, 0, 0];
    assert!(decompress(&greedy, 100).is_err());
}

#[test]
fn gzip_says_the_same_each_time() {
    assert_eq!(gzip(WORDS, 6), gzip(WORDS, 6));
    assert_eq!(decompress(&gzip(WORDS, 0), 100).unwrap(), WORDS);
    assert_eq!(decompress(&gzip(b"", 99), 100).unwrap(), b"");
}

proptest! {
    #[test]
    fn gzip_gives_back_what_it_got(bytes: Vec<u8>, level in 0_u32..10) {
        prop_assert_eq!(decompress(&gzip(&bytes, level), 1 << 20).unwrap(), bytes);
    }

    #[test]
    fn no_spoilt_stream_does_harm(
        which in 0..STREAMS.len(),
        spoilt in prop::collection::vec((0_usize..200, any::<u8>()), 1..6),
        tail: Vec<u8>,
    ) {
        let mut bytes = stream(STREAMS[which].1);
        bytes.extend(tail);
        let length = bytes.len();
        for (at, byte) in spoilt {
            bytes[at % length] ^= byte;
        }
        let _either_way = decompress(&bytes, 1 << 16);
    }
}

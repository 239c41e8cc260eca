use pfx::{Cipher, EmptyPassword, Error, Password};
use proptest::prelude::*;

use crate::contents;

fn file() -> Vec<u8> {
    let password = Password::Empty(EmptyPassword::ZeroLength);
    pfx::write(&contents(), password, Cipher::TripleDes).unwrap()
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_refused_in_peace(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(pfx::read(&bytes, "").is_err());
        prop_assert!(pfx::certificates(&bytes, "x").is_err());
    }

    #[test]
    fn bytes_shaped_like_asn1_are_refused_in_peace(
        bytes in prop::collection::vec(
            prop::sample::select(vec![0x30, 0x80, 0x24, 0x04, 0xa0, 0x02, 0x06, 0x00, 0x03, 0x82, 0xff]),
            0..200,
        ),
    ) {
        prop_assert!(pfx::read(&bytes, "").is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_changed_byte_never_panics(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut file = file();
        let at = at.index(file.len());
        file[at] = byte;

        drop(pfx::read(&file, ""));
    }
}

#[test]
fn every_truncation_is_refused() {
    let file = file();

    for length in 0..file.len() {
        let read = pfx::read(&file[..length], "");
        assert!(read.is_err(), "the first {length} bytes were read");
    }
}

#[test]
fn a_file_that_asks_for_endless_work_is_refused_at_once() {
    let mut file = file();
    // The count of the checksum is the last thing in the file.
    let count = file.len() - 3;
    assert_eq!(file[count..], [0x02, 0x01, 2]);
    file.truncate(count);
    file.extend([0x02, 0x04, 0x7f, 0xff, 0xff, 0xff]);
    lengthen(3, &mut file);

    assert_eq!(pfx::read(&file, ""), Err(Error::TooManyIterations));
}

/// Corrects the lengths of the whole file and of its checksum.
fn lengthen(more: u8, file: &mut [u8]) {
    let whole = u16::from_be_bytes([file[2], file[3]]) + u16::from(more);
    file[2..4].copy_from_slice(&whole.to_be_bytes());
    let content = usize::from(u16::from_be_bytes([file[9], file[10]]));
    let checksum = 11 + content;
    assert_eq!(file[checksum], 0x30);
    file[checksum + 1] += more;
}

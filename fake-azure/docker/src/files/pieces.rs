//! A body that came in pieces, as a reader.

use std::collections::VecDeque;
use std::io::{self, Read};

/// How much lies in one piece, unless it came in larger ones.
const PIECE: usize = 64 << 10;

/// A body that came in pieces. A piece that was read is let go, so what becomes of a body does
/// not lie in memory beside all of it.
#[derive(Debug, Default)]
pub struct Pieces {
    queue: VecDeque<Vec<u8>>,
    /// How much of the first piece was read.
    read: usize,
    left: usize,
}

impl Pieces {
    /// Adds to the end. Small pieces are put together: the sender chooses how small they are.
    pub fn push(&mut self, bytes: &[u8]) {
        self.left += bytes.len();
        match self.queue.back_mut() {
            Some(last) if last.len() + bytes.len() <= PIECE => last.extend_from_slice(bytes),
            _ => self.queue.push_back(bytes.to_vec()),
        }
    }

    /// Returns how many bytes are left to read.
    pub fn len(&self) -> usize {
        self.left
    }

    /// Whether nothing is left to read.
    pub fn is_empty(&self) -> bool {
        self.left == 0
    }
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while let Some(piece) = self.queue.front() {
            let left = &piece[self.read..];
            if left.is_empty() {
                self.queue.pop_front();
                self.read = 0;
                continue;
            }
            let count = left.len().min(into.len());
            into[..count].copy_from_slice(&left[..count]);
            self.read += count;
            self.left -= count;
            return Ok(count);
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_read_as_one() {
        let mut pieces = Pieces::default();
        for piece in [&b"ab"[..], b"", b"cde"] {
            pieces.push(piece);
        }
        assert_eq!(pieces.len(), 5);
        let mut one = [0; 1];
        pieces.read_exact(&mut one).unwrap();
        assert_eq!(pieces.len(), 4);
        pieces.push(b"f");
        let mut rest = String::new();
        pieces.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "bcdef");
        assert!(pieces.is_empty());
    }

    #[test]
    fn small_pieces_are_put_together_and_read_ones_let_go() {
        let mut pieces = Pieces::default();
        for _ in 0..3 * PIECE {
            pieces.push(b"x");
        }
        assert_eq!(pieces.queue.len(), 3);
        let mut much = vec![0; 2 * PIECE + 1];
        pieces.read_exact(&mut much).unwrap();
        assert_eq!(pieces.queue.len(), 1);
        pieces.push(&vec![b'y'; 2 * PIECE]);
        assert_eq!(pieces.len(), 3 * PIECE - 1);
    }
}

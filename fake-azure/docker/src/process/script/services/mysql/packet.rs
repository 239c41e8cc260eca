//! The packets of MySQL's protocol.

use crate::process::Connection;
use crate::process::task::CHUNK;

/// The longest packet, in bytes.
const LONGEST: usize = 16 * 1024 * 1024 - 1;

/// A connection with packets on it.
pub(super) struct Wire<'a> {
    connection: &'a Connection,
    waiting: Vec<u8>,
    out: Vec<u8>,
    /// The number of the next packet.
    number: u8,
}

impl<'a> Wire<'a> {
    pub(super) fn new(connection: &'a Connection) -> Self {
        Self {
            connection,
            waiting: Vec::new(),
            out: Vec::new(),
            number: 0,
        }
    }

    async fn fill(&mut self, count: usize) -> Option<()> {
        while self.waiting.len() < count {
            let bytes = self.connection.read(CHUNK).await.ok()?;
            if bytes.is_empty() {
                return None;
            }
            self.waiting.extend(bytes);
        }
        Some(())
    }

    /// The next packet; none when the other side is gone.
    pub(super) async fn packet(&mut self) -> Option<Vec<u8>> {
        self.fill(4).await?;
        let [one, two, three, number] = self.waiting.get(..4)?.try_into().ok()?;
        let length = usize::try_from(u32::from_le_bytes([one, two, three, 0])).ok()?;
        if length >= LONGEST {
            return None;
        }
        self.fill(length + 4).await?;
        let rest = self.waiting.split_off(length + 4);
        let packet = std::mem::replace(&mut self.waiting, rest);
        self.number = number.wrapping_add(1);
        Some(packet[4..].to_vec())
    }

    /// Begins a new exchange: its first packet has number 0.
    pub(super) fn begin(&mut self) {
        self.number = 0;
    }

    /// Puts a packet on its way; one that is too long is cut.
    pub(super) fn put(&mut self, body: &[u8]) {
        let body = &body[..body.len().min(LONGEST - 1)];
        let length = u32::try_from(body.len()).unwrap_or_default().to_le_bytes();
        self.out.extend(&length[..3]);
        self.out.push(self.number);
        self.out.extend(body);
        self.number = self.number.wrapping_add(1);
    }

    pub(super) fn is_full(&self) -> bool {
        self.out.len() > CHUNK
    }

    pub(super) async fn flush(&mut self) -> Option<()> {
        let out = std::mem::take(&mut self.out);
        if out.is_empty() {
            return Some(());
        }
        self.connection.write(&out).await.ok()
    }
}

/// A number with its length before it.
pub(super) fn put_number(to: &mut Vec<u8>, number: u64) {
    let bytes = number.to_le_bytes();
    match number {
        0..=250 => to.push(bytes[0]),
        251..=0xFFFF => {
            to.push(0xFC);
            to.extend(&bytes[..2]);
        }
        0x1_0000..=0xFF_FFFF => {
            to.push(0xFD);
            to.extend(&bytes[..3]);
        }
        _ => {
            to.push(0xFE);
            to.extend(bytes);
        }
    }
}

/// Bytes with their length before them.
pub(super) fn put_bytes(to: &mut Vec<u8>, bytes: &[u8]) {
    put_number(to, bytes.len() as u64);
    to.extend(bytes);
}

/// Reads a packet from the front.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let count = match self.byte()? {
            number @ 0..=250 => return Some(u64::from(number)),
            0xFC => 2,
            0xFD => 3,
            0xFE => 8,
            _ => return None,
        };
        let mut bytes = [0; 8];
        bytes[..count].copy_from_slice(self.take(count)?);
        Some(u64::from_le_bytes(bytes))
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let count = usize::try_from(self.number()?).ok()?;
        self.take(count)
    }

    /// A text up to its zero, or to the end.
    pub(super) fn text(&mut self) -> String {
        let end = self.0.iter().position(|byte| *byte == 0);
        let text = &self.0[..end.unwrap_or(self.0.len())];
        self.0 = self.0.get(text.len() + 1..).unwrap_or_default();
        String::from_utf8_lossy(text).into_owned()
    }
}

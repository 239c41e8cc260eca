//! Questions to a name server and its answers, as they travel in datagrams (RFC 1035).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use futures_util::future::BoxFuture;

use super::Connection;
use crate::files::Errno;

/// Where name servers answer.
pub(crate) const PORT: u16 = 53;
/// For how long an answer may be kept, in seconds.
const LIFETIME: u32 = 600;
/// How long a name may be.
const LONGEST: usize = 253;

const A: u16 = 1;
const PTR: u16 = 12;
const AAAA: u16 = 28;
const INTERNET: u16 = 1;

/// What is asked of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Addresses of IPv4.
    V4,
    /// Addresses of IPv6.
    V6,
    /// What an address is called.
    Name,
    /// Something else, by its number.
    Other(u16),
}

impl Wanted {
    fn number(self) -> u16 {
        match self {
            Self::V4 => A,
            Self::V6 => AAAA,
            Self::Name => PTR,
            Self::Other(number) => number,
        }
    }

    fn of(number: u16) -> Self {
        match number {
            A => Self::V4,
            AAAA => Self::V6,
            PTR => Self::Name,
            other => Self::Other(other),
        }
    }
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    /// What the answer is known by.
    pub(crate) id: u16,
    /// The name, without the last dot.
    pub(crate) name: String,
    /// What of it.
    pub(crate) wanted: Wanted,
}

/// What is known of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Whether there is such a name.
    pub(crate) is_known: bool,
    /// Its addresses, of the kind that was asked for.
    pub(crate) addresses: Vec<IpAddr>,
    /// What the address is called.
    pub(crate) names: Vec<String>,
}

/// Who knows names.
pub(crate) trait Names: Send + Sync {
    /// The addresses of a name.
    fn addresses(&self, name: &str) -> Vec<IpAddr>;
    /// What an address is called.
    fn name(&self, address: IpAddr) -> Option<String>;
}

/// Reads a message from its start.
struct Reader<'a> {
    message: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn number(&mut self) -> Option<u16> {
        let bytes = self.message.get(self.at..self.at + 2)?;
        self.at += 2;
        Some(u16::from_be_bytes(bytes.try_into().ok()?))
    }

    /// A name, which may go on elsewhere in the message.
    fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        let mut at = self.at;
        let mut end = None;
        for _ in 0..LONGEST {
            let length = usize::from(*self.message.get(at)?);
            at += 1;
            match length {
                0 => {
                    self.at = end.unwrap_or(at);
                    return Some(name);
                }
                0xc0.. => {
                    let low = usize::from(*self.message.get(at)?);
                    let after = *end.get_or_insert(at + 1);
                    let to = (length & 0x3f) << 8 | low;
                    // A name goes on before where it stands: it cannot run in a circle.
                    if to >= at - 1 || after > self.message.len() {
                        return None;
                    }
                    at = to;
                }
                0x40.. => return None,
                _ => {
                    let label = self.message.get(at..at + length)?;
                    if !name.is_empty() {
                        name.push('.');
                    }
                    name += &String::from_utf8_lossy(label);
                    at += length;
                }
            }
        }
        None
    }
}

fn put_name(message: &mut Vec<u8>, name: &str) {
    for label in name.split('.').filter(|label| !label.is_empty()) {
        let label = &label.as_bytes()[..label.len().min(63)];
        message.push(u8::try_from(label.len()).unwrap_or_default());
        message.extend_from_slice(label);
    }
    message.push(0);
}

fn put(message: &mut Vec<u8>, numbers: &[u16]) {
    for number in numbers {
        message.extend(number.to_be_bytes());
    }
}

impl Question {
    /// The question as it is sent.
    pub(crate) fn message(&self) -> Vec<u8> {
        let mut message = Vec::new();
        // One question, and it may be passed on.
        put(&mut message, &[self.id, 0x0100, 1, 0, 0, 0]);
        put_name(&mut message, &self.name);
        put(&mut message, &[self.wanted.number(), INTERNET]);
        message
    }

    /// Reads a question; none is no such message.
    pub(crate) fn read(message: &[u8]) -> Option<Self> {
        let mut reader = Reader { message, at: 0 };
        let (id, flags, count) = (reader.number()?, reader.number()?, reader.number()?);
        if flags & 0x8000 != 0 || count != 1 {
            return None;
        }
        reader.at = 12;
        let name = reader.name()?;
        let wanted = Wanted::of(reader.number()?);
        Some(Self { id, name, wanted })
    }

    /// The address that a name under `in-addr.arpa` or `ip6.arpa` stands for.
    fn address(&self) -> Option<IpAddr> {
        let name = self.name.to_ascii_lowercase();
        if let Some(parts) = name.strip_suffix(".in-addr.arpa") {
            let parts: Option<Vec<u8>> = parts.split('.').rev().map(|p| p.parse().ok()).collect();
            let parts: [u8; 4] = parts?.try_into().ok()?;
            return Some(Ipv4Addr::from(parts).into());
        }
        let digits = name.strip_suffix(".ip6.arpa")?;
        let digits: String = digits.split('.').rev().collect();
        let number = u128::from_str_radix(&digits, 16).ok();
        number
            .filter(|_| digits.len() == 32)
            .map(|n| Ipv6Addr::from(n).into())
    }

    /// What these names know of it.
    pub(crate) fn answered_by(&self, names: &dyn Names) -> Answer {
        if self.wanted == Wanted::Name {
            let name = self.address().and_then(|address| names.name(address));
            return Answer {
                is_known: name.is_some(),
                names: name.into_iter().collect(),
                addresses: Vec::new(),
            };
        }
        let mut addresses = names.addresses(&self.name);
        let is_known = !addresses.is_empty();
        addresses.retain(|address| match self.wanted {
            Wanted::V4 => address.is_ipv4(),
            Wanted::V6 => address.is_ipv6(),
            _ => false,
        });
        Answer {
            is_known,
            addresses,
            names: Vec::new(),
        }
    }
}

/// The name under which an address is asked for.
pub(crate) fn reversed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        IpAddr::V6(address) => {
            let digits = format!("{:032x}", u128::from(address));
            let digits: Vec<String> = digits.chars().rev().map(String::from).collect();
            format!("{}.ip6.arpa", digits.join("."))
        }
    }
}

impl Answer {
    /// The answer to a question as it is sent.
    pub(crate) fn message(&self, question: &Question) -> Vec<u8> {
        let count = self.addresses.len() + self.names.len();
        let count = u16::try_from(count).unwrap_or(u16::MAX);
        // An answer of who passes questions on, to one who asked for that; 3 is "no such name".
        let flags = 0x8180 | if self.is_known { 0 } else { 3 };
        let mut message = Vec::new();
        put(&mut message, &[question.id, flags, 1, count, 0, 0]);
        put_name(&mut message, &question.name);
        put(&mut message, &[question.wanted.number(), INTERNET]);
        let addresses = self.addresses.iter().map(|address| match address {
            IpAddr::V4(address) => (A, address.octets().to_vec()),
            IpAddr::V6(address) => (AAAA, address.octets().to_vec()),
        });
        let names = self.names.iter().map(|name| {
            let mut data = Vec::new();
            put_name(&mut data, name);
            (PTR, data)
        });
        for (kind, data) in addresses.chain(names) {
            // The name that was asked for stands behind the head.
            put(&mut message, &[0xc00c, kind, INTERNET]);
            message.extend(LIFETIME.to_be_bytes());
            put(
                &mut message,
                &[u16::try_from(data.len()).unwrap_or_default()],
            );
            message.extend(data);
        }
        message
    }

    /// Reads the answer to a question of this number; none is no such message.
    pub(crate) fn read(message: &[u8], id: u16) -> Option<Self> {
        let mut reader = Reader { message, at: 0 };
        let (known, flags) = (reader.number()?, reader.number()?);
        let (questions, count) = (reader.number()?, reader.number()?);
        if known != id || flags & 0x8000 == 0 {
            return None;
        }
        reader.at = 12;
        for _ in 0..questions {
            reader.name()?;
            reader.at += 4;
        }
        let mut answer = Self {
            is_known: flags.trailing_zeros() >= 4,
            ..Self::default()
        };
        for _ in 0..count {
            reader.name()?;
            let kind = reader.number()?;
            reader.at += 6;
            let length = usize::from(reader.number()?);
            let data = message.get(reader.at..reader.at + length)?;
            match kind {
                A => answer
                    .addresses
                    .push(<[u8; 4]>::try_from(data).ok()?.into()),
                AAAA => answer
                    .addresses
                    .push(<[u8; 16]>::try_from(data).ok()?.into()),
                PTR => {
                    let at = reader.at;
                    answer.names.push(Reader { message, at }.name()?);
                }
                _ => {}
            }
            reader.at += length;
        }
        Some(answer)
    }
}

/// Answers what is asked on a connection, until it ends.
pub(crate) fn serve(connection: Connection, names: Box<dyn Names>) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        while let Ok(message) = connection.read(super::super::task::CHUNK).await
            && !message.is_empty()
        {
            let Some(question) = Question::read(&message) else {
                continue;
            };
            let answer = question.answered_by(&*names).message(&question);
            if connection.write(&answer).await.is_err() {
                return;
            }
        }
    })
}

/// Asks on a connection and waits for the answer.
///
/// # Errors
/// When the connection ends before.
pub(crate) async fn ask(connection: &Connection, question: &Question) -> Result<Answer, Errno> {
    connection.write(&question.message()).await?;
    loop {
        let message = connection.read(super::super::task::CHUNK).await?;
        if message.is_empty() {
            return Err(Errno::Refused);
        }
        if let Some(answer) = Answer::read(&message, question.id) {
            return Ok(answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    struct Table;

    impl Names for Table {
        fn addresses(&self, name: &str) -> Vec<IpAddr> {
            match name {
                "web" => vec![[172, 18, 0, 2].into(), "fd00::2".parse().unwrap()],
                _ => Vec::new(),
            }
        }

        fn name(&self, address: IpAddr) -> Option<String> {
            (address == IpAddr::from([172, 18, 0, 2])).then(|| "web.net".to_owned())
        }
    }

    fn asked(name: &str, wanted: Wanted) -> Answer {
        let id = 7;
        let question = Question {
            id,
            name: name.to_owned(),
            wanted,
        };
        let read = Question::read(&question.message()).unwrap();
        assert_eq!(read, question);
        let answer = read.answered_by(&Table);
        let message = answer.message(&read);
        assert_eq!(Answer::read(&message, 8), None);
        assert_eq!(Answer::read(&message, id).unwrap(), answer);
        answer
    }

    #[test]
    fn questions_and_answers_travel() {
        assert_eq!(
            asked("web", Wanted::V4).addresses,
            [IpAddr::from([172, 18, 0, 2])]
        );
        assert_eq!(asked("web", Wanted::V6).addresses.len(), 1);
        let other = asked("web", Wanted::Other(15));
        assert!(other.is_known && other.addresses.is_empty());
        assert!(!asked("db", Wanted::V4).is_known);
        let name = reversed([172, 18, 0, 2].into());
        assert_eq!(name, "2.0.18.172.in-addr.arpa");
        assert_eq!(asked(&name, Wanted::Name).names, ["web.net"]);
        assert!(!asked(&reversed("fd00::2".parse().unwrap()), Wanted::Name).is_known);
    }

    proptest! {
        #[test]
        fn nothing_that_arrives_does_harm(message: Vec<u8>, id: u16) {
            Question::read(&message);
            Answer::read(&message, id);
        }

        #[test]
        fn pointers_lead_to_an_end(names: Vec<u8>) {
            let head = [0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
            Answer::read(&[&head[..], &names].concat(), 7);
        }
    }
}

//! `ulimit`, `umask` and `times`.

use super::super::Shell;
use super::super::interrupt::Interrupt;
use super::options;

/// The limits that `ulimit` tells: letter, name and value. They bind nobody here.
const LIMITS: [(char, &str, &str); 16] = [
    ('c', "core file size (blocks)", "0"),
    ('d', "data seg size (kb)", "unlimited"),
    ('e', "scheduling priority", "0"),
    ('f', "file size (blocks)", "unlimited"),
    ('i', "pending signals", "unlimited"),
    ('l', "max locked memory (kb)", "64"),
    ('m', "max memory size (kb)", "unlimited"),
    ('n', "open files", "1048576"),
    ('p', "pipe size (512 bytes)", "8"),
    ('q', "POSIX message queues (bytes)", "819200"),
    ('r', "real-time priority", "0"),
    ('s', "stack size (kb)", "8192"),
    ('t', "cpu time (seconds)", "unlimited"),
    ('u', "max user processes", "unlimited"),
    ('v', "virtual memory (kb)", "unlimited"),
    ('x', "file locks", "unlimited"),
];

impl Shell {
    pub(super) async fn ulimit(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let (letters, values) = options(args);
        if letters.contains(&'a') {
            let lines = LIMITS
                .iter()
                .map(|(letter, name, value)| format!("{name:<32}(-{letter}) {value}\n"));
            let lines: String = lines.collect();
            return Ok(self.print(lines).await);
        }
        let asked = letters.iter().find(|letter| !matches!(letter, 'H' | 'S'));
        let asked = *asked.unwrap_or(&'f');
        let Some((_, _, value)) = LIMITS.iter().find(|(letter, ..)| *letter == asked) else {
            return Err(self.illegal_option("ulimit", &asked.to_string()).await);
        };
        if values.is_empty() {
            Ok(self.print(format!("{value}\n")).await)
        } else {
            Ok(0)
        }
    }

    pub(super) async fn umask(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let (letters, modes) = match args.first() {
            Some(first) if first == "-S" => (vec!['S'], &args[1..]),
            _ => (Vec::new(), args),
        };
        let Some(mode) = modes.first() else {
            let umask = self.process.umask;
            let text = if letters.is_empty() {
                format!("{umask:04o}\n")
            } else {
                let of = |shift: u32| permissions(!umask >> shift);
                format!("u={},g={},o={}\n", of(6), of(3), of(0))
            };
            return Ok(self.print(text).await);
        };
        let umask = match u32::from_str_radix(mode, 8) {
            Ok(umask) if umask <= 0o7777 => Some(umask & 0o777),
            Ok(_) => None,
            Err(_) if mode.starts_with(|c: char| c.is_ascii_digit()) => None,
            Err(_) => symbolic(mode, self.process.umask),
        };
        match umask {
            Some(umask) => {
                self.process.umask = umask;
                Ok(0)
            }
            None => Err(self
                .fail_as("umask", &format!("illegal mode: {mode}"))
                .await),
        }
    }

    pub(super) async fn times(&mut self) -> Result<u8, Interrupt> {
        Ok(self.print("0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n").await)
    }
}

fn permissions(bits: u32) -> String {
    let letters = [(4, 'r'), (2, 'w'), (1, 'x')].into_iter();
    let letters = letters.filter(|(bit, _)| bits & bit != 0);
    letters.map(|(_, letter)| letter).collect()
}

/// Reads `u=rwx,g-w`: the permissions that new files do get.
fn symbolic(text: &str, umask: u32) -> Option<u32> {
    let mut allowed = !umask & 0o777;
    for clause in text.split(',') {
        let sign = clause.find(['=', '+', '-'])?;
        let (who, what) = clause.split_at(sign);
        let (sign, what) = what.split_at(1);
        let mut bits = 0;
        for letter in what.chars() {
            bits |= match letter {
                'r' => 4,
                'w' => 2,
                'x' => 1,
                _ => return None,
            };
        }
        let mut places = 0;
        for letter in who.chars() {
            places |= match letter {
                'u' => 0o100,
                'g' => 0o010,
                'o' => 0o001,
                'a' => 0o111,
                _ => return None,
            };
        }
        let places = if places == 0 { 0o111 } else { places };
        match sign {
            "+" => allowed |= places * bits,
            "-" => allowed &= !(places * bits),
            _ => allowed = allowed & !(places * 7) | (places * bits),
        }
    }
    Some(!allowed & 0o777)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_read_by_letters() {
        assert_eq!(symbolic("u=rwx,g=rx,o=", 0o022), Some(0o027));
        assert_eq!(symbolic("a-w", 0), Some(0o222));
        assert_eq!(symbolic("+x", 0o777), Some(0o666));
        assert_eq!(symbolic("abc", 0), None);
    }
}

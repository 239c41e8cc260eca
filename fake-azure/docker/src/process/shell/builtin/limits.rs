//! `ulimit`, `umask` and `times`.

use super::super::Shell;
use super::super::interrupt::Interrupt;
use super::options;

/// The limits that `ulimit` tells: letter, words, the kernel's name and the unit in bytes.
const LIMITS: [(char, &str, &str, u64); 16] = [
    ('c', "core file size (blocks)", "core", 512),
    ('d', "data seg size (kb)", "data", 1024),
    ('e', "scheduling priority", "nice", 1),
    ('f', "file size (blocks)", "fsize", 512),
    ('i', "pending signals", "sigpending", 1),
    ('l', "max locked memory (kb)", "memlock", 1024),
    ('m', "max memory size (kb)", "rss", 1024),
    ('n', "open files", "nofile", 1),
    ('p', "pipe size (512 bytes)", PIPE, 1),
    ('q', "POSIX message queues (bytes)", "msgqueue", 1),
    ('r', "real-time priority", "rtprio", 1),
    ('s', "stack size (kb)", "stack", 1024),
    ('t', "cpu time (seconds)", "cpu", 1),
    ('u', "max user processes", "nproc", 1),
    ('v', "virtual memory (kb)", "as", 1024),
    ('x', "file locks", "locks", 1),
];
/// What no limit of the kernel's is, but is told among them.
const PIPE: &str = "pipe";

impl Shell {
    pub(super) async fn ulimit(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let (letters, values) = options(args);
        let is_hard = letters.contains(&'H') && !letters.contains(&'S');
        let bounds = self.process.space.bounds();
        let told = |name: &str, unit: u64| {
            let limit = bounds.limit(name);
            match if is_hard { limit.hard } else { limit.soft } {
                _ if name == PIPE => "8".to_owned(),
                Some(bound) => (bound / unit).to_string(),
                None => "unlimited".to_owned(),
            }
        };
        if letters.contains(&'a') {
            let lines = LIMITS.iter().map(|(letter, words, name, unit)| {
                format!("{words:<32}(-{letter}) {}\n", told(name, *unit))
            });
            let lines: String = lines.collect();
            return Ok(self.print(lines).await);
        }
        let asked = letters.iter().find(|letter| !matches!(letter, 'H' | 'S'));
        let asked = *asked.unwrap_or(&'f');
        let Some((_, _, name, unit)) = LIMITS.iter().find(|(letter, ..)| *letter == asked) else {
            return Err(self.illegal_option("ulimit", &asked.to_string()).await);
        };
        if values.is_empty() {
            let value = told(name, *unit);
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

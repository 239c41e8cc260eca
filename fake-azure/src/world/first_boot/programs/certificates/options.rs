//! The options of `openssl`: one dash or two, in any order.

/// Those that have a value, of all commands.
const VALUED: &[&str] = &[
    "CA",
    "CAfile",
    "CAform",
    "CAkey",
    "CAkeyform",
    "CApath",
    "CAserial",
    "addext",
    "algorithm",
    "certopt",
    "checkend",
    "config",
    "conv_form",
    "copy_extensions",
    "days",
    "engine",
    "extensions",
    "extfile",
    "force_pubkey",
    "in",
    "inform",
    "key",
    "keyform",
    "keyout",
    "name",
    "nameopt",
    "newkey",
    "not_after",
    "not_before",
    "out",
    "outform",
    "param_enc",
    "paramfile",
    "pass",
    "passin",
    "passout",
    "pkeyopt",
    "provider",
    "rand",
    "reqexts",
    "reqopt",
    "section",
    "set_serial",
    "signkey",
    "sigopt",
    "subj",
    "untrusted",
    "writerand",
];

/// The words of a call, taken apart.
#[derive(Debug, Default)]
pub(super) struct Options {
    values: Vec<(String, String)>,
    flags: Vec<String>,
    /// What is no option.
    pub(super) rest: Vec<String>,
}

impl Options {
    pub(super) fn read(words: Vec<String>) -> Self {
        let mut options = Self::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let name = word.strip_prefix("--").or_else(|| word.strip_prefix('-'));
            let Some(name) = name.filter(|name| !name.is_empty()) else {
                options.rest.push(word);
                continue;
            };
            let (name, inline) = match name.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (name, None),
            };
            if VALUED.contains(&name) {
                let value = inline.or_else(|| words.next()).unwrap_or_default();
                options.values.push((name.to_owned(), value));
            } else {
                options.flags.push(name.to_owned());
            }
        }
        options
    }

    /// The value of an option; of several the last.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let mut all = self.values.iter().rev();
        all.find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// All values of an option that may be said several times.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let all = self.values.iter().filter(move |(known, _)| known == name);
        all.map(|(_, value)| value.as_str())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.flags.iter().any(|flag| flag == name)
    }

    /// Whether a key is to be written under a cipher.
    pub(super) fn has_cipher(&self) -> bool {
        let ciphers = ["aes", "des", "aria", "camellia", "seed", "idea"];
        let mut flags = self.flags.iter();
        flags.any(|flag| ciphers.iter().any(|cipher| flag.starts_with(cipher)))
    }

    /// The days of `-days`, or the thirty that are so without it.
    pub(super) fn days(&self) -> Result<u32, String> {
        let Some(text) = self.value("days") else {
            return Ok(30);
        };
        let days = text.parse().ok().filter(|days| *days <= 400 * 365);
        days.ok_or_else(|| format!("Invalid value \"{text}\" for option -days"))
    }
}

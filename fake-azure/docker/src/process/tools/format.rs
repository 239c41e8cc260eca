//! The conversions of C's `printf`, for `printf` and `awk`.

/// The most characters that one conversion pads to or shows behind the point.
const WIDEST: usize = 4096;

/// What stands between `%` and the letter of a conversion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Spec {
    left: bool,
    plus: bool,
    space: bool,
    zero: bool,
    alternate: bool,
    width: usize,
    precision: Option<usize>,
}

/// A width or precision that is given beside the format.
pub(super) trait Stars {
    /// The next one.
    fn next_star(&mut self) -> i64;
}

impl Spec {
    /// Reads what follows a `%`; returns it, the letter, and how many bytes that took.
    ///
    /// Nothing when there is no letter.
    pub(super) fn read(rest: &[u8], stars: &mut dyn Stars) -> Option<(Self, u8, usize)> {
        let mut spec = Self::default();
        let mut at = 0;
        loop {
            match rest.get(at)? {
                b'-' => spec.left = true,
                b'+' => spec.plus = true,
                b' ' => spec.space = true,
                b'0' => spec.zero = true,
                b'#' => spec.alternate = true,
                _ => break,
            }
            at += 1;
        }
        if rest.get(at) == Some(&b'*') {
            at += 1;
            let width = stars.next_star();
            spec.left |= width < 0;
            spec.width = clamped(width.unsigned_abs());
        } else {
            let (width, taken) = number(&rest[at..]);
            (spec.width, at) = (width, at + taken);
        }
        if rest.get(at) == Some(&b'.') {
            at += 1;
            if rest.get(at) == Some(&b'*') {
                at += 1;
                spec.precision = u64::try_from(stars.next_star()).ok().map(clamped);
            } else {
                let (precision, taken) = number(&rest[at..]);
                spec.precision = Some(precision);
                at += taken;
            }
        }
        // How wide C's integers are does not matter here.
        while matches!(rest.get(at), Some(b'l' | b'h' | b'j' | b't' | b'L')) {
            at += 1;
        }
        Some((spec, *rest.get(at)?, at + 1))
    }

    /// Shows text: cut to the precision, padded to the width.
    pub(super) fn text(self, text: &[u8]) -> Vec<u8> {
        let cut = match self.precision {
            Some(most) => &text[..text.len().min(most)],
            None => text,
        };
        self.padded(cut.to_vec(), false)
    }

    /// Shows a number for `d`, `i`, `u`, `o`, `x` or `X`.
    pub(super) fn integer(self, value: i128, letter: u8) -> Vec<u8> {
        // What is not signed shows the bits.
        let bits = u64::try_from(value).unwrap_or_else(|_| {
            let bytes = value.to_le_bytes();
            u64::from_le_bytes([
                bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
            ])
        });
        let digits = match letter {
            b'o' => format!("{bits:o}"),
            b'x' => format!("{bits:x}"),
            b'X' => format!("{bits:X}"),
            b'u' => bits.to_string(),
            _ => value.unsigned_abs().to_string(),
        };
        let least = self.precision.unwrap_or(1);
        let digits = if value == 0 && least == 0 {
            String::new()
        } else {
            format!("{digits:0>least$}")
        };
        let prefix = match letter {
            b'd' | b'i' => self.sign(value < 0),
            b'x' if self.alternate && value != 0 => "0x",
            b'X' if self.alternate && value != 0 => "0X",
            b'o' if self.alternate && !digits.starts_with('0') => "0",
            _ => "",
        };
        self.number(prefix, &digits, self.precision.is_none())
    }

    /// Shows a number for `e`, `f`, `g` and their capitals.
    pub(super) fn float(self, value: f64, letter: u8) -> Vec<u8> {
        let prefix = self.sign(value.is_sign_negative() && !value.is_nan());
        let upper = letter.is_ascii_uppercase();
        if !value.is_finite() {
            let name = if value.is_nan() { "nan" } else { "inf" };
            let name = if upper {
                name.to_uppercase()
            } else {
                name.to_owned()
            };
            return self.number(prefix, &name, false);
        }
        let value = value.abs();
        let precision = self.precision.unwrap_or(6);
        let mut digits = match letter.to_ascii_lowercase() {
            b'e' => exponential(value, precision),
            b'g' => self.general(value, precision.max(1)),
            _ => format!("{value:.precision$}"),
        };
        if self.alternate && precision == 0 && !digits.contains('.') {
            digits.push('.');
        }
        if upper {
            digits.make_ascii_uppercase();
        }
        self.number(prefix, &digits, true)
    }

    /// As `%g`: without an exponent where that is not too long, and without zeros at the end.
    fn general(self, value: f64, precision: usize) -> String {
        let shown = exponential(value, precision - 1);
        let exponent = shown
            .split_once('e')
            .and_then(|(_, e)| e.parse::<i32>().ok());
        let exponent = exponent.unwrap_or(0);
        let strip = |digits: &str| -> String {
            if self.alternate || !digits.contains('.') {
                return digits.to_owned();
            }
            digits
                .trim_end_matches('0')
                .trim_end_matches('.')
                .to_owned()
        };
        let most = i32::try_from(precision).unwrap_or(i32::MAX);
        if exponent < -4 || exponent >= most {
            let (digits, power) = shown.split_once('e').unwrap_or((&shown, "+00"));
            return format!("{}e{power}", strip(digits));
        }
        let places = usize::try_from(most - 1 - exponent).unwrap_or(0);
        strip(&format!("{value:.places$}"))
    }

    fn sign(self, negative: bool) -> &'static str {
        match (negative, self.plus, self.space) {
            (true, _, _) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            (false, false, false) => "",
        }
    }

    fn number(self, prefix: &str, digits: &str, zeros: bool) -> Vec<u8> {
        let length = prefix.len() + digits.len();
        if self.zero && !self.left && zeros && length < self.width {
            let zeros = "0".repeat(self.width - length);
            return format!("{prefix}{zeros}{digits}").into_bytes();
        }
        self.padded(format!("{prefix}{digits}").into_bytes(), true)
    }

    fn padded(self, mut text: Vec<u8>, number: bool) -> Vec<u8> {
        // Bytes that continue a character take no room.
        let continued = text.iter().filter(|b| **b & 0xc0 == 0x80).count();
        let shown = if number {
            text.len()
        } else {
            text.len() - continued
        };
        let missing = self.width.saturating_sub(shown);
        let spaces = std::iter::repeat_n(b' ', missing);
        if self.left {
            text.extend(spaces);
            return text;
        }
        spaces.chain(text).collect()
    }
}

/// A number with one digit before the point and an exponent of two or more.
fn exponential(value: f64, precision: usize) -> String {
    let shown = format!("{value:.precision$e}");
    let Some((digits, exponent)) = shown.split_once('e') else {
        return shown;
    };
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    format!("{digits}e{sign}{exponent:0>2}")
}

fn number(rest: &[u8]) -> (usize, usize) {
    let mut value = 0_u64;
    let mut taken = 0;
    while let Some(digit) = rest.get(taken).filter(|b| b.is_ascii_digit()) {
        value = value
            .saturating_mul(10)
            .saturating_add(u64::from(*digit - b'0'));
        taken += 1;
    }
    (clamped(value), taken)
}

fn clamped(value: u64) -> usize {
    usize::try_from(value).unwrap_or(WIDEST).min(WIDEST)
}

/// The whole part of a number, as C makes an integer of it.
pub(super) fn whole(value: f64) -> i128 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "`as` keeps to the bounds of the type"
    )]
    let whole = value.trunc() as i64;
    whole.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct None;

    impl Stars for None {
        fn next_star(&mut self) -> i64 {
            0
        }
    }

    fn spec(text: &str) -> (Spec, u8) {
        let (spec, letter, taken) = Spec::read(text.as_bytes(), &mut None).unwrap();
        assert_eq!(taken, text.len());
        (spec, letter)
    }

    #[test]
    fn numbers_are_shown_as_c_shows_them() {
        for (format, value, expected) in [
            ("d", 42, "42"),
            ("5d", 42, "   42"),
            ("-5d", 42, "42   "),
            ("05d", -42, "-0042"),
            ("+d", 42, "+42"),
            (".4d", 42, "0042"),
            ("x", 255, "ff"),
            ("#X", 255, "0XFF"),
            ("#o", 8, "010"),
            ("x", -1, "ffffffffffffffff"),
            ("u", -1, "18446744073709551615"),
            (".0d", 0, ""),
        ] {
            let (spec, letter) = spec(format);
            let got = String::from_utf8(spec.integer(value, letter)).unwrap();
            assert_eq!(got, expected, "%{format} of {value}");
        }
    }

    #[test]
    fn fractions_are_shown_as_c_shows_them() {
        for (format, value, expected) in [
            ("f", 2.14159, "2.141590"),
            ("5.1f", 2.25, "  2.2"),
            ("e", 12345.678, "1.234568e+04"),
            (".0e", 0.0, "0e+00"),
            ("g", 0.0001, "0.0001"),
            ("g", 0.00001, "1e-05"),
            ("g", 100_000.0, "100000"),
            ("g", 1_000_000.0, "1e+06"),
            (".3g", 2.5, "2.5"),
            ("G", 1e-10, "1E-10"),
            ("06.2f", -1.5, "-01.50"),
            ("f", f64::INFINITY, "inf"),
            ("5f", f64::NAN, "  nan"),
        ] {
            let (spec, letter) = spec(format);
            let got = String::from_utf8(spec.float(value, letter)).unwrap();
            assert_eq!(got, expected, "%{format} of {value}");
        }
    }

    #[test]
    fn text_is_cut_and_padded_within_bounds() {
        assert_eq!(spec("-5.2s").0.text(b"abc"), b"ab   ");
        assert_eq!(spec("99999999999s").0.text(b"x").len(), WIDEST);
        assert_eq!(Spec::read(b"5", &mut None), Option::None);
    }
}

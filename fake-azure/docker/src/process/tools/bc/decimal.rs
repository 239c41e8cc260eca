//! Decimal numbers of any length.

use std::cmp::Ordering;

/// What a limb counts up to.
const BASE: u64 = 1_000_000_000;
/// How many digits a limb holds.
const DIGITS: usize = 9;

/// A whole number without a sign: limbs from the lowest, and no empty ones on top.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Whole(Vec<u32>);

/// The lower nine digits of a number.
fn limb(number: u64) -> u32 {
    u32::try_from(number % BASE).unwrap_or_default()
}

impl Whole {
    fn of(number: u64) -> Self {
        Self(vec![
            limb(number),
            limb(number / BASE),
            limb(number / BASE / BASE),
        ])
        .trimmed()
    }

    fn trimmed(mut self) -> Self {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        self
    }

    fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    fn compare(&self, other: &Self) -> Ordering {
        let lengths = self.0.len().cmp(&other.0.len());
        lengths.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }

    fn plus(&self, other: &Self) -> Self {
        let mut sum = Vec::with_capacity(self.0.len().max(other.0.len()) + 1);
        let mut carry = 0;
        for at in 0..self.0.len().max(other.0.len()) {
            let limb_of = |number: &Self| u64::from(number.0.get(at).copied().unwrap_or(0));
            let all = limb_of(self) + limb_of(other) + carry;
            sum.push(limb(all));
            carry = all / BASE;
        }
        sum.push(limb(carry));
        Self(sum).trimmed()
    }

    /// The difference to a number that is not larger.
    fn minus(&self, other: &Self) -> Self {
        let mut rest = Vec::with_capacity(self.0.len());
        let mut borrow = 0;
        for (at, own) in self.0.iter().enumerate() {
            let taken = u64::from(other.0.get(at).copied().unwrap_or(0)) + borrow;
            let all = u64::from(*own) + BASE - taken;
            rest.push(limb(all));
            borrow = u64::from(all < BASE);
        }
        Self(rest).trimmed()
    }

    fn times(&self, other: &Self) -> Self {
        let mut product = vec![0_u32; self.0.len() + other.0.len() + 1];
        for (at, a) in self.0.iter().enumerate() {
            let mut carry = 0;
            for (beside, b) in other.0.iter().enumerate() {
                let there = &mut product[at + beside];
                let all = u64::from(*there) + u64::from(*a) * u64::from(*b) + carry;
                *there = limb(all);
                carry = all / BASE;
            }
            let mut at = at + other.0.len();
            while carry > 0 {
                let all = u64::from(product[at]) + carry;
                product[at] = limb(all);
                carry = all / BASE;
                at += 1;
            }
        }
        Self(product).trimmed()
    }

    /// Quotient and remainder by a number that one limb holds.
    fn by_limb(&self, divisor: u64) -> (Self, u64) {
        let mut rest = 0;
        let mut quotient = vec![0; self.0.len()];
        for (at, own) in self.0.iter().enumerate().rev() {
            let all = rest * BASE + u64::from(*own);
            quotient[at] = limb(all / divisor);
            rest = all % divisor;
        }
        (Self(quotient).trimmed(), rest)
    }

    /// Quotient and remainder by long division; the divisor is not 0.
    fn over(&self, divisor: &Self) -> (Self, Self) {
        if self.compare(divisor).is_lt() {
            return (Self::default(), self.clone());
        }
        if let [only] = divisor.0[..] {
            let (quotient, rest) = self.by_limb(u64::from(only));
            return (quotient, Self::of(rest));
        }
        // With a large first limb an estimate is wrong by little.
        let factor = BASE / (u64::from(divisor.0.last().copied().unwrap_or(1)) + 1);
        let factor = Self::of(factor);
        let (own, divisor) = (self.times(&factor), divisor.times(&factor));
        let first = u64::from(divisor.0.last().copied().unwrap_or(1));
        let mut quotient = vec![0; own.0.len()];
        let mut rest = Self::default();
        for at in (0..own.0.len()).rev() {
            rest.0.insert(0, own.0[at]);
            rest = rest.trimmed();
            let limb_of = |at: usize| u64::from(rest.0.get(at).copied().unwrap_or(0));
            let length = divisor.0.len();
            let mut guess = (limb_of(length) * BASE + limb_of(length - 1)) / first;
            guess = guess.min(BASE - 1);
            let mut taken = divisor.times(&Self::of(guess));
            while taken.compare(&rest).is_gt() {
                guess -= 1;
                taken = taken.minus(&divisor);
            }
            rest = rest.minus(&taken);
            quotient[at] = limb(guess);
        }
        let rest = rest.over_exactly(&factor);
        (Self(quotient).trimmed(), rest)
    }

    fn over_exactly(&self, factor: &Self) -> Self {
        let factor = factor.0.first().copied().unwrap_or(1);
        self.by_limb(u64::from(factor)).0
    }

    fn ten_to(exponent: usize) -> Self {
        let mut limbs = vec![0; exponent / DIGITS];
        let power = u32::try_from(exponent % DIGITS).unwrap_or_default();
        limbs.push(10_u32.pow(power));
        Self(limbs)
    }

    /// Moves the digits up.
    fn shifted(&self, places: usize) -> Self {
        if places == 0 {
            self.clone()
        } else {
            self.times(&Self::ten_to(places))
        }
    }

    /// Drops the lowest digits.
    fn cut(&self, places: usize) -> Self {
        if places == 0 {
            return self.clone();
        }
        self.over(&Self::ten_to(places)).0
    }

    fn root(&self) -> Self {
        if self.is_zero() {
            return Self::default();
        }
        let two = Self::of(2);
        // From above, Newton's way comes down to the root.
        let mut guess = Self::ten_to((self.0.len() * DIGITS).div_ceil(2) + 1);
        loop {
            let next = guess.plus(&self.over(&guess).0).over(&two).0;
            if next.compare(&guess).is_ge() {
                return guess;
            }
            guess = next;
        }
    }

    fn digits(&self) -> String {
        let mut limbs = self.0.iter().rev();
        let first = limbs.next().map(u32::to_string).unwrap_or_default();
        limbs.fold(first, |text, limb| text + &format!("{limb:09}"))
    }
}

/// A number with so many digits behind the point.
#[derive(Clone, Debug, Default)]
pub(super) struct Decimal {
    negative: bool,
    /// The number times ten to the scale.
    whole: Whole,
    scale: usize,
}

impl Decimal {
    /// A number of digits of this base, with a point perhaps.
    pub(super) fn read(text: &str, base: u64) -> Self {
        let (before, after) = text.split_once('.').unwrap_or((text, ""));
        // A digit that stands alone is itself in every base.
        let alone = before.len() + after.len() == 1;
        let digit = |c: char| {
            let digit = u64::from(c.to_digit(16).unwrap_or(0));
            if alone { digit } else { digit.min(base - 1) }
        };
        let by = Whole::of(base);
        let read = |text: &str| {
            text.chars().fold(Whole::default(), |number, c| {
                number.times(&by).plus(&Whole::of(digit(c)))
            })
        };
        let scale = after.len();
        let mut whole = read(before).shifted(scale);
        if scale > 0 {
            let mut unit = Whole::of(1);
            for _ in 0..scale {
                unit = unit.times(&by);
            }
            whole = whole.plus(&read(after).shifted(scale).over(&unit).0);
        }
        Self {
            negative: false,
            whole,
            scale,
        }
    }

    pub(super) fn of(number: u64) -> Self {
        Self {
            whole: Whole::of(number),
            ..Self::default()
        }
    }

    pub(super) fn scale(&self) -> usize {
        self.scale
    }

    pub(super) fn is_zero(&self) -> bool {
        self.whole.is_zero()
    }

    /// How many digits it has.
    pub(super) fn length(&self) -> usize {
        self.whole.digits().len().max(self.scale).max(1)
    }

    /// How much room it takes.
    pub(super) fn size(&self) -> usize {
        self.whole.0.len()
    }

    pub(super) fn negated(&self) -> Self {
        Self {
            negative: !self.negative && !self.is_zero(),
            ..self.clone()
        }
    }

    /// The whole part, if it is small enough.
    pub(super) fn to_u64(&self) -> Option<u64> {
        let whole = self.whole.cut(self.scale);
        let number = whole.digits();
        let number = if number.is_empty() { "0" } else { &number };
        number.parse().ok().filter(|_| !self.negative)
    }

    /// The same number with as many digits behind the point; those beyond are dropped.
    pub(super) fn with_scale(&self, scale: usize) -> Self {
        let whole = if scale >= self.scale {
            self.whole.shifted(scale - self.scale)
        } else {
            self.whole.cut(self.scale - scale)
        };
        Self {
            negative: self.negative && !whole.is_zero(),
            whole,
            scale,
        }
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let rest = self.plus(&other.negated());
        match (rest.is_zero(), rest.negative) {
            (true, _) => Ordering::Equal,
            (false, true) => Ordering::Less,
            (false, false) => Ordering::Greater,
        }
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        let scale = self.scale.max(other.scale);
        let (a, b) = (self.with_scale(scale), other.with_scale(scale));
        let (negative, whole) = if a.negative == b.negative {
            (a.negative, a.whole.plus(&b.whole))
        } else if a.whole.compare(&b.whole).is_ge() {
            (a.negative, a.whole.minus(&b.whole))
        } else {
            (b.negative, b.whole.minus(&a.whole))
        };
        Self {
            negative: negative && !whole.is_zero(),
            whole,
            scale,
        }
    }

    /// The product, with all digits.
    fn whole_product(&self, other: &Self) -> Self {
        let whole = self.whole.times(&other.whole);
        Self {
            negative: self.negative != other.negative && !whole.is_zero(),
            whole,
            scale: self.scale + other.scale,
        }
    }

    pub(super) fn times(&self, other: &Self, scale: usize) -> Self {
        let all = self.whole_product(other);
        let kept = scale.max(self.scale).max(other.scale).min(all.scale);
        all.with_scale(kept)
    }

    /// The quotient; none by 0.
    pub(super) fn over(&self, other: &Self, scale: usize) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        let above = self.whole.shifted(scale + other.scale);
        let below = other.whole.shifted(self.scale);
        let whole = above.over(&below).0;
        Some(Self {
            negative: self.negative != other.negative && !whole.is_zero(),
            whole,
            scale,
        })
    }

    pub(super) fn remainder(&self, other: &Self, scale: usize) -> Option<Self> {
        let quotient = self.over(other, scale)?;
        let kept = (scale + other.scale).max(self.scale);
        let rest = self.plus(&quotient.whole_product(other).negated());
        Some(rest.with_scale(kept))
    }

    /// A power whose exponent is whole; none of 0 below 0.
    pub(super) fn power(&self, exponent: u64, negative: bool, scale: usize) -> Option<Self> {
        let mut power = Self::of(1);
        let mut square = self.clone();
        let mut left = exponent;
        while left > 0 {
            if left & 1 == 1 {
                power = power.whole_product(&square);
            }
            left >>= 1;
            if left > 0 {
                square = square.whole_product(&square);
            }
        }
        if negative {
            return Self::of(1).over(&power, scale);
        }
        let kept = power.scale.min(scale.max(self.scale));
        Some(power.with_scale(kept))
    }

    /// The square root; none below 0.
    pub(super) fn root(&self, scale: usize) -> Option<Self> {
        if self.negative {
            return None;
        }
        let scale = scale.max(self.scale);
        let whole = self.whole.shifted(2 * scale - self.scale).root();
        Some(Self {
            negative: false,
            whole,
            scale,
        })
    }

    pub(super) fn is_negative(&self) -> bool {
        self.negative
    }

    /// As it is written in a base from 2 to 16.
    pub(super) fn show(&self, base: u64) -> String {
        let sign = if self.negative { "-" } else { "" };
        if self.is_zero() {
            return "0".to_owned();
        }
        let before = self.whole.cut(self.scale);
        let after = self.whole.minus(&before.shifted(self.scale));
        if base == 10 {
            let fraction = format!("{:0>width$}", after.digits(), width = self.scale);
            let point = if self.scale > 0 { "." } else { "" };
            let fraction = if self.scale > 0 {
                fraction.as_str()
            } else {
                ""
            };
            return format!("{sign}{}{point}{fraction}", before.digits());
        }
        let digit = |number: u64| {
            let digit = char::from_digit(u32::try_from(number).unwrap_or(0), 16);
            digit.unwrap_or('0').to_ascii_uppercase()
        };
        let mut text = Vec::new();
        let mut rest = before;
        while !rest.is_zero() {
            let (next, last) = rest.by_limb(base);
            text.push(digit(last));
            rest = next;
        }
        let mut text: String = text.into_iter().rev().collect();
        if self.scale > 0 {
            text.push('.');
            // As many digits as are worth the decimal ones.
            let (mut rest, unit, by) = (after, Whole::ten_to(self.scale), Whole::of(base));
            let mut worth = Whole::of(1);
            while worth.compare(&unit).is_lt() {
                let (next, below) = rest.times(&by).over(&unit);
                text.push(digit(u64::from(next.0.first().copied().unwrap_or(0))));
                rest = below;
                worth = worth.times(&by);
            }
        }
        format!("{sign}{text}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_counts_as_the_machine_does(a: u64, b: u64, c in 1_u64..) {
            let whole = |text: u128| Whole(vec![
                limb(u64::try_from(text % 1_000_000_000).unwrap()),
                limb(u64::try_from(text / 1_000_000_000 % 1_000_000_000).unwrap()),
                limb(u64::try_from(text / 1_000_000_000_000_000_000 % 1_000_000_000).unwrap()),
                limb(u64::try_from(text / 1_000_000_000_000_000_000 / 1_000_000_000 % 1_000_000_000).unwrap()),
                limb(u64::try_from(text / 1_000_000_000_000_000_000 / 1_000_000_000_000_000_000).unwrap()),
            ]).trimmed();
            let product = Whole::of(a).times(&Whole::of(b));
            prop_assert_eq!(&product, &whole(u128::from(a) * u128::from(b)));
            let (quotient, rest) = product.over(&Whole::of(c));
            prop_assert_eq!(quotient, whole(u128::from(a) * u128::from(b) / u128::from(c)));
            prop_assert_eq!(rest, whole(u128::from(a) * u128::from(b) % u128::from(c)));
            let root = product.root();
            prop_assert!(root.times(&root).compare(&product).is_le());
            let more = root.plus(&Whole::of(1));
            prop_assert!(more.times(&more).compare(&product).is_gt());
        }
    }
}

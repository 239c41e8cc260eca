use std::collections::BTreeMap;

use super::*;

#[derive(Default)]
struct Table(BTreeMap<String, String>);

impl Names for Table {
    fn value(&self, name: &str) -> Result<Option<String>, Error> {
        Ok(self.0.get(name).cloned())
    }

    fn assign(&mut self, name: &str, value: i64) -> Result<(), Error> {
        self.0.insert(name.to_owned(), value.to_string());
        Ok(())
    }
}

fn value(expression: &str) -> Result<i64, Error> {
    let mut names = Table(BTreeMap::from([
        ("x".to_owned(), "7".to_owned()),
        ("sum".to_owned(), "x+1".to_owned()),
        ("loop".to_owned(), "loop".to_owned()),
        ("n".to_owned(), " -0x10 ".to_owned()),
    ]));
    evaluate(expression, Dialect::Ash, &mut names)
}

#[test]
fn operators_bind_as_in_c() {
    for (expression, expected) in [
        ("", 0),
        ("1+2*3", 7),
        ("(1+2)*3", 9),
        ("2**3**2", 512),
        ("-2**2", 4),
        ("10-4-3", 3),
        ("7/2", 3),
        ("-7/2", -3),
        ("-7%3", -1),
        ("1<<3|1", 9),
        ("5&3^1", 0),
        ("1<2==1", 1),
        ("!0+!5", 1),
        ("~0", -1),
        ("1?2:3", 2),
        ("0?2:0?4:5", 5),
        ("1,2,3", 3),
        ("x", 7),
        ("sum*2", 16),
        ("n", -16),
        ("nosuch", 0),
        ("x=3,x+1", 4),
        ("x+=2", 9),
        ("x<<=1", 14),
        ("x++ + x", 15),
        ("++x", 8),
        ("x--,x", 6),
        ("- -5", 5),
        ("--5", 5),
        ("x == 7 && x != 8 || 0", 1),
        ("0x1F + 010 + 2#101 + 16#ff", 299),
        ("0 && 1/0", 0),
        ("1 || (x=1/0)", 1),
        ("1 ? 5 : 1/0", 5),
        ("9223372036854775807+1", i64::MIN),
        ("-9223372036854775807-1", i64::MIN),
        ("(-9223372036854775807-1)/-1", i64::MIN),
        ("1<<64", 1),
        ("a=b=3,a+b", 6),
        (" ( 1 ) ", 1),
    ] {
        assert_eq!(value(expression), Ok(expected), "{expression}");
    }
}

#[test]
fn what_has_no_value_is_refused() {
    for expression in ["1+", "*", "08", "0x", "3#4", "$"] {
        assert_eq!(value(expression), Err(Error::Syntax), "{expression}");
    }
    for expression in ["1)", "1 2", "1=2", "a b"] {
        assert_eq!(value(expression), Err(Error::Trailing), "{expression}");
    }
    assert_eq!(value("(1"), Err(Error::Unclosed));
    assert_eq!(value("1?2"), Err(Error::Conditional));
    assert_eq!(value("1/0"), Err(Error::DivideByZero("0".to_owned())));
    assert_eq!(value("1%0"), Err(Error::DivideByZero("0".to_owned())));
    assert_eq!(value("2**-1"), Err(Error::NegativeExponent));
    assert_eq!(value("loop"), Err(Error::Loop));
    assert_eq!(value(&"(".repeat(9999)), Err(Error::TooDeep));
    assert_eq!(value(&"-".repeat(9999)), Err(Error::TooDeep));
    assert_eq!(value(&"2**".repeat(9999)), Err(Error::TooDeep));
    assert_eq!(value(&"1?".repeat(9999)), Err(Error::TooDeep));
}

#[test]
fn dash_takes_numbers_alone_for_values() {
    let mut names = Table(BTreeMap::from([("x".to_owned(), "a".to_owned())]));

    assert_eq!(
        evaluate("x", Dialect::Dash, &mut names),
        Err(Error::BadNumber("a".to_owned()))
    );
}

#[test]
fn dash_has_fewer_operators() {
    let of_dash = |expression: &str| {
        let mut names = Table(BTreeMap::from([("a".to_owned(), "5".to_owned())]));
        evaluate(expression, Dialect::Dash, &mut names)
    };
    for (expression, value) in [
        ("++a", 5),
        ("--a", 5),
        ("a++ + 1", 6),
        ("1--1", 2),
        ("a+=2", 7),
        ("b=a<<=2", 20),
        ("0x1F", 31),
        ("9223372036854775808", i64::MAX),
    ] {
        assert_eq!(of_dash(expression), Ok(value), "{expression}");
    }
    for expression in ["a++", "a--", "a**2", "", "a &&= 1", "@"] {
        assert_eq!(of_dash(expression), Err(Error::Syntax), "{expression}");
    }
    for expression in ["1,2", "16#ff", "0x", "08", "3a", "1 ? 2 : 3 : 4"] {
        assert_eq!(of_dash(expression), Err(Error::Trailing), "{expression}");
    }
    assert_eq!(of_dash("(1 2)"), Err(Error::Unclosed));
}

#[test]
fn long_sums_are_worked_out() {
    assert_eq!(value(&("1 + ".repeat(100_000) + "1")), Ok(100_001));
}

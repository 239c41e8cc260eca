use super::*;

fn found(pattern: &str, flavour: Flavour, text: &str) -> Option<String> {
    let regex = Regex::new(pattern, flavour, false).unwrap();
    let range = regex.find(text.as_bytes(), 0).unwrap()?;
    Some(text[range].to_owned())
}

#[test]
fn basic_patterns_find_what_posix_says() {
    for (pattern, text, expected) in [
        ("abc", "xabcx", Some("abc")),
        ("a*", "baa", Some("")),
        ("*a", "b*a", Some("*a")),
        ("^*a", "*a", Some("*a")),
        ("a\\+", "baa", Some("aa")),
        ("a+", "aa+", Some("a+")),
        ("\\(ab\\)*c", "xababc", Some("ababc")),
        ("a\\{2,3\\}", "aaaa", Some("aaa")),
        ("a^b", "a^b", Some("a^b")),
        ("a$b", "a$b", Some("a$b")),
        ("b$", "ab", Some("b")),
        ("a\\|bc", "xbc", Some("bc")),
        ("\\(.\\)\\1", "abccd", Some("cc")),
        ("[]a]*", "a]b", Some("a]")),
        ("[^]a]", "a]b", Some("b")),
        ("[a-]*", "a-b", Some("a-")),
        ("\\.", "a.b", Some(".")),
        ("\\<foo\\>", "xfoo foo", Some("foo")),
        ("[[:digit:]]\\{1,\\}", "ab123", Some("123")),
        ("a.c", "aéc", Some("aéc")),
        ("x", "abc", None),
    ] {
        let got = found(pattern, Flavour::Basic, text);
        assert_eq!(got.as_deref(), expected, "{pattern} in {text}");
    }
}

#[test]
fn extended_patterns_find_the_longest_of_the_leftmost() {
    for (pattern, text, expected) in [
        ("a|ab|abc", "abcd", Some("abc")),
        ("(a|ab)(c|bcd)", "abcd", Some("abcd")),
        ("x*", "aaa", Some("")),
        ("(a*)(ab)*b*", "abb", Some("abb")),
        ("[0-9]+(\\.[0-9]+)?", "v1.25", Some("1.25")),
        ("a{2}", "aaa", Some("aa")),
        ("a{,2}", "aaa", Some("aa")),
        ("{x", "a{x", Some("{x")),
        ("^(foo|bar)$", "bar", Some("bar")),
        ("()", "a", Some("")),
        ("(a*)*", "aaa", Some("aaa")),
        ("(a*)+b", "aab", Some("aab")),
        ("\\w+\\s\\w+", "a bc", Some("a bc")),
        (")", ")", Some(")")),
    ] {
        let got = found(pattern, Flavour::Extended, text);
        assert_eq!(got.as_deref(), expected, "{pattern} in {text}");
    }
}

#[test]
fn groups_tell_where_they_matched() {
    let regex = Regex::new("(a+)(b)?(c)", Flavour::Extended, false).unwrap();
    assert_eq!(regex.groups(), 3);
    let captures = regex.captures(b"xaac", 0).unwrap().unwrap();
    assert_eq!(captures, [Some(1..4), Some(1..3), None, Some(3..4)]);
}

#[test]
fn case_can_be_ignored_and_bytes_need_be_no_text() {
    let regex = Regex::new("straSSe[x-z]", Flavour::Basic, true).unwrap();
    assert!(regex.is_match(b"STRASSEY").unwrap());
    let regex = Regex::new("a.b", Flavour::Basic, false).unwrap();
    assert_eq!(regex.find(b"\xffa\xfeb", 0), Ok(Some(1..4)));
}

#[test]
fn patterns_that_are_none_are_refused() {
    for (pattern, error) in [
        ("(", RegexError::Group),
        ("[a", RegexError::Bracket),
        ("[[:nope:]]", RegexError::Class),
        ("[z-a]", RegexError::Range),
        ("a{3,2}", RegexError::Interval),
        ("a{999}", RegexError::Interval),
        ("+a", RegexError::Repetition),
        ("\\1", RegexError::BackReference),
        ("a\\", RegexError::Backslash),
        ("((a{200}){200}){200}", RegexError::TooBig),
    ] {
        let got = Regex::new(pattern, Flavour::Extended, false).err();
        assert_eq!(got, Some(error), "{pattern}");
    }
    assert_eq!(
        Regex::new("a\\)", Flavour::Basic, false).err(),
        Some(RegexError::GroupEnd)
    );
    let deep = "(".repeat(1000);
    assert_eq!(
        Regex::new(&deep, Flavour::Extended, false).err(),
        Some(RegexError::TooBig)
    );
}

#[test]
fn what_would_explode_takes_linear_time_or_says_so() {
    let text = "a".repeat(2000);
    let regex = Regex::new("(a*)*(a*)*(a*)*b", Flavour::Extended, false).unwrap();
    assert_eq!(regex.is_match(text.as_bytes()), Ok(false));
    let regex = Regex::new("(a*)*\\1b", Flavour::Extended, false).unwrap();
    assert_eq!(regex.is_match(text.as_bytes()), Err(RegexError::Budget));
}

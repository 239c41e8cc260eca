use super::*;

fn values() -> Variables {
    let pairs = [
        ("a", "1"),
        ("empty", ""),
        ("path", "x/y/z.tar.gz"),
        ("two", "b c"),
    ];
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn expand(word: &str) -> String {
    Expander::new('\\').expand(word, &values()).unwrap()
}

fn refusal(word: &str) -> String {
    let error = Expander::new('\\').expand(word, &values()).unwrap_err();
    let words = error.to_string();
    let reason = words.strip_prefix(&format!("failed to process {}: ", Quoted(word)));
    reason.expect("the word before the reason").to_owned()
}

#[test]
fn a_name_stands_for_its_value() {
    assert_eq!(expand("$a-${a}b$none."), "1-1b.");
    assert_eq!(expand("$ $. a$"), "$ $. a$");
    assert_eq!(expand("$1x$@y"), "xy");
}

#[test]
fn quotes_and_escapes_are_taken_away() {
    assert_eq!(expand(r#"'$a "'"$a '"\$a\b"#), r#"$a "1 '$ab"#);
    assert_eq!(expand(r#""\$a \" \\ \x""#), r#"$a " \ \x"#);
    assert_eq!(expand("a\\"), "a");
    assert_eq!(
        Expander::new('`').expand(r"`$a\$a", &values()).unwrap(),
        r"$a\1"
    );
}

#[test]
fn a_default_stands_in_for_what_is_unset_or_empty() {
    assert_eq!(expand("${none:-x}${none-y}${a:-z}"), "xy1");
    assert_eq!(expand("${empty:-x}|${empty-y}"), "x|");
    assert_eq!(expand("${none:-${none:-$a}}"), "1");
    assert_eq!(expand("${none:-a\\}b}"), "a}b");
}

#[test]
fn an_alternative_stands_in_for_what_is_set() {
    assert_eq!(expand("${a:+x}|${none:+x}|${empty:+x}|${empty+x}"), "x|||x");
}

#[test]
fn what_has_to_be_set_is_missed() {
    assert_eq!(expand("${a?}${a:?}${empty?}"), "11");
    assert_eq!(refusal("${none?}"), "none: is not allowed to be unset");
    assert_eq!(refusal("${empty:?}"), "empty: is not allowed to be empty");
    assert_eq!(refusal("${none:?say it}"), "none: say it");
}

#[test]
fn patterns_are_taken_off_or_replaced() {
    assert_eq!(expand("${path#*/}|${path##*/}"), "y/z.tar.gz|z.tar.gz");
    assert_eq!(expand("${path%.*}|${path%%.*}"), "x/y/z.tar|x/y/z");
    assert_eq!(
        expand(r"${path/\//-}|${path//\//-}"),
        "x-y/z.tar.gz|x-y-z.tar.gz"
    );
    assert_eq!(expand("${path/tar/}"), "x/y/z..gz");
    assert_eq!(
        refusal(r"${a#\x}"),
        r"invalid pattern (\x) in substitution: invalid escape '\x'"
    );
}

#[test]
fn what_does_not_end_is_refused() {
    for (word, reason) in [
        (
            "'a",
            "unexpected end of statement while looking for matching single-quote",
        ),
        (
            "\"a",
            "unexpected end of statement while looking for matching double-quote",
        ),
        ("${", "syntax error: missing '}'"),
        ("${a:-b", "syntax error: missing '}'"),
        ("${a:-'b}", "syntax error: missing '}'"),
        ("${a:", "syntax error: missing '}'"),
        ("${a/b}", "syntax error: missing '/' in ${}"),
        ("${a/b/c", "syntax error: missing '}'"),
    ] {
        assert_eq!(refusal(word), reason, "{word}");
    }
}

#[test]
fn what_no_shell_means_is_refused() {
    for word in ["${}", "${{a}", "${:a}"] {
        assert_eq!(refusal(word), "syntax error: bad substitution", "{word}");
    }
    assert_eq!(
        refusal("${a=b}"),
        "unsupported modifier (=) in substitution"
    );
    assert_eq!(
        refusal("${a:=b}"),
        "unsupported modifier (:=) in substitution"
    );
    assert_eq!(
        refusal("${a"),
        "unsupported modifier (\u{fffd}) in substitution"
    );
}

#[test]
fn values_are_cut_into_words_and_quotes_are_not() {
    let split = |text| Expander::new('\\').split(text, &values()).unwrap();

    assert_eq!(split("$two 'd e' f\\ g"), ["b", "c", "d e", "f g"]);
    assert_eq!(split(" '' $empty "), [""; 0]);
}

#[test]
fn quotes_escapes_and_unset_names_can_be_kept() {
    let raw = Expander::new('\\')
        .keep_quotes()
        .keep_escapes()
        .keep_unset();
    let split = |text| raw.split(text, &Variables::new()).unwrap();

    assert_eq!(
        split(r#"<<"A B" 'c'\ d $x ${y:-1} "#),
        [r#"<<"A B""#, r"'c'\ d", "$x", "${y:-1}"]
    );
    assert_eq!(split("${x/a/b}${x}${x#c}"), ["${x/a/b}${x}${x#c}"]);
}

#[test]
fn nesting_and_length_have_an_end() {
    let deep = "${x:-".repeat(200_000) + &"}".repeat(200_000);
    assert_eq!(refusal(&deep), "substitutions are nested deeper than 100");

    let long = Variables::from([("x".to_owned(), "x".repeat(70_000))]);
    let error = Expander::new('\\').expand("$x$x", &long).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("the result is longer than 131072 bytes")
    );
}

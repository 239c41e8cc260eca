use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

fn text(text: &str) -> Yaml {
    Yaml::Text(text.to_owned())
}

/// The value of a plain scalar.
fn of(scalar: &str) -> Yaml {
    let document = read(&format!("a: {scalar}\n")).unwrap();
    document.get("a").unwrap().clone()
}

#[track_caller]
fn assert_is(scalar: &str, expected: &Yaml) {
    let found = of(scalar);
    assert!(found == *expected, "{scalar}: {}", found.represented());
}

#[test]
fn plain_scalars_mean_what_they_meant_in_yaml_1_1() {
    for word in ["yes", "Yes", "YES", "on", "true", "True"] {
        assert_is(word, &Yaml::Bool(true));
    }
    for word in ["no", "off", "Off", "OFF", "false"] {
        assert_is(word, &Yaml::Bool(false));
    }
    for word in [
        "y", "n", "yEs", "oFF", "1e3", "0o644", "08", "0x", "1_", "1.5.2", "::1",
    ] {
        let is_text = of(word) == text(word);
        assert_eq!(is_text, word != "1_", "{word}");
    }
    assert_is("0644", &Yaml::Int(0o644));
    assert_is("0_644", &Yaml::Int(0o644));
    assert_is("644", &Yaml::Int(644));
    assert_is("-0x1F", &Yaml::Int(-31));
    assert_is("0b101", &Yaml::Int(5));
    assert_is("22:30", &Yaml::Int(1350));
    assert_is("1.5", &Yaml::Float(1.5));
    assert_is("1.", &Yaml::Float(1.0));
    assert_is(".5", &Yaml::Float(0.5));
    assert_is("1.0e+3", &Yaml::Float(1000.0));
    assert_is("1:30.5", &Yaml::Float(90.5));
    assert_is("-.inf", &Yaml::Float(f64::NEG_INFINITY));
    assert_is("~", &Yaml::Null);
    assert_is("", &Yaml::Null);
    assert_is("'0644'", &text("0644"));
    assert_is("\"yes\"", &text("yes"));
    assert_is("!!str 0644", &text("0644"));
    assert_is("!!int '0644'", &Yaml::Int(0o644));
    assert_is("!!binary aGVsbG8=", &Yaml::Bytes(b"hello".to_vec()));
}

#[test]
fn later_keys_win_and_merged_ones_stand_back() {
    let read = read("base: &b {a: 1, b: 2}\nuse:\n  <<: *b\n  b: 3\n  b: 4\n").unwrap();
    let expected = BTreeMap::from([
        ("a".to_owned(), Yaml::Int(1)),
        ("b".to_owned(), Yaml::Int(4)),
    ]);
    assert!(*read.get("use").unwrap() == Yaml::Map(expected));
}

#[test]
fn what_the_safe_loader_refuses_is_refused() {
    let refused = |text: &str| read(text).unwrap_err();
    assert_eq!(refused("a: 1\n---\nb: 2\n"), YamlError::Several);
    assert_eq!(refused("a: !thing 1\n"), YamlError::Tag);
    assert_eq!(refused("a: !!python/object:os.system {}\n"), YamlError::Tag);
    assert_eq!(refused("? [a]\n: 1\n"), YamlError::UnhashableKey);
    assert_eq!(refused("a: &a [*a]\n"), YamlError::Alias);
    assert_eq!(refused("<<: 1\n"), YamlError::Merge);
    assert!(matches!(refused("a: [1\nb: 2\n"), YamlError::Syntax(_)));
    assert!(matches!(refused("a: b: c\n"), YamlError::Syntax(_)));
}

#[test]
fn aliases_and_nesting_are_bounded() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = level - 1;
        let aliases = format!("*a{before}, ").repeat(10);
        writeln!(bomb, "a{level}: &a{level} [{aliases}]").unwrap();
    }
    assert_eq!(read(&bomb).unwrap_err(), YamlError::TooLarge);
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(read(&deep).is_err());
    assert_eq!(
        read(&"a".repeat(LONGEST + 1)).unwrap_err(),
        YamlError::TooLarge
    );
}

#[test]
fn nothing_of_a_document_is_shown() {
    let document = read("password: hunter2\n").unwrap();
    assert_eq!(format!("{document:?}"), "Map");
    let error = read("a: 1\npassword: 'hunter2\n").unwrap_err();
    assert!(!format!("{error:?} {error}").contains("hunter2"));
}

/// A value as JSON, which is YAML as well.
fn json(value: &Yaml) -> serde_json::Value {
    match value {
        Yaml::Null => serde_json::Value::Null,
        Yaml::Bool(yes) => (*yes).into(),
        Yaml::Int(number) => i64::try_from(*number).unwrap().into(),
        Yaml::Float(number) => (*number).into(),
        Yaml::Text(text) => text.clone().into(),
        Yaml::Bytes(_) => unreachable!("JSON has no bytes"),
        Yaml::List(items) => items.iter().map(json).collect(),
        Yaml::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| (key.clone(), json(value)));
            serde_json::Value::Object(entries.collect())
        }
    }
}

/// A value as blocks, every text in double quotes.
fn block(value: &Yaml, depth: usize, to: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Yaml::List(items) if !items.is_empty() => {
            for item in items {
                write!(to, "\n{indent}-").unwrap();
                block(item, depth + 1, to);
            }
        }
        Yaml::Map(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                write!(to, "\n{indent}{}:", json(&text(key))).unwrap();
                block(value, depth + 1, to);
            }
        }
        scalar => write!(to, " {}", json(scalar)).unwrap(),
    }
}

fn any_value() -> impl Strategy<Value = Yaml> {
    let scalar = prop_oneof![
        Just(Yaml::Null),
        any::<bool>().prop_map(Yaml::Bool),
        any::<i64>().prop_map(|number| Yaml::Int(number.into())),
        "[ -~\n\té☃]{0,20}".prop_map(Yaml::Text),
    ];
    scalar.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Yaml::List),
            proptest::collection::btree_map("[ -~]{1,10}", inner, 0..5).prop_map(Yaml::Map),
        ]
    })
}

proptest! {
    #[test]
    fn what_was_written_as_json_is_read_back(value in any_value()) {
        let written = serde_json::to_string(&json(&value)).unwrap();
        prop_assert!(read(&written).unwrap() == value, "{written}");
    }

    #[test]
    fn what_was_written_in_blocks_is_read_back(value in any_value()) {
        let mut written = String::new();
        block(&value, 0, &mut written);
        prop_assert!(read(&written).unwrap() == value, "{written}");
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[ -~\n\t&*<:\\[\\]{}|>'\"#%!?,-]{0,200}") {
        drop(read(&text));
    }
}

use arm_template::{Expression, Kind, Text};
use serde_json::json;

use crate::{refusal, try_value, value, value_in};

#[test]
fn texts_in_brackets_are_expressions_and_others_are_not() {
    for (text, expected) in [
        ("plain", json!("plain")),
        ("", json!("")),
        ("[concat('a', 'b')]", json!("ab")),
        ("[[concat('a')]", json!("[concat('a')]")),
        ("[[a] b", json!("[[a] b")),
        ("[a] b", json!("[a] b")),
        ("[", json!("[")),
        (" [concat('a')]", json!(" [concat('a')]")),
        ("['it''s']", json!("it's")),
        ("['']", json!("")),
        ("[\n  concat( 'a' ,\t'b' )\n]", json!("ab")),
        ("[CONCAT('a', TOUPPER('b'))]", json!("aB")),
    ] {
        assert_eq!(
            value_in(&json!({}), &json!(text)).unwrap(),
            expected,
            "{text}"
        );
    }
}

#[test]
fn values_that_are_no_texts_come_back_as_they_are() {
    for value in [
        json!(null),
        json!(true),
        json!(1.5),
        json!([1, [null]]),
        json!({ "a": { "b": [] } }),
    ] {
        assert_eq!(value_in(&json!({}), &value).unwrap(), value);
    }
}

#[test]
fn names_of_members_can_be_expressions() {
    let made = value_in(
        &json!({}),
        &json!({ "[concat('a', 'b')]": "[add(1, 2)]", "[[x]": 1 }),
    )
    .unwrap();
    assert_eq!(made, json!({ "ab": 3, "[x]": 1 }));
}

#[test]
fn parts_are_found_by_name_and_by_index() {
    let data = "json('{\"One\":[{\"two\":5}],\"a b\":[[1,2],[3]]}')";
    for (steps, expected) in [
        (".one[0].TWO", json!(5)),
        ("['One'][0]['two']", json!(5)),
        ("['a b'][0][1]", json!(2)),
        ("['a b'][add(0, 1)][0]", json!(3)),
        (" . one [ 0 ] . two", json!(5)),
    ] {
        assert_eq!(value(&format!("{data}{steps}")), expected, "{steps}");
    }
    assert!(
        refusal(&format!("{data}.three")).contains(
            "The language expression property 'three' doesn't exist, available properties are 'One, a b'."
        )
    );
    assert!(refusal(&format!("{data}.one[1]")).contains("array index '1' is out of bounds"));
    assert!(refusal(&format!("{data}.one[-1]")).contains("array index '-1' is out of bounds"));
    assert!(refusal(&format!("{data}.one.x")).contains("property 'x' can't be evaluated"));
    assert!(refusal(&format!("{data}[0]")).contains("property '0' can't be evaluated"));
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    for (expression, why, at) in [
        ("", "expected token 'Identifier' and actual 'EndOfData'", 0),
        (
            "concat(",
            "expected token 'Identifier' and actual 'EndOfData'",
            7,
        ),
        (
            "concat('a'",
            "expected token 'RightParenthesis' and actual 'EndOfData'",
            10,
        ),
        (
            "concat('a' 'b')",
            "expected token 'RightParenthesis' and actual 'StringLiteral'",
            11,
        ),
        (
            "concat",
            "expected token 'LeftParenthesis' and actual 'EndOfData'",
            6,
        ),
        ("'a", "the string literal is not terminated", 0),
        (
            "true() true()",
            "expected token 'EndOfData' and actual 'Identifier'",
            7,
        ),
        (
            "a().1",
            "expected token 'Identifier' and actual 'Integer'",
            4,
        ),
        (
            "a()[0",
            "expected token 'RightSquareBracket' and actual 'EndOfData'",
            5,
        ),
        ("ü()", "expected token 'Identifier' and actual 'Unknown'", 0),
        ("-", "the number is not valid", 0),
        ("99999999999999999999", "the number is not valid", 0),
    ] {
        let problem = Expression::read(expression).unwrap_err();
        assert_eq!(
            problem.kind(),
            &Kind::Syntax {
                why: why.to_owned(),
                at
            },
            "{expression}"
        );
    }
    let problem = try_value("concat(").unwrap_err();
    assert_eq!(problem.path(), "resources[0].properties.value");
    assert_eq!(problem.code(), "InvalidTemplate");
}

#[test]
fn expressions_are_written_in_one_way() {
    for (written, canonical) in [
        ("[ concat( 'it''s',1 ) ]", "[concat('it''s', 1)]"),
        ("[a.b( )['c'] . d[ 0 ]]", "[a.b()['c'].d[0]]"),
        ("[[x]", "[[x]"),
        ("x", "x"),
    ] {
        assert_eq!(Text::read(written).unwrap().to_string(), canonical);
    }
}

#[test]
fn variables_refer_to_each_other_in_any_order_but_not_in_a_circle() {
    let members = json!({ "variables": {
        "a": "[concat(variables('B'), 'a')]",
        "b": { "deep": "[variables('c')[0]]" },
        "c": ["x"],
        "d": "[variables('e')]",
        "e": "[variables('d')]",
        "f": "[variables('b').deep]",
    } });
    assert_eq!(value_in(&members, &json!("[variables('f')]")).unwrap(), "x");
    let problem = value_in(&members, &json!("[variables('d')]")).unwrap_err();
    assert!(
        problem
            .to_string()
            .contains("Circular dependency detected on template variable: 'd'")
    );
    let problem = value_in(&members, &json!("[variables('none')]")).unwrap_err();
    assert!(
        problem
            .to_string()
            .contains("The template variable 'none' is not found.")
    );
    let problem = value_in(&members, &json!("[variables('a')]")).unwrap_err();
    assert!(problem.to_string().contains("'concat'"), "{problem}");
}

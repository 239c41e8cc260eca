use arm_template::Kind;
use serde_json::{Value, json};

use crate::{GROUP, SUBSCRIPTION, plan, refusal, try_value, value, value_in};

/// Each expression comes to the value beside it.
fn hold(cases: &[(&str, Value)]) {
    for (expression, expected) in cases {
        assert_eq!(&value(expression), expected, "{expression}");
    }
}

#[test]
fn arrays() {
    hold(&[
        ("array('a')", json!(["a"])),
        ("array(createArray(1))", json!([1])),
        (
            "concat(createArray(1, 2), createArray(2))",
            json!([1, 2, 2]),
        ),
        ("contains(createArray('a', 'b'), 'b')", json!(true)),
        ("contains(createArray('a', 'b'), 'B')", json!(false)),
        ("createArray()", json!([])),
        ("createArray('a', 1, true())", json!(["a", 1, true])),
        ("empty(createArray())", json!(true)),
        ("first(createArray('a', 'b'))", json!("a")),
        ("first(createArray())", json!(null)),
        (
            "flatten(createArray(createArray(1), createArray(2, 3)))",
            json!([1, 2, 3]),
        ),
        ("indexFromEnd(createArray(1, 2, 3), 1)", json!(3)),
        ("indexOf(createArray('a', 'b', 'a'), 'a')", json!(0)),
        ("indexOf(createArray('a'), 'x')", json!(-1)),
        (
            "intersection(createArray(1, 2, 3), createArray(3, 2))",
            json!([2, 3]),
        ),
        ("join(createArray('a', 1, true()), '-')", json!("a-1-True")),
        ("last(createArray('a', 'b'))", json!("b")),
        ("lastIndexOf(createArray('a', 'b', 'a'), 'a')", json!(2)),
        ("length(createArray(1, 2))", json!(2)),
        ("max(createArray(1, 5, 3))", json!(5)),
        ("min(1, 5, -3)", json!(-3)),
        ("range(2, 3)", json!([2, 3, 4])),
        ("range(2, 0)", json!([])),
        ("skip(createArray(1, 2, 3), 1)", json!([2, 3])),
        ("skip(createArray(1, 2, 3), -1)", json!([1, 2, 3])),
        ("take(createArray(1, 2, 3), 2)", json!([1, 2])),
        ("take(createArray(1, 2, 3), 20)", json!([1, 2, 3])),
        ("tryGet(createArray(1, 2), 5)", json!(null)),
        ("tryIndexFromEnd(createArray(1), 2)", json!(null)),
        (
            "union(createArray(1, 2, 2), createArray(3, 1))",
            json!([1, 2, 3]),
        ),
    ]);
    assert!(refusal("range(1, 10001)").contains("'range'"));
    assert!(refusal("concat(createArray(1), 'a')").contains("'concat'"));
    assert!(refusal("indexFromEnd(createArray(1), 0)").contains("out of the bounds"));
}

#[test]
fn objects() {
    hold(&[
        (
            "createObject('a', 1, 'b', createArray())",
            json!({ "a": 1, "b": [] }),
        ),
        ("contains(createObject('One', 1), 'one')", json!(true)),
        ("empty(createObject())", json!(true)),
        ("empty(null())", json!(true)),
        (
            "intersection(json('{\"a\":1,\"b\":2}'), json('{\"a\":1,\"b\":3}'))",
            json!({ "a": 1 }),
        ),
        (
            "items(json('{\"b\":2,\"a\":1}'))",
            json!([{ "key": "a", "value": 1 }, { "key": "b", "value": 2 }]),
        ),
        ("json('null')", json!(null)),
        ("json('[1, 2.5]')", json!([1, 2.5])),
        ("length(createObject('a', 1))", json!(1)),
        ("null()", json!(null)),
        ("objectKeys(json('{\"b\":2,\"a\":1}'))", json!(["a", "b"])),
        (
            "shallowMerge(createArray(json('{\"a\":{\"x\":1}}'), json('{\"a\":{\"y\":2}}')))",
            json!({ "a": { "y": 2 } }),
        ),
        ("tryGet(json('{\"a\":{\"B\":7}}'), 'a', 'b')", json!(7)),
        ("tryGet(json('{\"a\":{}}'), 'a', 'b', 'c')", json!(null)),
        (
            "union(json('{\"a\":{\"x\":1,\"l\":[1]},\"b\":1}'), json('{\"a\":{\"y\":2,\"l\":[2]},\"b\":3}'))",
            json!({ "a": { "x": 1, "l": [2], "y": 2 }, "b": 3 }),
        ),
    ]);
    assert!(refusal("createObject('a')").contains("even number"));
    assert!(refusal("json('{')").contains("not valid JSON"));
    assert!(refusal("union(createArray(), createObject())").contains("'Object'"));
}

#[test]
fn texts() {
    hold(&[
        ("concat('a', 1, true(), null())", json!("a1True")),
        ("concat()", json!("")),
        ("contains('abc', 'bc')", json!(true)),
        ("contains('abc', 'B')", json!(false)),
        ("empty('')", json!(true)),
        ("endsWith('abcdef', 'EF')", json!(true)),
        ("first('One')", json!("O")),
        ("indexOf('Testing', 'T')", json!(0)),
        ("indexOf('abcdef', 'EF')", json!(4)),
        ("indexOf('abc', 'z')", json!(-1)),
        ("last('One')", json!("e")),
        ("last('')", json!("")),
        ("lastIndexOf('test', 't')", json!(3)),
        ("length('One Two')", json!(7)),
        ("length('😀')", json!(2)),
        ("padLeft('10', 6, '0')", json!("000010")),
        ("padLeft(7, 3)", json!("  7")),
        ("replace('123-123', '-', '')", json!("123123")),
        ("skip('one two', 4)", json!("two")),
        (
            "split('one,two;three', createArray(',', ';'))",
            json!(["one", "two", "three"]),
        ),
        ("split('a', ',')", json!(["a"])),
        ("split('', ',')", json!([""])),
        ("startsWith('abcdef', 'AB')", json!(true)),
        ("string(12)", json!("12")),
        ("string(true())", json!("True")),
        (
            "string(json('[1,{\"a\":\"b\"}]'))",
            json!("[1,{\"a\":\"b\"}]"),
        ),
        ("substring('one two three', 4, 3)", json!("two")),
        ("substring('one two', 4)", json!("two")),
        ("substring('a', 1)", json!("")),
        ("take('one', 2)", json!("on")),
        ("take('one', -1)", json!("")),
        ("toLower('One')", json!("one")),
        ("toUpper('One')", json!("ONE")),
        ("trim('  one ')", json!("one")),
    ]);
    assert!(refusal("substring('abc', 2, 2)").contains("within the string"));
    assert!(refusal("substring('abc', -1)").contains("within the string"));
    assert!(refusal("padLeft('a', 3, 'xy')").contains("single character"));
    assert!(refusal("replace('a', '', 'b')").contains("cannot be empty"));
    assert!(refusal("toLower(createArray())").contains("'Array'"));
}

#[test]
fn formats() {
    hold(&[
        (
            "format('{0}, {1}. {{{0}}}', 'Hello', 5)",
            json!("Hello, 5. {Hello}"),
        ),
        ("format('{0:N0}', 8175133)", json!("8,175,133")),
        ("format('{0:N2}', -1234)", json!("-1,234.00")),
        ("format('[{0,5}]', 'ab')", json!("[   ab]")),
        ("format('[{0,-5}]', 'ab')", json!("[ab   ]")),
        ("format('{0:D3}', 7)", json!("007")),
        ("format('{0:D2}', -7)", json!("-07")),
        ("format('{0:x4}{0:X}', 255)", json!("00ffFF")),
        ("format('{0:F1}', float('2.25'))", json!("2.2")),
        ("format('{0:P1}', float('0.25'))", json!("25.0 %")),
        ("format('{0:E2}', 12345)", json!("1.23E+004")),
        ("format('{0:000}', 7)", json!("007")),
        ("format('{0:#,##0.0#}', float('1234.5'))", json!("1,234.5")),
        ("format('{0}', true())", json!("True")),
        ("format('{0}', createArray(1))", json!("[1]")),
        ("format('{0:D2}', 'text')", json!("text")),
        ("format('none')", json!("none")),
    ]);
    for wrong in [
        "format('{0}')",
        "format('{')",
        "format('}', 1)",
        "format('{x}', 1)",
    ] {
        assert!(refusal(wrong).contains("format is invalid"), "{wrong}");
    }
    assert!(refusal("format('{0:D}', float('1.5'))").contains("specifier"));
}

#[test]
fn numbers() {
    hold(&[
        ("add(5, -3)", json!(2)),
        ("div(8, 3)", json!(2)),
        ("div(-8, 3)", json!(-2)),
        ("float('1.5')", json!(1.5)),
        ("int('4')", json!(4)),
        ("int(float('4.9'))", json!(4)),
        ("mod(7, 3)", json!(1)),
        ("mul(5, 3)", json!(15)),
        ("sub(7, 3)", json!(4)),
        ("-5", json!(-5)),
        ("1.5", json!(1.5)),
    ]);
    assert!(refusal("div(1, 0)").contains("divisor"));
    assert!(refusal("mod(1, 0)").contains("divisor"));
    assert!(refusal("mul(9223372036854775807, 2)").contains("64-bit"));
    assert!(refusal("div(int('-9223372036854775808'), -1)").contains("64-bit"));
    assert!(refusal("int('x')").contains("integer"));
    assert!(refusal("max(createArray())").contains("empty"));
}

#[test]
fn truths() {
    hold(&[
        ("and(true(), false())", json!(false)),
        ("and(false(), div(1, 0))", json!(false)),
        ("bool('TRUE')", json!(true)),
        ("bool(0)", json!(false)),
        ("coalesce(null(), 'a', div(1, 0))", json!("a")),
        ("coalesce(null())", json!(null)),
        ("equals('a', 'A')", json!(false)),
        ("equals(1, float('1'))", json!(true)),
        (
            "equals(json('{\"a\":1,\"b\":[2]}'), json('{\"b\":[2],\"a\":1}'))",
            json!(true),
        ),
        ("false()", json!(false)),
        ("greater('A', 'a')", json!(false)),
        ("greater(2, 1)", json!(true)),
        ("greaterOrEquals(2, 2)", json!(true)),
        ("if(true(), 'yes', div(1, 0))", json!("yes")),
        ("if(false(), div(1, 0), 'no')", json!("no")),
        ("less('A', 'a')", json!(true)),
        ("lessOrEquals(3, 2)", json!(false)),
        ("not(true())", json!(false)),
        ("or(true(), div(1, 0))", json!(true)),
        ("or(false(), false())", json!(false)),
    ]);
    assert!(refusal("if('true', 1, 2)").contains("boolean"));
    assert!(refusal("bool('x')").contains("boolean"));
    assert!(refusal("less(1, 'a')").contains("'String'"));
}

#[test]
fn encodings() {
    hold(&[
        ("base64('one, two')", json!("b25lLCB0d28=")),
        ("base64ToString('b25lLCB0d28=')", json!("one, two")),
        (
            "base64ToJson(base64('{\"one\":\"a\"}'))",
            json!({ "one": "a" }),
        ),
        (
            "dataUri('Hello')",
            json!("data:text/plain;charset=utf8;base64,SGVsbG8="),
        ),
        (
            "dataUriToString('data:;base64,SGVsbG8sIFdvcmxkIQ==')",
            json!("Hello, World!"),
        ),
        ("dataUriToString('data:,a%20b')", json!("a b")),
        (
            "uri('http://contoso.com/resources/', 'nested/azuredeploy.json')",
            json!("http://contoso.com/resources/nested/azuredeploy.json"),
        ),
        (
            "uri('http://contoso.com/resources/azuredeploy.json', 'other.json')",
            json!("http://contoso.com/resources/other.json"),
        ),
        (
            "uri('http://contoso.com', 'a')",
            json!("http://contoso.com/a"),
        ),
        (
            "uriComponent('http://a.b/c d~_')",
            json!("http%3A%2F%2Fa.b%2Fc%20d~_"),
        ),
        (
            "uriComponentToString('http%3A%2F%2Fa.b')",
            json!("http://a.b"),
        ),
        (
            "buildUri(createObject('scheme', 'http', 'host', 'a.b', 'port', 81, 'path', 'c', 'query', 'd=e'))",
            json!("http://a.b:81/c?d=e"),
        ),
    ]);
    assert!(refusal("base64ToString('*')").contains("base64"));
    assert!(refusal("uri('nowhere', 'a')").contains("absolute"));
    assert!(refusal("dataUriToString('x')").contains("data URI"));
}

#[test]
fn dates() {
    hold(&[
        (
            "dateTimeAdd('2020-04-07 14:53:14Z', 'P3Y')",
            json!("2023-04-07 14:53:14Z"),
        ),
        (
            "dateTimeAdd('2020-04-07 14:53:14Z', '-P9D')",
            json!("2020-03-29 14:53:14Z"),
        ),
        (
            "dateTimeAdd('2020-04-07T14:53:14Z', 'PT1H')",
            json!("2020-04-07T15:53:14Z"),
        ),
        (
            "dateTimeAdd('20200407T145314Z', 'PT1H')",
            json!("20200407T155314Z"),
        ),
        ("dateTimeAdd('2020-01-31', 'P1M')", json!("2020-02-29")),
        (
            "dateTimeAdd('2020-04-07T14:53:14+02:00', 'PT0S')",
            json!("2020-04-07T12:53:14Z"),
        ),
        (
            "dateTimeAdd('2020-04-07', 'P0D', 'D')",
            json!("Tuesday, 07 April 2020"),
        ),
        (
            "dateTimeFromEpoch(1683040573)",
            json!("2023-05-02T15:16:13Z"),
        ),
        (
            "dateTimeToEpoch('2023-05-02T15:16:13Z')",
            json!(1_683_040_573),
        ),
    ]);
    assert_eq!(
        value(
            "dateTimeAdd('2020-04-07T14:53:14Z', 'PT0.25S', 'ddd, d MMM yy h:mm:ss.fff tt \"at\" zzz')"
        ),
        json!("Tue, 7 Apr 20 2:53:14.250 PM at +00:00")
    );
    assert!(refusal("dateTimeAdd('today', 'P1D')").contains("date and time"));
    assert!(refusal("dateTimeAdd('2020-04-07', '3 days')").contains("duration"));
    assert!(refusal("dateTimeAdd('9999-12-30', 'P5D')").contains("duration"));
    assert!(refusal("dateTimeFromEpoch(9223372036854775807)").contains("range"));
}

/// What deployed templates answered; the values were published by those who asked.
#[test]
fn unique_strings_and_identifiers_are_those_of_the_service() {
    hold(&[
        ("uniqueString('test')", json!("rbgf3xv4ufgzg")),
        ("uniqueString('t')", json!("fsnwonksnm7cy")),
        ("uniqueString('te')", json!("o57ehhbytctgs")),
        (
            "uniqueString('test', 'test2', 'test3')",
            json!("bqgd334z2uj64"),
        ),
        ("uniqueString('hello', 'world')", json!("a7wkljktk6wne")),
        ("uniqueString('tyeth')", json!("zcztcwvu6iyg6")),
        (
            "uniqueString('/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/my-rg')",
            json!("bmg7c6xu4tw46"),
        ),
    ]);
    // Python's uuid.uuid5 of the space of names that Microsoft documents.
    assert_eq!(
        value("guid('a', 'b')"),
        json!("2d796349-8c7e-55ec-9624-54ece82ed031")
    );
}

#[test]
fn lambdas() {
    hold(&[
        (
            "map(range(1, 3), lambda('i', mul(lambdaVariables('i'), 2)))",
            json!([2, 4, 6]),
        ),
        (
            "map(createArray('a', 'b'), lambda('x', 'n', concat(lambdaVariables('X'), lambdaVariables('n'))))",
            json!(["a0", "b1"]),
        ),
        (
            "filter(range(0, 6), lambda('i', greater(lambdaVariables('i'), 3)))",
            json!([4, 5]),
        ),
        (
            "reduce(range(1, 4), 0, lambda('a', 'b', add(lambdaVariables('a'), lambdaVariables('b'))))",
            json!(10),
        ),
        (
            "reduce(createArray(), 'x', lambda('a', 'b', 'y'))",
            json!("x"),
        ),
        (
            "sort(createArray(3, 1, 2, 1), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))",
            json!([1, 1, 2, 3]),
        ),
        (
            "sort(createArray(1, 2, 3), lambda('a', 'b', true()))",
            json!([3, 2, 1]),
        ),
        (
            "toObject(createArray('a', 'b'), lambda('x', lambdaVariables('x')), lambda('x', toUpper(lambdaVariables('x'))))",
            json!({ "a": "A", "b": "B" }),
        ),
        (
            "toObject(createArray('a'), lambda('x', concat('k', lambdaVariables('x'))))",
            json!({ "ka": "a" }),
        ),
        (
            "groupBy(createArray('aa', 'b', 'ab'), lambda('x', first(lambdaVariables('x'))))",
            json!({ "a": ["aa", "ab"], "b": ["b"] }),
        ),
        (
            "mapValues(createObject('a', 1), lambda('v', add(lambdaVariables('v'), 1)))",
            json!({ "a": 2 }),
        ),
        (
            "map(createArray(1, 2), lambda('x', map(createArray(10), lambda('y', add(lambdaVariables('x'), lambdaVariables('y'))))))",
            json!([[11], [12]]),
        ),
    ]);
    assert!(refusal("lambda('x', 1)").contains("not expected at this location"));
    assert!(refusal("map(createArray(1), 'x')").contains("expects a lambda"));
    assert!(refusal("map(createArray(1), lambda(1))").contains("variables"));
    assert!(refusal("lambdaVariables('x')").contains("lambda variable 'x' is not found"));
    assert!(refusal("filter(createArray(1), lambda('x', 1))").contains("boolean"));
}

#[test]
fn identifiers_of_resources() {
    let address = "Microsoft.Network/publicIPAddresses";
    hold(&[
        (
            "resourceId('Microsoft.Network/publicIPAddresses', 'p')",
            json!(format!("{GROUP}/providers/{address}/p")),
        ),
        (
            "resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 's')",
            json!(format!(
                "{GROUP}/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
            )),
        ),
        (
            "resourceId('other', 'Microsoft.Network/publicIPAddresses', 'p')",
            json!(format!(
                "/subscriptions/{SUBSCRIPTION}/resourceGroups/other/providers/{address}/p"
            )),
        ),
        (
            "resourceId('11111111-1111-1111-1111-111111111111', 'other', 'Microsoft.Network/publicIPAddresses', 'p')",
            json!(format!(
                "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/other/providers/{address}/p"
            )),
        ),
        (
            "subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'r')",
            json!(format!(
                "/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/r"
            )),
        ),
        (
            "subscriptionResourceId('s', 'Microsoft.Resources/resourceGroups', 'x')",
            json!("/subscriptions/s/resourceGroups/x"),
        ),
        (
            "tenantResourceId('Microsoft.Authorization/roleDefinitions', 'r')",
            json!("/providers/Microsoft.Authorization/roleDefinitions/r"),
        ),
        (
            "managementGroupResourceId('m', 'Microsoft.Authorization/policyDefinitions', 'p')",
            json!(
                "/providers/Microsoft.Management/managementGroups/m/providers/Microsoft.Authorization/policyDefinitions/p"
            ),
        ),
        (
            "extensionResourceId('/a/b', 'Microsoft.Authorization/locks', 'l')",
            json!("/a/b/providers/Microsoft.Authorization/locks/l"),
        ),
    ]);
    assert!(
        refusal("resourceId('Microsoft.Network/virtualNetworks/subnets', 'v')").contains(
            "the type 'Microsoft.Network/virtualNetworks/subnets' requires '2' resource name argument(s)"
        )
    );
    assert!(refusal("resourceId('a', 'b')").contains("type is not valid"));
    assert!(refusal("managementGroupResourceId('A.B/c', 'd')").contains("not expected"));
}

#[test]
fn what_is_around() {
    hold(&[
        ("resourceGroup().location", json!("westus")),
        ("subscription().subscriptionId", json!(SUBSCRIPTION)),
        ("deployment().name", json!("d")),
        ("tenant().tenantId", json!("t")),
        ("environment().suffixes.storage", json!("core.windows.net")),
        ("deployer().objectId", json!("o")),
        (
            "providers('microsoft.compute', 'VirtualMachines').apiVersions[0]",
            json!("2024-07-01"),
        ),
        (
            "pickZones('Microsoft.Compute', 'virtualMachines', 'westus')",
            json!(["1"]),
        ),
        (
            "pickZones('Microsoft.Compute', 'virtualMachines', 'West US', 2, 1)",
            json!(["2", "3"]),
        ),
        (
            "pickZones('Microsoft.Compute', 'virtualMachines', 'eastus')",
            json!([]),
        ),
    ]);
    assert!(refusal("managementGroup()").contains("not expected at this location"));
    assert!(
        refusal("pickZones('Microsoft.Compute', 'virtualMachines', 'westus', 3, 1)")
            .contains("zones")
    );
}

#[test]
fn moments_and_random_identifiers_are_for_defaults_alone() {
    for function in ["newGuid", "utcNow"] {
        let problem = try_value(&format!("{function}()")).unwrap_err();
        assert_eq!(problem.kind(), &Kind::Misplaced(function.to_owned()));
    }
    let members = json!({ "parameters": {
        "a": { "type": "string", "defaultValue": "[newGuid()]" },
        "b": { "type": "string", "defaultValue": "[newGuid()]" },
        "now": { "type": "string", "defaultValue": "[utcNow()]" },
        "day": { "type": "string", "defaultValue": "[utcNow('yyyy-MM-dd')]" },
    } });
    let shown = plan(&members).unwrap().parameters_shown();
    assert_eq!(shown["now"]["value"], "20261126T120000Z");
    assert_eq!(shown["day"]["value"], "2026-11-26");
    assert_ne!(shown["a"], shown["b"]);
    assert_eq!(shown["a"]["value"].as_str().unwrap().as_bytes()[14], b'4');
    assert_eq!(shown, plan(&members).unwrap().parameters_shown());
}

#[test]
fn blocks_of_addresses() {
    hold(&[
        (
            "parseCidr('10.144.1.7/20')",
            json!({
                "network": "10.144.0.0",
                "netmask": "255.255.240.0",
                "firstUsable": "10.144.0.1",
                "lastUsable": "10.144.15.254",
                "cidr": 20,
                "broadcast": "10.144.15.255",
            }),
        ),
        (
            "parseCidr('fdad::/64')",
            json!({
                "network": "fdad::",
                "netmask": "ffff:ffff:ffff:ffff::",
                "firstUsable": "fdad::",
                "lastUsable": "fdad::ffff:ffff:ffff:ffff",
                "cidr": 64,
            }),
        ),
        ("parseCidr('0.0.0.0/0').netmask", json!("0.0.0.0")),
        ("parseCidr('::/0').netmask", json!("::")),
        ("cidrSubnet('10.144.0.0/20', 24, 1)", json!("10.144.1.0/24")),
        ("cidrSubnet('10.0.0.0/24', 24, 0)", json!("10.0.0.0/24")),
        ("cidrSubnet('::/0', 0, 0)", json!("::/0")),
        ("cidrHost('10.144.3.0/24', 0)", json!("10.144.3.1")),
        ("cidrHost('10.144.3.0/24', 4)", json!("10.144.3.5")),
    ]);
    assert!(refusal("cidrSubnet('10.0.0.0/24', 26, 4)").contains("range"));
    assert!(refusal("cidrSubnet('10.0.0.0/24', 20, 0)").contains("range"));
    assert!(refusal("parseCidr('10.0.0.0/33')").contains("CIDR"));
}

#[test]
fn functions_of_the_template_see_what_they_are_given_alone() {
    let members = json!({
        "parameters": { "prefix": { "type": "string", "defaultValue": "outer" } },
        "functions": [{
            "namespace": "contoso",
            "members": {
                "uniqueName": {
                    "parameters": [{ "name": "prefix", "type": "string" }],
                    "output": { "type": "string", "value": "[concat(toLower(parameters('prefix')), '-x')]" },
                },
                "twice": {
                    "parameters": [{ "name": "a", "type": "string" }],
                    "output": { "type": "object", "value": { "one": "[parameters('a')]", "two": "[contoso.uniqueName(parameters('a'))]" } },
                },
                "outside": { "parameters": [], "output": { "type": "string", "value": "[variables('v')]" } },
                "unknown": { "output": { "type": "string", "value": "[parameters('prefix')]" } },
            },
        }],
        "variables": { "v": 1 },
    });
    let value = |expression: &str| value_in(&members, &json!(expression));
    assert_eq!(value("[CONTOSO.UniqueName('In')]").unwrap(), "in-x");
    assert_eq!(
        value("[contoso.twice('A')]").unwrap(),
        json!({ "one": "A", "two": "a-x" })
    );
    assert!(
        value("[contoso.outside()]")
            .unwrap_err()
            .to_string()
            .contains("'variables' is not expected")
    );
    assert!(
        value("[contoso.unknown()]")
            .unwrap_err()
            .to_string()
            .contains("parameter 'prefix' is not found")
    );
    assert!(
        value("[contoso.uniqueName()]")
            .unwrap_err()
            .to_string()
            .contains("requires 1 argument(s) while 0")
    );
    assert!(
        value("[contoso.no()]")
            .unwrap_err()
            .to_string()
            .contains("'contoso.no' is not valid")
    );
    assert_eq!(value("[sys.concat('a', 'b')]").unwrap(), "ab");
}

#[test]
fn functions_count_what_they_are_given() {
    for (expression, expected) in [
        (
            "toLower()",
            "function requires 1 argument(s) while 0 were provided",
        ),
        (
            "toLower('a', 'b')",
            "function requires 1 argument(s) while 2 were provided",
        ),
        (
            "substring('a')",
            "function requires 2 to 3 argument(s) while 1 were provided",
        ),
        (
            "union()",
            "function requires at least 1 argument(s) while 0 were provided",
        ),
        (
            "if(true())",
            "function requires 3 argument(s) while 1 were provided",
        ),
        (
            "parameters()",
            "function requires 1 argument(s) while 0 were provided",
        ),
        (
            "resourceGroup(1)",
            "function requires 0 argument(s) while 1 were provided",
        ),
        ("nosuch(1)", "The template function 'nosuch' is not valid."),
        ("fail('because')", "because"),
    ] {
        assert!(
            refusal(expression).contains(expected),
            "{expression}: {}",
            refusal(expression)
        );
    }
}

/// The names of the functions that the document lists.
fn listed() -> Vec<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/fidelity.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, section) = text.split_once("## Deployment templates").unwrap();
    let (_, rows) = section.split_once("| arrays |").unwrap();
    let (rows, _) = rows.split_once("\n\n").unwrap();
    rows.split('`')
        .skip(1)
        .step_by(2)
        .map(|name| name.replace('*', "Keys"))
        .collect()
}

#[test]
fn the_document_lists_the_functions_that_there_are() {
    let listed = listed();
    assert!(listed.len() > 90, "{}", listed.len());
    for name in &listed {
        let known = !matches!(
            try_value(&format!("{name}()")).map_err(|problem| problem.kind().clone()),
            Err(Kind::UnknownFunction(_))
        );
        assert!(known, "{name}");
    }
    for name in crate::arbitrary::FUNCTIONS {
        assert!(listed.iter().any(|known| known == name), "{name}");
    }
}

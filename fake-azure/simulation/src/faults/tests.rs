use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::*;

/// What goes wrong with a simulator of nothing.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Wrong {
    Explode(YesOr<Loudness>),
    Melt(Melting),
}

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Loudness {
    loudness: u8,
}

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Melting {
    degrees: u8,
}

impl Own for Wrong {
    const KINDS: &'static [&'static str] = &["explode", "melt"];
    const NAMES: &'static [&'static str] = &["room"];
    const STATUSES: RangeInclusive<u16> = 400..=599;
    const HAS_CODES: bool = true;

    fn is_operation(name: &str) -> bool {
        ["Open Door", "Close Door", "Open House"].contains(&name)
    }

    fn can_befall(&self, operation: &str) -> bool {
        !matches!(self, Self::Melt(_)) || operation == "Open Door"
    }

    fn can_befall_within(&self, operation: &str) -> bool {
        matches!(self, Self::Melt(_)) && operation == "Open House"
    }

    fn check(&self) -> Result<(), InvalidRule> {
        match self {
            Self::Melt(Melting { degrees: 0 }) => Err(InvalidRule::field(
                ["effect", "melt", "degrees"],
                "this is cold",
            )),
            _ => Ok(()),
        }
    }
}

type Wrongs = Faults<Wrong>;

fn rule(json: &str) -> Rule<Wrong> {
    serde_json::from_str(json).unwrap()
}

fn call<'a>(method: &'a str, path: &'a str) -> Call<'a> {
    Call {
        method,
        path,
        ..Call::default()
    }
}

/// The status that a call meets, and when.
fn met(faults: &mut Wrongs, call: &Call<'_>) -> Option<(When, u16)> {
    let hit = faults.hit(call, Timestamp::UNIX_EPOCH)?;
    match hit.effect {
        Effect::Status(answered) => Some((hit.when, answered.status)),
        other => panic!("{other:?}"),
    }
}

/// Which of so many calls are hit, counted from 1.
fn hits(faults: &mut Wrongs, calls: u32) -> Vec<u32> {
    let hit = |faults: &mut Wrongs| {
        faults
            .hit(&call("GET", "/"), Timestamp::UNIX_EPOCH)
            .is_some()
    };
    (1..=calls).filter(|_| hit(faults)).collect()
}

#[test]
fn the_nth_matching_call_is_hit_once() {
    let mut faults = Wrongs::default();
    let asked =
        r#"{"match": {"method": "POST", "path": "/start$"}, "nth": 2, "effect": {"status": 503}}"#;
    faults.add(rule(asked)).unwrap();
    assert_eq!(met(&mut faults, &call("GET", "/a/start")), None);
    assert_eq!(met(&mut faults, &call("post", "/a/start")), None);
    assert_eq!(met(&mut faults, &call("POST", "/a/start?t=1")), None);
    let hit = met(&mut faults, &call("POST", "/a/start"));
    assert_eq!(hit, Some((When::Before, 503)));
    assert!(faults.is_idle());
    assert_eq!(met(&mut faults, &call("POST", "/a/start")), None);
    let told = faults.clear();
    assert_eq!((told.len(), told[0].fired), (1, 1));
    assert!(faults.clear().is_empty());
}

#[test]
fn two_faults_for_one_call_hit_it_and_the_next() {
    let mut faults = Wrongs::default();
    for status in [500, 501] {
        let asked = format!(r#"{{"when": "after", "effect": {{"status": {status}}}}}"#);
        faults.add(rule(&asked)).unwrap();
    }
    let one_more = r#"{"nth": 2, "every": 3, "effect": {"status": 502}}"#;
    faults.add(rule(one_more)).unwrap();
    let seen: Vec<_> = (0..9)
        .map(|_| met(&mut faults, &call("GET", "/")).map_or(0, |(_, status)| status))
        .collect();
    // The second call of the third rule comes when the first two are done, and its next three later.
    assert_eq!(seen, [500, 501, 502, 0, 0, 502, 0, 0, 502]);
}

#[test]
fn faults_that_were_written_down_go_on_where_they_were() {
    let asked = r#"{"probability": 0.4, "nth": 2, "times": 20, "effect": {"status": 503}}"#;
    let mut faults = Wrongs::seeded(3);
    faults.add(rule(asked)).unwrap();
    for calls in 0..12 {
        hits(&mut faults, calls);
        let written = serde_json::to_string(&faults).unwrap();
        let mut read: Wrongs = serde_json::from_str(&written).unwrap();
        assert_eq!(read, faults);
        assert_eq!(read.told(), faults.told());
        assert_eq!(hits(&mut read, 9), hits(&mut faults.clone(), 9));
    }
}

#[test]
fn a_plan_that_is_told_again_goes_on_and_another_takes_its_place() {
    let rules = [500, 501, 502].map(|status| {
        rule(&format!(
            r#"{{"nth": 2, "times": 9, "effect": {{"status": {status}}}}}"#
        ))
    });
    let [first, second, third] = &rules;
    let mut faults = Wrongs::seeded(3);
    // Two alike are two.
    faults.plan([first, second, first]).unwrap();
    faults.add(second.clone()).unwrap();
    met(&mut faults, &call("GET", "/"));
    let before = faults.clone();
    faults.plan([first, first, second]).unwrap();
    assert_eq!(faults, before);

    faults.plan([third, first]).unwrap();

    let told = faults.told();
    let told: Vec<_> = told.iter().map(|told| (&told.rule, told.matched)).collect();
    assert_eq!(told, [(first, 1), (second, 1), (third, 0)]);
    faults.plan([]).unwrap();
    assert_eq!(faults.told().len(), 1, "what somebody asked for stays");
}

#[test]
fn a_rule_may_hit_more_than_once() {
    let rules = |json: &str| {
        let mut faults = Wrongs::seeded(7);
        let effect = r#""effect": {"drop": true}"#;
        faults.add(rule(&format!("{{{json}, {effect}}}"))).unwrap();
        faults
    };
    assert_eq!(hits(&mut rules(r#""nth": 2, "every": 2"#), 7), [2, 4, 6]);
    assert_eq!(hits(&mut rules(r#""every": 1"#), 3), [1, 2, 3]);
    assert_eq!(hits(&mut rules(r#""nth": 2, "times": 3"#), 9), [2, 3, 4]);
    assert_eq!(hits(&mut rules(r#""every": 3, "times": 2"#), 9), [1, 4]);
    assert_eq!(hits(&mut rules(r#""probability": 0"#), 99), [0; 0]);
    assert_eq!(hits(&mut rules(r#""probability": 1"#), 2), [1, 2]);
    let often = hits(&mut rules(r#""probability": 0.25"#), 1000);
    assert!((150..350).contains(&often.len()), "{}", often.len());
    assert_eq!(often, hits(&mut rules(r#""probability": 0.25"#), 1000));
    let some = hits(&mut rules(r#""probability": 0.25, "times": 3"#), 1000);
    assert_eq!(some, often[..3]);
    let even = hits(
        &mut rules(r#""nth": 2, "every": 2, "probability": 0.5"#),
        1000,
    );
    assert!(even.iter().all(|n| n % 2 == 0) && (150..350).contains(&even.len()));
}

#[test]
fn chance_follows_from_the_seed_and_the_rule() {
    let often = |seed, before: usize| {
        let mut faults = Wrongs::seeded(seed);
        for _ in 0..before {
            faults
                .add(rule(
                    r#"{"match": {"method": "PUT"}, "effect": {"drop": true}}"#,
                ))
                .unwrap();
        }
        let asked = r#"{"probability": 0.5, "effect": {"drop": true}}"#;
        faults.add(rule(asked)).unwrap();
        hits(&mut faults, 100)
    };
    assert_eq!(often(1, 0), often(1, 0));
    assert_ne!(often(1, 0), often(2, 0));
    assert_ne!(often(1, 0), often(1, 1));
}

#[test]
fn calls_are_matched_by_operation_and_by_what_they_name() {
    let mut faults = Wrongs::default();
    let asked = r#"{"match": {"operation": "open door", "room": "Cellar"}, "every": 1, "effect": {"drop": true}}"#;
    // A rule is written as the journal has the name.
    assert!(serde_json::from_str::<Rule<Wrong>>(asked).is_err());
    faults
        .add(rule(&asked.replace("open door", "Open Door")))
        .unwrap();
    let mut is_hit = |operation: &str, rooms: &[&str]| {
        let rooms = rooms.iter().map(|room| ("room", (*room).to_owned()));
        let call = Call {
            operation,
            names: rooms.chain([("floor", "cellar".to_owned())]).collect(),
            ..Call::default()
        };
        faults.hit(&call, Timestamp::UNIX_EPOCH).is_some()
    };
    assert!(is_hit("Open Door", &["cellar"]));
    assert!(is_hit("Open Door", &["attic", "CELLAR"]));
    assert!(!is_hit("Open Door", &[]));
    assert!(!is_hit("Close Door", &["cellar"]));
    assert!(!is_hit("", &["cellar"]));
}

#[test]
fn what_a_call_does_by_the_way_meets_what_needs_no_answer() {
    let mut faults = Wrongs::seeded(1);
    let within = Call {
        operation: "Open Door",
        within: Some("Open House"),
        ..Call::default()
    };
    for effect in [
        r#"{"status": 500}"#,
        r#"{"drop": true}"#,
        r#"{"melt": {"degrees": 3}}"#,
    ] {
        let json = format!(r#"{{"match": {{"operation": "Open Door"}}, "effect": {effect}}}"#);
        faults.add(rule(&json)).unwrap();
    }
    let hit = faults.hit(&within, Timestamp::UNIX_EPOCH).unwrap();
    assert!(matches!(hit.effect, Effect::Own(Wrong::Melt(_))), "{hit:?}");
    assert_eq!(faults.hit(&within, Timestamp::UNIX_EPOCH), None);
    let matched: Vec<u64> = faults.told().iter().map(|told| told.matched).collect();
    assert_eq!(matched, [0, 0, 1], "the others wait for calls of their own");
}

#[test]
fn what_a_call_does_by_the_way_is_of_its_operation_too() {
    let of = |operation, within| Call {
        operation,
        within,
        ..Call::default()
    };
    let asked = r#"{"match": {"operation": "Open House"}, "effect": {"melt": {"degrees": 3}}}"#;
    for (call, is_hit) in [
        (of("Open House", None), false),
        (of("Open Door", None), false),
        (of("Open Door", Some("Close Door")), false),
        (of("Open Door", Some("Open House")), true),
    ] {
        let mut faults = Wrongs::default();
        faults.add(rule(asked)).unwrap();
        let hit = faults.hit(&call, Timestamp::UNIX_EPOCH);
        assert_eq!(hit.is_some(), is_hit, "{call:?}");
    }
}

#[test]
fn a_rule_whose_effect_no_call_of_its_operation_can_meet_is_refused() {
    let asked = r#"{"match": {"operation": "Close Door"}, "effect": {"melt": {"degrees": 3}}}"#;
    let refused = Wrongs::default().add(rule(asked)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "`match.operation`: `Close Door` does nothing that this effect could befall"
    );
}

#[test]
fn an_effect_waits_for_a_call_that_it_can_befall() {
    let mut faults = Wrongs::default();
    faults
        .add(rule(r#"{"effect": {"melt": {"degrees": 9}}}"#))
        .unwrap();
    let of = |operation| Call {
        operation,
        ..Call::default()
    };
    assert!(
        faults
            .hit(&of("Close Door"), Timestamp::UNIX_EPOCH)
            .is_none()
    );
    assert!(
        faults
            .hit(&of("Open Door"), Timestamp::UNIX_EPOCH)
            .is_some()
    );
}

#[test]
fn it_is_told_what_rules_did_and_where() {
    let mut faults = Wrongs::default();
    let asked =
        r#"{"name": "slow", "match": {"path": "a"}, "nth": 2, "every": 2, "effect": {"delay": 2}}"#;
    faults.add(rule(asked)).unwrap();
    for path in ["/a/1", "/b", "/a/2", "/a/3", "/a/4"] {
        faults.hit(&call("GET", path), Timestamp::UNIX_EPOCH);
    }
    let told = serde_json::to_value(faults.told()).unwrap();
    assert_eq!(
        told,
        serde_json::json!([{
            "name": "slow",
            "match": {"path": "a"},
            "nth": 2,
            "every": 2,
            "when": "before",
            "effect": {"delay": 2.0},
            "matched": 4,
            "fired": 2,
            "at": [
                {"time": "1970-01-01T00:00:00Z", "operation": "", "method": "GET", "path": "/a/2"},
                {"time": "1970-01-01T00:00:00Z", "operation": "", "method": "GET", "path": "/a/4"},
            ],
        }])
    );
}

#[test]
fn every_effect_is_read_and_written() {
    for (json, effect) in [
        (r#"{"drop":true}"#, Effect::Drop),
        (r#"{"cut":true}"#, Effect::Cut),
        (r#"{"hang":true}"#, Effect::Hang),
        (r#"{"throttle":30}"#, Effect::Throttle(30)),
        (r#"{"garbage":true}"#, Effect::Garbage(None)),
        (
            r#"{"garbage":"<a>"}"#,
            Effect::Garbage(Some("<a>".to_owned())),
        ),
        (
            r#"{"delay":2.5}"#,
            Effect::Delay(Seconds(Duration::from_millis(2500))),
        ),
        (
            r#"{"explode":true}"#,
            Effect::Own(Wrong::Explode(YesOr::Yes)),
        ),
        (
            r#"{"explode":{"loudness":3}}"#,
            Effect::Own(Wrong::Explode(YesOr::More(Loudness { loudness: 3 }))),
        ),
        (
            r#"{"melt":{"degrees":3}}"#,
            Effect::Own(Wrong::Melt(Melting { degrees: 3 })),
        ),
        (
            r#"{"status":503,"code":"Busy","message":"wait","headers":{"Retry-After":"1"}}"#,
            Effect::Status(Answered {
                status: 503,
                code: Some("Busy".to_owned()),
                message: "wait".to_owned(),
                headers: [("Retry-After".to_owned(), "1".to_owned())].into(),
            }),
        ),
    ] {
        let read: Effect<Wrong> = serde_json::from_str(json).unwrap();
        assert_eq!(read, effect);
        assert_eq!(serde_json::to_string(&effect).unwrap(), json);
        // The same as TOML, by way of what both mean.
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        let toml = format!("[[fault]]\neffect = {}", inline(&value));
        let file: File = read_file("f", &toml).unwrap();
        assert_eq!(file.fault[0].effect, effect);
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    fault: Vec<Rule<Wrong>>,
}

impl Checked for File {
    fn check(&self) -> Result<(), InvalidRule> {
        let outer = |n| Place::from(["fault"]).item(n);
        let mut rules = self.fault.iter().enumerate();
        rules.try_for_each(|(n, rule)| rule.check().map_err(|why| why.within(outer(n))))
    }
}

/// JSON as an inline value of TOML.
fn inline(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Object(map) => {
            let members = map
                .iter()
                .map(|(key, value)| format!("{key:?} = {}", inline(value)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

#[test]
fn what_is_wrong_is_told_with_its_field() {
    let wrong = |json: &str| {
        let read = read::<Rule<Wrong>>(serde_json::from_str(json).unwrap());
        read.unwrap_err().to_string()
    };
    for (json, told) in [
        (r#"{"nth": "x", "effect": {"drop": true}}"#, "`nth`: "),
        (
            r#"{"nth": 0, "effect": {"drop": true}}"#,
            "`nth`: this counts from 1",
        ),
        (
            r#"{"every": 0, "effect": {"drop": true}}"#,
            "`every`: this counts from 1",
        ),
        (
            r#"{"times": 0, "effect": {"drop": true}}"#,
            "`times`: this counts from 1",
        ),
        (
            r#"{"probability": 1.5, "effect": {"drop": true}}"#,
            "`probability`: this is a number",
        ),
        (
            r#"{"match": {"path": 7}, "effect": {"drop": true}}"#,
            "`match.path`: ",
        ),
        (
            r#"{"match": {"path": "("}, "effect": {"drop": true}}"#,
            "`match.path`: not a regular expression",
        ),
        (
            r#"{"match": {"operation": "Fly"}, "effect": {"drop": true}}"#,
            "`match.operation`: no operation is called `Fly`",
        ),
        (
            r#"{"match": {"host": "x"}, "effect": {"drop": true}}"#,
            "unknown field `host`, expected one of `method`, `path`, `operation`, `room`",
        ),
        (r#"{"effect": "x"}"#, "`effect`: invalid type"),
        (
            r#"{"effect": {}}"#,
            "`effect`: an effect is one of `drop`, `status`",
        ),
        (
            r#"{"effect": {"fly": true}}"#,
            "`hang`, `explode` and `melt`, not `fly`",
        ),
        (
            r#"{"effect": {"drop": true, "cut": true}}"#,
            "`effect`: an effect is one of",
        ),
        (
            r#"{"effect": {"drop": false}}"#,
            "`effect.drop`: this is `true` or is not there",
        ),
        (
            r#"{"effect": {"drop": "yes"}}"#,
            "`effect.drop`: invalid type",
        ),
        (
            r#"{"effect": {"status": "x"}}"#,
            "`effect.status`: invalid type",
        ),
        (
            r#"{"effect": {"status": 200}}"#,
            "`effect.status`: an error's is from 400 to 599, not 200",
        ),
        (
            r#"{"effect": {"message": "x"}}"#,
            "`effect`: `message` is for a `status`",
        ),
        (
            r#"{"effect": {"drop": true, "code": "x"}}"#,
            "`effect`: `code` is for a `status`",
        ),
        (
            r#"{"effect": {"status": 500, "headers": {"a": 1}}}"#,
            "`effect.headers.a`: ",
        ),
        (r#"{"effect": {"delay": -1}}"#, "`effect.delay`: a time is"),
        (r#"{"effect": {"throttle": 1.5}}"#, "`effect.throttle`: "),
        (
            r#"{"effect": {"explode": {"loudness": "x"}}}"#,
            "`effect.explode.loudness`: ",
        ),
        (
            r#"{"effect": {"explode": 7}}"#,
            "`effect.explode`: invalid type",
        ),
        (
            r#"{"effect": {"melt": {}}}"#,
            "`effect.melt`: missing field `degrees`",
        ),
        (r#"{"when": "later", "effect": {"drop": true}}"#, "`when`"),
        (r#"{"nht": 1, "effect": {"drop": true}}"#, "nht"),
        (r#"{"nth": 1}"#, "missing field `effect`"),
    ] {
        let words = wrong(json);
        assert!(words.contains(told), "{json}: {words}");
    }
}

#[test]
fn what_is_wrong_with_a_part_is_told_with_its_whole_place() {
    let read = |json: &str| {
        let read = read::<Rule<Wrong>>(serde_json::from_str(json).unwrap());
        read.unwrap_err()
    };
    let cold = InvalidRule::field(["effect", "melt", "degrees"], "this is cold");
    assert_eq!(read(r#"{"effect": {"melt": {"degrees": 0}}}"#), cold);
    let long = "x".repeat(PATTERN + 1);
    let long = read(&format!(
        r#"{{"match": {{"path": "{long}"}}, "effect": {{"drop": true}}}}"#
    ));
    assert_eq!(
        long.to_string(),
        "`match.path`: it has 1025 bytes, but may have 1024"
    );
}

#[test]
fn what_is_wrong_with_a_file_is_told_with_its_line() {
    let wrong = |text: &str| read_file::<File>("f.toml", text).unwrap_err().to_string();
    let head = "# faults\n[[fault]]\neffect = { drop = true }\n\n[[fault]]\n";
    for (rest, told) in [
        (
            "nth = \"x\"\neffect = { drop = true }\n",
            "f.toml:6: `fault[1].nth`: invalid type",
        ),
        (
            "nth = 0\neffect = { drop = true }\n",
            "f.toml:6: `fault[1].nth`: this counts",
        ),
        (
            "nth = 2\n[fault.effect]\ndrop = false\n",
            "f.toml:8: `fault[1].effect.drop`: this is",
        ),
        (
            "[fault.match]\n\npath = \"(\"\n",
            "f.toml:8: `fault[1].match.path`: not a regular",
        ),
        (
            "[fault.match]\nmethod = \"PSOT\"\n",
            "f.toml:7: `fault[1].match.method`: no method is called `PSOT`: there are GET, ",
        ),
        (
            "[fault.effect]\nstatus = 200\n",
            "f.toml:7: `fault[1].effect.status`: an error's",
        ),
        (
            "[fault.effect]\nmelt = { degrees = \"hot\" }\n",
            "f.toml:7: `fault[1].effect.melt.degrees`",
        ),
        (
            "effect = { fly = true }\n",
            "f.toml:6: `fault[1].effect`: an effect is one of",
        ),
        (
            "[fault.effect]\n\nmelt.degrees = 0\n",
            "f.toml:8: `fault[1].effect.melt.degrees`: this is cold",
        ),
        (
            "[fault.effect]\nmelt = {\n  degrees = 0 }\n",
            "f.toml:8: `fault[1].effect.melt.degrees`: this is cold",
        ),
        (
            "effect = { status = 500, headers = { \"a b\" = \"1\" } }\n",
            "f.toml:6: `fault[1].effect.headers`: `a b` is not a header",
        ),
        (
            "effect = { melt = { degrees = 3 } }\n[fault.match]\noperation = \"Close Door\"\n",
            "f.toml:8: `fault[1].match.operation`: `Close Door` does nothing",
        ),
        ("nth = 1\n", "f.toml:5: `fault[1]`: missing field `effect`"),
        ("nth = \n", "f.toml:6: "),
    ] {
        let words = wrong(&format!("{head}{rest}"));
        assert!(words.starts_with(told), "{rest}: {words}");
    }
}

#[test]
fn rules_that_make_no_sense_are_refused_when_they_are_arranged() {
    let mut faults = Wrongs::default();
    let mut add = |change: fn(&mut Rule<Wrong>)| {
        let mut rule = Rule::new(Effect::Drop);
        change(&mut rule);
        faults.add(rule).unwrap_err().to_string()
    };
    assert_eq!(add(|rule| rule.nth = 0), "`nth`: this counts from 1");
    assert_eq!(
        add(|rule| rule.times = Some(0)),
        "`times`: this counts from 1"
    );
    assert!(add(|rule| rule.probability = Some(f64::NAN)).starts_with("`probability`: "));
    let no_such = add(|rule| rule.matches.method = Some("PSOT".to_owned()));
    assert!(
        no_such.starts_with("`match.method`: no method is called `PSOT`: there are GET, "),
        "{no_such}"
    );
    let no_such = add(|rule| rule.matches.operation = Some("Fly".to_owned()));
    assert!(no_such.contains("no operation is called `Fly`"));
    let unknown = add(|rule| {
        rule.matches.names.insert("host".to_owned(), String::new());
    });
    assert!(unknown.contains("unknown field `host`"), "{unknown}");
    let cold = add(|rule| rule.effect = Effect::Own(Wrong::Melt(Melting { degrees: 0 })));
    assert_eq!(cold, "`effect.melt.degrees`: this is cold");
    let status = add(|rule| rule.effect = Effect::Status(Answered::default()));
    assert!(status.starts_with("`effect.status`: "), "{status}");
    let answered = |change: fn(&mut Answered)| {
        let mut answered = Answered {
            status: 500,
            ..Answered::default()
        };
        change(&mut answered);
        let refused = Wrongs::default().add(Rule::new(Effect::Status(answered)));
        refused.unwrap_err().to_string()
    };
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let long = answered(|a| a.message = "x".repeat(TEXT + 1));
    assert!(long.starts_with("`effect.message` has "), "{long}");
    let long = answered(|a| a.code = Some("x".repeat(CODE + 1)));
    assert!(long.starts_with("`effect.code` has "), "{long}");
    let bad = answered(|a| a.headers = [("a b".to_owned(), String::new())].into());
    assert!(bad.starts_with("`effect.headers`: `a b`"), "{bad}");
    let many = answered(|a| {
        a.headers = (0..=HEADERS)
            .map(|n| (n.to_string(), String::new()))
            .collect();
    });
    assert!(many.starts_with("`effect.headers`: 65 members"), "{many}");
    let mut large = Answered {
        status: 500,
        ..Answered::default()
    };
    large.headers = [header("a", &"x".repeat(HEADER_BYTES))].into();
    let refused = Wrongs::default().add(Rule::new(Effect::Status(large)));
    assert!(matches!(refused, Err(InvalidRule::Long { .. })));
}

#[test]
fn costly_patterns_are_refused_and_those_that_people_write_are_not() {
    for costly in [
        "(a{1000}){100}",
        "((a{1,60}){1,60}){1,60}",
        r"[^/]{5000}",
        "(",
    ] {
        let refused = Pattern::new(costly).unwrap_err().to_string();
        assert!(
            refused.starts_with("`match.path`: not a regular"),
            "{refused}"
        );
    }
    let long = Pattern::new(&"a".repeat(PATTERN + 1));
    assert!(matches!(long, Err(InvalidRule::Long { .. })));
    for path in [
        r"^/services/hostedservices/[^/]+/deployments/[^/]+/roles/[^/]+/DataDisks/\d+$",
        r"/containers/(create|[0-9a-f]{12,64}/(start|stop|kill|wait|json))(\?|$)",
        r"(?i)deploymentslots/(production|staging)\?.*comp=(status|config|upgrade)",
    ] {
        Pattern::new(path).unwrap();
    }
}

#[test]
fn rules_that_wait_have_a_limit_and_those_that_hit_make_room() {
    let mut faults = Wrongs::default();
    let drop = || Rule::new(Effect::Drop);
    for _ in 0..WAITING {
        faults.add(drop()).unwrap();
    }
    assert_eq!(faults.add(drop()), Err(InvalidRule::Enough));
    let hit = |faults: &mut Wrongs| faults.hit(&call("GET", "/"), Timestamp::UNIX_EPOCH);
    hit(&mut faults).unwrap();
    faults.add(drop()).unwrap();
    for _ in 0..10_000 {
        hit(&mut faults).unwrap();
        faults.add(drop()).unwrap();
    }
    let told = faults.told();
    assert_eq!(told.len(), 10_000);
    assert!(told.iter().all(|told| told.at.len() as u64 == told.fired));
    assert_eq!(faults.clear().len(), 10_000);
}

#[test]
fn a_path_beyond_what_is_searched_costs_nothing() {
    let mut faults = Wrongs::default();
    let asked = r#"{"match": {"path": "b$"}, "every": 1, "effect": {"drop": true}}"#;
    faults.add(rule(asked)).unwrap();
    let long = format!("/{}b", "é".repeat(4096));
    assert!(
        faults
            .hit(&call("GET", &long), Timestamp::UNIX_EPOCH)
            .is_none()
    );
    let short = format!("/{}ab", "é".repeat(1000));
    assert!(
        faults
            .hit(&call("GET", &short), Timestamp::UNIX_EPOCH)
            .is_some()
    );
    assert!(faults.told()[0].at[0].path.len() <= 512);
}

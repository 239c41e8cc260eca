use super::*;

/// Applies instructions one by one and returns what the history shows of them.
fn apply(draft: &mut Draft, text: &str) -> Vec<String> {
    let (instructions, _) = read_instructions(text).unwrap();
    let changed = instructions.iter().map(|instruction| {
        let changed = draft.apply(&instruction.command).unwrap();
        changed.expect("a change").comment
    });
    changed.collect()
}

fn refusal(text: &str) -> String {
    let (instructions, _) = read_instructions(text).unwrap();
    let outcome = Draft::default().apply(&instructions[0].command);
    outcome.unwrap_err().to_string()
}

#[test]
fn each_instruction_changes_its_part_and_has_its_line() {
    let mut draft = Draft::default();
    let lines = apply(
        &mut draft,
        "CMD a b\nENV x=1 y=2\nENV x=3\nEXPOSE 80 53/udp\nLABEL a=b c=d\nMAINTAINER me\n\
         ONBUILD RUN x\nSTOPSIGNAL SIGINT\nUSER u:g\nVOLUME /v /w\nWORKDIR /a/../b\nWORKDIR c\n\
         HEALTHCHECK --retries=3 CMD x\nSHELL [\"sh\", \"-e\"]\nENTRYPOINT e",
    );

    assert_eq!(
        lines,
        [
            r#"CMD ["/bin/sh" "-c" "a b"]"#,
            "ENV x=1 y=2",
            "ENV x=3",
            "EXPOSE 53/udp 80",
            "LABEL a=b c=d",
            "MAINTAINER me",
            "ONBUILD RUN x",
            "STOPSIGNAL SIGINT",
            "USER u:g",
            "VOLUME [/v /w]",
            "WORKDIR /b",
            "WORKDIR /b/c",
            r#"HEALTHCHECK &{["CMD-SHELL" "x"] "0s" "0s" "0s" "0s" '\x03'}"#,
            "SHELL [sh -e]",
            r#"ENTRYPOINT ["sh" "-e" "e"]"#,
        ]
    );
    let expected: Config = serde_json::from_value(serde_json::json!({
        "Cmd": ["/bin/sh", "-c", "a b"],
        "Env": ["x=3", "y=2"],
        "ExposedPorts": {"80/tcp": {}, "53/udp": {}},
        "Labels": {"a": "b", "c": "d"},
        "OnBuild": ["RUN x"],
        "StopSignal": "SIGINT",
        "User": "u:g",
        "Volumes": {"/v": {}, "/w": {}},
        "WorkingDir": "/b/c",
        "Healthcheck": {"Test": ["CMD-SHELL", "x"], "Retries": 3},
        "Shell": ["sh", "-e"],
        "Entrypoint": ["sh", "-e", "e"],
    }))
    .unwrap();
    assert_eq!(draft.config, expected);
    assert_eq!(draft.author, "me");
}

#[test]
fn an_entry_point_takes_the_base_s_command_away_and_not_that_of_the_file() {
    let base = Config {
        cmd: Some(Words(vec!["sh".to_owned()])),
        ..Config::default()
    };
    let mut draft = Draft::on(base);

    assert_eq!(
        apply(&mut draft, "ENTRYPOINT [\"e\"]"),
        ["ENTRYPOINT [\"e\"]"]
    );
    assert_eq!(draft.config.cmd, None);
    apply(&mut draft, "CMD [\"c\"]\nENTRYPOINT [\"f\"]");
    assert_eq!(draft.config.cmd, Some(Words(vec!["c".to_owned()])));
    assert_eq!(apply(&mut draft, "ENTRYPOINT []"), ["ENTRYPOINT []"]);
    assert_eq!(draft.config.entrypoint, None);
    assert_eq!(apply(&mut draft, "CMD []"), ["CMD []"]);
    assert_eq!(draft.config.cmd, Some(Words(Vec::new())));
}

#[test]
fn a_second_health_check_is_noticed() {
    let mut draft = Draft::default();
    let mut notice = |text| {
        let (instructions, _) = read_instructions(text).unwrap();
        draft
            .apply(&instructions[0].command)
            .unwrap()
            .unwrap()
            .notice
    };

    assert_eq!(notice("HEALTHCHECK CMD a b"), None);
    assert_eq!(
        notice("HEALTHCHECK NONE").as_deref(),
        Some("Note: overriding previous HEALTHCHECK: [CMD-SHELL a b]\n")
    );
    assert_eq!(notice("HEALTHCHECK CMD c"), None);
}

#[test]
fn what_means_nothing_to_an_image_is_refused() {
    assert_eq!(refusal("STOPSIGNAL NOPE"), "invalid signal: NOPE");
    assert_eq!(refusal("EXPOSE x"), "Invalid containerPort: x");
}

#[test]
fn a_configuration_does_not_grow_without_end() {
    let mut draft = Draft::default();
    apply(&mut draft, "EXPOSE 0-65535");
    let (instructions, _) = read_instructions("EXPOSE 0-65535/udp").unwrap();
    let refusal = draft.apply(&instructions[0].command).unwrap_err();

    assert!(
        refusal
            .to_string()
            .starts_with("the configuration of the image is larger than")
    );
}

#[test]
fn a_commit_takes_some_instructions_and_no_others() {
    let changes = |list: &[&str]| {
        let list: Vec<String> = list.iter().map(|change| (*change).to_owned()).collect();
        change(Config::default(), &list)
    };

    let config = changes(&["ENV a=1", "workdir /$a", "CMD [\"x\"]"]).unwrap();
    assert_eq!(config.working_dir, "/1");
    assert_eq!(config.command_line(), ["x"]);
    assert_eq!(changes(&[]).unwrap(), Config::default());
    for (change, words) in [
        ("RUN x", "RUN is not a valid change command"),
        ("from x", "from is not a valid change command"),
        ("SHELL [\"x\"]", "SHELL is not a valid change command"),
        ("ENV x", "ENV must have two arguments"),
        ("NOPENOPE x", "NOPENOPE is not a valid change command"),
        ("EXPOSE x", "Invalid containerPort: x"),
    ] {
        assert_eq!(
            changes(&[change]).unwrap_err().to_string(),
            words,
            "{change}"
        );
    }
}

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::build::order::Order;
use crate::build::workshop::fake::FakeWorkshop;
use crate::files::{Credentials, Tree};

const ROOT: &Credentials = &Credentials::ROOT;

fn context(dockerfile: &str) -> View {
    let now = jiff::Timestamp::UNIX_EPOCH;
    let view = View::of(Tree::new(now));
    let write = |path: &str, text: &str| view.write(path, text, 0o644, ROOT, now).unwrap();
    write("/Dockerfile", dockerfile);
    write("/data.txt", "data\n");
    write("/other.txt", "other\n");
    view.create_dir("/d", 0o755, ROOT, now).unwrap();
    view.write("/d/e", "E", 0o644, ROOT, now).unwrap();
    view
}

fn plan(dockerfile: &str, order: Order) -> Plan {
    Plan::make(order, context(dockerfile), jiff::Timestamp::UNIX_EPOCH).unwrap()
}

/// Builds, and returns every document that the client would read.
async fn documents(workshop: &FakeWorkshop, dockerfile: &str, order: Order) -> Vec<Value> {
    let (output, mut from) = Output::new(false, true);
    let mut documents = Vec::new();
    let reading = async {
        while let Some(line) = from.recv().await {
            assert!(line.ends_with(b"\r\n"));
            documents.push(serde_json::from_slice(&line).unwrap());
        }
    };
    tokio::join!(build(plan(dockerfile, order), workshop, output), reading);
    documents
}

/// The text of a build; what is no text stands in it as JSON.
async fn text(workshop: &FakeWorkshop, dockerfile: &str, order: Order) -> String {
    let documents = documents(workshop, dockerfile, order).await;
    let texts = documents.iter().map(|document| match &document["stream"] {
        Value::String(text) => text.clone(),
        _ => format!("{document}\n"),
    });
    texts.collect()
}

async fn plain(dockerfile: &str) -> String {
    text(&FakeWorkshop::new(), dockerfile, Order::default()).await
}

fn failure(message: &str) -> String {
    format!(
        "{}\n",
        json!({"errorDetail": {"message": message}, "error": message})
    )
}

fn id(number: u64) -> String {
    format!("{number:012x}")
}

#[tokio::test]
async fn each_step_is_told_as_the_engine_tells_it() {
    let workshop = FakeWorkshop::new();
    let order = Order {
        tags: vec!["built:1".to_owned()],
        ..Order::default()
    };
    let file = "FROM busybox AS base\nLABEL a=b\nRUN echo hi\nFROM base\nCOPY data.txt /x\n";

    let stream = |text: &str| json!({"stream": text});
    let aux =
        |number: u64| json!({"aux": {"ID": format!("sha256:{}{}", id(number), "0".repeat(52))}});
    assert_eq!(
        documents(&workshop, file, order).await,
        [
            stream("Step 1/5 : FROM busybox AS base"),
            stream("\n"),
            stream(" ---> 000000000001\n"),
            stream("Step 2/5 : LABEL a=b"),
            stream("\n"),
            stream(" ---> Running in 000000000002\n"),
            stream(" ---> Removed intermediate container 000000000002\n"),
            stream(" ---> 000000000003\n"),
            stream("Step 3/5 : RUN echo hi"),
            stream("\n"),
            stream(" ---> Running in 000000000004\n"),
            stream("hi\n"),
            stream(" ---> Removed intermediate container 000000000004\n"),
            stream(" ---> 000000000005\n"),
            aux(5),
            stream("Step 4/5 : FROM base"),
            stream("\n"),
            stream(" ---> 000000000005\n"),
            stream("Step 5/5 : COPY data.txt /x"),
            stream("\n"),
            stream(" ---> 000000000006\n"),
            aux(6),
            stream("Successfully built 000000000006\n"),
            stream("Successfully tagged built:1\n"),
        ]
    );
    let built = workshop.kept("built:1");
    assert_eq!(
        View::of(Tree::on(built.tree)).read("/x", ROOT).unwrap()[..],
        *b"data\n"
    );
    assert_eq!(
        built.image.config.image,
        format!("sha256:{}{}", id(5), "0".repeat(52))
    );
    assert!(workshop.state().containers.is_empty());
}

#[tokio::test]
async fn what_was_built_before_is_not_built_again() {
    let workshop = FakeWorkshop::new();
    let file = "FROM busybox\nENV a=1\nCOPY d /d\nWORKDIR /w\nRUN echo hi\nCMD x\n";
    let first = text(&workshop, file, Order::default()).await;
    let second = text(&workshop, file, Order::default()).await;

    assert_eq!(second.matches(" ---> Using cache\n").count(), 5, "{second}");
    assert_eq!(first.lines().last(), second.lines().last());
    // After a step that is not known no other is.
    let changed = file.replace("/d\n", "/e\n");
    let third = text(&workshop, &changed, Order::default()).await;
    assert_eq!(third.matches(" ---> Using cache\n").count(), 1, "{third}");

    for order in [
        Order {
            no_cache: true,
            ..Order::default()
        },
        Order {
            cache_from: vec!["busybox".to_owned()],
            ..Order::default()
        },
    ] {
        let again = text(&workshop, file, order).await;
        assert_eq!(again.matches("Using cache").count(), 0, "{again}");
    }
}

#[tokio::test]
async fn a_cache_from_an_image_is_what_it_was_made_of() {
    let workshop = FakeWorkshop::new();
    let order = |cache_from: &str, tag: &str| Order {
        tags: vec![tag.to_owned()],
        cache_from: vec![cache_from.to_owned()],
        ..Order::default()
    };
    text(
        &workshop,
        "FROM busybox\nENV a=1\nENV b=1\n",
        order("none", "one"),
    )
    .await;
    let again = text(
        &workshop,
        "FROM busybox\nENV a=1\nENV b=2\n",
        order("one", "two"),
    )
    .await;

    assert_eq!(again.matches("Using cache").count(), 1, "{again}");
}

#[tokio::test]
async fn files_count_in_the_cache_and_their_times_do_not() {
    let workshop = FakeWorkshop::new();
    let first = plan("FROM busybox\nCOPY *.txt /d/\n", Order::default());
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    for (text, hits) in [("data\n", 1), ("changed\n", 0)] {
        let (output, _from) = Output::new(true, false);
        build(
            plan("FROM busybox\nCOPY *.txt /d/\n", Order::default()),
            &workshop,
            output,
        )
        .await;
        first
            .context
            .write("/data.txt", text, 0o644, ROOT, now)
            .unwrap();
        let again = Plan::make(Order::default(), first.context.clone(), now).unwrap();
        let (output, mut from) = Output::new(false, false);
        build(again, &workshop, output).await;
        let mut said = String::new();
        while let Ok(line) = from.try_recv() {
            said += std::str::from_utf8(&line).unwrap();
        }
        assert_eq!(said.matches("Using cache").count(), hits, "{said}");
    }
}

#[tokio::test]
async fn a_command_that_fails_ends_the_build_and_leaves_its_container() {
    let workshop = FakeWorkshop::new();
    let said = text(
        &workshop,
        "FROM busybox\nRUN exit 3\nRUN echo no\n",
        Order::default(),
    )
    .await;

    let message = "The command '/bin/sh -c exit 3' returned a non-zero code: 3";
    let detail = json!({"errorDetail": {"code": 3, "message": message}, "error": message});
    assert!(
        said.ends_with(&format!(" ---> Running in 000000000002\n{detail}\n")),
        "{said}"
    );
    assert_eq!(workshop.state().containers.len(), 1);
}

#[tokio::test]
async fn containers_stay_or_go_as_is_asked_for() {
    let workshop = FakeWorkshop::new();
    let keeps = Order {
        remove: false,
        ..Order::default()
    };
    let said = text(&workshop, "FROM busybox\nENV a=1\nRUN echo x\n", keeps).await;
    assert!(!said.contains("Removed intermediate container"), "{said}");
    assert_eq!(workshop.state().containers.len(), 2);

    let forces = Order {
        force_remove: true,
        ..Order::default()
    };
    let said = text(&workshop, "FROM busybox\nRUN exit 1\n", forces).await;
    assert!(
        said.contains(" ---> Removed intermediate container "),
        "{said}"
    );
    assert_eq!(workshop.state().containers.len(), 2);
}

#[tokio::test]
async fn arguments_go_to_commands_and_into_the_history() {
    let workshop = FakeWorkshop::new();
    let given = [("a", "1"), ("http_proxy", "p"), ("x", "2"), ("y", "3")];
    let order = Order {
        arguments: given
            .map(|(name, value)| (name.to_owned(), Some(value.to_owned())))
            .into(),
        tags: vec!["t".to_owned()],
        ..Order::default()
    };
    let said = text(&workshop, "FROM busybox\nARG a\nARG b=2\nRUN env\n", order).await;

    assert!(
        said.contains("PATH=/bin\na=1\nb=2\nhttp_proxy=p\n"),
        "{said}"
    );
    assert!(
        said.contains(
            "[Warning] One or more build-args [x y] were not consumed\nSuccessfully built"
        ),
        "{said}"
    );
    let built = workshop.kept("t");
    let words = built.container_config.cmd.unwrap().0;
    assert_eq!(words, ["|2", "a=1", "b=2", "/bin/sh", "-c", "env"]);
    assert_eq!(built.image.config.env.unwrap(), ["PATH=/bin"]);
    assert_eq!(built.image.config.cmd.unwrap().0, ["sh"]);
}

#[tokio::test]
async fn arguments_before_the_first_stage_are_steps_for_its_base() {
    let said = plain("ARG B=busybox\nARG C=${B}\nFROM $C\nARG C\nRUN echo $C\n").await;

    assert!(said.starts_with("Step 1/5 : ARG B=busybox\nStep 2/5 : ARG C=${B}\nStep 3/5 : FROM $C\n ---> 000000000001\n"), "{said}");
    assert!(
        plain("FROM $x\n")
            .await
            .ends_with(&failure("base name ($x) should not be blank"))
    );
}

#[tokio::test]
async fn the_history_shows_what_steps_did() {
    let workshop = FakeWorkshop::new();
    for (instruction, shown) in [
        ("CMD [\"a\", \"b\"]", "/bin/sh -c #(nop)  CMD [\"a\" \"b\"]"),
        ("ENV a=b", "/bin/sh -c #(nop)  ENV a=b"),
        ("ARG a=b c", "/bin/sh -c #(nop)  ARG a=b c"),
        ("WORKDIR /w", "/bin/sh -c #(nop) WORKDIR /w"),
        ("RUN echo x", "/bin/sh -c echo x"),
        ("RUN [\"echo\", \"x\"]", "echo x"),
    ] {
        let order = Order {
            tags: vec!["t".to_owned()],
            ..Order::default()
        };
        let file =
            format!("FROM busybox\n{instruction}\n").replace("[\"echo\", \"x\"]", "[\"echo x\"]");
        text(&workshop, &file, order).await;
        let words = workshop.kept("t").container_config.cmd.unwrap().0;
        assert_eq!(words.join(" "), shown);
    }
}

#[tokio::test]
async fn copies_show_their_hash_and_owner_in_the_history() {
    let workshop = FakeWorkshop::new();
    let order = || Order {
        tags: vec!["t".to_owned()],
        ..Order::default()
    };
    let shown = async |instruction: &str| {
        text(
            &workshop,
            &format!("FROM busybox\nWORKDIR /w\n{instruction}\n"),
            order(),
        )
        .await;
        let kept = workshop.kept("t");
        (
            kept.container_config.cmd.unwrap().0.join(" "),
            View::of(Tree::on(kept.tree)),
        )
    };

    let (line, files) = shown("COPY --chown=nobody:users data.txt x/").await;
    assert!(
        line.starts_with("/bin/sh -c #(nop) COPY --chown=nobody:users file:"),
        "{line}"
    );
    assert!(line.ends_with(" in x/ "), "{line}");
    let stat = files.stat("/w/x/data.txt", ROOT).unwrap();
    assert_eq!((stat.meta.uid, stat.meta.gid), (65534, 100));
    let (line, files) = shown("ADD d .").await;
    assert!(line.starts_with("/bin/sh -c #(nop) ADD dir:"), "{line}");
    assert!(files.is_file("/w/e", ROOT));
    let (line, files) = shown("COPY *.txt d/e /z/").await;
    assert!(line.contains(" COPY multi:"), "{line}");
    assert!(files.is_file("/z/e", ROOT) && files.is_file("/z/other.txt", ROOT));
}

#[tokio::test]
async fn files_come_from_stages_and_images() {
    let workshop = FakeWorkshop::new();
    let order = Order {
        tags: vec!["t".to_owned()],
        ..Order::default()
    };
    let file = "FROM busybox AS One\nRUN write made one\nFROM scratch\nCOPY --from=one /made /a\n\
                COPY --from=0 made /b\nCOPY --from=busybox /etc/passwd /c\n";
    let said = text(&workshop, file, order).await;

    assert!(said.contains("FROM scratch\n ---> \n"), "{said}");
    let files = View::of(Tree::on(workshop.kept("t").tree));
    for path in ["/a", "/b", "/c"] {
        assert!(files.is_file(path, ROOT), "{path}");
    }
}

#[tokio::test]
async fn a_build_stops_at_the_stage_that_is_asked_for() {
    let workshop = FakeWorkshop::new();
    let order = Order {
        target: "ONE".to_owned(),
        labels: [("l".to_owned(), "$a".to_owned())].into(),
        tags: vec!["t".to_owned()],
        ..Order::default()
    };
    let said = text(
        &workshop,
        "FROM busybox AS one\nENV a=1\nFROM nothing\n",
        order,
    )
    .await;

    assert!(said.contains("Step 3/3 : LABEL l=$a\n"), "{said}");
    assert_eq!(workshop.kept("t").image.config.labels.unwrap()["l"], "$a");
    let missing = Order {
        target: "zz".to_owned(),
        ..Order::default()
    };
    let refusal = Plan::make(
        missing,
        context("FROM a AS b\n"),
        jiff::Timestamp::UNIX_EPOCH,
    );
    let refusal = refusal.unwrap_err();
    assert!(refusal.is_client_s());
    assert_eq!(
        refusal.to_string(),
        "target stage \"zz\" could not be found"
    );
}

#[tokio::test]
async fn a_base_leaves_steps_to_whoever_builds_on_it() {
    let workshop = FakeWorkshop::with_base(json!({"OnBuild": ["ENV a=1", "RUN echo triggered"]}));
    let said = text(&workshop, "FROM busybox\n", Order::default()).await;

    assert!(said.starts_with(
        "Step 1/1 : FROM busybox\n# Executing 2 build triggers\n ---> Running in 000000000002\n \
         ---> Removed intermediate container 000000000002\n ---> Running in 000000000004\ntriggered\n"
    ), "{said}");
    let one = FakeWorkshop::with_base(json!({"OnBuild": ["ENV a=1"]}));
    assert!(
        text(&one, "FROM busybox\n", Order::default())
            .await
            .contains("# Executing 1 build trigger\n")
    );
    let wrong = FakeWorkshop::with_base(json!({"OnBuild": ["ENV a=1\nENV b=2"]}));
    let said = text(&wrong, "FROM busybox\n", Order::default()).await;
    assert!(
        said.ends_with(&failure("onbuild trigger should be a single expression")),
        "{said}"
    );
}

#[tokio::test]
async fn bases_are_pulled_as_is_asked_for() {
    let workshop = FakeWorkshop::new();
    let order = Order {
        pull: true,
        platform: "linux/arm64".to_owned(),
        ..Order::default()
    };
    let file =
        "FROM --platform=linux/amd64 busybox AS a\nFROM a\nCOPY --from=busybox /etc/passwd /x\n";
    let said = text(&workshop, file, order).await;

    assert!(said.contains("{\"status\":\"Pulling busybox\"}"), "{said}");
    let base = format!("sha256:{}{}", id(1), "0".repeat(52));
    assert_eq!(
        workshop.state().deeds,
        [
            "image busybox linux/amd64 Always".to_owned(),
            format!("image {base} linux/arm64 Never"),
            "image busybox linux/arm64 Always".to_owned(),
        ]
    );
}

#[tokio::test]
async fn what_goes_wrong_at_a_step_is_told_in_the_engine_s_words() {
    let buildkit = |flag: &str| {
        format!(
            "the --{flag} option requires BuildKit. Refer to https://docs.docker.com/go/buildkit/ to learn how to build images with BuildKit enabled"
        )
    };
    let missing = "file not found in build context or excluded by .dockerignore: stat nope: file does not exist";
    for (instructions, message) in [
        ("COPY nope /x", format!("COPY failed: {missing}")),
        ("ADD nope data.txt /x", format!("ADD failed: {missing}")),
        ("COPY x* /x", "COPY failed: no source files were specified".to_owned()),
        ("COPY <<E /x\nE", "COPY failed: no source files were specified".to_owned()),
        ("COPY *.txt /x", "When using COPY with more than one source file, the destination must be a directory and end with a /".to_owned()),
        ("COPY ../x /x", "COPY failed: forbidden path outside the build context: ../x ()".to_owned()),
        ("COPY http://x/y /x", "COPY failed: source can't be a URL for COPY".to_owned()),
        ("COPY --from=nope a /x", "invalid from flag value nope: pull access denied for nope".to_owned()),
        ("COPY --from=0 a /x", "invalid from flag value 0: refers to current build stage".to_owned()),
        ("COPY --from=7 a /x", "invalid from flag value 7: index out of bounds".to_owned()),
        ("COPY --from=busybox nope /x", "COPY failed: stat nope: file does not exist".to_owned()),
        ("COPY --chmod=600 data.txt /x", buildkit("chmod")),
        ("ADD --chmod=600 data.txt /x", buildkit("chmod")),
        ("RUN --mount=type=cache,target=/x true", buildkit("mount")),
        ("RUN --network=none true", buildkit("network")),
        ("COPY --chown=nobody data.txt /x", "unable to convert uid/gid chown string to host mapping: can't find gid for group nobody: no such group: nobody".to_owned()),
        ("COPY data.txt /etc/passwd/x", "failed to copy files: /etc/passwd: file exists".to_owned()),
        ("STOPSIGNAL NOPE", "invalid signal: NOPE".to_owned()),
        ("EXPOSE x", "Invalid containerPort: x".to_owned()),
        ("USER ${x", "failed to process \"${x\": unsupported modifier (\u{fffd}) in substitution".to_owned()),
        ("FROM busybox AS a\nFROM busybox AS A", "a stage name already used".to_owned()),
        ("FROM scratch", "No image was generated. Is your Dockerfile empty?".to_owned()),
        ("FROM nosuch/image:1", "pull access denied for nosuch/image:1".to_owned()),
        ("RUN nonsense", "nonsense: not found".to_owned()),
    ] {
        let said = plain(&format!("FROM busybox\n{instructions}\n")).await;
        assert!(said.ends_with(&failure(&message)), "{instructions}: {said}");
    }
    let said = plain("FROM busybox\nADD https://x/y /z\n").await;
    assert!(
        said.contains("ADD failed: Get \\\"https://x/y\\\": "),
        "{said}"
    );
}

#[tokio::test]
async fn warnings_are_told_where_they_arise() {
    let said = plain("FROM busybox\nUSER warned\nRUN complain oh \\\n\n no\n").await;

    assert!(said.starts_with(
        "\u{1b}[91m[WARNING]: Empty continuation line found in: RUN complain oh  no\n\u{1b}[0m\
         \u{1b}[91m[WARNING]: Empty continuation lines will become errors in a future release.\n\u{1b}[0m\
         Step 1/3 : FROM busybox\n"
    ), "{said}");
    assert!(
        said.contains(" ---> [Warning] somebody warns\n ---> Running in "),
        "{said}"
    );
    assert!(said.contains("\u{1b}[91moh  no\n\u{1b}[0m"), "{said}");
    let twice = plain("FROM busybox\nHEALTHCHECK CMD a\nHEALTHCHECK NONE\n").await;
    assert!(
        twice.contains("Note: overriding previous HEALTHCHECK: [CMD-SHELL a]\n ---> Running in"),
        "{twice}"
    );
}

#[tokio::test]
async fn a_command_runs_without_the_image_s_entry_point_and_health_check() {
    let workshop = FakeWorkshop::with_base(json!({
        "Entrypoint": ["/entry"], "Healthcheck": {"Test": ["CMD", "x"]},
    }));
    let order = Order {
        remove: false,
        tags: vec!["t".to_owned()],
        ..Order::default()
    };
    text(&workshop, "FROM busybox\nRUN echo x\n", order).await;

    let containers = workshop.state().containers.clone();
    let (ran, _) = containers.values().next().unwrap();
    assert_eq!(ran.entrypoint.as_ref().unwrap().0, [""]);
    assert_eq!(
        ran.healthcheck.as_ref().unwrap().test.as_ref().unwrap(),
        &["NONE"]
    );
    let built = workshop.kept("t");
    assert_eq!(built.image.config.entrypoint.unwrap().0, ["/entry"]);
    assert_eq!(built.container_config.entrypoint, None);
    // Every engine gives a search path.
    assert_eq!(built.image.config.env.unwrap(), [PATH]);
}

#[tokio::test]
async fn a_maintainer_is_the_author() {
    let workshop = FakeWorkshop::new();
    let order = Order {
        tags: vec!["t".to_owned()],
        ..Order::default()
    };
    text(&workshop, "FROM busybox\nMAINTAINER me\n", order).await;

    assert_eq!(workshop.kept("t").author, "me");
}

#[tokio::test]
async fn a_build_ends_when_its_client_goes() {
    let workshop = FakeWorkshop::new();
    let (output, mut from) = Output::new(false, true);
    let building = build(
        plan("FROM busybox\nRUN hang\n", Order::default()),
        &workshop,
        output,
    );
    let leaving = async {
        while let Some(line) = from.recv().await {
            if line.windows(10).any(|part| part == b"Running in") {
                break;
            }
        }
        drop(from);
    };
    let both = Box::pin(async { tokio::join!(building, leaving) });
    tokio::time::timeout(Duration::from_secs(10), both)
        .await
        .expect("the build ends");

    assert!(workshop.state().containers.is_empty());
    assert_eq!(
        workshop.state().deeds.last().unwrap(),
        "remove 000000000002"
    );
}

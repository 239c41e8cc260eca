use jiff::Timestamp;

use super::*;
use crate::files::Tree;

fn files() -> View {
    let now = Timestamp::UNIX_EPOCH;
    let view = View::of(Tree::new(now));
    view.create_dir_all("/d/e", 0o755, ROOT, now).unwrap();
    for path in ["/a.txt", "/b.txt", "/d/c.txt", "/d/e/f"] {
        view.write(path, path, 0o644, ROOT, now).unwrap();
    }
    view.symlink("/d/c.txt", "/link", ROOT, now).unwrap();
    view.symlink("nowhere", "/dangling", ROOT, now).unwrap();
    view
}

async fn found(written: &str) -> Vec<String> {
    let found = Source::context(files()).find(written).await.unwrap();
    found.into_iter().map(|found| found.path).collect()
}

async fn refusal(source: &mut Source, written: &str) -> String {
    source.find(written).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_path_names_one_thing_and_a_pattern_several() {
    assert_eq!(found("/a.txt").await, ["a.txt"]);
    assert_eq!(found("./d").await, ["d"]);
    assert_eq!(found(".").await, ["."]);
    assert_eq!(found("d/../a.txt").await, ["d/../a.txt"]);
    assert_eq!(found("*.txt").await, ["a.txt", "b.txt"]);
    assert_eq!(found("d/*").await, ["d/c.txt", "d/e"]);
    assert_eq!(found("*/*/f").await, ["d/e/f"]);
    assert_eq!(found("x*").await, [""; 0]);
    assert_eq!(found("link").await, ["link"]);
}

#[tokio::test]
async fn what_is_not_there_is_missed_in_the_engine_s_words() {
    let mut context = Source::context(files());
    let missing = "file not found in build context or excluded by .dockerignore";
    assert_eq!(
        refusal(&mut context, "/nope").await,
        format!("{missing}: stat nope: file does not exist")
    );
    assert_eq!(
        refusal(&mut context, "dangling").await,
        format!("{missing}: stat dangling: file does not exist")
    );
    assert_eq!(
        refusal(&mut context, "../x").await,
        "forbidden path outside the build context: ../x ()"
    );
    assert_eq!(
        refusal(&mut context, "a.txt/x").await,
        "stat a.txt/x: not a directory"
    );
    assert_eq!(refusal(&mut context, "[").await, "syntax error in pattern");
    let mut image = Source::image(files());
    assert_eq!(
        refusal(&mut image, "nope").await,
        "stat nope: file does not exist"
    );
}

async fn hash(view: &View, written: &str) -> String {
    let found = Source::context(view.clone()).find(written).await.unwrap();
    of_several(&found)
}

#[tokio::test]
async fn a_hash_is_of_content_and_mode_and_not_of_time() {
    let later: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let view = files();
    let (file, directory) = (hash(&view, "a.txt").await, hash(&view, "d").await);
    assert!(file.starts_with("file:") && file.len() == 5 + 64, "{file}");
    assert!(directory.starts_with("dir:"), "{directory}");
    assert!(hash(&view, "*.txt").await.starts_with("multi:"));

    view.set_modified("/a.txt", later, ROOT, later).unwrap();
    assert_eq!(hash(&view, "a.txt").await, file);
    view.chmod("/a.txt", 0o600, ROOT).unwrap();
    assert_ne!(hash(&view, "a.txt").await, file);

    view.write("/d/e/f", "other", 0o644, ROOT, later).unwrap();
    assert_ne!(hash(&view, "d").await, directory);
}

#[tokio::test]
async fn a_link_has_the_hash_of_what_it_leads_to() {
    let view = files();

    assert_eq!(hash(&view, "link").await, hash(&view, "d/c.txt").await);
}

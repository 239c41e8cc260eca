//! A view against a model of one, over random work; and what must hold of any tree.

mod model;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use proptest::prelude::*;

use super::layer::{Layer, apply};
use super::pack::Times;
use super::tar::Limits as TarLimits;
use super::*;
use model::Model;

const ROOT: &Credentials = &Credentials::ROOT;

/// One call. Paths are chosen from few names, so that they meet.
#[derive(Clone, Debug)]
enum Call {
    CreateDir(String),
    Write(String, Vec<u8>),
    Append(String, Vec<u8>),
    Symlink(String, String),
    Link(String, String),
    RemoveFile(String),
    RemoveDir(String),
    RemoveAll(String),
    Rename(String, String),
    Chmod(String, u32),
    Open(String),
    Close,
}

fn path() -> impl Strategy<Value = String> {
    let name = prop_oneof![8 => "[abc]", 1 => Just("..".to_owned()), 1 => Just(".".to_owned())];
    let names = prop::collection::vec(name, 1..5);
    names.prop_map(|names| format!("/{}", names.join("/")))
}

fn call() -> impl Strategy<Value = Call> {
    let target = prop_oneof![path(), path().prop_map(|path| path[1..].to_owned())];
    prop_oneof![
        4 => path().prop_map(Call::CreateDir),
        4 => (path(), any::<Vec<u8>>()).prop_map(|(path, bytes)| Call::Write(path, bytes)),
        2 => (path(), any::<Vec<u8>>()).prop_map(|(path, bytes)| Call::Append(path, bytes)),
        2 => (target, path()).prop_map(|(target, path)| Call::Symlink(target, path)),
        2 => (path(), path()).prop_map(|(from, to)| Call::Link(from, to)),
        1 => path().prop_map(Call::RemoveFile),
        1 => path().prop_map(Call::RemoveDir),
        1 => path().prop_map(Call::RemoveAll),
        3 => (path(), path()).prop_map(|(from, to)| Call::Rename(from, to)),
        1 => (path(), 0_u32..0o10_000).prop_map(|(path, mode)| Call::Chmod(path, mode & !0o2000)),
        1 => path().prop_map(Call::Open),
        1 => Just(Call::Close),
    ]
}

/// What is at a path. Names of one file have the same first name.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    mode: u32,
    what: String,
    first: String,
}

/// All that a tree shows.
fn seen(tree: &Tree) -> BTreeMap<String, Seen> {
    let mut first: BTreeMap<Ino, String> = BTreeMap::new();
    let mut all = BTreeMap::new();
    let mut todo = vec![(String::new(), Tree::ROOT)];
    while let Some((path, directory)) = todo.pop() {
        for (name, &ino) in tree.entries(directory).unwrap().iter().rev() {
            todo.push((format!("{path}/{name}"), ino));
        }
        todo.retain(|(path, ino)| {
            let inode = tree.get(*ino).unwrap();
            let what = match &inode.node {
                Node::File(content) => format!("file {:?}", &content[..]),
                Node::Symlink(target) => format!("link {target}"),
                _ => "directory".to_owned(),
            };
            let earliest = first.entry(*ino).or_insert_with(|| path.clone());
            if *path < *earliest {
                earliest.clone_from(path);
            }
            let seen = Seen {
                mode: inode.meta.mode,
                what,
                first: String::new(),
            };
            all.insert(path.clone(), (seen, *ino));
            inode.entries().is_some()
        });
    }
    let all = all.into_iter();
    all.map(|(path, (seen, ino))| {
        let first = first[&ino].clone();
        (path, Seen { first, ..seen })
    })
    .collect()
}

/// The times of all files but directories, which a layer does not always tell of.
fn times(tree: &Tree) -> BTreeMap<String, Timestamp> {
    let files = seen(tree).into_keys().filter_map(|path| {
        let inode = tree.get(tree.find(&path)?)?;
        let time = inode.meta.modified;
        inode.entries().is_none().then_some((path, time))
    });
    files.collect()
}

fn tree_of(view: &View) -> Tree {
    let tree = view.root().lock();
    tree.unwrap_or_else(PoisonError::into_inner).clone()
}

struct Both {
    view: View,
    model: Model,
    open: Vec<OpenFile>,
    step: i64,
}

impl Both {
    fn new() -> Self {
        Self {
            view: View::of(Tree::new(Timestamp::UNIX_EPOCH)),
            model: Model::default(),
            open: Vec::new(),
            step: 0,
        }
    }

    /// Does the same with both and compares what comes of it.
    fn call(&mut self, call: &Call) -> Result<(), TestCaseError> {
        let Self { view, model, .. } = self;
        self.step += 1;
        let now = Timestamp::from_second(self.step).unwrap();
        let (found, wanted) = match call {
            Call::CreateDir(path) => (
                view.create_dir(path, 0o755, ROOT, now),
                model.create_dir(path),
            ),
            Call::Write(path, bytes) => (
                view.write(path, bytes.clone(), 0o644, ROOT, now),
                model.write(path, |content| bytes.clone_into(content)),
            ),
            Call::Append(path, bytes) => (
                view.append(path, bytes, 0o644, ROOT, now),
                model.write(path, |content| content.extend(bytes)),
            ),
            Call::Symlink(target, path) => (
                view.symlink(target, path, ROOT, now),
                model.symlink(target, path),
            ),
            Call::Link(from, to) => (view.link(from, to, ROOT, now), model.link(from, to)),
            Call::RemoveFile(path) => (
                view.remove_file(path, ROOT, now),
                model.remove(path, model::Remove::File),
            ),
            Call::RemoveDir(path) => (
                view.remove_dir(path, ROOT, now),
                model.remove(path, model::Remove::Directory),
            ),
            Call::RemoveAll(path) => (
                view.remove_all(path, ROOT, now),
                model.remove(path, model::Remove::All),
            ),
            Call::Rename(from, to) => (view.rename(from, to, ROOT, now), model.rename(from, to)),
            Call::Chmod(path, mode) => (view.chmod(path, *mode, ROOT), model.chmod(path, *mode)),
            Call::Open(path) => {
                let file = view.open(path, Open::READ, ROOT, now);
                self.open.extend(file.ok());
                return Ok(());
            }
            Call::Close => {
                self.open.pop();
                return Ok(());
            }
        };
        prop_assert_eq!(found.is_ok(), wanted.is_some(), "{:?}: {:?}", call, found);
        Ok(())
    }

    fn run(&mut self, calls: &[Call]) -> Result<(), TestCaseError> {
        for call in calls {
            self.call(call)?;
            prop_assert_eq!(seen(&tree_of(&self.view)), self.model.seen(), "{:?}", call);
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn a_view_does_what_the_model_does(
        first in prop::collection::vec(call(), 0..40),
        second in prop::collection::vec(call(), 0..40),
    ) {
        let mut both = Both::new();
        both.run(&first)?;
        both.open.clear();
        let base = tree_of(&both.view).into_base();
        let before = seen(&base);
        both.view = View::of(Tree::on(Arc::clone(&base)));
        both.run(&second)?;
        prop_assert_eq!(seen(&base), before, "the base was changed");

        // What is open and nameless counts until it is closed.
        both.open.clear();
        let tree = tree_of(&both.view);
        let flat = tree.flattened();
        prop_assert_eq!(seen(&flat), seen(&tree));
        prop_assert_eq!(flat.usage(), tree.usage());
        prop_assert_eq!(flat.own_usage(), tree.usage());

        let kept = serde_json::to_string(&tree).unwrap();
        let back: Tree = serde_json::from_str(&kept).unwrap();
        let back = back.with_base(Arc::clone(&base));
        prop_assert_eq!(seen(&back), seen(&tree));
        prop_assert_eq!(back.usage(), tree.usage());
        prop_assert_eq!(back.own_usage(), tree.own_usage());

        let layer = Layer::new(Some(&base), &tree, Times::Exact).into_bytes();
        let again = apply(Tree::on(Arc::clone(&base)), &*layer, TarLimits::default()).unwrap();
        prop_assert_eq!(seen(&again), seen(&tree));
        prop_assert_eq!(times(&again), times(&tree));
        let empty = Layer::new(Some(&again), &again.clone(), Times::Exact);
        prop_assert!(empty.is_empty());
    }
}

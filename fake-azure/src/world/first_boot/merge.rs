//! How a cloud-config joins those before it, as cloud-init's mergers do.

use std::collections::BTreeMap;

use super::yaml::Yaml;

/// What joins values of a type: the first merger for the type of the value that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mergers(Vec<Merger>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Merger {
    Map {
        replaces: bool,
        recurses: Recursion,
        deletes: bool,
    },
    List {
        how: ListHow,
        recurses: Recursion,
    },
    Text {
        appends: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ListHow {
    Append,
    Prepend,
    KeepItems,
    ReplaceItems,
}

/// Which new values are joined with the old ones of a place, instead of one taking the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Recursion {
    texts: bool,
    lists: bool,
    maps: bool,
}

/// Why a cloud-config does not join the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum MergeError {
    #[error("its way of merging is not written as one")]
    Form,
    #[error("there is no such merger")]
    Unknown,
    #[error("a value cannot be merged with one of its kind")]
    Kind,
}

impl Mergers {
    /// How a cloud-config wants to join: what it says itself, then what its part says; later keys
    /// take the place of earlier ones where neither says anything. Takes what it says out of it.
    pub(super) fn of(
        config: &mut BTreeMap<String, Yaml>,
        header: Option<&str>,
    ) -> Result<Self, MergeError> {
        let mut told = config.remove("merge_how").filter(is_something);
        if told.is_none() {
            told = config.remove("merge_type").filter(is_something);
        }
        let mut mergers = match told {
            None => Vec::new(),
            Some(Yaml::Text(text)) => of_text(&text)?,
            Some(Yaml::List(list)) => list.iter().map(of_entry).collect::<Result<_, _>>()?,
            Some(_) => return Err(MergeError::Form),
        };
        mergers.extend(of_text(header.unwrap_or_default())?);
        if mergers.is_empty() {
            mergers = of_text("dict(replace)+list()+str()")?;
        }
        Ok(Self(mergers))
    }

    /// Joins a value to the one that is there.
    pub(super) fn merge(&self, there: Yaml, new: Yaml) -> Result<Yaml, MergeError> {
        let merger = |found: fn(&Merger) -> bool| self.0.iter().find(|merger| found(merger));
        match there {
            Yaml::Map(map) => match merger(|m| matches!(m, Merger::Map { .. })) {
                Some(Merger::Map {
                    replaces,
                    recurses,
                    deletes,
                }) => self.maps(map, new, *replaces, *recurses, *deletes),
                _ => Ok(Yaml::Map(map)),
            },
            Yaml::List(list) => match merger(|m| matches!(m, Merger::List { .. })) {
                Some(Merger::List { how, recurses }) => self.lists(list, new, *how, *recurses),
                _ => Ok(Yaml::List(list)),
            },
            Yaml::Text(text) => match merger(|m| matches!(m, Merger::Text { .. })) {
                Some(Merger::Text { appends: true }) => match new {
                    Yaml::Text(more) => Ok(Yaml::Text(text + &more)),
                    _ => Err(MergeError::Kind),
                },
                Some(_) => Ok(new),
                None => Ok(Yaml::Text(text)),
            },
            other => Ok(other),
        }
    }

    fn maps(
        &self,
        mut map: BTreeMap<String, Yaml>,
        new: Yaml,
        replaces: bool,
        recurses: Recursion,
        deletes: bool,
    ) -> Result<Yaml, MergeError> {
        let Yaml::Map(new) = new else {
            return Ok(Yaml::Map(map));
        };
        for (key, value) in new {
            let Some(there) = map.remove(&key) else {
                map.insert(key, value);
                continue;
            };
            if deletes && value == Yaml::Null {
                continue;
            }
            let joined = if replaces {
                value
            } else if recurses.takes(&value) {
                self.merge(there, value)?
            } else {
                there
            };
            map.insert(key, joined);
        }
        Ok(Yaml::Map(map))
    }

    fn lists(
        &self,
        mut list: Vec<Yaml>,
        new: Yaml,
        how: ListHow,
        recurses: Recursion,
    ) -> Result<Yaml, MergeError> {
        let new = match new {
            Yaml::List(new) => new,
            other if how == ListHow::ReplaceItems => return Ok(other),
            // Python goes through whatever can be gone through.
            Yaml::Text(text) => text.chars().map(|c| Yaml::Text(c.to_string())).collect(),
            Yaml::Map(map) => map.into_keys().map(Yaml::Text).collect(),
            _ => return Err(MergeError::Kind),
        };
        match how {
            ListHow::Append => list.extend(new),
            ListHow::Prepend => {
                list = new.into_iter().chain(list).collect();
            }
            ListHow::KeepItems => {}
            ListHow::ReplaceItems => {
                for (place, value) in list.iter_mut().zip(new) {
                    *place = if recurses.takes(&value) {
                        self.merge(std::mem::replace(place, Yaml::Null), value)?
                    } else {
                        value
                    };
                }
            }
        }
        Ok(Yaml::List(list))
    }
}

impl Recursion {
    fn takes(self, value: &Yaml) -> bool {
        match value {
            Yaml::Text(_) => self.texts,
            Yaml::List(_) => self.lists,
            Yaml::Map(_) => self.maps,
            _ => false,
        }
    }
}

fn is_something(value: &Yaml) -> bool {
    *value != Yaml::Null
}

/// `list(append)+dict(no_replace,recurse_list)+str()`.
fn of_text(text: &str) -> Result<Vec<Merger>, MergeError> {
    let names = text.split('+').map(|name| name.trim().to_lowercase());
    names
        .filter(|name| !name.is_empty())
        .map(|name| {
            let name = name.replace('-', "_");
            let (name, options) = name.split_once('(').ok_or(MergeError::Form)?;
            let options = options.split_once(')').ok_or(MergeError::Form)?.0;
            let is_word = |c: char| c.is_ascii_alphabetic() || c == '_';
            if name.is_empty() || !name.chars().all(is_word) {
                return Err(MergeError::Form);
            }
            let options: Vec<_> = options.split(',').map(str::trim).collect();
            merger(name, &options)
        })
        .collect()
}

/// `{name: list, settings: [append]}`, or `[list, append]`.
fn of_entry(entry: &Yaml) -> Result<Merger, MergeError> {
    let word = |value: &Yaml| value.as_text().map(str::to_owned).ok_or(MergeError::Form);
    let (name, options) = match entry {
        Yaml::Map(map) => {
            let name = word(map.get("name").ok_or(MergeError::Form)?)?;
            let settings = map.get("settings").ok_or(MergeError::Form)?;
            let options: Vec<_> = match settings {
                Yaml::List(list) => list
                    .iter()
                    .filter_map(Yaml::as_text)
                    .map(str::to_owned)
                    .collect(),
                Yaml::Map(map) => map.keys().cloned().collect(),
                Yaml::Null => return Err(MergeError::Form),
                other => vec![other.spelled()],
            };
            (name.replace('-', "_").trim().to_owned(), options)
        }
        Yaml::List(list) => {
            let name = word(list.first().ok_or(MergeError::Form)?)?;
            let options = list[1..].iter().filter_map(Yaml::as_text);
            (name, options.map(str::to_owned).collect())
        }
        _ => return Err(MergeError::Form),
    };
    let options: Vec<_> = options.iter().map(String::as_str).collect();
    merger(&name, &options)
}

fn merger(name: &str, options: &[&str]) -> Result<Merger, MergeError> {
    let has = |option: &str| options.contains(&option);
    let lists = has("recurse_array") || has("recurse_list");
    Ok(match name.strip_prefix("m_").unwrap_or(name) {
        "dict" => {
            let recurses = Recursion {
                texts: has("recurse_str"),
                lists,
                maps: true,
            };
            Merger::Map {
                replaces: has("replace"),
                recurses,
                deletes: has("allow_delete"),
            }
        }
        "list" => {
            let recurses = Recursion {
                texts: has("recurse_str"),
                lists,
                maps: has("recurse_dict"),
            };
            // The first of these words that is there, in this order.
            let how = if has("append") {
                ListHow::Append
            } else if has("prepend") {
                ListHow::Prepend
            } else if has("no_replace") && !has("replace") {
                ListHow::KeepItems
            } else {
                ListHow::ReplaceItems
            };
            Merger::List { how, recurses }
        }
        "str" => Merger::Text {
            appends: has("append"),
        },
        _ => return Err(MergeError::Unknown),
    })
}

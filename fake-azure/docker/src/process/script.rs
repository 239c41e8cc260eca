//! Scripts: what a container does, as a test's author says it.
//!
//! A script is a TOML document or is made by [`Script`]; [`Scripts`] holds all of them and gives
//! a container its programs. The services of the catalogue's images are programs of the same
//! kind.
//!
//! | module | what |
//! |---|---|
//! | `document`, `builder` | where scripts come from |
//! | `image_name`, `definition` | which images, and images that exist because of a script |
//! | `role`, `command`, `pattern` | programs and the command lines that they stand for |
//! | `child`, `account` | the processes that a program has beside it, and users by their names |
//! | `step`, `change`, `text`, `lines`, `span`, `bytes` | what a program does, one thing after another |
//! | `port`, `route`, `reply`, `talk` | what it answers to whoever connects or types |
//! | `set` | all scripts of an engine |
//! | `performance`, `stage`, `track`, `doors`, `conversation`, `website` | a program at work |
//! | `undeclared` | commands that nobody declared |

mod account;
#[cfg(test)]
mod bench;
mod builder;
mod bytes;
mod change;
mod child;
mod command;
mod conversation;
mod definition;
mod document;
mod doors;
mod http_server;
mod image_name;
mod input;
mod lines;
mod media_type;
mod memory;
mod message;
mod pattern;
mod performance;
mod port;
mod reception;
mod reply;
mod role;
mod route;
pub mod services;
mod set;
mod span;
mod spelling;
mod stage;
mod step;
mod talk;
#[cfg(test)]
mod tests;
mod text;
mod timeline;
mod track;
mod undeclared;
mod versions;
mod website;

pub use builder::{ImageBuilder, ProgramBuilder, Script, http, reply, talk};
pub use bytes::{Bytes, InvalidHex};
pub use change::{Change, How};
pub use child::{ChildRole, Number};
pub use command::{Command, First};
pub use definition::{Definition, FileDefinition, Health};
pub use document::{ImageScript, ScriptError};
pub use image_name::{ImageName, InvalidImageName};
pub use lines::Lines;
pub use message::{Request, Response};
pub use pattern::{Captures, Glob, Pattern};
pub use port::{OnConnection, Port, Raw, Speaks};
pub use reply::{Content, Reply};
pub use role::{Does, Need, Only, Play, Role, Stdin};
pub use route::{Answers, Http, OnRequest, Route};
pub use set::{ProgramFile, Scripts};
pub use span::{InvalidSpan, Span};
pub use step::{Action, Reaction, Repeat, Step};
pub use talk::{Answer, Talk};
pub use text::{InvalidText, Text};
pub use undeclared::Assumed;

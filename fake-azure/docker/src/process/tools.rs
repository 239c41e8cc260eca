//! The userland: the programs of busybox, and the same ones under their own names.
//!
//! Each tool is a function over a [`Process`](super::Process): it reads and writes descriptors,
//! sees the files of the space and keeps its time. All of them stream, hold a bounded amount of
//! memory (64 MiB where a tool has to see its whole input first, 8 MiB of one line), and let
//! others run. Words and exit codes are busybox's.
//!
//! | file | what |
//! |---|---|
//! | [`Userland`] | finds a tool by the name that a program file holds |
//! | `tool`, `stop` | what a tool is, and why one stops |
//! | `options` | the one reader of command lines |
//! | `input`, `output`, `calls` | descriptors and files, as tools use them |
//! | `regex`, `glob`, `escapes`, `format`, `sizes`, `version` | what several of them understand |
//! | the rest | the tools |

#![expect(
    clippy::format_push_string,
    reason = "lines are put together piece by piece; a write to a string has a result to drop each time"
)]
#![expect(
    clippy::single_match_else,
    reason = "both arms of a match are of one weight here"
)]
#![expect(
    clippy::similar_names,
    reason = "`mode` and `made` are words of this trade"
)]

mod awk;
mod base64;
mod bc;
mod cal;
mod calls;
mod cat;
mod columns;
mod comm;
mod compare;
mod copy;
mod crontab;
mod curl;
mod date;
mod dd;
mod digest;
mod directories;
mod dump;
mod echo;
mod enrol;
mod environment;
mod envsubst;
pub(in crate::process) mod escapes;
mod expr;
mod find;
mod flock;
mod flow;
mod format;
mod getopt;
mod glob;
pub(in crate::process) mod gnu;
mod grep;
mod gzip;
mod head;
mod host;
mod http;
mod httpd;
mod identity;
mod input;
mod interfaces;
mod kill;
mod lines;
mod link;
mod ls;
mod mode;
mod names;
mod nc;
mod netstat;
mod numbers;
mod options;
mod output;
mod patch;
mod paths;
mod permissions;
pub(in crate::process) mod printf;
mod ps;
mod pstree;
mod regex;
mod remove;
mod sed;
mod seq;
mod shuf;
mod sizes;
mod sleep;
mod sort;
mod split;
mod stat;
mod step_down;
mod stop;
mod sundries;
mod tail;
mod tar;
mod terminal;
pub(in crate::process) mod test;
mod tool;
mod touch;
mod tr;
mod tree;
mod truth;
mod usage;
mod userland;
mod version;
mod wc;
mod wget;
mod xargs;

pub use tool::Tool;
pub use userland::Userland;

/// All tools, by family.
const FAMILIES: &[&[Tool]] = &[
    awk::TOOLS,
    base64::TOOLS,
    bc::TOOLS,
    cal::TOOLS,
    cat::TOOLS,
    columns::TOOLS,
    comm::TOOLS,
    compare::TOOLS,
    copy::TOOLS,
    crontab::TOOLS,
    curl::TOOLS,
    date::TOOLS,
    dd::TOOLS,
    digest::TOOLS,
    directories::TOOLS,
    dump::TOOLS,
    echo::TOOLS,
    enrol::TOOLS,
    environment::TOOLS,
    envsubst::TOOLS,
    expr::TOOLS,
    find::TOOLS,
    flock::TOOLS,
    flow::TOOLS,
    getopt::TOOLS,
    grep::TOOLS,
    gzip::TOOLS,
    head::TOOLS,
    host::TOOLS,
    httpd::TOOLS,
    identity::TOOLS,
    interfaces::TOOLS,
    kill::TOOLS,
    lines::TOOLS,
    link::TOOLS,
    ls::TOOLS,
    names::TOOLS,
    nc::TOOLS,
    netstat::TOOLS,
    numbers::TOOLS,
    patch::TOOLS,
    paths::TOOLS,
    permissions::TOOLS,
    printf::TOOLS,
    ps::TOOLS,
    pstree::TOOLS,
    remove::TOOLS,
    sed::TOOLS,
    seq::TOOLS,
    shuf::TOOLS,
    sleep::TOOLS,
    sort::TOOLS,
    split::TOOLS,
    stat::TOOLS,
    step_down::TOOLS,
    sundries::TOOLS,
    tail::TOOLS,
    tar::TOOLS,
    terminal::TOOLS,
    test::TOOLS,
    touch::TOOLS,
    tr::TOOLS,
    tree::TOOLS,
    truth::TOOLS,
    usage::TOOLS,
    wc::TOOLS,
    wget::TOOLS,
    xargs::TOOLS,
];

/// The tool of this name.
pub fn find(name: &str) -> Option<&'static Tool> {
    all().find(|tool| tool.name() == name)
}

/// All tools.
pub fn all() -> impl Iterator<Item = &'static Tool> {
    FAMILIES.iter().flat_map(|family| family.iter())
}

#[cfg(test)]
mod tests;

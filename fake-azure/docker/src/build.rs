//! The classic builder, as engine 28.5 runs it when BuildKit is off.
//!
//! | module | what |
//! |---|---|
//! | `dockerfile` | a Dockerfile read: statements, and what they mean |
//! | `variables`, `expansion`, `argument` | what `$x` and its kin become, and where; ARG and `--build-arg` |
//! | `order`, `context`, `ignore`, `plan` | what is asked for, the files that come with it, what will be done |
//! | `session`, `stage` | a build under way, stage by stage and step by step |
//! | `change` | what instructions change in a configuration; `commit --change` |
//! | `cache` | steps that were done before |
//! | `source`, `glob`, `transfer`, `owner` | COPY and ADD: what is found, copied, and whose it becomes |
//! | `port` | the ports of EXPOSE |
//! | `workshop` | what a builder needs of an engine |
//! | `output`, `trouble` | what a build says while it is under way, and why it ends |
//! | `grpc` | the doors to BuildKit, which is not here |
//! | `quote`, `duration`, `json` | how Go quotes, writes times and escapes, which clients see |

mod argument;
mod cache;
pub(crate) mod change;
pub(crate) mod context;
mod dockerfile;
mod duration;
mod expansion;
mod glob;
pub(crate) mod grpc;
mod ignore;
pub(crate) mod json;
pub(crate) mod order;
pub(crate) mod output;
mod owner;
pub(crate) mod plan;
mod port;
pub(crate) mod quote;
pub(crate) mod session;
mod source;
mod stage;
mod transfer;
pub(crate) mod trouble;
mod variables;
pub(crate) mod workshop;

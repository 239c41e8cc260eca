//! The classic builder, as engine 28.5 runs it when BuildKit is off.
//!
//! | module | what |
//! |---|---|
//! | `dockerfile` | a Dockerfile read: statements, and what they mean |
//! | `variables`, `argument` | what `$x` and its kin become; ARG and `--build-arg` |
//! | `ignore`, `glob` | `.dockerignore`; patterns of file names as Go reads them |
//! | `port` | the ports of EXPOSE |
//! | `output` | what a build says while it is under way |
//! | `grpc` | the doors to BuildKit, which is not here |
//! | `quote`, `duration`, `json` | how Go quotes, writes times and escapes, which clients see |

mod argument;
mod dockerfile;
mod duration;
mod glob;
mod grpc;
mod ignore;
mod json;
mod output;
mod port;
mod quote;
mod variables;

//! `openssl`, which makes nothing here.

use std::sync::Arc;

use fake_docker::process::Process;

use super::super::host::{Host, Note};
use super::{say, sundries};

pub(super) async fn openssl(mut process: Process, host: Arc<Host>) -> u8 {
    if process.args.get(1).is_some_and(|verb| verb == "version") {
        say(&mut process, "OpenSSL 3.0.2 15 Mar 2022\n").await;
        return 0;
    }
    host.facts().note(Note::OpenSsl);
    sundries::counted(&process, &host)
}

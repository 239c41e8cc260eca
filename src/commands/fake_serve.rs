//! `azure fake serve`: the simulator in the foreground, as `fake-azure serve` does it.

use std::path::Path;

use fake_azure::serve::{Options, Ready, ServeError};

/// Serves until SIGTERM or Ctrl-C; `announce` is told where, in lines, once all is ready.
pub async fn run(options: &Options, announce: impl FnOnce(&str)) -> Result<(), ServeError> {
    fake_azure::serve::serve(options, |ready, file| {
        announce(&announcement(ready, file));
    })
    .await
}

fn announcement(ready: &Ready, ready_file: &Path) -> String {
    let settings = ready.publish_settings.display();
    format!(
        "management  {}\nadmin       {}/_fake/world\nsettings    {settings}\n\
         import it:  azure account import {settings}\n\
         run in it:  azure fake run --join {} -- COMMAND",
        ready.management,
        ready.admin,
        ready_file.display()
    )
}

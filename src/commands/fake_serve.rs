//! `azure fake serve`: the simulator in the foreground, as `fake-azure serve` does it.

use fake_azure::serve::{Options, Ready, ServeError};

/// Serves until SIGTERM or Ctrl-C; `announce` is told where, in lines, once all is ready.
pub async fn run(options: &Options, announce: impl FnOnce(&str)) -> Result<(), ServeError> {
    fake_azure::serve::serve(options, |ready| announce(&announcement(ready))).await
}

fn announcement(ready: &Ready) -> String {
    let settings = ready.publish_settings.display();
    format!(
        "management  {}\nadmin       {}/_fake/world\nsettings    {settings}\n\
         import it:  azure account import {settings}",
        ready.management, ready.admin
    )
}

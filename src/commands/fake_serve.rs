//! `azure fake serve`: the simulator in the foreground, as `fake-azure serve` does it.

use std::path::Path;

use fake_azure::Notice;
use fake_azure::serve::{Options, Ready, ServeError};

/// Serves until SIGTERM or Ctrl-C; `announce` is told where, in lines, once all is ready, and `warn` of
/// the state file before that.
pub async fn run(
    options: &Options,
    warn: impl Fn(&str),
    announce: impl FnOnce(&str),
) -> Result<(), ServeError> {
    let warn = |notice: &Notice| warn(&notice.to_string());
    let announce = |ready: &Ready, file: &Path| announce(&announcement(ready, file));
    fake_azure::serve::serve(options, warn, announce).await
}

fn announcement(ready: &Ready, ready_file: &Path) -> String {
    let settings = ready.publish_settings.display();
    format!(
        "management  {}\nadmin       {}/_fake/world\nsettings    {settings}\n\
         import it:  azure account import {settings}\n\
         sign in:    azure login --resource-manager {} --ca {}\n\
         run in it:  azure fake run --join {} -- COMMAND",
        ready.management,
        ready.admin,
        ready.resource_manager,
        ready.ca.display(),
        ready_file.display()
    )
}

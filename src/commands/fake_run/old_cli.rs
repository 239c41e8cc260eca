//! The old CLI beside a proxy.
//!
//! In its classic mode it asks a proxy for everything, by a library that no Node since 0.12 has
//! understood: each of its commands fails. What it asks there leads to this machine without one, so
//! a few lines that Node reads first take the proxy out of its sight. In its other mode it needs it.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use crate::files;
use crate::sandbox::Folder;

/// What Node reads before any program.
const LINES: &str = r"'use strict';
(function () {
  var fs = require('fs'), path = require('path'), env = process.env;
  try {
    var program = fs.realpathSync(process.argv[1]);
    if (!/\/azure-cli\/bin\/azure(\.js)?$/.test(program)) return;
    var profile = env.AZURE_CONFIG_DIR || path.join(env.HOME, '.azure');
    var config = JSON.parse(fs.readFileSync(path.join(profile, 'config.json'), 'utf8'));
    if (config.mode !== 'asm') return;
    ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].forEach(function (name) {
      delete env[name];
    });
  } catch (error) {
    // Then it is no old CLI in its classic mode.
  }
})();
";

/// Writes the lines down.
pub(super) fn prepare(folder: &Folder) -> io::Result<PathBuf> {
    let path = folder.path().join("old-cli.js");
    files::write_new(&path, LINES.as_bytes())?;
    Ok(path)
}

/// `NODE_OPTIONS` that have Node read the lines, before what they said already. A path with a blank
/// in it cannot be said there in every version.
pub(super) fn node_options(lines: &Path, inherited: Option<&OsStr>) -> Option<OsString> {
    let bytes = lines.as_os_str().as_bytes();
    if bytes.iter().any(u8::is_ascii_whitespace) {
        return None;
    }
    let mut options = OsString::from("--require ");
    options.push(lines);
    if let Some(inherited) = inherited.filter(|inherited| !inherited.is_empty()) {
        options.push(" ");
        options.push(inherited);
    }
    Some(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_node_was_told_before_it_is_still_told() {
        let lines = Path::new("/run/old-cli.js");
        let told = |inherited: Option<&str>| node_options(lines, inherited.map(OsStr::new));
        assert_eq!(told(None).unwrap(), "--require /run/old-cli.js");
        let both = told(Some("--no-warnings")).unwrap();
        assert_eq!(both, "--require /run/old-cli.js --no-warnings");
        assert_eq!(node_options(Path::new("/a b/old-cli.js"), None), None);
    }
}

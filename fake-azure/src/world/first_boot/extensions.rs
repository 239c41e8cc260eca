//! The custom script extension: what its settings ask to be run.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::custom_data::unpacked;

/// What the extension is to run. A secret, as far as its protected settings tell it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct CustomScript {
    pub(super) what: What,
    /// Where files are to be fetched from.
    pub(super) files: Vec<String>,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) enum What {
    Command(String),
    Script(Vec<u8>),
}

impl fmt::Debug for CustomScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomScript").finish_non_exhaustive()
    }
}

impl CustomScript {
    /// Reads the settings as they stand in a request; the reason says nothing of what they say.
    pub(crate) fn read(public: &Value, protected: &Value) -> Result<Self, &'static str> {
        let one = |key: &str| {
            let text = |settings: &Value| {
                let text = settings.get(key).and_then(Value::as_str);
                text.filter(|text| !text.is_empty()).map(str::to_owned)
            };
            (text(public), text(protected))
        };
        let command = match one("commandToExecute") {
            (Some(_), Some(_)) => {
                return Err(
                    "'commandToExecute' was specified both in public and protected settings; it must be specified only once",
                );
            }
            (public, protected) => public.or(protected),
        };
        let script = match one("script") {
            (Some(_), Some(_)) => {
                return Err(
                    "'script' was specified both in public and protected settings; it must be specified only once",
                );
            }
            (public, protected) => public.or(protected),
        };
        let what = match (command, script) {
            (Some(_), Some(_)) => {
                return Err(
                    "'commandToExecute' and 'script' were both specified, but only one is valid at a time",
                );
            }
            (None, None) => return Err("'commandToExecute' or 'script' is not specified"),
            (Some(command), None) => What::Command(command),
            (None, Some(script)) => {
                let bare: String = script.split_ascii_whitespace().collect();
                let decoded = STANDARD.decode(bare);
                let decoded =
                    decoded.map_err(|_| "failed to decode script: illegal base64 data")?;
                What::Script(unpacked(&decoded).unwrap_or(decoded))
            }
        };
        let files = [public, protected]
            .into_iter()
            .filter_map(|settings| settings.get("fileUris")?.as_array());
        let files = files
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        Ok(Self { what, files })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_command_or_one_script_is_asked_for() {
        let none = &json!({});
        let command = json!({"commandToExecute": "echo hi"});
        let script = json!({"script": STANDARD.encode("#!/bin/sh\necho hi\n")});
        let both = json!({"commandToExecute": "a", "script": "YQ=="});
        assert!(
            CustomScript::read(none, &command).unwrap().what == What::Command("echo hi".to_owned())
        );
        let read = CustomScript::read(&script, none).unwrap();
        assert!(read.what == What::Script(b"#!/bin/sh\necho hi\n".to_vec()));
        for (public, protected) in [
            (none, none),
            (&both, none),
            (&command, &command),
            (&command, &script),
        ] {
            assert!(CustomScript::read(public, protected).is_err());
        }
        assert!(CustomScript::read(&json!({"script": "%"}), none).is_err());
    }
}

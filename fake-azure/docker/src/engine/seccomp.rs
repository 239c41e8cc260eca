//! Profiles of seccomp: what containers may ask of the kernel.
//!
//! There is no kernel to keep to one; but the engine reads a profile at each start, and what is
//! none is refused there, by the engine or by its runtime.

use serde_json::Value;

use crate::fault::Fault;
use crate::state::config::kind_of;
use crate::state::go_json::syntax_error;
use crate::state::host_config::HostConfig;

/// What a runtime says before it says what is wrong.
const RUNTIME: &str = "failed to create task for container: failed to create shim task: OCI \
                       runtime create failed: runc create failed: ";

const ACTIONS: [&str; 9] = [
    "ALLOW",
    "ERRNO",
    "KILL",
    "KILL_PROCESS",
    "KILL_THREAD",
    "LOG",
    "NOTIFY",
    "TRACE",
    "TRAP",
];
const ARCHITECTURES: [&str; 20] = [
    "AARCH64",
    "ARM",
    "LOONGARCH64",
    "M68K",
    "MIPS",
    "MIPS64",
    "MIPS64N32",
    "MIPSEL",
    "MIPSEL64",
    "MIPSEL64N32",
    "PPC",
    "PPC64",
    "PPC64LE",
    "RISCV64",
    "S390",
    "S390X",
    "SH",
    "X32",
    "X86",
    "X86_64",
];
const OPERATORS: [&str; 7] = ["EQ", "GE", "GT", "LE", "LT", "MASKED_EQ", "NE"];

/// Reads the profile that a container is to be kept to.
///
/// # Errors
/// When it is none; the engine takes that for a failure of its own.
pub(super) fn check(host: &HostConfig) -> Result<(), Fault> {
    let options = host.security_opt.iter().flatten();
    let profile = options.rev().find_map(|option| {
        let separator = if option.contains('=') { '=' } else { ':' };
        let (key, value) = option.split_once(separator)?;
        (key == "seccomp").then_some(value)
    });
    match profile {
        None | Some("" | "unconfined") => Ok(()),
        Some("builtin") if !host.privileged => Ok(()),
        Some(text) => read(text).map_err(Fault::Internal),
    }
}

fn read(text: &str) -> Result<(), String> {
    let decoding = |words: &str| format!("Decoding seccomp profile failed: {words}");
    let profile: Value = serde_json::from_str(text).map_err(|error| {
        // The whole text is there, unlike where a body is read.
        if error.is_eof() {
            return decoding("unexpected end of JSON input");
        }
        decoding(&syntax_error(&error, text.as_bytes()))
    })?;
    shape(&profile).map_err(|words| decoding(&words))?;
    let list = |key| profile[key].as_array().map_or(&[][..], Vec::as_slice);
    let syscalls = list("syscalls");
    let action = profile["defaultAction"].as_str().unwrap_or_default();
    if action.is_empty() && syscalls.is_empty() {
        return Ok(());
    }
    if !list("architectures").is_empty() && !list("archMap").is_empty() {
        return Err(
            "both 'architectures' and 'archMap' are specified in the seccomp profile, use either \
             'architectures' or 'archMap'"
                .to_owned(),
        );
    }
    for syscall in syscalls {
        let is_named = syscall["name"]
            .as_str()
            .is_some_and(|name| !name.is_empty());
        let names = syscall["names"].as_array();
        if is_named && names.is_some_and(|names| !names.is_empty()) {
            return Err(
                "both 'name' and 'names' are specified in the seccomp profile, use either 'name' \
                 or 'names'"
                    .to_owned(),
            );
        }
    }
    known(action, "SCMP_ACT_", &ACTIONS, "action")?;
    for architecture in list("architectures") {
        let architecture = architecture.as_str().unwrap_or_default();
        known(architecture, "SCMP_ARCH_", &ARCHITECTURES, "arch")?;
    }
    for syscall in syscalls {
        // Whether the others are for this container, their conditions say.
        let always = ["includes", "excludes"].into_iter().all(|conditions| {
            let conditions = syscall[conditions].as_object();
            conditions.is_none_or(serde_json::Map::is_empty)
        });
        if !always {
            continue;
        }
        let action = syscall["action"].as_str().unwrap_or_default();
        known(action, "SCMP_ACT_", &ACTIONS, "action")?;
        for argument in syscall["args"].as_array().into_iter().flatten() {
            let operator = argument["op"].as_str().unwrap_or_default();
            known(operator, "SCMP_CMP_", &OPERATORS, "operator")?;
        }
    }
    Ok(())
}

/// Refuses a word that the runtime does not know.
fn known(word: &str, prefix: &str, words: &[&str], kind: &str) -> Result<(), String> {
    let rest = word.strip_prefix(prefix);
    if rest.is_some_and(|rest| words.contains(&rest)) {
        return Ok(());
    }
    Err(format!(
        "{RUNTIME}string {word} is not a valid {kind} for seccomp"
    ))
}

/// Refuses members of other types than Go's structures have, in Go's words.
fn shape(profile: &Value) -> Result<(), String> {
    let wrong = |value: &Value, place: &str, wanted: &str| {
        let found = kind_of(value);
        Err(format!(
            "json: cannot unmarshal {found} into Go {place} of type {wanted}"
        ))
    };
    if !profile.is_object() && !profile.is_null() {
        return wrong(profile, "value", "seccomp.Seccomp");
    }
    let fits = |value: &Value, wanted: &str| match wanted {
        _ if value.is_null() => true,
        "string" | "specs.LinuxSeccompAction" | "specs.Arch" | "specs.LinuxSeccompOperator" => {
            value.is_string()
        }
        "uint" | "uint64" => value.is_u64(),
        _ => value.is_array(),
    };
    let members = |value: &Value, structure: &str, path: &str, members: &[(&str, &str)]| {
        for (name, wanted) in members {
            if !fits(&value[*name], wanted) {
                let place = format!("struct field {structure}.{path}{name}");
                return wrong(&value[*name], &place, wanted);
            }
        }
        Ok(())
    };
    let top = [
        ("defaultAction", "specs.LinuxSeccompAction"),
        ("defaultErrnoRet", "uint"),
        ("architectures", "[]specs.Arch"),
        ("archMap", "[]seccomp.Architecture"),
        ("syscalls", "[]*seccomp.Syscall"),
    ];
    members(profile, "Seccomp", "", &top)?;
    for syscall in profile["syscalls"].as_array().into_iter().flatten() {
        if !syscall.is_object() && !syscall.is_null() {
            return wrong(syscall, "struct field Seccomp.syscalls", "seccomp.Syscall");
        }
        let inner = [
            ("name", "string"),
            ("names", "[]string"),
            ("action", "specs.LinuxSeccompAction"),
            ("errnoRet", "uint"),
            ("args", "[]*specs.LinuxSeccompArg"),
        ];
        members(syscall, "Syscall", "syscalls.", &inner)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_profile_is_refused_in_the_words_of_engine_and_runtime() {
        for (text, words) in [
            ("", ""),
            ("{}", ""),
            ("null", ""),
            (r#"{"defaultAction":"SCMP_ACT_ALLOW"}"#, ""),
            (
                r#"{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":1,"archMap":[{"architecture":"SCMP_ARCH_X86_64","subArchitectures":["SCMP_ARCH_X86"]}],"syscalls":[{"names":["read","write"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":1,"op":"SCMP_CMP_EQ"}]}]}"#,
                "",
            ),
            (
                r#"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"name":"a","action":"OTHER","includes":{"caps":["CAP_X"]}}]}"#,
                "",
            ),
            (
                "nonsense",
                "Decoding seccomp profile failed: invalid character 'o' in literal null (expecting 'u')",
            ),
            (
                "{",
                "Decoding seccomp profile failed: unexpected end of JSON input",
            ),
            (
                "[1]",
                "Decoding seccomp profile failed: json: cannot unmarshal array into Go value of type seccomp.Seccomp",
            ),
            (
                r#"{"defaultAction":1}"#,
                "Decoding seccomp profile failed: json: cannot unmarshal number into Go struct field Seccomp.defaultAction of type specs.LinuxSeccompAction",
            ),
            (
                r#"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":"read"}]}"#,
                "Decoding seccomp profile failed: json: cannot unmarshal string into Go struct field Syscall.syscalls.names of type []string",
            ),
            (
                r#"{"defaultAction":"SCMP_ACT_ALLOW","architectures":["SCMP_ARCH_X86"],"archMap":[{}]}"#,
                "both 'architectures' and 'archMap' are specified in the seccomp profile, use either 'architectures' or 'archMap'",
            ),
            (
                r#"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"name":"a","names":["b"]}]}"#,
                "both 'name' and 'names' are specified in the seccomp profile, use either 'name' or 'names'",
            ),
            (
                r#"{"defaultAction":"ALLOW"}"#,
                "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: string ALLOW is not a valid action for seccomp",
            ),
            (
                r#"{"defaultAction":"SCMP_ACT_LOG","architectures":["SCMP_ARCH_Z80"]}"#,
                "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: string SCMP_ARCH_Z80 is not a valid arch for seccomp",
            ),
            (
                r#"{"defaultAction":"SCMP_ACT_LOG","syscalls":[{"name":"a","action":"SCMP_ACT_LOG","args":[{"op":"<"}]}]}"#,
                "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: string < is not a valid operator for seccomp",
            ),
        ] {
            let option = format!("seccomp={text}");
            let asked = serde_json::json!({ "SecurityOpt": [option] });
            let asked: HostConfig = serde_json::from_value(asked).unwrap();
            let told = check(&asked).err().map(|fault| fault.to_string());
            assert_eq!(told.unwrap_or_default(), words, "{text}");
        }
    }
}

//! What the recorder arranged between its commands without showing it, found from what its
//! recordings show: before or after a command, a request.

/// One request of the recorder's.
pub(crate) struct Step {
    pub(crate) command: &'static str,
    pub(crate) method: &'static str,
    pub(crate) target: &'static str,
    pub(crate) body: &'static str,
}

const fn step(
    command: &'static str,
    method: &'static str,
    target: &'static str,
    body: &'static str,
) -> Step {
    Step {
        command,
        method,
        target,
        body,
    }
}

pub(crate) const BEFORE: &[Step] = &[
    step("100", "POST", "/containers/ch/pause", ""),
    step("116", "DELETE", "/containers/ct?force=1", ""),
    step(
        "136",
        "POST",
        "/containers/create?name=cw",
        r#"{"Image":"busybox","Cmd":["sh","-c","sleep 2; exit 9"]}"#,
    ),
    step("136", "POST", "/containers/cw/start", ""),
    step(
        "144",
        "POST",
        "/containers/create?name=hw",
        r#"{"Image":"hello-world"}"#,
    ),
    step(
        "146",
        "POST",
        "/containers/create?name=ng",
        r#"{"Image":"nginx:alpine"}"#,
    ),
    step("146", "POST", "/containers/ng/start", ""),
    step("158", "DELETE", "/containers/n1?force=1", ""),
    step(
        "167",
        "POST",
        "/containers/create?name=cv",
        r#"{"Image":"busybox","Cmd":["sleep","300"],"HostConfig":{"Binds":["v1:/v"]}}"#,
    ),
    step("167", "POST", "/containers/cv/start", ""),
    step("168", "DELETE", "/containers/cv?force=1", ""),
];

pub(crate) const AFTER: &[Step] = &[
    step("044", "DELETE", "/images/127.0.0.1:5000/me/bb:1", ""),
    step("045", "DELETE", "/images/127.0.0.1:1/bb", ""),
    step("064", "DELETE", "/containers/c4?force=1", ""),
    step("100", "POST", "/containers/ch/unpause", ""),
    step("145", "DELETE", "/containers/hw?force=1", ""),
    step("146", "DELETE", "/containers/ng?force=1", ""),
];

/// Commands in which BuildKit made an image, and its tag. Here it is built classically.
pub(crate) const BUILT: &[(&str, &str)] = &[("177", "bx:1"), ("190", "compose-built")];

/// After this command the recorder removed the containers that still ran under a name by chance.
pub(crate) const SWEPT_AFTER: &str = "140";

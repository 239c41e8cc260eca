//! `hello-world`: the first thing that everybody runs.

use crate::process::Process;

/// The first lines are those that tools and people look for.
const GREETING: &str = "
Hello from Docker!
This message shows that your installation appears to be working correctly.

What happened on the way here:
 1. The client asked the engine for a container.
 2. The engine took the image \"hello-world\" from the registry, if it was not there.
 3. It made a container of the image and ran the program that prints this.
 4. What the program printed went back to the client, and from there to you.

Something larger to try next:
 $ docker run -it ubuntu bash

";

pub(super) async fn run(mut process: Process) -> u8 {
    u8::from(process.print(GREETING).await.is_err())
}

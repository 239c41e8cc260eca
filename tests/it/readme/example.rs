use std::error::Error;
use std::process::Command;

use fake_azure::FakeAzure;

#[tokio::test]
#[ignore = "run by `the_example_of_the_readme_works`, which puts `azure` on the PATH"]
async fn a_docker_host_is_made() -> Result<(), Box<dyn Error>> {
    let azure = FakeAzure::builder().start().await?;
    let home = tempfile::tempdir()?;
    let run = |words: &[&str]| {
        let mut command = Command::new("azure");
        command.args(words).env("HOME", home.path());
        command.env("AZURE_CONFIG_DIR", home.path()).status()
    };

    let settings = azure.publish_settings().to_str().ok_or("a path in UTF-8")?;
    assert!(run(&["account", "import", settings])?.success());
    let host = ["my-host", "Ubuntu-14_04", "azureuser", "Pa$$w0rd1"];
    let create = ["vm", "docker", "create", "-l", "West US"];
    assert!(run(&[&create[..], &host].concat())?.success());

    let names = azure.cloud().public_names();
    assert!(names.contains_key("my-host.cloudapp.net"));
    azure.shutdown().await;
    Ok(())
}

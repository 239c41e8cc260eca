//! `service cert`: certificates that lie in cloud services.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::machine::prefix;
use super::{CommandResult, Context, view};
use crate::answer::{Answer, Level, name_value};
use crate::backend::service_management::Client;
use crate::backend::service_management::read::{Secret, ServiceCertificate};
use crate::backend::service_management::write::CertificateFile;
use crate::cli::service::{CertCommand, CertCreateArgs, CertDeleteArgs, CertGetArgs, CertListArgs};
use crate::domain::thumbprint;
use crate::failure::Failure;
use crate::files;
use crate::input;

/// Carries out one of the commands on certificates.
pub async fn run(context: &Context, command: CertCommand) -> CommandResult {
    match command {
        CertCommand::List(args) => list(context, &args).await,
        CertCommand::Create(args) => create(context, args).await,
        CertCommand::Get(args) => get(context, &args).await,
        CertCommand::Delete(args) => delete(context, &args).await,
    }
}

/// The certificates of one service or of all, each with its service's name.
async fn certificates(
    context: &Context,
    client: &Client,
    service: Option<&str>,
) -> Result<Vec<(String, ServiceCertificate)>, Failure> {
    let services = if let Some(name) = service {
        vec![name.to_owned()]
    } else {
        context.terminal.progress("Getting cloud services");
        let all = client.hosted_services().await?;
        all.into_iter().map(|one| one.service_name).collect()
    };
    context
        .terminal
        .progress("Getting cloud service certificates");
    let mut found = Vec::new();
    for service in services {
        let of_one = client.service_certificates(&service).await?;
        found.extend(of_one.into_iter().map(|one| (service.clone(), one)));
    }
    Ok(found)
}

async fn list(context: &Context, args: &CertListArgs) -> CommandResult {
    let client = context.client()?;
    let all = certificates(context, &client, args.service_name.as_deref()).await?;
    if all.is_empty() {
        return Ok(Answer::none()
            .with(Level::Info, "No certificates defined")
            .into());
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|(service, one)| {
            vec![
                service.clone(),
                one.thumbprint.clone(),
                one.thumbprint_algorithm.clone(),
            ]
        })
        .collect();
    let json = all
        .iter()
        .map(|(service, one)| {
            let mut json = view::json(one);
            json["serviceName"] = Value::from(service.as_str());
            json
        })
        .collect();
    let headers = ["Service Name", "Thumbprint", "Algorithm"];
    Ok(Answer::table(&headers, &rows, json).into())
}

async fn get(context: &Context, args: &CertGetArgs) -> CommandResult {
    let wanted = thumbprint(&args.thumbprint).unwrap_or_else(|| args.thumbprint.clone());
    let client = context.client()?;
    let found = certificates(context, &client, args.dns_name.as_deref().map(prefix)).await?;
    let one = found
        .iter()
        .find(|(_, one)| one.thumbprint.eq_ignore_ascii_case(&wanted));
    let Some((service, one)) = one else {
        return Err(Failure::new(format!(
            "there is no certificate with thumbprint {}",
            args.thumbprint
        ))
        .with_hint("`azure service cert list` lists the certificates"));
    };
    let mut json = view::json(one);
    json["serviceName"] = Value::from(service.as_str());
    let answer = Answer::none()
        .with_lines(
            Level::Data,
            [
                name_value("Service Name", service),
                name_value("Thumbprint", &one.thumbprint),
                name_value("Algorithm", &one.thumbprint_algorithm),
            ],
        )
        .with_json(json);
    let Some(file) = &args.file else {
        return Ok(answer.into());
    };
    let path = file.display();
    let failed = |why: String| Failure::new(format!("failed to write `{path}`")).with_cause(why);
    let der = STANDARD
        .decode(one.data.trim())
        .map_err(|error| failed(format!("the service's answer is no certificate: {error}")))?;
    let pem = pem::encode(&pem::Pem::new("CERTIFICATE", der));
    files::replace(file, pem.as_bytes()).map_err(|error| failed(error.to_string()))?;
    Ok(answer
        .with(Level::Info, format!("Certificate exported to {path}"))
        .into())
}

async fn create(context: &Context, args: CertCreateArgs) -> CommandResult {
    if args.file.extension().is_none_or(|end| end != "pfx") {
        return Err(Failure::new("Certificates need to have a pfx extension"));
    }
    let data = input::read(&args.file, input::LONGEST_PEM).map_err(|error| {
        Failure::new(format!("failed to read `{}`", args.file.display()))
            .with_cause(error.to_string())
    })?;
    let client = context.client()?;
    context.terminal.progress("Creating certificate");
    let accepted = client
        .add_certificate(
            prefix(&args.dns_name),
            &CertificateFile {
                data,
                format: "pfx",
                password: args.password.map(Secret::from),
            },
        )
        .await?;
    client.settle(accepted).await?;
    Ok(Answer::none().into())
}

async fn delete(context: &Context, args: &CertDeleteArgs) -> CommandResult {
    let client = context.client()?;
    let mut found = certificates(context, &client, args.dns_name.as_deref().map(prefix)).await?;
    let wanted = thumbprint(&args.thumbprint).unwrap_or_else(|| args.thumbprint.clone());
    found.retain(|(_, one)| one.thumbprint.eq_ignore_ascii_case(&wanted));
    if found.is_empty() {
        return Ok(Answer::none()
            .with(Level::Info, "No matching certificates defined")
            .in_vain()
            .into());
    }
    let question = format!(
        "Delete certificate with thumbprint {}? [y/n] ",
        args.thumbprint
    );
    if let Some(outcome) = context.refused(args.quiet, &question) {
        return Ok(outcome);
    }
    context.terminal.progress("Deleting certificates");
    for (service, one) in &found {
        let accepted = client
            .delete_certificate(service, &one.thumbprint_algorithm, &one.thumbprint)
            .await?;
        client.settle(accepted).await?;
    }
    Ok(Answer::none().into())
}

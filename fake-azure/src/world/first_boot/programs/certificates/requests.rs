//! `openssl req`: requests, and certificates that sign themselves.

use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, IsCa, KeyPair};

use super::configuration::Configuration;
use super::{Call, Failed, extensions, material, signing, subject};

/// Where a new key goes that no place is said for.
const KEY_FILE: &str = "privkey.pem";

pub(super) async fn request(call: &mut Call<'_>) -> Result<(), Failed> {
    let makes = ["new", "x509"].iter().any(|flag| call.options.has(flag))
        || call.options.value("newkey").is_some();
    if !makes {
        // It would show or check one.
        call.is_more();
        return Ok(());
    }
    let configuration = match call.options.value("config").map(str::to_owned) {
        Some(name) => Some(Configuration::read(&call.read(Some(&name)).await?)),
        None => None,
    };
    let name = name(call, configuration.as_ref())?;
    let key = key(call).await?;
    let is_certificate = call.options.has("x509");
    let mut params = CertificateParams::default();
    params.distinguished_name = name;
    put_extensions(call, &mut params, configuration.as_ref(), is_certificate)?;
    let pem = if is_certificate {
        signing::put_times(call, &mut params)?;
        params.serial_number = Some(signing::serial(call)?);
        params.self_signed(&key).map(|made| made.pem())
    } else {
        params.serialize_request(&key).and_then(|made| made.pem())
    };
    let pem = pem.map_err(|error| format!("Error making certificate request: {error}"))?;
    let to = call.options.value("out").map(str::to_owned);
    call.write(to.as_deref(), &pem.replace("\r\n", "\n"), 0o666)
        .await
}

/// Whom it is about. Who would be asked has nobody who answers.
fn name(
    call: &Call<'_>,
    configuration: Option<&Configuration>,
) -> Result<DistinguishedName, Failed> {
    if let Some(text) = call.options.value("subj") {
        return subject::of_text(text);
    }
    if let Some(name) = configuration.and_then(subject::of_configuration) {
        return name;
    }
    if call.options.has("batch") {
        return Ok(DistinguishedName::new());
    }
    Err("Error making certificate request: nobody says whose it is".to_owned())
}

/// The key of a file, or a new one.
async fn key(call: &mut Call<'_>) -> Result<KeyPair, Failed> {
    if let Some(name) = call.options.value("key").map(str::to_owned) {
        return material::of_file(call, &name).await;
    }
    let is_plain = ["nodes", "noenc"].iter().any(|flag| call.options.has(flag));
    material::check_pass(call, !is_plain)?;
    let key = material::new(call)?;
    let to = call.options.value("keyout").unwrap_or(KEY_FILE).to_owned();
    material::write(call, Some(&to), &key).await?;
    Ok(key)
}

fn put_extensions(
    call: &Call<'_>,
    params: &mut CertificateParams,
    configuration: Option<&Configuration>,
    is_certificate: bool,
) -> Result<(), Failed> {
    let none = Configuration::default();
    let (option, member) = if is_certificate {
        ("extensions", "x509_extensions")
    } else {
        ("reqexts", "req_extensions")
    };
    if is_certificate && configuration.is_none() {
        // As the system's own configuration has it.
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.use_authority_key_identifier_extension = true;
    }
    let said = call.options.value(option).or_else(|| {
        // Newer ones take one word for both.
        call.options.value("extensions")
    });
    match (said, configuration) {
        // Sections of the system's own configuration: of an authority, or of anybody else.
        (Some("v3_ca"), None) => params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
        (Some("usr_cert" | "v3_req"), None) => params.is_ca = IsCa::ExplicitNoCa,
        (said, Some(configuration)) => {
            let section = said.or_else(|| configuration.value("req", member));
            if let Some(section) = section {
                let entries = configuration
                    .section(section)
                    .ok_or_else(|| format!("Error loading extension section {section}"))?;
                extensions::put(params, entries, configuration)?;
            }
        }
        (Some(section), None) => return Err(format!("Error loading extension section {section}")),
        (None, None) => {}
    }
    for text in call.options.values("addext") {
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| format!("req: Error adding extension \"{text}\""))?;
        let entry = (name.trim().to_owned(), value.trim().to_owned());
        extensions::put(params, &[entry], configuration.unwrap_or(&none))?;
    }
    Ok(())
}

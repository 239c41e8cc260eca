//! `openssl x509`: certificates signed for requests.

use jiff::SignedDuration;
use rcgen::{CertificateParams, CertificateSigningRequestParams, Issuer, KeyPair, SerialNumber};
use time::OffsetDateTime;
use x509_parser::pem::parse_x509_pem;

use super::configuration::Configuration;
use super::{Call, Failed, digits, extensions, material, shown, subject};

/// From when to when a certificate is good.
pub(super) fn put_times(call: &Call<'_>, params: &mut CertificateParams) -> Result<(), Failed> {
    let days = call.options.days()?;
    let at = |moment: jiff::Timestamp| {
        OffsetDateTime::from_unix_timestamp(moment.as_second())
            .map_err(|error| format!("Error setting validity: {error}"))
    };
    let now = call.process.now();
    let end = now
        .checked_add(SignedDuration::from_hours(24 * i64::from(days)))
        .map_err(|error| format!("Error setting validity: {error}"))?;
    params.not_before = at(now)?;
    params.not_after = at(end)?;
    Ok(())
}

/// The number that was said for a certificate, or one of its own.
pub(super) fn serial(call: &Call<'_>) -> Result<SerialNumber, Failed> {
    let Some(text) = call.options.value("set_serial") else {
        let mut number = call.draw("serial")[..20].to_vec();
        number[0] = number[0] & 0x7f | 0x40;
        return Ok(number.into());
    };
    let digits = text.strip_prefix("0x");
    let number = match digits {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    };
    number
        .map(SerialNumber::from)
        .ok_or_else(|| format!("Invalid value \"{text}\" for option -set_serial"))
}

pub(super) async fn x509(call: &mut Call<'_>) -> Result<(), Failed> {
    if call.options.has("req") || call.options.has("new") {
        return sign(call).await;
    }
    if call.options.value("CA").is_some() || call.options.value("signkey").is_some() {
        call.is_more();
        return Ok(());
    }
    shown::certificate(call).await
}

/// Signs a request by an authority, or by its own key.
async fn sign(call: &mut Call<'_>) -> Result<(), Failed> {
    let from = call.options.value("in").map(str::to_owned);
    let text = call.read(from.as_deref()).await?;
    let mut request = CertificateSigningRequestParams::from_pem(&text)
        .map_err(|_| "Unable to load X509 request file".to_owned())?;
    let asked = std::mem::take(&mut request.params);
    request.params.distinguished_name = match call.options.value("subj") {
        Some(text) => subject::of_text(text)?,
        None => asked.distinguished_name,
    };
    let copies = call.options.value("copy_extensions");
    if matches!(copies, Some("copy" | "copyall")) {
        request.params.subject_alt_names = asked.subject_alt_names;
        request.params.key_usages = asked.key_usages;
        request.params.extended_key_usages = asked.extended_key_usages;
        request.params.is_ca = asked.is_ca;
    }
    let params = &mut request.params;
    put_times(call, params)?;
    if let Some(name) = call.options.value("extfile").map(str::to_owned) {
        let configuration = Configuration::read(&call.read(Some(&name)).await?);
        let section = call.options.value("extensions");
        let section = section.or_else(|| configuration.first_value("extensions"));
        let entries = match section {
            None => configuration.first(),
            Some(section) => configuration
                .section(section)
                .ok_or_else(|| format!("Error checking extension section {section}"))?,
        };
        let first = configuration.first_value("extensions").is_some();
        let entries: Vec<_> = entries
            .iter()
            .filter(|(name, _)| !first || name != "extensions")
            .cloned()
            .collect();
        extensions::put(params, &entries, &configuration)?;
    }
    let made = if let Some(authority) = call.options.value("CA").map(str::to_owned) {
        let (issuer, number) = issuer(call, &authority).await?;
        request.params.serial_number = Some(number);
        request.params.use_authority_key_identifier_extension = true;
        request.signed_by(&issuer).map(|made| made.pem())
    } else {
        let key = ["signkey", "key"]
            .iter()
            .find_map(|name| call.options.value(name))
            .map(str::to_owned)
            .ok_or(
                "We need a private key to sign with, use -key or -CAkey or -CA with private key",
            )?;
        let key = material::of_file(call, &key).await?;
        request.params.serial_number = Some(serial(call)?);
        request.params.self_signed(&key).map(|made| made.pem())
    };
    let pem = made.map_err(|error| format!("Error signing certificate: {error}"))?;
    call.process
        .complain("Certificate request self-signature ok\n")
        .await;
    let to = call.options.value("out").map(str::to_owned);
    call.write(to.as_deref(), &pem.replace("\r\n", "\n"), 0o666)
        .await
}

/// The authority of these files, and the next of its numbers.
async fn issuer(
    call: &mut Call<'_>,
    authority: &str,
) -> Result<(Issuer<'static, KeyPair>, SerialNumber), Failed> {
    let pem = call.read(Some(authority)).await?;
    // Its key may stand in the same file.
    let key = call.options.value("CAkey").unwrap_or(authority).to_owned();
    let key = material::of_file(call, &key).await?;
    let bad = || format!("Could not read CA certificate from {authority}");
    let (_, block) = parse_x509_pem(pem.as_bytes()).map_err(|_| bad())?;
    let read = block.parse_x509().map_err(|_| bad())?;
    if !material::is_of(&key, read.public_key().raw) {
        return Err("CA certificate and CA private key do not match".to_owned());
    }
    let issuer =
        Issuer::from_ca_cert_der(&block.contents.clone().into(), key).map_err(|_| bad())?;
    let number = next_number(call, authority).await?;
    Ok((issuer, number))
}

/// The bytes of digits; as many as a number has at most.
fn bytes(digits: &str) -> Option<Vec<u8>> {
    if digits.len() > 40 || digits.is_empty() || !digits.is_ascii() {
        return None;
    }
    let even = format!(
        "{}{digits}",
        if digits.len().is_multiple_of(2) {
            ""
        } else {
            "0"
        }
    );
    let pairs = even.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

/// The number of a certificate: the one that was said, the next one of the authority's file, or one
/// by chance.
async fn next_number(call: &mut Call<'_>, authority: &str) -> Result<SerialNumber, Failed> {
    if call.options.value("set_serial").is_some() {
        return serial(call);
    }
    let file = call.options.value("CAserial").map_or_else(
        || {
            let (folder, name) = authority
                .rsplit_once('/')
                .map_or(("", authority), |(f, n)| (f, n));
            let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
            match folder {
                "" if !authority.starts_with('/') => format!("{stem}.srl"),
                folder => format!("{folder}/{stem}.srl"),
            }
        },
        str::to_owned,
    );
    let number = match call.read(Some(&file)).await {
        Ok(text) => {
            let mut number =
                bytes(text.trim()).ok_or_else(|| format!("Unable to load number from {file}"))?;
            for byte in number.iter_mut().rev() {
                *byte = byte.wrapping_add(1);
                if *byte != 0 {
                    break;
                }
            }
            number
        }
        Err(_) => serial(call)?.to_bytes(),
    };
    if call.options.has("CAcreateserial") || call.options.value("CAserial").is_some() {
        let text = digits(&number).to_uppercase() + "\n";
        call.write(Some(&file), &text, 0o666).await?;
    }
    Ok(number.into())
}

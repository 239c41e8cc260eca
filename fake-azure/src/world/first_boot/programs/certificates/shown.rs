//! What `openssl` tells of certificates, and whether they fit.

use std::fmt::Write as _;

use x509_parser::certificate::X509Certificate;
use x509_parser::pem::{Pem, parse_x509_pem};
use x509_parser::time::ASN1Time;

use super::{Call, Failed};

/// What of a certificate is told on demand.
const ASKED: [&str; 6] = [
    "subject",
    "issuer",
    "serial",
    "dates",
    "startdate",
    "enddate",
];

/// `x509` of a certificate: it as it is, or some of it.
pub(super) async fn certificate(call: &mut Call<'_>) -> Result<(), Failed> {
    let from = call.options.value("in").map(str::to_owned);
    let pem = call.read(from.as_deref()).await?;
    let block = read(&pem, from.as_deref().unwrap_or("stdin"))?;
    let read = block
        .parse_x509()
        .map_err(|_| "Could not read certificate".to_owned())?;
    let mut text = String::new();
    if let Some(seconds) = call.options.value("checkend") {
        let seconds: i64 = seconds
            .parse()
            .map_err(|_| format!("Invalid value \"{seconds}\" for option -checkend"))?;
        let end = read.validity().not_after.timestamp();
        let then = call.process.now().as_second().saturating_add(seconds);
        if end < then {
            return Err("Certificate will expire".to_owned());
        }
        text.push_str("Certificate will not expire\n");
    }
    for what in ASKED {
        if call.options.has(what) {
            tell(&read, what, &mut text);
        }
    }
    if [
        "text",
        "fingerprint",
        "hash",
        "modulus",
        "pubkey",
        "purpose",
    ]
    .iter()
    .any(|flag| call.options.has(flag))
    {
        call.is_more();
    }
    if !call.options.has("noout") {
        let at = pem.find("-----BEGIN").unwrap_or_default();
        text.push_str(&pem[at..]);
    }
    let to = call.options.value("out").map(str::to_owned);
    call.write(to.as_deref(), &text, 0o666).await
}

fn read(pem: &str, name: &str) -> Result<Pem, Failed> {
    let read = parse_x509_pem(pem.as_bytes());
    read.map(|(_, block)| block)
        .map_err(|_| format!("Could not read certificate from {name}"))
}

fn tell(certificate: &X509Certificate<'_>, what: &str, text: &mut String) {
    let date = |time: ASN1Time| {
        let date = jiff::Timestamp::from_second(time.timestamp()).unwrap_or_default();
        date.strftime("%b %e %H:%M:%S %Y GMT").to_string()
    };
    let validity = certificate.validity();
    let lines = match what {
        "subject" => format!("subject={}\n", certificate.subject()),
        "issuer" => format!("issuer={}\n", certificate.issuer()),
        "serial" => format!(
            "serial={}\n",
            certificate
                .raw_serial_as_string()
                .replace(':', "")
                .to_uppercase()
        ),
        "startdate" => format!("notBefore={}\n", date(validity.not_before)),
        "enddate" => format!("notAfter={}\n", date(validity.not_after)),
        "dates" => format!(
            "notBefore={}\nnotAfter={}\n",
            date(validity.not_before),
            date(validity.not_after)
        ),
        _ => String::new(),
    };
    text.push_str(&lines);
}

/// `verify`: whether certificates are signed by an authority.
pub(super) async fn verify(call: &mut Call<'_>) -> Result<(), Failed> {
    let Some(authority) = call.options.value("CAfile").map(str::to_owned) else {
        call.is_more();
        return Ok(());
    };
    let pem = call.read(Some(&authority)).await?;
    let block = read(&pem, &authority)?;
    let authority = block
        .parse_x509()
        .map_err(|_| "Could not read the authority".to_owned())?;
    let mut told = String::new();
    let mut is_bad = false;
    for name in call.options.rest.clone() {
        let pem = call.read(Some(&name)).await?;
        let block = read(&pem, &name)?;
        let certificate = block
            .parse_x509()
            .map_err(|_| format!("Could not read certificate from {name}"))?;
        let is_signed = certificate.issuer() == authority.subject()
            && certificate
                .verify_signature(Some(authority.public_key()))
                .is_ok();
        if is_signed {
            writeln!(told, "{name}: OK").ok();
        } else {
            is_bad = true;
        }
    }
    call.write(None, &told, 0o666).await?;
    if is_bad {
        return Err("error: verification failed".to_owned());
    }
    Ok(())
}

//! Base64, data URIs, URIs and their percent signs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Map, Value};
use url::Url;

use super::{Call, Function, function};
use crate::problem::Problem;
use crate::value::{member, text_of};

/// All but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(super) const FUNCTIONS: &[Function] = &[
    function("base64", 1, 1, |call| {
        Ok(STANDARD.encode(call.texted(0)?).into())
    }),
    function("base64ToJson", 1, 1, |call| {
        let text = decoded(call, call.text(0)?)?;
        serde_json::from_str(&text).map_err(|_| call.wrong("the decoded value is not valid JSON"))
    }),
    function("base64ToString", 1, 1, |call| {
        Ok(decoded(call, call.text(0)?)?.into())
    }),
    function("buildUri", 1, 1, build_uri),
    function("dataUri", 1, 1, |call| {
        let encoded = STANDARD.encode(call.texted(0)?);
        Ok(format!("data:text/plain;charset=utf8;base64,{encoded}").into())
    }),
    function("dataUriToString", 1, 1, data_uri_to_string),
    function("uri", 2, 2, uri),
    function("uriComponent", 1, 1, |call| {
        let text = call.texted(0)?;
        call.effort.text(text.len().saturating_mul(3))?;
        Ok(utf8_percent_encode(&text, RESERVED).to_string().into())
    }),
    function("uriComponentToString", 1, 1, |call| {
        Ok(percent_decode_str(call.text(0)?)
            .decode_utf8_lossy()
            .into_owned()
            .into())
    }),
];

fn decoded(call: &Call<'_>, text: &str) -> Result<String, Problem> {
    let packed: String = text.split_ascii_whitespace().collect();
    STANDARD
        .decode(packed)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .map_err(|_| call.wrong("the provided value is not valid base64"))
}

fn data_uri_to_string(call: &Call<'_>) -> Result<Value, Problem> {
    let uri = call.text(0)?;
    let Some((kind, data)) = uri
        .strip_prefix("data:")
        .and_then(|rest| rest.split_once(','))
    else {
        return Err(call.wrong("the provided value is not a data URI"));
    };
    Ok(if kind.ends_with(";base64") {
        decoded(call, data)?.into()
    } else {
        percent_decode_str(data)
            .decode_utf8_lossy()
            .into_owned()
            .into()
    })
}

fn uri(call: &Call<'_>) -> Result<Value, Problem> {
    let base =
        Url::parse(call.text(0)?).map_err(|_| call.wrong("the base URI is not an absolute URI"))?;
    base.join(call.text(1)?)
        .map(|joined| joined.to_string().into())
        .map_err(|_| call.wrong("the relative URI does not fit the base URI"))
}

fn build_uri(call: &Call<'_>) -> Result<Value, Problem> {
    let parts = call.object(0)?;
    let text = |members: &Map<String, Value>, name| {
        member(members, name)
            .map(text_of)
            .filter(|text| !text.is_empty())
    };
    let Some(machine) = text(parts, "host") else {
        return Err(call.wrong("the object has no 'host'"));
    };
    let scheme = text(parts, "scheme").unwrap_or_else(|| "https".to_owned());
    let port = text(parts, "port")
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let path = text(parts, "path").unwrap_or_default();
    let query = text(parts, "query")
        .map(|query| format!("?{}", query.trim_start_matches('?')))
        .unwrap_or_default();
    Ok(format!(
        "{scheme}://{machine}{port}/{}{query}",
        path.trim_start_matches('/')
    )
    .into())
}

//! Access tokens: what stands in them, and whether one is good.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::jwt;
use super::keys::Key;

/// How long an access token is good, in seconds: the hour that the real one says, but one.
pub(super) const LIFE: i64 = 3599;

/// Who a token is for.
#[derive(Clone, Debug)]
pub(super) enum Subject {
    /// A program that signs in as itself.
    Application { id: String, object_id: String },
    /// A user, by way of a program.
    User {
        name: String,
        object_id: String,
        client: String,
    },
}

impl Subject {
    pub(super) fn object_id(&self) -> &str {
        match self {
            Self::Application { object_id, .. } | Self::User { object_id, .. } => object_id,
        }
    }
}

/// What a token says, for whoever decides what its bearer may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claims {
    /// For which resource it is.
    pub(crate) audience: String,
    /// Who made it.
    pub(crate) issuer: String,
    /// Whose it is: the tenant's identifier.
    pub(crate) tenant: String,
    /// Who has it: the object of the user or of the service principal.
    pub(crate) object_id: String,
    /// The program's identifier.
    pub(crate) client_id: String,
    /// The user's name, where it is not a program's own.
    pub(crate) user: Option<String>,
    /// The moment from which on it is good no more.
    pub(crate) expires: Timestamp,
}

/// Why a token is not good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenFault {
    /// It is no token, or not one of this authority's.
    Invalid,
    /// It is not good yet.
    Early,
    /// It was good until then.
    Expired(Timestamp),
    /// It is of another tenant, by this issuer.
    Tenant(String),
    /// It is for another resource.
    Audience(String),
}

/// A moment, and who a token is made by, for whom and for what.
#[derive(Debug)]
pub(super) struct Order<'a> {
    pub(super) tenant: &'a str,
    pub(super) audience: &'a str,
    pub(super) subject: &'a Subject,
    pub(super) now: Timestamp,
    /// 32 hexadecimal digits that no other token has.
    pub(super) id: &'a str,
}

/// Makes an access token.
pub(super) fn access(key: &Key, order: &Order<'_>) -> String {
    let Order {
        tenant,
        audience,
        subject,
        now,
        id,
    } = order;
    let from = now.as_second();
    let issuer = issuer(tenant);
    let mut claims = json!({
        "aud": audience,
        "iss": issuer,
        "iat": from,
        "nbf": from,
        "exp": from + LIFE,
        "idp": issuer,
        "oid": subject.object_id(),
        "sub": subject.object_id(),
        "tid": tenant,
        "uti": id,
        "rh": format!("1.{id}"),
        "ver": "1.0",
    });
    match subject {
        Subject::Application { id, .. } => {
            claims["appid"] = json!(id);
            claims["appidacr"] = json!("1");
            claims["idtyp"] = json!("app");
        }
        Subject::User { name, client, .. } => {
            claims["appid"] = json!(client);
            claims["appidacr"] = json!("0");
            claims["idtyp"] = json!("user");
            claims["name"] = json!(name);
            claims["upn"] = json!(name);
            claims["unique_name"] = json!(name);
            claims["scp"] = json!("user_impersonation");
        }
    }
    jwt::sign(&key.pair, &header(key), &claims)
}

/// Makes what tells a program who its user is. Programs look at its times with their own clock,
/// so it is good by the machine's and by the simulator's.
pub(super) fn identity(
    key: &Key,
    order: &Order<'_>,
    base: &str,
    client: &str,
    machine: Timestamp,
) -> String {
    let Subject::User {
        name, object_id, ..
    } = order.subject
    else {
        return String::new();
    };
    let (first, last) = (order.now.min(machine), order.now.max(machine));
    let claims = json!({
        "aud": client,
        "iss": format!("{base}/{}/v2.0", order.tenant),
        "iat": first.as_second(),
        "nbf": first.as_second(),
        "exp": last.as_second() + LIFE,
        "name": name,
        "oid": object_id,
        "preferred_username": name,
        "sub": object_id,
        "tid": order.tenant,
        "uti": order.id,
        "ver": "2.0",
    });
    jwt::sign(&key.pair, &header(key), &claims)
}

fn header(key: &Key) -> Value {
    json!({ "typ": "JWT", "alg": "RS256", "x5t": key.id, "kid": key.id })
}

/// Who makes the tokens of a tenant.
pub(super) fn issuer(tenant: &str) -> String {
    format!("https://sts.windows.net/{tenant}/")
}

/// What a token says, if this key has signed it; whether it is good now is [`check`]'s.
pub(super) fn read(key: &Key, token: &str) -> Result<Claims, TokenFault> {
    let read = jwt::read(token).ok_or(TokenFault::Invalid)?;
    if !read.is_signed_by(&key.public) {
        return Err(TokenFault::Invalid);
    }
    let text = |name| {
        read.claim(name)
            .map(str::to_owned)
            .ok_or(TokenFault::Invalid)
    };
    let end = read.moment("exp").ok_or(TokenFault::Invalid)?;
    Ok(Claims {
        audience: text("aud")?,
        issuer: text("iss")?,
        tenant: text("tid")?,
        object_id: text("oid")?,
        client_id: text("appid")?,
        user: read.claim("upn").map(str::to_owned),
        expires: Timestamp::from_second(end).map_err(|_| TokenFault::Invalid)?,
    })
}

/// Whether a token of this authority is good at this moment in this tenant, for whatever resource
/// it may be.
pub(super) fn check(claims: &Claims, tenant: &str, now: Timestamp) -> Result<(), TokenFault> {
    if claims.expires <= now {
        return Err(TokenFault::Expired(claims.expires));
    }
    let begin = claims.expires.as_second() - LIFE;
    // Who lets time go back has tokens of later; real ones are off by some minutes, too.
    if begin > now.as_second() + 300 {
        return Err(TokenFault::Early);
    }
    if claims.tenant != tenant {
        return Err(TokenFault::Tenant(claims.issuer.clone()));
    }
    Ok(())
}

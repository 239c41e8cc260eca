//! What the authority tells of itself.

use serde_json::{Value, json};

use super::token::issuer;
use super::{Asked, Login, Refusal, Version};

/// The names under which the public cloud's authority is one.
const ALIASES: [&str; 4] = [
    "login.microsoftonline.com",
    "login.windows.net",
    "login.microsoft.com",
    "sts.windows.net",
];

impl Login {
    /// Where everything is. Programs ask where the document says, so it says how the authority
    /// was called.
    pub(super) fn discovery(&self, asked: &Asked<'_>, version: Version) -> Value {
        let base = asked.base;
        let tenant = self.named(asked);
        let is_any = tenant == "common" || tenant == "organizations";
        let (path, maker) = match version {
            Version::One => (
                "oauth2",
                issuer(if is_any { "{tenantid}" } else { &tenant }),
            ),
            Version::Two => {
                let maker = if is_any { "{tenantid}" } else { &tenant };
                ("oauth2/v2.0", format!("{base}/{maker}/v2.0"))
            }
        };
        let keys = match version {
            Version::One => format!("{base}/common/discovery/keys"),
            Version::Two => format!("{base}/{tenant}/discovery/v2.0/keys"),
        };
        json!({
            "token_endpoint": format!("{base}/{tenant}/{path}/token"),
            "token_endpoint_auth_methods_supported": [
                "client_secret_post", "private_key_jwt", "client_secret_basic"
            ],
            "jwks_uri": keys,
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": maker,
            "authorization_endpoint": format!("{base}/{tenant}/{path}/authorize"),
            "device_authorization_endpoint": format!("{base}/{tenant}/{path}/devicecode"),
            "end_session_endpoint": format!("{base}/{tenant}/{path}/logout"),
            "claims_supported": [
                "sub", "iss", "aud", "exp", "iat", "auth_time", "tid", "ver",
                "preferred_username", "name"
            ],
            "tenant_region_scope": "NA",
            "cloud_instance_name": "microsoftonline.com",
            "cloud_graph_host_name": "graph.windows.net",
            "msgraph_host": "graph.microsoft.com",
        })
    }

    /// The tenant that was meant, by its identifier unless any was.
    fn named(&self, asked: &Asked<'_>) -> String {
        let word = asked.tenant.to_ascii_lowercase();
        match word.as_str() {
            "common" | "organizations" => word,
            _ => self.tenant(),
        }
    }

    /// Which authorities are one.
    pub(super) fn instance(&self, asked: &Asked<'_>) -> Value {
        let tenant = self.tenant();
        let base = asked.base;
        json!({
            "tenant_discovery_endpoint":
                format!("{base}/{tenant}/v2.0/.well-known/openid-configuration"),
            "api-version": "1.1",
            "metadata": [{
                "preferred_network": ALIASES[0],
                "preferred_cache": ALIASES[1],
                "aliases": ALIASES,
            }],
        })
    }

    /// What tokens are verified with.
    pub(super) async fn signing_keys(&self, asked: &Asked<'_>) -> Result<Value, Refusal> {
        let key = self.keys.made(&self.cloud).await?;
        let maker = format!("{}/{}/v2.0", asked.base, self.tenant());
        let key = key.shown(&maker).ok_or_else(Refusal::unavailable)?;
        Ok(json!({ "keys": [key] }))
    }

    /// Where a user signs in: here.
    pub(super) fn realm(&self, user: &str) -> Value {
        let own = self
            .cloud
            .look(|world| world.directory().domain().to_owned());
        let domain = user
            .rsplit_once('@')
            .map_or(own.as_str(), |(_, domain)| domain);
        json!({
            "ver": "1.0",
            "account_type": "Managed",
            "domain_name": domain,
            "cloud_instance_name": "microsoftonline.com",
            "cloud_audience_urn": "urn:federation:MicrosoftOnline",
        })
    }
}

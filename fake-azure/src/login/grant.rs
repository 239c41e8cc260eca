//! The token endpoint: what is granted for what.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::form::Form;
use super::token::{self, LIFE, Order, Subject};
use super::{Asked, Login, Refusal, Version, resource};
use crate::world::directory::{Change, Secret, User};

/// What the second version of the API calls the grant of a device code.
const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A user who has proved to be one.
pub(super) struct SignedIn {
    pub(super) user: User,
    /// The program that the user signs in with.
    pub(super) client: String,
    /// What the program said before that it wants a token for.
    pub(super) audience: Option<String>,
    /// The device code that is used up by it.
    pub(super) device_code: Option<Secret>,
}

impl Login {
    /// Grants a token, or says why not.
    pub(super) async fn token(
        &self,
        asked: &Asked<'_>,
        version: Version,
        form: &Form,
    ) -> Result<Value, Refusal> {
        match form.required("grant_type")? {
            "client_credentials" => self.to_program(asked, version, form).await,
            "password" => {
                let client = form.client()?.to_owned();
                let (name, password) = (form.required("username")?, form.required("password")?);
                let user = self.cloud.look(|world| {
                    let found = world.directory().user_with(name, password);
                    found.cloned()
                })?;
                let signed_in = SignedIn {
                    user,
                    client,
                    audience: None,
                    device_code: None,
                };
                self.to_user(asked, version, form, signed_in).await
            }
            "refresh_token" => {
                let token = form.required("refresh_token")?;
                let now = self.cloud.now();
                let (user, known) = self.cloud.look(|world| {
                    let directory = world.directory();
                    let known = directory.refresh_token(token, now)?;
                    let user = directory.user(Some(&known.user))?.clone();
                    Ok::<_, Refusal>((user, known.clone()))
                })?;
                let signed_in = SignedIn {
                    user,
                    // Programs of one family share what they have.
                    client: form.get("client_id").unwrap_or(&known.client).to_owned(),
                    audience: Some(known.audience),
                    device_code: None,
                };
                self.to_user(asked, version, form, signed_in).await
            }
            DEVICE_CODE | "device_code" => {
                let signed_in = self.approved(form)?;
                self.to_user(asked, version, form, signed_in).await
            }
            other => Err(Refusal::no_grant(other)),
        }
    }

    /// A token for a program as itself.
    async fn to_program(
        &self,
        asked: &Asked<'_>,
        version: Version,
        form: &Form,
    ) -> Result<Value, Refusal> {
        let client = form.client()?;
        let application = self
            .cloud
            .look(|world| world.directory().application(client).cloned())?;
        match (form.get("client_assertion"), form.secret()) {
            (Some(assertion), _) => {
                let now = super::machine_now();
                super::assertion::check(assertion, &application, asked, now)?;
            }
            (None, Some(secret)) => application.check_secret(secret, self.cloud.now())?,
            (None, None) => {
                return Err(Refusal::new(
                    401,
                    "invalid_client",
                    7_000_218,
                    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
                ));
            }
        }
        let audience = resource::of_form(form, version, &self.tenant(), true)?;
        let subject = Subject::Application {
            id: application.id.clone(),
            object_id: application.object_id.clone(),
        };
        let token = self.access(&audience, &subject, asked.id).await?;
        Ok(granted(version, &audience, &token))
    }

    /// Tokens for a user's program: to do something, to come again, and to know who it is.
    async fn to_user(
        &self,
        asked: &Asked<'_>,
        version: Version,
        form: &Form,
        signed_in: SignedIn,
    ) -> Result<Value, Refusal> {
        let tenant = self.tenant();
        let SignedIn {
            user,
            client,
            audience: said,
            device_code,
        } = signed_in;
        let asks = form.get("scope").or_else(|| form.get("resource"));
        let audience = match said.filter(|_| asks.is_none()) {
            Some(said) => said,
            None => resource::of_form(form, version, &tenant, false)?,
        };
        let subject = Subject::User {
            name: user.name.clone(),
            object_id: user.object_id.clone(),
            client: client.clone(),
        };
        let token = self.access(&audience, &subject, asked.id).await?;
        let key = self.keys.made(&self.cloud).await?;
        let order = Order {
            tenant: &tenant,
            audience: &audience,
            subject: &subject,
            now: self.cloud.now(),
            id: asked.id,
        };
        let machine = super::machine_now();
        let identity = token::identity(&key, &order, asked.base, &client, machine);
        let fresh = || self.cloud.new_request_id().to_string();
        let refresh_token = format!("1.{}{}", fresh(), fresh());
        let change = Change::SignedIn {
            user: user.key(),
            client,
            audience: audience.clone(),
            refresh_token: Secret::new(&*refresh_token),
            device_code: device_code.clone(),
        };
        self.cloud.act(|hand, now| {
            // Two that ask at a time with one code: the first has it.
            if let Some(code) = &device_code {
                let known = hand.world().directory().device_code(code.text(), now)?;
                super::device_code::is_unused(known)?;
            }
            let changed = hand.change_directory(change);
            changed.map_err(|error| Refusal::not_written(&error))
        })?;
        let mut granted = granted(version, &audience, &token);
        granted["scope"] = match version {
            Version::One => json!("user_impersonation"),
            Version::Two => json!(format!("{audience}/user_impersonation {audience}/.default")),
        };
        granted["refresh_token"] = json!(refresh_token);
        granted["id_token"] = json!(identity);
        let client_info = json!({ "uid": user.object_id, "utid": tenant });
        granted["client_info"] = json!(URL_SAFE_NO_PAD.encode(client_info.to_string()));
        granted["foci"] = json!("1");
        Ok(granted)
    }
}

/// The answer that every grant has.
fn granted(version: Version, audience: &str, token: &str) -> Value {
    let mut granted = json!({
        "token_type": "Bearer",
        "expires_in": version.number(LIFE),
        "ext_expires_in": version.number(LIFE),
    });
    if version == Version::One {
        // Programs compare them with the machine's clock.
        let now = super::machine_now().as_second();
        granted["expires_on"] = version.number(now + LIFE);
        granted["not_before"] = version.number(now);
        granted["resource"] = json!(audience);
    }
    granted["access_token"] = json!(token);
    granted
}

//! `login` and `logout`: who is signed in to today's Azure.

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::{CommandResult, Context};
use crate::answer::{Answer, Level};
use crate::backend::resource_manager::read::Subscription;
use crate::backend::resource_manager::{Client, Need, Tokens as _};
use crate::cli::login::{LoginArgs, LogoutArgs};
use crate::entra::{self, Authority, Cloud, Credential, DeviceCode, Login, Token, TokenSource};
use crate::failure::Failure;
use crate::settings::login::{CloudWish, LoginSettingsError, Manner, understand};

impl From<LoginSettingsError> for Failure {
    fn from(error: LoginSettingsError) -> Self {
        Self::of(&error)
    }
}

/// `login`.
pub async fn login(context: &Context, args: LoginArgs) -> CommandResult {
    let entra = context.environment.entra();
    let settings = understand(args, entra, context.environment.working_folder())?;
    let ca = context.authority()?;
    let patience = context.network_patience()?;
    let cloud = match settings.cloud {
        CloudWish::Known(cloud) => cloud,
        CloudWish::At(url) => {
            entra::discover(&url, ca.as_deref(), patience, context.clock.now()).await?
        }
    };
    let (login, token) = match settings.manner {
        Manner::Device => by_code(context, cloud, settings.tenant, ca).await?,
        Manner::By { name, credential } => {
            let login = Login {
                name,
                tenant: settings.tenant,
                cloud,
                ca,
                credential,
            };
            by_proof(context, login).await?
        }
    };
    let reached = subscriptions(context, &login, token).await?;
    let mut profile = context.profile_to_change()?;
    let pairs: Vec<(String, String)> = reached
        .iter()
        .map(|one| (one.id.clone(), one.name.clone()))
        .collect();
    profile.sign_in(login.clone(), &pairs);
    profile.write().map_err(|error| Failure::of(&error))?;
    let mut answer = Answer::none();
    for one in &reached {
        answer = answer.with(Level::Info, format!("Added subscription {}", one.name));
    }
    if reached.is_empty() {
        answer = answer.with(
            Level::Warn,
            format!("{} is signed in, and sees no subscription", login.name),
        );
    }
    let json: Vec<Value> = reached
        .iter()
        .map(|one| {
            json!({
                "id": one.id,
                "name": one.name,
                "state": one.state,
                "tenantId": login.tenant,
                "environmentName": login.cloud.name,
                "user": {"name": login.name, "type": login.kind()},
            })
        })
        .collect();
    Ok(answer.with_json(Value::Array(json)).into())
}

/// Lets a user approve this program elsewhere.
async fn by_code(
    context: &Context,
    cloud: Cloud,
    tenant: String,
    ca: Option<String>,
) -> Result<(Login, Token), Failure> {
    let patience = context.network_patience()?;
    let authority = Authority::new(&cloud.authority, &tenant, ca.as_deref(), patience)?;
    let scope = format!("{} offline_access openid profile", cloud.scope());
    let code = DeviceCode::ask(&authority, &scope, context.clock.now()).await?;
    context.terminal.warn(&code.message);
    let token = code.approved(&authority, &*context.clock).await?;
    let access = token.access.expose_secret();
    let login = Login {
        name: entra::user_of(access).unwrap_or_else(|| "user".to_owned()),
        tenant: entra::tenant_of(access).unwrap_or(tenant),
        cloud,
        ca,
        credential: Credential::User {
            refresh_token: token.refresh.clone().unwrap_or_default(),
        },
    };
    Ok((login, token))
}

/// Asks for a token with what is at hand.
async fn by_proof(context: &Context, mut login: Login) -> Result<(Login, Token), Failure> {
    let source = TokenSource::new(login.clone(), context.around(None)?);
    source.token(Need::Any).await?;
    let token = source
        .held()
        .await
        .ok_or_else(|| Failure::new("the authority gave no token"))?;
    if login.tenant.is_empty() {
        login.tenant = entra::tenant_of(token.access.expose_secret()).unwrap_or_default();
    }
    if matches!(login.credential, Credential::Az)
        && let Some(name) = entra::user_of(token.access.expose_secret())
    {
        login.name = name;
    }
    Ok((login, token))
}

/// The subscriptions that a login reaches.
async fn subscriptions(
    context: &Context,
    login: &Login,
    token: Token,
) -> Result<Vec<Subscription>, Failure> {
    let source = TokenSource::new(login.clone(), context.around(None)?).holding(token);
    let transport = context.connect_managed(login, Arc::new(source))?;
    Ok(Client::subscriptions(&transport).await?)
}

/// `logout`.
pub fn logout(context: &Context, args: &LogoutArgs) -> CommandResult {
    let name = args.name.as_deref().or(args.username.as_deref());
    let mut profile = context.profile_to_change()?;
    let gone = profile.sign_out(name);
    if gone.is_empty() {
        let words = match name {
            Some(name) => format!("Nobody called {name} is signed in"),
            None => "Nobody is signed in".to_owned(),
        };
        return Ok(Answer::absent(words).into());
    }
    profile.write().map_err(|error| Failure::of(&error))?;
    let lines = gone
        .iter()
        .map(|login| format!("{} is forgotten", login.name));
    Ok(Answer::none().with_lines(Level::Info, lines).into())
}

impl Context {
    /// Keeps what gives the next token of a login: the last one may be good no more.
    pub(super) fn keeper(&self, login: &Login) -> entra::Keeper {
        let folder = self.environment.profile_folder();
        let (login, terminal) = (login.clone(), Arc::clone(&self.terminal));
        Arc::new(move |token: &SecretString| {
            use crate::settings::profile::Profile;

            let kept = Profile::read_to_change(folder.as_deref()).and_then(|mut profile| {
                profile.keep_refresh_token(&login, token);
                profile.write()
            });
            if let Err(error) = kept {
                terminal.warn(&error.to_string());
            }
        })
    }
}

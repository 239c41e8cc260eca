//! `login` and `logout`: who is signed in to today's Azure.

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::{CommandResult, Context};
use crate::answer::{Answer, Level};
use crate::backend::resource_manager::read::{Subscription, Tenant};
use crate::backend::resource_manager::{Client, Need, Tokens as _, Transport};
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
    let home = Reach::of(context, login, token).await?;
    let (reaches, unreached) = if settings.is_everywhere {
        elsewhere(context, home).await
    } else {
        (vec![home], Vec::new())
    };
    let mut profile = context.profile_to_change()?;
    let current = profile.current().map(|one| one.id.clone());
    let mut answer = Answer::none();
    for reach in &reaches {
        let subscriptions = reach.subscriptions.iter();
        let pairs: Vec<(String, String)> = subscriptions
            .map(|one| (one.id.clone(), one.name.clone()))
            .collect();
        profile.sign_in(reach.login.clone(), &pairs);
        let lines = pairs
            .iter()
            .map(|(_, name)| format!("Added subscription {name}"));
        answer = answer.with_lines(Level::Info, lines);
    }
    let mut all = reaches.iter().flat_map(|reach| &reach.subscriptions);
    let is_current = |one: &Subscription| {
        let current = current.as_deref();
        current.is_some_and(|current| one.id.eq_ignore_ascii_case(current))
    };
    // Whoever signs in means to work there, as with the old CLI and az.
    if let Some(first) = all.clone().next()
        && !all.any(is_current)
    {
        let line = format!("Setting subscription \"{}\" as default", first.name);
        let made = profile.make_current(&first.id);
        made.map_err(|error| Failure::of(&error))?;
        answer = answer.with(Level::Info, line);
    }
    profile.write().map_err(|error| Failure::of(&error))?;
    if let [only, ..] = &reaches[..]
        && reaches.iter().all(|reach| reach.subscriptions.is_empty())
    {
        answer = answer.with(
            Level::Warn,
            format!("{} is signed in, and sees no subscription", only.login.name),
        );
    }
    let answer = answer.with_lines(Level::Warn, unreached);
    let json = reaches.iter().flat_map(Reach::told).collect();
    Ok(answer.with_json(Value::Array(json)).into())
}

/// What a login reaches in its tenant.
struct Reach {
    login: Login,
    token: Token,
    subscriptions: Vec<Subscription>,
}

impl Reach {
    async fn of(context: &Context, login: Login, token: Token) -> Result<Self, Failure> {
        let transport = context.transport_with(&login, &token)?;
        let subscriptions = Client::subscriptions(&transport).await?;
        Ok(Self {
            login,
            token,
            subscriptions,
        })
    }

    /// Its subscriptions, as JSON.
    fn told(&self) -> impl Iterator<Item = Value> + '_ {
        let login = &self.login;
        self.subscriptions.iter().map(move |one| {
            json!({
                "id": one.id,
                "name": one.name,
                "state": one.state,
                "tenantId": login.tenant,
                "environmentName": login.cloud.name,
                "user": {"name": login.name, "type": login.kind()},
            })
        })
    }
}

/// What somebody reaches at home and in the other tenants that know them, and why some of those
/// were not asked: they may want to see whoever signs in themselves.
async fn elsewhere(context: &Context, home: Reach) -> (Vec<Reach>, Vec<String>) {
    let tenants = match tenants(context, &home).await {
        Ok(tenants) => tenants,
        Err(failure) => {
            let words = format!("No other tenant was asked: {}", failure.message());
            return (vec![home], vec![words]);
        }
    };
    let mut login = home.login.clone();
    renew(&mut login, &home.token);
    let mut reaches = vec![home];
    let mut unreached = Vec::new();
    for tenant in tenants {
        login.tenant.clone_from(&tenant.id);
        match within(context, login.clone()).await {
            Ok(mut reach) => {
                // One that is managed from another tenant is listed in both.
                let is_known = |one: &Subscription| {
                    let mut known = reaches.iter().flat_map(|reach| &reach.subscriptions);
                    known.any(|known| known.id.eq_ignore_ascii_case(&one.id))
                };
                reach.subscriptions.retain(|one| !is_known(one));
                reaches.push(reach);
            }
            Err(failure) => unreached.push(format!(
                "Tenant {} was not asked: {}; `azure login --tenant {}` signs in there",
                if tenant.name.is_empty() {
                    &tenant.id
                } else {
                    &tenant.name
                },
                failure.message(),
                tenant.id
            )),
        }
    }
    (reaches, unreached)
}

/// The tenants besides their own that know somebody.
async fn tenants(context: &Context, home: &Reach) -> Result<Vec<Tenant>, Failure> {
    let transport = context.transport_with(&home.login, &home.token)?;
    let mut tenants = Client::tenants(&transport).await?;
    tenants.retain(|tenant| !tenant.id.eq_ignore_ascii_case(&home.login.tenant));
    Ok(tenants)
}

/// What a login reaches in another tenant.
async fn within(context: &Context, login: Login) -> Result<Reach, Failure> {
    let (mut login, token) = by_proof(context, login).await?;
    renew(&mut login, &token);
    Reach::of(context, login, token).await
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

/// Keeps with a login what came with its token: what gives the next one.
fn renew(login: &mut Login, token: &Token) {
    if let (Credential::User { refresh_token }, Some(newer)) =
        (&mut login.credential, &token.refresh)
    {
        *refresh_token = newer.clone();
    }
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
    /// The way to a login's Resource Manager, with a token that is there already.
    fn transport_with(&self, login: &Login, token: &Token) -> Result<Transport, Failure> {
        let source = TokenSource::new(login.clone(), self.around(None)?).holding(token.clone());
        self.connect_managed(login, Arc::new(source))
    }

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

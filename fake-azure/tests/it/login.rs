//! The login authority: each grant, each refusal, and what becomes of its tokens.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair,
    RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fake_azure::{Approval, Pace};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::stage::{builder, credentials};
use crate::today::{MANAGEMENT, Today, part};

/// The program that az signs users in with.
const AZ: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

#[tokio::test]
async fn a_program_signs_in_by_its_secret_in_both_versions() {
    let today = Today::of(builder()).await;
    let tenant = today.told("tenantId").to_owned();

    let scope = "https://management.core.windows.net//.default";
    let granted = today.token(&today.program(scope)).await.is(200).json();
    assert_eq!(granted["expires_in"], 3599);
    assert_eq!(granted["token_type"], "Bearer");
    assert!(granted.get("refresh_token").is_none());
    let token = granted["access_token"].as_str().unwrap();
    let claims = part(token, 1);
    assert_eq!(claims["aud"], "https://management.core.windows.net/");
    assert_eq!(claims["tid"], tenant);
    assert_eq!(claims["iss"], format!("https://sts.windows.net/{tenant}/"));
    assert_eq!(claims["appid"], today.told("clientId"));
    assert_eq!(claims["idtyp"], "app");
    assert_eq!(part(token, 0)["alg"], "RS256");
    assert_ne!(today.subscription(Some(token)).await.status, 401);

    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", today.told("clientId")),
        ("client_secret", today.told("clientSecret")),
        ("resource", "https://management.azure.com/"),
    ];
    let path = format!("{tenant}/oauth2/token?api-version=1.0");
    let granted = today.post(&path, &form).await.is(200).json();
    for name in ["expires_in", "ext_expires_in", "expires_on", "not_before"] {
        assert!(granted[name].is_string(), "{name}: {granted}");
    }
    assert_eq!(granted["resource"], "https://management.azure.com/");
    let token = granted["access_token"].as_str().unwrap();
    assert_ne!(today.subscription(Some(token)).await.status, 401);
}

#[tokio::test]
async fn a_secret_may_come_in_a_header_of_its_own() {
    let today = Today::of(builder()).await;
    let url = format!(
        "{}/{}/oauth2/v2.0/token",
        today.azure.authority_url(),
        today.told("tenantId")
    );
    let request = today
        .client
        .post(url)
        .basic_auth(
            today.told("clientId"),
            Some(today.told("clientSecret").replace('~', "%7E")),
        )
        .body(format!(
            "grant_type=client_credentials&scope={MANAGEMENT}/.default"
        ));
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_token_is_given_for_any_resource_that_is_a_url_and_resource_manager_takes_its_own() {
    let today = Today::of(builder()).await;
    let own = today.azure.resource_manager_url().to_owned();
    for (resource, is_own) in [
        (MANAGEMENT, true),
        ("https://management.azure.com/", true),
        ("https://management.core.windows.net", true),
        (&*own, true),
        ("https://graph.microsoft.com/", false),
        ("https://vault.azure.net", false),
        ("https://example.org/anything", false),
        ("api://me", false),
    ] {
        let bearer = today.bearer(resource).await;
        assert_eq!(part(&bearer, 1)["aud"], resource);
        let answer = today.subscription(Some(&bearer)).await;
        if is_own {
            assert_ne!(answer.status, 401, "{resource}");
        } else {
            let told = (401, "InvalidAuthenticationTokenAudience".to_owned());
            assert_eq!(answer.failure(), told, "{resource}");
        }
    }
    let denied = today.token(&today.program("nothing/.default")).await;
    assert_eq!(
        denied.denied(),
        (400, "invalid_resource".to_owned(), 500_011)
    );
}

#[tokio::test]
async fn each_refusal_has_the_authoritys_words() {
    let old = Timestamp::UNIX_EPOCH;
    let today = Today::of(builder().client_secret("old secret", old)).await;
    let scope = format!("{MANAGEMENT}/.default");
    let good = today.program(&scope);
    let with = |name: &'static str, value: &'static str| {
        let mut form = good.clone();
        form.retain(|(key, _)| *key != name);
        form.push((name, value));
        form
    };
    let without = |name: &str| {
        let mut form = good.clone();
        form.retain(|(key, _)| *key != name);
        form
    };
    let user = |password: &'static str| {
        vec![
            ("grant_type", "password"),
            ("client_id", AZ),
            ("username", "nobody@example.org"),
            ("password", password),
            ("scope", "openid"),
        ]
    };
    for (form, told) in [
        (
            with("client_secret", "wrong"),
            (401, "invalid_client", 7_000_215),
        ),
        (
            with("client_secret", "old secret"),
            (401, "invalid_client", 7_000_222),
        ),
        (without("client_secret"), (401, "invalid_client", 7_000_218)),
        (
            with("client_id", "00000000-0000-0000-0000-000000000001"),
            (400, "unauthorized_client", 700_016),
        ),
        (without("client_id"), (400, "invalid_request", 900_144)),
        (without("grant_type"), (400, "invalid_request", 900_144)),
        (without("scope"), (400, "invalid_request", 900_144)),
        (
            with("grant_type", "magic"),
            (400, "unsupported_grant_type", 70003),
        ),
        (
            with("scope", "https://management.azure.com/read"),
            (400, "invalid_scope", 70011),
        ),
        (
            with("scope", "words/.default"),
            (400, "invalid_resource", 500_011),
        ),
        (user("x"), (400, "invalid_grant", 50126)),
        (
            vec![
                ("grant_type", "refresh_token"),
                ("client_id", AZ),
                ("refresh_token", "x"),
                ("scope", "openid"),
            ],
            (400, "invalid_grant", 70008),
        ),
        (
            vec![
                ("grant_type", "device_code"),
                ("client_id", AZ),
                ("device_code", "x"),
                ("scope", "openid"),
            ],
            (400, "bad_verification_code", 70018),
        ),
    ] {
        let (status, error, number) = told;
        let denied = today.token(&form).await.denied();
        assert_eq!(denied, (status, error.to_owned(), number), "{form:?}");
    }
    let elsewhere = today
        .post("11111111-1111-1111-1111-111111111111/oauth2/token", &good)
        .await;
    let told = (400, "invalid_request".to_owned(), 90002);
    assert_eq!(elsewhere.denied(), told);
    let domain = {
        let (_, world) = today.admin("world", None).await;
        world["directory"]["domain"].as_str().unwrap().to_owned()
    };
    for tenant in ["common", "Organizations", &domain] {
        let path = format!("{tenant}/oauth2/v2.0/token");
        today.post(&path, &good).await.is(200);
    }
    let authorize = today.get("/common/oauth2/v2.0/authorize").await;
    assert_eq!(authorize.status, 501);
    assert!(authorize.body.contains("Authorize"), "{}", authorize.body);
    today.get("/common/nothing/here").await.is(404);
}

/// How an assertion is to be wrong.
#[derive(Clone, Copy, Default)]
struct Assertion<'a> {
    pss: bool,
    by_sha256: bool,
    audience: Option<&'a str>,
    issuer: Option<&'a str>,
    late: i64,
    wrong: Option<Wrong>,
}

/// What an assertion is not by.
#[derive(Clone, Copy, PartialEq)]
enum Wrong {
    Key,
    Certificate,
}

impl Assertion<'_> {
    fn signed(self, today: &Today) -> String {
        let pem = credentials().management_pem();
        let parts = pem_parts(&pem);
        let (certificate, key) = (&parts[0], &parts[1]);
        let key = if self.wrong == Some(Wrong::Key) {
            RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap()
        } else {
            RsaKeyPair::from_pkcs8(key).unwrap()
        };
        let mut header = json!({ "typ": "JWT" });
        header["alg"] = json!(if self.pss { "PS256" } else { "RS256" });
        if self.by_sha256 {
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, certificate);
            header["x5t#S256"] = json!(URL_SAFE_NO_PAD.encode(digest));
        } else {
            let sha1 = aws_lc_rs::digest::digest(
                &aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY,
                certificate,
            );
            let mut sha1 = sha1.as_ref().to_vec();
            if self.wrong == Some(Wrong::Certificate) {
                sha1[0] ^= 1;
            }
            header["x5t"] = json!(URL_SAFE_NO_PAD.encode(sha1));
        }
        let here = format!(
            "{}/{}/oauth2/v2.0/token",
            today.azure.authority_url(),
            today.told("tenantId")
        );
        #[expect(clippy::disallowed_methods, reason = "as a program's own clock says")]
        let now = Timestamp::now().as_second() - self.late;
        let who = self.issuer.unwrap_or(today.told("clientId"));
        let claims = json!({
            "aud": self.audience.unwrap_or(&here),
            "iss": who, "sub": who, "jti": "x",
            "nbf": now, "exp": now + 600,
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let mut signature = vec![0; key.public_modulus_len()];
        let padding: &dyn aws_lc_rs::signature::RsaEncoding = if self.pss {
            &RSA_PSS_SHA256
        } else {
            &RSA_PKCS1_SHA256
        };
        key.sign(
            padding,
            &SystemRandom::new(),
            signed.as_bytes(),
            &mut signature,
        )
        .unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// What stands in a file of PEM, in DER.
fn pem_parts(pem: &str) -> Vec<Vec<u8>> {
    pem::parse_many(pem)
        .unwrap()
        .into_iter()
        .map(pem::Pem::into_contents)
        .collect()
}

async fn by_assertion(today: &Today, assertion: &str) -> crate::stage::Answer {
    let scope = format!("{MANAGEMENT}/.default");
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    today
        .token(&[
            ("grant_type", "client_credentials"),
            ("client_id", today.told("clientId")),
            ("client_assertion_type", kind),
            ("client_assertion", assertion),
            ("scope", &scope),
        ])
        .await
}

#[tokio::test]
async fn a_certificate_proves_which_program_it_is() {
    let today = Today::of(builder()).await;
    let plain = Assertion::default();
    let authority = format!(
        "{}/{}/v2.0",
        today.azure.authority_url(),
        today.told("tenantId")
    );
    for good in [
        plain,
        Assertion { pss: true, ..plain },
        Assertion {
            pss: true,
            by_sha256: true,
            ..plain
        },
        Assertion {
            audience: Some(&authority),
            ..plain
        },
    ] {
        by_assertion(&today, &good.signed(&today)).await.is(200);
    }
    for (bad, number) in [
        (
            Assertion {
                wrong: Some(Wrong::Key),
                ..plain
            },
            700_027,
        ),
        (
            Assertion {
                wrong: Some(Wrong::Certificate),
                ..plain
            },
            700_027,
        ),
        (
            Assertion {
                audience: Some("https://example.org:1/t/oauth2/v2.0/token"),
                ..plain
            },
            700_023,
        ),
        (
            Assertion {
                issuer: Some("somebody"),
                ..plain
            },
            700_021,
        ),
        (
            Assertion {
                late: 3600,
                ..plain
            },
            700_024,
        ),
    ] {
        let denied = by_assertion(&today, &bad.signed(&today)).await.denied();
        assert_eq!(denied, (401, "invalid_client".to_owned(), number));
    }
    let denied = by_assertion(&today, "a.b").await.denied();
    assert_eq!(denied, (400, "invalid_request".to_owned(), 50027));
    // What has no signature at all proves nothing.
    let token = plain.signed(&today);
    let (signed, _) = token.rsplit_once('.').unwrap();
    let (_, claims) = signed.split_once('.').unwrap();
    let mut header = part(&token, 0);
    header["alg"] = json!("none");
    let bare = format!("{}.{claims}.", URL_SAFE_NO_PAD.encode(header.to_string()));
    let denied = by_assertion(&today, &bare).await.denied();
    assert_eq!(denied, (401, "invalid_client".to_owned(), 700_027));
}

async fn begun(today: &Today, version_2: bool) -> Value {
    if version_2 {
        let scope = "https://management.core.windows.net//.default offline_access openid profile";
        let form = [("client_id", AZ), ("scope", scope)];
        let begun = today.post("organizations/oauth2/v2.0/devicecode", &form);
        begun.await.is(200).json()
    } else {
        let form = [
            ("client_id", AZ),
            ("resource", "https://management.core.windows.net/"),
        ];
        let begun = today.post("common/oauth2/devicecode?api-version=1.0", &form);
        begun.await.is(200).json()
    }
}

async fn polled(today: &Today, code: &Value, version_2: bool) -> crate::stage::Answer {
    let code = code["device_code"].as_str().unwrap();
    if version_2 {
        // What it is for was said when it began.
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("client_id", AZ),
            ("device_code", code),
        ];
        today.post("organizations/oauth2/v2.0/token", &form).await
    } else {
        let form = [
            ("grant_type", "device_code"),
            ("client_id", AZ),
            ("code", code),
            ("resource", "https://management.core.windows.net/"),
        ];
        today.post("common/oauth2/token", &form).await
    }
}

#[tokio::test]
async fn a_device_code_is_approved_the_second_time_that_its_program_asks() {
    let today = Today::of(builder()).await;
    for version_2 in [true, false] {
        let code = begun(&today, version_2).await;
        let place = if version_2 {
            assert_eq!(code["expires_in"], 900);
            "verification_uri"
        } else {
            assert_eq!(code["expires_in"], "900");
            "verification_url"
        };
        let own = today.azure.authority_url();
        assert_eq!(code[place], format!("{own}/device"));
        let message = code["message"].as_str().unwrap();
        assert!(message.contains(code["user_code"].as_str().unwrap()));

        let pending = polled(&today, &code, version_2).await.denied();
        assert_eq!(pending, (400, "authorization_pending".to_owned(), 70016));
        let granted = polled(&today, &code, version_2).await.is(200).json();
        let token = granted["access_token"].as_str().unwrap();
        assert_ne!(today.subscription(Some(token)).await.status, 401);
        assert_eq!(part(token, 1)["scp"], "user_impersonation");
        let used = polled(&today, &code, version_2).await.denied();
        assert_eq!(used, (400, "invalid_grant".to_owned(), 54005));
    }
    assert_eq!(today.get("/device").await.status, 200);
}

#[tokio::test]
async fn by_hand_a_device_code_waits_for_the_admin_api() {
    let today = Today::of(
        builder()
            .approval(Approval::ByHand)
            .pace(Pace::ByHand)
            .user("somebody", "word"),
    )
    .await;
    let code = begun(&today, true).await;
    for _ in 0..3 {
        let pending = polled(&today, &code, true).await.denied();
        assert_eq!(pending.1, "authorization_pending");
    }
    let (status, _) = today
        .admin("approve", Some(json!({ "user_code": "nothing" })))
        .await;
    assert_eq!(status, 404);
    let (_, world) = today.admin("world", None).await;
    let domain = world["directory"]["domain"].as_str().unwrap().to_owned();
    let name = format!("somebody@{domain}");
    let said = json!({ "user_code": code["user_code"], "user": name });
    let (status, told) = today.admin("approve", Some(said)).await;
    assert_eq!((status, &told["user"]), (200, &json!(name)));
    let granted = polled(&today, &code, true).await.is(200).json();
    let token = granted["access_token"].as_str().unwrap();
    assert_eq!(part(token, 1)["upn"], name);

    for (version_2, error) in [(true, "authorization_declined"), (false, "access_denied")] {
        let code = begun(&today, version_2).await;
        let said = json!({ "decline": true });
        assert_eq!(today.admin("approve", Some(said)).await.0, 200);
        assert_eq!(polled(&today, &code, version_2).await.denied().1, error);
    }
    for (version_2, error) in [(true, "expired_token"), (false, "code_expired")] {
        let code = begun(&today, version_2).await;
        today
            .azure
            .cloud()
            .advance(std::time::Duration::from_mins(15));
        assert_eq!(polled(&today, &code, version_2).await.denied().1, error);
    }
}

#[tokio::test]
async fn a_user_signs_in_with_a_password_and_comes_again_without() {
    let today = Today::of(builder().user("me@example.org", "p&s=w+rd %")).await;
    let realm = today
        .get("/common/userrealm/me@example.org?api-version=1.0")
        .await;
    assert_eq!(realm.is(200).json()["account_type"], "Managed");
    let form = |name, password| {
        [
            ("grant_type", "password"),
            ("client_id", AZ),
            ("username", name),
            ("password", password),
            (
                "scope",
                "https://management.core.windows.net//.default openid",
            ),
        ]
    };
    let granted = today
        .token(&form("ME@example.org", "p&s=w+rd %"))
        .await
        .is(200)
        .json();
    let identity = part(granted["id_token"].as_str().unwrap(), 1);
    assert_eq!(identity["preferred_username"], "me@example.org");
    assert_eq!(identity["aud"], AZ);
    let info = granted["client_info"].as_str().unwrap();
    let info: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(info).unwrap()).unwrap();
    assert_eq!(info["uid"], identity["oid"]);
    assert_eq!(info["utid"], today.told("tenantId"));
    assert!(
        granted["scope"]
            .as_str()
            .unwrap()
            .contains("https://management.core.windows.net//.default")
    );

    let again = [
        ("grant_type", "refresh_token"),
        ("client_id", AZ),
        ("refresh_token", granted["refresh_token"].as_str().unwrap()),
        ("scope", "https://graph.microsoft.com//.default"),
    ];
    let granted = today.token(&again).await.is(200).json();
    let token = granted["access_token"].as_str().unwrap();
    assert_eq!(part(token, 1)["aud"], "https://graph.microsoft.com/");
    assert_eq!(part(token, 1)["upn"], "me@example.org");
    let wrong = today.token(&form("me@example.org", "p")).await;
    assert_eq!(wrong.denied(), (400, "invalid_grant".to_owned(), 50126));
}

#[tokio::test]
async fn the_door_says_what_is_wrong_with_a_token() {
    let today = Today::of(builder().pace(Pace::ByHand)).await;
    let missing = today.subscription(None).await;
    assert_eq!(missing.failure(), (401, "AuthenticationFailed".to_owned()));
    let challenge = missing.header("www-authenticate").to_owned();
    let tenant = today.told("tenantId");
    assert!(challenge.contains(&format!("/{tenant}\"")), "{challenge}");
    assert!(challenge.contains("missing 'Authorization' header"));
    // Before the first token there is not even a key.
    let nothing = today.subscription(Some("a.b.c")).await.failure();
    assert_eq!(nothing, (401, "InvalidAuthenticationToken".to_owned()));

    let good = today.bearer(MANAGEMENT).await;
    assert_ne!(today.subscription(Some(&good)).await.status, 401);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let mut other: Value = part(&good, 1);
    other["oid"] = json!("somebody else");
    let other = URL_SAFE_NO_PAD.encode(other.to_string());
    let none = URL_SAFE_NO_PAD.encode(json!({"alg": "none"}).to_string());
    for bad in [
        format!("{header}.{other}.{signature}"),
        format!("{none}.{claims}.{signature}"),
        format!("{none}.{claims}."),
        format!("{header}.{claims}"),
        "x".repeat(20_000),
    ] {
        let told = today.subscription(Some(&bad)).await.failure();
        assert_eq!(
            told,
            (401, "InvalidAuthenticationToken".to_owned()),
            "{bad}"
        );
    }
    today
        .azure
        .cloud()
        .advance(std::time::Duration::from_secs(3598));
    assert_ne!(today.subscription(Some(&good)).await.status, 401);
    today
        .azure
        .cloud()
        .advance(std::time::Duration::from_secs(1));
    let late = today.subscription(Some(&good)).await;
    let told = (401, "ExpiredAuthenticationToken".to_owned());
    assert_eq!(late.failure(), told);
    assert!(late.header("www-authenticate").contains("invalid_token"));
}

#[tokio::test]
async fn tokens_of_another_simulator_are_no_good() {
    let first = Today::of(builder()).await;
    let second = Today::of(builder()).await;
    second.bearer(MANAGEMENT).await;
    let strange = first.bearer(MANAGEMENT).await;
    let told = second.subscription(Some(&strange)).await.failure();
    assert_eq!(told, (401, "InvalidAuthenticationToken".to_owned()));
}

#[tokio::test]
async fn discovery_tells_where_everything_is_and_what_tokens_are_verified_with() {
    let today = Today::of(builder()).await;
    let (own, tenant) = (today.azure.authority_url(), today.told("tenantId"));
    let domain = {
        let (_, world) = today.admin("world", None).await;
        world["directory"]["domain"].as_str().unwrap().to_owned()
    };
    for (called, meant) in [
        (tenant, tenant),
        (&*domain, tenant),
        ("common", "common"),
        ("organizations", "organizations"),
    ] {
        let path = format!("/{called}/v2.0/.well-known/openid-configuration");
        let told = today.get(&path).await.is(200).json();
        let endpoint = format!("{own}/{meant}/oauth2/v2.0/token");
        assert_eq!(told["token_endpoint"], endpoint);
        let device = format!("{own}/{meant}/oauth2/v2.0/devicecode");
        assert_eq!(told["device_authorization_endpoint"], device);
    }
    let path = format!("/{tenant}/.well-known/openid-configuration");
    let first = today.get(&path).await.is(200).json();
    assert_eq!(
        first["token_endpoint"],
        format!("{own}/{tenant}/oauth2/token")
    );
    assert_eq!(
        first["issuer"],
        format!("https://sts.windows.net/{tenant}/")
    );
    let instance = today
        .get("/common/discovery/instance?api-version=1.1")
        .await;
    let instance = instance.is(200).json();
    let aliases = instance["metadata"][0]["aliases"].as_array().unwrap().len();
    assert_eq!(aliases, 4);

    let token = today.bearer(MANAGEMENT).await;
    let path = format!("/{tenant}/discovery/v2.0/keys");
    let key = today.get(&path).await.is(200).json()["keys"][0].clone();
    assert_eq!(key["kid"], part(&token, 0)["kid"]);
    let number = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
    let public = RsaPublicKeyComponents {
        n: number("n"),
        e: number("e"),
    };
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    public
        .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature)
        .unwrap();
}

#[tokio::test]
async fn metadata_tells_the_cloud_as_it_was_called() {
    let today = Today::of(builder()).await;
    let own = today.azure.resource_manager_url();
    let path = "/metadata/endpoints?api-version=2022-09-01";
    let told = today.get(path).await.is(200).json();
    assert_eq!(told["resourceManager"], format!("{own}/"));
    assert_eq!(told["authentication"]["loginEndpoint"], format!("{own}/"));
    let aliases = told["vmImageAliasDoc"].as_str().unwrap();
    let aliases = today.get(aliases.strip_prefix(own).unwrap()).await;
    let aliases = aliases.is(200).json();
    let linux = &aliases["outputs"]["aliases"]["value"]["Linux"];
    assert_eq!(linux["Ubuntu2204"]["publisher"], "Canonical");
    let told = today.get("/metadata/endpoints").await.failure();
    assert_eq!(told, (400, "MissingApiVersionParameter".to_owned()));
}

#[tokio::test]
async fn neither_journal_nor_world_tell_a_secret() {
    let today = Today::of(builder().user("me@example.org", "the password")).await;
    let bearer = today.bearer(MANAGEMENT).await;
    let code = begun(&today, true).await;
    polled(&today, &code, true).await;
    let granted = polled(&today, &code, true).await.is(200).json();
    let path = format!(
        "/{}/oauth2/token?client_secret={}",
        today.told("tenantId"),
        today.told("clientSecret")
    );
    today.get(&path).await;
    let (_, snapshot) = today.admin("snapshot", None).await;
    let key = &snapshot["world"]["directory"]["key"]["pkcs8"];
    let texts = [
        today.admin("journal", None).await.1.to_string(),
        today.admin("world", None).await.1.to_string(),
    ];
    for secret in [
        today.told("clientSecret"),
        "the password",
        &bearer,
        code["device_code"].as_str().unwrap(),
        granted["refresh_token"].as_str().unwrap(),
        key.as_str().unwrap(),
    ] {
        for text in &texts {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
    assert!(texts[0].contains("Get Token") && texts[0].contains("Begin Device Code"));
    let (_, journal) = today.admin("journal", None).await;
    let first = &journal[0];
    assert_eq!(first["operation"], "Get Token");
    assert_eq!(first["request_id"].as_str().unwrap().len(), 36);
    assert!(texts[1].contains(today.told("clientId")));
}

#[tokio::test]
async fn faults_hit_the_authority_as_they_hit_other_apis() {
    let today = Today::of(builder()).await;
    let scope = format!("{MANAGEMENT}/.default");
    let arrange = async |effect: Value| {
        let rule = json!({ "match": { "operation": "Get Token" }, "effect": effect });
        assert_eq!(today.admin("break", Some(rule)).await.0, 200);
    };
    arrange(json!({ "status": 503, "code": "server_error", "message": "on purpose" })).await;
    let broken = today.token(&today.program(&scope)).await;
    let document = broken.is(503).json();
    assert_eq!(document["error"], "server_error");
    assert!(
        document["error_description"]
            .as_str()
            .unwrap()
            .contains("on purpose")
    );
    today.token(&today.program(&scope)).await.is(200);

    arrange(json!({ "throttle": 7 })).await;
    let throttled = today.token(&today.program(&scope)).await.is(429);
    assert_eq!(throttled.header("retry-after"), "7");

    arrange(json!({ "garbage": "<html>" })).await;
    assert_eq!(today.token(&today.program(&scope)).await.body, "<html>");

    arrange(json!({ "drop": true })).await;
    let url = format!("{}/common/oauth2/token", today.azure.authority_url());
    assert!(today.client.post(url).body("a=b").send().await.is_err());
    let (_, faults) = today.admin("faults", None).await;
    assert_eq!(faults["faults"].as_array().unwrap().len(), 4);

    // Where Resource Manager is asked, rules see what follows the subscription.
    let rule =
        json!({ "match": { "path": "^/\\?api" }, "effect": { "status": 500, "message": "no" } });
    assert_eq!(today.admin("break", Some(rule)).await.0, 200);
    let bearer = today.bearer(MANAGEMENT).await;
    let broken = today.subscription(Some(&bearer)).await;
    assert_eq!(broken.failure(), (500, "InternalError".to_owned()));
}

#[tokio::test]
async fn the_key_is_made_by_the_first_token_and_outlives_resets() {
    let today = Today::of(builder()).await;
    let key = async || {
        let (_, snapshot) = today.admin("snapshot", None).await;
        snapshot["world"]["directory"]["key"]["id"].clone()
    };
    let path = "/common/v2.0/.well-known/openid-configuration";
    today.get(path).await.is(200);
    assert_eq!(key().await, Value::Null);
    let (_, before) = today.admin("snapshot", None).await;

    let bearer = today.bearer(MANAGEMENT).await;
    let made = key().await;
    assert_eq!(made, part(&bearer, 0)["kid"]);
    today.bearer(MANAGEMENT).await;
    assert_eq!(key().await, made);

    assert_eq!(today.admin("reset", Some(json!({}))).await.0, 200);
    assert_ne!(today.subscription(Some(&bearer)).await.status, 401);
    assert_eq!(today.admin("restore", Some(before)).await.0, 200);
    assert_ne!(today.subscription(Some(&bearer)).await.status, 401);
    assert_eq!(key().await, made);
}

#[tokio::test]
async fn tokens_and_those_who_have_them_outlive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state");
    // Without a seed: the directory is the file's all the same.
    let start = || {
        fake_azure::FakeAzure::builder()
            .credentials(credentials())
            .state(&file)
    };
    let first = Today::of(start()).await;
    let told = first.principal.clone();
    let bearer = first.bearer(MANAGEMENT).await;
    let code = begun(&first, true).await;
    polled(&first, &code, true).await;
    let granted = polled(&first, &code, true).await.is(200).json();
    let waiting = begun(&first, true).await;
    polled(&first, &waiting, true).await;
    first.azure.shutdown().await;

    let second = Today::of(start()).await;

    for name in ["tenantId", "clientId", "clientSecret"] {
        assert_eq!(second.told(name), told[name]);
    }
    assert_ne!(second.subscription(Some(&bearer)).await.status, 401);
    let again = [
        ("grant_type", "refresh_token"),
        ("client_id", AZ),
        ("refresh_token", granted["refresh_token"].as_str().unwrap()),
        ("scope", "https://management.azure.com//.default"),
    ];
    second.token(&again).await.is(200);
    polled(&second, &waiting, true).await.is(200);
}

#[tokio::test]
async fn a_state_of_before_there_was_a_directory_is_gone_on_with() {
    let today = Today::of(builder()).await;
    let (_, mut snapshot) = today.admin("snapshot", None).await;
    snapshot["world"]
        .as_object_mut()
        .unwrap()
        .remove("directory")
        .unwrap();
    assert_eq!(today.admin("restore", Some(snapshot)).await.0, 200);
    assert_eq!(today.azure.tenant_id(), today.told("tenantId"));
    today.bearer(MANAGEMENT).await;
}

#[tokio::test]
async fn a_seed_tells_the_directory_and_options_tell_the_rest() {
    let plain = Today::of(builder().seed(41)).await;
    let again = Today::of(builder().seed(41)).await;
    for name in ["tenantId", "clientId", "clientSecret"] {
        assert_eq!(plain.told(name), again.told(name));
    }
    let tenant = "AAAAAAAA-0000-4000-8000-000000000001";
    let client = "bbbbbbbb-0000-4000-8000-000000000002";
    let told = Today::of(
        builder()
            .seed(41)
            .tenant(tenant)
            .domain("example.org")
            .client(client, "mine"),
    )
    .await;
    assert_eq!(told.azure.tenant_id(), tenant.to_ascii_lowercase());
    assert_eq!(told.told("clientId"), client);
    assert_eq!(told.told("clientSecret"), "mine");
    let bearer = told.bearer(MANAGEMENT).await;
    assert_eq!(part(&bearer, 1)["tid"], tenant.to_ascii_lowercase());
    let path = "/example.org/v2.0/.well-known/openid-configuration";
    told.get(path).await.is(200);
}

use jiff::SignedDuration;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn begun(directory: &mut Directory, code: &str, from: i64) {
    let change = Change::DeviceCodeBegun {
        code: Secret::new(code),
        user_code: "TYPED".to_owned(),
        client: "az".to_owned(),
        audience: "https://a.b".to_owned(),
        expires: at(from) + SignedDuration::from_secs(900),
    };
    directory.carry_out(change, at(from));
}

#[test]
fn what_a_start_tells_moves_nothing_else() {
    let plain = Directory::born(7, &DirectoryTerms::default());
    let told = Directory::born(
        7,
        &DirectoryTerms {
            client_secret: Some(Secret::new("told")),
            users: vec![("me".to_owned(), Secret::new("word"))],
            ..DirectoryTerms::default()
        },
    );

    assert_eq!(plain.tenant(), told.tenant());
    let (plain_one, told_one) = (
        plain.service_principal().unwrap(),
        told.service_principal().unwrap(),
    );
    assert_eq!(plain_one.id, told_one.id);
    assert!(told_one.secret().is("told") && !plain_one.secret().is("told"));
    let me = format!("ME@{}", told.domain());
    assert!(told.user_with(&me, "word").is_ok());
    assert_eq!(
        told.user_with(&me, "other").unwrap_err(),
        DirectoryRefusal::WrongPassword
    );
    assert_ne!(
        Directory::born(8, &DirectoryTerms::default()).tenant(),
        plain.tenant()
    );
}

#[test]
fn no_secret_is_told_to_anybody() {
    let mut directory = Directory::born(7, &DirectoryTerms::default());
    begun(&mut directory, "hidden code", 0);
    directory.carry_out(
        Change::SignedIn {
            user: "admin".to_owned(),
            client: "az".to_owned(),
            audience: "https://a.b".to_owned(),
            refresh_token: Secret::new("hidden token"),
            device_code: None,
        },
        at(0),
    );
    let secret = directory.service_principal().unwrap().secret().text();
    let shown = directory.to_json(at(1)).to_string();

    for hidden in [secret, "hidden code", "hidden token"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
    assert!(!format!("{:?}", directory.applications).contains(secret));
    assert!(shown.contains("TYPED"));
}

#[test]
fn what_waits_is_bounded_and_ends() {
    let mut directory = Directory::born(7, &DirectoryTerms::default());
    for n in 0..=DEVICE_CODES {
        begun(&mut directory, &format!("code {n}"), 0);
    }
    assert_eq!(directory.device_codes.len(), DEVICE_CODES);
    assert_eq!(
        directory.device_code("code 0", at(1)).unwrap_err(),
        DirectoryRefusal::NoDeviceCode
    );
    assert!(directory.device_code("code 1", at(1)).is_ok());
    assert_eq!(
        directory.device_code("code 1", at(900)).unwrap_err(),
        DirectoryRefusal::OldDeviceCode
    );
    begun(&mut directory, "later", 900);
    assert_eq!(directory.device_codes.len(), 1);
}

#[test]
fn a_refresh_token_is_good_for_months_and_not_for_ever() {
    let mut directory = Directory::born(7, &DirectoryTerms::default());
    directory.carry_out(
        Change::SignedIn {
            user: "me".to_owned(),
            client: "az".to_owned(),
            audience: "https://a.b".to_owned(),
            refresh_token: Secret::new("t"),
            device_code: None,
        },
        at(0),
    );
    let day = 86_400;
    assert_eq!(
        directory.refresh_token("t", at(89 * day)).unwrap().user,
        "me"
    );
    assert_eq!(
        directory.refresh_token("t", at(90 * day)).unwrap_err(),
        DirectoryRefusal::OldRefreshToken
    );
}

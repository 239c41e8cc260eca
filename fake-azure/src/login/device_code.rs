//! Device codes: begun by a program, approved by somebody, or by nobody but the second poll.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::form::Form;
use super::grant::SignedIn;
use super::{Login, Refusal, Version};
use crate::world::directory::{Approval, Change, DeviceCode, Secret, Standing};

/// How long a code is good, in seconds.
const LIFE: i64 = 900;

/// What codes to be typed are made of: nothing that looks like another.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// How many letters a code to be typed has.
const TYPED: usize = 9;

impl Login {
    /// Gives a program a code to show.
    pub(super) fn begin_device_code(
        &self,
        version: Version,
        form: &Form,
    ) -> Result<Value, Refusal> {
        let client = form.client()?.to_owned();
        let audience = super::resource::of_form(form, version, &self.tenant(), false)?;
        let fresh = || self.cloud.new_request_id().to_string();
        let code = format!("{}{}", fresh(), fresh());
        let user_code = typed(&fresh());
        let now = self.cloud.now();
        let change = Change::DeviceCodeBegun {
            code: Secret::new(&*code),
            user_code: user_code.clone(),
            client,
            audience,
            expires: now
                .checked_add(SignedDuration::from_secs(LIFE))
                .unwrap_or(now),
        };
        self.cloud
            .act(|hand, _| hand.change_directory(change))
            .map_err(|error| Refusal::not_written(&error))?;
        let place = format!("{}/device", self.own);
        let message = format!(
            "To sign in, use a web browser to open the page {place} and enter the code {user_code} to authenticate."
        );
        let place_name = match version {
            Version::One => "verification_url",
            Version::Two => "verification_uri",
        };
        Ok(json!({
            "user_code": user_code,
            "device_code": code,
            place_name: place,
            "expires_in": version.number(LIFE),
            "interval": version.number(self.interval.into()),
            "message": message,
        }))
    }

    /// The user who approved the code that a program has.
    pub(super) fn approved(&self, form: &Form) -> Result<SignedIn, Refusal> {
        let told = form.get("device_code").or_else(|| form.get("code"));
        let told = told.ok_or_else(|| Refusal::missing("device_code"))?;
        self.cloud.act(|hand, now| {
            let directory = hand.world().directory();
            let code = directory.device_code(told, now)?;
            let (client, audience) = (code.client.clone(), code.audience.clone());
            let name = match &code.standing {
                Standing::Approved(name) => Some(name.clone()),
                Standing::Declined => return Err(Refusal::declined()),
                Standing::Used => return Err(Refusal::redeemed()),
                Standing::Waiting { asked } => {
                    let is_approved = directory.approval() == Approval::SecondPoll && *asked > 0;
                    if !is_approved {
                        let asked = Change::DeviceCodeAsked(Secret::new(told));
                        let changed = hand.change_directory(asked);
                        changed.map_err(|error| Refusal::not_written(&error))?;
                        return Err(Refusal::pending());
                    }
                    None
                }
            };
            Ok(SignedIn {
                user: directory.user(name.as_deref())?.clone(),
                client,
                audience: Some(audience),
                device_code: Some(Secret::new(told)),
            })
        })
    }
}

/// Refuses a code that has been used up.
pub(super) fn is_unused(code: &DeviceCode) -> Result<(), Refusal> {
    match code.standing {
        Standing::Used => Err(Refusal::redeemed()),
        _ => Ok(()),
    }
}

/// A code to be typed, of hexadecimal digits: each two are a letter.
fn typed(digits: &str) -> String {
    let bytes = digits.as_bytes().chunks(2).take(TYPED);
    let letters = bytes.map(|pair| {
        let text = std::str::from_utf8(pair).unwrap_or_default();
        let number = usize::from_str_radix(text, 16).unwrap_or_default();
        char::from(LETTERS[number % LETTERS.len()])
    });
    letters.collect()
}

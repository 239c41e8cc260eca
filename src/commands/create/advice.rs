//! What the user can do about a create that failed.

use super::removal;
use crate::backend::Reason;
use crate::domain::{UserNameError, did_you_mean};
use crate::provision::{ClassicProblem, CreateFailure, Left, Problem, ResourceProblem};

/// What the 2014 CLI said as `help:` before the error.
pub fn help(failure: &CreateFailure) -> Vec<&'static str> {
    match failure {
        CreateFailure::Problem(Problem::HostInhabited(_)) => {
            vec!["Specify --connect option to connect the new VM to an existing VM"]
        }
        CreateFailure::Problem(Problem::NoPlace) => vec![
            "following commands show available locations and affinity groups:",
            "    azure vm location list",
            "    azure account affinity-group list",
        ],
        CreateFailure::Problem(Problem::LocationWithoutMachines(_)) => vec![
            "following command show available locations along with supported services:",
            "    azure vm location list --json",
        ],
        _ => Vec::new(),
    }
}

/// What the user can do.
pub fn hints(failure: &CreateFailure) -> Vec<String> {
    match failure {
        CreateFailure::Problem(problem) => hints_of(problem),
        CreateFailure::Certificates(error) => vec![error.hint().to_owned()],
        CreateFailure::Failed { error, left, .. } if error.reason() == Some(Reason::NameTaken) => {
            let mut hints = of_left(left);
            hints.push(
                "a name that was free has been taken meanwhile, by somebody else or by this very \
                 request: `azure service list` shows whether it is yours"
                    .to_owned(),
            );
            hints
        }
        CreateFailure::Unprepared { why, left } => {
            let mut advice = hints(why);
            advice.extend(of_left(left));
            advice
        }
        CreateFailure::Failed { left, .. }
        | CreateFailure::Unnoted { left, .. }
        | CreateFailure::StillThere { left }
        | CreateFailure::Interrupted { left } => of_left(left),
        CreateFailure::NotReady { left, .. } => {
            let mut hints = of_left(left);
            if !left.kept && left.things.is_empty() {
                hints.push(
                    "everything was removed again; `--keep` leaves it to look into, \
                     `--wait SECONDS` waits longer"
                        .to_owned(),
                );
            }
            hints
        }
        _ => Vec::new(),
    }
}

/// One sentence about what is left, and one for each thing.
fn of_left(left: &Left) -> Vec<String> {
    let mut hints = removal::hints(&left.things);
    if left.kept && hints.is_empty() {
        hints.push("nothing was made".to_owned());
    }
    if let Some(host) = &left.noted {
        hints.push(format!(
            "`{}` goes on with it, `azure vm docker recover {host} --undo` takes it back",
            recover(host, left.needs_password)
        ));
    }
    hints
}

/// The command that goes on with what is unfinished.
pub fn recover(name: &str, needs_password: bool) -> String {
    let password = if needs_password {
        " --password-stdin"
    } else {
        ""
    };
    format!("azure vm docker recover {name}{password}")
}

/// So many names are told at most.
const MOST: usize = 12;

/// What may have been meant, and a few of those that there are: first what begins as the word does.
fn meant(words: &str, word: &str, known: &[String]) -> Vec<String> {
    let question = did_you_mean(word, known.iter().map(String::as_str));
    let alike = |name: &str| {
        let letters = name.chars().zip(word.chars());
        letters
            .take_while(|(one, other)| one.eq_ignore_ascii_case(other))
            .count()
    };
    let mut few: Vec<&str> = known.iter().map(String::as_str).collect();
    if few.len() > MOST {
        few.sort_by_key(|name| std::cmp::Reverse(alike(name)));
        few.truncate(MOST);
    }
    let more = match known.len() - few.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let all = (!few.is_empty()).then(|| format!("{words}: {}{more}", few.join(", ")));
    question.into_iter().chain(all).collect()
}

fn hints_of(problem: &Problem) -> Vec<String> {
    let listed = |words: &str, names: &[String]| {
        if names.is_empty() {
            Vec::new()
        } else {
            vec![format!("{words}: {}", names.join(", "))]
        }
    };
    match problem {
        Problem::ImageNotFound { near, few, .. } if near.is_empty() && few.is_empty() => {
            vec!["`azure vm image list` shows what there is".to_owned()]
        }
        Problem::ImageNotFound { near, few, .. } if near.is_empty() => listed("there are", few),
        Problem::ImageNotFound { near, .. } => listed("near matches", near),
        Problem::ImageAmbiguous { matches, .. } => listed("it may mean", matches),
        Problem::LocationNotFound { name, known } => meant("locations", name, known),
        Problem::SizeNotOffered { size, offered, .. } => {
            meant("sizes offered there", size, offered)
        }
        Problem::NameTaken { name, .. } | Problem::HostName(name) => {
            vec![format!("choose another name, e.g. `{name}-2`")]
        }
        Problem::Unfinished {
            host,
            needs_password,
            ..
        } => vec![format!(
            "`{}` finishes it, `azure vm docker recover {host} --undo` takes it back; so does the command that began it",
            recover(host, *needs_password)
        )],
        Problem::BeingRemoved(host) => vec![format!(
            "`azure vm docker recover {host}` removes the rest; then the name is free"
        )],
        Problem::CertificatesLost(_) => vec![
            "put them back, or take back what was made with `azure vm docker recover NAME --undo`"
                .to_owned(),
        ],
        Problem::CustomDataLost(_) => vec![
            "put it back, or take back what was made with `azure vm docker recover NAME --undo`"
                .to_owned(),
        ],
        Problem::ResourceManager(ResourceProblem::NoLocation) => {
            vec!["`azure location list` lists them; -l names one".to_owned()]
        }
        Problem::ResourceManager(ResourceProblem::SizeBarred { size, instead, .. }) => {
            meant("sizes that it may have there", size, instead)
        }
        Problem::ResourceManager(ResourceProblem::OtherHardware { size, instead, .. }) => {
            meant("sizes that it starts on", size, instead)
        }
        Problem::ResourceManager(ResourceProblem::NoCores { .. }) => {
            vec![
                "-z names a smaller size, -l another location; the portal takes requests for more"
                    .to_owned(),
            ]
        }
        Problem::ResourceManager(ResourceProblem::NameInUse { name, .. }) => vec![format!(
            "choose another name, e.g. `{name}-2`, or another group with -g; `azure vm docker rm {name}` removes a Docker host"
        )],
        Problem::Classic(ClassicProblem::CommunityImage(_)) => {
            vec!["take one of `azure vm image list`, without --community".to_owned()]
        }
        Problem::User(UserNameError::Characters(_)) => {
            vec!["the user name comes before the password".to_owned()]
        }
        Problem::Password(error) => vec![error.reason().to_owned()],
        Problem::NoPassword(_) => {
            vec!["give it with --password-file, --password-stdin or AZURE_VM_PASSWORD".to_owned()]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_names_those_are_told_that_begin_alike() {
        let sizes: Vec<String> = (0..40)
            .map(|number| format!("Basic_A{number}"))
            .chain(["Standard_D2_v3".to_owned(), "Standard_DS1".to_owned()])
            .collect();
        let hints = meant("sizes offered there", "standard_d99", &sizes);
        let told = hints.last().unwrap();
        assert!(
            told.starts_with("sizes offered there: Standard_D2_v3, Standard_DS1, Basic_A0"),
            "{told}"
        );
        assert!(told.ends_with(" and 30 more"), "{told}");

        let hints = meant("locations", "Mars", &sizes[..2]);
        assert_eq!(hints, ["locations: Basic_A0, Basic_A1"]);
        assert!(meant("locations", "Mars", &[]).is_empty());
    }
}

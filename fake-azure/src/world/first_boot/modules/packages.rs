//! `packages`, `package_update`, `package_upgrade`: the commands that they come to.

use super::super::machine::Image;
use super::super::yaml::Yaml;

/// The commands, in order.
pub(crate) fn commands(config: &Yaml, image: Image) -> Vec<Vec<String>> {
    let says = |keys: [&str; 2]| {
        keys.iter()
            .any(|key| config.get(key).is_some_and(Yaml::is_yes))
    };
    let upgrades = says(["package_upgrade", "apt_upgrade"]);
    let (packages, snaps) = wanted(config.get("packages"));
    let updates = says(["package_update", "apt_update"]) || upgrades || !packages.is_empty();
    let manager = match image {
        Image::Ubuntu | Image::Debian => "apt-get",
        Image::Other => "dnf",
    };
    let command = |verb: &str, names: Vec<String>| {
        let words = [manager, "-y", verb].map(str::to_owned);
        words.into_iter().chain(names).collect::<Vec<_>>()
    };
    let mut commands = Vec::new();
    if updates {
        let verb = if manager == "dnf" {
            "makecache"
        } else {
            "update"
        };
        commands.push(command(verb, Vec::new()));
    }
    if upgrades {
        commands.push(command("upgrade", Vec::new()));
    }
    if !packages.is_empty() {
        commands.push(command("install", packages));
    }
    for snap in snaps {
        commands.push(["snap", "install", &snap].map(str::to_owned).to_vec());
    }
    commands
}

/// The packages that are named, and the snaps.
fn wanted(list: Option<&Yaml>) -> (Vec<String>, Vec<String>) {
    let one;
    let items = match list {
        Some(Yaml::List(items)) => items.as_slice(),
        Some(text @ Yaml::Text(_)) => {
            one = [text.clone()];
            &one
        }
        _ => return (Vec::new(), Vec::new()),
    };
    let (mut packages, mut snaps) = (Vec::new(), Vec::new());
    for item in items {
        match item {
            // Each manager's own packages.
            Yaml::Map(managers) => {
                for (manager, list) in managers {
                    let named = list.as_list().unwrap_or_default().iter().filter_map(named);
                    if manager == "snap" {
                        snaps.extend(named);
                    } else {
                        packages.extend(named);
                    }
                }
            }
            other => packages.extend(named(other)),
        }
    }
    (packages, snaps)
}

/// A name, or a name with a version.
fn named(item: &Yaml) -> Option<String> {
    let name = match item {
        Yaml::Text(name) => name.clone(),
        Yaml::List(pair) => match &pair[..] {
            [name, version] => format!("{}={}", name.as_text()?, version.spelled()),
            [name] => name.as_text()?.to_owned(),
            _ => return None,
        },
        _ => return None,
    };
    (!name.is_empty() && !name.starts_with('-')).then_some(name)
}

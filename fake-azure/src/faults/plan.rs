//! Files of faults.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use simulation::faults::{self, Checked, InvalidFile, InvalidRule, Own, Place, Rule, WAITING};

use super::Break;
use crate::world::Name;

/// How long a file may be.
const LONGEST: u64 = 16 << 20;

/// The faults of a cloud and of the Docker engines in its machines, as a file says them.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultPlan {
    /// Those of the management API and of machines: `[[fault]]`.
    #[serde(default, rename = "fault")]
    pub faults: Vec<Break>,
    /// Those of Docker engines: `[[docker]]`.
    #[serde(default)]
    pub docker: Vec<EngineFaults>,
}

/// Faults of the Docker engines of some machines. Each engine counts its own calls.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineFaults {
    /// The hosted service of the machine; any when absent.
    #[serde(default)]
    pub service: Option<Name>,
    /// The machine; any when absent.
    #[serde(default)]
    pub role: Option<Name>,
    /// The faults: `[[docker.fault]]`.
    #[serde(rename = "fault")]
    pub faults: Vec<fake_docker::faults::Break>,
}

/// The faults of a Docker engine that stands alone, as a file says them.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineFaultPlan {
    /// The faults: `[[fault]]`.
    #[serde(default, rename = "fault")]
    pub faults: Vec<fake_docker::faults::Break>,
}

/// Why a file of faults is none.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FaultPlanError {
    /// It cannot be read.
    #[error("`{}` cannot be read", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It says something that means nothing.
    #[error(transparent)]
    Invalid(#[from] InvalidFile),
    /// A rule of a program's makes no sense.
    #[error(transparent)]
    Rule(#[from] InvalidRule),
    /// There are more than are kept.
    #[error("these are {0} faults, but {WAITING} may wait for their calls")]
    Many(usize),
    /// It is about simulated engines where there are none.
    #[error("faults of Docker engines are for simulated ones, and --engine puts a real one there")]
    RealEngine,
}

impl FaultPlan {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, FaultPlanError> {
        read(path)
    }

    /// Adds another plan.
    pub(crate) fn merge(&mut self, other: Self) {
        self.faults.extend(other.faults);
        self.docker.extend(other.docker);
    }

    /// Refuses what makes no sense, or is too much.
    pub(crate) fn check(&self) -> Result<(), FaultPlanError> {
        Checked::check(self)?;
        let engines = self.docker.iter().map(|engine| engine.faults.len());
        check_count(self.faults.len())?;
        check_count(engines.sum())
    }
}

impl Checked for FaultPlan {
    fn check(&self) -> Result<(), InvalidRule> {
        check_rules(&self.faults, &Place::default())?;
        let mut engines = self.docker.iter().enumerate();
        engines.try_for_each(|(n, engine)| {
            check_rules(&engine.faults, &Place::from(["docker"]).item(n))
        })
    }
}

impl Checked for EngineFaultPlan {
    fn check(&self) -> Result<(), InvalidRule> {
        check_rules(&self.faults, &Place::default())
    }
}

impl EngineFaultPlan {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, FaultPlanError> {
        let plan: Self = read(path)?;
        check_count(plan.faults.len())?;
        Ok(plan)
    }
}

impl EngineFaults {
    /// Whether they are of this machine's engine.
    pub(crate) fn is_of(&self, service: &Name, role: &Name) -> bool {
        let is = |told: &Option<Name>, own: &Name| told.as_ref().is_none_or(|told| told == own);
        is(&self.service, service) && is(&self.role, role)
    }
}

/// Refuses rules that make no sense, by their places in `outer`'s member `fault`.
fn check_rules<O: Own>(rules: &[Rule<O>], outer: &Place) -> Result<(), InvalidRule> {
    let place = |n| outer.clone().member("fault").item(n);
    let mut rules = rules.iter().enumerate();
    rules.try_for_each(|(n, rule)| rule.check().map_err(|why| why.within(place(n))))
}

fn check_count(count: usize) -> Result<(), FaultPlanError> {
    if count <= WAITING {
        return Ok(());
    }
    Err(FaultPlanError::Many(count))
}

fn read<T: Checked>(path: &Path) -> Result<T, FaultPlanError> {
    let failed = |source| FaultPlanError::File {
        path: path.to_owned(),
        source,
    };
    let mut text = String::new();
    let file = File::open(path).map_err(failed)?;
    file.take(LONGEST + 1)
        .read_to_string(&mut text)
        .map_err(failed)?;
    if text.len() as u64 > LONGEST {
        return Err(failed(io::ErrorKind::FileTooLarge.into()));
    }
    Ok(faults::read_file(&path.display().to_string(), &text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "a test's own files")]
    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("faults.toml");
        std::fs::write(&path, text).unwrap();
        (folder, path)
    }

    #[test]
    fn a_file_tells_faults_of_the_cloud_and_of_engines() {
        let (_folder, path) = file(
            r#"
            [[fault]]
            match = { operation = "Add Role", role = "web" }
            effect.machine = { slow_boot = { factor = 3 }, dies = { after = 600 } }

            [[docker]]
            service = "Web"
            [[docker.fault]]
            match = { method = "POST", image = "redis" }
            effect = { status = 500, message = "no space left on device" }
            "#,
        );
        let plan = FaultPlan::read(&path).unwrap();
        assert_eq!(plan.faults.len(), 1);
        assert!(plan.docker[0].is_of(&"web".into(), &"any".into()));
        assert!(!plan.docker[0].is_of(&"other".into(), &"any".into()));
        assert_eq!(plan.docker[0].faults.len(), 1);
        let (_folder, path) = file("[[fault]]\neffect = { down = 30 }\n");
        assert_eq!(EngineFaultPlan::read(&path).unwrap().faults.len(), 1);
    }

    #[test]
    fn what_is_wrong_is_told_with_file_line_and_field() {
        let told = |text: &str| {
            let (_folder, path) = file(text);
            let told = FaultPlan::read(&path).unwrap_err().to_string();
            told.replace(&path.display().to_string(), "F")
        };
        let text = "[[fault]]\neffect.machine = { docker = \"sleeps\" }\n";
        let words = told(text);
        assert!(
            words.starts_with("F:2: `fault[0].effect.machine.docker`: unknown variant"),
            "{words}"
        );
        let text = "[[docker]]\nfault = [\n  { effect = { disk_full = 7 } },\n]\n";
        let words = told(text);
        assert!(
            words.starts_with("F:3: `docker[0].fault[0].effect.disk_full`: "),
            "{words}"
        );
        let text = "[[fault]]\neffect = { down = 30 }\n";
        let words = told(text);
        assert!(
            words.starts_with("F:2: `fault[0].effect`: an effect is one of"),
            "{words}"
        );
        let text = "[[docker]]\nfault = [\n  { effect = { drop = true } },\n  { effect = {\n pull = {} } },\n]\n";
        let words = told(text);
        assert!(
            words.starts_with("F:5: `docker[0].fault[1].effect.pull`: this says `delay`"),
            "{words}"
        );
        assert!(told("[[faults]]\n").starts_with("F:1: "));
        let many = "[[fault]]\neffect.drop = true\n".repeat(WAITING + 1);
        let (_folder, path) = file(&many);
        let refused = FaultPlan::read(&path).unwrap().check().unwrap_err();
        assert_eq!(
            refused.to_string(),
            "these are 1001 faults, but 1000 may wait for their calls"
        );
        let missing = FaultPlan::read(Path::new("/nowhere/f.toml")).unwrap_err();
        assert_eq!(missing.to_string(), "`/nowhere/f.toml` cannot be read");
    }
}

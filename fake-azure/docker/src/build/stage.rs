//! Stages: the one that is being built, and what became of those before it.

use super::argument::Arguments;
use super::change::Draft;
use super::trouble::Trouble;
use super::variables::Variables;

/// A stage under way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stage {
    pub(crate) name: String,
    /// The image of the last step; nothing is `scratch`.
    pub(crate) image: String,
    pub(crate) draft: Draft,
    pub(crate) arguments: Arguments,
}

impl Stage {
    /// What variables stand for in the instructions of the stage.
    pub(crate) fn variables(&self) -> Variables {
        let mut values: Variables = self.arguments.for_stage().into_iter().collect();
        values.extend(self.draft.variables());
        values
    }

    /// The arguments that commands get in their environment: those that ENV does not hide.
    /// Beside them is what the history shows of them.
    pub(crate) fn environment(&self) -> (Vec<String>, Vec<String>) {
        let mut values = self.arguments.for_stage();
        for (name, _) in self.draft.variables() {
            values.remove(&name);
        }
        let entry = |(name, value): (&String, &String)| format!("{name}={value}");
        let shown = self.arguments.without_silent(&values).map(entry).collect();
        (values.iter().map(entry).collect(), shown)
    }
}

/// What became of the stages before.
#[derive(Debug, Default)]
pub(crate) struct Stages(Vec<(String, String)>);

impl Stages {
    /// Adds a stage that is done.
    pub(crate) fn add(&mut self, name: &str, image: &str) {
        self.0.push((name.to_owned(), image.to_owned()));
    }

    /// Returns the image of the stage with that name, in capitals or not.
    pub(crate) fn by_name(&self, name: &str) -> Option<&str> {
        let named =
            |(stage, _): &&(String, String)| !stage.is_empty() && stage.eq_ignore_ascii_case(name);
        self.0.iter().find(named).map(|(_, image)| image.as_str())
    }

    /// Returns the image of the stage with that name or number; nothing if it is neither.
    pub(crate) fn find(&self, name_or_number: &str) -> Result<Option<&str>, Trouble> {
        if let Some(image) = self.by_name(name_or_number) {
            return Ok(Some(image));
        }
        let Ok(number) = name_or_number.parse::<i64>() else {
            return Ok(None);
        };
        let index = usize::try_from(number).ok();
        match index.and_then(|index| self.0.get(index)) {
            Some((_, image)) => Ok(Some(image)),
            None if index == Some(self.0.len()) => {
                Err(Trouble::new("refers to current build stage"))
            }
            None => Err(Trouble::new("index out of bounds")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_found_by_name_or_number() {
        let mut stages = Stages::default();
        stages.add("one", "sha256:1");
        stages.add("", "sha256:2");

        assert_eq!(stages.find("ONE"), Ok(Some("sha256:1")));
        assert_eq!(stages.find("1"), Ok(Some("sha256:2")));
        assert_eq!(stages.find("busybox"), Ok(None));
        assert_eq!(stages.find(""), Ok(None));
        let refusal = |number| stages.find(number).unwrap_err().to_string();
        assert_eq!(refusal("2"), "refers to current build stage");
        assert_eq!(refusal("3"), "index out of bounds");
        assert_eq!(refusal("-1"), "index out of bounds");
    }

    #[test]
    fn env_hides_arguments() {
        let mut stage = Stage::default();
        stage.arguments.add("a", Some("1".to_owned()));
        stage.arguments.add("b", Some("2".to_owned()));
        stage.draft.config.env = Some(vec!["a=3".to_owned()]);

        assert_eq!(stage.variables()["a"], "3");
        assert_eq!(stage.environment().0, ["b=2"]);
    }
}

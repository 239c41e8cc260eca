//! A script as a TOML document, and what is wrong with one.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, de};

use super::definition::Definition;
use super::image_name::ImageName;
use super::role::Role;

/// The longest document, in bytes.
const LONGEST: usize = 4 * 1024 * 1024;

/// What a script says of an image, or of those of a pattern.
#[derive(Clone, Debug)]
pub struct ImageScript {
    /// Which images.
    pub name: ImageName,
    /// What the image is, when it exists because of the script.
    pub defines: Option<Arc<Definition>>,
    /// Its programs; the first that stands for a command line is taken.
    pub programs: Vec<Arc<Role>>,
}

/// What is wrong with a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptError(Box<Wrong>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Wrong {
    file: String,
    line: Option<usize>,
    image: Option<String>,
    program: Option<String>,
    problem: String,
    /// The line as it is written.
    excerpt: Option<String>,
}

impl ScriptError {
    /// A script of a builder's that means nothing.
    pub(super) fn built(image: &str, program: Option<String>, problem: String) -> Self {
        Self(Box::new(Wrong {
            file: "script".to_owned(),
            image: Some(image.to_owned()),
            program,
            problem,
            ..Wrong::default()
        }))
    }

    /// The file, as it was named.
    pub fn file(&self) -> &str {
        &self.0.file
    }

    /// The line, from 1 on.
    pub fn line(&self) -> Option<usize> {
        self.0.line
    }

    /// The image that it is in.
    pub fn image(&self) -> Option<&str> {
        self.0.image.as_deref()
    }

    /// The program that it is in, by its command.
    pub fn program(&self) -> Option<&str> {
        self.0.program.as_deref()
    }

    /// What is wrong.
    pub fn problem(&self) -> &str {
        &self.0.problem
    }
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wrong = &self.0;
        f.write_str(&wrong.file)?;
        if let Some(line) = wrong.line {
            write!(f, ":{line}")?;
        }
        if let Some(image) = &wrong.image {
            write!(f, ": image `{image}`")?;
        }
        if let Some(program) = &wrong.program {
            write!(f, ", program `{program}`")?;
        }
        write!(f, ": {}", wrong.problem)?;
        if let Some(excerpt) = &wrong.excerpt {
            write!(f, " (in `{excerpt}`)")?;
        }
        Ok(())
    }
}

impl std::error::Error for ScriptError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    image: Vec<ImageScript>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenImage {
    name: ImageName,
    defines: Option<Definition>,
    #[serde(default)]
    program: Vec<Role>,
}

impl<'de> Deserialize<'de> for ImageScript {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = WrittenImage::deserialize(deserializer)?;
        if written.defines.is_some() && written.name.is_pattern() {
            return Err(de::Error::custom(format!(
                "`{}` stands for many images: give the one that it `defines` its whole name",
                written.name
            )));
        }
        if written.defines.is_none() && written.program.is_empty() {
            return Err(de::Error::custom(
                "nothing is said of the image: it `defines` one, or has a `[[image.program]]`",
            ));
        }
        Ok(Self {
            name: written.name,
            defines: written.defines.map(Arc::new),
            programs: written.program.into_iter().map(Arc::new).collect(),
        })
    }
}

/// Reads a document; `file` is what messages call it.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<ImageScript>, ScriptError> {
    let plain = |problem: String| Wrong {
        file: file.to_owned(),
        problem,
        ..Wrong::default()
    };
    let plainly = |problem: String| ScriptError(Box::new(plain(problem)));
    if text.len() > LONGEST {
        return Err(plainly(format!("a script has {LONGEST} bytes at most")));
    }
    let document: Document = match toml::from_str(text) {
        Ok(document) => document,
        Err(error) => {
            let problem = error.message().trim().to_owned();
            let Some(span) = error.span() else {
                return Err(plainly(problem));
            };
            let (image, program) = Outline::read(text).around(span.start);
            let (line, excerpt) = line_at(text, span.start);
            return Err(ScriptError(Box::new(Wrong {
                line: Some(line),
                image,
                program,
                excerpt,
                ..plain(problem)
            })));
        }
    };
    if document.image.is_empty() {
        return Err(plainly("there is no `[[image]]` in it".to_owned()));
    }
    Ok(document.image)
}

/// The number of the line at an offset, and what is written there.
fn line_at(text: &str, offset: usize) -> (usize, Option<String>) {
    let before = &text[..text.floor_char_boundary(offset)];
    let number = before.matches('\n').count() + 1;
    let line = text.lines().nth(number - 1).map(str::trim);
    let short = |line: &str| line.chars().take(120).collect::<String>();
    (number, line.filter(|line| !line.is_empty()).map(short))
}

/// Where the images and programs of a document begin, whatever else is wrong with it.
#[derive(Default)]
struct Outline(Vec<Section>);

/// Where an image or a program begins.
#[derive(Default)]
struct Section {
    begin: usize,
    name: Option<String>,
    inner: Vec<Self>,
}

impl Outline {
    /// Finds the headers and the names below them. The document may be ill-formed, so its lines
    /// are read, not its values.
    fn read(text: &str) -> Self {
        let mut outline = Self::default();
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let trimmed = line.trim();
            let section = || Section {
                begin: offset,
                ..Section::default()
            };
            if trimmed.starts_with("[[image]]") {
                outline.0.push(section());
            } else if let Some(image) = outline.0.last_mut() {
                if trimmed.starts_with("[[image.program]]") {
                    image.inner.push(section());
                } else if let Some((key, value)) = trimmed.split_once('=') {
                    let (named, wanted) = match image.inner.last_mut() {
                        Some(program) => (program, "command"),
                        None => (image, "name"),
                    };
                    if key.trim() == wanted {
                        let value = value.trim().trim_matches(['"', '\'']);
                        named.name.get_or_insert_with(|| value.to_owned());
                    }
                }
            }
            offset += line.len();
        }
        outline
    }

    /// The image and the program that an offset lies in.
    fn around(self, offset: usize) -> (Option<String>, Option<String>) {
        let begun = |section: &Section| section.begin <= offset;
        let name = |section: &mut Section| section.name.take().unwrap_or_else(|| "?".to_owned());
        let Some(mut image) = self.0.into_iter().rfind(begun) else {
            return (None, None);
        };
        let program = image.inner.iter_mut().rfind(|program| begun(program));
        let program = program.map(name);
        (Some(name(&mut image)), program)
    }
}

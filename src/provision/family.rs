//! Which image a short name such as `Ubuntu-14_04` means.

use super::problem::Problem;
use crate::backend::Image;
use crate::domain::near as words_near;

/// Names listed beside an unknown or ambiguous one.
const NEAR_MOST: usize = 8;

/// Chooses the newest image of the family that `asked` names.
///
/// A family is named by the beginning of its images' own names (what follows the publisher and
/// `__`) or by its title, either up to the end of a word. `_`, `.`, `-` and blanks are one.
pub(super) fn choose<'a>(asked: &str, images: &'a [Image]) -> Result<&'a Image, Problem> {
    let wanted = words(asked);
    let fitting: Vec<&Image> = images
        .iter()
        .filter(|image| !wanted.is_empty() && fits(image, &wanted))
        .collect();
    let Some(&first) = fitting.first() else {
        return Err(Problem::ImageNotFound {
            name: asked.to_owned(),
            near: near(&wanted, images),
            few: few(images),
        });
    };
    if fitting.iter().any(|image| title(image) != title(first)) {
        return Err(Problem::ImageAmbiguous {
            name: asked.to_owned(),
            matches: newest_of_each(fitting),
        });
    }
    Ok(fitting
        .into_iter()
        .max_by_key(|image| age(image))
        .unwrap_or(first))
}

fn age(image: &Image) -> (&str, &str) {
    (&image.published, &image.name)
}

fn fits(image: &Image, wanted: &[String]) -> bool {
    words(own_name(image)).starts_with(wanted) || words(&image.family).starts_with(wanted)
}

/// The name without its publisher.
fn own_name(image: &Image) -> &str {
    image
        .name
        .split_once("__")
        .map_or(image.name.as_str(), |(_, own)| own)
}

fn title(image: &Image) -> Vec<String> {
    if image.family.is_empty() {
        words(own_name(image))
    } else {
        words(&image.family)
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect()
}

fn newest_of_each(fitting: Vec<&Image>) -> Vec<String> {
    let mut newest: Vec<&Image> = Vec::new();
    for image in fitting {
        match newest.iter_mut().find(|seen| title(seen) == title(image)) {
            Some(seen) if age(seen) < age(image) => *seen = image,
            Some(_) => {}
            None => newest.push(image),
        }
    }
    newest
        .into_iter()
        .take(NEAR_MOST)
        .map(|image| image.name.clone())
        .collect()
}

/// Names that share the most words with what was asked for.
fn near(wanted: &[String], images: &[Image]) -> Vec<String> {
    let mut ranked: Vec<(usize, &Image)> = images
        .iter()
        .map(|image| {
            let own = words(&format!("{} {}", image.name, image.family));
            let shared = wanted.iter().filter(|word| is_among(word, &own)).count();
            (shared, image)
        })
        .filter(|(shared, _)| *shared > 0)
        .collect();
    ranked.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| age(y).cmp(&age(x))));
    ranked
        .into_iter()
        .take(NEAR_MOST)
        .map(|(_, image)| image.name.clone())
        .collect()
}

/// All names, unless they are many.
fn few(images: &[Image]) -> Vec<String> {
    let few = images.iter().filter(|_| images.len() <= NEAR_MOST);
    few.map(|image| image.name.clone()).collect()
}

/// Is it one of `own`, the beginning of one, or a slip? Numbers are short, and each is another one.
fn is_among(word: &str, own: &[String]) -> bool {
    let is_number = word.starts_with(|letter: char| letter.is_ascii_digit());
    own.iter().any(|theirs| theirs.starts_with(word))
        || !is_number && !words_near(word, own.iter().map(String::as_str)).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::{ImageKind, Os};

    fn image(name: &str, family: &str, published: &str) -> Image {
        Image {
            name: name.to_owned(),
            kind: ImageKind::Disk,
            os: Os::Linux,
            own: false,
            locations: Vec::new(),
            label: String::new(),
            family: family.to_owned(),
            published: published.to_owned(),
            hardware: None,
        }
    }

    fn catalogue() -> Vec<Image> {
        vec![
            image(
                "b39f__Ubuntu-14_04-LTS-amd64-server-20140724-en-us-30GB",
                "Ubuntu Server 14.04 LTS",
                "2014-07-24",
            ),
            image(
                "b39f__Ubuntu-14_04_1-LTS-amd64-server-20140927-en-us-30GB",
                "Ubuntu Server 14.04 LTS",
                "2014-09-27",
            ),
            image(
                "b39f__Ubuntu-14_10-amd64-server-20140729-alpha2-en-us-30GB",
                "Ubuntu Server 14.10",
                "2014-07-29",
            ),
        ]
    }

    #[test]
    fn a_family_takes_its_newest_image() {
        let images = catalogue();

        for asked in ["Ubuntu-14_04", "ubuntu 14.04", "Ubuntu Server 14.04 LTS"] {
            let chosen = choose(asked, &images).map(|image| image.published.as_str());
            assert!(matches!(chosen, Ok("2014-09-27")), "{asked}: {chosen:?}");
        }
    }

    #[test]
    fn half_a_word_is_no_family() {
        let images = catalogue();

        let outcome = choose("Ubuntu-14_0", &images);

        assert!(
            matches!(&outcome, Err(Problem::ImageNotFound { near, .. }) if near.len() == 3),
            "{outcome:?}"
        );
    }

    #[test]
    fn a_slip_comes_near_to_what_was_meant_alone() {
        let mut images = catalogue();
        images.push(image("suse__opensuse-13.1", "openSUSE 13.1", "2014-07-22"));

        let outcome = choose("Ubunto-14_04", &images);

        assert!(
            matches!(&outcome, Err(Problem::ImageNotFound { near, .. })
                if near.len() == 3 && near[0].contains("14_04_1")),
            "{outcome:?}"
        );
    }

    #[test]
    fn several_families_are_ambiguous_and_listed_by_their_newest() {
        let images = catalogue();

        let outcome = choose("Ubuntu", &images);

        assert!(
            matches!(&outcome, Err(Problem::ImageAmbiguous { matches, .. })
                if matches.len() == 2 && matches[0].contains("20140927")),
            "{outcome:?}"
        );
    }

    #[test]
    fn nothing_at_all_is_no_family() {
        let images = catalogue();

        assert!(matches!(
            choose("__", &images),
            Err(Problem::ImageNotFound { .. })
        ));
    }
}

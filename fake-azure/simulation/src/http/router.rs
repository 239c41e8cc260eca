//! Which route a request takes.
//!
//! A pattern is a path with variables in the place of segments: `{name}` stands for one
//! segment, `{name:.*}` for one or more with the slashes between them. Alone in its pattern
//! the latter stands for none as well, so that `/{any:.*}` fits every path. A pattern has at
//! most one of the latter.

use hyper::Method;

use super::Query;
use super::target::segments;

/// What a table of routes consists of.
pub trait Route {
    /// The pattern that paths are held against.
    fn pattern(&self) -> &str;

    /// Whether it is for this method.
    fn takes(&self, method: &Method) -> bool;

    /// Whether the parameters make it this route, where they matter.
    fn suits(&self, _query: &Query) -> bool {
        true
    }
}

/// How the words of patterns compare with those of paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// Byte by byte.
    Exact,
    /// Without regard to ASCII case.
    AnyCase,
}

/// Finds routes in a table; of two that fit, the first is taken.
#[derive(Clone, Copy, Debug)]
pub struct Router<R: 'static> {
    routes: &'static [R],
    words: Words,
}

/// A route, and what its variables stand for, in order.
#[derive(Debug)]
pub struct Found<R: 'static> {
    /// The route.
    pub route: &'static R,
    /// The values of its variables.
    pub values: Vec<String>,
}

/// Why no route was found: how far the best of them came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Miss {
    /// No pattern fits the path.
    Path,
    /// Some patterns fit, but none of their routes takes the method.
    Method,
    /// The parameters do not tell which route is meant.
    Query,
}

impl<R: Route> Router<R> {
    /// A router over a table.
    pub const fn new(routes: &'static [R], words: Words) -> Self {
        Self { routes, words }
    }

    /// The table.
    pub fn routes(&self) -> &'static [R] {
        self.routes
    }

    /// Finds the route for a path, given as its decoded segments.
    pub fn find<S: AsRef<str>>(
        &self,
        method: &Method,
        path: &[S],
        query: &Query,
    ) -> Result<Found<R>, Miss> {
        let mut miss = Miss::Path;
        for route in self.routes {
            if !self.words.fit(route.pattern(), path) {
                continue;
            }
            if !route.takes(method) {
                miss = miss.max(Miss::Method);
            } else if route.suits(query) {
                let values = values(route.pattern(), path);
                return Ok(Found { route, values });
            } else {
                miss = Miss::Query;
            }
        }
        Err(miss)
    }

    /// Finds the route for a path that was decoded as a whole.
    pub fn find_path(&self, method: &Method, path: &str, query: &Query) -> Result<Found<R>, Miss> {
        let path: Vec<&str> = segments(path).collect();
        self.find(method, &path, query)
    }
}

/// What the variables of a pattern stand for in a path that was decoded as a whole, by name;
/// none when the path does not fit.
///
/// For routes that are known only when the program runs.
pub fn variables(pattern: &str, path: &str) -> Option<Vec<(String, String)>> {
    let path: Vec<&str> = segments(path).collect();
    if !Words::Exact.fit(pattern, &path) {
        return None;
    }
    let names = segments(pattern).filter_map(|segment| {
        let name = segment.strip_prefix('{')?.strip_suffix('}')?;
        Some(name.strip_suffix(":.*").unwrap_or(name).to_owned())
    });
    Some(names.zip(values(pattern, &path)).collect())
}

/// A segment of a pattern.
enum Part<'a> {
    Word(&'a str),
    One,
    Rest,
}

fn parts(pattern: &str) -> impl Iterator<Item = Part<'_>> {
    segments(pattern).map(|segment| match segment.strip_prefix('{') {
        None => Part::Word(segment),
        Some(name) if name.ends_with(":.*}") => Part::Rest,
        Some(_) => Part::One,
    })
}

/// How many segments a `{name:.*}` stands for: those that the others leave.
fn rest(pattern: &str, path: usize) -> Option<usize> {
    let others = segments(pattern).count() - 1;
    let rest = path.checked_sub(others)?;
    (rest > 0 || others == 0).then_some(rest)
}

impl Words {
    fn fit<S: AsRef<str>>(self, pattern: &str, path: &[S]) -> bool {
        let mut path = path.iter().map(AsRef::as_ref);
        let whole = path.len();
        for part in parts(pattern) {
            let fits = match part {
                Part::Word(word) => path.next().is_some_and(|segment| self.same(word, segment)),
                Part::One => path.next().is_some(),
                Part::Rest => rest(pattern, whole).is_some_and(|rest| {
                    path.by_ref().take(rest).for_each(drop);
                    true
                }),
            };
            if !fits {
                return false;
            }
        }
        path.next().is_none()
    }

    fn same(self, word: &str, segment: &str) -> bool {
        match self {
            Self::Exact => word == segment,
            Self::AnyCase => word.eq_ignore_ascii_case(segment),
        }
    }
}

/// The values of the variables of a pattern that fits.
fn values<S: AsRef<str>>(pattern: &str, path: &[S]) -> Vec<String> {
    let mut segments = path.iter().map(AsRef::as_ref);
    let mut values = Vec::new();
    for part in parts(pattern) {
        match part {
            Part::Word(_) => drop(segments.next()),
            Part::One => values.extend(segments.next().map(str::to_owned)),
            Part::Rest => {
                let rest = rest(pattern, path.len()).unwrap_or_default();
                let taken: Vec<&str> = segments.by_ref().take(rest).collect();
                values.push(taken.join("/"));
            }
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Line(Method, &'static str, Option<&'static str>);

    impl Route for Line {
        fn pattern(&self) -> &str {
            self.1
        }
        fn takes(&self, method: &Method) -> bool {
            self.0 == *method
        }
        fn suits(&self, query: &Query) -> bool {
            self.2.is_none_or(|key| query.get(key).is_some())
        }
    }

    static TABLE: &[Line] = &[
        Line(Method::OPTIONS, "/{any:.*}", None),
        Line(Method::GET, "/", None),
        Line(Method::GET, "/images/json", None),
        Line(Method::GET, "/images/{name:.*}/json", None),
        Line(Method::DELETE, "/images/{name:.*}", None),
        Line(Method::GET, "/networks/", None),
        Line(Method::POST, "/a/{b}/c/{d}", Some("start")),
        Line(Method::POST, "/a/{b}/c/{d}", Some("stop")),
    ];

    fn find(method: &Method, path: &str, query: &str) -> Result<(&'static str, Vec<String>), Miss> {
        Router::new(TABLE, Words::Exact)
            .find_path(method, path, &Query::read(query))
            .map(|found| (found.route.1, found.values))
    }

    fn got(path: &str) -> Option<(&'static str, String)> {
        let (pattern, values) = find(&Method::GET, path, "").ok()?;
        Some((pattern, values.join(",")))
    }

    #[test]
    fn a_long_variable_takes_slashes_too() {
        let image = "/images/{name:.*}/json";
        assert_eq!(got("/images/a:1/json"), Some((image, "a:1".to_owned())));
        assert_eq!(
            got("/images/docker.io/library/a/json"),
            Some((image, "docker.io/library/a".to_owned()))
        );
        assert_eq!(got("/images/json/json"), Some((image, "json".to_owned())));
        assert_eq!(got("/images//json"), Some((image, String::new())));
    }

    #[test]
    fn of_two_that_fit_the_first_is_taken() {
        assert_eq!(
            got("/images/json").map(|found| found.0),
            Some("/images/json")
        );
    }

    #[test]
    fn a_long_variable_needs_its_slash_unless_it_is_alone() {
        let deleted = |path| find(&Method::DELETE, path, "").map(|found| found.1);
        assert_eq!(deleted("/images"), Err(Miss::Method));
        assert_eq!(deleted("/images/"), Ok(vec![String::new()]));
        for path in ["/", "/a", "/a/b/"] {
            let any = find(&Method::OPTIONS, path, "").unwrap();
            assert_eq!(any.1, [path[1..].to_owned()]);
        }
    }

    #[test]
    fn the_root_and_a_slash_at_the_end_are_paths_of_their_own() {
        assert_eq!(got("/").map(|found| found.0), Some("/"));
        assert_eq!(got("/networks/").map(|found| found.0), Some("/networks/"));
        assert_eq!(got("/networks"), None);
    }

    #[test]
    fn parameters_tell_routes_apart() {
        let found = find(&Method::POST, "/a/1/c/2", "stop=");
        assert_eq!(
            found,
            Ok(("/a/{b}/c/{d}", vec!["1".to_owned(), "2".to_owned()]))
        );
        assert_eq!(
            find(&Method::POST, "/a/1/c/2", "go").unwrap_err(),
            Miss::Query
        );
        assert_eq!(
            find(&Method::POST, "/a/1/2/c/3", "stop").unwrap_err(),
            Miss::Method
        );
        assert_eq!(
            find(&Method::PUT, "/a/1/c/2", "stop").unwrap_err(),
            Miss::Method
        );
    }

    #[test]
    fn the_variables_of_one_pattern_have_their_names() {
        let pairs = |pattern, path| {
            let found = variables(pattern, path)?;
            let pair = |(name, value)| format!("{name}={value}");
            Some(found.into_iter().map(pair).collect::<Vec<_>>().join(" "))
        };
        assert_eq!(
            pairs("/a/{b}/{c:.*}", "/a/1/2/3").as_deref(),
            Some("b=1 c=2/3")
        );
        assert_eq!(pairs("/a", "/a").as_deref(), Some(""));
        assert_eq!(pairs("/a/{b}", "/a"), None);
    }

    #[test]
    fn words_compare_with_or_without_case() {
        let query = Query::default();
        let any = Router::new(TABLE, Words::AnyCase);
        assert!(any.find_path(&Method::GET, "/Images/JSON", &query).is_ok());
        assert_eq!(
            find(&Method::GET, "/Images/JSON", "").unwrap_err(),
            Miss::Method
        );
    }
}

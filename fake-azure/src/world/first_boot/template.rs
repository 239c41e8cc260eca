//! Templates of the kind `## template: jinja`, as far as they name values.

use std::collections::BTreeMap;

/// What a template can name, such as `v1.local_hostname`.
pub(super) type Variables = BTreeMap<String, String>;

/// What the first line of a template says.
const HEADER: &str = "## template:";

/// Whether a text is a template.
pub(super) fn is_one(text: &str) -> bool {
    let head = text.get(..HEADER.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(HEADER))
}

/// The text without its first line, with values in the place of their names; `None` when it has
/// statements, filters or anything else that is not simulated. A name that nobody knows is told as
/// cloud-init tells it.
pub(super) fn rendered(text: &str, variables: &Variables) -> Option<String> {
    let mut rest = text.trim_start().split_once('\n')?.1;
    let mut whole = String::new();
    while let Some(at) = rest.find('{') {
        whole.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(inner) = rest.strip_prefix("{{") {
            let (name, after) = inner.split_once("}}")?;
            whole.push_str(&value(name, variables)?);
            rest = after;
        } else if let Some(inner) = rest.strip_prefix("{#") {
            rest = inner.split_once("#}")?.1;
        } else if rest.starts_with("{%") {
            return None;
        } else {
            whole.push('{');
            rest = &rest[1..];
        }
    }
    whole.push_str(rest);
    Some(whole)
}

fn value(name: &str, variables: &Variables) -> Option<String> {
    let name = name.trim();
    let name = name.strip_prefix('-').unwrap_or(name);
    let name = name.strip_suffix('-').unwrap_or(name).trim();
    let quoted = |mark: char| name.strip_prefix(mark)?.strip_suffix(mark);
    if let Some(literal) = quoted('\'').or_else(|| quoted('"')) {
        return (!literal.contains(['\'', '"', '\\'])).then(|| literal.to_owned());
    }
    let is_name = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'));
    if !is_name || name.is_empty() {
        return None;
    }
    let known = variables.get(&name.replace('-', "_"));
    Some(known.map_or_else(|| format!("CI_MISSING_JINJA_VAR/{name}"), Clone::clone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_named_and_statements_are_not_guessed() {
        let variables = Variables::from([("v1.local_hostname".to_owned(), "web".to_owned())]);
        let of = |text: &str| rendered(&format!("## template: jinja\n{text}"), &variables);
        assert_eq!(
            of("a {{ v1.local_hostname }}{# no #} {b} {{v1.local-hostname}}").unwrap(),
            "a web {b} web"
        );
        assert_eq!(of("{{ x.y }}").unwrap(), "CI_MISSING_JINJA_VAR/x.y");
        assert_eq!(of("{{ '{{' }}").unwrap(), "{{");
        assert_eq!(of("{% if a %}b{% endif %}"), None);
        assert_eq!(of("{{ a | upper }}"), None);
    }
}

//! Identifiers of resources, put together.

/// How often the functions of identifiers and the names of resources must agree.
pub(crate) fn segments(kind: &str) -> usize {
    kind.matches('/').count()
}

/// A type and its names as they alternate in an identifier, if they are as many.
pub(crate) fn alternating<'a>(
    kind: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let mut kinds = kind.split('/');
    let mut path = kinds.next()?.to_owned();
    let mut names = names.into_iter();
    for kind in kinds {
        let name = names.next()?;
        path = format!("{path}/{kind}/{name}");
    }
    names.next().is_none().then_some(path)
}

/// The identifier of a resource of a scope, if its type and its names are as many.
pub(crate) fn within<'a>(
    scope: &str,
    kind: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let path = alternating(kind, names)?;
    // A group is no resource of a provider, whatever its type says.
    if kind.eq_ignore_ascii_case("Microsoft.Resources/resourceGroups")
        && let Some((_, name)) = path.rsplit_once('/')
    {
        return Some(format!("{scope}/resourceGroups/{name}"));
    }
    Some(format!("{scope}/providers/{path}"))
}

/// Whether a text is an identifier from the root, or at least begins with a provider.
pub(crate) fn is_path(text: &str) -> bool {
    text.starts_with('/') || (text.contains('/') && provider(text).contains('.'))
}

fn provider(text: &str) -> &str {
    text.split('/').next().unwrap_or_default()
}

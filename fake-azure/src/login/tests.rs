//! The page that says how true the simulator is names every operation and path of the authority.

use super::routes;
use crate::instance_metadata::routes as instance_metadata;

#[test]
fn the_page_has_every_operation() {
    let page = include_str!("../../../docs/fidelity.md");
    let section = page
        .split("\n## ")
        .find(|part| part.starts_with("Signing in"));
    let section = section.unwrap();
    for (operation, method, path, is_modelled) in routes::operations() {
        let row = section
            .lines()
            .find(|row| row.contains(&format!("`{method} {path}`")));
        let row = row.unwrap_or_else(|| panic!("{method} {path}"));
        assert!(row.contains(operation), "{row}");
        assert_eq!(row.contains("| 501"), !is_modelled, "{row}");
    }
    for (operation, path, is_modelled) in instance_metadata::operations() {
        let row = section
            .lines()
            .find(|row| row.contains(path) && row.starts_with('|'));
        let row = row.unwrap_or_else(|| panic!("{path}"));
        assert!(row.contains(operation), "{row}");
        assert_eq!(row.contains("| 501"), !is_modelled, "{row}");
    }
}

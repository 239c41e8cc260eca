//! Labels, image URNs, blocks of addresses: what Resource Manager is told.

use std::net::Ipv4Addr;

use azure::backend::Site;
use azure::backend::resource_manager::Urn;
use azure::backend::site::resource_manager::Cidr;
use azure::domain::Port;
use azure::event::Event;
use azure::provision::{Order, Problem, ResourceOrder, ResourceProblem, SiteOrder};
use proptest::prelude::*;

/// `^[a-z][a-z0-9-]{1,61}[a-z0-9]$`, letter by letter.
fn is_label(text: &str) -> bool {
    let letters: Vec<char> = text.to_ascii_lowercase().chars().collect();
    let is_inner = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-';
    (3..=63).contains(&letters.len())
        && letters[0].is_ascii_lowercase()
        && letters[1..].iter().all(is_inner)
        && letters.last() != Some(&'-')
}

fn silent(_: Event) {}

fn order(host: &str, docker: u16) -> Option<Order> {
    Some(Order {
        user: Some("azureuser".to_owned()),
        docker: Port::try_from(docker).ok(),
        site: SiteOrder::ResourceManager(ResourceOrder {
            resource_group: "g".to_owned(),
            open_to: Vec::new(),
        }),
        ..Order::new(host.parse().ok()?)
    })
}

proptest! {
    #[test]
    fn a_host_is_called_as_a_label_may_be(host in "[a-zA-Z0-9-]{1,64}") {
        let Some(order) = order(&host, 2376) else {
            return Ok(());
        };
        let checked = order.validated(Site::RESOURCE_MANAGER, &silent);
        let refused = matches!(
            checked,
            Err(Problem::ResourceManager(ResourceProblem::Label(_)))
        );
        prop_assert_eq!(refused, !is_label(&host), "{}", host);
    }

    #[test]
    fn every_port_but_none_is_dockers(port in any::<u16>()) {
        let Some(order) = order("web", port) else {
            return Ok(());
        };
        prop_assert_eq!(order.docker.map(Port::get), (port > 0).then_some(port));
        let is_valid = order.validated(Site::RESOURCE_MANAGER, &silent).is_ok();
        prop_assert!(is_valid);
    }

    #[test]
    fn a_urn_comes_back_as_it_was(
        parts in prop::array::uniform4("[A-Za-z0-9][A-Za-z0-9._-]{0,20}"),
    ) {
        let text = parts.join(":");
        let urn: Urn = text.parse().unwrap();
        prop_assert_eq!(urn.to_string(), text);
        prop_assert_eq!(urn.version().is_none(), parts[3].eq_ignore_ascii_case("latest"));
    }

    #[test]
    fn no_text_is_a_urn_by_chance(text in ".{0,40}") {
        if let Ok(urn) = text.parse::<Urn>() {
            prop_assert_eq!(urn.to_string(), text.clone());
            prop_assert!(!text.contains('/'), "{}", text);
        }
    }

    #[test]
    fn a_block_holds_what_shares_its_first_bits(
        first in any::<u32>(), other in any::<u32>(), length in 0_u32..=32,
    ) {
        let text = format!("{}/{length}", Ipv4Addr::from_bits(first));
        let block: Cidr = text.parse().unwrap();
        let shared = (first ^ other).leading_zeros();
        prop_assert_eq!(block.holds(Ipv4Addr::from_bits(other)), shared >= length);
        prop_assert!(block.holds(Ipv4Addr::from_bits(first)));
        let again: Cidr = block.to_string().parse().unwrap();
        prop_assert_eq!(again, block);
    }

    #[test]
    fn no_text_is_a_block_by_chance(text in "[0-9./ :a+-]{0,22}") {
        if let Ok(block) = text.parse::<Cidr>() {
            let address = text.split('/').next().unwrap_or_default();
            prop_assert!(block.holds(address.parse().unwrap()), "{}", text);
        }
    }
}

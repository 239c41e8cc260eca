//! The subnets of a machine: named, or those that hold its address.

use std::net::Ipv4Addr;

use super::order::ClassicOrder;
use super::problem::ClassicProblem;
use crate::backend::site::classic::Network;

/// Chooses the subnets that the machine joins.
pub(super) fn choose(
    order: &ClassicOrder,
    network: Option<&Network>,
) -> Result<Vec<String>, ClassicProblem> {
    let Some(network) = network else {
        return Ok(Vec::new());
    };
    if let Some(address) = order.static_address {
        return network
            .subnets
            .iter()
            .find(|subnet| holds(&subnet.prefix, address))
            .map(|subnet| vec![subnet.name.clone()])
            .ok_or_else(|| ClassicProblem::AddressOutside {
                address,
                network: network.name.clone(),
            });
    }
    let wanted = order
        .subnets
        .iter()
        .chain(order.interfaces.iter().map(|interface| &interface.subnet));
    for name in wanted {
        if !network
            .subnets
            .iter()
            .any(|subnet| subnet.name.eq_ignore_ascii_case(name))
        {
            return Err(ClassicProblem::SubnetNotFound {
                subnet: name.clone(),
                network: network.name.clone(),
            });
        }
    }
    Ok(order.subnets.clone())
}

/// Does `address` lie within a prefix such as `10.0.0.0/11`?
fn holds(prefix: &str, address: Ipv4Addr) -> bool {
    let Some((base, bits)) = prefix.split_once('/') else {
        return false;
    };
    let (Ok(base), Ok(bits)) = (base.parse::<Ipv4Addr>(), bits.parse::<u32>()) else {
        return false;
    };
    let Some(mask) = 32_u32
        .checked_sub(bits)
        .map(|host| u32::MAX.checked_shl(host).unwrap_or(0))
    else {
        return false;
    };
    base.to_bits() & mask == address.to_bits() & mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_lies_in_its_prefix_alone() {
        let address = Ipv4Addr::new(10, 31, 0, 4);

        assert!(holds("10.0.0.0/11", address));
        assert!(holds("0.0.0.0/0", address));
        assert!(holds("10.31.0.4/32", address));
        assert!(!holds("10.32.0.0/11", address));
        assert!(!holds("10.0.0.0/33", address));
        assert!(!holds("10.0.0.0", address));
    }
}

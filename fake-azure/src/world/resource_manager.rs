//! Today's Azure, as its Resource Manager tells of it.

#[cfg_attr(not(test), expect(dead_code, reason = "nobody asks for offers yet"))]
pub(crate) mod offers;

//! Steps with their undo, registered before they are taken.

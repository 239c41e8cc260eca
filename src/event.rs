//! What happens, as one enum; listeners draw it, write it or count it.

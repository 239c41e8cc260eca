//! Errors as the user sees them: hints, the printed form, exit codes.

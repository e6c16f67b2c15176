//! The tokio loop that drives a Narthex engine.

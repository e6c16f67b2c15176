//! Password strength with reasons, for Narthex frontends.

//! HTTP for the Narthex engine, on reqwest.

//! A homeserver in memory, for demonstrations and tests.

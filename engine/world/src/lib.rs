//! The worlds in which the engine is tested.

//! The sign-in engine for Matrix.

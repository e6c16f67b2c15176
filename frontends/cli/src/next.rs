//! What may come from the other side.

use narthex::Input;

/// What comes from the other side.
#[derive(Debug)]
pub(crate) enum Next {
    /// An intent or a link.
    Say(Input),
    /// Nothing, but the view is another.
    Changed,
    /// They want to stop.
    Cancelled,
    /// Nobody will ever answer.
    Nobody,
}

//! How is a view printed?

use narthex::View;
use serde::Serialize;

use crate::json::parts::is_false;

/// The view, and whether somebody has to answer it.
#[derive(Serialize)]
pub(crate) struct ViewLine<'l> {
    /// The view.
    #[serde(flatten)]
    pub(crate) view: &'l View,
    /// A flag answers this view: there is nothing to say to it. Absent when none does.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) answered_by_flag: bool,
}

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

/// By hand, so that the view is a part with a name of its own.
#[cfg(test)]
impl schemars::JsonSchema for ViewLine<'_> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ViewLine".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let view = generator.subschema_for::<View>();
        schemars::json_schema!({
            "allOf": [view],
            "properties": { "answered_by_flag": {
                "description": "A flag answers this view: there is nothing to say to it. Absent when none does.",
                "type": "boolean",
            } },
        })
    }
}

//! What is the JSON Schema of what crosses the border as JSON?

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use zeroize::Zeroize;

use crate::failure::Failure;
use crate::intent::{Intent, Offer, Offers};
use crate::qr::{QrPayload, ScannedCode};
use crate::report::ServerReport;
use crate::secret::Secret;
use crate::view::View;

/// The JSON Schema (2020-12) of a [`View`], an [`Intent`], a [`Failure`] and a [`ServerReport`], each with its name.
///
/// Fields and variants may be added within a major version: a reader ignores what it does not know.
#[must_use]
pub fn schemas() -> [(&'static str, Schema); 4] {
    // An intent is read, all the others are written.
    let written = || SchemaSettings::draft2020_12().for_serialize().into_generator();
    let read = SchemaSettings::draft2020_12().for_deserialize().into_generator();
    [
        ("view", written().into_root_schema_for::<View>()),
        ("intent", read.into_root_schema_for::<Intent>()),
        ("failure", written().into_root_schema_for::<Failure>()),
        ("report", written().into_root_schema_for::<ServerReport>()),
    ]
}

impl JsonSchema for Offers {
    fn schema_name() -> Cow<'static, str> {
        "Offers".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let offer = generator.subschema_for::<Offer>();
        json_schema!({
            "description": "Every intent that will be accepted now. All others are ignored.",
            "type": "array",
            "items": offer,
            "uniqueItems": true,
        })
    }
}

/// As text: the bytes of a code in base64.
macro_rules! text {
    ($kind:ty) => {
        impl JsonSchema for $kind {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                String::schema_name()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                String::json_schema(generator)
            }
        }
    };
}

text!(QrPayload);
text!(ScannedCode);

impl<T: Zeroize + JsonSchema> JsonSchema for Secret<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
}

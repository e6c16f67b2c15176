//! Everything that is said to a user, from the Fluent files, in their language.
//!
//! [`Text`] has a sentence for whatever the engine can show: screens, tasks, offers, stages, failures with cause and
//! remedy, where a session is stored. A frontend adds its own messages (prompts, flags, layout) when it makes one. Where
//! it can say better what to do about a failure, it has a message `do-` with the name of that failure.
//!
//! ```
//! use narthex::Task;
//! use narthex_text::Text;
//!
//! const OWN: &[narthex_text::Locale] = &[("en", &["window-title = Sign in"])];
//! let text = Text::in_language(&["nl-BE".to_owned(), "en".to_owned()], OWN);
//! assert_eq!(text.say("window-title", &[]), "Sign in");
//! assert_eq!(text.task(Task::FindServer, "example.org"), "Looking up example.org");
//! ```
#![warn(missing_docs)]

mod clock;
mod compare;
mod failure;
#[cfg(feature = "fuzz")]
pub mod fuzz;
mod named;
mod plain;
mod pseudo;
mod screens;
mod text;

pub use compare::differences;
pub use failure::{Blame, blame};
pub use fluent_bundle::FluentValue as Value;
pub use plain::{id, of_shown_id, plain};
pub use text::{Locale, Text, Values};

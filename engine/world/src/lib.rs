//! The world that lies, in which the engine is tested.
//!
//! The [`World`] lies and remembers nothing: whatever could happen next is on its [`menu`](World::menu), and after
//! each step the laws hold. It is explored breadth-first, walked at random and fuzzed.

mod answers;
mod class;
pub mod fuzz;
mod intents;
mod key;
mod laws;
mod menu;
mod next;
mod outline;
mod page;
mod reached;
mod step;
mod world;

pub use class::Class;
pub use key::{area, left, node};
pub use reached::Reached;
pub use step::{Deed, Kind, Step};
pub use world::{Open, World, client};

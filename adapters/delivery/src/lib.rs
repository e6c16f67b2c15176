//! Opens the browser and receives the callback.

//! What a person lives through, one text for each story, kept in `tests/stories`.

mod life;
mod oauth;
mod registration;
mod sign_in;

use crate::driver::Driver;
use crate::golden;

fn story(name: &str, driver: &Driver) {
    golden::compare(&format!("stories/{name}.txt"), driver.trace.trim_start());
}

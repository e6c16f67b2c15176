//! What does a program weigh that reads JSON and addresses, as every Matrix client does? `size_engine` is compared
//! with it.
#![allow(clippy::print_stdout, reason = "it has to do something that cannot be left out")]

use std::io::{Read as _, stdin};

fn main() {
    let mut script = String::new();
    if stdin().read_to_string(&mut script).is_err() {
        return;
    }
    for line in script.lines() {
        if let Ok(value) = serde_json::from_str::<serde_json::Value>(line) {
            println!("{value:?} {value}");
        }
        if let Ok(url) = url::Url::parse(line) {
            println!("{url:?} {}", url.join("other").is_ok());
        }
    }
}

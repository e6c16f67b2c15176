//! What does the same program weigh with all of the engine in it? It goes wherever a script from outside leads it, so
//! that no path can be left out.
#![allow(clippy::print_stdout, reason = "it has to do something that cannot be left out")]

use std::io::{Read as _, stdin};

use narthex::{
    Callback, Client, Config, Effect, EffectId, Engine, Input, Intent, Lost, Reply, Response, Saved, Secret,
    Seeds, Time,
};

fn main() {
    let mut script = String::new();
    if stdin().read_to_string(&mut script).is_err() {
        return;
    }
    let mut seed = [0; 32];
    seed.iter_mut().zip(script.bytes()).for_each(|(to, from)| *to = from);
    let mut now = Time(u64::from(seed[0]));
    let mut engine = Engine::new(config(), Seeds::new(seed, seed), now);
    let mut open = Vec::new();
    for line in script.lines() {
        if let Ok(value) = serde_json::from_str::<serde_json::Value>(line) {
            println!("{value:?} {value}");
        }
        if let Ok(url) = url::Url::parse(line) {
            println!("{url:?} {}", url.join("other").is_ok());
        }
        if let Ok(saved) = Saved::from_json(line) {
            engine = Engine::resume(saved, config(), Seeds::new(seed, seed), now);
        }
        let effects = engine.handle(now, input(line, open.pop()));
        open.extend(effects.iter().filter_map(Effect::id));
        now = engine.deadline().unwrap_or(now);
        println!("{effects:?} {:?}", engine.session());
        println!("{}", serde_json::to_string(&engine.view()).unwrap_or_default());
        println!("{}", engine.save().map_or(0, |saved| saved.to_json().expose().len()));
    }
}

fn config() -> Config {
    Config::new(Client::new("Example", "https://app.example/".parse().expect("it is an address")))
}

fn input(line: &str, open: Option<EffectId>) -> Input {
    if let Ok(intent) = serde_json::from_str::<Intent>(line) {
        return Input::Intent(intent);
    }
    if let Some(address) = line.strip_prefix("callback ") {
        return Input::Callback(Callback::from(address.to_owned()));
    }
    let Some(id) = open else { return Input::Tick };
    let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
    let reply = match (kind, kind.parse::<u16>()) {
        (_, Ok(status)) => {
            let header = |name: &str| (name.to_owned(), rest.to_owned());
            let headers = vec![header("retry-after"), header("location")];
            Reply::Http(Ok(Response { status, headers, body: Secret::new(rest.as_bytes().to_vec()) }))
        }
        ("listening", _) => Reply::Listening(rest.parse().map_err(|_| Lost::Listen)),
        ("lost", _) => Reply::Http(Err(serde_json::from_str(rest).unwrap_or(Lost::Timeout))),
        _ => Reply::Stored(serde_json::from_str(rest).map_or(Ok(()), Err)),
    };
    Input::Reply { id, reply }
}

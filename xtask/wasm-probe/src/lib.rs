//! Is all of the engine in this module? It goes wherever a script from outside leads it.

use narthex::{
    Callback, Client, Config, Effect, Engine, Input, Intent, Lost, Reply, Response, Saved, Secret, Seeds,
    Time,
};

/// Drives an engine through a script of lines: a callback, an intent as JSON, an answer, a state to resume from.
/// Nothing of it is known when this is compiled, so no path can be left out.
///
/// # Safety
///
/// `script` and `length` describe memory that nobody writes to meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drive(script: *const u8, length: usize, seed: u64) -> usize {
    // SAFETY: the caller's promise.
    let script = unsafe { core::slice::from_raw_parts(script, length) };
    let Ok(script) = str::from_utf8(script) else { return 0 };
    let mut seed_bytes = [0; 32];
    seed_bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut now = Time(seed);
    let mut engine = Engine::new(config(), Seeds::new(seed_bytes, seed_bytes), now);
    let mut open = Vec::new();
    let mut shown = 0;
    for line in script.lines() {
        if let Ok(saved) = Saved::from_json(line) {
            engine = Engine::resume(saved, config(), Seeds::new(seed_bytes, seed_bytes), now);
        }
        let effects = engine.handle(now, input(line, open.pop()));
        open.extend(effects.iter().filter_map(Effect::id));
        now = engine.deadline().unwrap_or(now);
        shown += serde_json::to_string(&engine.view()).map_or(0, |view| view.len());
        shown += engine.save().map_or(0, |saved| saved.to_json().expose().len());
        shown += engine.session().map_or(0, |session| format!("{session:?}").len());
        shown += format!("{effects:?}").len();
    }
    shown
}

fn config() -> Config {
    Config::new(Client::new("Example", "https://app.example/".parse().expect("it is an address")))
}

fn input(line: &str, open: Option<narthex::EffectId>) -> Input {
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
            let headers =
                vec![("retry-after".to_owned(), rest.to_owned()), ("location".to_owned(), rest.to_owned())];
            Reply::Http(Ok(Response { status, headers, body: Secret::new(rest.as_bytes().to_vec()) }))
        }
        ("listening", _) => Reply::Listening(rest.parse().map_err(|_| Lost::Listen)),
        ("lost", _) => Reply::Http(Err(serde_json::from_str(rest).unwrap_or(Lost::Timeout))),
        _ => Reply::Stored(serde_json::from_str(rest).map_or(Ok(()), Err)),
    };
    Input::Reply { id, reply }
}

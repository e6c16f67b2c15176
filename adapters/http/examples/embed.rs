//! A whole Matrix client's registration in one file: `embed SERVER USERNAME` makes an account with a fixed password.
#![expect(clippy::print_stdout, reason = "it is read at a shell")]
#![expect(clippy::wildcard_enum_match_arm, reason = "an example answers a few questions only")]

use std::time::{SystemTime, UNIX_EPOCH};

use narthex::{Config, Effect, Engine, Input, Intent, Offer, Reply, Screen, Time};
use narthex_http::Http;

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let (server, username) = args.next().zip(args.next()).ok_or("say: embed SERVER USERNAME")?;
    let http = Http::new()?;
    // A real client takes the seed from the operating system's randomness.
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&now().0.to_le_bytes());
    let mut engine = Engine::new(Config { device_name: "Example".into(), ..Config::default() }, seed, now());
    let mut todo = engine.handle(now(), Input::Intent(Intent::UseServer { server }));
    loop {
        // A real client writes `engine.save()` down here, before it performs the effects.
        if let Some(effect) = (!todo.is_empty()).then(|| todo.remove(0)) {
            let Some(id) = effect.id() else { continue };
            let reply = match effect {
                Effect::Http { request, .. } => Reply::Http(http.send(request).await),
                // A real client keeps the session in a safe place.
                Effect::Store { .. } | Effect::Erase { .. } => Reply::Stored(Ok(())),
                Effect::Listen { .. } | Effect::Browse { .. } | Effect::Cancel { .. } => continue,
            };
            todo.extend(engine.handle(now(), Input::Reply { id, reply }));
            continue;
        }
        // The person's part: look at the screen, and do what is on offer.
        let intent = match engine.view().screen {
            Screen::Choose { .. } if engine.offers().contains(Offer::CreateAccount) => Intent::CreateAccount,
            Screen::RegisterForm { problem: None, .. } => {
                let password = Some("correct horse battery staple".into());
                Intent::Register { username: username.clone(), password, prefer: Vec::new() }
            }
            Screen::Terms { .. } => Intent::AcceptTerms,
            Screen::SignedIn { user_id, .. } => {
                println!("signed in as {user_id}");
                return Ok(());
            }
            other => return Err(format!("nobody here to answer {other:?}").into()),
        };
        todo = engine.handle(now(), Input::Intent(intent));
    }
}

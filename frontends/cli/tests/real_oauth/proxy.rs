//! What stands between the program and the servers: it can hold an exchange for ever, lose it, or let nothing through.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// Longer than any step takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Both servers, seen through a gate.
pub(crate) struct Proxy {
    /// The homeserver's address.
    pub(crate) base: String,
    gate: Arc<Gate>,
}

/// Where an exchange is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// The server never sees it.
    Asking,
    /// The server has answered.
    Answering,
}

/// An exchange, before the server has seen it, and again when it has answered.
#[allow(dead_code, reason = "not every program here judges")]
pub(crate) struct Seen<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) body: &'a [u8],
    /// That of the answer, once there is one.
    pub(crate) status: Option<u16>,
}

#[allow(dead_code, reason = "not every program here judges")]
pub(crate) enum Fate {
    Passes,
    /// The connection ends here.
    Lost,
    Held,
    /// The client is told this, with this status, and the server nothing; only before it has seen it.
    Answered(&'static str, String),
}

type Judge = Box<dyn FnMut(&Seen<'_>) -> Fate + Send>;

#[derive(Default)]
struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Exchanges whose path ends like this are held.
    hold: Option<(String, Held)>,
    /// Those whose path begins like this are refused.
    refuse: Option<String>,
    /// What is answered in the server's place to those whose path ends like this.
    instead: Option<(String, String)>,
    judge: Option<Judge>,
    held: Vec<TcpStream>,
    /// The paths of all requests.
    asked: Vec<String>,
}

impl Proxy {
    /// In front of these two, which may be one. The issuer is here as well: one whose endpoints are elsewhere is not
    /// believed.
    pub(crate) fn start(base: &str, authorization: &str) -> Self {
        Self::telling(base, authorization, ("\u{0}", ""))
    }

    /// Where the homeserver names itself, this is named, so that a rendezvous of 2024 is here as well.
    #[allow(dead_code, reason = "not every program here links devices")]
    pub(crate) fn around(base: &str, authorization: &str) -> Self {
        let named = base.trim_end_matches('/').to_owned();
        Self::with(base, authorization, move |here| (named.clone(), format!("http://{here}")))
    }

    /// With one word of what the homeserver says replaced by another.
    pub(crate) fn telling(base: &str, authorization: &str, (said, told): (&str, &str)) -> Self {
        let words = (said.to_owned(), told.to_owned());
        Self::with(base, authorization, move |_| words.clone())
    }

    fn with(base: &str, authorization: &str, word: impl Fn(&str) -> (String, String)) -> Self {
        let gate = Arc::new(Gate::default());
        let [base, authorization] = [base, authorization].map(|url| url.trim_end_matches('/').to_owned());
        let upstream = authorization.split('/').nth(2).unwrap().to_owned();
        // As an address, and as a value in one: the issuer is named in the callback too.
        let moved = |to: &str| {
            let ours = authorization.replacen(&upstream, to, 1);
            let encoded =
                |url: &str| url::form_urlencoded::byte_serialize(url.as_bytes()).collect::<String>();
            vec![(encoded(&authorization), encoded(&ours)), (authorization.clone(), ours)]
        };
        let address = serve(upstream.clone(), moved, &gate);
        let homeserver = base.split('/').nth(2).unwrap().to_owned();
        let names = |here: &str| [moved(&address), vec![word(here)]].concat();
        Self { base: format!("http://{}", serve(homeserver, names, &gate)), gate }
    }

    /// Holds what is asked for at this path.
    pub(crate) fn hold(&self, path: &str, at: Held) {
        self.gate.state.lock().unwrap().hold = Some((path.to_owned(), at));
    }

    /// What becomes of each exchange from now on, until everything passes again.
    #[allow(dead_code, reason = "not every program here judges")]
    pub(crate) fn judge(&self, judge: impl FnMut(&Seen<'_>) -> Fate + Send + 'static) {
        self.gate.state.lock().unwrap().judge = Some(Box::new(judge));
    }

    /// Whether something is held.
    #[allow(dead_code, reason = "not every program here asks")]
    pub(crate) fn is_holding(&self) -> bool {
        !self.gate.state.lock().unwrap().held.is_empty()
    }

    /// Waits until something is held.
    pub(crate) fn holds(&self) {
        let state = self.gate.state.lock().unwrap();
        let waited = self.gate.changed.wait_timeout_while(state, PATIENCE, |state| state.held.is_empty());
        assert!(!waited.unwrap().1.timed_out(), "nobody came");
    }

    /// Lets nothing through to paths that begin like this.
    pub(crate) fn refuse(&self, path: &str) {
        self.gate.state.lock().unwrap().refuse = Some(path.to_owned());
    }

    /// Answers what is asked for at this path in the server's place.
    #[allow(dead_code, reason = "not every program here is answered so")]
    pub(crate) fn answer(&self, path: &str, status: &str, headers: &str, body: &str) {
        let length = body.len();
        let text = format!(
            "HTTP/1.1 {status}\r\n{headers}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        self.gate.state.lock().unwrap().instead = Some((path.to_owned(), text));
    }

    /// Lets everything through again, except for what was held.
    pub(crate) fn pass(&self) {
        let mut state = self.gate.state.lock().unwrap();
        (state.hold, state.refuse, state.instead, state.judge) = (None, None, None, None);
        state.held.clear();
    }

    /// How often this path was asked for.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.gate.state.lock().unwrap().asked.iter().filter(|asked| asked.ends_with(path)).count()
    }
}

/// Serves `upstream`, with the `names` in answers changed that are told for where this is; where.
fn serve(upstream: String, names: impl Fn(&str) -> Vec<(String, String)>, gate: &Arc<Gate>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (names, gate) = (names(&address), Arc::clone(gate));
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (upstream, names, gate) = (upstream.clone(), names.clone(), Arc::clone(&gate));
            std::thread::spawn(move || exchange(stream, &upstream, &names, &gate));
        }
    });
    address
}

/// One exchange. Whoever breaks it off is dead, and misses nothing.
fn exchange(mut stream: TcpStream, upstream: &str, names: &[(String, String)], gate: &Gate) -> Option<()> {
    let (head, body) = read_request(&mut stream)?;
    let target = head.split(' ').nth(1)?;
    let path = target.split('?').next()?.to_owned();
    if gate.stops(&path, Held::Asking, &stream)? {
        return None;
    }
    let method = head.split(' ').next()?.to_owned();
    let seen = Seen { method: &method, path: &path, body: &body, status: None };
    if let Some((status, body)) = gate.judges(&seen, &stream)? {
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .ok()?;
        return stream.shutdown(Shutdown::Write).ok();
    }
    if let Some(answer) = gate.instead(&path) {
        stream.write_all(answer.as_bytes()).ok()?;
        return stream.shutdown(Shutdown::Write).ok();
    }
    let mut server = TcpStream::connect(upstream).ok()?;
    let kept = |line: &&str| {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        !matches!(name.as_str(), "host" | "connection" | "accept-encoding")
    };
    let mut lines = head.split("\r\n").filter(|line| !line.is_empty());
    // An answer of HTTP/1.0 comes in one piece.
    let first = lines.next()?.replace("HTTP/1.1", "HTTP/1.0");
    let rest: String = lines.filter(kept).map(|line| format!("{line}\r\n")).collect();
    write!(server, "{first}\r\nHost: {upstream}\r\nConnection: close\r\n{rest}\r\n").ok()?;
    server.write_all(&body).ok()?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).ok()?;
    if gate.stops(&path, Held::Answering, &stream)? {
        return None;
    }
    let mut answer = String::from_utf8(answer).ok()?;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    gate.judges(&Seen { status, ..seen }, &stream)?;
    for (theirs, ours) in names {
        answer = answer.replace(theirs, ours);
    }
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let sized = |line: &&str| {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        !matches!(name.as_str(), "content-length" | "connection" | "transfer-encoding")
    };
    let head =
        head.split("\r\n").filter(sized).collect::<Vec<_>>().join("\r\n").replacen("HTTP/1.0", "HTTP/1.1", 1);
    write!(stream, "{head}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len()).ok()?;
    stream.shutdown(Shutdown::Write).ok()
}

impl Gate {
    fn instead(&self, path: &str) -> Option<String> {
        let state = self.state.lock().unwrap();
        state.instead.as_ref().filter(|(end, _)| path.ends_with(end)).map(|(_, answer)| answer.clone())
    }

    /// What is answered in the server's place; `None` if the exchange ends here.
    fn judges(&self, seen: &Seen<'_>, stream: &TcpStream) -> Option<Option<(&'static str, String)>> {
        let mut state = self.state.lock().unwrap();
        let Some(judge) = state.judge.as_mut() else { return Some(None) };
        match judge(seen) {
            Fate::Passes => Some(None),
            Fate::Answered(status, body) => Some(Some((status, body))),
            Fate::Lost => None,
            Fate::Held => {
                state.held.push(stream.try_clone().ok()?);
                self.changed.notify_all();
                None
            }
        }
    }

    /// Whether an exchange ends here: held, or `None` for refused.
    fn stops(&self, path: &str, at: Held, stream: &TcpStream) -> Option<bool> {
        let mut state = self.state.lock().unwrap();
        if at == Held::Asking {
            state.asked.push(path.to_owned());
        }
        if state.refuse.as_ref().is_some_and(|refused| path.starts_with(refused)) {
            return None;
        }
        let is_held = state.hold.as_ref().is_some_and(|(held, when)| path.ends_with(held) && *when == at);
        if is_held {
            state.held.push(stream.try_clone().ok()?);
            self.changed.notify_all();
        }
        Some(is_held)
    }
}

fn read_request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
            break at;
        }
        let n = stream.read(&mut part).ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&part[..n]);
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let length = head.lines().filter_map(|line| line.split_once(':'));
    let mut length = length.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length: usize = length.next_back().map_or(Some(0), |(_, value)| value.trim().parse().ok())?;
    let mut body = bytes[end + 4..].to_vec();
    while body.len() < length {
        let n = stream.read(&mut part).ok().filter(|n| *n > 0)?;
        body.extend_from_slice(&part[..n]);
    }
    Some((head, body))
}

//! The program without a terminal, which speaks to whoever reads.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use crate::narthex::Home;

/// Longer than any step takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running command without a terminal, which speaks to whoever reads.
pub(crate) struct Words {
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
    said: Vec<String>,
}

impl Words {
    pub(crate) fn start(home: &Home, args: &[&str]) -> Self {
        Self::of(home.command(args))
    }

    /// Another program, whose outputs are pipes.
    pub(crate) fn of(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let (to, lines) = channel();
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let also = to.clone();
        let read = |from: Box<dyn Read + Send>, to: Sender<String>| {
            std::thread::spawn(move || {
                BufReader::new(from).lines().map_while(Result::ok).for_each(|line| drop(to.send(line)));
            })
        };
        read(Box::new(out), to);
        read(Box::new(err), also);
        Self { input: child.stdin.take().unwrap(), child, lines, said: Vec::new() }
    }

    /// The next line with this in it.
    pub(crate) fn says(&mut self, text: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("{text} is not said: {:?}", self.said));
            self.said.push(line.clone());
            if line.contains(text) {
                return line;
            }
        }
    }

    pub(crate) fn is_told(&mut self, line: &str) {
        writeln!(self.input, "{line}").unwrap();
    }

    /// Its exit code, and all that it said.
    pub(crate) fn ends(mut self) -> (i32, String) {
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.said.push(line);
        }
        (self.child.wait().unwrap().code().unwrap(), self.said.join("\n"))
    }
}

impl Drop for Words {
    fn drop(&mut self) {
        // It has ended already, unless the test has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

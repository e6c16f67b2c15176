//! What is written down.
#![expect(clippy::wildcard_enum_match_arm, reason = "a table is about a few of the kinds")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::pair::Who;
use crate::scenes::{Scene, What};
use crate::steps::{Luck, steps};
use crate::words::Outcome;

/// A scene as it was lived; no outcome if the test itself failed.
pub(crate) struct Row {
    pub(crate) scene: Scene,
    pub(crate) outcome: Option<Outcome>,
}

pub(crate) struct Report {
    file: String,
    rows: Vec<Row>,
}

impl Report {
    pub(crate) fn new(file: String) -> Self {
        Self { file, rows: Vec::new() }
    }

    pub(crate) fn add(&mut self, row: Row) {
        let how = row.outcome.as_ref().map_or_else(|| "THE TEST FAILED".to_owned(), said);
        let seconds = row.outcome.as_ref().map_or(0, |outcome| outcome.seconds);
        println!("{} -> {how} ({seconds} s)", row.scene.name());
        self.rows.push(row);
        // Whoever interrupts it has what there was.
        std::fs::write(&self.file, self.text()).unwrap();
    }

    /// What must not be, in words.
    pub(crate) fn ends(self) -> Vec<String> {
        println!("{}", self.text());
        self.rows.iter().filter_map(wrong).collect()
    }

    fn text(&self) -> String {
        let mut text = String::from("# Two devices and bad luck\n\n");
        let whole =
            self.rows.iter().filter(|row| row.outcome.as_ref().is_some_and(Outcome::is_whole)).count();
        writeln!(text, "{} lives, {whole} of them ended verified, with backup, as both devices and another account see it.\n", self.rows.len()).unwrap();
        self.robustness(&mut text);
        self.counted(&mut text);
        self.others(&mut text);
        let wrong: Vec<String> = self.rows.iter().filter_map(wrong).collect();
        writeln!(text, "## What must not be\n").unwrap();
        if wrong.is_empty() {
            writeln!(text, "Nothing of it was.").unwrap();
        }
        for line in wrong {
            writeln!(text, "- {line}").unwrap();
        }
        text
    }

    /// A table for each cell: its steps, and what came of bad luck at each.
    fn robustness(&self, text: &mut String) {
        let at = self.rows.iter().filter(|row| matches!(row.scene.what, What::At(..)));
        let mut cells: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
        at.for_each(|row| cells.entry(cell(&row.scene)).or_default().push(row));
        writeln!(text, "## At each step\n").unwrap();
        for (cell, rows) in cells {
            writeln!(text, "### {cell}\n").unwrap();
            writeln!(text, "| side | step | killed, not sent | killed, not heard | answer lost |").unwrap();
            writeln!(text, "|---|---|---|---|---|").unwrap();
            for step in steps(rows[0].scene.cell) {
                let of = |wanted: Luck| {
                    let is_it = |row: &&&Row| matches!(row.scene.what, What::At(at, luck) if at.name == step.name && luck == wanted);
                    rows.iter().find(is_it).map_or_else(|| "not run".to_owned(), |row| row.words())
                };
                let [before, after, lost] = [Luck::KilledBefore, Luck::KilledAfter, Luck::AnswerLost].map(of);
                writeln!(text, "| {} | {} | {before} | {after} | {lost} |", side(step.who), step.name)
                    .unwrap();
            }
            writeln!(text).unwrap();
        }
    }

    /// Lives in which nobody does anything unusual.
    fn counted(&self, text: &mut String) {
        writeln!(text, "## Through a proxy, and with one answer in ten lost\n").unwrap();
        writeln!(text, "| server | cell | answers lost | lives | verified | otherwise |").unwrap();
        writeln!(text, "|---|---|---|---|---|---|").unwrap();
        let mut groups: BTreeMap<(String, String, &str), Vec<&Row>> = BTreeMap::new();
        for row in &self.rows {
            let losses = match row.scene.what {
                What::Well => "none",
                What::Losses(_) => "10 %",
                _ => continue,
            };
            let profile = row.scene.profile.to_lowercase().replace('_', "-");
            groups.entry((profile, cell(&row.scene), losses)).or_default().push(row);
        }
        for ((profile, cell, losses), rows) in groups {
            let whole = |row: &&&Row| row.outcome.as_ref().is_some_and(Outcome::is_whole);
            let others: BTreeSet<String> =
                rows.iter().filter(|row| !whole(row)).map(|row| row.words()).collect();
            let (all, good) = (rows.len(), rows.iter().filter(whole).count());
            let others = others.into_iter().collect::<Vec<_>>().join("; ");
            writeln!(text, "| {profile} | {cell} | {losses} | {all} | {good} | {others} |").unwrap();
        }
        writeln!(text).unwrap();
    }

    /// What people, others and servers do.
    fn others(&self, text: &mut String) {
        writeln!(text, "## What people and others do\n").unwrap();
        writeln!(text, "| cell | what | new device | existing device | at the server | seconds |").unwrap();
        writeln!(text, "|---|---|---|---|---|---|").unwrap();
        for row in &self.rows {
            if matches!(row.scene.what, What::Well | What::Losses(_) | What::At(..)) {
                continue;
            }
            let name = row.scene.name();
            let what = name.split_once(": ").map_or("", |(_, what)| what);
            let Some(Outcome { new, existing, seen, seconds }) = &row.outcome else {
                writeln!(text, "| {} | {what} | THE TEST FAILED | | | |", cell(&row.scene)).unwrap();
                continue;
            };
            writeln!(text, "| {} | {what} | {new} | {existing} | {seen} | {seconds} |", cell(&row.scene))
                .unwrap();
        }
        writeln!(text).unwrap();
    }
}

impl Row {
    fn words(&self) -> String {
        match &self.outcome {
            None => "THE TEST FAILED".to_owned(),
            Some(outcome) if outcome.is_whole() => format!("verified, {} s", outcome.seconds),
            Some(outcome) => said(outcome),
        }
    }
}

fn said(outcome: &Outcome) -> String {
    format!("new: {}; existing: {}; {}", outcome.new, outcome.existing, outcome.seen)
}

fn side(who: Who) -> &'static str {
    match who {
        Who::New => "new",
        Who::Existing => "existing",
    }
}

fn cell(scene: &Scene) -> String {
    let shows = if scene.cell.new_shows { "new shows" } else { "existing shows" };
    format!("{}, {shows}", scene.cell.generation)
}

/// Silence, a session or a device that is lost, "verified" that is not so, success where there is none to be had, or none
/// where nothing is in the way.
fn wrong(row: &Row) -> Option<String> {
    let name = row.scene.name();
    let Some(outcome) = &row.outcome else { return Some(format!("{name}: the test failed")) };
    let told = format!("{name}: {}", said(outcome));
    let shouts =
        |text: &str| text.chars().take_while(char::is_ascii_uppercase).count() > 1 || text.starts_with("A ");
    if shouts(&outcome.new) || shouts(&outcome.existing) || shouts(&outcome.seen) {
        return Some(told);
    }
    if outcome.new.starts_with("verified") && outcome.seen != "signed" {
        return Some(told);
    }
    let must = match row.scene.what {
        What::Well => Some(true),
        What::Person(_, _, does) if does != crate::pair::Does::Kills => Some(false),
        What::IdTaken | What::SecretsOfAnother => Some(false),
        _ => None,
    };
    must.filter(|must| *must != outcome.is_whole()).map(|_| told)
}

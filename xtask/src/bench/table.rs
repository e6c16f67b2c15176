//! How do figures become a table?

use std::fmt;

use anyhow::Result;

const HEAD: [&str; 4] = ["figure", "measured", "target", "met"];

/// Rows of four columns, and what gave none.
#[derive(Default)]
pub(super) struct Table {
    rows: Vec<[String; 4]>,
    pub(super) failed: Vec<String>,
}

impl Table {
    /// Takes in the lines with four columns, tabs between, that a program printed; the others were for the reader.
    pub(super) fn take(&mut self, what: &str, output: Result<String>) {
        let before = self.rows.len();
        let reason = match output {
            Ok(output) => {
                self.rows.extend(output.lines().filter_map(cells));
                "it printed no figure".to_owned()
            }
            Err(error) => format!("{error:#}"),
        };
        if self.rows.len() == before {
            println!("{what}: {reason}");
            self.rows.push([what, "could not be measured", "", ""].map(str::to_owned));
            self.failed.push(what.to_owned());
        }
    }
}

fn cells(line: &str) -> Option<[String; 4]> {
    let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
    cells.try_into().ok()
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = HEAD.map(str::to_owned);
        let all = || std::iter::once(&head).chain(&self.rows);
        let width = |column: usize| all().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let [first, second, third] = [0, 1, 2].map(width);
        let lines = all().map(|[figure, measured, target, met]| {
            let line = format!("{figure:<first$} | {measured:<second$} | {target:<third$} | {met}");
            line.trim_end().to_owned()
        });
        write!(f, "{}", lines.collect::<Vec<_>>().join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_every_figure_and_names_what_gave_none() {
        let mut table = Table::default();
        table.take("times", Ok("warming up\na tick\t10 ns\t≤ 200 ns\tyes\n".into()));
        table.take("lives", Ok("nothing\n".into()));
        let shown = table.to_string();
        assert_eq!(
            shown.lines().collect::<Vec<_>>(),
            [
                "figure | measured              | target   | met",
                "a tick | 10 ns                 | ≤ 200 ns | yes",
                "lives  | could not be measured |          |",
            ]
        );
        assert_eq!(table.failed, ["lives"]);
    }
}

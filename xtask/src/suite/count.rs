//! How many tests ran, by cargo test's own account?

use std::fmt;

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    passed: u32,
    failed: u32,
}

impl Count {
    /// Adds what the closing lines of test programs say, `test result: ok. 3 passed; 0 failed; …`
    pub(crate) fn add(&mut self, output: &str) {
        for line in output.lines() {
            let Some((_, result)) = line.split_once("test result: ") else { continue };
            for part in result.split([';', '.']) {
                let mut words = part.split_whitespace();
                let (Some(number), Some(what), None) = (words.next(), words.next(), words.next()) else {
                    continue;
                };
                let Ok(number) = number.parse::<u32>() else { continue };
                match what {
                    "passed" => self.passed += number,
                    "failed" => self.failed += number,
                    _ => {}
                }
            }
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::Count;

    #[test]
    fn closing_lines_add_up_and_others_do_not_count() {
        let mut count = Count::default();
        count.add(
            "running 5 tests\n\
             test a ... ok\n\
             test result: ok. 4 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.01s\n\
             7 passed; 7 failed\n\
             test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.50s\n",
        );
        assert_eq!(count, Count { passed: 5, failed: 2 });
        assert_eq!(count.to_string(), "5 passed, 2 failed");
    }
}

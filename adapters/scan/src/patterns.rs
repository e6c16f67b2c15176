//! How many things in a picture look like the corner of a code?
//!
//! It counts what rqrr will take for a corner, or more, by the same rule: a dark ring around a dark stone, which some row
//! crosses in the proportions 1:1:3:1:1.

use std::collections::BTreeSet;

/// How many corners there may be.
pub(crate) fn count(width: usize, height: usize, is_dark: impl Fn(usize, usize) -> bool) -> usize {
    let mut areas = Areas::default();
    let mut crossed = Vec::new();
    let mut above: Vec<Run> = Vec::new();
    for y in 0..height {
        let row = runs(width, |x| is_dark(x, y), &mut areas);
        areas.join(&above, &row);
        for three in row.windows(3) {
            if let [left, stone, right] = three
                && is_in_proportion(left, stone, right)
            {
                crossed.push((left.area, stone.area, right.area));
            }
        }
        above = row;
    }
    let mut rings = BTreeSet::new();
    for (left, stone, right) in crossed {
        let (ring, other, stone) = (areas.root(left), areas.root(right), areas.root(stone));
        let share = areas.pixels[stone] * 100 / areas.pixels[ring].max(1);
        if ring == other && ring != stone && (11..70).contains(&share) {
            rings.insert(ring);
        }
    }
    rings.len()
}

/// Dark pixels of one row, beside each other.
#[derive(Clone, Copy)]
struct Run {
    start: usize,
    /// The first pixel after it.
    end: usize,
    area: usize,
}

fn runs(width: usize, is_dark: impl Fn(usize) -> bool, areas: &mut Areas) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut x = 0;
    while x < width {
        let start = x;
        while x < width && is_dark(x) {
            x += 1;
        }
        if x > start {
            runs.push(Run { start, end: x, area: areas.new_area(x - start) });
        }
        x += 1;
    }
    runs
}

fn is_in_proportion(left: &Run, stone: &Run, right: &Run) -> bool {
    let length = |run: &Run| run.end - run.start;
    let found = [length(left), stone.start - left.end, length(stone), right.start - stone.end, length(right)];
    let unit = (found[0] + found[1] + found[3] + found[4]) / 4;
    let slack = unit * 3 / 4;
    let is_near =
        |(found, times): (usize, usize)| found + slack >= times * unit && found <= times * unit + slack;
    found.into_iter().zip([1, 1, 3, 1, 1]).all(is_near)
}

/// Which dark pixels hang together, above or beside each other.
#[derive(Default)]
struct Areas {
    /// An area that this one is a part of; itself if of none.
    parents: Vec<usize>,
    /// Of a whole area, where that is asked for.
    pixels: Vec<usize>,
}

impl Areas {
    fn new_area(&mut self, pixels: usize) -> usize {
        self.parents.push(self.parents.len());
        self.pixels.push(pixels);
        self.parents.len() - 1
    }

    fn root(&mut self, mut area: usize) -> usize {
        while self.parents[area] != area {
            self.parents[area] = self.parents[self.parents[area]];
            area = self.parents[area];
        }
        area
    }

    fn join(&mut self, above: &[Run], row: &[Run]) {
        let (mut upper, mut lower) = (above.iter().peekable(), row.iter().peekable());
        while let (Some(one), Some(other)) = (upper.peek(), lower.peek()) {
            if one.start < other.end && other.start < one.end {
                let (one, other) = (self.root(one.area), self.root(other.area));
                if one != other {
                    // The smaller one becomes a part: no path is long.
                    let (part, whole) =
                        if self.pixels[one] < self.pixels[other] { (one, other) } else { (other, one) };
                    self.parents[part] = whole;
                    self.pixels[whole] += self.pixels[part];
                }
            }
            if one.end < other.end {
                upper.next()
            } else {
                lower.next()
            };
        }
    }
}

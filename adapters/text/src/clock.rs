//! How is a point of time written?

use narthex::Time;

/// `05:52:35 UTC`
pub(crate) fn clock_time(at: Time) -> String {
    let seconds = at.0 / 1000;
    format!("{:02}:{:02}:{:02} UTC", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60)
}

/// `2026-11-28`, in UTC, by the proleptic Gregorian calendar.
pub(crate) fn date(at: Time) -> String {
    let days = at.0 / 1000 / 3600 / 24 + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    // Counted from March.
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    format!("{:04}-{month:02}-{day:02}", era * 400 + year + u64::from(month <= 2))
}

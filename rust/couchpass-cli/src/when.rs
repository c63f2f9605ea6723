//! Instants and stretches of time in words.

use std::time::Duration;

use device_auth::Timestamp;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `3 Feb 2027, 14:05 UTC`.
pub(crate) fn date(instant: Timestamp) -> String {
    let minutes = instant.as_millis().div_euclid(60_000);
    let (days, minute) = (minutes.div_euclid(1440), minutes.rem_euclid(1440));
    let (year, month, day) = civil(days);
    format!("{day} {} {year}, {:02}:{:02} UTC", MONTHS[month], minute / 60, minute % 60)
}

/// `29:58` or `1:02:03`, as a clock that runs down shows it.
pub(crate) fn clock(left: Duration) -> String {
    let seconds = left.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// `3 h 20 min`: the two largest units that say something.
pub(crate) fn duration(while_: Duration) -> String {
    let seconds = while_.as_secs();
    let units = [
        (seconds / 86_400, "d"),
        (seconds / 3600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let first = units.iter().position(|(count, _)| *count > 0).unwrap_or(units.len() - 1);
    let told =
        units[first..].iter().take(2).enumerate().filter(|(place, (count, _))| *place == 0 || *count > 0);
    told.map(|(_, (count, unit))| format!("{count} {unit}")).collect::<Vec<_>>().join(" ")
}

/// Year, month from 0 and day of a day counted from 1970, by the Gregorian calendar.
fn civil(days: i64) -> (i64, usize, i64) {
    // Years begin in March here, so that the leap day is the last of its year; 400 of them have 146 097 days.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, carried) = if month < 10 { (month + 2, 0) } else { (month - 10, 1) };
    (era * 400 + year + carried, usize::try_from(month).unwrap_or_default(), day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (millis, words) in [
            (0, "1 Jan 1970, 00:00 UTC"),
            (951_782_400_000, "29 Feb 2000, 00:00 UTC"),
            (1_709_251_199_999, "29 Feb 2024, 23:59 UTC"),
            (1_790_000_000_000, "21 Sep 2026, 14:13 UTC"),
            (4_107_542_400_000, "1 Mar 2100, 00:00 UTC"),
            (-1, "31 Dec 1969, 23:59 UTC"),
        ] {
            assert_eq!(date(Timestamp::from_millis(millis)), words);
        }
    }

    #[test]
    fn stretches_of_time_are_told_in_the_units_that_matter() {
        for (seconds, on_a_clock, words) in [
            (0, "0:00", "0 s"),
            (59, "0:59", "59 s"),
            (600, "10:00", "10 min"),
            (1_798, "29:58", "29 min 58 s"),
            (3_723, "1:02:03", "1 h 2 min"),
            (86_400, "24:00:00", "1 d"),
            (90_000, "25:00:00", "1 d 1 h"),
        ] {
            assert_eq!(clock(Duration::from_secs(seconds)), on_a_clock);
            assert_eq!(duration(Duration::from_secs(seconds)), words);
        }
    }
}

//! Timestamps: RFC 3339 text to seconds since 1970-01-01 UTC, and back.

/// The seconds since 1970 of a text such as `2025-12-24T10:00:00.250Z`; `None` when it is not RFC 3339.
pub fn parse_rfc3339(text: &str) -> Option<f64> {
    let (date, rest) = text.split_at_checked(10)?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (clock, rest) = rest.split_at_checked(8)?;
    let [year, month, day] = numbers(date, b'-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(clock, b':', [2, 2, 2])?;
    if !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    // 60 is a leap second.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (fraction, zone) = split_fraction(rest)?;
    let whole =
        days_since_1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset(zone)?;
    #[expect(clippy::cast_precision_loss, reason = "seconds of four-digit years are far below 2^53")]
    Some(whole as f64 + fraction)
}

/// Seconds since 1970 as text with milliseconds, such as `2025-12-24T10:00:00.250Z`; what has no date in years of four
/// digits stays a number.
pub fn to_rfc3339(seconds: f64) -> String {
    const LAST: f64 = 253_402_300_799.0;
    if !(0.0..=LAST).contains(&seconds) {
        return seconds.to_string();
    }
    #[expect(clippy::cast_possible_truncation, reason = "in the bounds that were just checked")]
    let millis = (seconds * 1_000.0).floor() as i64;
    let (whole, millis) = (millis.div_euclid(1_000), millis.rem_euclid(1_000));
    let (days, second) = (whole.div_euclid(86_400), whole.rem_euclid(86_400));
    let (year, month, day) = date_of(days);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// Year, month and day of a day since 1970-01-01, the inverse of [`days_since_1970`].
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// Three numbers of fixed widths with a separator in between.
fn numbers(text: &str, separator: u8, widths: [usize; 3]) -> Option<[i64; 3]> {
    let mut rest = text.as_bytes();
    let mut found = [0; 3];
    for (nth, (place, width)) in found.iter_mut().zip(widths).enumerate() {
        if nth > 0 {
            rest = rest.strip_prefix(&[separator])?;
        }
        let (digits, after) = rest.split_at_checked(width)?;
        for digit in digits {
            *place = *place * 10 + i64::from(digit.is_ascii_digit().then(|| digit - b'0')?);
        }
        rest = after;
    }
    rest.is_empty().then_some(found)
}

/// The fraction of a second, and what follows it.
fn split_fraction(rest: &str) -> Option<(f64, &str)> {
    let Some(after) = rest.strip_prefix('.') else { return Some((0.0, rest)) };
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return None;
    }
    let (_, zone) = after.split_at_checked(digits)?;
    let (fraction, _) = rest.split_at_checked(digits + 1)?;
    Some((format!("0{fraction}").parse().ok()?, zone))
}

/// Seconds that the zone is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, hours_minutes) = match zone.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let [hours, minutes, _] = numbers(&format!("{hours_minutes}:00"), b':', [2, 2, 2])?;
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3_600 + minutes * 60))
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar, with years that begin in March so that leap days come last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::{parse_rfc3339, to_rfc3339};

    #[test]
    fn what_is_written_reads_back() {
        for text in ["1970-01-01T00:00:00.000Z", "2000-02-29T23:59:59.999Z", "2025-12-24T10:00:00.250Z"] {
            assert_eq!(to_rfc3339(parse_rfc3339(text).unwrap()), text);
        }
        for day in 0..40_000 {
            let seconds = f64::from(day) * 86_400.0;
            assert_eq!(parse_rfc3339(&to_rfc3339(seconds)), Some(seconds));
        }
        assert_eq!(to_rfc3339(-1.0), "-1");
    }

    #[test]
    fn reads_rfc_3339() {
        assert_eq!(parse_rfc3339("1970-01-01T00:00:00Z"), Some(0.0));
        assert_eq!(parse_rfc3339("2000-02-29T12:00:00Z"), Some(951_825_600.0));
        assert_eq!(parse_rfc3339("2025-12-24T10:00:00.250Z"), Some(1_766_570_400.25));
        assert_eq!(parse_rfc3339("2025-12-24T12:00:00+02:00"), Some(1_766_570_400.0));
        assert_eq!(parse_rfc3339("2025-12-24t06:30:00-03:30"), Some(1_766_570_400.0));
        assert_eq!(parse_rfc3339("1969-12-31T23:59:59Z"), Some(-1.0));
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "now",
            "2025-13-01T00:00:00Z",
            "2025-02-29T00:00:00Z",
            "2025-01-01",
            "2025-01-01T24:00:00Z",
            "2025-01-01T00:00:00",
            "2025-01-01T00:00:00.Z",
            "2025-01-01T00:00:00+2:00",
            "2025-01-01T00:00:00Zé",
        ] {
            assert_eq!(parse_rfc3339(text), None, "{text}");
        }
    }
}

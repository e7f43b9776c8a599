//! Timestamps as people read them.

/// The time of day of a timestamp in seconds since 1970, in UTC, as `10:00:05`.
pub fn time_of_day(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "the remainder is below 86,400")]
    let within = seconds.rem_euclid(86_400.0) as i64;
    format!("{:02}:{:02}:{:02}", within / 3_600, within / 60 % 60, within % 60)
}

#[cfg(test)]
mod tests {
    use super::time_of_day;

    #[test]
    fn the_day_starts_at_midnight_also_before_1970() {
        assert_eq!(time_of_day(1_766_570_405.25), "10:00:05");
        assert_eq!(time_of_day(-1.0), "23:59:59");
    }
}

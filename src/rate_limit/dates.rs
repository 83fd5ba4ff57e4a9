//! Dates as headers write them.

use std::time::{Duration, SystemTime};

use crate::time::UnixTime;

/// Reads an HTTP date (RFC 9110, section 5.6.7). The weekday must match the date. `None` before 1970.
pub fn parse_http_date(text: &str) -> Option<UnixTime> {
    let time = httpdate::parse_http_date(text.trim()).ok()?;
    time.duration_since(SystemTime::UNIX_EPOCH).ok().map(UnixTime::from_epoch)
}

/// Reads an RFC 3339 instant, such as `2024-03-26T20:00:00Z` or `2024-03-26T21:00:00.5+01:00`. `None` before 1970.
pub fn parse_rfc3339(text: &str) -> Option<UnixTime> {
    let (date, time) = text.trim().split_once(['T', 't', ' '])?;
    let mut parts = date.splitn(3, '-');
    let (year, month, day) = (digits(parts.next()?, 4)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let offset_at = time.find(['Z', 'z', '+', '-'])?;
    let (clock, offset) = time.split_at_checked(offset_at)?;
    let offset = offset_seconds(offset)?;
    let (clock, fraction) = clock.split_once('.').map_or((clock, None), |(clock, fraction)| (clock, Some(fraction)));
    let mut parts = clock.splitn(3, ':');
    let (hour, minute, second) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    if !(1..=days_in_month(year, month)).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let nanos = match fraction {
        Some("") => return None,
        Some(fraction) => super::duration::decimal(&format!(".{fraction}"), 1_000_000_000)?,
        None => 0,
    };
    let seconds = days_from_epoch(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset;
    let seconds = u64::try_from(seconds).ok()?;
    Some(UnixTime::from_epoch(Duration::new(seconds, u32::try_from(nanos).ok()?)))
}

fn digits(text: &str, count: usize) -> Option<i64> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn offset_seconds(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 0,
    }
}

// Civil date to days, Howard Hinnant's algorithm (public domain, "chrono-compatible low-level date algorithms").
const fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rfc_3339_instants() {
        for (text, ms) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2024-03-26T20:00:00Z", 1_711_483_200_000),
            ("2024-03-26T21:00:00.25+01:00", 1_711_483_200_250),
            ("2024-02-29T23:59:59-00:30", 1_709_252_999_000),
            ("2023-09-29 16:26:37z", 1_696_004_797_000),
        ] {
            let expected = UnixTime::from_epoch(Duration::from_millis(ms));
            assert_eq!(parse_rfc3339(text), Some(expected), "{text}");
        }
        for text in
            ["", "2024-03-26", "2024-13-01T00:00:00Z", "2023-02-29T00:00:00Z", "2024-03-26T20:00:00", "T", "-T-"]
                .into_iter()
                .chain(["1969-12-31T23:59:59Z", "2024-03-26T24:00:00Z", "2024-03-26T20:00:00.Z", "2024-03-26T20:00Z"])
        {
            assert_eq!(parse_rfc3339(text), None, "{text}");
        }
    }

    #[test]
    fn http_dates_check_their_weekday() {
        let expected = UnixTime::from_secs(1_696_004_797);
        assert_eq!(parse_http_date("Fri, 29 Sep 2023 16:26:37 GMT"), Some(expected));
        assert_eq!(parse_http_date("Friday, 29-Sep-23 16:26:37 GMT"), Some(expected));
        assert_eq!(parse_http_date("Fri Sep 29 16:26:37 2023"), Some(expected));
        assert_eq!(parse_http_date("Zun, 29 Sep 2023 16:26:27 GMT"), None);
        assert_eq!(parse_http_date("Mon, 29 Sep 2023 16:26:27 GMT"), None);
    }

    proptest! {
        #[test]
        fn days_agree_with_the_calendar(seconds in 0u64..4_000_000_000) {
            let (year, month, day) = UnixTime::from_secs(seconds).date();
            let text = format!("{year:04}-{month:02}-{day:02}T00:00:00Z");
            prop_assert_eq!(parse_rfc3339(&text), Some(UnixTime::from_secs(seconds / 86_400 * 86_400)));
        }

        #[test]
        fn reading_never_panics(text in "\\PC{0,40}") {
            let _ = (parse_rfc3339(&text), parse_http_date(&text));
        }
    }
}

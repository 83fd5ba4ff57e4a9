//! A level that falls at once and rises by itself: what is left of a limit, as it was read now and then.

use super::Scale;

/// A level of 0..=1 over time: read at some moments, rising at a steady rate between them, never above full.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Level {
    unit: &'static str,
    rise: f64,
    most: u64,
    readings: Vec<(f64, f64)>,
}

impl Level {
    /// A level of `most` units, such as "requests left", that is full at 0 s and rises by `rise` of itself a second.
    pub fn full(most: u64, unit: &'static str, rise: f64) -> Self {
        Self { unit, rise: if rise.is_finite() { rise.max(0.0) } else { 0.0 }, most, readings: vec![(0.0, 1.0)] }
    }

    /// Takes in a reading: `share` of full at `time`, in seconds. Mostly they come in the order of their times.
    pub fn read(&mut self, time: f64, share: f64) {
        if time.is_finite() && share.is_finite() {
            // Of several at the very same time each drew on what the one before had left.
            let place = self.readings.partition_point(|(at, other)| *at < time || (*at <= time && *other >= share));
            self.readings.insert(place, (time, share.clamp(0.0, 1.0)));
        }
    }

    /// Whether nothing was ever read.
    pub fn is_empty(&self) -> bool {
        self.readings.is_empty()
    }

    /// What it counts.
    pub const fn unit(&self) -> &'static str {
        self.unit
    }

    /// What is full, in units.
    pub const fn most(&self) -> u64 {
        self.most
    }

    /// The share of full at `time`, in seconds: as last read before, and what has flowed back since.
    pub fn at(&self, time: f64) -> Option<f64> {
        let before = self.readings.partition_point(|(at, _)| *at <= time).checked_sub(1)?;
        Some(self.risen(*self.readings.get(before)?, time))
    }

    /// The whole units left at `time`.
    pub fn left(&self, time: f64) -> Option<u64> {
        #[allow(clippy::cast_precision_loss, reason = "limits are far below 2^53")]
        let most = self.most as f64;
        // What was read as a time until full is rounded to a millisecond.
        let rounding = (most * self.rise * 0.001).min(0.5) + 1e-6;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the limit")]
        let left = (self.at(time)? * most + rounding) as u64;
        Some(left.min(self.most))
    }

    fn risen(&self, (at, share): (f64, f64), time: f64) -> f64 {
        ((time - at).max(0.0) * self.rise + share).min(1.0)
    }

    /// The line of the level on `time`, up to `until` seconds: (x in pixels, share), at most six points a pixel.
    pub fn line(&self, time: Scale, until: f64) -> Vec<(f64, f64)> {
        let until = until.min(time.to());
        let mut thinned = Thinned::default();
        let mut place = |at: f64, share: f64| thinned.push((time.position(at), share));
        let Some(first) = self.at(time.from()).filter(|_| until > time.from()) else { return Vec::new() };
        place(time.from(), first);
        let start = self.readings.partition_point(|(at, _)| *at <= time.from());
        let end = self.readings.partition_point(|(at, _)| *at <= until);
        let mut before = (time.from(), first);
        for reading in self.readings.get(start..end).unwrap_or_default() {
            self.rise_to(before, reading.0, &mut place);
            place(reading.0, reading.1);
            before = *reading;
        }
        self.rise_to(before, until, &mut place);
        thinned.done()
    }

    /// From `before` up to what it has become at `time`, bent where it is full.
    fn rise_to(&self, before: (f64, f64), time: f64, place: &mut impl FnMut(f64, f64)) {
        let full_at = before.0 + (1.0 - before.1) / self.rise;
        if full_at > before.0 && full_at < time {
            place(full_at, 1.0);
        }
        place(time, self.risen(before, time));
    }
}

/// Points in order of x; of many in one pixel column the first, the lowest, the highest and the last are kept.
#[derive(Default)]
struct Thinned {
    kept: Vec<(f64, f64)>,
    column: Vec<(f64, f64)>,
}

impl Thinned {
    fn push(&mut self, point: (f64, f64)) {
        if self.column.first().is_some_and(|first| libm::floor(first.0) < libm::floor(point.0)) {
            self.flush();
        }
        self.column.push(point);
    }

    fn flush(&mut self) {
        let column = &mut self.column;
        if column.len() > 4 {
            let by_share = |left: &(usize, &(f64, f64)), right: &(usize, &(f64, f64))| left.1.1.total_cmp(&right.1.1);
            let lowest = column.iter().enumerate().min_by(by_share).map_or(0, |(index, _)| index);
            let highest = column.iter().enumerate().max_by(by_share).map_or(0, |(index, _)| index);
            let last = column.len() - 1;
            let mut index = 0;
            column.retain(|_| {
                let keep = [0, lowest, highest, last].contains(&index);
                index += 1;
                keep
            });
        }
        self.kept.append(column);
    }

    fn done(mut self) -> Vec<(f64, f64)> {
        self.flush();
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three_a_minute() -> Level {
        // 3 requests a minute, each drawn at 0 s; the fourth finds nothing. A fraction is back at 10 s, one at 20 s.
        let mut level = Level::full(3, "left", 1.0 / 60.0);
        level.read(0.0, 0.0);
        level.read(20.0, 0.0);
        level
    }

    #[test]
    fn it_flows_back_between_two_readings() {
        let level = three_a_minute();
        assert_eq!((level.left(0.0), level.left(19.9), level.left(40.0)), (Some(0), Some(0), Some(1)));
        assert!((level.at(10.0).unwrap() - 1.0 / 6.0).abs() < 1e-9);
        assert_eq!(level.at(1_000.0), Some(1.0), "never more than full");
        assert_eq!((level.at(-1.0), Level::default().at(0.0)), (None, None));
    }

    #[test]
    fn a_reading_that_comes_late_takes_its_place() {
        let mut level = Level::full(10, "left", 0.0);
        level.read(3.0, 0.5);
        level.read(1.0, 0.8);
        assert_eq!((level.at(0.5), level.at(2.0), level.at(3.0)), (Some(1.0), Some(0.8), Some(0.5)));
    }

    #[test]
    fn the_line_is_a_saw_with_its_corners() {
        let level = three_a_minute();
        let line = level.line(Scale::new(0.0, 100.0, 100.0), 90.0);
        let rounded: Vec<(f64, f64)> = line.iter().map(|(x, y)| (x.round(), (y * 100.0).round())).collect();
        assert_eq!(rounded, [(0.0, 0.0), (20.0, 33.0), (20.0, 0.0), (80.0, 100.0), (90.0, 100.0)]);
        assert!(level.line(Scale::new(50.0, 60.0, 100.0), 40.0).is_empty(), "not yet");
    }

    #[test]
    fn many_readings_are_thinned_but_keep_their_extremes() {
        let mut level = Level::full(1, "left", 0.0);
        for index in 0..100_000 {
            level.read(f64::from(index) / 10_000.0, if index == 54_321 { 0.0 } else { 0.5 });
        }
        let line = level.line(Scale::new(0.0, 10.0, 500.0), 10.0);
        assert!(line.len() < 3_100, "{}", line.len());
        assert!(line.iter().any(|(_, share)| *share == 0.0), "the one dip is kept");
        assert!(line.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    }
}

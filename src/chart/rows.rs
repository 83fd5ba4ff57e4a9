//! Rows of a long table, made a few at a time.

/// The rows that are there after `most` more were made, on the way to those that are `wanted`: from the first to one past the
/// last. What is not wanted goes at once.
pub fn toward(there: (usize, usize), wanted: (usize, usize), most: usize) -> (usize, usize) {
    let (from, to) = (there.0.max(wanted.0), there.1.min(wanted.1));
    if from >= to {
        (wanted.0, wanted.1.min(wanted.0 + most))
    } else if to < wanted.1 {
        (from, wanted.1.min(to + most))
    } else {
        (wanted.0.max(from.saturating_sub(most)), to)
    }
}

#[cfg(test)]
mod tests {
    use super::toward;

    #[test]
    fn a_few_at_a_time_lead_to_those_that_are_wanted() {
        let steps = |mut there: (usize, usize), wanted: (usize, usize)| {
            let mut passed = Vec::new();
            while there != wanted && passed.len() < 9 {
                there = toward(there, wanted, 12);
                passed.push(there);
            }
            passed
        };
        assert_eq!(steps((0, 0), (0, 30)), [(0, 12), (0, 24), (0, 30)]);
        // Scrolled on: what stays stays, what is out of sight goes first.
        assert_eq!(steps((0, 30), (8, 38)), [(8, 38)]);
        assert_eq!(steps((20, 50), (4, 34)), [(8, 34), (4, 34)]);
        // Far away nothing stays.
        assert_eq!(steps((0, 30), (900, 920)), [(900, 912), (900, 920)]);
        // Fewer calls are looked at, or none.
        assert_eq!(steps((0, 30), (0, 7)), [(0, 7)]);
        assert_eq!(steps((0, 30), (0, 0)), [(0, 0)]);
    }
}

//! A question that a reader bets on first and then settles by trying.

/// What trying has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The options that it proves right, from 0: several where they tie.
    pub right: Vec<usize>,
    /// What was seen, in a sentence.
    pub words: String,
}

/// Where a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Neither a bet nor a finding.
    Open,
    /// A bet, and nothing tried yet.
    Bet,
    /// Something was seen, and no bet made.
    Seen,
    /// The bet was right.
    Right,
    /// The bet was wrong.
    Wrong,
}

impl Stage {
    /// Whether the question is answered: by what was seen, whatever the bet.
    pub const fn is_answered(self) -> bool {
        matches!(self, Self::Right | Self::Wrong)
    }
}

/// Where a question stands with this bet and this finding.
pub fn stage(bet: Option<usize>, finding: Option<&Finding>) -> Stage {
    match (bet, finding) {
        (None, None) => Stage::Open,
        (Some(_), None) => Stage::Bet,
        (None, Some(_)) => Stage::Seen,
        (Some(bet), Some(finding)) if finding.right.contains(&bet) => Stage::Right,
        (Some(_), Some(_)) => Stage::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bet_counts_once_something_was_seen() {
        let finding = Finding { right: vec![1], words: String::new() };
        assert_eq!(stage(None, None), Stage::Open);
        assert_eq!(stage(Some(1), None), Stage::Bet);
        assert_eq!(stage(None, Some(&finding)), Stage::Seen);
        assert_eq!(stage(Some(1), Some(&finding)), Stage::Right);
        assert_eq!(stage(Some(0), Some(&finding)), Stage::Wrong);
        assert!(stage(Some(0), Some(&finding)).is_answered(), "what was seen is learnt, also from a lost bet");
        assert!(!stage(Some(0), None).is_answered());
    }
}

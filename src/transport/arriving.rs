//! Text that arrives in pieces, told without secrets.

use super::connection::Connection;

/// Beyond this, in bytes, text without a blank is told although it might be the beginning of a secret.
const LONGEST_HELD: usize = 16 * 1024;

/// Holds back the end of what has arrived, as long as it may be the beginning of a secret: those are visible ASCII,
/// so whatever else follows shows that it was none, or where it ended.
#[derive(Debug, Default)]
pub struct ArrivingText {
    held: String,
}

impl ArrivingText {
    /// Takes in `more`; gives what can be told now. Where there is no secret to keep, that is all of it.
    pub fn push(&mut self, more: &str, connection: Option<&Connection>) -> String {
        let Some(connection) = connection else { return more.to_owned() };
        let settled = more.trim_end_matches(|character: char| character.is_ascii_graphic()).len();
        let mut end = if settled == 0 { 0 } else { self.held.len() + settled };
        self.held.push_str(more);
        if self.held.len() - end > LONGEST_HELD {
            self.held = connection.redacted(&self.held);
            end = boundary(&self.held, self.held.len().saturating_sub(LONGEST_HELD / 2));
        }
        connection.redacted(&self.held.drain(..end).collect::<String>())
    }

    /// What is still held back: nothing follows it.
    pub fn finish(&mut self, connection: Option<&Connection>) -> String {
        let held = std::mem::take(&mut self.held);
        connection.map_or_else(String::new, |connection| connection.redacted(&held))
    }
}

/// The last place at or before `at` where `text` can be cut.
pub fn boundary(text: &str, at: usize) -> usize {
    if at >= text.len() {
        return text.len();
    }
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base_url::BaseUrl;
    use crate::key::ApiKey;
    use proptest::prelude::*;

    const KEY: &str = "sk-canary-0123456789";

    fn connection() -> Connection {
        let base_url = BaseUrl::parse("https://api.openai.com/v1", "null").unwrap();
        Connection { base_url, key: Some(ApiKey::parse(KEY).unwrap().0), organization: None, project: None }
    }

    #[test]
    fn a_word_is_told_once_it_is_over() {
        let connection = connection();
        let mut text = ArrivingText::default();
        let told: Vec<_> =
            ["Hel", "lo", " wor", "ld", "! ", "да"].map(|piece| text.push(piece, Some(&connection))).into();
        assert_eq!(told, ["", "", "Hello ", "", "world! ", "да"]);
        assert_eq!(text.push("end", Some(&connection)) + &text.finish(Some(&connection)), "end");
        assert_eq!(ArrivingText::default().push("Hel", None), "Hel");
    }

    #[test]
    fn text_without_blanks_is_not_held_for_ever() {
        let connection = connection();
        let mut text = ArrivingText::default();
        let told: usize = (0..1_000).map(|_| text.push(&"x".repeat(100), Some(&connection)).len()).sum();
        assert!(told > 100_000 - LONGEST_HELD - 100, "{told}");
        assert!(text.held.len() <= LONGEST_HELD);
    }

    proptest! {
        #[test]
        fn a_key_is_never_told_however_it_is_cut(
            before in "[a-z é]{0,6}",
            after in "[ .,a-z]{0,6}",
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            let connection = connection();
            let whole = format!("{before} {KEY} {after}\n");
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| boundary(&whole, cut.index(whole.len()))).collect();
            cuts.sort_unstable();
            let (mut text, mut told, mut from) = (ArrivingText::default(), String::new(), 0);
            for cut in cuts.into_iter().chain([whole.len()]) {
                told += &text.push(&whole[from..cut], Some(&connection));
                prop_assert!(!told.contains("sk-c"), "{}", told);
                from = cut;
            }
            prop_assert_eq!(told, connection.redacted(&whole));
        }
    }
}

//! What a character is to the pattern of `o200k_base`: one of eight classes, each a bit.

use unicode_general_category::{GeneralCategory, get_general_category};

/// Lu and Lt.
pub const UPPER: u8 = 1;
/// Ll.
pub const LOWER: u8 = 2;
/// Lm and Lo, which the pattern takes for both.
pub const CASELESS: u8 = 4;
/// M.
pub const MARK: u8 = 8;
/// N.
pub const NUMBER: u8 = 16;
/// `\r` and `\n`.
pub const NEWLINE: u8 = 32;
/// All other white space.
pub const SPACE: u8 = 64;
/// All else.
pub const SYMBOL: u8 = 128;

const CODE_POINTS: usize = char::MAX as usize + 1;

/// The class of each code point. A megabyte, of which a text touches the pages of its scripts.
pub struct Classes(Vec<u8>);

impl Classes {
    pub fn new() -> Self {
        Self(
            (0..CODE_POINTS)
                .map(|point| u32::try_from(point).ok().and_then(char::from_u32).map_or(SYMBOL, class))
                .collect(),
        )
    }

    #[inline]
    pub fn of(&self, character: char) -> u8 {
        self.0.get(character as usize).copied().unwrap_or(SYMBOL)
    }
}

fn class(character: char) -> u8 {
    use GeneralCategory as C;
    match character {
        '\r' | '\n' => return NEWLINE,
        _ if character.is_whitespace() => return SPACE,
        _ => {}
    }
    match get_general_category(character) {
        C::UppercaseLetter | C::TitlecaseLetter => UPPER,
        C::LowercaseLetter => LOWER,
        C::ModifierLetter | C::OtherLetter => CASELESS,
        C::NonspacingMark | C::SpacingMark | C::EnclosingMark => MARK,
        C::DecimalNumber | C::LetterNumber | C::OtherNumber => NUMBER,
        _ => SYMBOL,
    }
}

//! What a character costs, by its script and by whether it begins a run.

/// Characters that are cut alike. Costs are sixtieths of a token.
#[derive(Clone, Copy)]
struct Class {
    kind: u8,
    /// At the beginning of a run.
    start: u8,
    /// Within one.
    more: u8,
}

const fn class(kind: u8, start: u8, more: u8) -> Class {
    Class { kind, start, more }
}

const LOWER: u8 = 2;
const UPPER: u8 = 3;
const MARKED: u8 = 4;
const GREEK: u8 = 8;

const SPACE: Class = class(0, 21, 1);
const BLANK: Class = class(1, 66, 4);
const LOWER_CASE: Class = class(LOWER, 22, 5);
const UPPER_CASE: Class = class(UPPER, 53, 2);
const DIGIT: Class = class(5, 60, 0);
const PUNCTUATION: Class = class(6, 52, 2);
/// Combining marks belong to what they stand on.
const MARK: Class = class(7, 30, 67);
const CYRILLIC: Class = class(9, 73, 4);
const ARMENIAN_GEORGIAN: Class = class(10, 69, 6);
const BURMESE_KHMER: Class = class(11, 20, 37);
const WIDE_PUNCTUATION: Class = class(12, 40, 112);
const SYMBOL: Class = class(13, 116, 121);
const HAN: Class = class(14, 54, 51);
const OTHER: Class = class(15, 240, 101);
const ASTRAL: Class = class(16, 240, 229);

/// A line break after punctuation is often one token with it.
const AFTER_PUNCTUATION: u64 = 34;

/// The first code point of each class, up to the next.
const CLASSES: [(u32, Class); 51] = [
    (0, BLANK),
    (0x20, SPACE),
    (0x21, PUNCTUATION),
    (0x30, DIGIT),
    (0x3a, PUNCTUATION),
    (0x41, UPPER_CASE),
    (0x5b, PUNCTUATION),
    (0x61, LOWER_CASE),
    (0x7b, PUNCTUATION),
    (0x80, class(MARKED, 64, 64)),
    (0x100, class(MARKED, 93, 109)),
    (0x250, OTHER),
    (0x300, MARK),
    (0x370, class(GREEK, 18, 21)),
    (0x400, CYRILLIC),
    (0x530, ARMENIAN_GEORGIAN),
    // Hebrew.
    (0x590, class(20, 14, 26)),
    // Arabic.
    (0x600, class(21, 19, 17)),
    (0x780, OTHER),
    // Devanagari.
    (0x900, class(22, 6, 19)),
    // Bengali to Sinhala.
    (0x980, class(23, 53, 17)),
    // Thai, Lao.
    (0xe00, class(24, 60, 23)),
    (0xe80, class(25, 161, 111)),
    (0xf00, OTHER),
    (0x1000, BURMESE_KHMER),
    (0x10a0, ARMENIAN_GEORGIAN),
    (0x1100, OTHER),
    (0x1780, BURMESE_KHMER),
    (0x1800, OTHER),
    // Vietnamese and Yoruba.
    (0x1e00, class(MARKED, 68, 16)),
    // Greek with its old accents.
    (0x1f00, class(GREEK, 229, 98)),
    (0x2000, WIDE_PUNCTUATION),
    (0x2070, SYMBOL),
    (0x2c00, OTHER),
    (0x3000, WIDE_PUNCTUATION),
    // Kana.
    (0x3040, class(26, 69, 41)),
    (0x3100, OTHER),
    (0x3400, HAN),
    (0xa000, OTHER),
    // Hangul.
    (0xac00, class(27, 23, 46)),
    (0xd7b0, OTHER),
    (0xf900, HAN),
    (0xfb00, OTHER),
    // The signs that choose how an emoji is drawn.
    (0xfe00, WIDE_PUNCTUATION),
    (0xfe10, OTHER),
    (0xff00, WIDE_PUNCTUATION),
    (0xfff0, OTHER),
    (0x10000, ASTRAL),
    // Emoji.
    (0x1f000, SYMBOL),
    (0x20000, ASTRAL),
    (0x11_0000, OTHER),
];

/// Most texts are mostly ASCII: its classes without a search.
#[allow(clippy::indexing_slicing)] // the compiler itself runs it
const ASCII: [Class; 128] = {
    let mut classes = [BLANK; 128];
    let mut next = 0;
    while next + 1 < CLASSES.len() && CLASSES[next].0 < 128 {
        let (mut code, end) = (CLASSES[next].0, CLASSES[next + 1].0);
        while code < end && code < 128 {
            classes[code as usize] = CLASSES[next].1;
            code += 1;
        }
        next += 1;
    }
    classes
};

fn class_of(character: char) -> Class {
    if let Some(class) = ASCII.get(character as usize) {
        return *class;
    }
    let next = CLASSES.partition_point(|(first, _)| *first <= u32::from(character));
    CLASSES.get(next.saturating_sub(1)).map_or(OTHER, |(_, class)| *class)
}

/// Reads a text character by character.
#[derive(Debug, Default)]
pub struct Runs {
    /// The kind of the run so far.
    last: Option<u8>,
    digits: u8,
}

impl Runs {
    /// What a whole text costs, in sixtieths of a token: each character's cost, words of small letters at once.
    pub fn cost_of(&mut self, text: &str) -> u64 {
        let (bytes, mut at, mut cost) = (text.as_bytes(), 0, 0);
        while let Some(byte) = bytes.get(at) {
            if !byte.is_ascii() {
                let Some(character) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
                cost += self.cost(character);
                at += character.len_utf8();
                continue;
            }
            cost += self.cost(char::from(*byte));
            at += 1;
            if byte.is_ascii_lowercase() {
                let start = at;
                while bytes.get(at).is_some_and(u8::is_ascii_lowercase) {
                    at += 1;
                }
                cost += u64::from(LOWER_CASE.more) * (at - start) as u64;
            }
        }
        cost
    }

    /// What the next character costs, in sixtieths of a token.
    #[inline]
    pub fn cost(&mut self, character: char) -> u64 {
        let class = class_of(character);
        if class.kind == MARK.kind {
            return u64::from(class.more);
        }
        let last = self.last.replace(class.kind);
        let goes_on = last.is_some_and(|last| group(last) == group(class.kind) && (last, class.kind) != (LOWER, UPPER));
        if class.kind == DIGIT.kind {
            // Three digits to a token, always.
            self.digits = if goes_on { (self.digits + 1) % 3 } else { 0 };
            return if self.digits == 0 { u64::from(class.start) } else { 0 };
        }
        match last {
            Some(last) if last == PUNCTUATION.kind && class.kind == BLANK.kind => AFTER_PUNCTUATION,
            _ => u64::from(if goes_on { class.more } else { class.start }),
        }
    }
}

/// Latin letters make words together, whatever their case and marks.
const fn group(kind: u8) -> u8 {
    if matches!(kind, UPPER | MARKED) { LOWER } else { kind }
}

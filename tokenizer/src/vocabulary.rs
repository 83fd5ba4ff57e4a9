//! The tokens of `o200k_base`, from `data/o200k.bin`; `tests/tokens/vocabulary.mjs` made it, and tells its columns.

static DATA: &[u8] = include_bytes!("../data/o200k.bin");

/// How many tokens there are without the special ones, which ordinary text never becomes.
pub const TOKENS: usize = 199_998;

/// All tokens and their bytes. Needed only while the tables are built.
pub struct Vocabulary {
    bytes: Vec<u8>,
    /// Where each token's bytes are, by rank.
    places: Vec<(u32, u8)>,
}

impl Vocabulary {
    /// Tells all tokens in the order of their bytes: how many bytes each shares with the one before, bytes and rank.
    pub fn read(mut each: impl FnMut(usize, &[u8], u32)) {
        let mut columns = DATA.chunks(TOKENS);
        let mut column = || columns.next().unwrap_or_default().iter().copied();
        let sizes = column().zip(column());
        let ranks = column().zip(column()).zip(column());
        let mut rest = DATA.get(5 * TOKENS..).unwrap_or_default();
        let mut token = Vec::new();
        for ((shared, added), ((low, middle), high)) in sizes.zip(ranks) {
            let (bytes, others) = rest.split_at_checked(usize::from(added)).unwrap_or_default();
            rest = others;
            token.truncate(usize::from(shared));
            token.extend_from_slice(bytes);
            each(usize::from(shared), &token, u32::from_le_bytes([low, middle, high, 0]));
        }
    }

    pub fn o200k() -> Self {
        let mut vocabulary = Self { bytes: Vec::with_capacity(1 << 21), places: vec![(0, 0); TOKENS] };
        Self::read(|_, bytes, rank| {
            if let Some(place) = vocabulary.places.get_mut(rank as usize) {
                *place = (vocabulary.bytes.len() as u32, bytes.len() as u8);
                vocabulary.bytes.extend_from_slice(bytes);
            }
        });
        vocabulary
    }

    /// All tokens by rank.
    pub fn tokens(&self) -> impl Iterator<Item = (u32, &[u8])> {
        (0..).zip(&self.places).map(|(rank, (start, length))| {
            let start = *start as usize;
            (rank, self.bytes.get(start..start + usize::from(*length)).unwrap_or_default())
        })
    }
}

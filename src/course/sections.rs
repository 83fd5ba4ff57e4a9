//! The sections of the course.

/// A section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// 1.
    Limits,
    /// 2.
    Setup,
    /// 3.
    Basic,
    /// 4.
    Tracking,
    /// 5.
    Handling,
    /// 6.
    Summary,
}

impl Section {
    /// All of them, in order.
    pub const ALL: [Self; 6] = [Self::Limits, Self::Setup, Self::Basic, Self::Tracking, Self::Handling, Self::Summary];

    /// The heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Limits => "1. What are rate limits?",
            Self::Setup => "2. Set-up",
            Self::Basic => "3. A basic call and its usage",
            Self::Tracking => "4. Tracking usage over several calls",
            Self::Handling => "5. Handling rate limits",
            Self::Summary => "6. Summary and checklist",
        }
    }

    /// A short stable name, for links.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Limits => "limits",
            Self::Setup => "setup",
            Self::Basic => "basic",
            Self::Tracking => "tracking",
            Self::Handling => "handling",
            Self::Summary => "summary",
        }
    }

    /// Minutes to read it and try it.
    pub const fn minutes(self) -> u32 {
        match self {
            Self::Limits | Self::Tracking => 5,
            Self::Setup | Self::Basic => 2,
            Self::Handling => 6,
            Self::Summary => 3,
        }
    }

    /// Its questions' steps.
    pub const fn questions(self) -> &'static [&'static str] {
        match self {
            Self::Limits => &["q-refill", "q-output"],
            Self::Setup => &["q-credit"],
            Self::Basic => &["q-reasoning"],
            Self::Tracking => &["q-headers", "q-daily"],
            Self::Handling => &["q-first", "q-fewest", "q-undone"],
            Self::Summary => &["q-drain"],
        }
    }

    /// Its cells' steps.
    pub const fn cells(self) -> &'static [&'static str] {
        match self {
            Self::Limits => &["first"],
            Self::Setup => &["cell-1"],
            Self::Basic => &["cell-2"],
            Self::Tracking => &["cell-3", "cell-4"],
            Self::Handling => &["cell-5", "cell-6", "cell-7"],
            Self::Summary => &[],
        }
    }

    /// The one after it.
    pub fn next(self) -> Option<Self> {
        let at = Self::ALL.iter().position(|section| *section == self)?;
        Self::ALL.get(at + 1).copied()
    }

    /// The id of its heading in the page.
    pub fn heading_id(self) -> String {
        format!("guide-{}", self.id())
    }

    /// The section that an address's fragment names: `#/guide?section=limits`.
    pub fn from_address(fragment: &str) -> Option<Self> {
        let (_, wanted) = fragment.split_once("section=")?;
        Self::ALL.into_iter().find(|section| wanted.split('&').next() == Some(section.id()))
    }

    /// The fragment that leads to it.
    pub fn address(self) -> String {
        format!("#/guide?section={}", self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_section_has_an_address_and_a_follower() {
        for section in Section::ALL {
            assert_eq!(Section::from_address(&section.address()), Some(section));
        }
        assert_eq!(Section::from_address("#/guide?section=limits&x=1"), Some(Section::Limits));
        assert_eq!((Section::from_address("#/guide"), Section::from_address("#/guide?section=no")), (None, None));
        assert_eq!((Section::Limits.next(), Section::Summary.next()), (Some(Section::Setup), None));
    }
}

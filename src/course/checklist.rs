//! What a program that meets rate limits should do.

/// A point of the checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckItem {
    /// A short stable name, for storage.
    pub id: &'static str,
    /// What to do.
    pub text: &'static str,
    /// The step of the course that shows why, and ticks it.
    pub proof: Option<&'static str>,
}

const fn item(id: &'static str, text: &'static str, proof: Option<&'static str>) -> CheckItem {
    CheckItem { id, text, proof }
}

/// The checklist (OpenAI's rate-limit guide, 2026, and what the course shows).
pub const CHECKLIST: [CheckItem; 9] = [
    item(
        "check-class",
        "Retry rate limits and server trouble only. Never a bill, never a request that is too large, never a wrong one.",
        Some("q-credit"),
    ),
    item(
        "check-wait",
        "Wait at least as long as retry-after says; where there is none, back off exponentially.",
        Some("q-refill"),
    ),
    item("check-jitter", "Add jitter, always on top of the server's wait and never below it.", Some("q-fewest")),
    item("check-cap", "Cap the attempts, each single wait and the time for all of it.", Some("q-undone")),
    item("check-once", "Retry in one place: switch the SDK's own retries off where your loop has its own.", None),
    item(
        "check-room",
        "Keep max_output_tokens near what you need: room you reserve counts against tokens per minute.",
        Some("q-output"),
    ),
    item("check-usage", "Add up usage from every answer, and stop at a budget.", Some("cell-3")),
    item(
        "check-hidden",
        "Take a header you cannot read for unknown, not for zero: wait as the body says, or call through a relay.",
        Some("q-headers"),
    ),
    item("check-pace", "Send no more at once than the bucket holds: pacing beats retrying.", Some("q-drain")),
];

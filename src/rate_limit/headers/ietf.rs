//! `RateLimit` and `RateLimit-Policy`: draft-ietf-httpapi-ratelimit-headers, drafts 07 to 11.

use std::time::Duration;

use super::{Field, values};

/// One limit of the list, with its policy.
#[derive(Debug, Default)]
pub(super) struct Item {
    /// The policy's name.
    pub name: String,
    /// True where it counts tokens.
    pub counts_tokens: bool,
    pub limit: Option<Field<u64>>,
    pub remaining: Option<Field<u64>>,
    pub reset_seconds: Option<String>,
    pub window: Option<Duration>,
}

/// Joins the two headers, by the policies' names. Empty where neither can be read.
pub(super) fn read(limits: Option<&str>, policies: Option<&str>) -> Vec<Item> {
    let policies = policies.map(list).unwrap_or_default();
    let mut items: Vec<Item> = limits.map(list).map(remaining_items).unwrap_or_default();
    if items.is_empty() {
        items = policies.iter().map(|policy| Item { name: policy.name.clone(), ..Item::default() }).collect();
    }
    let only = if let ([_], [policy]) = (items.as_slice(), policies.as_slice()) { Some(policy) } else { None };
    for item in &mut items {
        let Some(policy) = policies.iter().find(|policy| policy.name == item.name).or(only) else { continue };
        // Draft 07 has the quota itself in the name's place: "100;w=60".
        let quota = policy.parameter("q").or_else(|| (!policy.quoted).then_some(policy.name.as_str()));
        if item.limit.is_none() {
            item.limit = quota.map(values::count);
        }
        item.window = policy.parameter("w").and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
        item.counts_tokens =
            policy.name.contains("token") || policy.parameter("qu").is_some_and(|unit| unit.contains("token"));
    }
    items
}

fn remaining_items(list: Vec<Entry>) -> Vec<Item> {
    // Draft 07: "limit=100, remaining=50, reset=5".
    let member =
        |key: &str| list.iter().find_map(|entry| entry.name.split_once('=').filter(|(name, _)| name.trim() == key));
    if let Some((_, remaining)) = member("remaining") {
        return vec![Item {
            limit: member("limit").map(|(_, limit)| values::count(limit)),
            remaining: Some(values::count(remaining)),
            reset_seconds: member("reset").map(|(_, reset)| reset.to_owned()),
            ..Item::default()
        }];
    }
    list.into_iter()
        .filter(|entry| entry.parameter("r").is_some())
        .map(|entry| Item {
            remaining: entry.parameter("r").map(values::count),
            reset_seconds: entry.parameter("t").map(str::to_owned),
            counts_tokens: entry.name.contains("token"),
            name: entry.name,
            ..Item::default()
        })
        .collect()
}

/// A member of a structured list: a string or token, and its parameters.
#[derive(Debug, Default)]
struct Entry {
    name: String,
    quoted: bool,
    parameters: Vec<(String, String)>,
}

impl Entry {
    fn parameter(&self, key: &str) -> Option<&str> {
        self.parameters.iter().find_map(|(name, value)| (name == key).then_some(value.as_str()))
    }
}

fn list(text: &str) -> Vec<Entry> {
    split_outside_quotes(text, ',').into_iter().filter(|item| !item.trim().is_empty()).map(entry).collect()
}

fn entry(text: &str) -> Entry {
    let mut parts = split_outside_quotes(text, ';').into_iter().map(str::trim);
    let name = parts.next().unwrap_or("");
    let unquoted = |value: &str| value.trim_matches('"').to_owned();
    Entry {
        name: unquoted(name),
        quoted: name.starts_with('"'),
        parameters: parts
            .filter_map(|part| part.split_once('='))
            .map(|(key, value)| (key.trim().to_ascii_lowercase(), unquoted(value.trim())))
            .collect(),
    }
}

fn split_outside_quotes(text: &str, separator: char) -> Vec<&str> {
    let mut quoted = false;
    text.split(|character| {
        quoted ^= character == '"';
        character == separator && !quoted
    })
    .collect()
}

//! Accounting, the limiter as observed, what is sent, and what may leave the page.

use std::time::Duration;

use serde_json::{Value, json};
use sluice::key::{ApiKey, KeyError, request_headers};
use sluice::rate_limit::arithmetic::{refill_wait, refilled, reset};
use sluice::redact::Redactor;
use sluice::responses::ReportedUsage;
use sluice::usage::{CountsAs, Prices, Tier, Totals};

use super::{Case, Finding, Judge, agrees};

pub fn accounting(case: &Case) -> Judge {
    let (mut totals, prices) = (Totals::default(), Prices::default());
    for entry in case.input["sequence"].as_array().expect("a sequence") {
        let model = entry["model"].as_str().unwrap_or("gpt-5-nano");
        if entry.get("error").is_some_and(|error| !error.is_null()) {
            totals.add((model, Tier::Standard), &CountsAs::Failed, &prices);
        } else {
            let usage = ReportedUsage::from_value(Some(entry.get("usage").unwrap_or(entry)));
            totals.add((model, Tier::Standard), &CountsAs::response(&usage), &prices);
        }
    }
    let totals = totals.summary();
    Box::new(move |name, _| {
        Finding::Is(match name {
            "num_calls" => json!(totals.num_calls),
            "failed_attempts" => json!(totals.failed_attempts),
            "total_input_tokens" => json!(totals.total_input_tokens),
            "total_output_tokens" => json!(totals.total_output_tokens),
            "total_tokens" => json!(totals.total_tokens),
            "cached_tokens" => json!(totals.cached_tokens),
            "reasoning_tokens" => json!(totals.reasoning_tokens),
            "calls_with_invalid_usage" => json!(totals.calls_with_invalid_usage),
            "calls_without_usage" => {
                let missing = totals.calls_without_usage;
                return Finding::AnyOf(vec![json!(missing), json!(missing + totals.calls_with_invalid_usage)]);
            }
            _ => return Finding::Unknown,
        })
    })
}

pub fn enforcement(case: &Case) -> Judge {
    let input = case.input.clone();
    Box::new(move |name, expected| match name {
        "refill" => Finding::Is(json!("continuous")),
        "rate_per_s" => close(number(&input, "limit") / number(&input, "window_s"), expected, 1e-3),
        "predicted_at_last" => close(predicted(&input), expected, 1.0),
        "tolerance" => {
            let last = readings(&input).last().expect("readings").1;
            close(predicted(&input), &json!(last), expected.as_f64().expect("a number"))
        }
        "reset_s" => row_by_row(&input, expected, 1e-3, |row| {
            reset(row[0], row[1], Duration::from_secs(row.get(2).copied().unwrap_or(60)))
        }),
        // Rows are limit, used, requested, and the window (or, otherwise, what was stated).
        "wait_s" | "waits_s" | "computed_wait_s" => row_by_row(&input, expected, 1e-6, |row| {
            let window = row.get(3).copied().filter(|window| [1, 60, 3_600, 86_400].contains(window)).unwrap_or(60);
            refill_wait(row[0], row[1], row[2], Duration::from_secs(window))
        }),
        _ => Finding::Unknown,
    })
}

fn row_by_row(input: &Value, expected: &Value, tolerance: f64, compute: impl Fn(&[u64]) -> Duration) -> Finding {
    let rows = input["rows"].as_array().expect("rows");
    let expected = expected.as_array().expect("a value for each row");
    if rows.len() != expected.len() {
        return Finding::Checked(Err("rows and values differ in number".to_owned()));
    }
    for (row, expected) in rows.iter().zip(expected) {
        let numbers: Vec<u64> = match row {
            Value::Array(numbers) => numbers.iter().map_while(Value::as_u64).collect(),
            row => ["limit", "used", "remaining", "requested", "window_s"]
                .iter()
                .filter_map(|name| row[*name].as_u64())
                .collect(),
        };
        let found = compute(&numbers).as_secs_f64();
        if (found - expected.as_f64().expect("a number")).abs() > tolerance {
            return Finding::Checked(Err(format!("{row} gives {found}, not {expected}")));
        }
    }
    Finding::Checked(Ok(()))
}

fn number(input: &Value, name: &str) -> f64 {
    input[name].as_f64().unwrap_or_else(|| panic!("no {name}"))
}

/// Clock readings as seconds of the day, and what was left then.
fn readings(input: &Value) -> Vec<(u64, u64)> {
    let seconds = |text: &str| text.split(':').fold(0, |all, part| all * 60 + part.parse::<u64>().unwrap());
    let rows = input["readings"].as_array().expect("readings");
    rows.iter().map(|row| (seconds(row[0].as_str().unwrap()), row[1].as_u64().unwrap())).collect()
}

/// What continuous refill makes of the first reading by the time of the last.
#[allow(clippy::cast_precision_loss)]
fn predicted(input: &Value) -> f64 {
    let readings = readings(input);
    let (first, last) = (readings.first().expect("readings"), readings.last().expect("readings"));
    let window = Duration::from_secs(input["window_s"].as_u64().expect("a window"));
    let limit = input["limit"].as_u64().expect("a limit");
    (first.1 + refilled(limit, window, Duration::from_secs(last.0 - first.0))) as f64
}

fn close(found: f64, expected: &Value, tolerance: f64) -> Finding {
    let expected = expected.as_f64().expect("a number");
    Finding::Checked(if (found - expected).abs() <= tolerance {
        Ok(())
    } else {
        Err(format!("{found}, not {expected}"))
    })
}

pub fn request(case: &Case) -> Judge {
    let typed = case.input["typed_key"].as_str().map(ApiKey::parse);
    let names = |organization: &str, project: &str| {
        let key = ApiKey::parse("sk-example0000").unwrap().0;
        request_headers(Some(&key), organization, project).into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    Box::new(move |name, expected| match (name, &typed) {
        ("action", Some(_)) => Finding::Checked(Ok(())),
        ("cleaned" | "key" | "extracted", Some(Ok((key, _)))) => Finding::Is(json!(key.expose_for_header())),
        // Refusing is as right as cleaning, unless the case wants it cleaned.
        ("cleaned", Some(Err(error))) => {
            let refused = case_allows_refusal(expected) || matches!(error, KeyError::BadCharacter { .. });
            Finding::Checked(if refused { Ok(()) } else { Err(error.to_string()) })
        }
        ("accepted", Some(result)) => Finding::Is(json!(result.is_ok())),
        ("position", Some(Err(KeyError::BadCharacter { position, .. }))) => Finding::Is(json!(position)),
        ("warning" | "warn", Some(Ok((_, notes)))) => {
            Finding::Is(json!(notes.iter().any(sluice::key::KeyNote::needs_confirmation)))
        }
        ("send_only", None) => Finding::Is(json!(names("", ""))),
        ("optional_only_if_user_filled", None) => {
            let optional: Vec<_> =
                names("org-x", "proj_x").into_iter().filter(|name| !names("", "").contains(name)).collect();
            Finding::Is(json!(optional))
        }
        _ => Finding::Unknown,
    })
}

fn case_allows_refusal(expected: &Value) -> bool {
    agrees(expected, &Value::Null)
}

pub fn export(case: &Case) -> Judge {
    let key = case.input["typed_key"].as_str().map(|typed| ApiKey::parse(typed).expect("a key").0);
    let redactor = Redactor::new(key.as_ref());
    let texts = case.input["texts"].as_array().expect("texts").clone();
    let exported: Vec<String> = texts.iter().map(|text| redactor.text(text.as_str().unwrap())).collect();
    Box::new(move |name, expected| {
        let sought = || expected.as_array().into_iter().flatten().filter_map(Value::as_str);
        let holds = |text: &str| exported.iter().any(|exported| exported.contains(text));
        match name {
            "after_export_must_not_contain" => {
                let left: Vec<&str> = sought().filter(|text| holds(text)).collect();
                Finding::Checked(if left.is_empty() {
                    Ok(())
                } else {
                    Err(format!("{left:?} is left in {exported:?}"))
                })
            }
            "after_export_must_contain" => {
                let gone: Vec<&str> = sought().filter(|text| !holds(text)).collect();
                Finding::Checked(if gone.is_empty() { Ok(()) } else { Err(format!("{gone:?} is gone")) })
            }
            _ => Finding::Unknown,
        }
    })
}

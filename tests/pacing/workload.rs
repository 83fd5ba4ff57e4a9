//! A workload of the shape that the bench's has: prompts of lognormal length, 64 to 256 tokens of output.

use std::cell::RefCell;
use std::collections::HashMap;

use sluice::pacing::RequestCost;
use sluice::random::{RandomSource, Rng};
use sluice::responses::{ApiRequest, CreateResponse, Input};

const NOUNS: [&str; 14] = [
    "river", "bridge", "turtle", "engine", "garden", "letter", "window", "market", "lantern", "harbor", "violin",
    "glacier", "ledger", "comet",
];
const VERBS: [&str; 11] = [
    "describes",
    "repairs",
    "measures",
    "follows",
    "paints",
    "counts",
    "remembers",
    "crosses",
    "compares",
    "explains",
    "sorts",
];
const ADJECTIVES: [&str; 12] = [
    "quiet", "narrow", "golden", "distant", "patient", "broken", "early", "hollow", "bright", "salted", "careful",
    "northern",
];

/// A number of the normal distribution (Box and Muller).
pub fn normal(random: &mut Rng) -> f64 {
    let radius = libm::sqrt(-2.0 * libm::log(1.0 - random.unit()));
    radius * libm::cos(std::f64::consts::TAU * random.unit())
}

fn pick<'a>(random: &mut Rng, words: &[&'a str]) -> &'a str {
    words[random.below(words.len() as u64) as usize]
}

fn sentence(random: &mut Rng) -> String {
    let mut word = |words: &[&'static str]| pick(random, words);
    let first = (word(&ADJECTIVES), word(&NOUNS), word(&VERBS));
    let second = (word(&ADJECTIVES), word(&NOUNS), word(&NOUNS));
    format!("The {} {} {} the {} {} near the {}.", first.0, first.1, first.2, second.0, second.1, second.2)
}

/// `count` requests, the same for the same seed: median prompt of 600 bytes.
pub fn mixed(count: usize, seed: u64) -> Vec<ApiRequest> {
    let mut random = Rng::for_stream(seed, 1);
    (0..count)
        .map(|index| {
            let target = libm::exp(6.4 + 0.8 * normal(&mut random)).clamp(80.0, 6_000.0) as usize;
            let mut text = format!("Item {index}: summarise in two sentences.");
            while text.len() < target {
                text.push(' ');
                text.push_str(&sentence(&mut random));
            }
            let max_output = [64, 64, 64, 128, 256][random.below(5) as usize];
            request(text, Some(max_output))
        })
        .collect()
}

/// A request for `text` with at most `max_output` tokens of answer.
pub fn request(text: String, max_output: Option<u64>) -> ApiRequest {
    ApiRequest::CreateResponse(CreateResponse {
        model: "gpt-5-nano".into(),
        input: Input::Text(text),
        max_output_tokens: max_output,
        ..CreateResponse::default()
    })
}

/// The pacer's own estimate, made once a text: without optimisation it is most of a trial's time.
pub fn cost_of(request: &ApiRequest) -> RequestCost {
    thread_local! {
        static KNOWN: RefCell<HashMap<String, RequestCost>> = RefCell::default();
    }
    let ApiRequest::CreateResponse(CreateResponse { input: Input::Text(text), max_output_tokens, .. }) = request else {
        return RequestCost::of(request);
    };
    let known = KNOWN.with_borrow(|known| known.get(text).copied());
    let cost = known.unwrap_or_else(|| RequestCost::of(request));
    if known.is_none() {
        KNOWN.with_borrow_mut(|known| known.insert(text.clone(), cost));
    }
    RequestCost { max_output_tokens: *max_output_tokens, ..cost }
}

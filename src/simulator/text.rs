//! What the simulated models say: canned where the prompt is known, plausible elsewhere, always labelled.

use super::tokens::estimate_tokens;
use crate::random::RandomSource;

/// What every simulated text begins with.
pub const LABEL: &str = "[simulated]";

/// An answer to `prompt`, labelled as simulated, never empty. What it says follows from the prompt and the draws.
pub fn answer_to(prompt: &str, random: &mut impl RandomSource) -> String {
    let text = known(&prompt.to_lowercase(), random).unwrap_or_else(|| generic(prompt, random));
    // A list keeps its shape when the label has a line of its own.
    let separator = if text.starts_with("- ") || text.starts_with("1. ") { '\n' } else { ' ' };
    format!("{LABEL}{separator}{text}")
}

fn known(prompt: &str, random: &mut impl RandomSource) -> Option<String> {
    let has = |word: &str| prompt.contains(word);
    let count = |default| number_in(prompt).unwrap_or(default);
    if has("synonym") {
        synonyms(prompt, count(3), random)
    } else if has("hello") && has("language") {
        Some(bullets(&shuffled(&HELLO, random), count(3)))
    } else if has("turtle") {
        Some(pick(&TURTLES, random).to_owned())
    } else if has("rate limit") || has("ratelimit") {
        let points = shuffled(&RATE_LIMITS, random);
        Some(if has("bullet") || has("list") { bullets(&points, count(2)) } else { prose(&points, 3) })
    } else if has("token") && (has("what") || has("explain")) {
        Some(prose(&shuffled(&TOKENS, random), 3))
    } else {
        None
    }
}

const RATE_LIMITS: [&str; 5] = [
    "An API rate limit caps how many requests or tokens you may use in a span of time, such as a minute.",
    "Go over it and the API refuses the request with HTTP 429 until enough of the limit has come back.",
    "Limits keep one busy client from slowing the service down for everybody else.",
    "Requests and tokens are counted apart; whichever runs out first holds you up.",
    "Waiting as long as the server says, plus a little jitter, gets work through with the fewest wasted calls.",
];

const TOKENS: [&str; 4] = [
    "Tokens are the pieces of text that a language model reads and writes.",
    "A token may be a whole short word, a part of a longer one, or a punctuation mark; in English one is about four characters.",
    "Both the prompt and the answer are counted in tokens, which is what limits and prices go by.",
    "Reasoning that you never see is counted as output too.",
];

const HELLO: [&str; 8] = [
    "Spanish: Hola",
    "French: Bonjour",
    "German: Hallo",
    "Italian: Ciao",
    "Japanese: こんにちは",
    "Swahili: Habari",
    "Portuguese: Olá",
    "Hindi: नमस्ते",
];

const TURTLES: [&str; 4] = [
    "Some turtles can breathe through their rear ends, which is one way to keep calm under pressure.",
    "A turtle cannot leave its shell: it is made of some 50 bones, so moving house would mean leaving the skeleton.",
    "A group of turtles is called a bale, and no, you cannot stack it faster by shouting.",
    "Sea turtles cry to get rid of salt; no one has ever asked them whether it was the rate limits.",
];

const SYNONYMS: [(&str, [&str; 6]); 8] = [
    ("fast", ["quick", "rapid", "swift", "speedy", "brisk", "fleet"]),
    ("slow", ["unhurried", "sluggish", "leisurely", "gradual", "plodding", "dawdling"]),
    ("happy", ["glad", "cheerful", "joyful", "content", "merry", "pleased"]),
    ("sad", ["unhappy", "gloomy", "downcast", "mournful", "blue", "sorrowful"]),
    ("big", ["large", "huge", "vast", "sizeable", "great", "massive"]),
    ("small", ["little", "tiny", "compact", "minute", "slight", "modest"]),
    ("good", ["fine", "sound", "worthy", "pleasant", "solid", "able"]),
    ("smart", ["clever", "bright", "sharp", "astute", "keen", "shrewd"]),
];

fn synonyms(prompt: &str, count: usize, random: &mut impl RandomSource) -> Option<String> {
    let asked = prompt.split(|c: char| !c.is_alphabetic()).find_map(|word| SYNONYMS.iter().find(|(of, _)| *of == word));
    let (_, words) = asked?;
    Some(numbered(&shuffled(words, random), count))
}

fn generic(prompt: &str, random: &mut impl RandomSource) -> String {
    let words = topic_words(prompt);
    let topic = if words.is_empty() { "your prompt".to_owned() } else { words.join(" ") };
    let first = words.first().cloned().unwrap_or_else(|| "it".to_owned());
    // A longer prompt gets a longer answer, up to a point.
    let sentences = 2 + random.below(3) + (estimate_tokens(prompt) / 60).min(4);
    let mut text = pick(&OPENINGS, random).replace("{topic}", &topic);
    for middle in shuffled(&MIDDLES, random).into_iter().take(usize::try_from(sentences).unwrap_or(2)) {
        text.push(' ');
        text.push_str(&middle.replace("{word}", &first));
    }
    text
}

const OPENINGS: [&str; 4] = [
    "On {topic}: a real model would answer here, this one only keeps the shape of an answer.",
    "Here is a stand-in for an answer about {topic}.",
    "About {topic}, in short.",
    "You asked about {topic}; no model was called for this text.",
];

const MIDDLES: [&str; 9] = [
    "The first thing to look at is what {word} is meant to do, and for whom.",
    "Start with the simplest case, then change one thing at a time.",
    "Measure before and after, or you will not know what helped.",
    "Most surprises with {word} come from a limit that nobody wrote down.",
    "If something can fail, decide beforehand what should happen then.",
    "It helps to write an example by hand before automating it.",
    "When in doubt, make {word} smaller and try again.",
    "A short list of exceptions tells more than a long list of rules.",
    "What holds for one request need not hold for a thousand of them.",
];

const SMALL_WORDS: [&str; 31] = [
    "about", "after", "also", "and", "are", "could", "describe", "does", "explain", "for", "from", "give", "have",
    "how", "into", "please", "should", "tell", "that", "the", "their", "them", "they", "this", "what", "when", "which",
    "with", "would", "write", "your",
];

/// Up to three words that carry the prompt's meaning, in its own order.
fn topic_words(prompt: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in prompt.split(|c: char| !c.is_alphanumeric()) {
        let lower = word.to_lowercase();
        let long_enough = (4..=24).contains(&lower.chars().count());
        if long_enough && !SMALL_WORDS.contains(&lower.as_str()) && !found.contains(&lower) {
            found.push(lower);
        }
        if found.len() == 3 {
            break;
        }
    }
    found
}

/// The first number from 1 to 10 that a prompt names, in digits or words.
fn number_in(prompt: &str) -> Option<usize> {
    const NAMES: [&str; 10] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    prompt.split(|c: char| !c.is_alphanumeric()).find_map(|word| {
        let named = NAMES.iter().position(|name| *name == word).map(|index| index + 1);
        named.or_else(|| word.parse().ok().filter(|number| (1..=10).contains(number)))
    })
}

fn bullets(items: &[&str], count: usize) -> String {
    items.iter().take(count).map(|item| format!("- {item}")).collect::<Vec<_>>().join("\n")
}

fn numbered(items: &[&str], count: usize) -> String {
    items.iter().take(count).enumerate().map(|(i, item)| format!("{}. {item}", i + 1)).collect::<Vec<_>>().join("\n")
}

fn prose(items: &[&str], count: usize) -> String {
    items.iter().take(count).copied().collect::<Vec<_>>().join(" ")
}

fn pick(items: &[&'static str], random: &mut impl RandomSource) -> &'static str {
    let index = random.below(u64::try_from(items.len()).unwrap_or(0));
    items.get(usize::try_from(index).unwrap_or(0)).copied().unwrap_or_default()
}

/// The items in a random order, but for the first, which makes sense on its own.
fn shuffled(items: &[&'static str], random: &mut impl RandomSource) -> Vec<&'static str> {
    let mut order = items.to_vec();
    for last in (2..order.len()).rev() {
        let other = 1 + random.below(u64::try_from(last).unwrap_or(0));
        order.swap(last, usize::try_from(other).unwrap_or(last));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Rng;
    use proptest::prelude::*;

    fn say(prompt: &str, seed: u64) -> String {
        answer_to(prompt, &mut Rng::from_seed(seed))
    }

    #[test]
    fn the_notebooks_prompts_get_fitting_answers() {
        let limits = say("Explain what API rate limits are in 2 short bullet points.", 1);
        assert_eq!(limits.matches("\n- ").count(), 2, "{limits}");
        let fast = say("Give me 3 synonyms for 'fast'.", 1);
        assert!(fast.contains("1. quick") && fast.contains("\n3. "), "{fast}");
        assert!(say("Give me 3 synonyms for 'slow'.", 1).contains("unhurried"));
        let tokens = say("Explain what tokens are in one short paragraph.", 1);
        assert!(tokens.contains("pieces of text") && !tokens.contains('\n'), "{tokens}");
        assert_eq!(say("Say 'hello' in 3 different languages.", 1).matches("\n- ").count(), 3);
        assert!(say("Give me a funny fact about turtles.", 1).to_lowercase().contains("turtle"));
    }

    #[test]
    fn other_prompts_are_taken_up_lightly() {
        let text = say("Describe the migration of monarch butterflies", 3);
        assert!(text.contains("migration monarch butterflies"), "{text}");
    }

    proptest! {
        #[test]
        fn any_prompt_gets_a_labelled_text_and_the_same_one_again(prompt in ".{0,200}", seed in any::<u64>()) {
            let text = say(&prompt, seed);
            prop_assert!(text.starts_with(LABEL));
            prop_assert!((6..400).contains(&estimate_tokens(&text)));
            prop_assert_eq!(&text, &say(&prompt, seed));
        }
    }
}

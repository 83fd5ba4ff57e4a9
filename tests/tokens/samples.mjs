// Texts that no declaration holds: what people paste besides prose, and what breaks tokenizers.

export const PROMPTS = [
  "Explain what API rate limits are in 2 short bullet points.",
  "Summarize the following text in one sentence, in plain words, for a ten-year-old.",
  "You are a helpful assistant. Answer briefly, and say so when you don't know.",
  "Write a Python function that retries a request with exponential backoff and full jitter. Don't use any library.",
  "What's the difference between requests per minute and tokens per minute? I've read the docs, but they didn't help.",
  "Translate to French: \"The server is busy; please try again in twenty seconds.\"",
  "hello",
  "Classify each review as positive, negative or neutral.\n\n1. It works as advertised.\n2. Broke after a week!!!\n3. It's a kettle.",
  "Rewrite this email so that it sounds friendlier:\n\nHi team,\nthe deadline is Friday. No exceptions.\n\nRegards,\nK.",
  "Give me ten names for a sailing boat. One a line, no numbers, nothing punny.",
  "Act as a senior database engineer: review the schema below, list what you'd change, and why.",
  "TL;DR please: https://example.com/articles/2026/11/how-token-buckets-work?utm_source=newsletter&ref=42#comments",
];

export const CODE = {
  rust: `/// Waits until the bucket holds \`tokens\`, at most \`deadline\`.
pub fn acquire(&mut self, tokens: u64, now: Instant) -> Result<Duration, Refusal> {
    self.refill(now);
    if tokens > self.limit {
        return Err(Refusal::TooLarge { limit: self.limit, requested: tokens });
    }
    let missing = tokens.saturating_sub(self.level);
    let wait = Duration::from_nanos(missing * self.window.as_nanos() as u64 / self.limit);
    self.level = self.level.saturating_sub(tokens);
    Ok(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_bucket_waits() {
        assert_eq!(Bucket::new(60, MINUTE).acquire(61, START), Err(Refusal::TooLarge { limit: 60, requested: 61 }));
    }
}
`,
  python: `import asyncio
import random

from openai import AsyncOpenAI, RateLimitError

client = AsyncOpenAI(max_retries=0)


async def ask(prompt: str, attempts: int = 5) -> str:
    """Asks once, and again after a rate limit."""
    for attempt in range(1, attempts + 1):
        try:
            response = await client.responses.create(
                model="gpt-5-nano", input=prompt, max_output_tokens=64
            )
            return response.output_text
        except RateLimitError as error:
            delay = 1.0 * 2 ** (attempt - 1) * (0.5 + random.random())
            print(f"Attempt {attempt} failed: {error!r}; waiting {delay:.2f} s")
            await asyncio.sleep(delay)
    raise RuntimeError(f"Gave up after {attempts} attempts")
`,
  javascript: `export async function* lines(stream) {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    rest += decoder.decode(chunk, { stream: true });
    const parts = rest.split(/\\r\\n|\\n|\\r/);
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest !== "") yield rest; // The last line may lack its end.
}

const byId = Object.fromEntries(rows.map(({ id, ...row }) => [id, row]));
document.querySelectorAll("button[data-copy]").forEach((button) =>
  button.addEventListener("click", () => navigator.clipboard?.writeText(button.dataset.copy)),
);
`,
  json: `{
  "object": "response",
  "id": "resp_68a1f0c2d4e88190b5a7c0de12345678",
  "created_at": 1764150000,
  "status": "completed",
  "error": null,
  "usage": { "input_tokens": 36, "input_tokens_details": { "cached_tokens": 0 }, "output_tokens": 87, "total_tokens": 123 },
  "output": [{ "type": "message", "role": "assistant", "content": [{ "type": "output_text", "text": "Hi!", "annotations": [] }] }]
}
`,
  http: `HTTP/2 429 Too Many Requests
content-type: application/json
retry-after: 20
x-ratelimit-limit-requests: 10000
x-ratelimit-limit-tokens: 200000
x-ratelimit-remaining-requests: 9999
x-ratelimit-remaining-tokens: 0
x-ratelimit-reset-requests: 8.64s
x-ratelimit-reset-tokens: 1m0.123s
x-request-id: req_0b1f9b3d5c7e4a6f8d2c1e0f9a8b7c6d

{"error":{"message":"Rate limit reached for gpt-4o in organization org-abc on tokens per min (TPM): Limit 30000, Used 18271, Requested 16921. Please try again in 10.384s.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}
`,
  sql: `SELECT c.country, COUNT(*) AS orders, ROUND(SUM(o.total) / 100.0, 2) AS revenue_eur
FROM customers c
LEFT JOIN orders o ON o.customer_id = c.id AND o.placed_at >= DATE '2026-01-01'
WHERE c.deleted_at IS NULL
GROUP BY c.country
HAVING COUNT(*) > 10
ORDER BY revenue_eur DESC NULLS LAST
LIMIT 50;
`,
  html: `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Page &amp; title</title>
    <link rel="stylesheet" href="./style-0a1b2c3d.css" />
  </head>
  <body class="wide dark">
    <main id="work" tabindex="-1"><h1>Requests</h1><p>You have <strong>12</strong> left.</p></main>
  </body>
</html>
`,
  css: `@layer components {
  .meter { --level: 0.5; display: grid; grid-template-columns: 1fr auto; gap: 0.25rem 1ch; }
  .meter > .bar { background: linear-gradient(90deg, var(--tokens) calc(var(--level) * 100%), transparent 0); }
  @media (prefers-reduced-motion: reduce) { .meter { transition: none !important; } }
}
`,
  shell: `#!/usr/bin/env bash
set -euo pipefail
for file in "$@"; do
  if [[ -f $file && ! -s "$file" ]]; then echo "empty: $file" >&2; continue; fi
  curl -sS -X POST "$BASE_URL/v1/responses" -H "Authorization: Bearer $OPENAI_API_KEY" -d @"$file" | jq -r '.output[0].content[0].text'
done
`,
  c: `#include <stdint.h>
#include <stdio.h>

static uint32_t fnv1a(const unsigned char *p, size_t n) {
\tuint32_t h = 0x811c9dc5u;
\twhile (n--) { h ^= *p++; h *= 0x01000193u; }
\treturn h;
}

int main(int argc, char **argv) {
\tfor (int i = 1; i < argc; i++) printf("%08x  %s\\n", fnv1a((unsigned char *)argv[i], __builtin_strlen(argv[i])), argv[i]);
\treturn 0;
}
`,
  yaml: `name: ci
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-24.04
    strategy: { matrix: { node: [20, 22] } }
    steps:
      - uses: actions/checkout@v4
      - run: npm ci && npm test -- --reporter=tap
        env: { CI: "true", NODE_OPTIONS: "--max-old-space-size=4096" }
`,
  go: `func (l *Limiter) Wait(ctx context.Context, n int) error {
	select {
	case <-ctx.Done():
		return fmt.Errorf("waiting for %d tokens: %w", n, ctx.Err())
	case <-time.After(l.reserve(n)):
		return nil
	}
}
`,
  csv: `id,name,email,signed_up,plan,monthly_tokens
1,Ada Lovelace,ada@example.org,2024-02-29,pro,1203344
2,"Grace ""Amazing"" Hopper",grace@example.org,2025-12-09,free,0
3,山田太郎,taro@example.jp,2026-01-31T23:59:59+09:00,team,88000
`,
};

export const CONTRACTIONS = [
  "I'm you're he's we've they'll she'd don't",
  "I'M YOU'RE HE'S WE'VE THEY'LL SHE'D DON'T",
  "I'm'll've're's't'd y'all'd've o'clock rock'n'roll 'tis 'twas",
  "it\u2019s they\u2019re don\u2019t \u2018quoted\u2019",
  "it'\u017f IT'\u017f a'\u017fb \u017f'\u017f",
  "'s 't 're 've 'm 'll 'd",
  "a's b'T c'Re d'vE e'M f'lL g'D h'lx i'r j'v",
  "\u00fcber's \u4e2d's 123's !'s \u0301's",
  "l'\u00e9t\u00e9 d'accord qu'il s'est aujourd'hui",
  "'''s ''s 's's's",
];

export const EMOJI = [
  "🐢", "🙂🙃😀", "👍🏽 👩🏿‍🚀 👨‍👩‍👧‍👦", "🇫🇷🇩🇪🇯🇵🇺🇳", "1️⃣2️⃣3️⃣ #️⃣ *️⃣", "❤️ ❤ ♥ ☃️ ☕", "🏴‍☠️🏳️‍🌈🏴󠁧󠁢󠁥󠁮󠁧󠁿",
  "Great job! 🎉🎉🎉 See you at 5 🕔", "✅ done\n❌ failed\n⚠️ careful", "→ ← ↑ ↓ ⇒ ∀x∈ℝ ∃y: x² + y² ≤ 1", "½ ⅓ ¼ Ⅷ ⑳ ㊿ ₂ ³",
  "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝕞𝕒𝕥𝕙 𝓼𝓬𝓻𝓲𝓹𝓽", "㍿ ㏂ ｆｕｌｌｗｉｄｔｈ ﾊﾝｶｸ", "🀄🂡♠♣♥♦ ♔♕♖ ⚀⚁⚂", "🫠🫡🫥🪿🫨🛜", "☠︎ ☺︎ text ☺️ emoji",
];

export const HOSTILE = [
  "", " ", "\n", "\r\n", "\t", "\u0000", "\u0000\u0001\u0002\u007f", "\ufeffbom", "\u200b\u200c\u200d\u2060", "\u202eright to left\u202c",
  "<|endoftext|>", "a<|endofprompt|>b<|im_start|>user<|im_end|>", "<|endoftext|><|endoftext|>", "\ufffd\ufffd", "\uffff\ufffe\u{10ffff}\u{10fffe}",
  "\u{e000}\u{f8ff}\u{f0000}", "a\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307", "\u0301\u0301A\u0301a\u0301AA\u0301", "\u0301ABC \u0301 ABC\u0301\u0301", "Z̷̡͎̠̟͉̅̈a̶l̵g̴o̷",
  "Ǆ ǅ ǆ ǈ ᾈ ᾼ", "ǅaǅA中A中aA中", "ªº ʰʱ ˀˁ ⁿ", "İıŞş ßẞ ſ K Å", "aAaAaA AaAaAa camelCaseAndPascalCase XMLHttpRequest iOSApp",
  "\u00a0\u00a0\u2003\u3000 \u1680\u2028\u2029\u0085", " \n \n\n  \n", "a \n b\n\n\nc  \n   d", "/////\n/\n//\r\n/", "!!!\n\n\r\n///\n!!", "...\n...\n", " / / /\n/ /", "\t\ta\t\tb \t c",
  "- [ ] todo\n- [x] done\n", "=".repeat(80), "-".repeat(79) + "\n", "*".repeat(33), "#".repeat(7) + " title", "_".repeat(65), ".".repeat(129),
  "a".repeat(300), "A".repeat(300), "ab".repeat(150), "aB".repeat(150), " ".repeat(300), " ".repeat(299) + "x", "\n".repeat(150), "\r\n".repeat(90), "\t".repeat(130), "0".repeat(100), "9876543210".repeat(20),
  "中".repeat(100), "あ".repeat(100), "م".repeat(120), "ก".repeat(120), "é".repeat(100), "e\u0301".repeat(100), "🐢".repeat(40), "\u0301".repeat(100), "👩‍👩‍👧‍👦".repeat(12), "!?".repeat(100), "\u3000".repeat(60),
  "SolidGoldMagikarp StreamerBot TheNitromeFan", "ÃÂÃÂÃÂÃÂ", "给主人留下些什么吧", " 天天中彩票", "_日本毛片免费视频观看",
];

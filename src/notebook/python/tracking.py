from dataclasses import dataclass, field
from typing import List


@dataclass
class TokenStats:
    total_input_tokens: int = 0
    total_output_tokens: int = 0
    total_tokens: int = 0
    history: List[dict] = field(default_factory=list)

    def update(self, usage):
        self.total_input_tokens += usage.input_tokens
        self.total_output_tokens += usage.output_tokens
        self.total_tokens += usage.total_tokens
        self.history.append(
            {
                "input_tokens": usage.input_tokens,
                "output_tokens": usage.output_tokens,
                "total_tokens": usage.total_tokens,
            }
        )

    def summary(self):
        return {
            "total_input_tokens": self.total_input_tokens,
            "total_output_tokens": self.total_output_tokens,
            "total_tokens": self.total_tokens,
            "num_calls": len(self.history),
        }


token_stats = TokenStats()


def ask_with_tracking(prompt: str, model: str = DEFAULT_MODEL) -> str:
    """Call the Responses API and update token stats."""
    response = client.responses.create(
        model=model,
        input=prompt,
    )

    token_stats.update(response.usage)
    print("Prompt:", prompt)
    print("Response:\n", response.output_text)
    print("Usage for this call:", response.usage)
    print("\nRunning totals:", token_stats.summary())
    print("-" * 60)
    return response.output_text


ask_with_tracking("Give me 3 synonyms for 'fast'.")
ask_with_tracking("Give me 3 synonyms for 'slow'.")
ask_with_tracking("Explain what tokens are in one short paragraph.")

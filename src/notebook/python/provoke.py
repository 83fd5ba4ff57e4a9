import asyncio

NUM_REQUESTS = 10

# The SDK would retry twice by itself and hide the 429s.
impatient = async_client.with_options(max_retries=0)


async def provoke():
    calls = [
        impatient.responses.create(
            model=DEFAULT_MODEL,
            input="Give me a funny fact about turtles.",
            max_output_tokens=64,
        )
        for _ in range(NUM_REQUESTS)
    ]
    results = await asyncio.gather(*calls, return_exceptions=True)
    refused = [r for r in results if isinstance(r, RateLimitError)]
    print(len(results) - len(refused), "answered,", len(refused), "refused with 429")
    if refused:
        print(refused[0].message)


await provoke()

response = client.responses.create(
    model=DEFAULT_MODEL,
    input="Explain what API rate limits are in 2 short bullet points."
)

print("Model output:\n", response.output_text)

print("\nToken usage:")
print(response.usage)
print("Input tokens:", response.usage.input_tokens)
print("Output tokens:", response.usage.output_tokens)
print("Total tokens:", response.usage.total_tokens)

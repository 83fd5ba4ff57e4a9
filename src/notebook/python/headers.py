raw = client.responses.with_raw_response.create(
    model=DEFAULT_MODEL,
    input="Say 'hello' in 3 different languages."
)

print("Status code:", raw.status_code)

print("\nRate-limit related headers (if present):")
for name, value in raw.headers.items():
    if "ratelimit" in name.lower():
        print(f"{name}: {value}")

parsed = raw.parse()
print("\nOutput:", parsed.output_text)
print("Token usage:", parsed.usage)

import os
from openai import OpenAI, AsyncOpenAI, RateLimitError
from dotenv import load_dotenv

# Load environment variables from .env if present
load_dotenv()

api_key = os.getenv("OPENAI_API_KEY")
if not api_key:
    raise RuntimeError("OPENAI_API_KEY is not set. Please set it in your environment or .env file.")

# Synchronous and asynchronous clients
client = OpenAI(api_key=api_key)
async_client = AsyncOpenAI(api_key=api_key)

DEFAULT_MODEL = "gpt-5-nano"
model_list = client.models.list()
print("Available models:", [model.id for model in model_list.data])

//! Real failures to try Explain with.

/// A text to paste, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// What it is, in a few words.
    pub name: &'static str,
    /// The text.
    pub text: &'static str,
}

/// The samples, in the order they are offered. Names of organizations are made up.
pub const SAMPLES: [Sample; 10] = [
    Sample {
        name: "Tokens 429",
        // openai/openai-node#1477
        text: r#"{
  "error": {
    "message": "Rate limit reached for gpt-4.1 in organization org-EXAMPLE0000000000000000 on tokens per min (TPM): Limit 30000, Used 18271, Requested 16921. Please try again in 10.384s. Visit https://platform.openai.com/account/rate-limits to learn more.",
    "type": "tokens",
    "param": null,
    "code": "rate_limit_exceeded"
  }
}"#,
    },
    Sample {
        name: "Requests per minute 429",
        text: "openai.RateLimitError: Error code: 429 - {'error': {'message': 'Rate limit reached for gpt-5-nano in organization org-EXAMPLE0000000000000000 on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s. Visit https://platform.openai.com/account/rate-limits to learn more.', 'type': 'requests', 'param': None, 'code': 'rate_limit_exceeded'}}",
    },
    Sample {
        name: "Requests per day 429",
        text: "Rate limit reached for gpt-4o-mini in organization org-EXAMPLE0000000000000000 on requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s.",
    },
    Sample {
        name: "Request too large",
        // Aider-AI/aider#1880
        text: r#"{"error":{"message":"Request too large for gpt-4o in organization org-EXAMPLE0000000000000000 on tokens per min (TPM): Limit 30000, Requested 36278. The input or output tokens must be reduced in order to run successfully.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}"#,
    },
    Sample {
        name: "insufficient_quota",
        text: "Error code: 429 - {'error': {'message': 'You exceeded your current quota, please check your plan and billing details.', 'type': 'insufficient_quota', 'param': None, 'code': 'insufficient_quota'}}",
    },
    Sample {
        name: "Headers only",
        // community.openai.com 711940
        text: "x-ratelimit-limit-requests: 10000\nx-ratelimit-limit-tokens: 60000\nx-ratelimit-remaining-requests: 9994\nx-ratelimit-remaining-tokens: 4787\nx-ratelimit-reset-requests: 46.001s\nx-ratelimit-reset-tokens: 55.212s",
    },
    Sample {
        name: "curl -i",
        text: "HTTP/1.1 200 Connection established\r\n\r\nHTTP/2 429\r\ndate: Thu, 26 Nov 2026 09:30:00 GMT\r\ncontent-type: application/json\r\nx-request-id: req_example\r\nx-ratelimit-limit-requests: 500\r\nx-ratelimit-remaining-requests: 499\r\nx-ratelimit-reset-requests: 120ms\r\nx-ratelimit-limit-tokens: 30000\r\nx-ratelimit-remaining-tokens: 63\r\nx-ratelimit-reset-tokens: 59.874s\r\nretry-after: 1\r\nretry-after-ms: 644\r\n\r\n{\n  \"error\": {\n    \"message\": \"Rate limit reached for gpt-4o in organization org-EXAMPLE0000000000000000 on tokens per min (TPM): Limit 30000, Used 29937, Requested 385. Please try again in 644ms.\",\n    \"type\": \"tokens\",\n    \"param\": null,\n    \"code\": \"rate_limit_exceeded\"\n  }\n}\r\n",
    },
    Sample {
        name: "Stream failure",
        text: "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_example\",\"object\":\"response\",\"status\":\"in_progress\",\"output\":[]},\"sequence_number\":0}\n\nevent: response.failed\ndata: {\"type\":\"response.failed\",\"response\":{\"id\":\"resp_example\",\"object\":\"response\",\"status\":\"failed\",\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"Rate limit reached for gpt-5.1 in organization org-EXAMPLE0000000000000000 on tokens per min (TPM): Limit 30000, Used 22999, Requested 12528. Please try again in 11.054s.\"},\"output\":[]},\"sequence_number\":1}\n\n",
    },
    Sample {
        name: "Azure",
        // openai/openai-node#1108
        text: "HTTP/1.1 429 Too Many Requests\nretry-after: 33\nretry-after-ms: 32574\nx-ratelimit-remaining-requests: 0\nx-ratelimit-remaining-tokens: 0\npolicy-id: DeploymentRatelimit-Token\n\n{\"error\":{\"code\":\"429\",\"message\":\"Requests to the ChatCompletions_Create Operation have exceeded token rate limit of your current pricing tier. Please retry after 33 seconds.\"}}",
    },
    Sample {
        name: "Contradictory",
        text: "HTTP/1.1 429 Too Many Requests\nretry-after: 2\nx-ratelimit-limit-tokens: 30000\nx-ratelimit-remaining-tokens: 29000\nx-ratelimit-reset-tokens: 6m0s\n\n{\"error\":{\"message\":\"Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 29000, Requested 4000. Please try again in 20s.\",\"type\":\"tokens\",\"param\":null,\"code\":\"rate_limit_exceeded\"}}",
    },
];

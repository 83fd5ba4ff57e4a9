//! The wait headers as the SDKs read them: never the body, and only the first that is a number to them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::hint::{ServerWait, WaitSource};
use crate::rate_limit::{Field, ReplyHeaders, RetryAfter, leading_number};

/// Whose rules turn a wait header into a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HeaderReader {
    /// openai-python 3.57.0, `_parse_retry_after_header`: `float()` of the whole text; zero is no wait.
    OpenAiPython,
    /// openai-node 7.57.0, `retryRequest`, and the Vercel AI SDK: `parseFloat()`, the number that the text begins
    /// with; zero means "at once".
    OpenAiNode,
}

/// `retry-after-ms` and `retry-after` of an answer, for clients that read nothing else.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WaitHeaders {
    /// `retry-after-ms`.
    pub retry_after_ms: Field<RetryAfter>,
    /// `retry-after`.
    pub retry_after: Field<RetryAfter>,
}

impl WaitHeaders {
    /// Those of an answer; what is no number to any client is as good as absent.
    pub fn of(headers: &ReplyHeaders) -> Self {
        let readers = [HeaderReader::OpenAiPython, HeaderReader::OpenAiNode];
        let kept = |field: &Field<RetryAfter>| {
            if readers.into_iter().any(|reader| reader.takes(field)) { field.clone() } else { Field::Absent }
        };
        Self { retry_after_ms: kept(&headers.retry_after_ms), retry_after: kept(&headers.retry_after) }
    }

    /// The wait that a client reads from them; `None` where it backs off as if there were none.
    ///
    /// `retry-after-ms` counts alone where it is a number, even one that is no wait.
    pub fn read(&self, reader: HeaderReader) -> Option<ServerWait> {
        let (field, source, per_second) = [
            (&self.retry_after_ms, WaitSource::RetryAfterMs, 1_000.0),
            (&self.retry_after, WaitSource::RetryAfter, 1.0),
        ]
        .into_iter()
        .find(|(field, ..)| reader.takes(field))?;
        let wait = match reader.number(field) {
            Some(number) => {
                Duration::try_from_secs_f64(number / per_second).ok().map(|wait| ServerWait::For { wait, source })
            }
            None => ServerWait::from_header(field, source),
        };
        wait.filter(|wait| reader == HeaderReader::OpenAiNode || !wait.is_zero())
    }
}

impl HeaderReader {
    fn takes(self, field: &Field<RetryAfter>) -> bool {
        match field {
            Field::Exposed(RetryAfter::WithUnit { .. }) | Field::Malformed(_) => self.number(field).is_some(),
            Field::Exposed(_) => true,
            Field::Hidden | Field::Absent => false,
        }
    }

    /// The number it sees in what is none by itself.
    fn number(self, field: &Field<RetryAfter>) -> Option<f64> {
        match (self, field) {
            (Self::OpenAiNode, Field::Exposed(RetryAfter::WithUnit { number, .. })) => Some(*number),
            (Self::OpenAiNode, Field::Malformed(text)) => leading_number(text),
            (Self::OpenAiPython, Field::Malformed(text)) => text.trim().parse().ok(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rate_limit::Visibility;
    use crate::time::UnixTime;

    fn read(headers: &[(&str, &str)]) -> (Option<f64>, Option<f64>) {
        let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let wait =
            WaitHeaders::of(&ReplyHeaders::parse(&headers, Visibility::Full, UnixTime::from_secs(1_696_004_797)));
        let seconds = |reader| wait.read(reader).map(|wait| wait.stated().as_secs_f64());
        (seconds(HeaderReader::OpenAiPython), seconds(HeaderReader::OpenAiNode))
    }

    #[test]
    fn each_sdk_reads_the_headers_its_own_way() {
        // By hand from openai-python 3.57.0 _base_client.py (_parse_retry_after_header, _calculate_retry_timeout) and
        // openai-node 7.57.0 client.ts (retryRequest).
        let (ms, s) = ("retry-after-ms", "retry-after");
        for (headers, python, node) in [
            (&[][..], None, None),
            (&[(s, "20")], Some(20.0), Some(20.0)),
            (&[(ms, "1500"), (s, "2")], Some(1.5), Some(1.5)),
            (&[(ms, "soon"), (s, "30")], Some(30.0), Some(30.0)),
            (&[(ms, "0"), (s, "20")], None, Some(0.0)),
            (&[(ms, "-5"), (s, "20")], None, None),
            (&[(ms, "nan"), (s, "20")], None, Some(20.0)),
            (&[(ms, "1500ms"), (s, "20")], Some(20.0), Some(1.5)),
            (&[(s, "0")], None, Some(0.0)),
            (&[(s, "20s")], None, Some(20.0)),
            (&[(s, "20 seconds")], None, Some(20.0)),
            (&[(s, "1m30s")], None, Some(1.0)),
            (&[(s, "30, 30")], None, Some(30.0)),
            (&[(s, "")], None, None),
            (&[(s, "Fri, 29 Sep 2023 16:26:57 GMT")], Some(20.0), Some(20.0)),
            // Negative to both: neither takes it, not even for "at once".
            (&[(s, "Fri, 29 Sep 2023 16:26:27 GMT")], None, None),
        ] {
            assert_eq!(read(headers), (python, node), "{headers:?}");
        }
    }
}

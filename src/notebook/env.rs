//! A `.env` text as the notebook's `load_dotenv()` reads it.

use crate::key::{ApiKey, KeyError, KeyNote, parse_dotenv};

/// What a `.env` text brings for a connection. Its `Debug` shows no key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvKeys {
    /// `OPENAI_API_KEY`.
    pub key: ApiKey,
    /// What there is to say of the key.
    pub notes: Vec<KeyNote>,
    /// `OPENAI_BASE_URL`, as the SDK reads it too.
    pub base_url: Option<String>,
    /// `OPENAI_ORG_ID`.
    pub organization: Option<String>,
    /// `OPENAI_PROJECT_ID`.
    pub project: Option<String>,
}

/// Why a text brings none. It never repeats a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvError {
    /// Variables, but not the one that counts.
    #[error("It sets {}, but not OPENAI_API_KEY: the notebook would still stop. Add that line.", .0.join(", "))]
    OtherVariables(Vec<String>),
    /// The key cannot be one.
    #[error("{0}")]
    Key(#[from] KeyError),
}

/// How many variables an error names.
const MOST_NAMES: usize = 5;

/// Reads a `.env` text, or a key alone.
///
/// # Errors
/// See [`EnvError`].
pub fn read_env(text: &str) -> Result<EnvKeys, EnvError> {
    let mut variables = parse_dotenv(text);
    let mut optional = |name: &str| variables.remove(name).filter(|value| !value.trim().is_empty());
    let (base_url, organization, project) =
        (optional("OPENAI_BASE_URL"), optional("OPENAI_ORG_ID"), optional("OPENAI_PROJECT_ID"));
    let (key, notes) = match optional("OPENAI_API_KEY") {
        Some(key) => ApiKey::parse(&key)?,
        None if !variables.is_empty() => {
            return Err(EnvError::OtherVariables(variables.into_keys().take(MOST_NAMES).collect()));
        }
        None => ApiKey::parse(text)?,
    };
    Ok(EnvKeys { key, notes, base_url, organization, project })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_sdk_reads() {
        let env =
            read_env("# mine\nexport OPENAI_API_KEY=\"sk-canary-0123456789\"\nOPENAI_ORG_ID=org-1\nDEBUG=1\n").unwrap();
        assert_eq!((env.key.label().as_str(), env.organization.as_deref()), ("sk-…6789", Some("org-1")));
        assert_eq!((env.base_url, env.project), (None, None));
        assert_eq!(read_env("sk-canary-0123456789").unwrap().key.label(), "sk-…6789");
    }

    #[test]
    fn says_what_is_missing_without_repeating_values() {
        let error = read_env("DATABASE_PASSWORD=hunter2\nOPENAI_API_KEY=\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "It sets DATABASE_PASSWORD, but not OPENAI_API_KEY: the notebook would still stop. Add that line."
        );
        assert!(matches!(read_env("OPENAI_API_KEY=sk-“smart”"), Err(EnvError::Key(_))));
        assert!(matches!(read_env(""), Err(EnvError::Key(KeyError::Empty))));
    }
}

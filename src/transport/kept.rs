//! A connection as this tab's session storage holds it, where a person asked for that.

use serde_json::Value;

use super::connection::Connection;
use crate::base_url::BaseUrl;
use crate::key::ApiKey;

/// The connection, its key included, as text.
pub fn write(connection: &Connection) -> String {
    serde_json::json!({
        "base_url": connection.base_url.as_str(),
        "key": connection.key.as_ref().map(ApiKey::expose_for_session_storage),
        "organization": connection.organization,
        "project": connection.project,
    })
    .to_string()
}

/// The connection of such a text; `None` for any other, and for one without a key: there is nothing to keep of it.
pub fn read(text: &str, page_origin: &str) -> Option<Connection> {
    let kept: Value = serde_json::from_str(text).ok()?;
    let member = |name: &str| kept.get(name).and_then(Value::as_str);
    let (key, _) = ApiKey::parse(member("key")?).ok()?;
    Some(Connection {
        base_url: BaseUrl::parse(member("base_url")?, page_origin).ok()?,
        key: Some(key),
        organization: member("organization").map(str::to_owned),
        project: member("project").map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_connection_is_the_same_one() {
        let page = "https://sluice.example";
        let connection = Connection {
            base_url: BaseUrl::parse("/openai/v1", page).unwrap(),
            key: Some(ApiKey::parse(r#"sk-a"b\\c-0123456789"#).unwrap().0),
            organization: Some("org-1".into()),
            project: None,
        };
        let kept = read(&write(&connection), page).unwrap();
        assert_eq!((kept.base_url, kept.key), (connection.base_url, connection.key));
        assert_eq!((kept.organization, kept.project), (connection.organization, connection.project));
    }

    #[test]
    fn what_is_none_is_not_read() {
        for text in [
            "",
            "{}",
            "[]",
            r#"{"key":"sk-x"}"#,
            r#"{"key":null,"base_url":"https://api.openai.com/v1"}"#,
            r#"{"key":"","base_url":"https://api.openai.com/v1"}"#,
            r#"{"key":"sk-x","base_url":"http://api.openai.com/v1"}"#,
            r#"{"key":1,"base_url":"https://api.openai.com/v1"}"#,
        ] {
            assert!(read(text, "https://sluice.example").is_none(), "{text}");
        }
    }
}

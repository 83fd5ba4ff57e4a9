//! A prompt with places for a record's fields: `Translate {{text}} into {{language}}.`

use super::fault::FileFault;

/// A prompt template over the columns of a CSV file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    /// The column's place, from 0.
    Column(usize),
}

/// Columns that are a prompt by their name, likeliest first.
const PROMPTS: [&str; 5] = ["prompt", "input", "text", "question", "content"];

impl Template {
    /// Reads a template: `{{name}}` stands for the field of that column, blanks around the name and case aside. Any other
    /// brace is text.
    ///
    /// # Errors
    /// [`FileFault::UnknownColumn`] where a name is no column's.
    pub fn parse(text: &str, columns: &[String]) -> Result<Self, FileFault> {
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, behind)) = after.split_once("}}") else { break };
            parts.push(Part::Text(before.to_owned()));
            let wanted = name.trim();
            let place = columns.iter().position(|column| column.eq_ignore_ascii_case(wanted));
            let unknown = || FileFault::UnknownColumn { name: wanted.to_owned(), columns: columns.join(", ") };
            parts.push(Part::Column(place.ok_or_else(unknown)?));
            rest = behind;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self { parts })
    }

    /// The template to begin with: the column that is named like a prompt, else the first that is no `custom_id`.
    pub fn suggested(columns: &[String]) -> String {
        let named = |name: &&str| columns.iter().find(|column| column.eq_ignore_ascii_case(name));
        let first = || columns.iter().find(|column| !column.eq_ignore_ascii_case("custom_id"));
        let column = PROMPTS.iter().find_map(named).or_else(first).or_else(|| columns.first());
        column.map_or_else(String::new, |column| format!("{{{{{column}}}}}"))
    }

    /// The prompt for a record's fields.
    pub fn fill(&self, fields: &[&str]) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Column(place) => fields.get(*place).copied().unwrap_or_default().to_owned(),
        };
        self.parts.iter().map(part).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn fields_go_where_their_columns_names_stand() {
        let columns = ["text".to_owned(), "Language".to_owned()];
        let template = Template::parse("Translate {{ text }} into {{language}}. {json} }} {{", &columns).unwrap();
        assert_eq!(template.fill(&["a {{text}}", "French"]), "Translate a {{text}} into French. {json} }} {{");
        let unknown = Template::parse("{{txt}}", &columns).unwrap_err().to_string();
        assert_eq!(unknown, "The prompt template names {{txt}}, which is no column. The columns are text, Language.");
    }

    #[test]
    fn a_template_is_suggested() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(Template::suggested(&names(&["custom_id", "city", "Prompt"])), "{{Prompt}}");
        assert_eq!(Template::suggested(&names(&["custom_id", "city"])), "{{city}}");
    }
}

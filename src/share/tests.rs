use super::Field as F;
use super::Problem::{BadValue, Repeated, Unknown};
use super::*;
use crate::lab::{LabForm, LabPreset};
use crate::redact::Redactor;
use crate::retry::Preset;
use crate::run::BurstSettings;
use crate::run::batch_form::BatchForm;
use crate::run::draft::RequestDraft;
use crate::simulator::ScenarioPreset;
use proptest::prelude::*;

const KEY: &str = "sk-canary-0123456789abcdefghij";

fn settings(fields: &[(Field, &str)]) -> SharedSettings {
    let mut settings = SharedSettings::default();
    for (field, value) in fields {
        settings.set(*field, *value);
    }
    settings
}

fn opened(fragment: &str) -> Opened {
    read(fragment).unwrap_or_else(|| panic!("{fragment:.80} is a link"))
}

#[test]
fn a_link_reads_as_it_was_written() {
    let link = link(
        "request",
        &settings(&[(Field::Model, "gpt-5-nano"), (Field::Prompt, "5 + 5 = 10 & “é”\n#?%"), (Field::Temperature, "")]),
        &Redactor::default(),
    );
    let written = "#/request?v=1&model=gpt-5-nano&prompt=5%20%2B%205%20%3D%2010%20%26%20%E2%80%9C%C3%A9%E2%80%9D%0A%23%3F%25&temperature=";
    assert_eq!(link.as_deref(), Ok(written));
    let opened = opened(written);
    assert_eq!((opened.address.as_str(), opened.problems), ("#/request", vec![]));
    assert_eq!(opened.settings.get(Field::Prompt), Some("5 + 5 = 10 & “é”\n#?%"));
    assert_eq!(opened.settings.number::<f64>(Field::Temperature), Some(None));
}

#[test]
fn places_in_the_page_are_no_links() {
    for fragment in ["", "#", "#/guide", "#/request?", "#work", "#/explain/", "#/guide?section=handling"] {
        assert_eq!(read(fragment), None, "{fragment}");
    }
}

#[test]
fn what_a_link_may_not_say_is_named_and_left_out() {
    let opened = opened(
        "#/burst?v=1&temperature=1&requests=2001&requests=5&concurrency=2&concurrency=3&max_attempts=1e0&rpm=-1&policy=huge&model=%E2%80%AEx\
         &prompt=%zz&scenario=%ff&base_delay=NaN&source=yes&org=org-x&project=p&__proto__=1&constructor=2&a%3Cb=3&submit=1&x=1",
    );
    assert_eq!(
        opened.problems,
        [
            BadValue(F::Requests),
            Repeated(F::Concurrency),
            BadValue(F::MaxAttempts),
            BadValue(F::Rpm),
            BadValue(F::Policy),
            BadValue(F::Model),
            BadValue(F::Prompt),
            BadValue(F::Scenario),
            BadValue(F::BaseDelay),
            BadValue(F::Source),
            Unknown(
                ["temperature", "org", "project", "__proto__", "constructor", "and 3 more"].map(str::to_owned).into()
            ),
        ]
    );
    assert_eq!(opened.settings, settings(&[(F::Requests, "5"), (F::Concurrency, "2")]));
}

#[test]
fn links_of_no_or_another_version_change_nothing() {
    for (fragment, problem) in [
        ("#/request?model=x", Problem::NoVersion),
        ("#/request?v=2&model=x", Problem::OtherVersion),
        ("#/request?v=&model=x", Problem::OtherVersion),
        ("#/request?eyJwcm9tcHQiOiJoaSJ9", Problem::NoVersion),
        ("#/request?{%22a%22:[[[[[[[[]]]]]]]]}", Problem::NoVersion),
    ] {
        let opened = opened(fragment);
        assert_eq!((opened.settings.is_empty(), opened.problems), (true, vec![problem]), "{fragment}");
        assert_eq!(opened.address, "#/request");
    }
    let long = format!("#/request?v=1&prompt={}", "x".repeat(200_000));
    assert_eq!(opened(&long).problems, [Problem::TooLong { length: long.len() - 1 }]);
    assert!(opened(&long).settings.is_empty());
}

#[test]
fn of_a_fragment_that_is_too_long_the_beginning_is_searched_for_a_key() {
    for run in ["-", "_", "*", "é"] {
        let filler = run.repeat(1_000_000);
        let after = opened(&format!("#/request?v=1&key={KEY}&prompt={filler}"));
        assert!(matches!(after.problems[..], [Problem::Key, Problem::TooLong { .. }]), "{run}: {:?}", after.problems);
        let before = opened(&format!("#/request?v=1&prompt={filler}&key={KEY}"));
        assert!(matches!(before.problems[..], [Problem::TooLong { .. }]), "{run}: {:?}", before.problems);
        assert_eq!(
            (before.address.as_str(), before.settings.is_empty()),
            ("#/request", true),
            "it is taken out all the same"
        );
    }
}

#[test]
fn a_key_in_the_query_is_found() {
    for (query, holds) in [
        (format!("?api_key={KEY}"), true),
        (format!("?q={KEY}&x=1"), true),
        ("?API-Key=anything".to_owned(), true),
        ("?q=%73%6b-canary-0123456789abcdefghij".to_owned(), true),
        (format!("?api_key={KEY}&q={}", "-".repeat(1_000_000)), true),
        ("?utm_source=mail&ref=docs".to_owned(), false),
        ("?key=".to_owned(), false),
        ("?".to_owned(), false),
        (String::new(), false),
    ] {
        assert_eq!(query_holds_key(&query), holds, "{query:.60}");
    }
}

#[test]
fn a_key_is_taken_out_of_the_address_wherever_it_stands() {
    for fragment in [
        format!("#/request?v=1&key={KEY}"),
        "#/request?v=1&api_key=anything".to_owned(),
        "#/request?v=1&API-Key=anything".to_owned(),
        "#key=anything".to_owned(),
        format!("#/chat/{KEY}"),
        format!("#{KEY}"),
        format!("#/request?v=1&prompt=use%20{KEY}"),
        "#/request?v=1&prompt=%73%6b-canary-0123456789abcdefghij".to_owned(),
        r#"#/?settings={"key":"hunter2","url":"https://evil.test"}"#.to_owned(),
        "#/?settings=%7B%22apiKey%22%3A%22hunter2%22%7D".to_owned(),
        format!("#/?v=1&base=https://{KEY}@evil.test"),
    ] {
        let opened = opened(&fragment);
        assert_eq!(opened.problems.first(), Some(&Problem::Key), "{fragment}");
        assert!(opened.settings.get(Field::Prompt).is_none() && opened.settings.get(Field::BaseUrl).is_none());
        let told: String = opened.problems.iter().map(ToString::to_string).collect();
        for secret in [KEY, "hunter2", "anything", "canary"] {
            assert!(!opened.address.contains(secret) && !told.contains(secret), "{fragment}: {told}");
        }
    }
    let rest = opened(&format!("#/request?v=1&key={KEY}&model=gpt-5-nano"));
    assert_eq!(rest.settings, settings(&[(Field::Model, "gpt-5-nano")]), "the rest of the link counts");
    let prompt = opened("#/request?v=1&prompt=%7B%22key%22%3A%22value%22%7D%20and%20key%3A%20value");
    assert_eq!(prompt.problems, [], "a prompt may speak of keys");
}

#[test]
fn a_key_is_never_written_into_a_link() {
    let key = crate::key::ApiKey::parse("hunter-two-hunter-two").unwrap().0;
    let settings = settings(&[(Field::Prompt, &format!("{KEY} hunter-two-hunter-two"))]);
    let link = link("request", &settings, &Redactor::new(Some(&key))).unwrap();
    assert_eq!(link, "#/request?v=1&prompt=%5Bkey%5D%20%5Bkey%5D");
}

#[test]
fn what_a_link_holds_is_told_without_a_key_and_in_the_forms_words() {
    let key = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789";
    let all = settings(&[(F::Prompt, &format!("Say {key}")), (F::Model, "gpt-5-nano")]);
    let (in_link, touched) = all.without_keys(&Redactor::default());
    assert_eq!(touched, [F::Prompt]);
    assert!(!in_link.get(F::Prompt).unwrap().contains(key) && in_link.get(F::Model) == Some("gpt-5-nano"));
    for (field, value, label) in [
        (F::Source, "live", "Live"),
        (F::Scenario, "tier-1", ScenarioPreset::Tier1.name()),
        (F::AnsweredBy, "first-429", ScenarioPreset::First429.name()),
        (F::Policy, "sluice", Preset::Sluice.name()),
        (F::Stream, "true", "on"),
        (F::Store, "false", "off"),
        (F::Speed, "10", "10×"),
        (F::Model, "true", "true"),
    ] {
        assert_eq!(field.value_label(value), label);
    }
}

#[test]
fn a_link_that_would_be_too_long_is_not_made() {
    let settings = settings(&[(Field::Prompt, &"é".repeat(4_000))]);
    let too_long = link("request", &settings, &Redactor::default()).unwrap_err();
    assert_eq!(too_long.length, "#/request?v=1&prompt=".len() + 24_000);
    assert!(too_long.to_string().contains("without its text"));
}

#[test]
fn drafts_survive_their_link() {
    let draft = RequestDraft {
        prompt: "Hi".into(),
        instructions: String::new(),
        max_output_tokens: " 64 ".into(),
        temperature: "0.5".into(),
        effort: "low".into(),
        ..RequestDraft::default()
    };
    let mut shared = SharedSettings::default();
    share_request(&draft, "gpt-4o", &mut shared);
    let mut other = RequestDraft { instructions: "Be brief.".into(), store: true, ..RequestDraft::default() };
    take_request(&shared, &mut other);
    let expected = RequestDraft { model: Some("gpt-4o".into()), max_output_tokens: "64".into(), ..draft };
    assert_eq!(other, expected);
    let mut other = RequestDraft { store: true, ..RequestDraft::default() };
    take_request(&settings(&[(F::Prompt, "Hi")]), &mut other);
    assert_eq!((other.store, other.prompt.as_str()), (true, "Hi"), "what a link does not carry stays");

    let burst =
        BurstSettings { requests: 7, max_attempts: Some(3), base_delay: Some(0.25), ..BurstSettings::default() };
    let mut shared = SharedSettings::default();
    share_burst(&burst, "first-429", &mut shared);
    let (mut other, mut scenario) = (BurstSettings { concurrency: Some(2), ..BurstSettings::default() }, String::new());
    take_burst(&shared, &mut other, &mut scenario);
    assert_eq!((other, scenario.as_str()), (burst, "first-429"));
}

#[test]
fn a_batchs_settings_travel_and_its_file_does_not() {
    let batch = BatchForm {
        max_output_tokens: Some(64),
        store: true,
        spend_cap: Some(2.5),
        most_in_flight: Some(8),
        policy: "none".to_owned(),
        template: "{{secret}}".to_owned(),
        ..BatchForm::default()
    };
    let mut shared = SharedSettings::default();
    share_batch(&batch, &mut shared);
    let mut other = BatchForm::default();
    take_batch(&shared, &mut other);
    assert_eq!(other, BatchForm { template: String::new(), ..batch });
    // What a link sets to nothing is nothing.
    let mut none = SharedSettings::default();
    share_batch(&BatchForm::default(), &mut none);
    take_batch(&none, &mut other);
    assert_eq!(other, BatchForm::default());
}

#[test]
fn an_experiment_travels_whole() {
    let herd = LabPreset::Herd.form();
    let mut shared = SharedSettings::default();
    share_lab(&herd, &mut shared);
    let mut other = LabForm::default();
    take_lab(&shared, &mut other);
    assert_eq!(other, herd);
}

#[test]
fn every_field_has_a_name_of_its_own_and_none_is_a_secrets() {
    for field in Field::ALL {
        assert_eq!(Field::from_name(field.name()), Some(field));
        assert!(!["key", "org", "organization", "project", "v"].contains(&field.name()));
    }
}

fn value(field: Field) -> BoxedStrategy<String> {
    match field {
        Field::Source => prop_oneof!["simulated", "live"].boxed(),
        Field::Scenario | Field::AnsweredBy => prop_oneof![Just("tier-1".to_owned()), Just("slow".to_owned())].boxed(),
        Field::Policy => prop_oneof![Just("notebook".to_owned()), Just("sluice".to_owned())].boxed(),
        Field::Effort => prop_oneof![Just(String::new()), Just("xhigh".to_owned())].boxed(),
        Field::Speed => prop_oneof!["1", "10", "60"].boxed(),
        Field::Experiment => {
            proptest::sample::select(LabPreset::ALL.to_vec()).prop_map(|one| one.form().to_link()).boxed()
        }
        Field::Stream | Field::Store => any::<bool>().prop_map(|streams| streams.to_string()).boxed(),
        Field::Seed => any::<u64>().prop_map(|seed| seed.to_string()).boxed(),
        Field::Temperature => (0.0..=2.0f64).prop_map(|number| number.to_string()).boxed(),
        Field::BaseDelay => (0.0..=3_600.0f64).prop_map(|number| number.to_string()).boxed(),
        Field::Prompt | Field::Instructions | Field::Text => "(\\PC|\n|%|\\+|&|=|#|\\?){0,40}".boxed(),
        Field::BaseUrl | Field::Model => "[a-zé][ -~]{0,20}".boxed(),
        Field::Requests | Field::Concurrency => (1..=2_000u32).prop_map(|count| count.to_string()).boxed(),
        Field::SpendCap => (0.01..=1_000.0f64).prop_map(|dollars| dollars.to_string()).boxed(),
        Field::MaxAttempts => (1..=50u32).prop_map(|count| count.to_string()).boxed(),
        Field::MaxOutputTokens | Field::Rpm | Field::Tpm | Field::Rpd | Field::Tpd => {
            (1..=10_000_000u32).prop_map(|count| count.to_string()).boxed()
        }
    }
}

proptest! {
    #[test]
    fn whatever_is_written_reads_the_same(
        view in prop_oneof!["guide", "request", "burst", "explain", "batch", "lab"],
        values in Field::ALL.map(|field| (Just(field), proptest::option::of(value(field)))).to_vec(),
    ) {
        let redactor = Redactor::default();
        let mut settings = SharedSettings::default();
        for (field, value) in values.into_iter().filter(|(field, _)| field.is_of(&view)) {
            if let Some(value) = value.filter(|value| redactor.text(value) == *value) {
                settings.set(field, value);
            }
        }
        let link = link(&view, &settings, &redactor).unwrap();
        let opened = read(&link).unwrap();
        prop_assert_eq!(opened, Opened { address: format!("#/{view}"), settings, problems: vec![] });
    }

    #[test]
    fn no_fragment_makes_it_panic_or_repeat_itself(fragment in "#?/?[a-z]{0,8}\\??(v=1&)?(&|=|%|key|model|prompt|__proto__|\\{|\"|:|\\PC){0,40}") {
        if let Some(opened) = read(&fragment) {
            prop_assert_eq!(read(&opened.address), None, "an address once cleaned is clean");
            prop_assert!(opened.settings.iter().all(|(field, value)| field.allows(value)));
        }
    }
}

use super::super::tests::situation;
use super::*;

const PUBLIC: &str = "https://sluice.example";
const LOCAL: &str = "http://127.0.0.1:8080";

fn causes(situation: &Situation, failure: Failure) -> Vec<Cause> {
    candidates(situation, failure, true).into_iter().map(|candidate| candidate.cause).collect()
}

fn first(base_url: &str, page: &str) -> Cause {
    causes(&situation(base_url, page), Failure::default())[0]
}

#[test]
fn what_is_known_ranks_them() {
    for (base_url, page, expected) in [
        ("https://api.openai.com/v1", PUBLIC, Cause::KeyRejected),
        ("https://api.openai.com", PUBLIC, Cause::WrongAddress),
        ("https://gateway.example", PUBLIC, Cause::WrongAddress),
        ("https://gateway.example/v1", PUBLIC, Cause::PagesNotAllowed),
        ("https://mine.openai.azure.com/openai/v1", PUBLIC, Cause::PagesNotAllowed),
        ("http://localhost:11434/v1", PUBLIC, Cause::LocalNetworkAccess),
        ("http://localhost:11434/v1", LOCAL, Cause::NotRunning),
        ("http://localhost:11434", LOCAL, Cause::WrongAddress),
        ("/openai/v1", PUBLIC, Cause::RelayDown),
    ] {
        assert_eq!(first(base_url, page), expected, "{base_url} from {page}");
    }
}

#[test]
fn openai_is_not_said_to_refuse_pages_or_headers() {
    let openai = situation("https://api.openai.com/v1", PUBLIC);
    let found = causes(&openai, Failure::default());
    assert_eq!(found, [Cause::KeyRejected, Cause::Blocked, Cause::HiddenRefusal]);
    let later = causes(&openai, Failure { answered_before: true, ..Failure::default() });
    assert_eq!(later, [Cause::HiddenRefusal, Cause::KeyRejected, Cause::Blocked]);
    let told = candidates(&openai, Failure::default(), true);
    assert!(told[0].what.contains("OpenAI's 401 carries no CORS header"));
    assert!(told[2].check.contains("not established either way"), "{:?}", told[2]);
}

#[test]
fn offline_comes_first_but_for_this_machine() {
    let offline = Failure { is_offline: true, ..Failure::default() };
    assert_eq!(causes(&situation("https://api.openai.com/v1", PUBLIC), offline)[0], Cause::Offline);
    assert!(!causes(&situation("http://localhost:8000/v1", LOCAL), offline).contains(&Cause::Offline));
}

#[test]
fn time_speaks_for_a_block() {
    let openai = situation("https://api.openai.com/v1", PUBLIC);
    for took in [Duration::from_millis(1), Duration::from_secs(21)] {
        let failure = Failure { took: Some(took), answered_before: true, ..Failure::default() };
        assert_eq!(causes(&openai, failure)[1], Cause::Blocked, "{took:?}");
    }
}

#[test]
fn each_server_has_its_own_way_to_allow_pages() {
    for (base_url, fix) in [
        ("http://localhost:11434/v1", "OLLAMA_ORIGINS=https://sluice.example"),
        ("http://localhost:8000/v1", "--allowed-origins '[\"https://sluice.example\"]'"),
        ("http://localhost:1234/v1", "LM Studio's: switch on CORS"),
        ("http://localhost:4000/v1", "LITELLM_CORS_ORIGINS=https://sluice.example"),
        ("https://mine.openai.azure.com/openai/v1", "Azure OpenAI does not answer pages. Use a relay"),
        ("https://gateway.example/v1", "Access-Control-Allow-Origin: https://sluice.example"),
    ] {
        let told = candidates(&situation(base_url, PUBLIC), Failure::default(), true);
        let refused = told.iter().find(|candidate| candidate.cause == Cause::PagesNotAllowed).unwrap();
        assert!(refused.fix.contains(fix), "{base_url}: {}", refused.fix);
    }
}

#[test]
fn headers_that_may_be_refused_are_named_and_extra_ones_weigh_more() {
    let mut gateway = situation("https://gateway.example/v1", PUBLIC);
    let rank = |situation: &Situation| {
        let told = candidates(situation, Failure::default(), true);
        let at = told.iter().position(|candidate| candidate.cause == Cause::PreflightRefused).unwrap();
        (at, told[at].what.clone(), told[at].fix.clone())
    };
    let plain = rank(&gateway);
    assert!(plain.1.ends_with("authorization, content-type."), "{}", plain.1);
    gateway.has_project = true;
    let extra = rank(&gateway);
    assert!(extra.1.ends_with("openai-project.") && extra.0 < plain.0, "{extra:?} {plain:?}");
    assert!(extra.2.contains("Leave Organization and Project empty"));
}

#[test]
fn a_missing_version_is_offered() {
    let told = candidates(&situation("https://gateway.example/api", PUBLIC), Failure::default(), false);
    assert_eq!(told[0].fix, "Did you mean https://gateway.example/api/v1?");
}

#[test]
fn no_candidate_is_told_twice_or_without_words() {
    for base_url in ["https://api.openai.com/v1", "https://gateway.example", "http://localhost:1/v1", "/openai/v1"] {
        for answered_before in [false, true] {
            let failure = Failure { answered_before, ..Failure::default() };
            let told = candidates(&situation(base_url, PUBLIC), failure, true);
            assert!(!told.is_empty() && told.len() <= 8, "{base_url}: {}", told.len());
            for (index, candidate) in told.iter().enumerate() {
                assert!(told[..index].iter().all(|other| other.cause != candidate.cause));
                assert!(![&candidate.what, &candidate.check, &candidate.fix].into_iter().any(String::is_empty));
            }
        }
    }
}

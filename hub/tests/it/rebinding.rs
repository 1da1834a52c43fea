//! R12: names that lead elsewhere the second time, or to two places at once. The broker
//! looks a name up once for each connection, judges every address that comes of it, and
//! dials those and no others.

use serde_json::json;
use toolmill_hub::HubConfig;

use crate::support::api::Api;
use crate::support::identity::Authority;
use crate::support::names::{Answer, Names};
use crate::support::namespace::{self, METADATA, PUBLIC};
use crate::support::upstream::Upstream;
use crate::support::world::World;

#[test]
fn r12_every_address_of_a_name_is_judged_and_only_those_are_dialled() {
    let Some(output) = namespace::run("rebinding::where_names_are_made_up") else {
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A name, what each look-up answers, and what becomes of each request.
struct Case {
    name: &'static str,
    answers: Vec<Answer>,
    becomes: &'static [&'static str],
}

fn cases() -> Vec<Case> {
    let of = |name, answers: &[Answer], becomes| Case {
        name,
        answers: answers.to_vec(),
        becomes,
    };
    let inner = Answer {
        alias: Some("inner.test"),
        ..Answer::of(&["127.0.0.1"])
    };
    let outer = Answer {
        alias: Some("outer.test"),
        ..Answer::of(&[PUBLIC])
    };
    vec![
        of("public.test", &[Answer::of(&[PUBLIC])], &["none", "none"]),
        of(
            "rebinds.test",
            &[Answer::of(&[PUBLIC]), Answer::of(&["127.0.0.1"])],
            &["none", "address-refused", "address-refused"],
        ),
        // Nobody listens at the second one's public address, and that is the end of it.
        of(
            "mixed.test",
            &[Answer::of(&["127.0.0.1", PUBLIC])],
            &["none"],
        ),
        of(
            "deaf.test",
            &[Answer::of(&["11.22.33.45", "127.0.0.1", METADATA, "::1"])],
            &["unreachable"],
        ),
        of("alias.test", &[inner], &["address-refused"]),
        of("public-alias.test", &[outer], &["none"]),
        of(
            "mapped.test",
            &[Answer::of(&["::ffff:169.254.169.254", "::ffff:127.0.0.1"])],
            &["address-refused"],
        ),
        of(
            "metadata.test",
            &[Answer::of(&[METADATA])],
            &["address-refused"],
        ),
    ]
}

#[tokio::test]
#[ignore = "run by the test above"]
async fn where_names_are_made_up() {
    let cases = cases();
    let names: Vec<_> = cases.iter().map(|case| case.name).collect();
    let zone = cases.iter().map(|case| (case.name, case.answers.clone()));
    let zone = Names::serve(zone);
    let authority = Authority::new();
    let tls = || Some(authority.identity(&names, 4000));
    let upstream = Upstream::listen(&format!("{PUBLIC}:0"), tls()).await;
    let port = upstream.port;
    // They would be believed, if they were asked.
    let mut canaries = Vec::new();
    for address in ["127.0.0.1", METADATA, "[::1]"] {
        canaries.push(Upstream::listen(&format!("{address}:{port}"), tls()).await);
    }
    let trusting = |config: &mut HubConfig| {
        config
            .further_roots
            .push(authority.certificate().der().to_vec())
    };
    let world = World::with(trusting).await;
    for case in cases {
        let origin = format!("https://{}:{port}", case.name);
        let api = Api::of_specification(&origin);
        let person = world.user_with(case.name, &api).await;
        for (time, becomes) in case.becomes.iter().enumerate() {
            // Each request has a connection of its own.
            let url = json!({"url": format!("{origin}/close")});
            let answer = person.client.fetch(url).await;
            let code = &answer["headers"]["toolmill-broker-error"];
            let code = code.as_str().unwrap_or("none");
            assert_eq!(code, *becomes, "{} at time {time}: {answer}", case.name);
            assert_eq!(zone.asked(case.name), time + 1, "{}", case.name);
        }
    }
    assert_eq!(upstream.connections(), 5, "control: the public ones");
    for canary in canaries {
        assert_eq!(canary.connections(), 0);
    }
}

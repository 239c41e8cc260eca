//! Whatever comes in, the engine stands.

use fake_docker::Engine;
use proptest::prelude::*;

use crate::wire::talk;

fn send(bytes: &[u8]) -> Vec<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(talk(&Engine::builder().seed(1).build(), bytes))
}

fn method() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("GET".to_owned()),
        Just("HEAD".to_owned()),
        Just("POST".to_owned()),
        Just("DELETE".to_owned()),
        Just("OPTIONS".to_owned()),
        "[A-Z]{1,8}",
    ]
}

fn target() -> impl Strategy<Value = String> {
    prop_oneof![
        "/(v[0-9.]{0,6}/)?(containers|images|volumes|networks|exec|plugins)/[!-~]{0,20}(/json|/start|/tag)?",
        "/(v1[.](24|44|51)/)?(info|version|system/df|networks|containers/json)[?](filters|type|limit|verbose)=[!-~]{0,40}",
        "/[!-~]{0,60}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_break_the_engine(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        send(&bytes);
    }

    #[test]
    fn every_well_formed_request_has_an_answer(method in method(), target in target(), body in "[ -~]{0,80}") {
        let length = body.len();
        let request = format!(
            "{method} {target} HTTP/1.1\r\nHost: d\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );

        let answer = send(request.as_bytes());

        prop_assert!(answer.starts_with(b"HTTP/1.1 "), "{request:?}");
    }
}

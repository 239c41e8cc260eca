use azure::domain::{Port, PortError};
use proptest::prelude::*;

#[test]
fn every_port_there_is_survives_print_and_parse() {
    for number in 1..=u16::MAX {
        let port: Port = number.to_string().parse().unwrap();
        assert_eq!(port.get(), number);
        assert_eq!(port.to_string(), number.to_string());
    }
}

#[test]
fn the_ends_of_the_range_are_where_they_are() {
    let zero = |text: &str| assert_eq!(text.parse::<Port>(), Err(PortError::Zero), "{text}");
    zero("0");
    zero("000");
    assert_eq!(Port::try_from(0), Err(PortError::Zero));
    for text in ["65536", "99999999999999999999", "065536"] {
        assert_eq!(
            text.parse::<Port>(),
            Err(PortError::TooLarge(text.to_owned()))
        );
    }
}

#[test]
fn spellings_that_javascript_takes_for_numbers_are_refused() {
    for text in [
        "+22", "-22", " 22", "22 ", "2 2", "22.0", "3.2", "0x16", "2e1", "22\n", "²²", "٢٢", "ssh",
    ] {
        assert_eq!(
            text.parse::<Port>(),
            Err(PortError::NotDigits(text.to_owned()))
        );
    }
    assert_eq!("".parse::<Port>(), Err(PortError::Empty));
}

proptest! {
    #[test]
    fn leading_zeros_do_not_matter(number in 1..=u16::MAX, zeros in 0..9_usize) {
        let text = format!("{}{number}", "0".repeat(zeros));

        prop_assert_eq!(text.parse::<Port>().unwrap().get(), number);
    }

    #[test]
    fn any_text_is_a_port_if_and_only_if_it_is_digits_in_range(text in "[0-9]{0,7}|[ -~]{0,6}|\\PC{0,6}") {
        let expected = text
            .bytes()
            .try_fold(0_u64, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u64::from(byte - b'0')))
            .filter(|number| !text.is_empty() && (1..=65535).contains(number));

        prop_assert_eq!(text.parse::<Port>().ok().map(|port| u64::from(port.get())), expected);
    }
}

/// The words of `vm docker create`, as clap takes them.
#[derive(Debug, clap::Parser)]
struct Words {
    #[command(flatten)]
    args: azure::cli::vm::docker::DockerCreateArgs,
}

/// What the two options come to, before anybody is asked.
fn understood(ssh: &str, docker: &str) -> bool {
    use azure::settings::create::{self, Context};
    use clap::Parser as _;

    let words = [
        "azure",
        "-e",
        ssh,
        "-p",
        docker,
        "-l",
        "West US",
        "web",
        "image",
        "me",
        "Pa$$w0rd1",
    ];
    let here = std::path::Path::new("/nowhere");
    let context = Context {
        home: Some(here),
        current: here,
        wait: None,
        nonce: "0123456789abcdef",
    };
    Words::try_parse_from(words).is_ok_and(|words| {
        create::docker(words.args, context).is_ok_and(|settings| {
            settings
                .create
                .job
                .order
                .validated(azure::backend::Site::CLASSIC, &|_: azure::event::Event| {})
                .is_ok()
        })
    })
}

proptest! {
    #[test]
    fn ssh_and_docker_share_no_port(ssh in 1..=u16::MAX, docker in prop_oneof![1..=u16::MAX, 1..=3_u16], same in any::<bool>()) {
        let docker = if same { ssh } else { docker };
        prop_assert_eq!(understood(&ssh.to_string(), &docker.to_string()), ssh != docker);
    }

    #[test]
    fn a_docker_port_that_is_none_is_refused_before_anybody_is_asked(text in "0|65536|[ +-][0-9]{1,5}|[0-9]{1,2}\\.[0-9]|0x[0-9a-f]{1,3}|[a-z]{1,5}") {
        prop_assert!(!understood("22", &text));
    }
}

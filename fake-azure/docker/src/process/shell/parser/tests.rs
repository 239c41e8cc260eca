use std::time::{Duration, Instant};

use super::super::syntax::{Kind, Piece, RedirectionKind};
use super::*;

/// Reads a whole text.
fn read_as(text: &str, dialect: Dialect) -> Result<Vec<Arc<List>>, Stop> {
    let mut parser = Parser::new(text, dialect, 1);
    let mut lines = Vec::new();
    while let Some(line) = parser.next_commands()? {
        lines.push(line);
    }
    Ok(lines)
}

fn read(text: &str) -> Result<Vec<Arc<List>>, Stop> {
    read_as(text, Dialect::Ash)
}

/// Returns the first command of a text.
fn first(text: &str) -> Command {
    let lines = read(text).unwrap();
    let command = &lines[0].items[0].and_or.first.commands[0];
    Command::clone(command)
}

fn words(text: &str) -> Vec<Vec<Piece>> {
    match first(text).kind {
        Kind::Simple(simple) => simple.words.into_iter().map(|word| word.pieces).collect(),
        other => panic!("{other:?}"),
    }
}

fn bare(text: &str) -> Piece {
    Piece::Bare(text.to_owned())
}

fn quoted(text: &str) -> Piece {
    Piece::Quoted(text.to_owned())
}

fn complaint(text: &str) -> String {
    match read(text) {
        Err(Stop::Error(error)) => error.in_ash(),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn quotes_of_each_kind_make_text_literal() {
    assert_eq!(
        words("echo a\\ b"),
        [
            [bare("echo")].to_vec(),
            [bare("a"), quoted(" "), bare("b")].to_vec()
        ]
    );
    assert_eq!(words("'a b'c")[0], [quoted("a b"), bare("c")]);
    assert_eq!(
        words("\"a 'b' \\$ \\x\"")[0],
        [Piece::Double(vec![quoted("a 'b' $ \\x")])]
    );
    assert_eq!(words("$'a\\tb\\x41\\101'")[0], [quoted("a\tbAA")]);
    assert_eq!(words("''")[0], [quoted("")]);
    assert_eq!(words("a\\\nb")[0], [bare("ab")]);
    assert_eq!(words("a # comment"), [[bare("a")]]);
    assert_eq!(words("a#b")[0], [bare("a#b")]);
}

#[test]
fn lines_are_counted() {
    let lines = read("a\n\n\"\n\"\nb c\n").unwrap();
    let line = |index: usize| lines[index].items[0].and_or.first.commands[0].line;

    assert_eq!((line(0), line(1), line(2)), (1, 3, 5));
}

#[test]
fn a_here_document_follows_its_line() {
    let command = first("cat <<A 3<<-'B' && echo\n$x\nA\n\t$y\n\tB\n");
    let texts = command
        .redirections
        .iter()
        .map(|redirection| match &redirection.kind {
            RedirectionKind::HereDocument(text) => text.get().cloned().unwrap().pieces,
            other => panic!("{other:?}"),
        });
    let texts: Vec<_> = texts.collect();

    assert!(matches!(&texts[0][..], [Piece::Parameter(_), Piece::Quoted(end)] if end == "\n"));
    assert_eq!(texts[1], [quoted("$y\n")]);
    assert_eq!(command.redirections[1].descriptor, 3);
}

#[test]
fn complaints_have_the_words_of_ash() {
    for (text, words) in [
        ("fi", "unexpected \"fi\""),
        ("if true", "unexpected end of file (expecting \"then\")"),
        ("case x in", "unexpected end of file (expecting \")\")"),
        ("case", "unexpected end of file (expecting word)"),
        ("case a b", "unexpected word (expecting \"in\")"),
        ("for", "bad for loop variable"),
        ("for 1 in a; do echo; done", "bad for loop variable"),
        (
            "for i in a b do echo $i; done",
            "unexpected \"done\" (expecting \"do\")",
        ),
        (
            "for i in a; { echo $i; }",
            "unexpected \"{\" (expecting \"do\")",
        ),
        ("echo \"abc", "unterminated quoted string"),
        ("echo 'abc", "unterminated quoted string"),
        ("echo `echo a", "EOF in backquote substitution"),
        ("echo ${a", "missing '}'"),
        ("echo ${x:}", "missing '}'"),
        ("echo ${x:-", "missing '}'"),
        ("echo ${}", "bad substitution"),
        ("echo ${x!y}", "bad substitution"),
        ("echo ${1x}", "bad substitution"),
        ("echo ${x^^}", "bad substitution"),
        ("echo $((1", "missing '))'"),
        ("cat <<< hi", "unexpected redirection"),
        ("; echo", "unexpected \";\""),
        ("echo ;; echo", "unexpected \";;\""),
        ("&& a", "unexpected \"&&\""),
        ("a | | b", "unexpected \"|\""),
        ("f( { :; }", "unexpected word (expecting \")\")"),
        ("foo(\necho b", "unexpected newline (expecting \")\")"),
        ("f() { }", "unexpected \"}\""),
        ("f-g() { echo x; }", "bad function name"),
        ("\"f\"() { echo x; }", "bad function name"),
        ("{ echo a; ", "unexpected end of file (expecting \"}\")"),
        ("( echo a", "unexpected end of file (expecting \")\")"),
        ("echo $(echo a", "unexpected end of file (expecting \")\")"),
        ("(a))", "unexpected \")\""),
        ("if () ; then", "unexpected \")\""),
        ("if true; then fi", "unexpected \"fi\""),
        (
            "while true do; done",
            "unexpected \"done\" (expecting \"do\")",
        ),
        (
            "while :; do :",
            "unexpected end of file (expecting \"done\")",
        ),
        ("echo > ", "unexpected end of file"),
        ("!", "unexpected end of file"),
        ("! ! true", "unexpected \"!\""),
        ("a b (", "unexpected \"(\""),
        ("x=1 (echo)", "unexpected \"(\""),
        ("a=(1 2)", "unexpected \"(\""),
        ("case a in a) echo z;& b) echo w;; esac", "unexpected \"&\""),
    ] {
        assert_eq!(complaint(text), format!("syntax error: {words}"), "{text}");
    }
}

#[test]
fn what_goes_on_is_incomplete_and_complete_once_it_ends() {
    for (text, rest) in [
        ("echo", "\n"),
        ("if true\n", "then :; fi\n"),
        ("echo \"a\n", "b\"\n"),
        ("echo 'a\n", "b'\n"),
        ("cat <<E\na\n", "E\n"),
        ("a &&\n", "b\n"),
        ("a |\n", "b\n"),
        ("echo \\\n", "b\n"),
        ("echo $(\n", "a)\n"),
        ("f()\n", "{ :; }\n"),
        ("case a in\n", "esac\n"),
        ("[[ a &&\n", "b ]]\n"),
    ] {
        let mut parser = Parser::growing(Dialect::Ash);
        parser.push(text);
        assert_eq!(parser.next_commands(), Err(Stop::Incomplete), "{text}");
        parser.push(rest);
        assert!(matches!(parser.next_commands(), Ok(Some(_))), "{text}");
        assert_eq!(parser.next_commands(), Err(Stop::Incomplete), "{text}");
        parser.finish();
        assert_eq!(parser.next_commands(), Ok(None), "{text}");
    }
}

#[test]
fn a_line_is_read_before_the_next_one_comes() {
    let mut parser = Parser::growing(Dialect::Ash);
    parser.push("echo a; echo b &\necho");

    let line = parser.next_commands().unwrap().unwrap();
    assert_eq!(line.items.len(), 2);
    assert!(line.items[1].is_background);
    assert_eq!(parser.next_commands(), Err(Stop::Incomplete));
}

#[test]
fn dialects_differ_in_what_they_read() {
    for text in [
        "cat <<< a",
        "(( (a) + 1 ))",
        "for ((i = 0; i < (3); i++)); do :; done",
        "echo ${x^^} ${x,} ${!x}",
        "f-g() { :; }",
        "case a in a) ;& b) ;; esac",
        "a |& b",
    ] {
        assert!(read_as(text, Dialect::Bash).is_ok(), "{text}");
        assert!(read_as(text, Dialect::Ash).is_err(), "{text}");
    }
    for text in [
        "[[ a == b* && ( -f x || ! b =~ ^(a|b)$ ) ]]",
        "[[ a < b ]]",
        "function f { :; }",
        "echo ${x:1:2} ${x/a/b}",
        "a &> b",
    ] {
        assert!(read_as(text, Dialect::Bash).is_ok(), "{text}");
        assert!(read_as(text, Dialect::Ash).is_ok(), "{text}");
    }
}

#[test]
fn deep_nesting_is_refused_on_a_small_stack() {
    let nested = |open: &str, close: &str| format!("{}:{}", open.repeat(9999), close.repeat(9999));
    let texts = [
        nested("( ", ")"),
        nested("{ ", ";}"),
        nested("$(", ")"),
        nested("${x-", "}"),
        nested("\"${x-", "}\""),
        nested("if ", ";then :;fi"),
        nested("while ", ";do :;done"),
        nested("case x in x) ", ";; esac"),
        nested("f() ", ""),
        nested("echo $((", "))"),
        nested("[[ ! ( ", ") ]]"),
        "`".to_owned() + &"\\`".repeat(9999),
    ];
    let small = std::thread::Builder::new().stack_size(1 << 20);
    let done = small.spawn(move || {
        for text in texts {
            assert!(read_as(&text, Dialect::Bash).is_err(), "{}", &text[..30]);
        }
    });
    done.unwrap().join().unwrap();
}

#[test]
fn long_lists_are_read_without_recursion() {
    let many = 50_000;
    for text in [
        "a && ".repeat(many) + "b",
        "a | ".repeat(many) + "b",
        "a;".repeat(many),
        "a\n".repeat(many),
        "if a; then b".to_owned() + &"; elif a; then b".repeat(many) + "; fi",
        "[[ a".to_owned() + &" && a".repeat(many) + " ]]",
    ] {
        let start = Instant::now();
        assert!(read(&text).is_ok(), "{}", &text[..20]);
        assert!(start.elapsed() < Duration::from_secs(10));
    }
}

/// Text that is nearly a script, the same for a seed.
fn garbage(seed: u64) -> String {
    const PARTS: [&str; 72] = [
        "a",
        "b=",
        "$x",
        "${x",
        "}",
        "$(",
        ")",
        "$((",
        "))",
        "`",
        "\"",
        "'",
        "\\",
        "\n",
        " ",
        " ",
        " ",
        ";",
        "&",
        "|",
        "&&",
        "||",
        ";;",
        "<",
        ">",
        "<<E\n",
        "E\n",
        "<<-",
        ">&",
        "2>",
        "(",
        ")",
        "{ ",
        "; }",
        "if ",
        "; then ",
        "; else ",
        "; elif ",
        "; fi",
        "while ",
        "; do ",
        "; done",
        "for i in ",
        "case x in ",
        "x) ",
        "esac",
        "f() ",
        "function ",
        "! ",
        "[[ ",
        " ]]",
        "((",
        ":-",
        "#",
        "##",
        "%",
        "/",
        "*",
        "?",
        "[",
        "]",
        "~",
        "$'",
        "\\n",
        "\u{e9}",
        "\u{1f600}",
        "\0",
        "=~ ",
        "<<<",
        "|&",
        "$!",
        "${#",
    ];
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = move |most: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap() % most
    };
    let length = next(60);
    (0..length).map(|_| PARTS[next(PARTS.len())]).collect()
}

#[test]
fn garbage_is_read_or_refused_and_quickly() {
    let start = Instant::now();
    for seed in 0..20_000 {
        let text = garbage(seed);
        for dialect in [Dialect::Ash, Dialect::Dash, Dialect::Bash] {
            let whole = read_as(&text, dialect);
            assert_ne!(whole, Err(Stop::Incomplete), "{text:?}");
            let mut parser = Parser::growing(dialect);
            parser.push(&text);
            // Each line is text that was read, so there are no more of them than characters.
            let lines =
                (0..=text.len()).take_while(|_| matches!(parser.next_commands(), Ok(Some(_))));
            assert!(lines.count() <= text.len());
        }
    }
    assert!(start.elapsed() < Duration::from_mins(1));
}

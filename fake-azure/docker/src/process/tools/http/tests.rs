use super::*;

#[test]
fn urls_are_taken_apart_and_joined() {
    let url = Url::read("http://me:pw@web:8080/a/b?c=d#e").unwrap();
    assert_eq!(url.user.as_deref(), Some("me:pw"));
    assert_eq!((url.host.as_str(), url.port), ("web", 8080));
    assert_eq!(url.path, "/a/b?c=d");
    assert_eq!(url.authority(), "web:8080");
    assert_eq!(url.file_name(), "b");
    assert_eq!(url.joined("x"), "http://web:8080/a/x");
    assert_eq!(url.joined("/x"), "http://web:8080/x");
    assert_eq!(url.joined("https://z/"), "https://z/");
    assert_eq!(Url::read("web").unwrap().path, "/");
    assert_eq!(Url::read("https://web").unwrap().port, 443);
    assert_eq!(Url::read("http://[::1]:81/").unwrap().host, "[::1]");
    for text in [
        "",
        "http://",
        "http://a:x/",
        "http://a b/",
        "http://a/\r\nx",
    ] {
        assert_eq!(Url::read(text), None, "{text}");
    }
}

#[test]
fn a_head_is_read_or_refused() {
    let (line, code, headers) = read_head(b"HTTP/1.1 200 OK\r\nA: b\r\nC:d\r\n\r\n").unwrap();
    assert_eq!((line.as_str(), code), ("HTTP/1.1 200 OK", 200));
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(headers, [pair("A", "b"), pair("C", "d")]);
    assert_eq!(read_head(b"HTTP/1.1\r\n\r\n"), Err(HttpError::Malformed));
}

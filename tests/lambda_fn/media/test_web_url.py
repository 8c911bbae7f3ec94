import pytest

from lambda_fn.errors import MediaUrlInvalidError
from lambda_fn.media.web_url import WebUrl, parse_web_url


@pytest.mark.parametrize(
    ("url", "parsed"),
    [
        ("https://Example.com", WebUrl("https", "example.com", 443, "/")),
        ("https://example.com:8443/a%20b?c=d#e", WebUrl("https", "example.com", 8443, "/a%20b?c=d")),
        ("http://xn--nxasmq6b.example/~a;b", WebUrl("http", "xn--nxasmq6b.example", 80, "/~a;b")),
        ("https://192.0.2.1/x", WebUrl("https", "192.0.2.1", 443, "/x")),
        ("https://[2001:DB8:0::1]:443?x", WebUrl("https", "2001:db8::1", 443, "/?x")),
        ("https://1.example/", WebUrl("https", "1.example", 443, "/")),
        ("https://a_b.example./x", WebUrl("https", "a_b.example", 443, "/x")),
        ("https://192.0.2.1./x", WebUrl("https", "192.0.2.1", 443, "/x")),
    ],
)
def test_a_plain_url_is_taken_apart(url: str, parsed: WebUrl) -> None:
    assert parse_web_url(url) == parsed


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/b?c", "https://example.com:8443/b?c"),
        ("b", "https://example.com:8443/a/b"),
        ("?x=1", "https://example.com:8443/a/?x=1"),
        ("//other.example/b", "https://other.example/b"),
        ("https://other.example", "https://other.example"),
        ("../../..", "https://example.com:8443/"),
        ("https:\\\\other.example\\a", "https://other.example/a"),
        ("https://b.example\\@c", "https://b.example/@c"),
        ("///other.example/a", "https://other.example/a"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("//\uff25xample.com/", "https://example.com/"),
    ],
)
def test_a_redirect_is_read_from_where_it_is(location: str, target: str) -> None:
    assert parse_web_url("https://example.com:8443/a/").joined(location.encode()) == parse_web_url(target)


def test_a_redirect_from_an_address_keeps_its_brackets() -> None:
    assert parse_web_url("https://[2001:db8::1]/a").joined(b"b") == parse_web_url("https://[2001:db8::1]/b")


@pytest.mark.parametrize("location", ["file:///etc/passwd", "https://a@b.example/", "//[::1/"])
def test_a_redirect_is_checked_like_any_other_url(location: str) -> None:
    with pytest.raises(MediaUrlInvalidError):
        parse_web_url("https://example.com/").joined(location.encode())

"""URLs that must lead nowhere, each with the code that its caller gets."""

from time import monotonic

import pytest

from lambda_fn.errors import MediaError
from tests.lambda_fn.media.conftest import fetch
from tests.lambda_fn.media.servers import FixedNames

REFUSED = "media_url_refused"
INVALID = "media_url_invalid"

NAMES = FixedNames(
    metadata_google_internal=[["169.254.169.254"]],
    localhost=[["127.0.0.1", "::1"]],
    private_example=[["10.1.2.3"]],
    mixed_example=[["93.184.216.34", "10.0.0.1"]],
    mapped_example=[["::ffff:169.254.169.254"]],
    translated_example=[["64:ff9b::a9fe:a9fe"]],
    tunnelled_example=[["2002:a9fe:a9fe::1"]],
    metadata6_example=[["fd00:ec2::254"]],
    linklocal_example=[["fe80::1%1"]],
)

NAMED = {
    "https://metadata.google.internal/computeMetadata/v1/": REFUSED,
    "https://localhost/": REFUSED,
    "https://private.example/": REFUSED,
    "https://mixed.example/": REFUSED,
    "https://mapped.example/": REFUSED,
    "https://translated.example/": REFUSED,
    "https://tunnelled.example/": REFUSED,
    "https://metadata6.example/": REFUSED,
    "https://linklocal.example/": REFUSED,
    "https://nobody.example/": REFUSED,
}
ADDRESSES = {
    "https://169.254.169.254/latest/meta-data/": REFUSED,
    "https://169.254.170.2/v2/credentials": REFUSED,
    "https://127.0.0.1/": REFUSED,
    "https://0.0.0.0/": REFUSED,
    "https://10.0.0.1/": REFUSED,
    "https://172.16.0.1/": REFUSED,
    "https://192.168.0.1/": REFUSED,
    "https://100.64.0.1/": REFUSED,
    "https://224.0.0.1/": REFUSED,
    "https://255.255.255.255/": REFUSED,
    "https://[::]/": REFUSED,
    "https://[::1]/": REFUSED,
    "https://[fd00:ec2::254]/latest/meta-data/": REFUSED,
    "https://[fe80::1]/": REFUSED,
    "https://[::ffff:169.254.169.254]/": REFUSED,
    "https://[::ffff:a9fe:a9fe]/": REFUSED,
    "https://[::169.254.169.254]/": REFUSED,
    "https://[64:ff9b::169.254.169.254]/": REFUSED,
    "https://[2002:a9fe:a9fe::1]/": REFUSED,
    "https://[2001:0:a9fe:a9fe::1]/": REFUSED,
}
SPELLINGS = {
    "https://2852039166/": INVALID,  # 169.254.169.254 as one number
    "https://2130706433/": INVALID,
    "https://0xa9fea9fe/": INVALID,
    "https://0xA9.0xFE.0xA9.0xFE/": INVALID,
    "https://025177524776/": INVALID,
    "https://0251.0376.0251.0376/": INVALID,
    "https://0177.0.0.1/": INVALID,
    "https://127.1/": INVALID,
    "https://127.0.1/": INVALID,
    "https://0/": INVALID,
    "https://169.254.43518/": INVALID,
    "https://169.254.169.254./": REFUSED,
    "https://localhost./": REFUSED,
    "https://localhost../": INVALID,
    "https://127.0.0.1.0x0/": INVALID,
    "https://1.2.3.4.5/": INVALID,
    "https://256.0.0.1/": INVALID,
    "https://127.0.0.001/": INVALID,
    "https://169.254.169.254:080/": INVALID,
    "https://169\u3002254\u3002169\u3002254/": INVALID,  # full stops of Chinese
    "https://169\uff0e254\uff0e169\uff0e254/": INVALID,
    "https://\u2460\u2465\u2468.\u2461\u2464\u2463.\u2460\u2465\u2468.\u2461\u2464\u2463/": INVALID,
    "https://\uff11\uff12\uff17.0.0.1/": INVALID,
    "https://loc\u00adalhost/": INVALID,  # a soft hyphen, which IDNA drops
    "https://\u24dbocalhost/": INVALID,
    "https://\u017f3.example/": INVALID,
    "https://[::1%25lo]/": INVALID,
    "https://[fe80::1%eth0]/": INVALID,
    "https://[::ffff:0x7f.1]/": INVALID,
    "https://[::1/": INVALID,
    "https://::1/": INVALID,
    "https://%31%32%37.0.0.1/": INVALID,
    "https://127%2e0%2e0%2e1/": INVALID,
}
AUTHORITIES = {
    "https://example.com@169.254.169.254/": INVALID,
    "https://169.254.169.254@example.com/": INVALID,
    "https://user:secret@example.com/": INVALID,
    "https://@example.com/": INVALID,
    "https://example.com:443@10.0.0.1/": INVALID,
    "https://example.com\\@10.0.0.1/": INVALID,
    "https://10.0.0.1\\.example.com/": INVALID,
    "https:\\\\10.0.0.1/": INVALID,
    "https://example.com#@10.0.0.1/": REFUSED,  # that is a fragment, and example.com has no address here
    "https://example.com:443:80/": INVALID,
    "https://example.com:0/": INVALID,
    "https://example.com:99999/": INVALID,
    "https://example.com:+443/": INVALID,
    "https://example.com:22/": REFUSED,
    "https://example.com:8080/": REFUSED,
    "https://example.com:6379/": REFUSED,
    "https://-example.com/": INVALID,
    "https://exa_mple.com/": REFUSED,
    "https://example..com/": INVALID,
    f"https://{'a' * 64}.example/": INVALID,
    f"https://{'a.' * 130}example/": INVALID,
    "https:///etc/passwd": INVALID,
    "https://": INVALID,
    "https:/10.0.0.1/": INVALID,
    "https:10.0.0.1/": INVALID,
    "//10.0.0.1/": INVALID,
    "10.0.0.1": INVALID,
    "": INVALID,
}
SCHEMES = {
    "http://example.com/a.png": REFUSED,
    "http://169.254.169.254/latest/meta-data/": REFUSED,
    "file:///etc/passwd": INVALID,
    "file://127.0.0.1/etc/passwd": INVALID,
    "ftp://example.com/a.png": INVALID,
    "gopher://127.0.0.1:6379/_INFO": INVALID,
    "dict://127.0.0.1:11211/stats": INVALID,
    "ldap://127.0.0.1/": INVALID,
    "data:image/png;base64,iVBORw0KGgo=": INVALID,
    "jar:https://example.com!/": INVALID,
    "javascript:alert(1)": INVALID,
    "ws://example.com/": INVALID,
    "netdoc:///etc/passwd": INVALID,
    "url:https://example.com/": INVALID,
}
CHARACTERS = {
    " https://example.com/": INVALID,
    "https://example.com/ ": INVALID,
    "https://example.com/a b": INVALID,
    "https://exam\tple.com/": INVALID,
    "https://example.com/\r\nHost: 10.0.0.1": INVALID,
    "https://example.com/\0.png": INVALID,
    "https://example.com/\x7f": INVALID,
    "https://example.com/\u202egnp.exe": INVALID,
    "https://example.com/\ud800": INVALID,
    "https://example.com/<script>": INVALID,
    f"https://example.com/{'a' * 4096}": INVALID,
    "h" * 1_000_000: INVALID,
}
BUCKETS = {
    "s3://somebody-elses/a.png": REFUSED,
    "s3://": INVALID,
    "s3:///a.png": INVALID,
    "s3://bucket": INVALID,
    "s3://bucket/": INVALID,
    "s3://Bucket/a.png": INVALID,
    "s3://bucket:80/a.png": INVALID,
    "s3://user@bucket/a.png": INVALID,
    "s3://arn:aws:s3:eu-central-1:1:accesspoint/x/a.png": INVALID,
    "s3://bucket/../other/a.png": INVALID,
    "s3://bucket/a/./b.png": INVALID,
    "s3://bucket//a.png": INVALID,
    "s3://bucket/a\nb.png": INVALID,
    "s3://bucket/a\0.png": INVALID,
    f"s3://bucket/{'ä' * 513}": INVALID,
    "S3://bucket/a.png": INVALID,
}
TABLE = NAMED | ADDRESSES | SPELLINGS | AUTHORITIES | SCHEMES | CHARACTERS | BUCKETS


@pytest.mark.parametrize(("url", "code"), TABLE.items(), ids=lambda value: ascii(value)[:60])
def test_a_hostile_url_leads_nowhere(url: str, code: str) -> None:
    started = monotonic()
    with pytest.raises(MediaError) as raised:
        fetch(url, NAMES)
    assert raised.value.code == code
    assert monotonic() - started < 1
    assert len(url) < 10 or url not in str(raised.value)


def test_the_table_is_long() -> None:
    assert len(TABLE) > 100


def test_names_that_lead_inside_and_names_that_do_not_exist_are_not_told_apart() -> None:
    told = set()
    for host in ("private.example", "nobody.example", "metadata.google.internal"):
        with pytest.raises(MediaError) as raised:
            fetch(f"https://{host}/", NAMES)
        told.add((raised.value.code, str(raised.value)))
    assert len(told) == 1

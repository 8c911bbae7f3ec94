import re

from starlette.testclient import TestClient

from lambda_fn.http.openapi import PAGE


def test_the_front_door_leads_to_the_docs(client: TestClient) -> None:
    response = client.get("/", follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (307, "/docs")
    assert client.get("/docs").headers["content-type"].startswith("text/html")


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert "//" not in re.sub(r"^\s*//.*$", "", page, flags=re.MULTILINE)
    assert 'fetch("openapi.json")' in page


def test_the_page_sends_a_key_and_keeps_none() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert '<input id="key" type="password" autocomplete="off"' in page
    assert '"x-api-key": key' in page
    assert "localStorage" not in page
    assert "sessionStorage" not in page

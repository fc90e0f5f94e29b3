"""Who may read the minutes, and in what form."""

from __future__ import annotations

import io
import zipfile

import pytest

from meetings.people import Person
from tests.integration.web.conftest import HOST, MEETING, MEMBER, VIEWER, Site

pytestmark = pytest.mark.anyio

HTML = f"/api/meetings/{MEETING}/minutes.html"
DOCX = f"/api/meetings/{MEETING}/minutes.docx"


async def test_the_host_reads_them_at_any_time(site: Site) -> None:
    """Also before the meeting; a page that runs nothing."""
    answer = await site.http.get(HTML, headers=site.bearer(HOST))
    assert answer.status_code == 200
    assert "雨季积水协商会" in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src")
    assert answer.headers["cache-control"] == "no-store"


async def test_they_come_as_a_document(site: Site) -> None:
    """Named after the meeting, in a way that browsers understand."""
    answer = await site.http.get(DOCX, headers=site.bearer(HOST))
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; filename=minutes.docx; filename*=UTF-8''%E9%9B%A8")
    text = zipfile.ZipFile(io.BytesIO(answer.content)).read("word/document.xml").decode()
    assert "雨季积水协商会" in text


@pytest.mark.parametrize("person", [MEMBER, VIEWER])
async def test_others_read_them_once_the_meeting_is_closed(site: Site, person: Person) -> None:
    """Before, it is refused."""
    headers = site.bearer(person)
    before = await site.http.get(HTML, headers=headers)
    assert (before.status_code, before.json()["code"]) == (403, "authority.forbidden")
    await site.close()
    assert (await site.http.get(HTML, headers=headers)).status_code == 200


async def test_a_token_of_another_meeting_opens_nothing(site: Site) -> None:
    """Not even a host's."""
    answer = await site.http.get(HTML, headers=site.bearer(HOST, meeting="m2"))
    assert (answer.status_code, answer.json()["code"]) == (403, "authority.forbidden")


async def test_a_meeting_that_is_gone_is_unknown(site: Site) -> None:
    """The token is good, the record isn't there."""
    answer = await site.http.get(
        "/api/meetings/m2/minutes.html", headers=site.bearer(HOST, meeting="m2")
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "meeting.unknown")


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        (None, "token.missing"),
        ("Basic abc", "token.missing"),
        ("Bearer", "token.missing"),
        ("Bearer forged.token", "token.invalid"),
        ("Bearer " + "A" * 5000, "token.invalid"),
    ],
)
async def test_without_a_token_nothing_is_told(
    site: Site, authorization: str | None, code: str
) -> None:
    """Each way has its code."""
    headers = {} if authorization is None else {"authorization": authorization}
    answer = await site.http.get(HTML, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, code)


async def test_an_expired_token_is_told_apart(site: Site) -> None:
    """So that the client can say: ask for a new link."""
    headers = site.bearer(HOST)
    site.now_s[0] += 31 * 86_400
    answer = await site.http.get(HTML, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "token.expired")

"""The minutes over HTTP: who may edit, sign, publish and read them, and in what form."""

from __future__ import annotations

import io
import sys
import zipfile
from typing import Any

import pytest

from meetings.commands import (
    HideComment,
    Join,
    PostComment,
    Readmit,
    RemovePerson,
)
from meetings.people import Person, Role
from tests.integration.web.conftest import HOST, MEETING, MEMBER, VIEWER, Site

pytestmark = pytest.mark.anyio

BASE = f"/api/meetings/{MEETING}/minutes"
HTML = f"{BASE}/record.html"
DRAFT = f"{BASE}/draft"
CLERK = Person(id="clerk", name="何书记员", role=Role.CLERK)


async def draft_of(site: Site, person: Person = HOST) -> dict[str, Any]:
    answer = await site.http.get(DRAFT, headers=site.bearer(person))
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read


async def save(site: Site, revision: int, draft: dict[str, Any]) -> dict[str, Any]:
    body = {"revision": revision, "draft": draft}
    answer = await site.http.put(DRAFT, headers=site.bearer(CLERK), json=body)
    assert answer.status_code == 200, answer.text
    saved: dict[str, Any] = answer.json()
    return saved


def note(text: str) -> dict[str, Any]:
    return {"id": "n1", "kind": "note", "item": 1, "sources": [1], "text": text}


async def publish(site: Site, text: str = "会上出示了照片。") -> dict[str, Any]:
    """A clerk's draft, signed by both and published, of a closed meeting."""
    await site.say(CLERK, Join())
    await site.close()
    draft = (await draft_of(site))["draft"]
    saved = await save(site, 0, {**draft, "blocks": [note(text)]})
    for path, person in (("sign", HOST), ("sign", CLERK), ("publish", CLERK)):
        answer = await site.http.post(f"{BASE}/{path}", headers=site.bearer(person), json=saved)
        assert answer.status_code == 200, answer.text
    return saved


# --- drafting


async def test_the_desk_gets_the_draft_that_the_record_gives(site: Site) -> None:
    """With what the editor needs: items, and links into the recording."""
    read = await draft_of(site)
    assert (read["revision"], read["sha256"], read["additions"]) == (0, "", [])
    assert read["draft"]["title"] == "雨季积水协商会"
    assert read["items"] == [{"id": 1, "number": 1, "title": "积水治理"}]
    assert read["needed"] == ["host"]
    await site.say(CLERK, Join())
    assert (await draft_of(site, CLERK))["needed"] == ["host", "clerk"]


async def test_a_saved_draft_is_the_one_that_is_read(site: Site) -> None:
    draft = {**(await draft_of(site))["draft"], "blocks": [note("会上出示了照片。")]}
    saved = await save(site, 0, draft)
    assert saved["revision"] == 1
    read = await draft_of(site)
    assert (read["revision"], read["sha256"]) == (1, saved["sha256"])
    assert read["draft"]["blocks"][0]["text"] == "会上出示了照片。"
    page = await site.http.get(HTML, headers=site.bearer(HOST))
    assert "会上出示了照片。" in page.text
    assert saved["sha256"] in page.text


async def test_who_was_too_late_is_told(site: Site) -> None:
    """And overwrites nothing."""
    draft = (await draft_of(site))["draft"]
    await save(site, 0, draft)
    for revision in (0, 2):
        body = {"revision": revision, "draft": {**draft, "title": "别的"}}
        late = await site.http.put(DRAFT, headers=site.bearer(HOST), json=body)
        assert (late.status_code, late.json()["code"]) == (409, "draft.conflict")
    assert (await draft_of(site))["draft"]["title"] == "雨季积水协商会"
    await save(site, 1, draft)


async def test_a_draft_has_to_fit_the_record(site: Site) -> None:
    draft = (await draft_of(site))["draft"]
    body = {"revision": 0, "draft": {**draft, "blocks": [{**note("?"), "item": 9}]}}
    answer = await site.http.put(DRAFT, headers=site.bearer(HOST), json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "draft.invalid")
    assert "n1" in answer.json()["detail"]


@pytest.mark.parametrize("body", [b"", b"{}", b'{"revision": 0, "draft": {}, "more": 1}', b"[1]"])
async def test_what_is_no_draft_is_refused(site: Site, body: bytes) -> None:
    answer = await site.http.put(DRAFT, headers=site.bearer(HOST), content=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "body.invalid")


async def test_a_draft_that_is_too_large_is_refused(site: Site) -> None:
    answer = await site.http.put(DRAFT, headers=site.bearer(HOST), content=b" " * 2_000_001)
    assert (answer.status_code, answer.json()["code"]) == (413, "body.too_large")


@pytest.mark.parametrize("person", [MEMBER, VIEWER])
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "draft"), ("PUT", "draft"), ("POST", "sign"), ("POST", "publish")],
)
async def test_drafts_are_for_the_desk(site: Site, person: Person, method: str, path: str) -> None:
    await site.close()
    answer = await site.http.request(method, f"{BASE}/{path}", headers=site.bearer(person))
    assert (answer.status_code, answer.json()["code"]) == (403, "authority.forbidden")


async def test_drafts_have_a_bound(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last revision that fits is saved."""
    monkeypatch.setattr("web.revisions.REVISIONS_MAX", 1)
    draft = (await draft_of(site))["draft"]
    await save(site, 0, draft)
    body = {"revision": 1, "draft": {**draft, "title": "别的"}}
    answer = await site.http.put(DRAFT, headers=site.bearer(HOST), json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "draft.too_many")


# --- signing and publishing


async def test_only_the_newest_revision_as_it_is_kept_is_signed(site: Site) -> None:
    await site.close()
    draft = (await draft_of(site))["draft"]
    first = await save(site, 0, draft)
    second = await save(site, 1, {**draft, "title": "雨季积水"})
    headers = site.bearer(HOST)
    for named in (first, {**second, "sha256": "0" * 64}, {**second, "revision": 3}):
        answer = await site.http.post(f"{BASE}/sign", headers=headers, json=named)
        assert (answer.status_code, answer.json()["code"]) == (409, "draft.conflict")
    answer = await site.http.post(f"{BASE}/sign", headers=headers, json=second)
    assert answer.status_code == 200


async def test_the_rules_of_the_meeting_hold(site: Site) -> None:
    """A refusal of the record comes with its code, and is not remembered."""
    saved = await save(site, 0, (await draft_of(site))["draft"])
    headers = site.bearer(HOST)
    await site.say(HOST, Join())
    early = await site.http.post(f"{BASE}/sign", headers=headers, json=saved)
    assert (early.status_code, early.json()["code"]) == (409, "meeting.not_closed")
    await site.close()
    unsigned = await site.http.post(f"{BASE}/publish", headers=headers, json=saved)
    assert (unsigned.status_code, unsigned.json()["code"]) == (409, "minutes.not_signed")
    for path in ("sign", "publish"):
        done = await site.http.post(f"{BASE}/{path}", headers=headers, json=saved)
        assert done.status_code == 200, done.text


async def test_published_minutes_are_not_edited(site: Site) -> None:
    saved = await publish(site)
    body = {"revision": saved["revision"], "draft": (await draft_of(site))["draft"]}
    answer = await site.http.put(DRAFT, headers=site.bearer(HOST), json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "minutes.published")


# --- reading


async def test_the_desk_reads_them_at_any_time(site: Site) -> None:
    """Also before the meeting; a page that runs nothing."""
    answer = await site.http.get(HTML, headers=site.bearer(HOST))
    assert answer.status_code == 200
    assert "雨季积水协商会" in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("form", ["record", "summary", "results", "attendance"])
async def test_they_come_as_documents(site: Site, form: str) -> None:
    """Named after the meeting, in a way that browsers understand."""
    answer = await site.http.get(f"{BASE}/{form}.docx", headers=site.bearer(HOST))
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith(f"attachment; filename={form}.docx; filename*=UTF-8''%E9%9B%A8")
    text = zipfile.ZipFile(io.BytesIO(answer.content)).read("word/document.xml").decode()
    assert "雨季积水协商会" in text


async def test_they_come_as_pdf(site: Site) -> None:
    answer = await site.http.get(f"{BASE}/summary.pdf", headers=site.bearer(HOST))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


async def test_without_the_extra_there_is_no_pdf(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    answer = await site.http.get(f"{BASE}/summary.pdf", headers=site.bearer(HOST))
    assert (answer.status_code, answer.json()["code"]) == (501, "pdf.unavailable")


async def test_without_a_chinese_font_there_is_no_pdf(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no page of boxes either."""
    monkeypatch.setattr("meetings.minutes.typeset.SONG", ("No such font",))
    monkeypatch.setattr("meetings.minutes.typeset.HEI", ())
    answer = await site.http.get(f"{BASE}/summary.pdf", headers=site.bearer(HOST))
    assert (answer.status_code, answer.json()["code"]) == (501, "pdf.font_missing")


@pytest.mark.parametrize("person", [MEMBER, VIEWER])
async def test_others_read_them_once_they_are_published(site: Site, person: Person) -> None:
    """Before, it is refused, also after the close: a draft is nobody else's."""
    headers = site.bearer(person)
    before = await site.http.get(HTML, headers=headers)
    assert (before.status_code, before.json()["code"]) == (403, "minutes.not_published")
    await publish(site)
    after = await site.http.get(HTML, headers=headers)
    assert after.status_code == 200
    assert "会上出示了照片。" in after.text
    assert "在线签署" in after.text
    assert "草稿" not in after.text


async def test_what_is_hidden_after_publication_is_not_shown_any_more(site: Site) -> None:
    """Though the text that was signed stays the same."""
    await site.say(VIEWER, Join(), PostComment(text="三楼张某的电话是……"))
    comment = (await site.meetings.live(MEETING)).meeting.offset
    await publish(site)
    headers = site.bearer(VIEWER)
    assert "三楼张某" in (await site.http.get(HTML, headers=headers)).text
    await site.say(HOST, HideComment(comment=comment, reason="privacy"))
    page = (await site.http.get(HTML, headers=headers)).text
    assert "三楼张某" not in page
    assert "已隐藏1条（泄露隐私1条）" in page


async def test_a_revision_that_is_not_what_was_signed_is_not_shown(
    site: Site, tmp_path: Any
) -> None:
    """Somebody changed the file: an error of the service, without a word about the text."""
    await publish(site)
    path = tmp_path / "minutes" / MEETING / "000001.json"
    path.write_bytes(path.read_bytes().replace("会上".encode(), "会后".encode()))
    with pytest.raises(OSError, match="not what was signed"):
        await site.http.get(HTML, headers=site.bearer(VIEWER))


@pytest.mark.parametrize("name", ["minutes.html", "record.txt", "record", "..%2fdraft.html", "."])
async def test_there_are_no_other_forms(site: Site, name: str) -> None:
    answer = await site.http.get(f"{BASE}/{name}", headers=site.bearer(HOST))
    assert (answer.status_code, answer.json()["code"]) == (404, "http.not_found")


# --- tokens


async def test_a_token_of_another_meeting_opens_nothing(site: Site) -> None:
    """Not even a host's."""
    answer = await site.http.get(HTML, headers=site.bearer(HOST, meeting="m2"))
    assert (answer.status_code, answer.json()["code"]) == (403, "authority.forbidden")


async def test_a_meeting_that_is_gone_is_unknown(site: Site) -> None:
    """The token is good, the record isn't there."""
    answer = await site.http.get(
        "/api/meetings/m2/minutes/record.html", headers=site.bearer(HOST, meeting="m2")
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


# --- who was put out


OUT = RemovePerson(person=CLERK.id, reason="冒用他人链接")


async def test_who_was_put_out_of_the_desk_reads_no_draft(site: Site) -> None:
    """Nor what is not published yet, until readmitted."""
    await site.say(CLERK, Join())
    await site.say(HOST, Join(), OUT)
    for path in (DRAFT, HTML):
        refused = await site.http.get(path, headers=site.bearer(CLERK))
        assert refused.status_code == 403, path
    await site.say(HOST, Readmit(person=CLERK.id))
    assert (await site.http.get(DRAFT, headers=site.bearer(CLERK))).status_code == 200


async def test_who_was_put_out_reads_what_is_published_as_everybody_may(site: Site) -> None:
    await site.say(MEMBER, Join())
    await site.say(HOST, Join(), RemovePerson(person=MEMBER.id, reason="反复打断发言"))
    await publish(site)
    assert (await site.http.get(DRAFT, headers=site.bearer(MEMBER))).status_code == 403
    assert (await site.http.get(HTML, headers=site.bearer(MEMBER))).status_code == 200

"""Recordings, from the sealed minute to the deletion: in the record, on the disk, over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from media.segments.disk import DELETED, JOURNAL, DiskStore
from media.segments.port import Ended, encode_entry
from media.segments.seals import Whole, seal, unsealed
from meetings import events as ev
from meetings.commands import CloseMeeting, DeleteRecording, HoldRecording, Join, OpenMeeting
from meetings.proof.contents import FileLine
from meetings.proof.export import export
from meetings.proof.faults import Fault, Report
from meetings.proof.keys import SigningKey
from meetings.proof.verify import Verifier
from meetings.record.port import read_all
from meetings.recording.rules import DAY_MS
from tests.fixtures.parts import part, started
from tests.integration.web.conftest import HOST, MEETING, MEMBER, ROOM, VIEWER, Site
from web.app import build_app
from web.cli import main
from web.metrics import Metrics
from web.proof import Damage, check_recording, recording_sums
from web.recordings import MP4, SEAL_SEGMENTS, Recordings
from web.retention import Retention
from web.routes import recordings as recordings_routes

pytestmark = pytest.mark.anyio

KEY = SigningKey(b"k" * 32)


class Archive:
    """Recordings of one meeting, with a clock of their own."""

    def __init__(self, site: Site, folder: Path, retention: Retention) -> None:
        self.site = site
        self.folder = folder / MEETING
        self.now_ms = 0
        self.forgotten: list[str] = []
        self.recordings = Recordings(
            site.record,
            site.meetings,
            folder,
            serving=lambda: (MEETING,),
            clock_ms=lambda: self.now_ms,
            timezone="Asia/Shanghai",
            retention=retention,
            forget=self.forgotten.append,
        )
        self.store = DiskStore(self.folder)
        self.store.claim()
        self.store.put("1.mp4", b"init")
        self.store.note(started(1))
        self.segments = 0

    def record(self, segments: int) -> None:
        """So many more segments, each of one part."""
        for number in range(self.segments, self.segments + segments):
            content = number.to_bytes(2, "big") * 50
            self.store.append(f"1-{number}.m4s", content)
            self.store.note(part(1, number, 0).model_copy(update={"last": True}))
        self.segments += segments
        for whole in unsealed(self.store.journal(), over=True):
            self.store.note(seal(self.store, whole))

    def end(self) -> None:
        self.store.note(Ended(at_ms=1))

    async def look(self) -> None:
        await self.recordings.look(MEETING)

    async def entries(self) -> list[ev.Event]:
        """What the record says of the recording."""
        told = await read_all(self.site.record, MEETING)
        return [entry.event for entry in told if isinstance(entry.event, ev.RecordingEvent)]

    async def verify(self) -> tuple[Report, list[Damage]]:
        """Export, then check the export and the folder."""

        async def files() -> list[FileLine]:
            return await asyncio.to_thread(recording_sums, self.folder)

        verifier = Verifier()
        async for line in export(self.site.record, MEETING, KEY, at_ms=10**13, files=files):
            verifier.feed(line)
        report = verifier.finish()
        return report, list(check_recording(report, self.folder, lambda _done, _size: None))


@pytest.fixture
def archive(site: Site, tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(site, tmp_path, Retention(1, {ROOM: 90}))
    yield archive
    archive.store.release()


async def held(archive: Archive, segments: int) -> None:
    """A meeting that is over, and its recording complete."""
    await archive.site.say(HOST, Join(), OpenMeeting())
    archive.record(segments)
    archive.end()
    await archive.site.say(HOST, CloseMeeting())
    await archive.look()


async def test_a_minute_of_stream_is_sealed_together_and_the_rest_at_the_close(
    archive: Archive,
) -> None:
    """By the service itself, and not again when nothing came."""
    await archive.site.say(HOST, Join(), OpenMeeting())
    archive.record(SEAL_SEGMENTS - 1)
    await archive.look()
    assert await archive.entries() == []
    archive.record(1)
    await archive.look()
    await archive.look()
    (first,) = await archive.entries()
    assert isinstance(first, ev.RecordingSealed)
    assert (first.files, first.through, first.complete) == (61, 59, False)
    archive.record(3)
    archive.end()
    await archive.look()
    assert len(await archive.entries()) == 1
    await archive.site.say(HOST, CloseMeeting())
    await archive.look()
    await archive.look()
    _, last = await archive.entries()
    assert isinstance(last, ev.RecordingSealed)
    assert (last.files, last.through, last.complete) == (64, 62, True)
    entries = await read_all(archive.site.record, MEETING)
    assert entries[-1].actor is None


async def test_a_service_that_was_killed_goes_on_sealing_where_it_was(archive: Archive) -> None:
    await archive.site.say(HOST, Join(), OpenMeeting())
    archive.record(SEAL_SEGMENTS)
    await archive.look()
    again = Recordings(
        archive.site.record, archive.site.meetings, archive.folder.parent,
        serving=tuple, clock_ms=lambda: 0, timezone="Asia/Shanghai",
    )  # fmt: skip
    archive.record(SEAL_SEGMENTS)
    await again.look(MEETING)
    assert [
        one.files for one in await archive.entries() if isinstance(one, ev.RecordingSealed)
    ] == [
        61,
        121,
    ]
    report, damage = await archive.verify()
    assert (report.sound, damage, report.sealed) == (True, [], 121)


@pytest.mark.parametrize("before_export", [True, False])
@pytest.mark.parametrize("harm", ["flip", "delete", "swap", "add"])
async def test_what_was_done_to_a_recording_is_named(
    archive: Archive, harm: str, *, before_export: bool
) -> None:
    """The first file that is another, missing or added; also if the export was made afterwards."""
    await held(archive, 5)
    folder = archive.folder

    def tamper() -> None:
        one, two = folder / "1-2.m4s", folder / "1-3.m4s"
        match harm:
            case "flip":
                one.write_bytes(one.read_bytes()[:-1] + b"\xff")
            case "delete":
                one.unlink()
            case "swap":
                first, second = one.read_bytes(), two.read_bytes()
                one.write_bytes(second)
                two.write_bytes(first)
            case _:
                (folder / "1-9.m4s").write_bytes(b"never recorded")

    if before_export:
        tamper()
        report, damage = await archive.verify()
    else:
        report, _ = await archive.verify()
        tamper()
        damage = list(check_recording(report, folder, lambda _done, _size: None))
    assert report.sound
    if harm == "add" and before_export:
        # It stands in the list, but in no seal: one more than the record knows.
        assert len(report.files) == report.sealed + 1
        return
    assert (
        damage[0]
        == {
            "flip": Damage("1-2.m4s", Fault.CHANGED),
            "delete": Damage("1-2.m4s", Fault.MISSING),
            "swap": Damage("1-2.m4s", Fault.CHANGED),
            "add": Damage("1-9.m4s", Fault.ADDED),
        }[harm]
    )


async def test_sums_that_were_changed_with_the_files_do_not_fit_the_record(
    archive: Archive,
) -> None:
    """Whoever rewrites the journal too is told by the roots, to the minute."""
    await archive.site.say(HOST, Join(), OpenMeeting())
    archive.record(SEAL_SEGMENTS)
    await archive.look()
    archive.record(3)
    archive.end()
    await archive.site.say(HOST, CloseMeeting())
    await archive.look()
    (archive.folder / "1-61.m4s").write_bytes(b"another")
    journal = archive.folder / JOURNAL
    lines = journal.read_bytes().splitlines(keepends=True)
    sealed = [n for n, line in enumerate(lines) if b'"sealed","segment":61,' in line]
    (line,) = sealed
    store = DiskStore(archive.folder)
    lines[line] = encode_entry(seal(store, Whole(61, ("1-61.m4s",))))
    journal.write_bytes(b"".join(lines))
    report, _ = await archive.verify()
    (problem,) = report.problems
    assert (problem.fault, problem.what) == (Fault.RERECORDED, "file 62-64")


async def test_a_rule_deletes_files_and_keeps_their_sums(archive: Archive) -> None:
    """
    Ninety days after the close by a moved clock, as the room has it and not the service; the export
    still proves what there was.
    """
    await held(archive, 4)
    live = await archive.site.meetings.live(MEETING)
    assert live.meeting.closed_ms is not None
    due_ms = live.meeting.closed_ms + 90 * DAY_MS
    archive.now_ms = due_ms - 1
    await archive.look()
    assert (archive.folder / "1-0.m4s").is_file()
    archive.now_ms = due_ms
    archive.site.now_s[0] = due_ms / 1_000
    await archive.look()
    assert [path.name for path in archive.folder.iterdir()] == [DELETED]
    deleted = (await archive.entries())[-1]
    assert isinstance(deleted, ev.RecordingDeleted)
    assert (deleted.days, deleted.files) == (90, 5)
    assert archive.forgotten == [MEETING]
    report, _ = await archive.verify()
    assert (report.sound, report.deleted, len(report.files)) == (True, True, 5)


async def test_what_is_held_stays_whatever_the_clock_says(archive: Archive) -> None:
    await held(archive, 2)
    await archive.site.say(HOST, HoldRecording(reason="有人申诉"))
    archive.now_ms = 10**14
    archive.site.now_s[0] = 10**11
    await archive.look()
    assert (archive.folder / "1-0.m4s").is_file()


async def test_an_open_meeting_loses_nothing(archive: Archive) -> None:
    await archive.site.say(HOST, Join(), OpenMeeting())
    archive.record(2)
    archive.now_ms = 10**14
    await archive.look()
    assert (archive.folder / "1-0.m4s").is_file()


async def test_a_deletion_that_was_cut_short_is_taken_up_again(archive: Archive) -> None:
    """The record leads: it said so before the first file went."""
    await held(archive, 2)
    await archive.site.say(HOST, DeleteRecording(reason="居民要求"))
    (archive.folder / "1-0.m4s").unlink()
    await archive.look()
    assert [path.name for path in archive.folder.iterdir()] == [DELETED]


async def test_the_desk_downloads_one_file_and_nobody_else(archive: Archive) -> None:
    """By a ticket that opens nothing else; ranges are answered."""
    site = archive.site
    routes = recordings_routes.routes(
        archive.recordings, site.meetings, site.invitations, b"s" * 32
    )
    app = build_app(routes, Metrics())
    path = f"/api/meetings/{MEETING}/recording"
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://site"
    ) as http:
        early = await http.post(path, headers=site.bearer(HOST))
        assert (early.status_code, early.json()["code"]) == (404, "livestream.unknown")
        await held(archive, 2)
        (archive.folder / MP4).write_bytes(b"0123456789")
        for person in (MEMBER, VIEWER):
            refused = await http.post(path, headers=site.bearer(person))
            assert (refused.status_code, refused.json()["code"]) == (403, "authority.forbidden")
        assert (await http.post(path)).status_code == 401
        url = (await http.post(path, headers=site.bearer(HOST))).json()["url"]
        whole = await http.get(url)
        assert (whole.status_code, whole.content) == (200, b"0123456789")
        assert "attachment" in whole.headers["content-disposition"]
        some = await http.get(url, headers={"range": "bytes=2-4"})
        assert (some.status_code, some.content) == (206, b"234")
        assert (await http.get(url.replace(MEETING, "m2"))).status_code == 403
        assert (await http.get(url.split("?")[0])).status_code == 403
        assert (await http.get(url + "x")).status_code == 403


def test_the_command_line_says_that_nothing_was_recorded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(tmp_path / "data")]
    assert main(["new", "会", *data]) == 0
    assert main(["meetings", *data]) == 0
    one = capsys.readouterr().out.split()[-5:]
    meeting_id = next(word for word in one if len(word) > 10)
    assert main(["retention", *data]) == 0
    assert "未闭会" in capsys.readouterr().out
    assert main(["recording", meeting_id, "-o", str(tmp_path / "m.mp4"), *data]) == 2
    assert "没有录像" in capsys.readouterr().err
    assert not (tmp_path / "m.mp4").exists()

"""Viewers wait for the next part and get it when it is there, never something else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from media import livestream as module
from media.control import Part, ProgrammeState
from media.livestream import CACHED_MAX, Livestream, NotYet, TooFarAhead
from media.programme.playlist import LIVE, RECORDING
from media.programme.renditions import LOW, RENDITIONS, SOUND
from media.programme.timing import Timing
from media.segments import names
from media.segments.memory import MemoryStore
from media.segments.port import Ended, UnknownFile
from tests.fixtures.parts import part, run_of, started


class Writer:
    """A worker: writes parts, and may report them."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.store.claim()

    def begin(self, run: int, timing: Timing | None = None) -> None:
        inits = [names.init_file(run, rendition.mark) for rendition in RENDITIONS]
        for init in inits:
            self.store.put(init, f"init {init.removesuffix('.mp4')}".encode())
        entry = started(run).model_copy(update={"others": tuple(inits[1:])})
        if timing is not None:
            lengths = {"part_ms": timing.part_ms, "segment_ms": timing.segment_ms}
            entry = entry.model_copy(update=lengths)
        self.store.note(entry)

    def write(self, entry: Part) -> Part:
        name = f"{entry.segment}.{entry.part}"
        self.store.append(entry.file, name.encode().ljust(entry.length))
        for piece in entry.others:
            content = f"{piece.rendition} {name}".encode()
            self.store.append(piece.file, content.ljust(piece.length))
        self.store.note(entry)
        return entry

    def reader(self) -> Livestream:
        return Livestream(MemoryStore(self.store))


@pytest.fixture
def writer() -> Writer:
    """A run with three segments and one part."""
    writer = Writer()
    writer.begin(1)
    for entry in (*run_of(1, segments=3), part(1, 3, 0)):
        writer.write(entry)
    return writer


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT_S", 0.02)


@asynccontextmanager
async def waiting(task: asyncio.Task[object]) -> AsyncIterator[None]:
    """The task has begun to wait; afterwards it must be done."""
    await asyncio.sleep(0)
    assert not task.done()
    yield
    await asyncio.wait_for(task, 1)


def test_it_restores_itself_from_the_journal(writer: Writer) -> None:
    """A web process that starts anew knows everything."""

    async def main() -> None:
        text = await writer.reader().live()
        assert '"1-3.1.m4s"' in text.splitlines()[-1]
        assert (await writer.reader().recording()).count("#EXTINF") == 3

    asyncio.run(main())


def test_a_blocking_reload_waits_for_its_part(writer: Writer) -> None:
    """And for nothing more."""

    async def main() -> None:
        stream = writer.reader()
        task: asyncio.Task[object] = asyncio.create_task(stream.live(3, 2))
        async with waiting(task):
            stream.feed(writer.write(part(1, 3, 1)))
            await asyncio.sleep(0)
            assert not task.done()
            stream.feed(writer.write(part(1, 3, 2)))
        assert '"1-3.2.m4s"' in str(task.result())

    asyncio.run(main())


def test_what_is_there_is_given_at_once(writer: Writer) -> None:
    """Also for a part that has long been followed by others."""

    async def main() -> None:
        stream = writer.reader()
        for segment, index in ((0, None), (2, 4), (2, 9), (3, 0)):
            assert (await asyncio.wait_for(stream.live(segment, index), 0.01)).startswith("#EXTM3U")

    asyncio.run(main())


@pytest.mark.parametrize(("segment", "index"), [(6, None), (99, 0), (3, 20), (4, 16)])
def test_what_is_too_far_off_is_refused(writer: Writer, segment: int, index: int | None) -> None:
    """Nobody waits for something that won't come soon."""

    async def main() -> None:
        with pytest.raises(TooFarAhead):
            await writer.reader().live(segment, index)

    asyncio.run(main())


@pytest.mark.usefixtures("_impatient")
def test_waiting_has_a_bound(writer: Writer) -> None:
    """Playlist and hinted part alike."""

    async def main() -> None:
        with pytest.raises(NotYet):
            await writer.reader().live(3, 1)
        with pytest.raises(UnknownFile):
            await writer.reader().media("1-3.1.m4s")
        with pytest.raises(NotYet):
            await Livestream(MemoryStore()).live()

    asyncio.run(main())


def test_a_missed_report_is_made_up_from_the_journal(writer: Writer) -> None:
    """The media process died between the disk and the report."""

    async def main() -> None:
        stream = writer.reader()
        writer.write(part(1, 3, 1))
        stream.feed(writer.write(part(1, 3, 2)))
        assert '"1-3.1.m4s"' in await stream.live(3, 2)

    asyncio.run(main())


def test_a_new_run_is_a_discontinuity(writer: Writer) -> None:
    """Who waited for the broken segment's next part gets the new one."""

    async def main() -> None:
        stream = writer.reader()
        task: asyncio.Task[object] = asyncio.create_task(stream.live(3, 1))
        async with waiting(task):
            stream.feed(ProgrammeState(room="m1", state="interrupted"))
            writer.begin(2)
            stream.feed(writer.write(part(2, 4, 0)))
        assert "#EXT-X-DISCONTINUITY\n" in str(task.result())
        assert await stream.media("2.mp4") == b"init 2"

    asyncio.run(main())


def test_the_bytes_of_every_address_in_the_playlists(writer: Writer) -> None:
    """Init segment, whole segment, part."""

    async def main() -> None:
        stream = writer.reader()
        assert await stream.media("1.mp4") == b"init 1"
        assert (await stream.media("1-2.3.m4s")).strip() == b"2.3"
        whole = await stream.media("1-2.m4s")
        assert (len(whole), whole[:3], whole[-100:].strip()) == (500, b"2.0", b"2.4")

    asyncio.run(main())


@pytest.mark.parametrize(
    "name",
    [
        *("1-3.m4s", "2.mp4", "1-9.m4s", "2-2.m4s", "1-2.5.m4s", "2-2.0.m4s", "01-2.0.m4s"),
        *("../1.mp4", "index.jsonl", "1-2.m4s/", ""),
    ],
)
def test_only_names_of_the_playlists_are_known(writer: Writer, name: str) -> None:
    """Not the growing segment, not another run's, nothing outside."""

    async def main() -> None:
        with pytest.raises(UnknownFile):
            await writer.reader().media(name)

    asyncio.run(main())


def test_the_hinted_part_is_waited_for(writer: Writer) -> None:
    """A player may ask for it before it exists."""

    async def main() -> None:
        stream = writer.reader()
        task: asyncio.Task[object] = asyncio.create_task(stream.media("1-3.1.m4s"))
        async with waiting(task):
            stream.feed(writer.write(part(1, 3, 1)))
        assert bytes(task.result()).strip() == b"3.1"  # type: ignore[call-overload]

    asyncio.run(main())


def test_a_hinted_part_that_never_comes_is_unknown_as_soon_as_that_is_clear(
    writer: Writer,
) -> None:
    """Its run is over."""

    async def main() -> None:
        stream = writer.reader()
        task = asyncio.create_task(stream.media("1-3.1.m4s"))
        await asyncio.sleep(0)
        writer.begin(2)
        stream.feed(writer.write(part(2, 4, 0)))
        with pytest.raises(UnknownFile):
            await asyncio.wait_for(task, 1)

    asyncio.run(main())


def test_many_viewers_read_a_part_once() -> None:
    """As long as it is among the newest; the memory for it has a bound."""
    writer = Writer()
    writer.begin(1)
    for entry in run_of(1, segments=CACHED_MAX + 1):
        writer.write(entry)

    async def main() -> None:
        store = MemoryStore(writer.store)
        reads: list[str] = []
        read = store.read

        def counting(name: str, start: int = 0, length: int | None = None) -> bytes:
            reads.append(name)
            return read(name, start, length)

        store.read = counting  # type: ignore[method-assign]
        stream = Livestream(store)
        await asyncio.gather(*(stream.media("1-0.m4s") for _ in range(50)))
        assert reads == ["1-0.m4s"]
        for segment in range(1, CACHED_MAX + 1):
            await stream.media(f"1-{segment}.m4s")
        await stream.media("1-0.m4s")
        assert reads.count("1-0.m4s") == 2

    asyncio.run(main())


@pytest.fixture
def wide() -> Writer:
    """A run with two segments and one part, in every rendition."""
    writer = Writer()
    writer.begin(1)
    for entry in (*run_of(1, segments=2, others=True), part(1, 2, 0, others=True)):
        writer.write(entry)
    return writer


def test_every_rendition_is_waited_for_alike(wide: Writer) -> None:
    """One report wakes all of them: live and recording, playlist and hinted part."""

    async def main() -> None:
        stream = wide.reader()
        asked = [
            *(stream.live(2, 1, rendition) for rendition in RENDITIONS),
            *(stream.recording(2, 1, rendition) for rendition in RENDITIONS),
            *(stream.recording(2, 1, rendition, skip=True) for rendition in RENDITIONS),
        ]
        tasks = [asyncio.create_task(waits) for waits in asked]
        hinted = [asyncio.create_task(stream.media(f"1{one.mark}-2.1.m4s")) for one in RENDITIONS]
        await asyncio.sleep(0)
        assert not any(task.done() for task in (*tasks, *hinted))
        stream.feed(wide.write(part(1, 2, 1, others=True)))
        texts = await asyncio.wait_for(asyncio.gather(*tasks), 1)
        marks = [one.mark for one in RENDITIONS] * 3
        for text, mark in zip(texts, marks, strict=True):
            assert f'URI="1{mark}-2.1.m4s"\n' in text
        parts = await asyncio.wait_for(asyncio.gather(*hinted), 1)
        assert [data.strip() for data in parts] == [b"2.1", b"360 2.1", b"sound 2.1"]

    asyncio.run(main())


def test_the_bytes_of_other_renditions(wide: Writer) -> None:
    """Init segment, whole segment, part, each of its own file."""

    async def main() -> None:
        stream = wide.reader()
        assert await stream.media("1l.mp4") == b"init 1l"
        assert (await stream.media("1a-1.4.m4s")).strip() == b"sound 1.4"
        whole = await stream.media("1l-1.m4s")
        assert (len(whole), whole[:7]) == (250, b"360 1.0")
        for name in ("1l-2.m4s", "1a-2.1.m4s", "2l.mp4", "1x-1.m4s", "1la-1.m4s"):
            with pytest.raises(UnknownFile):
                await stream.media(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "WAIT_S", 0.02)
        asyncio.run(main())


def test_the_multivariant_playlists_name_all_renditions(wide: Writer) -> None:
    """Of the live playlist and of the recording."""

    async def main() -> None:
        stream = wide.reader()
        for kind in (LIVE, RECORDING):
            lines = (await stream.multivariant(kind)).splitlines()
            assert [line for line in lines if not line.startswith("#")] == [
                one.address(kind) for one in RENDITIONS
            ]

    asyncio.run(main())


def test_an_update_of_a_long_recording_is_short() -> None:
    """Half an hour is not sent again with each part."""
    writer = Writer()
    writer.begin(1)
    for entry in run_of(1, segments=1_800, others=True):
        writer.write(entry)

    async def main() -> None:
        stream = writer.reader()
        whole = await stream.recording(1_799, 4)
        stream.feed(writer.write(part(1, 1_800, 0, others=True)))
        update = await stream.recording(1_800, 0, skip=True)
        assert len(update) < 3_000 < 100_000 < len(whole)
        again = await stream.recording(1_800, 0)
        assert again.startswith(whole[:100_000])
        assert again.endswith(update[update.index("#EXT-X-PROGRAM") :])
        assert (await stream.recording(1_800, 0, SOUND, skip=True)).count("1a-") > 20

    asyncio.run(main())


def test_a_run_is_looked_up_before_its_first_part_is_listed() -> None:
    """What the playlist is made by is told at the beginning of the run alone, in the journal."""
    writer = Writer()

    async def main() -> None:
        stream = writer.reader()
        writer.begin(1, Timing.of_parts(400))
        for entry in run_of(1, segments=1):
            stream.feed(writer.write(entry))
        assert stream.timing == Timing.of_parts(400)
        assert "PART-TARGET=0.4" in await stream.live(0, 1)
        assert await stream.media("1l.mp4") == b"init 1l"
        with pytest.raises(TooFarAhead):
            await stream.live(1, 9)
        stream.feed(writer.write(part(1, 1, 0)))
        assert await stream.live(1, 0, LOW)

    asyncio.run(main())


def test_the_end_is_told_to_everybody_who_waits(writer: Writer) -> None:
    """Playlists end, and the recording is complete."""

    async def main() -> None:
        stream = writer.reader()
        task: asyncio.Task[object] = asyncio.create_task(stream.live(3, 1))
        async with waiting(task):
            writer.store.note(Ended(at_ms=1))
            stream.feed(ProgrammeState(room="m1", state="ended"))
        assert str(task.result()).endswith("#EXT-X-ENDLIST\n")
        assert "VOD" in await stream.recording()
        assert stream.ended

    asyncio.run(main())


def test_an_end_without_a_worker_is_written_for_it(writer: Writer) -> None:
    """The recording is complete after the next restart too."""

    async def main() -> None:
        stream = writer.reader()
        writer.store.release()
        stream.feed(ProgrammeState(room="m1", state="ended"))
        assert stream.ended
        assert writer.reader().ended

    asyncio.run(main())


def test_an_end_before_the_beginning_writes_nothing() -> None:
    """A meeting that was never opened has no recording."""
    store = MemoryStore()
    stream = Livestream(store)
    stream.feed(ProgrammeState(room="m1", state="ended"))
    assert store.journal() == ()
    assert stream.state == "ended"

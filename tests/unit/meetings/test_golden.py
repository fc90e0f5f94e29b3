"""
Records that were written once can be read for ever.

The files in `golden` are never changed; a change of the events that breaks one of them breaks
every record that people keep. A new shape of events gets a new file beside them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

from meetings import events as ev
from meetings.ballots.blind import verify
from meetings.fold import apply, fold
from meetings.link import room
from meetings.recording.state import Recording
from meetings.state import Meeting
from meetings.voting.outcome import outcome
from tests.each import each
from tests.unit.meetings.proof.sample import checked_file

FOLDER = Path(__file__).with_name("golden")
GOLDEN = sorted([*FOLDER.glob("*.jsonl"), *FOLDER.glob("*.yishi")])


def lines_of(path: Path) -> list[str]:
    """The entries of a record, or of an export, byte for byte."""
    lines = path.read_text().splitlines()
    if path.suffix == ".jsonl":
        return lines
    parts = [line.split(" ", 3) for line in lines]
    return [content for _, kind, _, content in parts if kind == "entry"]


@each("path", GOLDEN)
def test_an_old_record_reads_as_it_was_written(path: Path) -> None:
    """Each line gives an entry with every value of it; what came later has defaults."""
    for line in lines_of(path):
        entry = ev.Entry.model_validate_json(line)
        assert _keeps(json.loads(line), json.loads(entry.model_dump_json())), line


def _keeps(old: object, new: object) -> bool:
    """Tell whether *new* says all that *old* says."""
    if isinstance(old, dict) and isinstance(new, dict):
        return all(key in new and _keeps(value, new[key]) for key, value in old.items())
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_keeps, old, new))
    return type(old) is type(new) and old == new


def test_the_golden_records_hold_every_event() -> None:
    union = get_args(get_args(ev.Event)[0])
    kinds = {kind.model_fields["type"].default for kind in union}
    lines = [line for path in GOLDEN for line in lines_of(path)]
    assert {ev.Entry.model_validate_json(line).event.type for line in lines} == kinds


def test_an_old_record_folds_to_what_it_meant() -> None:
    """The meeting of November 2026: closed, with a vote of two to one and a liked comment."""
    lines = GOLDEN[0].read_text().splitlines()
    meeting = fold("m1", [ev.Entry.model_validate_json(line) for line in lines])
    assert (meeting.title, meeting.state) == ("老旧小区积水治理", "closed")
    assert meeting.closed_ms == 1795320760000
    assert [item.ended_ms is not None for item in meeting.agenda.items] == [True, True]
    (vote,) = meeting.votes.by_id.values()
    assert (vote.counts, vote.reason) == ((2, 1), "meeting_closed")
    (comment,) = meeting.comments.by_id.values()
    assert set(comment.likes) == {"wang"}
    assert len(meeting.attendance.people["zhao"].intervals) == 2
    assert meeting.floor.holder is None


def test_an_old_queue_folds_to_what_it_meant() -> None:
    """The meeting of December 2026: modes, an interruption, overtime, and another day."""
    lines = (GOLDEN[0].parent / "2026-12-floor-and-agenda.jsonl").read_text().splitlines()
    entries = [ev.Entry.model_validate_json(line) for line in lines]
    after: dict[int, Meeting] = {}
    for n, entry in enumerate(entries, 1):
        after[n] = apply(after.get(n - 1), entry, "m1")
    last = after[len(lines)]
    spoken = {p: (s.times, s.ms) for p, s in last.floor.history.spoken.items()}
    assert spoken == {"wang": (1, 265_000), "li": (1, 20_000), "qian": (1, 10_000)}
    drawn = next(n for n, line in enumerate(lines, 1) if '"floor.drawn"' in line)
    assert [p.waiting.person for p in after[drawn].floor.order] == ["zhao", "wang"]
    listed = next(n for n, line in enumerate(lines, 1) if '"floor.listed"' in line)
    assert [p.waiting.person for p in after[listed].floor.order] == ["li", "wang", "zhao"]
    assert (last.state, last.agenda.items[0].spent_ms) == ("closed", 420_000)


def test_old_votes_fold_to_what_they_meant() -> None:
    """December 2026: hands and a proxy in a drawn tie, a secret vote, and one that was void."""
    lines = (GOLDEN[0].parent / "2026-12-votes.jsonl").read_text().splitlines()
    votes = fold("m1", [ev.Entry.model_validate_json(line) for line in lines]).votes
    hybrid, secret, void = (votes.by_id[vote] for vote in votes.order)
    assert hybrid.outcome is not None
    assert (hybrid.outcome.tally, hybrid.outcome.needed, hybrid.round) == ((3, 3, 1), 4, 2)
    assert (hybrid.outcome.result, hybrid.tie_broken) == ("passed", 0)
    assert outcome(hybrid).tally == hybrid.outcome.tally
    assert secret.outcome is not None
    assert (secret.outcome.tally, len(secret.papers)) == ((1, 3), 4)
    assert all(
        verify(int(secret.paper_key, 16), bytes.fromhex(one.serial), bytes.fromhex(one.signature))
        for one in secret.published
    )
    assert (void.counts, void.outcome, void.cancelled) == ((5, 2), None, "议题有误")


def test_an_old_vote_in_stream_time_folds_to_what_it_meant() -> None:
    """December 2026: a comment on an earlier moment, and a ballot that came late, given in time."""
    lines = (FOLDER / "2026-12-stream-time.jsonl").read_text().splitlines()
    now = fold("m1", [ev.Entry.model_validate_json(line) for line in lines])
    assert [one.seen_ms for _, one in sorted(now.comments.by_id.items())] == [1796529616800, None]
    (vote,) = now.votes.by_id.values()
    assert (vote.until_ms, vote.late_until_ms) == (1796529660000, 1796529664000)
    assert vote.outcome is not None
    assert vote.outcome.tally == (2, 0)


def test_an_old_record_of_comments_and_minutes_folds_to_what_it_meant() -> None:
    """One comment liked, one restored, one hidden; the minutes published and amended."""
    (path,) = [path for path in GOLDEN if path.stem == "2026-12-comments-and-minutes"]
    lines = path.read_text().splitlines()
    meeting = fold("m1", [ev.Entry.model_validate_json(line) for line in lines])
    comments = meeting.comments
    assert {at: one.state for at, one in comments.by_id.items()} == {
        9: "public",
        11: "public",
        25: "hidden",
    }
    assert (set(comments.by_id[9].likes), comments.by_id[11].question_for) == ({"zhao"}, "chen")
    assert (dict(comments.hidden), comments.pinned, comments.shown) == ({"unlawful": 1}, (), None)
    assert comments.rules.slow_s == 10
    assert [one.person for one in meeting.unmaskings] == ["zhao"]
    signoff = meeting.signoff
    assert [one.signed_as for one in signoff.signatures] == ["host", "clerk"]
    assert signoff.publication is not None
    assert (signoff.publication.revision, len(signoff.addenda)) == (2, 1)


def test_an_old_export_is_sound_and_folds_to_what_it_meant() -> None:
    """A meeting in which everything happened, as it was exported in December 2026."""
    (path,) = FOLDER.glob("*.yishi")
    report = checked_file(path.read_bytes())
    assert report.sound, report.problems
    assert (report.entries, report.checkpoints, report.people, report.votes) == (127, 4, 3, 2)
    assert report.key == "8320a51977d8c38ca8a4927c670df5821e449761945e15e9efb26a1509d230ea"
    meeting = fold("m1", [ev.Entry.model_validate_json(line) for line in lines_of(path)])
    assert meeting.state == "closed"
    assert meeting.forgotten == {"zhao"}
    named, secret, void = (meeting.votes.by_id[vote].outcome for vote in meeting.votes.order)
    assert named is not None
    assert secret is not None
    assert (named.tally, secret.tally, void) == ((1, 1, 1), (1, 1), None)


def test_an_old_choice_of_camera_folds_to_what_it_meant() -> None:
    """December 2026: an IP camera is the room, and the first device's microphone is heard."""
    lines = (FOLDER / "2026-12-room.jsonl").read_text().splitlines()
    now = fold("m1", [ev.Entry.model_validate_json(line) for line in lines])
    assert (room.camera(now), room.microphone(now)) == ("camera:0a1b2c3d4e5f", "cam")


def test_an_old_moderated_link_folds_to_what_it_meant() -> None:
    """December 2026: one muted, one put out, one readmitted, a lock, and how two calls went."""
    lines = (FOLDER / "2026-12-link.jsonl").read_text().splitlines()
    link = fold("m1", [ev.Entry.model_validate_json(line) for line in lines]).link
    assert (set(link.muted), set(link.stopped), set(link.removed)) == ({"li"}, {"qian"}, {"qian"})
    assert link.removed["qian"].reason == "冒用他人邀请"
    assert link.inside == frozenset({"chen", "li", "wang"})
    (_, unmeasured), (person, call) = link.calls
    assert (unmeasured.lost_up, unmeasured.weak_ms) == (None, 0)
    assert (person, call.round_trip_ms, call.frozen_ms, call.breaks) == ("li", 84, 2400, 1)


def test_an_old_choice_of_layout_folds_to_what_it_meant() -> None:
    """December 2026: the host had the agenda shown, and before it two side by side."""
    lines = (FOLDER / "2026-12-programme.jsonl").read_text().splitlines()
    entries = [ev.Entry.model_validate_json(line) for line in lines]
    assert [fold("m1", entries[:n]).layout for n in (3, 4, 5)] == ["auto", "two", "agenda"]


def test_old_captions_and_platforms_fold_to_what_they_meant() -> None:
    """December 2026: typed, recognised and corrected, one taken back; still on one platform."""
    lines = (FOLDER / "2026-12-captions-and-push.jsonl").read_text().splitlines()
    now = fold("m1", [ev.Entry.model_validate_json(line) for line in lines])
    assert now.pushed == ("市电视台",)
    assert not now.captions.on
    told = {at: (one.text, one.speaker) for at, one in now.captions.by_id.items()}
    assert told == {8: ("现在开会", None), 10: ("管网下月开工", "li"), 12: ("", "li")}
    assert not any(one.recognised for one in now.captions.by_id.values())


def test_an_old_recording_folds_to_what_it_meant() -> None:
    """December 2026: sealed twice, held, released, and deleted by the rule of 90 days."""
    lines = (FOLDER / "2026-12-recording.jsonl").read_text().splitlines()
    now = fold("m1", [ev.Entry.model_validate_json(line) for line in lines])
    assert now.recording == Recording(
        files=207,
        through=67,
        root="2e" * 32,
        complete=True,
        held=None,
        deleted_ms=1_810_000_000_000,
    )

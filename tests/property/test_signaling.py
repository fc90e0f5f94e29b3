"""Properties of the pure parts of signaling."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from media.control import Allow
from meetings import events as ev
from meetings.fold import fold
from signaling.check_in import digits
from signaling.floor_to_media import NOTHING, Permission, Told, after, plan, steps
from signaling.limits import Rate
from signaling.outbox import Batch, Outbox
from signaling.rates import TokenBucket


@given(
    pushes=st.lists(
        st.tuples(
            st.integers(1, 3),
            st.dictionaries(st.sampled_from("abc"), st.integers(), min_size=1),
            st.booleans(),
        ),
        max_size=40,
    )
)
def test_a_slow_reader_ends_with_the_same_sections_as_a_fast_one(
    pushes: list[tuple[int, dict[str, int], bool]],
) -> None:
    """Whenever frames are taken: offsets rise, and the last version of each section arrives."""
    outbox, offset = Outbox(8), 0
    expected: dict[str, int] = {}
    seen: dict[str, int] = {}
    offsets = [0]
    for step, sections, takes in pushes:
        offset += step
        fragments = {name: json.dumps(section) for name, section in sections.items()}
        outbox.push(Batch(offset, fragments, of_record=True))
        expected |= sections
        if takes:
            for update in map(json.loads, outbox.take()):
                seen |= update["sections"]
                offsets.append(update["offset"])
    for update in map(json.loads, outbox.take()):
        seen |= update["sections"]
        offsets.append(update["offset"])
    assert seen == expected
    assert offsets == sorted(set(offsets))


@given(
    burst=st.integers(1, 20),
    per_s=st.floats(0.1, 50.0),
    steps=st.lists(st.floats(0.0, 2.0), max_size=200),
)
def test_never_more_than_burst_and_rate_allow(burst: int, per_s: float, steps: list[float]) -> None:
    """In any time T no more than burst + rate * T are let through."""
    bucket = TokenBucket(Rate(burst=burst, per_s=per_s))
    now_s, passed = 0.0, 0
    for step in steps:
        now_s += step
        passed += bucket.take(now_s)
    assert passed <= burst + per_s * now_s + 1e-6


permissions = st.builds(Permission, sound=st.booleans(), picture=st.booleans())
allowances = st.dictionaries(st.sampled_from("abcd"), permissions.filter(lambda p: p != NOTHING))


@given(before=allowances, wanted=allowances)
def test_whatever_was_allowed_the_process_ends_up_allowing_exactly_the_plan(
    before: dict[str, Permission], wanted: dict[str, Permission]
) -> None:
    """And every microphone is closed before another one is opened."""
    created = ev.MeetingCreated(title="t", room="r", room_name="n", planned_ms=0)
    events = (created, ev.MeetingOpened())
    entries = (ev.Entry(offset=n, at_ms=n, event=event) for n, event in enumerate(events, 1))
    now = replace(plan(fold("m", entries), {}), allow=wanted)
    told, done = Told(open=True, programme=True, allow=before, cue=now.cue), []
    while todo := steps(now, told, linked=False, folder="/f"):
        done.append(todo[0])
        told = after(told, todo[0])
    assert told.allow == wanted
    heard_before = {person for person, permission in before.items() if permission.sound}
    changes = [
        step.sound
        for step in done
        if isinstance(step, Allow) and step.sound != (step.person in heard_before)
    ]
    assert changes == sorted(changes)


@given(st.integers(0, 2**40), st.text(min_size=1, max_size=20))
def test_a_check_in_code_is_four_digits(minute: int, meeting: str) -> None:
    code = digits(b"s" * 32, meeting, minute)
    assert len(code) == 4
    assert code.isascii()
    assert code.isdecimal()

"""Sound is cut where people pause, and silence is nobody's word."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from media.recogniser.port import RATE, Pcm
from media.recogniser.utterances import FRAME, MOST, PAUSE, Utterance, Utterances

PIECE = 341  # samples, so that no piece ends with a frame


def speech(seconds: float, loudness: float = 0.1) -> Pcm:
    turns = 200 * np.arange(round(seconds * RATE)) / RATE
    sound: Pcm = (loudness * np.sqrt(2) * np.sin(2 * np.pi * turns)).astype(np.float32)
    return sound


def quiet(seconds: float, noise: float = 0.0) -> Pcm:
    return speech(seconds, noise)


def cut(*sounds: Pcm) -> list[Utterance]:
    """Fed in pieces."""
    whole, cutter = np.concatenate(sounds), Utterances()
    found: list[Utterance] = []
    for place in range(0, len(whole), PIECE):
        found += cutter.feed(whole[place : place + PIECE])
    return found + list(cutter.finish())


def seconds(found: list[Utterance]) -> list[tuple[float, float]]:
    return [(one.begin / RATE, (one.begin + len(one.pcm)) / RATE) for one in found]


def test_a_pause_ends_a_sentence_and_a_breath_does_not() -> None:
    found = cut(quiet(1), speech(1), quiet(0.3), speech(1), quiet(1), speech(2), quiet(1))
    (first, second) = seconds(found)
    assert first == pytest.approx((0.8, 3.56), abs=0.05)
    assert second == pytest.approx((4.1, 6.56), abs=0.3)


def test_its_sound_is_what_was_said() -> None:
    sound = np.concatenate((quiet(1), speech(1), quiet(1)))
    (one,) = cut(sound)
    assert np.array_equal(one.pcm, sound[one.begin : one.begin + len(one.pcm)])


def test_silence_and_a_cough_are_nothing() -> None:
    assert cut(quiet(5)) == []
    assert cut(quiet(1), speech(0.2), quiet(2)) == []


def test_a_room_that_hums_is_silence_and_who_speaks_in_it_is_heard() -> None:
    found = cut(quiet(10, 0.002), quiet(10, 0.005), speech(2, 0.05), quiet(2, 0.005))
    assert len(found) == 1
    assert seconds(found)[0] == pytest.approx((19.8, 22.26), abs=0.1)


def test_who_never_pauses_is_cut_all_the_same() -> None:
    """At the quietest place of the second half; nothing is lost and nothing said twice."""
    longest = MOST * FRAME / RATE
    found = cut(speech(longest * 0.75), quiet(PAUSE * FRAME / RATE / 2), speech(longest * 2))
    assert len(found) >= 3
    assert all(len(one.pcm) <= MOST * FRAME for one in found)
    ends = seconds(found)
    assert ends[0][1] == pytest.approx(longest * 0.75, abs=0.3)
    assert all(a[1] == pytest.approx(b[0]) for a, b in pairwise(ends))


def test_it_counts_on_after_an_end() -> None:
    cutter = Utterances()
    first = [*cutter.feed(speech(1)), *cutter.finish()]
    second = [*cutter.feed(speech(1)), *cutter.finish()]
    assert seconds(first) == [(0.0, 1.0)]
    assert seconds(second) == [(1.0, 2.0)]

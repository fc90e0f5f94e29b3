"""Levels are read off header extensions and smoothed; nothing is decoded."""

from __future__ import annotations

import struct

from media.forwarding.voice import SILENCE, Voice
from tests.each import each

SILENT_S = 1.0


def packet(level: int | None, *, speech: bool = True, extension: int = 1) -> memoryview:
    """An RTP packet of sound with the one-byte form of RFC 8285."""
    header = struct.pack("!BBHII", 0x80 | (0x10 if level is not None else 0), 111, 1, 1, 1)
    if level is not None:
        element = bytes((extension << 4, (0x80 if speech else 0) | level, 0, 0))
        header += struct.pack("!HH", 0xBEDE, 1) + element
    return memoryview(header + b"opus")


def heard(*levels: int, start: float = 0.0) -> Voice:
    voice = Voice(1)
    for n, level in enumerate(levels):
        voice.hear(packet(level), start + n * 0.02)
    return voice


def test_nobody_is_heard_before_the_first_packet() -> None:
    assert Voice(1).level(0.0, SILENT_S) == SILENCE


def test_a_word_is_loud_within_a_tenth_of_a_second() -> None:
    assert heard(*[25] * 5).level(0.1, SILENT_S) < 35


def test_a_gap_between_two_words_is_not_silence() -> None:
    voice = heard(*[25] * 20, *[100] * 5)
    assert voice.level(0.5, SILENT_S) < 50
    voice = heard(*[25] * 20, *[100] * 60)
    assert voice.level(1.6, SILENT_S) > 90


def test_the_guess_about_speech_is_no_part_of_the_level() -> None:
    with_guess, without = Voice(1), Voice(1)
    with_guess.hear(packet(30, speech=True), 0.0)
    without.hear(packet(30, speech=False), 0.0)
    assert with_guess.level(0.0, SILENT_S) == without.level(0.0, SILENT_S)


@each("other", [packet(None), packet(10, extension=2)])
def test_a_packet_without_a_level_changes_nothing(other: memoryview) -> None:
    voice = heard(*[25] * 20)
    before = voice.level(0.4, SILENT_S)
    voice.hear(other, 0.4)
    assert voice.level(0.4, SILENT_S) == before


def test_who_sends_nothing_any_more_is_silent() -> None:
    voice = heard(*[25] * 20)
    assert voice.level(0.38 + SILENT_S - 0.01, SILENT_S) < 50
    assert voice.level(0.381 + SILENT_S, SILENT_S) == SILENCE

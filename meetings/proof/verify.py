"""
Checks an export in one pass, and names what is wrong with it. No I/O; memory for the ballots of the
votes that run, and no more.

See `export` for what the lines say. Every byte of the file is covered: a line has one spelling, its
content fits its proof, its number and place fit the lines around it, and the seal stands under all.
Votes are counted again (`recount`).
One line is looked ahead, so that a line that was put in, taken out or moved is named as such and
those behind it are not blamed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TypeVar, assert_never

from pydantic import BaseModel, ValidationError

from meetings.proof.contents import (
    WITHHELD,
    CheckpointSays,
    EntryHead,
    FileLine,
    Header,
    PersonLine,
    Seal,
)
from meetings.proof.faults import Fault, Problem, Report
from meetings.proof.keys import CHECKPOINT, SEAL, signed
from meetings.proof.places import Place, Places
from meetings.proof.recording import Recording
from meetings.proof.recount import Recount
from meetings.record import chain

LINE_MAX = 64 * 2**20
"""Bytes; longer lines are no lines of an export. The list of 100,000 secret ballots is shorter."""
PROBLEMS_MAX = 100
"""Listed; others are counted."""

_LINE = re.compile(
    rb"([1-9][0-9]{0,11}) "
    rb"(?:(yishi|entry|person|file) ([0-9a-f]{64})|(checkpoint|seal) ([0-9a-f]{128})) "
    rb"([^\n]*)\n",
    re.DOTALL,
)
_STAGES = {"yishi": 0, "entry": 1, "checkpoint": 1, "person": 2, "file": 3, "seal": 4}


@dataclass(frozen=True, slots=True)
class _Line:
    at: int
    """Where it stands in the file, from 1."""
    number: int
    """What it says that it is."""
    kind: str
    proof: str
    content: bytes


_Model = TypeVar("_Model", bound=BaseModel)


class Verifier:
    """
    One check of one file.

    Args:
        key: the public key that the file must be signed with; None: the one that stands in it.
    """

    def __init__(self, key: bytes | None = None) -> None:
        self.report = Report()
        self._asked_key = key
        self._public = key
        self._sum = sha256()
        self._read = 0
        self._pending: _Line | None = None
        self._places = Places()
        self._stage = -1
        self._links: tuple[bytes, ...] | None = None
        """Links that the next entry may follow on; None: not known, after a gap."""
        self._offset: int | None = 0
        """Of the last entry; None: not known."""
        self._covered = 0
        """The last entry that a checkpoint stands for."""
        self._sealed = False
        self._recount = Recount()
        self._recording = Recording()

    def feed(self, raw: bytes) -> None:
        """Take the next line, with its line break."""
        self._read += 1
        line = _parse(raw, self._read)
        if self._pending is not None:
            self._take(self._pending, None if line is None else line.number)
        self._pending = line
        if line is None:
            self._blame(self._read, Fault.ADDED if self._sealed else Fault.UNREADABLE)
            self._places.unreadable()

    def finish(self) -> Report:
        """Return what was found; after the last line."""
        if self._pending is not None:
            self._take(self._pending, None)
            self._pending = None
        for gap in self._places.gaps:
            self._blame(gap.at, Fault.MISSING, _range("line", gap.first, gap.last))
        if not self._sealed:
            self._blame(self._read + 1, Fault.UNSEALED)
        missing = self._recording.missing()
        if missing is not None and self._sealed:
            self._blame(self._read, Fault.MISSING, missing)
        report = self.report
        report.sealed, report.recorded = self._recording.sealed, self._recording.complete
        report.deleted = self._recording.deleted
        report.lines, report.votes = self._read, self._recount.votes
        report.problems = sorted(
            (
                replace(problem, fault=Fault.MOVED)
                if problem.fault is Fault.ADDED and problem.line in self._places.moved
                else problem
                for problem in report.problems
            ),
            key=lambda problem: problem.line,
        )
        return report

    def _take(self, line: _Line, following: int | None) -> None:
        """Check a line, knowing the number of the one behind it."""
        if self._sealed:
            self._blame(line.at, Fault.ADDED, _named(line))
            return
        place = self._places.place(line.at, line.number, following)
        match place:
            case Place.MOVED:
                self._blame(line.at, Fault.MOVED, _named(line))
                return
            case Place.ADDED:
                self._blame(line.at, Fault.ADDED, _named(line))
                return
            case Place.RENUMBERED:
                self._blame(line.at, Fault.CHANGED, f"number {line.number}")
                if line.kind != "entry" or not self._follows(line):  # another line altogether
                    self._links = self._offset = None
                    return
            case Place.AFTER_GAP:
                self._links = self._offset = None
            case Place.NEXT:
                pass
            case _:
                assert_never(place)
        stage = _STAGES[line.kind]
        if stage < self._stage:
            self._blame(line.at, Fault.MOVED, _named(line))
        self._stage = stage
        match line.kind:
            case "yishi":
                self._header(line)
            case "entry":
                self._entry(line)
            case "checkpoint":
                self._checkpoint(line)
            case "person":
                self._person(line)
            case "file":
                self._file(line)
            case _:
                self._seal(line)
        self._sum.update(f"{line.number} {line.kind} {line.proof}\n".encode())

    # --- contents

    def _header(self, line: _Line) -> None:
        header = self._hashed(line, Header)
        if header is None:
            return
        self.report.meeting, self.report.key = header.meeting, header.key
        self._links = (chain.begin(header.meeting),)
        if self._asked_key is None:
            self._public = bytes.fromhex(header.key)
        elif header.key != self._asked_key.hex():
            self._blame(line.at, Fault.OTHER_KEY, header.key)

    def _entry(self, line: _Line) -> None:
        link, head = bytes.fromhex(line.proof), _read(line, EntryHead)
        if head is not None and self._follows(line):
            if self._offset is not None and head.offset != self._offset + 1:
                self._blame(line.at, Fault.MOVED, _named(line))
            self._links, self._offset = (link,), head.offset
            for fault, what in self._recount.take(line.content):
                self._blame(line.at, fault, what)
            self._recording.take(line.content)
            self.report.entries += 1
            if self.report.first_ms is None:
                self.report.first_ms = head.at_ms
            self.report.last_ms = head.at_ms
        else:
            self._misfit(line, head)
            # Either the content was changed and the link is the true one, or the other way round.
            before = self._links[0] if self._links else link
            self._links = (link, chain.link(before, line.content))
            self._offset = None if self._offset is None else self._offset + 1

    def _follows(self, line: _Line) -> bool:
        """Tell whether an entry's link follows from its content and the link before it."""
        if self._links is None:
            return True
        return any(chain.link(before, line.content).hex() == line.proof for before in self._links)

    def _misfit(self, line: _Line, head: EntryHead | None) -> None:
        """Name an entry that does not follow, although its line has the right number."""
        last = self._offset
        if head is not None and last is not None and head.offset > last + 1:
            self._blame(line.at, Fault.MISSING, _range("entry", last + 1, head.offset - 1))
        else:
            self._blame(line.at, Fault.CHANGED, _named(line))

    def _checkpoint(self, line: _Line) -> None:
        says = self._signed(line, CHECKPOINT, CheckpointSays)
        if says is None:
            return
        self.report.checkpoints += 1
        if self._links is None or self._offset is None:
            return  # the lines before it are blamed
        here = (self.report.meeting, self._offset)
        if (says.meeting, says.offset) != here or bytes.fromhex(says.link) not in self._links:
            entries = _range("entry", self._covered + 1, self._offset)
            self._blame(line.at, Fault.REWRITTEN, entries)
        self._covered = self._offset

    def _person(self, line: _Line) -> None:
        self.report.people += 1
        if line.content == WITHHELD:
            self.report.withheld += 1
        else:
            self._hashed(line, PersonLine)

    def _file(self, line: _Line) -> None:
        file = self._hashed(line, FileLine)
        if file is not None:
            self.report.files.append(file)
            wrong = self._recording.file(file)
            if wrong is not None:
                self._blame(line.at, Fault.RERECORDED, wrong)

    def _seal(self, line: _Line) -> None:
        self._sealed = True
        seal = self._signed(line, SEAL, Seal)
        if seal is None or self.report.problems or self._places.gaps:
            return  # it can't fit any more
        if (seal.lines, seal.sum) != (line.number - 1, self._sum.hexdigest()):
            self._blame(line.at, Fault.SEAL)

    def _hashed(self, line: _Line, model: type[_Model]) -> _Model | None:
        """Return what a line says; None: it is blamed."""
        if sha256(line.content).hexdigest() != line.proof:
            self._blame(line.at, Fault.CHANGED, _named(line))
            return None
        return self._said(line, model)

    def _signed(self, line: _Line, kind: bytes, model: type[_Model]) -> _Model | None:
        """Return what a line says; None: it is blamed, or the first one is, which has the key."""
        if self._public is None:
            return None
        if not signed(self._public, bytes.fromhex(line.proof), kind, line.content):
            self._blame(line.at, Fault.CHANGED, _named(line))
            return None
        return self._said(line, model)

    def _said(self, line: _Line, model: type[_Model]) -> _Model | None:
        said = _read(line, model)
        if said is None:
            self._blame(line.at, Fault.UNREADABLE, _named(line))
        return said

    def _blame(self, line: int, fault: Fault, what: str = "") -> None:
        if len(self.report.problems) < PROBLEMS_MAX:
            self.report.problems.append(Problem(line, fault, what))
        else:
            self.report.more += 1


def _parse(raw: bytes, at: int) -> _Line | None:
    found = _LINE.fullmatch(raw)
    if found is None:
        return None
    number, hashed, digest, signed_kind, signature, content = found.groups()
    kind, proof = (hashed, digest) if hashed else (signed_kind, signature)
    return _Line(at, int(number), kind.decode(), proof.decode(), content)


def _read(line: _Line, model: type[_Model]) -> _Model | None:
    try:
        return model.model_validate_json(line.content)
    except ValidationError:
        return None


def _named(line: _Line) -> str:
    head = _read(line, EntryHead) if line.kind in ("entry", "checkpoint") else None
    return line.kind if head is None else f"{line.kind} {head.offset}"


def _range(kind: str, first: int, last: int) -> str:
    return f"{kind} {first}" if first == last else f"{kind} {first}-{last}"

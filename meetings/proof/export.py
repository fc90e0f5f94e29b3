"""
The export: a record and what belongs to it in one file, which anybody can check offline.

Each line has four parts with one space between them: number, kind, proof, content.

    1 yishi SHA256 {"format":1,"meeting":...,"epoch":...,"key":...}
    2 entry LINK {"offset":1,...}                      as stored, byte for byte; see `record.chain`
    9 checkpoint SIGNATURE {"meeting":...,"offset":...,"link":...,"at_ms":...}
   20 person SHA256 {"id":...,"name":...,"office":...,"role":...,"salt":...}      or `-` (withheld)
   31 file SHA256 {"name":...,"bytes":...,"sha256":...}
   40 seal SIGNATURE {"lines":39,"sum":...,"at_ms":...}

The proof of a line says that its content is the one that was written; `sum` is the SHA-256 of all
lines before, each without its content (number, kind, proof, joined by spaces, and a line feed). So
a person's line may be blotted out by anybody without breaking the seal; the salt keeps the name
from being guessed. docs/proof.md tells the same with a verifier.

Ballots of secret votes are entries of the record (`vote.published`). Real names and contacts, which
the service shows to nobody, are not exported.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from hashlib import sha256

from pydantic import BaseModel

from meetings.people import Person
from meetings.proof.checkpoint import sign_head
from meetings.proof.contents import WITHHELD, FileLine, Header, PersonLine, Seal
from meetings.proof.keys import SEAL, SigningKey
from meetings.record.port import Record

SALT_BYTES = 16


class _Lines:
    """Numbers the lines, and sums them up."""

    def __init__(self) -> None:
        self.count = 0
        self.sum = sha256()

    def line(self, kind: str, proof: str, content: bytes) -> bytes:
        self.count += 1
        front = f"{self.count} {kind} {proof}".encode()
        self.sum.update(front + b"\n")
        return front + b" " + content + b"\n"

    def hashed(self, kind: str, content: bytes) -> bytes:
        return self.line(kind, sha256(content).hexdigest(), content)


async def export(
    record: Record,
    meeting: str,
    key: SigningKey,
    *,
    at_ms: int,
    files: Callable[[], Awaitable[Sequence[FileLine]]] | None = None,
    names: bool = True,
) -> AsyncIterator[bytes]:
    """
    Write the record of *meeting* up to its head, line by line. The head is signed first.

    Args:
        at_ms: wall clock, milliseconds since 1970-01-01 UTC.
        files: asked for the recording's files once all entries are written, so that none is missing
            that an entry seals; None: there is no recording.
        names: False: withhold all people's lines.

    Raises: UnknownMeeting, RecordError.
    """
    head = await sign_head(record, meeting, at_ms, key)
    lines = _Lines()
    header = Header(meeting=meeting, epoch=head.epoch, key=key.public.hex())
    yield lines.hashed("yishi", _json(header))

    checkpoints = [one for one in await record.checkpoints(meeting) if one.offset <= head.offset]
    signed = {one.offset: one for one in checkpoints}
    offset = 0
    while offset < head.offset:
        for entry in await record.linked(meeting, offset):
            if entry.offset > head.offset:
                break
            yield lines.line("entry", entry.link.hex(), entry.body)
            if entry.offset in signed:
                one = signed[entry.offset]
                yield lines.line("checkpoint", one.signature.hex(), one.body)
            offset = entry.offset

    people = (await record.register(meeting)).people
    for person in sorted(people.values(), key=lambda person: person.id):
        content = _json(_public(person))
        proof = sha256(content).hexdigest()
        yield lines.line("person", proof, content if names else WITHHELD)
    for file in () if files is None else await files():
        yield lines.hashed("file", _json(file))

    seal = _json(Seal(lines=lines.count, sum=lines.sum.hexdigest(), at_ms=at_ms))
    yield lines.line("seal", key.sign(SEAL, seal).hex(), seal)


def _public(person: Person) -> PersonLine:
    return PersonLine(
        id=person.id,
        name=person.name,
        office=person.office,
        role=person.role.value,
        salt=secrets.token_hex(SALT_BYTES),
    )


def _json(content: BaseModel) -> bytes:
    return content.model_dump_json().encode()

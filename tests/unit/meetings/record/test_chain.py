"""The hash chain: what a link stands for, and that it will be the same for ever."""

from __future__ import annotations

from hashlib import sha256

from meetings.record import chain


def test_the_links_are_as_the_document_says() -> None:
    begun = chain.begin("m1")
    assert begun == sha256(b"yishi meeting 1\nm1").digest()
    first = chain.link(begun, "积水".encode())
    assert first == sha256(b"yishi entry 1\n" + begun + "积水".encode()).digest()
    assert len(first) == chain.LINK_BYTES


def test_a_link_stands_for_the_meeting_the_entries_and_their_order() -> None:
    def last(meeting: str, *bodies: bytes) -> bytes:
        link = chain.begin(meeting)
        for body in bodies:
            link = chain.link(link, body)
        return link

    links = {
        last("m1", b"a", b"b"),
        last("m2", b"a", b"b"),
        last("m1", b"b", b"a"),
        last("m1", b"ab"),
        last("m1", b"a"),
        last("m1", b"a", b"b", b""),
    }
    assert len(links) == 6

"""
Offer and answer: what stands in our descriptions, and what a client's says of its media.

Pure. Towards a publisher we answer and only receive; towards a subscriber we offer and only send.
Everything runs over one bundled, multiplexed transport; whatever wants another is refused with
port 0.

Simulcast (RFC 8853) is answered as it is offered: a=simulcast lists the layers, the first one the
smallest, a=rid names them, and two header extensions tell packets apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from media.limits import Limits
from media.peers import codecs
from media.peers.port import Codec, Inbound, Outbound, Slot
from media.peers.sdp import (
    Attribute,
    Description,
    Section,
    Transport,
    bad,
    number,
)
from media.rtp import extensions

PROTOCOL = "UDP/TLS/RTP/SAVPF"
SSRCS_MAX = 16  # per m-line; simulcast of three layers with RTX has six
LAYERS_MAX = Limits().layers

_TRANSPORT = codecs.TRANSPORT_FEEDBACK
_RID = re.compile(r"[A-Za-z0-9_-]{1,16}")  # RFC 8851, section 10, with a bound of our own

_EXTENSIONS = frozenset({extensions.MID, extensions.TRANSPORT})
_LAYER_EXTENSIONS = frozenset({extensions.RID, extensions.REPAIRED_RID})
_SOUND_EXTENSIONS = frozenset({extensions.LEVEL})
_NONE: frozenset[str] = frozenset()
"""
Header extensions that are taken, those of the second set with simulcast, of the third for sound.

video-orientation is left out on purpose: a phone that may not send it turns the picture itself.
"""

TRANSPORT_ID = 3  # of the header extension in our offers, 1..14
_DISCARD_PORT = 9  # RFC 9429, section 5.2.1: the port is 9, candidates tell the true ones


# --- towards a publisher ----------------------------------------------------------------------


def answer(
    offer: Description, local: Transport, *, session: int, version: int
) -> tuple[Description, tuple[Inbound, ...]]:
    """
    Answer a publisher's offer.

    Args:
        local: our side of the transport, its `setup` already decided.
        session, version: numbers for the `o=` line.

    Returns: the answer, and the m-lines on which the client sends from now on.

    Raises:
        MediaRefused: BAD_SDP.
    """
    bundled = offer.bundle()
    mids = [section.mid for section in offer.sections]
    if len(set(mids)) != len(mids):
        raise bad("a mid stands twice")
    sections: list[Section] = []
    inbound: list[Inbound] = []
    used: list[str] = []
    for section, mid in zip(offer.sections, mids, strict=True):
        kind = codecs.kind_of(section)
        # Without a bundle every m-line wants a transport of its own: the first gets ours.
        here = mid in bundled if bundled else not used
        plays = (
            ()
            if kind is None or not here or not _usable(section)
            else codecs.accepted(section, kind)
        )
        if kind is None or not plays:
            sections.append(_rejection(section, mid))
            continue
        sends = _direction(section, offer) in ("sendonly", "sendrecv")
        rids = _rids(section)
        wanted = _SOUND_EXTENSIONS if kind == "sound" else _LAYER_EXTENSIONS if rids else _NONE
        taken = _extensions(section, _EXTENSIONS | wanted)
        if extensions.RID not in taken or extensions.MID not in taken:
            rids = ()  # nothing would tell the layers apart
        heard = [codecs.feedback(section, codec) for codec in plays]
        if not (extensions.TRANSPORT in taken and all(map(_transport_wide, heard))):
            # Numbers and feedback about them belong together.
            taken.pop(extensions.TRANSPORT, None)
            heard = [tuple(what for what in one if what != _TRANSPORT) for one in heard]
        sections.append(
            Section(
                kind=section.kind,
                port=_DISCARD_PORT,
                protocol=PROTOCOL,
                formats=codecs.payload_types(plays),
                attributes=(
                    *_candidates(local, first=not used),
                    *local.attributes(),
                    Attribute("mid", mid),
                    *(Attribute("extmap", f"{id_} {uri}") for uri, id_ in taken.items()),
                    Attribute("recvonly" if sends else "inactive"),
                    Attribute("rtcp-mux"),
                    *(
                        line
                        for codec, feedback in zip(plays, heard, strict=True)
                        for line in codecs.describe(codec, feedback)
                    ),
                    *_layers(rids),
                ),
            )
        )
        used.append(mid)
        if sends:
            ssrcs, rtx_ssrcs = _ssrcs(section)
            inbound.append(Inbound(mid, kind, plays, ssrcs, rtx_ssrcs, taken, rids))
    every = [ssrc for i in inbound for ssrc in (*i.ssrcs, *i.rtx_ssrcs.values())]
    if len(set(every)) != len(every):
        raise bad("an SSRC stands in two m-lines")
    if not used:
        raise bad("no m-line can be used")
    return _description(session, version, used, sections), tuple(inbound)


def _transport_wide(feedback: tuple[str, ...]) -> bool:
    return _TRANSPORT in feedback


def _usable(section: Section) -> bool:
    return not section.rejected and section.protocol == PROTOCOL and section.has("rtcp-mux")


def _rejection(section: Section, mid: str) -> Section:
    """The same m-line with port 0 (RFC 3264, section 6)."""
    return Section(
        kind=section.kind,
        port=0,
        protocol=section.protocol,
        formats=section.formats,
        attributes=(Attribute("mid", mid), Attribute("inactive")),
    )


def _direction(section: Section, description: Description) -> str:
    """RFC 8866, section 6.7: of the section, else of the session, else sendrecv."""
    for level in (section.attributes, description.attributes):
        for name, _ in level:
            if name in ("sendrecv", "sendonly", "recvonly", "inactive"):
                return name
    return "sendrecv"


def _rids(section: Section) -> tuple[str, ...]:
    """
    The layers that are offered, small to large; of those that may stand for each other the first.

    Raises:
        MediaRefused: BAD_SDP.

    Source: RFC 8853, section 5.1; "~" means that the layer is paused, which is not ours to know.
    """
    words = (section.first("simulcast") or "").split(" ")
    if "send" not in words[:-1]:
        return ()
    offered = words[words.index("send") + 1].split(";")
    rids = tuple(choice.partition(",")[0].removeprefix("~") for choice in offered)
    described = {tuple(value.split(" ")[:2]) for value in section.every("rid")}
    if len(set(rids)) != len(rids) or not all((rid, "send") in described for rid in rids):
        raise bad("simulcast of layers that a=rid does not describe")
    if not all(map(_RID.fullmatch, rids)):
        raise bad("a rid that can't be used")
    return rids[:LAYERS_MAX]


def _layers(rids: Sequence[str]) -> tuple[Attribute, ...]:
    """The answer to simulcast."""
    if not rids:
        return ()
    return (
        *(Attribute("rid", f"{rid} recv") for rid in rids),
        Attribute("simulcast", f"recv {';'.join(rids)}"),
    )


def _extensions(section: Section, wanted: AbstractSet[str]) -> dict[str, int]:
    """
    URI -> id of those that are wanted.

    Ids over 14 need two-byte headers (RFC 8285, section 4.2), which nobody here reads.
    """
    found: dict[str, int] = {}
    for value in section.every("extmap"):
        head, _, rest = value.partition(" ")
        uri = rest.partition(" ")[0]
        if uri in wanted and 1 <= number(head.partition("/")[0], 65_535) <= 14:
            found.setdefault(uri, int(head.partition("/")[0]))
    return found


def _ssrcs(section: Section) -> tuple[tuple[int, ...], dict[int, int]]:
    """
    Media SSRCs of a section, and for each its RTX SSRC.

    Source: RFC 5576 for a=ssrc and a=ssrc-group.
    """
    repairs: dict[int, int] = {}
    for value in section.every("ssrc-group"):
        semantics, *members = value.split(" ")
        if semantics == "FID" and len(members) == 2:
            repairs[number(members[0], 2**32 - 1)] = number(members[1], 2**32 - 1)
    repairing = set(repairs.values())
    seen: dict[int, None] = {}
    for value in section.every("ssrc"):
        ssrc = number(value.partition(" ")[0], 2**32 - 1)
        if ssrc not in repairing:
            seen[ssrc] = None
    if len(seen) + len(repairs) > SSRCS_MAX or len(repairing) != len(repairs):
        raise bad(f"more than {SSRCS_MAX} SSRCs in an m-line, or one that repairs two")
    return tuple(seen), {media: rtx for media, rtx in repairs.items() if media in seen}


# --- towards a subscriber ---------------------------------------------------------------------


def offer(slots: Sequence[Slot], local: Transport, *, session: int, version: int) -> Description:
    """
    Offer slots to a subscriber, one m-line each.

    An empty slot is inactive but stays in the bundle, so that it can be used again without a new
    m-line (RFC 9429, section 5.2.2: an m-line can't be taken away).
    """
    return _description(
        session,
        version,
        [slot.mid for slot in slots],
        [_slot_section(slot, local, first=index == 0) for index, slot in enumerate(slots)],
    )


def _slot_section(slot: Slot, local: Transport, *, first: bool) -> Section:
    codec = codecs.offered(slot.codec, slot.fmtp, red=slot.red)
    if slot.rtx_ssrc is None:
        codec = replace(codec, rtx_payload_type=None)
    stream: list[Attribute] = []
    if slot.person:
        repaired = () if slot.rtx_ssrc is None else (slot.rtx_ssrc,)
        msid = f"{codecs.stream_of(slot.kind, slot.person)} {slot.mid}"
        stream.append(Attribute("msid", msid))
        if repaired:
            stream.append(Attribute("ssrc-group", f"FID {slot.ssrc} {slot.rtx_ssrc}"))
        for ssrc in (slot.ssrc, *repaired):
            # One cname for sound and picture of a person: browsers keep those in time with each
            # other that share it.
            stream.append(Attribute("ssrc", f"{ssrc} cname:{slot.person}"))
            stream.append(Attribute("ssrc", f"{ssrc} msid:{msid}"))
    return Section(
        kind=codecs.MEDIA[slot.kind],
        port=_DISCARD_PORT,
        protocol=PROTOCOL,
        formats=codecs.payload_types((codec,)),
        attributes=(
            *_candidates(local, first=first),
            *local.attributes(),
            Attribute("mid", slot.mid),
            Attribute("extmap", f"{TRANSPORT_ID} {extensions.TRANSPORT}"),
            Attribute("sendonly" if slot.person else "inactive"),
            Attribute("rtcp-mux"),
            *codecs.describe(
                codec, codecs.SOUND_FEEDBACK if slot.kind == "sound" else codecs.FEEDBACK
            ),
            *stream,
        ),
    )


def outbound(slots: Sequence[Slot], given: Description) -> tuple[Outbound, ...]:
    """
    The slots that a subscriber's answer accepts.

    Raises:
        MediaRefused: BAD_SDP, if it is no answer to these slots.
    """
    if len(given.sections) != len(slots):
        raise bad("the answer has not the offer's m-lines")
    found: list[Outbound] = []
    for slot, section in zip(slots, given.sections, strict=True):
        if section.kind != codecs.MEDIA[slot.kind] or section.first("mid") not in (slot.mid, None):
            raise bad("the answer has not the offer's m-lines")
        if not slot.person or section.rejected:
            continue
        if _direction(section, given) not in ("recvonly", "sendrecv"):
            continue
        if not _usable(section) or section.first("mid") is None:
            raise bad("an m-line that is answered without mid, rtcp-mux or our protocol")
        wanted = codecs.offered(slot.codec, slot.fmtp)
        for codec in codecs.accepted(section, slot.kind):
            if codec.name == slot.codec and codec.payload_type == wanted.payload_type:
                found.append(Outbound(slot.mid, codec, _numbered(section, codec)))
                break
    return tuple(found)


def _numbered(section: Section, codec: Codec) -> dict[str, int]:
    """The transport-wide extension, if the answer takes it and promises the feedback."""
    taken = _extensions(section, frozenset({extensions.TRANSPORT}))
    return taken if _transport_wide(codecs.feedback(section, codec)) else {}


# --- both -------------------------------------------------------------------------------------


def _candidates(local: Transport, *, first: bool) -> tuple[Attribute, ...]:
    """In the first used section only (RFC 9143, section 7.1.3: the bundle's transport)."""
    return tuple(Attribute("candidate", value) for value in local.candidates) if first else ()


def _description(
    session: int, version: int, used: Sequence[str], sections: Sequence[Section]
) -> Description:
    return Description(
        session=session,
        version=version,
        attributes=(
            Attribute("group", " ".join(("BUNDLE", *used))),
            Attribute("msid-semantic", "WMS *"),
        ),
        sections=tuple(sections),
    )

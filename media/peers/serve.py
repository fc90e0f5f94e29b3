"""
Answering a client that offers to receive (WHEP): one sound and one picture are sent to it.

Pure. It is the publisher's answer with the direction turned round: what the client can take is read
from its offer in the same way, and every other m-line is inactive. A picture's codec may change
while it is sent, to any that both know (RFC 3264, 6.1: several formats mean that each may come).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from media.peers import describe
from media.peers.port import Inbound, Kind, Served, Stream
from media.peers.sdp import Attribute, Description, Section, Transport, bad

STREAM = "programme"
"""Stream id and CNAME of both tracks: who is seen changes, the stream doesn't."""

_TURNED = {"recvonly": "sendonly", "sendonly": "recvonly"}
_LEFT_OUT = ("extmap", "rid", "simulcast", "msid", "ssrc", "ssrc-group")
"""Extensions are not sent on these m-lines, so none is answered."""


def answer(
    offer: Description,
    local: Transport,
    *,
    session: int,
    version: int,
    streams: Mapping[Kind, Stream],
) -> tuple[Description, tuple[Served, ...]]:
    """
    Answer a receiver's offer.

    Args:
        local: our side of the transport, its `setup` already decided.
        session, version: numbers for the `o=` line.
        streams: what is sent of each kind.

    Returns: the answer, and the m-lines on which we send: at most one of each kind.

    Raises:
        MediaRefused: BAD_SDP; also for an offer that takes nothing.
    """
    mirrored = replace(
        offer,
        attributes=tuple(map(_turned, offer.attributes)),
        sections=tuple(map(_mirrored, offer.sections)),
    )
    taken, inbound = describe.answer(mirrored, local, session=session, version=version)
    serving: dict[str, Inbound] = {}
    for line in inbound:
        if line.kind in streams and all(line.kind != other.kind for other in serving.values()):
            serving[line.mid] = line
    if not serving:
        raise bad("no m-line that receives")
    sections = tuple(
        _section(section, serving.get(section.first("mid") or ""), streams)
        for section in taken.sections
    )
    served = tuple(Served(line.mid, line.kind, line.codecs) for line in serving.values())
    return replace(taken, sections=sections), served


def _mirrored(section: Section) -> Section:
    kept = [line for line in section.attributes if line.name not in _LEFT_OUT]
    return replace(section, attributes=tuple(map(_turned, kept)))


def _turned(attribute: Attribute) -> Attribute:
    turned = _TURNED.get(attribute.name)
    return attribute if turned is None else Attribute(turned)


def _section(section: Section, line: Inbound | None, streams: Mapping[Kind, Stream]) -> Section:
    attributes = [
        Attribute("sendonly" if line is not None else "inactive") if name == "recvonly" else one
        for one in section.attributes
        if not _transport_feedback(one)
        for name in (one.name,)
    ]
    if line is not None:
        attributes += _stream(line, streams[line.kind])
    return replace(section, attributes=tuple(attributes))


def _transport_feedback(attribute: Attribute) -> bool:
    """It needs a header extension, which isn't sent here."""
    return attribute.name == "rtcp-fb" and (attribute.value or "").endswith(" transport-cc")


def _stream(line: Inbound, stream: Stream) -> list[Attribute]:
    ssrcs = [stream.ssrc]
    lines = [Attribute("msid", f"{STREAM} {line.kind}")]
    repaired = any(codec.rtx_payload_type is not None for codec in line.codecs)
    if stream.rtx_ssrc is not None and repaired:
        ssrcs.append(stream.rtx_ssrc)
        lines.append(Attribute("ssrc-group", f"FID {stream.ssrc} {stream.rtx_ssrc}"))
    for ssrc in ssrcs:
        lines.append(Attribute("ssrc", f"{ssrc} cname:{STREAM}"))
        lines.append(Attribute("ssrc", f"{ssrc} msid:{STREAM} {line.kind}"))
    return lines

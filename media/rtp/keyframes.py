"""
Where a keyframe begins, read from the payload descriptors of VP8 (RFC 7741), VP9 (RFC 9628), H264
(RFC 6184) and AV1 (RTP Payload Format For AV1, v1.0).

Nothing is decoded. Cut-off or unknown payloads are simply not the beginning of a keyframe.
"""

from __future__ import annotations

from typing import Final

# H264 NAL unit types (ITU-T H.264, table 7-1; RFC 6184, table 1)
_NAL_IDR: Final = 5
_NAL_SPS: Final = 7
_NAL_STAP_A: Final = 24
_NAL_FU_A: Final = 28


def vp8_keyframe(payload: bytes | memoryview) -> bool:
    """
    Whether this packet is the first of a VP8 keyframe.

    Source: RFC 7741, 4.2 (payload descriptor) and 4.3 (payload header).
    """
    size = len(payload)
    if size < 2:
        return False
    first = payload[0]
    # "S: Start of VP8 partition"; the frame begins with its first partition, PID 0
    if first & 0x17 != 0x10:
        return False
    at = 1
    if first & 0x80:  # X: extended control bits
        extended = payload[1]
        at = 2
        if extended & 0x80:  # I: PictureID, one byte or (M) two
            if at >= size:
                return False
            at += 2 if payload[at] & 0x80 else 1
        if extended & 0x40:  # L: TL0PICIDX
            at += 1
        if extended & 0x30:  # T or K: TID, Y, KEYIDX share a byte
            at += 1
    # "P: Inverse key frame flag. When set to 0, the current frame is a key frame."
    return at < size and not payload[at] & 0x01


def vp9_keyframe(payload: bytes | memoryview) -> bool:
    """
    Whether this packet is the first of a VP9 keyframe, of its lowest spatial layer.

    Source: RFC 9628, 4.2.
    """
    size = len(payload)
    if size < 2:
        return False
    first = payload[0]
    # "P: Inter-picture predicted frame"; "B: Start of Frame"
    if first & 0x48 != 0x08:
        return False
    at = 1
    if first & 0x80:  # I: PictureID, one byte or (M) two
        at += 2 if payload[at] & 0x80 else 1
    if first & 0x20:  # L: layer indices; SID is the spatial layer
        return at < size and payload[at] & 0x0E == 0
    return at < size


def av1_keyframe(payload: bytes | memoryview) -> bool:
    """
    Whether this packet is the first of a coded video sequence: a keyframe with its sequence header.

    Source: RTP Payload Format For AV1 v1.0, 4.4 (aggregation header: "N: MUST be set to 1 if the
    packet is the first packet of a coded video sequence").
    """
    return len(payload) > 1 and payload[0] & 0x88 == 0x08  # Z: it continues an OBU


def h264_keyframe(payload: bytes | memoryview) -> bool:
    """
    Whether a decoder may start with this packet: it carries a sequence parameter set, or the first
    slice of an IDR picture (for senders that give their parameter sets in the SDP only).

    Source: RFC 6184, 5.4 (single NAL unit), 5.7.1 (STAP-A), 5.8 (FU-A).
    """
    size = len(payload)
    if size < 2:
        return False
    kind = payload[0] & 0x1F
    if kind == _NAL_FU_A:
        # S bit: start of the fragmented NAL unit
        return size > 2 and payload[1] & 0x80 != 0 and _starts(payload[1] & 0x1F, payload[2])
    if kind != _NAL_STAP_A:
        return _starts(kind, payload[1])
    at = 1
    while at + 3 < size:
        length = payload[at] << 8 | payload[at + 1]
        if length < 2 or at + 2 + length > size:
            return False
        if _starts(payload[at + 2] & 0x1F, payload[at + 3]):
            return True
        at += 2 + length
    return False


def _starts(kind: int, next_byte: int) -> bool:
    # A slice header begins with first_mb_in_slice as ue(v): a leading 1 bit is 0, the first slice.
    return kind == _NAL_SPS or (kind == _NAL_IDR and next_byte & 0x80 != 0)

"""Header extensions by name, as they stand in a=extmap."""

from __future__ import annotations

from typing import Final

MID: Final = "urn:ietf:params:rtp-hdrext:sdes:mid"
"""The m-line that a packet belongs to (RFC 9143, 15.1)."""
RID: Final = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
"""The layer that a packet belongs to (RFC 8852, 3.1)."""
REPAIRED_RID: Final = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
"""The layer that a retransmission belongs to (RFC 8852, 3.2)."""
LEVEL: Final = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
"""How loud the sound in a packet is (RFC 6464, 4)."""
TRANSPORT: Final = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
"""The number among all packets of a connection, for `media.rtp.transport_feedback`."""

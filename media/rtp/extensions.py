"""Header extensions by name, as they stand in a=extmap."""

from __future__ import annotations

from typing import Final

MID: Final = "urn:ietf:params:rtp-hdrext:sdes:mid"
"""The m-line that a packet belongs to (RFC 9143, 15.1)."""
RID: Final = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
"""The layer that a packet belongs to (RFC 8852, 3.1)."""
REPAIRED_RID: Final = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
"""The layer that a retransmission belongs to (RFC 8852, 3.2)."""

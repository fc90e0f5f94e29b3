"""Addresses of the captions, and how players are told of them. Pure."""

from __future__ import annotations

GROUP = "captions"
SPOKEN = "spoken"
"""The playlist of a finished recording's captions, beside the pictures' `recording`."""


def playlist_address(kind: str) -> str:
    """Address of the captions' playlist: beside the `live` one, the `recording`, or SPOKEN."""
    return "captions.m3u8" if kind == "live" else f"captions-{kind}.m3u8"


def live_file(number: int) -> str:
    """A segment with captions at the moments at which they came."""
    return f"captions-{number}.vtt"


def spoken_file(number: int) -> str:
    """A segment with captions at the moments at which they were said."""
    return f"spoken-{number}.vtt"


def rendition_tag(kind: str) -> str:
    """
    The group of captions for a multivariant playlist (RFC 8216bis, 4.4.6.1); every variant names
    GROUP. Offered, never chosen by itself: most who can hear would rather see the picture.
    """
    return (
        f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="{GROUP}",NAME="字幕",LANGUAGE="zh-CN",DEFAULT=NO,'
        f'AUTOSELECT=YES,FORCED=NO,URI="{playlist_address(kind)}"'
    )

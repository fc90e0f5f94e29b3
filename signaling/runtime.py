"""
Sections that the record doesn't hold, as each client may see them: who is on the link and speaks,
how good the lines are, how the programme goes and where to, the code for checking in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from meetings.people import PersonId
from meetings.sections import Audience
from meetings.service import LiveMeeting
from signaling.calls import Calls
from signaling.check_in import CheckIn
from signaling.clients import Client, audience_of
from signaling.links import Links
from signaling.media_sections import MediaSections
from signaling.wire.frames import LinksSection, PushesSection

NAMES: Final = ("links", "speakers", "calls", "livestream", "pushes", "check_in")
_NO_LINKS: Final = LinksSection(sources=())
"""What those see of the video links who are not on them."""


class RuntimeSections:
    """Of one meeting."""

    def __init__(
        self,
        live: LiveMeeting,
        shown: MediaSections,
        links: Links,
        calls: Calls,
        check_in: CheckIn,
        *,
        clock_ms: Callable[[], int],
    ) -> None:
        self._live = live
        self._shown = shown
        self._links = links
        self._calls = calls
        self._check_in = check_in
        self._clock_ms = clock_ms
        self.pushes = PushesSection(platforms=())
        self.on_link: set[Client] = set()
        """Clients that are shown the links."""

    def all_for(self, client: Client) -> dict[str, str]:
        """Return every section that the client may see."""
        return self._encoded(NAMES, client)

    def due(
        self, changed: frozenset[str], touched: set[PersonId], client: Client
    ) -> dict[str, str]:
        """
        Return those that the client needs now: see `Runtime` of the fan-out.

        The links are shown to whoever is on them, and taken back from whoever was.
        """
        shown = client in self.on_link
        if shown or changed or client.person.id in touched:
            may = self._links.rights(client).subscribe
            if may != shown and (shown or client.person.id in touched):
                changed |= {"links"}
            elif not may:
                changed -= {"links"}
        return self._encoded(changed, client)

    @property
    def speakers(self) -> str:
        """For those on the link."""
        return self._shown.speakers().model_dump_json()

    @property
    def calls(self) -> str:
        """For the desk."""
        return self._calls.section(self._clock_ms()).model_dump_json()

    def _encoded(self, names: Iterable[str], client: Client) -> dict[str, str]:
        fragments: dict[str, str] = {}
        audience = audience_of(self._live.meeting, client.person)
        if audience is Audience.LOBBY:
            return fragments
        desk = audience is Audience.HOST
        for name in names:
            if name == "livestream":
                fragments[name] = self._shown.livestream(desk=desk).model_dump_json()
            elif name == "pushes":
                if desk:
                    fragments[name] = self.pushes.model_dump_json()
            elif name == "check_in":
                if desk or audience is Audience.DISPLAY:
                    section = self._check_in.section(self._clock_ms())
                    fragments[name] = section.model_dump_json()
            elif name == "calls":
                if desk:
                    fragments[name] = self.calls
            elif name == "speakers":
                if self._links.rights(client).subscribe:
                    fragments[name] = self.speakers
            elif self._links.rights(client).subscribe:
                self.on_link.add(client)
                fragments[name] = self._shown.links().model_dump_json()
            else:
                self.on_link.discard(client)
                fragments[name] = _NO_LINKS.model_dump_json()
        return fragments

"""Commands that the service itself asks in somebody's name: who came, who left, how a call went."""

from __future__ import annotations

import secrets

from meetings.commands import Asked
from meetings.people import Person
from meetings.refusals import Refused
from meetings.service import Accepted, MeetingService


class OwnCommands:
    """Of one meeting."""

    def __init__(self, service: MeetingService, meeting: str) -> None:
        self._service = service
        self._meeting = meeting

    async def ask(self, person: Person, command: Asked) -> Accepted | Refused:
        """
        Ask once, under an id that nobody else uses.

        Raises: RecordError, ServiceClosed.
        """
        command_id = f"service-{secrets.token_urlsafe(12)}"
        return await self._service.submit(self._meeting, person, command_id, command)

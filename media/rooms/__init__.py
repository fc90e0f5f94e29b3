"""
Rooms of the media process: who is there, what is let through, who gets what.

`RoomServer` carries out the requests of `media.control`. Everything here runs on one event loop;
a room's state is touched by that loop alone and needs no locks but those around negotiations.
"""

"""Attendance: who is there, and who was."""

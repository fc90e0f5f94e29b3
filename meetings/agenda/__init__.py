"""The agenda: which matters the meeting deals with, and when."""

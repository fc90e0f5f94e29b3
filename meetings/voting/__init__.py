"""Votes: questions put, ballots cast, results."""

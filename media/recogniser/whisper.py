"""
Whisper, run by faster-whisper (extra `captions`). The model is a folder that the operator gives;
nothing is downloaded.

Settings as measured: without fallback to higher temperatures, which take twenty times as long for a
sound that is no speech, and with the language given, which is else guessed anew for each sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from media.recogniser.port import Heard, Pcm
from media.recogniser.utterances import Utterance, Utterances

PROMPT: Final = "以下是普通话的句子。"
"""So that it writes simplified characters, and marks between sentences."""
SILENT: Final = 0.6  # probability that nothing was said, above which it is believed
UNSURE: Final = -1.2  # mean logarithm of a word's probability, below which it is not


class Whisper:
    """See `Recogniser`."""

    def __init__(self, model: str, threads: int = 1) -> None:
        """
        Args:
            model: folder with a CTranslate2 model.
            threads: processors that it may take.

        Raises:
            ModuleNotFoundError: the extra is not installed.
            RuntimeError: no model there.
        """
        from faster_whisper import WhisperModel

        self._model: Any = WhisperModel(
            model, device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
        )
        self._utterances = Utterances()

    def feed(self, pcm: Pcm) -> Iterator[Heard]:
        """See the port."""
        for one in self._utterances.feed(pcm):
            yield from self._read(one)

    def finish(self) -> Iterator[Heard]:
        """See the port."""
        for one in self._utterances.finish():
            yield from self._read(one)

    def _read(self, one: Utterance) -> Iterator[Heard]:
        segments, _ = self._model.transcribe(
            one.pcm,
            language="zh",
            beam_size=1,
            temperature=0,
            condition_on_previous_text=False,
            without_timestamps=True,
            initial_prompt=PROMPT,
        )
        sure = [s for s in segments if s.no_speech_prob < SILENT and s.avg_logprob > UNSURE]
        text = "".join(segment.text for segment in sure).strip()
        if text:
            yield Heard(one.begin, one.begin + len(one.pcm), text)

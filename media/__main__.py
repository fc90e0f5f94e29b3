"""`python -m media --fd FD --settings JSON`: the media process. Started by `media.child`."""

from __future__ import annotations

import argparse

from media.process import main
from media.settings import MediaSettings

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m media", description=__doc__)
    parser.add_argument("--fd", type=int, required=True, help="descriptor of the line")
    parser.add_argument("--settings", type=MediaSettings.model_validate_json, required=True)
    options = parser.parse_args()
    main(options.fd, options.settings)

"""From the start of a process to the first answer: `python bench/first.py ENGINE FOLDER PERSON.json CACHE`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

name, folder, person, cache = sys.argv[1:]
os.environ["ADVISE_CACHE_DIR"] = cache
from peers import find  # noqa: E402

facts = json.loads(Path(person).read_bytes())
engine = find(name).load(Path(folder))
print(sorted(engine.advise(facts)), flush=True)
engine.close()
sys.stdout.flush()
if name != "durable":  # its other process is to end, so that its time counts
    os._exit(0)

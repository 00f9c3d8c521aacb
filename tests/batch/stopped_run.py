"""A run in a process of its own that says how far it is, so that it can be killed at any moment."""

from __future__ import annotations

import sys
import time
from datetime import date
from pathlib import Path

from advise import KnowledgeBase
from advise.batch import Job, Progress, run


def _tell(now: Progress) -> None:
    print("joining" if now.joining else now.people, flush=True)
    if not now.joining:
        time.sleep(0.1)  # so that there are moments between the parts


if __name__ == "__main__":
    folder, people, advice = sys.argv[1:4]
    job = Job(Path(people), Path(advice), keep=["id"], as_of=date(2026, 1, 15), part=512, threads=2)
    run(KnowledgeBase.load(folder), job, progress=_tell, say=lambda said: print(said, flush=True))
    print("whole", flush=True)

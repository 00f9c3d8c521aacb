"""A knowledge base as bytes for another process, which needs the package but none of the rule files.

The bytes are compressed JSON, and hold rules, never facts. A process keeps what it has unpacked, by content, so
that of many tasks with the same knowledge base only the first reads and compiles it.
"""

from __future__ import annotations

import json
import zlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from advise.codec import decode, encode, form
from advise.errors import AdviseError
from advise.rules import Rulebook

if TYPE_CHECKING:
    from advise.knowledge_base import KnowledgeBase

MOST_KEPT = 16


def pack(rulebook: Rulebook, folder: Path) -> bytes:
    """The bytes of a rulebook and of the name of its folder."""
    content = [_library(), str(folder), encode(rulebook)]
    return zlib.compress(json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode(), 6)


@lru_cache(maxsize=MOST_KEPT)
def unpack(packed: bytes) -> KnowledgeBase:
    """The knowledge base of some bytes: the same object for the same bytes, as long as it's kept.

    Raises AdviseError when another version of the package packed it, since that might read it as other rules.
    """
    from advise.knowledge_base import KnowledgeBase

    library, folder, nodes = json.loads(zlib.decompress(packed))
    if library != _library():
        raise AdviseError(
            f"The knowledge base was sent by advise-engine {library[0]}, and this process has another, "
            f"{_library()[0]}. Install the same on every machine."
        )
    return KnowledgeBase(decode(nodes), Path(folder))


def _library() -> list[str]:
    # The form too: a checkout keeps its version while it changes.
    return [version("advise-engine"), form()]

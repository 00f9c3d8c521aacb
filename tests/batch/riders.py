"""People who ride bicycles, in files, some of them wrong."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

from tests.batch.needs import pa

import pyarrow.parquet as pq  # isort: skip

RIDE = pa.struct([("km", pa.float64()), ("to", pa.string())])
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("helmet", pa.bool_()),
        ("age_of_bike", pa.int32()),
        ("use", pa.string()),
        ("tools", pa.list_(pa.string())),
        ("rides", pa.list_(RIDE)),
    ]
)


def riders(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """People, one in fifty of them with an impossible fact."""
    random = Random(seed)
    return [
        {
            "id": f"r{row}",
            "helmet": random.choice([True, False]),
            "age_of_bike": -1 if random.random() < 0.02 else random.randint(0, 20),
            "use": random.choice(["daily", "weekly", "rarely"]),
            "tools": random.choice([[], ["pump"], ["pump", "key"]]),
            "rides": [{"km": random.randint(1, 30), "to": "work"} for _ in range(random.randint(0, 3))],
        }
        for row in range(count)
    ]


def write(path: Path, count: int) -> Path:
    """A file of people; in CSV and NDJSON one line in a hundred can't be read."""
    people = riders(count)
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(people, SCHEMA), path, row_group_size=777)
        return path
    if path.suffix == ".ndjson":
        lines = [json.dumps(each) if i % 100 else '{"id": ' for i, each in enumerate(people)]
    else:
        lines = ["id,helmet,age_of_bike,use,tools,rides"]
        for i, each in enumerate(people):
            tools, rides = (json.dumps(each[name]).replace('"', '""') for name in ("tools", "rides"))
            line = f'{each["id"]},{each["helmet"]},{each["age_of_bike"]},{each["use"]},"{tools}","{rides}"'
            lines.append(line if i % 100 else f"{each['id']},true")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path

"""A small knowledge base about a garden, and people who have one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

MANIFEST = """\
name: garden
title: Garden advice
version: 1.0.0
language: 1
languages: [en, de]
facts: garden.schema.json
as_of: 2026-01-15
first_steps: 2
priorities:
  - harvest: Your harvest
protected: [age]
sources:
  almanac: {title: The almanac, author: A Gardener, published: 2020}
checks:
  example-missing: {off: A garden is small}
  counterexample-missing: {off: A garden is small}
  question-missing: {off: Some tests need a fact without one}
  question-untranslated: {off: Some tests need a question in one language}
"""

RULES = """\
topic: beds
title: Beds
source: {almanac: Beds}

conclusions:
  bed.thirsty:
    means: The bed needs water
    type: boolean
    report: {en: "{bed.name} is thirsty.", de: "{bed.name} hat Durst."}

derived:
  crop:
    means: One kind of plant
    one for each: plant
    among: [crops, beds]

rules:
  - id: thirsty
    title: Thirsty
    when:
      - each bed: {dry: true}
    conclude: {bed.thirsty: true}
  - id: water
    title: Water it
    when:
      - each bed: {thirsty: true}
    advise:
      say: {en: "Water {bed.name}.", de: "Gießen Sie {bed.name}."}
      priority: harvest
      effort: small
    examples:
      - name: a dry bed
        facts: {beds: [{name: South, plant: beans, dry: true}]}
        expect: {given: [water]}
  - id: feed
    title: Feed it
    when:
      - each crop: {hungry: true}
    advise:
      say: {en: "Feed the {crop.plant}.", de: "Düngen Sie: {crop.plant}."}
      priority: harvest
      effort: medium
    examples:
      - name: hungry beans
        facts: {crops: [{plant: beans, hungry: true}]}
        expect: {given: [feed]}
"""

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "beds": {
            "type": "array",
            "thing": "bed",
            "label": "name",
            "title": "Beds",
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "title": "Name", "unnamed": "this bed"},
                    "plant": {"type": "string", "title": "Plant", "unnamed": "its plant"},
                    "dry": {"type": "boolean", "title": "Dry", "question": "Is the soil dry?"},
                },
            },
        },
        "crops": {
            "type": "array",
            "thing": "crop",
            "label": "plant",
            "title": "Crops",
            "items": {
                "type": "object",
                "required": ["plant"],
                "properties": {
                    "plant": {"type": "string", "title": "Plant", "unnamed": "this plant"},
                    "hungry": {"type": "boolean", "title": "Hungry", "question": "Are the leaves pale?"},
                },
            },
        },
    },
}

PEOPLE = {
    "ada.json": (
        '{"beds": [{"name": "South", "plant": "beans", "dry": true}], "crops": [{"plant": "beans", "hungry": false}]}'
    ),
    "bo.yaml": (
        "beds:\n"
        "  - {name: North, plant: peas, dry: true}\n"
        "  - {name: West, plant: beans, dry: true}\n"
        "crops:\n"
        "  - {plant: peas, hungry: true}\n"
        "  - {plant: beans, hungry: true}\n"
    ),
    "cy.yaml": "beds:\n  - name: East\n",
    "wrong.yaml": "beds:\n  - name: East\n    dry: perhaps\n",
    "broken.json": '{"beds": [}',
    "aged.yaml": "age: 44\nbeds: []\ncrops: []\n",
}


@pytest.fixture
def garden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with people's facts and, in `rules`, a knowledge base."""
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "knowledge_base.yaml").write_text(MANIFEST, "utf-8")
    (rules / "beds.yaml").write_text(RULES, "utf-8")
    (rules / "garden.schema.json").write_text(json.dumps(SCHEMA), "utf-8")
    for name, facts in PEOPLE.items():
        (tmp_path / name).write_text(facts, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ADVISE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    return tmp_path

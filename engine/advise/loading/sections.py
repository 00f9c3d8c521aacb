"""The declarations of a rule file: parameters, tables, conclusions and derived things."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from advise.conditions import Scope
from advise.errors import Place
from advise.loading.context import Context, SilentError, WrongError, did_you_mean, quoted, suggestion
from advise.loading.folder import Folder
from advise.loading.names import Env, Key
from advise.loading.nodes import flag_of, items_of, mapping_of, place_of, text_of, words_of
from advise.loading.operands import day_of
from advise.loading.tables import read_table
from advise.loading.texts import read_words
from advise.rules import Conclusion, Derived, Setting, Source, Words
from advise.source import MappingNode, Node, Scalar, SequenceNode, Suggestion, resolved
from advise.types import Kind, Literal, Type

# -------------------------------------------------------------------------------------------- sources


def read_source(context: Context, node: MappingNode, default: Source, needed_by: str = "") -> Source:
    """The `source` of `node`, else the default; a finding when `needed_by` names what has neither."""
    cited = node.items.get("source")
    if cited is None:
        if needed_by and not default:
            hint = "Add `source: {key: place}`, here or for the whole topic; its keys are the manifest's `sources`."
            context.find("missing-source", node.place, f"{needed_by} has no source.", hint)
        return default
    found: dict[str, str] = {}
    known = context.manifest.sources
    for key, value in cited.items.items() if isinstance(cited, MappingNode) else ():
        if known and key not in known and isinstance(cited, MappingNode):
            hint = did_you_mean(key, known) or f"The manifest has {quoted(known, 'and')}."
            context.find("unknown-source", cited.keys[key], f"The manifest has no source `{key}`.", hint)
        found[key] = str(value.value) if isinstance(value, Scalar) else ""
    return found


# ----------------------------------------------------------------------------------------- parameters


def read_parameter(context: Context, name: str, node: Node) -> Setting:
    """A parameter with its value, or its values by the day from which they hold."""
    if not isinstance(node, MappingNode):
        raise SilentError
    if ("value" in node.items) == ("from" in node.items):
        sentence = f"The parameter `{name}` needs either `value` or `from`."
        raise WrongError("missing-key", node.place, sentence, "`from: {2026-01-01: 13}` gives a value from a day on.")
    _refuse_number_in_quotes(name, node)
    values = [(date.min, _setting_value(node.items["value"]))] if "value" in node.items else _dated(context, node)
    kinds = {_kind(value) for _, value in values}
    if len(kinds) != 1:
        raise WrongError("wrong-type", place_of(node, "from"), f"The values of `{name}` are of different types.")
    kind = kinds.pop()
    whole = all(isinstance(value, int) for _, value in values)
    type = Type(kind, integer=kind is Kind.NUMBER and whole, unit=text_of(node, "unit"))
    source = read_source(context, node, {})
    return Setting(name, words_of(node, "means"), words_of(node, "because"), type, tuple(values), source)


def _refuse_number_in_quotes(name: str, node: MappingNode) -> None:
    """A value that has a unit is a number; in quotes it would be a text."""
    value = node.items.get("value")
    if "unit" not in node.items or not isinstance(value, Scalar) or not value.quoted:
        return
    number = resolved(str(value.value).strip())
    if isinstance(number, int | float) and not isinstance(number, bool):
        sentence = f"The parameter `{name}` has a unit, but its value stands in quotes, so it's a text."
        raise WrongError("wrong-type", value.place, sentence, f"Write the number without quotes: {number}.")


def _dated(context: Context, node: MappingNode) -> list[tuple[date, Literal]]:
    since = mapping_of(node, "from")
    days = {key: context.attempt(day_of, key, since.keys[key]) for key in since.items}
    found = [(day, _setting_value(since.items[key])) for key, day in days.items() if day is not None]
    if not found:
        raise SilentError
    return sorted(found, key=lambda each: each[0])


def _setting_value(node: Node) -> Literal:
    if isinstance(node, SequenceNode):
        texts = tuple(each.value for each in node.items if isinstance(each, Scalar) and isinstance(each.value, str))
        if len(texts) == len(node.items) and texts:
            return texts
    elif isinstance(node, Scalar) and isinstance(node.value, str | int | float) and not isinstance(node.value, bool):
        return node.value
    raise WrongError("wrong-type", node.place, "A parameter is a number, a text, a date or a list of texts.")


def _kind(value: Literal) -> Kind:
    if isinstance(value, tuple):
        return Kind.TEXTS
    if isinstance(value, str):
        return Kind.DATE if _is_day(value) else Kind.TEXT
    return Kind.NUMBER


def _is_day(text: str) -> bool:
    try:
        day_of(text, Place(""))
    except WrongError:
        return False
    return True


# -------------------------------------------------------------------------------------------- folders


def read_tables(context: Context, folder: Folder, section: MappingNode, source: Source) -> None:
    """The tables of a file, added to the names."""
    for name, node in section.items.items():
        place = section.keys[name]
        if context.attempt(_declare_table, context, name, place) is None:
            continue
        own = read_source(context, node, source, f"The table `{name}`") if isinstance(node, MappingNode) else {}
        table = context.attempt(read_table, context, folder, name, node, own)
        if table is None:
            context.names.broken_words.add(("table", name))
        else:
            context.names.tables[name] = table


def _declare_table(context: Context, name: str, place: Place) -> bool:
    context.names.declare("table", name, place)
    if name in context.names.things:
        raise WrongError(
            "name-clash", place, f"`{name}` is already a thing in the facts.", "Give the table another name."
        )
    return True


def read_parameters(context: Context, section: MappingNode) -> None:
    """The parameters of a file, added to the names."""
    for name, node in section.items.items():
        if context.attempt(_declare, context, "parameter", name, section.keys[name]) is None:
            continue
        setting = context.attempt(read_parameter, context, name, node)
        if setting is None:
            context.names.broken_words.add(("parameter", name))
        else:
            context.names.settings[name] = setting


def _declare(context: Context, sort: str, name: str, place: Place) -> bool:
    context.names.declare(sort, name, place)
    return True


# ---------------------------------------------------------------------------------------- conclusions


def split_name(context: Context, name: str, place: Place) -> Key:
    """A declared name as (thing, path); WrongError when its first part is no thing."""
    first, _, path = name.partition(".")
    if not path:
        return None, name
    names = context.names
    if first in names.things:
        return first, path
    if any(key[0] is None and key[1].startswith(first + ".") for key in names.facts):
        return None, name
    single = names.list_thing(first)
    hint = (
        Suggestion(f"did you mean `{single}.{path}`?", first, single) if single else did_you_mean(first, names.things)
    )
    if first in names.tables:
        hint = "Rows of a table have columns only."
    raise WrongError("unknown-thing", place, f"There is no list of things called `{first}`.", hint)


def declare_key(context: Context, sort: str, name: str, place: Place) -> Key:
    """Declares a conclusion or computed fact; WrongError when something else has its name."""
    key = split_name(context, name, place)
    names = context.names
    names.declare(sort, name, place)
    if key in names.facts:
        raise WrongError("name-clash", place, f"`{name}` is already a fact.", f"Give the {sort} another name.")
    if key in names.conclusions or key in names.pending:
        other = "computed fact" if sort == "conclusion" else "conclusion"
        first = names.places.get((other, name))
        where = f" at {first.file}, line {first.line}" if first else ""
        raise WrongError("name-clash", place, f"`{name}` is already a {other}{where}.", "Rename one of them.")
    return key


_TYPES = {"boolean": Kind.BOOLEAN, "choice": Kind.CHOICE, "text": Kind.TEXT, "number": Kind.NUMBER}


def declare_conclusions(context: Context, section: MappingNode) -> dict[Key, MappingNode]:
    """The conclusions of a file with their types, added to the names; their texts come later."""
    found = {}
    for name, node in section.items.items():
        key = context.attempt(declare_key, context, "conclusion", name, section.keys[name])
        if key is None:
            continue
        conclusion = context.attempt(_conclusion, context, key, name, node)
        if conclusion is None or not isinstance(node, MappingNode):
            context.names.broken.add(key)
        else:
            context.names.conclusions[key] = conclusion
            found[key] = node
    return found


def _conclusion(context: Context, key: Key, name: str, node: Node) -> Conclusion:
    if not isinstance(node, MappingNode):
        raise SilentError
    kind = _TYPES.get(text_of(node, "type") or "")
    if kind is None:
        raise SilentError
    values = mapping_of(node, "values")
    if (kind is Kind.CHOICE) != bool(values.items):
        if kind is Kind.CHOICE:
            raise WrongError(
                "missing-key", node.place, f"`{name}` is a choice, and its values aren't listed.", "Add `values:`."
            )
        context.find("unknown-key", node.keys.get("values", node.place), "Only a choice has `values`.", "Delete them.")
    type = Type(kind, tuple(values.items), flag_of(node, "ordered"), unit=text_of(node, "unit"))
    return Conclusion(key[0], key[1], words_of(node, "means"), type)


def read_conclusion_texts(context: Context, key: Key, node: MappingNode) -> Conclusion:
    """A conclusion with the meanings of its values and its report."""
    conclusion = context.names.conclusions[key]
    thing = conclusion.thing
    env = Env() if thing is None else Env((Scope(thing, thing),))
    values: dict[str, Words] = {}
    meanings = mapping_of(node, "values")
    for value, text in meanings.items.items():
        words = context.attempt(read_words, context, env, text)
        if words is not None:
            values[value] = words
    report = node.items.get("report")
    if report is None:
        return replace(conclusion, values=values)
    is_flag = isinstance(report, Scalar) and isinstance(report.value, bool)
    if is_flag != (conclusion.type.kind is Kind.CHOICE):
        is_choice = conclusion.type.kind is Kind.CHOICE
        sentence = "The report of a choice is true or false." if is_choice else "This report should be a text."
        hint = "Its values' meanings are what is shown." if is_choice else "Write the sentence that people should read."
        context.find("wrong-type", report.place, sentence, hint)
        return replace(conclusion, values=values, show=True)
    if is_flag:
        return replace(conclusion, values=values, show=flag_of(node, "report"))
    return replace(conclusion, values=values, report=context.attempt(read_words, context, env, report))


# -------------------------------------------------------------------------------------------- derived


def read_derived(context: Context, thing: str, place: Place, node: Node) -> Derived:
    """A thing of which there is one for each distinct key."""
    names = context.names
    names.declare("derived thing", thing, place)
    if not isinstance(node, MappingNode):
        raise SilentError
    if thing not in names.lists:
        hint = did_you_mean(thing, names.lists) or "Add a list with that `thing` to the facts schema."
        raise WrongError("unknown-thing", place, f"The facts have no list of things called `{thing}`.", hint)
    key = text_of(node, "one for each")
    own = names.facts.get((thing, key or ""))
    if key is None:
        raise SilentError
    key_place = place_of(node, "one for each")
    if own is None:
        options = [path for owner, path in names.facts if owner == thing]
        raise WrongError("unknown-fact", key_place, f"A {thing} has no fact `{key}`.", did_you_mean(key, options))
    if not own.required:
        hint = "Add it to the `required` of the thing in the facts schema."
        raise WrongError(
            "key-not-required", key_place, f"`{thing}.{key}` isn't required, so a {thing} may lack its key.", hint
        )
    among = [context.attempt(_source_list, context, key, own.type, each) for each in items_of(node, "among")]
    things = tuple(dict.fromkeys((thing, *(each for each in among if each is not None))))
    return Derived(thing, words_of(node, "means"), key, things)


def _source_list(context: Context, key: str, type: Type, node: Node) -> str:
    names = context.names
    name = node.value if isinstance(node, Scalar) else None
    if not isinstance(name, str):
        raise SilentError
    thing = names.list_thing(name)
    if thing is None:
        options = [each.name for each in names.lists.values()]
        owner = names.lists.get(name)
        hint = suggestion(name, owner.name) if owner else did_you_mean(name, options)
        raise WrongError("unknown-list", node.place, f"The facts have no list `{name}`.", hint)
    fact = names.facts.get((thing, key))
    if fact is None:
        raise WrongError(
            "unknown-fact", node.place, f"The things in `{name}` have no fact `{key}`.", "Leave this list out."
        )
    if fact.type.kind is not type.kind or fact.type.ignore_case != type.ignore_case:
        sentence = f"`{thing}.{key}` isn't of the same type as the key of the derived thing."
        raise WrongError("wrong-type", node.place, sentence, "Declare both alike, with or without `ignore_case`.")
    return thing

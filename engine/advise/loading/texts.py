"""Texts for people: one or more languages, with placeholders found and checked."""

from __future__ import annotations

import re

from advise.conditions import Parameter, Ref
from advise.errors import Place
from advise.loading.context import Context, WrongError, did_you_mean, quoted
from advise.loading.names import Env
from advise.rules import Words
from advise.source import MappingNode, Node, Scalar

_BRACE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def read_words(context: Context, env: Env, node: Node) -> Words:
    """A text and its placeholders. Plain names mean the person's facts, so `env.inner` isn't looked at."""
    texts = _by_language(context, node)
    visible = Env(env.bound, broken=env.broken)
    languages = [language for language in context.manifest.languages if language in texts]
    return Words({language: _parts(context, visible, texts[language]) for language in languages})


def _by_language(context: Context, node: Node) -> dict[str, Scalar]:
    languages = context.manifest.languages
    if isinstance(node, Scalar):
        texts = {languages[0]: node}
    elif isinstance(node, MappingNode):
        texts = {key: each for key, each in node.items.items() if isinstance(each, Scalar)}
        _check_languages(context, node)
        if not any(key in languages for key in node.items):
            return texts
    else:
        raise WrongError("wrong-type", node.place, "A text is expected here, not a list.")
    for text in texts.values():
        if not isinstance(text.value, str) or not text.value.strip():
            raise _no_text(text)
    missing = [language for language in languages if language not in texts]
    if missing:
        hint = "Write one for each language: " + ", ".join(f"{language}: .." for language in languages) + "."
        context.find("missing-translation", node.place, f"This text isn't there in {quoted(missing, 'and')}.", hint)
    return texts


def _no_text(text: Scalar) -> WrongError:
    if text.value is None or isinstance(text.value, str):
        return WrongError("empty-text", text.place, "There is no text here.", "Say what people should read.")
    return WrongError("wrong-type", text.place, "A text is expected here.", "Put it in quotes.")


def _check_languages(context: Context, node: MappingNode) -> None:
    for key in node.items:
        if key not in context.manifest.languages:
            sentence = f"`{key}` is no language of this knowledge base."
            hint = f"Its languages are {quoted(context.manifest.languages, 'and')}."
            if node.items[key] == Scalar(None, node.items[key].place):
                hint = "A text that starts with { must stand in quotes."
            elif " " in key:
                hint = "A text with a colon in it must stand in quotes, all of it."
            context.find("unknown-language", node.keys[key], sentence, hint)


def _parts(context: Context, env: Env, text: Scalar) -> tuple[str | Ref | Parameter, ...]:
    whole = str(text.value).strip()
    parts: list[str | Ref | Parameter] = []
    plain, end = "", 0
    for match in _BRACE.finditer(whole):
        plain += whole[end : match.start()]
        end = match.end()
        if match[0] in ("{{", "}}"):
            plain += match[0][0]
            continue
        place = context.findings.find(match[0], text.place, 2 * len(whole) + 200) if match[1] else None
        part = context.attempt(_placeholder, context, env, match, place or text.place)
        if part is not None:
            parts += [plain, part] if plain else [part]
            plain = ""
    plain += whole[end:]
    return (*parts, plain) if plain else tuple(parts)


def _placeholder(context: Context, env: Env, match: re.Match[str], place: Place) -> Ref | Parameter:
    if match[1] is None:
        sentence = f"This text has a `{match[0]}` without its partner."
        raise WrongError("bad-placeholder", place, sentence, f"For the sign itself write `{match[0] * 2}`.")
    name = match[1].strip()
    if name.startswith("$"):
        setting = context.names.setting(name[1:], place)
        return Parameter(setting.name, setting.type)
    try:
        return context.names.find(name, env, place)
    except WrongError as wrong:
        raise _unbound(context, env, name, wrong) from None


def _unbound(context: Context, env: Env, name: str, wrong: WrongError) -> WrongError:
    if wrong.code not in ("unbound-thing", "unknown-fact", "unknown-column"):
        return wrong
    hint = wrong.hint
    thing = name.removeprefix("other ").partition(".")[0]
    if wrong.code == "unbound-thing":
        hint = f"Bind it with `each {thing}: {{..}}` in `when`."
    elif not hint:
        hint = did_you_mean(name, context.names.visible(env)) or "For a brace itself write `{{`."
    return WrongError("unknown-placeholder", wrong.place, f"Nothing here gives `{{{name}}}` a value.", hint)

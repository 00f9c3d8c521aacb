"""What a rule does: conclude, advise, hold, ask, refer, override."""

from __future__ import annotations

from advise.conditions import Of, Scope
from advise.errors import Place
from advise.loading import operands
from advise.loading.comparisons import choice
from advise.loading.context import Context, SilentError, WrongError, did_you_mean, quoted
from advise.loading.names import Env, dotted
from advise.loading.nodes import items_of, text_of
from advise.loading.texts import read_words
from advise.rules import Advise, Ask, Conclude, Hold, Refer, Words
from advise.source import MappingNode, Node, Scalar
from advise.types import Kind, Literal, Type

# ------------------------------------------------------------------------------------------- conclude


def read_conclude(context: Context, env: Env, node: Node) -> tuple[Conclude, ...]:
    """The conclusions that a rule draws."""
    if not isinstance(node, MappingNode):
        raise SilentError
    drawn = (context.attempt(_conclude, context, env, key, node.keys[key], node.items[key]) for key in node.items)
    return tuple(sorted((each for each in drawn if each), key=lambda each: (each.scope or "", each.path)))


def _conclude(context: Context, env: Env, name: str, place: Place, node: Node) -> Conclude:
    context.names.refuse_protected(name, place)
    scope = next((s for s in reversed(env.bound) if name.startswith(s.name + ".")), None)
    key = (scope.thing, name[len(scope.name) + 1 :]) if scope else (None, name)
    if key in context.names.broken:
        raise SilentError
    conclusion = context.names.conclusions.get(key)
    if conclusion is None:
        raise SilentError if env.broken else _undeclared(context, scope, name, place)
    context.names.drawn.add(key)
    value = _value(context, name, conclusion.type, node)
    return Conclude(key[0], key[1], scope.name if scope else None, value)


def _undeclared(context: Context, scope: Scope | None, name: str, place: Place) -> WrongError:
    names = context.names
    plain = name.removeprefix("other ")
    thing = plain.partition(".")[0]
    if scope is None and any(dotted(key) == plain for key in names.conclusions):
        sentence = f"`{name}` is a conclusion about a thing (`{thing}`), and none is bound here."
        return WrongError("unbound-thing", place, sentence, f"Bind one with `each {thing}: {{..}}` in `when`.")
    if any(dotted(key) == plain for key in (*names.facts, *names.computed)):
        sentence = f"`{name}` is a fact, and rules can only draw conclusions."
        return WrongError(
            "undeclared-conclusion", place, sentence, "Declare a conclusion of another name under `conclusions:`."
        )
    hint = did_you_mean(name, map(dotted, names.conclusions)) or "Declare it under `conclusions:`, with its meaning."
    return WrongError("undeclared-conclusion", place, f"The conclusion `{name}` isn't declared.", hint)


def _value(context: Context, name: str, type: Type, node: Node) -> Literal:
    if not isinstance(node, Scalar):
        raise WrongError("wrong-type", node.place, f"`{name}` needs one value.")
    value = node.value
    match = operands.PARAMETER.match(value) if isinstance(value, str) else None
    if match:
        setting = context.names.setting(match[1], node.place)
        given = operands.parameter_constant(setting, node.place).value
        value = given if not isinstance(given, tuple) else None
    if type.kind is Kind.BOOLEAN and not isinstance(value, bool):
        raise WrongError("not-boolean", node.place, f"`{name}` is true or false.", "write true or false")
    if type.kind is Kind.NUMBER and (isinstance(value, bool) or not isinstance(value, (int, float))):
        raise WrongError("wrong-type", node.place, f"`{name}` needs a number.")
    if type.kind in (Kind.TEXT, Kind.CHOICE) and not isinstance(value, str):
        raise WrongError("wrong-type", node.place, f"`{name}` needs a text.", "Put it in quotes.")
    if value is None:
        raise SilentError
    return choice(name, type, str(value), node.place) if type.kind is Kind.CHOICE else value


# --------------------------------------------------------------------------------------------- advise


def read_advise(context: Context, env: Env, node: Node) -> Advise | None:
    """The advice that a rule gives; None when it can't be read."""
    if not isinstance(node, MappingNode):
        raise SilentError
    say = _words(context, env, node, "say")
    read = [context.attempt(read_words, context, env, each) for each in items_of(node, "steps")]
    priority = _known(context, node, "priority", tuple(context.manifest.priorities), "unknown-priority")
    kind = text_of(node, "kind") or "step"
    if say is None or priority is None:
        return None
    return Advise(
        say=say,
        steps=tuple(step for step in read if step is not None),
        priority=priority,
        effort=text_of(node, "effort") or "small",
        horizon=text_of(node, "horizon"),
        kind=kind,
    )


def _known(context: Context, node: MappingNode, key: str, options: tuple[str, ...], code: str) -> str | None:
    value = node.items.get(key)
    if not isinstance(value, Scalar) or not isinstance(value.value, str):
        return None
    if options and value.value not in options:
        hint = did_you_mean(value.value, options) or f"There are {quoted(options, 'and')}."
        context.find(code, value.place, f"There is no {key} `{value.value}` in the manifest.", hint)
        return None
    return value.value


def _words(context: Context, env: Env, node: MappingNode, key: str) -> Words | None:
    value = node.items.get(key)
    return None if value is None else context.attempt(read_words, context, env, value)


# ------------------------------------------------------------------------------------------- the rest


def read_hold(context: Context, env: Env, own: str, node: Node) -> Hold | None:
    """The hold of the rule `own`; `all` becomes the ids of all advice but the rule's own and the exceptions."""
    if not isinstance(node, MappingNode):
        raise SilentError
    advice = node.items.get("advice")
    except_ids = _ids(context, items_of(node, "except"))
    instead = node.items.get("instead")
    other = context.attempt(_advice_id, context, instead) if instead is not None else None
    if isinstance(advice, Scalar):
        ids = _every_advice(context, advice, {own, *except_ids})
    else:
        ids = _ids(context, items_of(node, "advice"))
        _refuse_except(context, node)
    if other is not None and other in ids and instead is not None:
        sentence = f"`{other}` is offered instead, and this hold holds it back too."
        hint = "Add it to `except`." if isinstance(advice, Scalar) else "Take it out of `advice`."
        context.find("instead-held", instead.place, sentence, hint)
    because = _words(context, env, node, "because")
    until = _words(context, env, node, "until")
    return None if because is None else Hold(ids, because, until, other)


def _every_advice(context: Context, node: Scalar, but: set[str]) -> tuple[str, ...]:
    if node.value != "all":
        sentence = f"`advice` is a list of rule ids, or `all`, not `{node.value}`."
        context.find("wrong-type", node.place, sentence, f"Write `[{node.value}]`.")
        return ()
    return tuple(sorted(rule for rule, advises in context.names.rules.items() if advises and rule not in but))


def _refuse_except(context: Context, node: MappingNode) -> None:
    if "except" in node.items:
        hint = "Delete it, or write `advice: all`."
        context.find("unknown-key", node.keys["except"], "`except` goes only with `advice: all`.", hint)


def _ids(context: Context, nodes: tuple[Node, ...]) -> tuple[str, ...]:
    found = (context.attempt(_advice_id, context, node) for node in nodes)
    return tuple(sorted({each for each in found if each is not None}))


def _advice_id(context: Context, node: Node) -> str:
    name = rule_id(context, node)
    if not context.names.rules[name]:
        sentence = f"The rule `{name}` gives no advice."
        raise WrongError("not-advice", node.place, sentence, "Name a rule that has `advise:`.")
    return name


def rule_id(context: Context, node: Node) -> str:
    """The id of a rule that exists; WrongError otherwise."""
    name = node.value if isinstance(node, Scalar) else None
    if not isinstance(name, str):
        raise WrongError("wrong-type", node.place, "The id of a rule is expected here.")
    if name not in context.names.rules:
        raise WrongError(
            "unknown-rule", node.place, f"There is no rule `{name}`.", did_you_mean(name, context.names.rules)
        )
    return name


def read_overrides(context: Context, own: str, node: MappingNode) -> tuple[str, ...]:
    """The ids of the rules that the rule `own`, which `node` is, overrides."""
    found = set()
    for each in items_of(node, "overrides"):
        name = context.attempt(rule_id, context, each)
        if name == own:
            context.find("overrides-itself", each.place, "A rule can't override itself.", "Name another rule.")
        elif name is not None:
            found.add(name)
    return tuple(sorted(found))


def read_ask(context: Context, env: Env, node: Node) -> Ask | None:
    """The fact, or the list, that a rule asks for."""
    if not isinstance(node, MappingNode):
        raise SilentError
    fact = node.items.get("fact")
    if not isinstance(fact, Scalar) or not isinstance(fact.value, str):
        raise SilentError
    thing, path, asked = _asked(context, env, fact.value, fact.place)
    say = _words(context, env, node, "say")
    if "say" not in node.items and not asked:
        hint = "Add `say:` here, or a `question` to the fact in the facts schema."
        raise WrongError(
            "missing-question", fact.place, f"Nobody has said in which words to ask for `{fact.value}`.", hint
        )
    return Ask(thing, path, say)


def _asked(context: Context, env: Env, name: str, place: Place) -> tuple[str | None, str, bool]:
    names = context.names
    thing = names.list_thing(name) or (name if name in names.things else None)
    if thing is not None:
        listed = next((each for each in names.lists.values() if each.thing == thing), None)
        return thing, "", listed is not None and listed.question is not None
    first, _, path = name.partition(".")
    if (first, path) in names.facts:
        return first, path, names.facts[first, path].question is not None
    ref = names.find(name, env, place)
    if ref.of is not Of.FACT:
        sentence = f"`{name}` is a {ref.of}, and people can only be asked for facts."
        raise WrongError("unknown-fact", place, sentence, "Ask for a fact that it rests on.")
    return ref.thing, ref.path, names.facts[ref.key].question is not None


def read_refer(context: Context, env: Env, node: Node) -> Refer | None:
    """Whom a rule refers to."""
    if not isinstance(node, MappingNode):
        raise SilentError
    to, say = _words(context, env, node, "to"), _words(context, env, node, "say")
    return None if to is None or say is None else Refer(to, say)

"""The Java sources for Drools: classes of facts, one method for each rule, and what evaluates a person."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from workload import FIELD, LISTS, SCALARS, Condition, Field, Holds, Join, Over, Rule, Test

from peers.engine import lists_last, name_of

_OBJECTS = {"integer": "Integer", "number": "Double", "boolean": "Boolean", "choice": "String", "text": "String"}
_VALUES = {"integer": "int", "number": "double", "boolean": "boolean", "choice": "String", "text": "String"}
_SYMBOLS = {"at least": ">=", "at most": "<=", "more than": ">", "less than": "<"}
_TOGETHER = 20
"""Rules in one class, so that no class gets too large."""
_HEAD = """\
import java.util.*;
import org.drools.model.*;
import org.drools.model.impl.ModelImpl;
import static org.drools.model.PatternDSL.*;
"""
_ADVISOR = """\
import com.fasterxml.jackson.databind.*;
import org.drools.modelcompiler.KieBaseBuilder;
import org.kie.api.KieBase;
import org.kie.api.runtime.KieSession;
public class Advisor {{
  static KieBase base; static ObjectReader reader;
  public static int load() {{
    ModelImpl m = new ModelImpl();
    Global<ArrayList> out = globalOf(ArrayList.class, "defaultpkg", "out");
    m.addGlobal(out);
{parts}
    base = KieBaseBuilder.createKieBaseFromModel(m);
    ObjectMapper mapper = new ObjectMapper();
    mapper.configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);
    reader = mapper.readerFor(Person.class);
    return 1;
  }}
  public static String advise(String text) throws Exception {{
    Person p = reader.readValue(text);
    KieSession session = base.newKieSession();
    ArrayList<String> out = new ArrayList<>();
    session.setGlobal("out", out);
{things}
    session.insert(p);
    session.fireAllRules();
    session.dispose();
    return String.join(",", out);
  }}
}}
"""


def sources(rules: Sequence[Rule]) -> dict[str, str]:
    """Class by class its source."""
    lists = " ".join(f"public List<{thing.title()}> {name};" for name, (thing, _) in LISTS.items())
    found = {
        "Holds": "public class Holds { public final String rule; public Holds(String r) { rule = r; }"
        " public String getRule() { return rule; } }",
        "Person": f"import java.util.*; public class Person {{ {_members(SCALARS)} {lists} }}",
    }
    for thing, fields in LISTS.values():
        found[thing.title()] = f"public class {thing.title()} {{ {_members(fields)} }}"
    parts = [rules[at : at + _TOGETHER] for at in range(0, len(rules), _TOGETHER)]
    for number, part in enumerate(parts):
        methods = "".join(
            f"  static void {name_of(r.id)}(ModelImpl m, Global<ArrayList> out) {{\n{_rule(r)}  }}\n" for r in part
        )
        calls = " ".join(f"{name_of(r.id)}(m, out);" for r in part)
        add = f"  static void add(ModelImpl m, Global<ArrayList> out) {{ {calls} }}\n"
        found[f"Rules{number}"] = f"{_HEAD}public class Rules{number} {{\n{methods}{add}}}\n"
    found["Advisor"] = _HEAD + _ADVISOR.format(
        parts="\n".join(f"    Rules{number}.add(m, out);" for number in range(len(parts))),
        things="\n".join(f"    for (Object each : p.{name}) session.insert(each);" for name in LISTS),
    )
    return found


def _members(fields: Sequence[Field]) -> str:
    members = []
    for field in fields:
        type_ = (_OBJECTS if field.nullable else _VALUES)[field.kind]
        getter = f"get{field.name[0].upper()}{field.name[1:]}"
        members.append(f"public {type_} {field.name}; public {type_} {getter}() {{ return {field.name}; }}")
    return " ".join(members)


def _rule(rule: Rule) -> str:
    writer = _Writer()
    tests = [each for each in rule.when if isinstance(each, Test)]
    parts = [writer.part(each) for each in rule.when if isinstance(each, Holds) and not each.negated]
    others = [each for each in lists_last(rule.when) if not isinstance(each, Test)]
    others = [each for each in others if not (isinstance(each, Holds) and not each.negated)]
    if tests or not parts:
        parts.append(f"pattern({writer.variable('Person')})" + "".join(map(_on_person, tests)))
    parts += [writer.part(each) for each in others]
    fire = f'(drools, o) -> {{ o.add("{rule.id}"); drools.insert(new Holds("{rule.id}")); }}'
    salience = f"attribute(Rule.Attribute.SALIENCE, {-rule.depth})"
    build = f"build({', '.join(parts)}, on(out).execute({fire}))"
    return "".join(writer.lines) + f'    m.addRule(rule("{rule.id}").{salience}.{build});\n'


class _Writer:
    """Writes the patterns of one rule; `lines` declare their variables."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._numbers: Iterator[int] = count()

    def variable(self, type_: str) -> str:
        name = f"v{next(self._numbers)}"
        self.lines.append(f"    Variable<{type_}> {name} = declarationOf({type_}.class);\n")
        return name

    def part(self, condition: Condition) -> str:
        match condition:
            case Holds():
                pattern = f"pattern({self.variable('Holds')}){_on_conclusion(condition.rule)}"
                return f"not({pattern})" if condition.negated else pattern
            case Over():
                return self._over(condition)
            case Join():
                return self._join(condition)
        raise TypeError(condition)

    def _over(self, over: Over) -> str:
        pattern = f"pattern({self.variable(LISTS[over.list][0].title())})"
        if over.quantifier == "every":
            tests = " && ".join(f"({_test(test)})" for test in over.where)
            return f"not({pattern}.expr({_id('not', over.list, *over.where)}, x -> !({tests})))"
        tests = "".join(_on_thing(over.list, test) for test in over.where)
        return f"{'exists' if over.quantifier == 'some' else 'not'}({pattern}{tests})"

    def _join(self, join: Join) -> str:
        goal, right = self.variable("Goal"), self.variable(LISTS[join.right][0].title())
        index = f"betaIndexedBy(String.class, Index.ConstraintType.EQUAL, 0, x -> x.{FIELD.name}, y -> y.{FIELD.name})"
        same = (
            f'.expr("same", {goal}, (x, y) -> x.{FIELD.name}.equals(y.{FIELD.name}), {index}, reactOn("{FIELD.name}"))'
        )
        inner = f"pattern({right})" + "".join(_on_thing(join.right, test) for test in join.right_where) + same
        outer = f"pattern({goal})" + "".join(_on_thing("goals", test) for test in join.where)
        return f"exists(and({outer}, {f'not({inner})' if join.anti else inner}))"


def _on_conclusion(rule: str) -> str:
    index = f'alphaIndexedBy(String.class, Index.ConstraintType.EQUAL, 0, x -> x.rule, "{rule}")'
    return f'.expr("holds {rule}", x -> "{rule}".equals(x.rule), {index}, reactOn("rule"))'


def _on_person(test: Test) -> str:
    index = ""
    if test.operator == "is" and isinstance(test.value, str):
        place = SCALARS.index(test.field)
        of = f"x -> x.{test.field.name}, {json.dumps(test.value)}"
        index = (
            f', alphaIndexedBy(String.class, Index.ConstraintType.EQUAL, {place}, {of}), reactOn("{test.field.name}")'
        )
    return f".expr({_id('person', test)}, x -> {_test(test)}{index})"


def _on_thing(name: str, test: Test) -> str:
    return f".expr({_id(name, test)}, x -> {_test(test)})"


def _id(*parts: str | Test) -> str:
    """What tells an expression from others: Drools shares those with the same."""
    texts = [p if isinstance(p, str) else f"{p.field.name} {p.operator} {p.value}" for p in parts]
    return json.dumps(" ".join(texts))


def _test(test: Test) -> str:
    fact, value = f"x.{test.field.name}", test.value
    is_text = test.field.kind in ("choice", "text")

    def same(to: Any) -> str:
        return f"{json.dumps(to)}.equals({fact})" if is_text else f"{fact} == {json.dumps(to)}"

    match test.operator:
        case "known":
            return f"{fact} != null" if test.field.nullable or is_text else "true"
        case "is":
            text = same(value)
        case "is not":
            text = f"!({same(value)})"
        case "one of":
            text = f"({' || '.join(map(same, value))})"
        case "not one of":
            text = f"!({' || '.join(map(same, value))})"
        case "between":
            text = f"{fact} >= {value[0]} && {fact} <= {value[1]}"
        case _:
            text = f"{fact} {_SYMBOLS[test.operator]} {value}"
    return f"{fact} != null && {text}" if test.field.nullable else text

// json-rules-engine, asked line by line in JSON: `node engine.mjs rules.json`; with a person's file too, once.
import fs from 'node:fs';
import readline from 'node:readline';
import { Engine } from 'json-rules-engine';

const [, , rulesFile, personFile] = process.argv;

// Operators of our own cover what there is none for: conditions on lists, and joins between them.
function test({ fact, operator, value }) {
  switch (operator) {
    case 'known': return d => d[fact] != null;
    case 'is': return d => d[fact] === value;
    case 'is not': return d => d[fact] != null && d[fact] !== value;
    case 'one of': return d => value.includes(d[fact]);
    case 'not one of': return d => d[fact] != null && !value.includes(d[fact]);
    case 'between': return d => d[fact] != null && d[fact] >= value[0] && d[fact] <= value[1];
    case 'at least': return d => d[fact] != null && d[fact] >= value;
    case 'at most': return d => d[fact] != null && d[fact] <= value;
    case 'more than': return d => d[fact] != null && d[fact] > value;
    case 'less than': return d => d[fact] != null && d[fact] < value;
  }
  throw new Error(`No operator ${operator}.`);
}

function all(tests) {
  const made = tests.map(test);
  return d => made.every(each => each(d));
}

function over({ quantifier, tests }) {
  const holds = all(tests);
  if (quantifier === 'every') return things => things.every(holds);
  return quantifier === 'some' ? things => things.some(holds) : things => !things.some(holds);
}

function join({ anti, tests, rightTests }) {
  const left = all(tests);
  const right = all(rightTests);
  return (goals, things) => {
    const fields = new Set(things.filter(right).map(thing => thing.field));
    return goals.some(goal => left(goal) && fields.has(goal.field) !== anti);
  };
}

function load(file) {
  const { rules, operators } = JSON.parse(fs.readFileSync(file, 'utf8'));
  const engine = new Engine([], { allowUndefinedFacts: true });
  for (const [name, each] of Object.entries(operators)) {
    engine.addOperator(name, 'quantifier' in each ? over(each) : join(each));
  }
  for (const { id, priority, conditions } of rules) {
    engine.addRule({
      priority,
      conditions: { all: conditions },
      event: { type: id },
      onSuccess: (event, almanac) => { almanac.addRuntimeFact(`holds ${id}`, true); },
    });
  }
  return async person => (await engine.run(person)).events.map(event => event.type);
}

const advise = load(rulesFile);
if (personFile) {
  console.log(JSON.stringify(await advise(JSON.parse(fs.readFileSync(personFile, 'utf8')))));
} else {
  let people = [];
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const question = JSON.parse(line);
    let answer = null;
    if ('keep' in question) people = question.keep;
    else if ('advise' in question) answer = await advise(question.advise);
    else for (const person of people) await advise(person);
    console.log(JSON.stringify(answer));
  }
}

"""The style sheet of the HTML report: light and dark, narrow and wide, screen and paper."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --ink: #1d2430; --soft: #525c6b; --paper: #fbfaf7; --card: #ffffff;
  --line: #d9d7d0; --accent: #1f5f8b; --go: #1c6b3f; --wait: #8a5300; --stop: #a3262a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6e1; --soft: #adb3bd; --paper: #15181d;
  --card: #1d2128; --line: #3a404a; --accent: #8ec5ee; --go: #85d3a4; --wait: #f0bf6c; --stop: #ff9c98; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.55 system-ui, sans-serif;
  overflow-wrap: anywhere; }
main { max-width: 44rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1, h2, h3, h4 { line-height: 1.25; margin: 0; text-wrap: balance; }
h1 { font-size: 1.9rem; }
h2 { font-size: 1.3rem; }
h3, h4 { font-size: 1.05rem; }
p { margin: 0; }
.day, .quiet, .aside, dt { color: var(--soft); }
.summary { margin-top: .75rem; font-size: 1.1rem; }
nav { margin: .75rem 0 2.5rem; }
article + article { margin-top: 4rem; border-top: 2px solid var(--line); padding-top: 2rem; }
section { margin-top: 2.25rem; }
.title { border-bottom: 2px solid var(--line); padding-bottom: .3rem; margin-bottom: .9rem; }
.group { margin: 1.1rem 0 .4rem; }
.first, .referral { background: var(--card); border: 1px solid var(--line);
  border-left: .35rem solid var(--go); border-radius: .4rem; padding: 1.1rem 1.25rem; }
.referral { border-left-color: var(--stop); }
.first > .title { color: var(--go); }
.referral > .title { color: var(--stop); }
.first > .title, .referral > .title { border: 0; padding: 0; }
.not-now > .title { color: var(--wait); }
ol, ul { margin: 0; padding-left: 1.6rem; }
li { margin: .35rem 0; }
section > ol > li, section > ul > li { margin: .7rem 0; }
section > ol > li::marker { font-weight: 700; }
.first .text { font-weight: 600; }
.steps { list-style: "\\2013  "; padding-left: 1.1rem; }
.aside { font-weight: 400; }
dl { margin: .3rem 0 0; }
dl > div { display: grid; grid-template-columns: minmax(4.5rem, max-content) 1fr; gap: .75rem;
  margin: .15rem 0; }
dd { margin: 0; }
code { font: .9em ui-monospace, monospace; background: color-mix(in srgb, var(--ink) 8%, transparent);
  border-radius: .2rem; padding: .05em .25em; }
a { color: var(--accent); }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.cited { font-size: .8em; text-decoration: none; padding: .2em; }
.cited:hover { text-decoration: underline; }
li:target { background: color-mix(in srgb, var(--accent) 18%, transparent); }
details { margin-top: .4rem; font-size: .92em; }
summary { cursor: pointer; color: var(--accent); padding: .15rem 0; }
details ul { list-style: none; padding-left: 1rem; border-left: 2px solid var(--line); }
.sources { font-size: .92em; }
@media (max-width: 30rem) {
  main { padding: 1.25rem 1rem 3rem; }
  ol, ul { padding-left: 1.3rem; }
  dl > div { display: block; }
  dt, dd { display: inline; }
  dt::after { content: ":"; }
}
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --paper: #fff; --card: #fff; --line: #bbb;
    --accent: #000; --go: #000; --wait: #000; --stop: #000; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  article + article { break-before: page; border: 0; margin: 0; }
  h1, h2, h3, h4 { break-after: avoid; }
  li { break-inside: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
  summary { list-style: none; }
  nav { display: none; }
}
""".strip()

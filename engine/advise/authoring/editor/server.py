"""A language server for rule files: findings and mends while typing, completion, definitions, hovers and more.

It stands on pygls. What it can say comes from `Editing`; here it's only put into the protocol's terms.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlparse
from urllib.request import url2pathname

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.workspace import PositionCodec

from advise.authoring.editor.completing import Offer
from advise.authoring.editor.editing import Editing, folder_around
from advise.authoring.editor.occurrences import Occurrence
from advise.errors import Finding, Fix, Place, Severity

NAME = "advise"


class RuleServer(LanguageServer):
    """Holds, for each knowledge base that is open, its state in the editor."""

    def __init__(self, version: str) -> None:
        super().__init__(NAME, version)
        self._states: dict[Path, Editing] = {}
        self._marked: dict[Path, set[str]] = {}

    def state(self, uri: str) -> tuple[Editing, str] | None:
        """The knowledge base that a document belongs to, and the document's path in it."""
        path = _path(uri)
        folder = folder_around(path)
        if folder is None:
            return None
        if folder not in self._states:
            self.changed(folder)
        return self._states[folder], path.relative_to(folder).as_posix()

    def changed(self, folder: Path) -> Editing:
        """Reads a knowledge base anew, with the documents as they stand in the editor."""
        documents = self.workspace.text_documents.items()
        texts = {_path(uri): document.source for uri, document in documents if uri.startswith("file:")}
        within = {path.relative_to(folder): text for path, text in texts.items() if path.is_relative_to(folder)}
        inside = {path.as_posix(): text for path, text in within.items() if _is_read(path)}
        state = self._states[folder] = Editing(folder, inside, self._states.get(folder))
        return state

    def publish(self, uri: str, typing: bool = False) -> None:
        """Reads the knowledge base of a document anew and sends the findings of all its files; without those that
        take long while somebody is `typing`."""
        folder = folder_around(_path(uri))
        if folder is None:
            return
        state = self.changed(folder)
        found: dict[str, list[lsp.Diagnostic]] = {name: [] for name in self._marked.get(folder, ())}
        for name in state.texts:
            found.setdefault(name, [])
        for finding in state.findings if typing else state.all_findings:
            place = self.range(state, finding.place, _extent(finding))
            found.setdefault(finding.place.file, []).append(_diagnostic(finding, place))
        self._marked[folder] = {name for name, diagnostics in found.items() if diagnostics}
        for name, diagnostics in found.items():
            where = (folder / name).as_uri()
            self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(where, diagnostics))

    def found(self, uri: str, position: lsp.Position) -> tuple[Editing, Occurrence] | None:
        """The name at a position."""
        at = self.state(uri)
        if at is None:
            return None
        state, name = at
        here = self.workspace.position_codec.position_from_client_units(state.lines(name), position)
        found = state.occurrences.at(Place(name, here.line + 1, here.character + 1))
        return None if found is None else (state, found)

    def range(self, state: Editing, place: Place, length: int) -> lsp.Range:
        """So many characters from a place on, as the editor counts them."""
        start = lsp.Position(place.line - 1, place.column - 1)
        whole = lsp.Range(start, lsp.Position(start.line, start.character + length))
        return self.workspace.position_codec.range_to_client_units(state.lines(place.file), whole)

    def of(self, state: Editing, found: Occurrence) -> lsp.Range:
        """Where a name stands."""
        return self.range(state, found.place, len(found.text))

    def location(self, state: Editing, found: Occurrence) -> lsp.Location:
        """Where a name stands, with its file."""
        return lsp.Location((state.folder / found.place.file).as_uri(), self.of(state, found))

    def action(self, state: Editing, finding: Finding, fix: Fix, place: lsp.Range) -> lsp.CodeAction:
        """The mend of a finding, for the editor to offer."""
        changes: dict[str, list[lsp.TextEdit]] = {}
        for edit in fix.edits:
            start, end = (self.range(state, each, 0).start for each in (edit.start, edit.end))
            uri = (state.folder / edit.start.file).as_uri()
            changes.setdefault(uri, []).append(lsp.TextEdit(lsp.Range(start, end), edit.text))
        return lsp.CodeAction(
            fix.title,
            lsp.CodeActionKind.QuickFix,
            diagnostics=[_diagnostic(finding, place)],
            is_preferred=fix.safe,
            edit=lsp.WorkspaceEdit(changes=changes),
        )


def language_server(version: str) -> RuleServer:
    """The server, ready to be started with `start_io()`."""
    server = RuleServer(version)
    _publishing(server)
    _looking_up(server)
    _renaming(server)
    _mending(server)
    _completing(server)
    return server


def _publishing(server: RuleServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        server.publish(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        server.publish(params.text_document.uri, typing=True)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        server.publish(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        server.publish(params.text_document.uri)


def _looking_up(server: RuleServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def definition(params: lsp.DefinitionParams) -> lsp.Location | None:
        at = server.found(params.text_document.uri, params.position)
        declared = None if at is None else at[0].occurrences.declaration(at[1].sort, at[1].name)
        return None if at is None or declared is None else server.location(at[0], declared)

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    def references(params: lsp.ReferenceParams) -> list[lsp.Location]:
        at = server.found(params.text_document.uri, params.position)
        if at is None:
            return []
        every = at[0].occurrences.of(at[1].sort, at[1].name)
        return [
            server.location(at[0], each) for each in every if params.context.include_declaration or not each.declares
        ]

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hover(params: lsp.HoverParams) -> lsp.Hover | None:
        at = server.found(params.text_document.uri, params.position)
        if at is None:
            return None
        said = lsp.MarkupContent(lsp.MarkupKind.Markdown, at[0].said(at[1]))
        return lsp.Hover(said, server.of(*at))

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def symbols(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        at = server.state(params.text_document.uri)
        if at is None:
            return []
        state, name = at
        declared = [each for each in state.occurrences.all if each.place.file == name and each.declares]
        return [_symbol(each, server.of(state, each)) for each in declared]


def _symbol(found: Occurrence, place: lsp.Range) -> lsp.DocumentSymbol:
    return lsp.DocumentSymbol(found.name, _SYMBOLS[found.sort], place, place, found.sort)


def _renaming(server: RuleServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    def may_rename(params: lsp.PrepareRenameParams) -> lsp.Range | None:
        at = server.found(params.text_document.uri, params.position)
        return None if at is None or at[1].sort in ("fact", "table") else server.of(*at)

    @server.feature(lsp.TEXT_DOCUMENT_RENAME)
    def rename(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        at = server.found(params.text_document.uri, params.position)
        if at is None:
            return None
        state, found = at
        if found.sort in ("fact", "table"):
            raise JsonRpcException(f"A {found.sort} is declared elsewhere; rename it there and in the rules.")
        try:
            edits = list(state.occurrences.renamed(found.sort, found.name, params.new_name))
        except ValueError as error:
            raise JsonRpcException(str(error)) from None
        changes: dict[str, list[lsp.TextEdit]] = {}
        for each, text in edits:
            changes.setdefault((state.folder / each.place.file).as_uri(), []).append(
                lsp.TextEdit(server.of(state, each), text)
            )
        return lsp.WorkspaceEdit(changes=changes)


def _mending(server: RuleServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions([lsp.CodeActionKind.QuickFix]))
    def mends(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        at = server.state(params.text_document.uri)
        if at is None:
            return []
        state, name = at
        found = []
        for finding in state.findings:
            if finding.fix is None or finding.place.file != name:
                continue
            place = server.range(state, finding.place, _extent(finding))
            if place.start.line <= params.range.end.line and place.end.line >= params.range.start.line:
                found.append(server.action(state, finding, finding.fix, place))
        return found


def _completing(server: RuleServer) -> None:
    options = lsp.CompletionOptions(trigger_characters=["$", "{", ".", " "])

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, options)
    def completion(params: lsp.CompletionParams) -> list[lsp.CompletionItem]:
        at = server.state(params.text_document.uri)
        if at is None:
            return []
        state, name = at
        lines, codec = state.lines(name), server.workspace.position_codec
        here = codec.position_from_client_units(lines, params.position)
        above = sum(map(len, lines[: here.line]))
        return [
            _item(offer, _back(codec, lines, here.line, offer.start - above, here.character))
            for offer in state.offers(name, above + here.character)
        ]


def _back(codec: PositionCodec, lines: list[str], line: int, start: int, end: int) -> lsp.Range:
    """From one character of a line up to another, as the editor counts them."""
    return codec.range_to_client_units(lines, lsp.Range(lsp.Position(line, start), lsp.Position(line, end)))


def _item(offer: Offer, place: lsp.Range) -> lsp.CompletionItem:
    return lsp.CompletionItem(
        offer.text,
        kind=_OFFERED[offer.sort],
        detail=offer.sort,
        documentation=offer.means or None,
        text_edit=lsp.TextEdit(place, offer.text),
    )


_OFFERED = {
    "fact": lsp.CompletionItemKind.Field,
    "computed": lsp.CompletionItemKind.Function,
    "conclusion": lsp.CompletionItemKind.Property,
    "column": lsp.CompletionItemKind.Field,
    "parameter": lsp.CompletionItemKind.Constant,
    "rule": lsp.CompletionItemKind.Event,
    "value": lsp.CompletionItemKind.EnumMember,
    "operator": lsp.CompletionItemKind.Operator,
    "word": lsp.CompletionItemKind.Keyword,
}


_SYMBOLS = {
    "rule": lsp.SymbolKind.Event,
    "conclusion": lsp.SymbolKind.Property,
    "computed": lsp.SymbolKind.Function,
    "parameter": lsp.SymbolKind.Constant,
    "table": lsp.SymbolKind.Array,
    "fact": lsp.SymbolKind.Field,
}


_SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.NOTE: lsp.DiagnosticSeverity.Information,
}


def _diagnostic(finding: Finding, place: lsp.Range) -> lsp.Diagnostic:
    said = f"{finding.sentence} {finding.hint}".rstrip()
    return lsp.Diagnostic(place, said, _SEVERITIES[finding.severity], finding.code, source=NAME)


def _extent(finding: Finding) -> int:
    """How many characters to underline: the word at the place."""
    rest = finding.excerpt[finding.place.column - 1 :]
    return max(len(re.split(r"[:,}\]]", rest)[0].rstrip()), 1)


def _is_read(path: Path) -> bool:
    """Whether a file belongs to a knowledge base, whose hidden files don't count."""
    hidden = any(part.startswith((".", "__")) for part in path.parts)
    return not hidden and path.suffix in (".yaml", ".csv", ".json")


def _path(uri: str) -> Path:
    return Path(url2pathname(unquote(urlparse(uri).path)))

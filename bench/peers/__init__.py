"""The engines that are measured beside one another, by name. One module for each; what it needs is imported on use."""

from __future__ import annotations

from importlib import import_module

from peers.engine import Engine, NotThereError, Peer

__all__ = ["ROW_BY_ROW", "Engine", "NotThereError", "Peer", "find"]

# In the order of the tables. All but `hand` and our own are rule engines of others.
ROW_BY_ROW = {
    "hand": "hand",
    "evaluate": "ours",
    "given_ids": "ours",
    "reference": "ours",
    "durable": "ours",
    "columnar-row": "ours",
    "datalogic": "datalogic",
    "zen": "zen",
    "zen-expression": "zen",
    "drools": "drools",
    "cel": "cel",
    "clips": "clips",
    "json-rules-engine": "node_rules",
    "durable_rules": "durable_rules",
}


def find(name: str) -> Peer:
    """The engine of that name."""
    peers: tuple[Peer, ...] = import_module(f"peers.{ROW_BY_ROW[name]}").PEERS
    return next(peer for peer in peers if peer.name == name)

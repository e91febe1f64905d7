"""The tables of the history, from version to version."""

from __future__ import annotations

from coldbyte.services.database_file import Migration

_VERSION_1 = """
CREATE TABLE exchanges (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL,
  started_at REAL, first_event_at REAL, ended_at REAL,
  origin TEXT, model TEXT, source TEXT, project TEXT, conversation TEXT, scope TEXT,
  title TEXT, failure TEXT, name TEXT, note TEXT, pinned INTEGER,
  effect TEXT, cause TEXT, price TEXT, lost TEXT,
  read INTEGER, written_5m INTEGER, written_1h INTEGER, uncached INTEGER, output INTEGER,
  wire_bytes INTEGER, received_bytes INTEGER,
  wire BLOB, received BLOB, reply BLOB, rest BLOB, snapshots BLOB, node INTEGER
);
CREATE INDEX exchanges_by_time ON exchanges (at, id);
CREATE INDEX exchanges_by_project ON exchanges (project, at);
CREATE INDEX exchanges_by_model ON exchanges (model, at);
CREATE INDEX exchanges_by_cause ON exchanges (cause, at);
CREATE INDEX exchanges_by_conversation ON exchanges (conversation, at);
CREATE INDEX exchanges_by_node ON exchanges (node, at) WHERE node IS NOT NULL;
CREATE TABLE pieces (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, data BLOB NOT NULL);
CREATE TABLE shelves (id INTEGER PRIMARY KEY, pieces BLOB NOT NULL UNIQUE);
CREATE TABLE piece_shelves (
  piece INTEGER, shelf INTEGER, PRIMARY KEY (piece, shelf)
) WITHOUT ROWID;
CREATE TABLE shelf_exchanges (
  shelf INTEGER, exchange INTEGER, PRIMARY KEY (shelf, exchange)
) WITHOUT ROWID;
CREATE TABLE nodes (
  id INTEGER PRIMARY KEY, parent INTEGER, byte BLOB, depth INTEGER NOT NULL,
  newest_at REAL, newest INTEGER, oldest_at REAL, oldest INTEGER
);
CREATE UNIQUE INDEX nodes_by_parent ON nodes (parent, byte);
INSERT INTO nodes (id, depth) VALUES (1, 0);
CREATE VIRTUAL TABLE piece_words USING fts5 (
  text, content = '', detail = none, columnsize = 0, tokenize = 'unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE cover_words USING fts5 (
  text, content = '', detail = none, columnsize = 0, tokenize = 'unicode61 remove_diacritics 2'
);
"""
# `at` is started_at, or 0 where that is not known; `wire` and `received` are lists of shelves, a shelf is a
# list of pieces. `reply`, `rest` and `snapshots` are compressed. The words of a piece stand under its id,
# those of title, name, note and reply under that of the exchange.

_VERSION_2 = """
ALTER TABLE exchanges ADD COLUMN digest BLOB;
ALTER TABLE exchanges ADD COLUMN seal BLOB
"""
# Both are empty in rows of version 1: what they say could only be believed.

MIGRATIONS: tuple[Migration, ...] = (_VERSION_1, _VERSION_2)
"""What makes version n + 1 of version n."""

FIRST_PRAGMAS = ("auto_vacuum = INCREMENTAL",)
"""Free pages can be given back."""
PRAGMAS = ("secure_delete = ON", "cache_size = -16000")
"""Deleted bytes are overwritten; 16 MB of pages are kept in memory."""

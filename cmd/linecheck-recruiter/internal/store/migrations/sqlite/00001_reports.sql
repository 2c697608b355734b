-- Times are Unix milliseconds, digests lower-case hex. A report's row, with its
-- salt, is all that can be erased; log_hashes is only ever added to, in the stored
-- order of golang.org/x/mod/sumdb/tlog.

-- +goose Up
CREATE TABLE tenants (
  no INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE
);
CREATE TABLE logs (
  tenant INTEGER PRIMARY KEY REFERENCES tenants (no),
  id TEXT NOT NULL,
  size INTEGER NOT NULL,
  checkpoint BLOB NOT NULL
);
CREATE TABLE log_hashes (
  tenant INTEGER NOT NULL,
  place INTEGER NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (tenant, place)
) WITHOUT ROWID;
CREATE TABLE erased (
  tenant INTEGER NOT NULL,
  entry INTEGER NOT NULL,
  time INTEGER NOT NULL,
  PRIMARY KEY (tenant, entry)
) WITHOUT ROWID;
-- One row a session under an invite. Report is its report, once that came, erased that it is gone again.
CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL,
  invite TEXT NOT NULL,
  session TEXT NOT NULL,
  started INTEGER NOT NULL,
  report INTEGER NOT NULL DEFAULT 0,
  erased INTEGER NOT NULL DEFAULT 0,
  UNIQUE (tenant, invite, session)
);
CREATE TABLE attempts (
  tenant INTEGER NOT NULL,
  invite TEXT NOT NULL,
  measured TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  PRIMARY KEY (tenant, invite, measured)
) WITHOUT ROWID;

-- Opened, running, reported and revoked are when that happened first; 0 where it did not.
CREATE TABLE invites (
  tenant INTEGER NOT NULL,
  id TEXT NOT NULL,
  applicant TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  region TEXT NOT NULL,
  language TEXT NOT NULL,
  policy TEXT NOT NULL,
  runs INTEGER NOT NULL,
  issued INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  opened INTEGER NOT NULL,
  running INTEGER NOT NULL,
  reported INTEGER NOT NULL,
  revoked INTEGER NOT NULL,
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE INDEX invites_issued ON invites (tenant, issued, id);
CREATE INDEX invites_open ON invites (tenant, issued, id) WHERE reported = 0 AND revoked = 0;
CREATE INDEX invites_applicant ON invites (tenant, applicant);

-- The sealed invites that may be fetched by a code. One that was made elsewhere, and came with a session or a report, has none.
CREATE TABLE codes (
  tenant INTEGER NOT NULL,
  code TEXT NOT NULL,
  invite TEXT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (tenant, code),
  UNIQUE (tenant, invite)
);

-- What reports are filtered by. There are few of these beside the reports, each with how many reports it has.
CREATE TABLE facets (
  id INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL,
  role TEXT NOT NULL,
  region TEXT NOT NULL,
  verdict TEXT NOT NULL,
  observed INTEGER NOT NULL,
  decision TEXT NOT NULL,
  reports INTEGER NOT NULL,
  UNIQUE (tenant, role, region, verdict, observed, decision)
);
-- A report's id is its tenant's number times 2^40 and its entry in the log. It is found by the
-- folded reference of its applicant, and by the words that stand in found, one a line.
CREATE TABLE reports (
  id INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL,
  digest TEXT NOT NULL,
  invite TEXT NOT NULL,
  session TEXT NOT NULL,
  received INTEGER NOT NULL,
  facet INTEGER NOT NULL REFERENCES facets (id),
  applicant TEXT NOT NULL,
  sought TEXT NOT NULL,
  found TEXT NOT NULL,
  machine TEXT NOT NULL,
  salt BLOB NOT NULL,
  receipt BLOB NOT NULL,
  bundle BLOB NOT NULL,
  UNIQUE (tenant, digest)
);
CREATE INDEX reports_received ON reports (tenant, received, id, facet);
CREATE INDEX reports_facet_received ON reports (facet, received, id);
CREATE INDEX reports_facet_sought ON reports (facet, sought, id);
CREATE INDEX reports_machine ON reports (tenant, machine) WHERE machine <> '';

-- Beginnings of names by which a report is found.
CREATE TABLE words (
  tenant INTEGER NOT NULL,
  word TEXT NOT NULL,
  report INTEGER NOT NULL,
  PRIMARY KEY (tenant, word, report)
) WITHOUT ROWID;

CREATE TABLE decisions (
  id INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL,
  report INTEGER NOT NULL,
  time INTEGER NOT NULL,
  person TEXT NOT NULL,
  kind TEXT NOT NULL,
  note TEXT NOT NULL
);
CREATE INDEX decisions_report ON decisions (report);

-- Who did what. Rows are only ever added, and name nobody but who acted.
CREATE TABLE trail (
  id INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL,
  time INTEGER NOT NULL,
  who TEXT NOT NULL,
  act TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX trail_time ON trail (tenant, id);

CREATE TABLE settings (
  tenant INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (tenant, name)
) WITHOUT ROWID;

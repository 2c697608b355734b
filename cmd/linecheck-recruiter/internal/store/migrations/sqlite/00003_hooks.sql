-- Whom to tell of new reports, and what they were told. Times are Unix milliseconds.

-- +goose Up
-- Secrets are stored as they are: every delivery is signed with them. Former is the one before, which signs
-- too for a while after it was changed. Events are the types told of, with spaces between. Disabled is when that was; 0 where it is on.
CREATE TABLE hooks (
  id INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL,
  url TEXT NOT NULL,
  secret TEXT NOT NULL,
  former TEXT NOT NULL,
  changed INTEGER NOT NULL,
  events TEXT NOT NULL,
  disabled INTEGER NOT NULL,
  created INTEGER NOT NULL
);
CREATE INDEX hooks_tenant ON hooks (tenant, id);

-- One row for each hook that is told of an event. Subject is the digest of the report it is about. Who takes
-- one in hand moves next to when it counts as dropped, and counts tries up.
CREATE TABLE deliveries (
  tenant INTEGER NOT NULL,
  hook INTEGER NOT NULL REFERENCES hooks (id) ON DELETE CASCADE,
  id TEXT NOT NULL,
  event TEXT NOT NULL,
  subject TEXT NOT NULL,
  body BLOB NOT NULL,
  made INTEGER NOT NULL,
  next INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'given-up')),
  answer TEXT NOT NULL,
  PRIMARY KEY (hook, id)
);
CREATE INDEX deliveries_due ON deliveries (tenant, next) WHERE state = 'waiting';
CREATE INDEX deliveries_made ON deliveries (hook, made);
CREATE INDEX deliveries_subject ON deliveries (tenant, subject);

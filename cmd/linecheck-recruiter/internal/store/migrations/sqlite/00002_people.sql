-- Who signs in, by what, and how long it counts. Secrets that people choose are kept
-- as argon2id, random ones of 128 bits or more as their SHA-256; the secret of one-time
-- codes is kept as it is, since codes are computed from it.

-- +goose Up
-- Empty texts are what a person does not have. A visit counts while its person's generation is the one it was begun in.
CREATE TABLE people (
  id INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL,
  login TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  password TEXT NOT NULL,
  totp TEXT NOT NULL,
  totp_step INTEGER NOT NULL,
  subject TEXT NOT NULL,
  setup TEXT NOT NULL,
  setup_ends INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  disabled INTEGER NOT NULL,
  created INTEGER NOT NULL,
  UNIQUE (tenant, login)
);
CREATE UNIQUE INDEX people_subject ON people (tenant, subject) WHERE subject <> '';
CREATE UNIQUE INDEX people_setup ON people (tenant, setup) WHERE setup <> '';

-- Tokens of programs. Person is who made it; used and revoked are 0 where that did not happen.
CREATE TABLE tokens (
  id INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL,
  digest TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  person INTEGER NOT NULL REFERENCES people (id),
  created INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  used INTEGER NOT NULL,
  revoked INTEGER NOT NULL,
  UNIQUE (tenant, digest)
);

-- Visits of browsers, by the digest of what stands in the cookie. One that has ended keeps its row,
-- without data, until it would have expired: what still runs under it does not bring it back.
CREATE TABLE visits (
  tenant INTEGER NOT NULL,
  token TEXT NOT NULL,
  data BLOB NOT NULL,
  expires INTEGER NOT NULL,
  PRIMARY KEY (tenant, token)
) WITHOUT ROWID;
CREATE INDEX visits_expires ON visits (tenant, expires);

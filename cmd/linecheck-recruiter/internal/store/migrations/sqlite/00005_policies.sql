-- The policies that an organisation may put into its invites, by the digest of their text.

-- +goose Up
CREATE TABLE policies (
  tenant INTEGER NOT NULL,
  digest TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  text BLOB NOT NULL,
  added INTEGER NOT NULL,
  person TEXT NOT NULL,
  PRIMARY KEY (tenant, digest)
);

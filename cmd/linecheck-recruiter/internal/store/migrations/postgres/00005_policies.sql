-- The policies that an organisation may put into its invites, by the digest of their text.

-- +goose Up
CREATE TABLE policies (
  tenant BIGINT NOT NULL,
  digest TEXT NOT NULL,
  id TEXT NOT NULL,
  version BIGINT NOT NULL,
  text BYTEA NOT NULL,
  added BIGINT NOT NULL,
  person TEXT NOT NULL,
  PRIMARY KEY (tenant, digest)
);

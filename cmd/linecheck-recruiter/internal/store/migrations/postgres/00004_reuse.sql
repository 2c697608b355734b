-- +goose Up
-- Reports that serve under an invite they were not made under. Each was made under an
-- earlier invite of the same applicant, and stays that one's; time is when the applicant said so.
CREATE TABLE invite_reuse (
  tenant BIGINT NOT NULL,
  invite TEXT COLLATE "C" NOT NULL,
  report BIGINT NOT NULL,
  time BIGINT NOT NULL,
  PRIMARY KEY (tenant, invite)
);
CREATE INDEX invite_reuse_report ON invite_reuse (tenant, report);

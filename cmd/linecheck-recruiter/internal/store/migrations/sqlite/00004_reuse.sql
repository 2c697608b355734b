-- +goose Up
-- Reports that serve under an invite they were not made under. Each was made under an
-- earlier invite of the same applicant, and stays that one's; time is when the applicant said so.
CREATE TABLE invite_reuse (
  tenant INTEGER NOT NULL,
  invite TEXT NOT NULL,
  report INTEGER NOT NULL,
  time INTEGER NOT NULL,
  PRIMARY KEY (tenant, invite)
) WITHOUT ROWID;
CREATE INDEX invite_reuse_report ON invite_reuse (tenant, report);

package intake

import (
	"fmt"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/verify"
)

// sealer seals receipts and checkpoints with the receipt key. It is [store.Sealer].
type sealer struct {
	trust verify.Trust
	key   envelope.PrivateKey
}

// Receipt seals the receipt of a report.
func (s sealer) Receipt(r store.Report, p store.Place, now time.Time) ([]byte, error) {
	now = now.UTC().Truncate(time.Second)
	if _, err := s.trust.Key(report.RoleReceipt, s.key.Public().ID(), now); err != nil { // keys were changed under the running server
		return nil, fmt.Errorf("the server's own receipt would not count, restart the server: %w", err)
	}
	e, err := envelope.Seal(s.key, report.ReceiptType, []envelope.Subject{envelope.On("report", r.Digest)},
		report.Receipt{InviteID: r.Invite.ID, ReportSHA256: r.Digest, Received: now, Run: p.Run, Runs: p.Runs, Log: p.Log})
	if err != nil {
		return nil, err
	}
	return e.Bytes()
}

// Checkpoint seals the log as it is with an entry. Asking for it later costs no signature.
func (s sealer) Checkpoint(entry report.LogEntry, now time.Time) ([]byte, error) {
	e, err := envelope.Seal(s.key, report.CheckpointType, []envelope.Subject{},
		report.Checkpoint{Tenant: s.trust.Value().Tenant, Log: entry.ID, Size: entry.Size, Root: entry.Root, Time: now.UTC().Truncate(time.Second)})
	if err != nil {
		return nil, err
	}
	return e.Bytes()
}

package verify

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/policy"
	"linecheck/report/tlog"
)

// The errors of [Invite] beside those of the trust file and the envelope.
var (
	// ErrExpired: the invite's window is over.
	ErrExpired = errors.New("the invite has expired")
	// ErrEarly: the invite's window has not begun.
	ErrEarly = errors.New("the invite is not yet valid")
	// ErrOrigin: the invite names a server that does not speak for the tenant.
	ErrOrigin = errors.New("the invite is for another server")
	// ErrInvite: a sealed invite does not hold together.
	ErrInvite = errors.New("the invite does not hold together")
)

// Invite opens an invite for use at the given time: its key is trusted, its
// server speaks for the tenant, its window is open and it was not revoked.
func Invite(t Trust, e envelope.Envelope, now time.Time) (envelope.Opened[report.Invite], policy.Policy, error) {
	o, p, err := openInvite(t, e, policy.Parse)
	if err != nil {
		return o, p, err
	}
	inv := o.Value()
	switch {
	case now.Before(inv.NotBefore):
		return o, p, fmt.Errorf("%w: it counts from %s", ErrEarly, inv.NotBefore.Format(time.RFC3339))
	case now.After(inv.NotAfter):
		return o, p, fmt.Errorf("%w: it counted until %s", ErrExpired, inv.NotAfter.Format(time.RFC3339))
	}
	return o, p, nil
}

// parse reads a policy's text; see [Options].
type parse func(text []byte) (policy.Policy, error)

// openInvite verifies everything but the window.
func openInvite(t Trust, e envelope.Envelope, read parse) (envelope.Opened[report.Invite], policy.Policy, error) {
	o, err := open(t, e, report.RoleInvite, report.InviteType, func(i report.Invite) time.Time { return i.Issued })
	if err != nil {
		return o, policy.Policy{}, err
	}
	inv := o.Value()
	if inv.Tenant != t.Value().Tenant || !slices.Contains(t.Value().Origins, inv.Origin) {
		return o, policy.Policy{}, fmt.Errorf("%w: %s", ErrOrigin, inv.Origin)
	}
	if t.Revoked(inv.ID) {
		return o, policy.Policy{}, fmt.Errorf("the invite was %w", ErrRevoked)
	}
	p, err := checkInvite(o, read)
	return o, p, err
}

// Peek reads an invite whose sender could not be confirmed yet: the seal fits
// the key that it names itself, and nothing more is known. It serves to find
// the server that can confirm it, and to measure without sending.
func Peek(e envelope.Envelope) (envelope.Opened[report.Invite], policy.Policy, error) {
	key, err := envelope.ParsePublic(e.KeyID())
	if err != nil {
		return envelope.Opened[report.Invite]{}, policy.Policy{}, err
	}
	o, err := envelope.Open[report.Invite](e, key, report.InviteType)
	if err != nil {
		return o, policy.Policy{}, err
	}
	p, err := checkInvite(o, policy.Parse)
	return o, p, err
}

func checkInvite(o envelope.Opened[report.Invite], read parse) (policy.Policy, error) {
	inv := o.Value()
	digest, _ := o.Subject("policy")
	switch {
	case len(inv.ID) != 32 || len(inv.Nonce) != 32:
		return policy.Policy{}, fmt.Errorf("%w: id or nonce is not 128 bits", ErrInvite)
	case inv.Runs < 1 || inv.NotAfter.Before(inv.NotBefore):
		return policy.Policy{}, fmt.Errorf("%w: it allows no run", ErrInvite)
	case policy.Digest([]byte(inv.Policy)) != digest:
		return policy.Policy{}, fmt.Errorf("%w: the policy is not the one it was sealed for", ErrInvite)
	}
	if inv.Program != nil {
		if err := inv.Program.WellFormed(); err != nil {
			return policy.Policy{}, fmt.Errorf("%w: %v", ErrInvite, err)
		}
	}
	p, err := read([]byte(inv.Policy))
	if err != nil {
		return p, fmt.Errorf("%w: %v", ErrInvite, err)
	}
	return p, nil
}

// Observation opens what the probe sealed, by a probe key that counts at that time.
func Observation(t Trust, e envelope.Envelope) (report.Observation, error) {
	o, err := open(t, e, report.RoleProbe, report.ObservationType, func(o report.Observation) time.Time { return o.Ended })
	if err != nil {
		return report.Observation{}, err
	}
	return o.Value(), nil
}

// Receipt opens a server's receipt, by a receipt key that counts at that time,
// and verifies that it proves its report's place in the server's log. That the
// report is the one in question is for the caller to compare.
func Receipt(t Trust, e envelope.Envelope) (report.Receipt, error) {
	o, err := open(t, e, report.RoleReceipt, report.ReceiptType, func(r report.Receipt) time.Time { return r.Received })
	if err != nil {
		return report.Receipt{}, err
	}
	v := o.Value()
	if subject, _ := o.Subject("report"); subject != v.ReportSHA256 {
		return report.Receipt{}, errors.New("the receipt is for another report")
	}
	if err := tlog.Check(v.Log, tlog.Commitment(v.ReportSHA256, v.Received)); err != nil {
		return report.Receipt{}, err
	}
	return v, nil
}

// Checkpoint opens a server's statement of its log, by a receipt key that counts at that time.
func Checkpoint(t Trust, e envelope.Envelope) (report.Checkpoint, error) {
	o, err := open(t, e, report.RoleReceipt, report.CheckpointType, func(c report.Checkpoint) time.Time { return c.Time })
	if err != nil {
		return report.Checkpoint{}, err
	}
	if o.Value().Tenant != t.Value().Tenant {
		return report.Checkpoint{}, errors.New("the checkpoint is of another tenant's log")
	}
	return o.Value(), nil
}

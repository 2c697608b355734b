// Package intake takes reports in: it verifies them, seals a receipt, has them stored,
// and notes why others are refused. Where a report comes from, a program or a person, does not
// matter here; nor is it shown to anybody here.
package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"time"

	"golang.org/x/time/rate"

	"linecheck/cmd/linecheck-recruiter/internal/refusal"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/policy"
	"linecheck/report/render"
	"linecheck/report/verify"
)

// Keys are what is needed of the organisation's keys.
type Keys interface {
	// Trust is the verified trust file.
	Trust() (verify.Trust, error)
	// Key is the private key of a role.
	Key(role report.KeyRole) envelope.PrivateKey
}

// Desk takes the reports of one organisation in. Make it with [New].
type Desk struct {
	keys  Keys
	store *store.Tenant
	log   *slog.Logger
	notes *rate.Limiter
	memo  policy.Memo
	// verifying holds one token for each report that is being verified: as many as there are processors. The
	// others wait in the order of their coming, so that nobody waits much longer than anybody else.
	verifying chan struct{}
	// After is told what became of each report; digest is empty where it cannot be read. It may be nil. Set it before anything else.
	After func(digest string, err error)
}

// Refusals beyond these are counted in the server's log alone: whoever sends rubbish shall not fill the database.
const (
	notesPerSecond = 1
	notesAtOnce    = 100
)

// New is a desk.
func New(keys Keys, s *store.Tenant, log *slog.Logger) *Desk {
	return &Desk{keys: keys, store: s, log: log, notes: rate.NewLimiter(notesPerSecond, notesAtOnce), verifying: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

// slack is by how much the server's clock may have been set back since an invite was issued.
const slack = 5 * time.Minute

// grace is how long after an invite's end a report made in time may still arrive.
const grace = time.Hour

// TakeIn verifies a report in any coat, stores it as it came and returns its receipt and
// the digest that it is known by. The same report again gets its first receipt. An error is a
// [refusal.Refusal], which is noted with who sent it, or trouble of the server's own.
func (d *Desk) TakeIn(ctx context.Context, data []byte, who string, now time.Time) (receipt []byte, digest string, err error) {
	receipt, digest, err = d.takeIn(ctx, data, now)
	if no, ok := refusal.Of(err); ok && no.Status < http.StatusInternalServerError {
		d.refused(ctx, no, who, digest, data, now)
	} else if err != nil {
		d.log.Error("take a report in", "error", err)
	}
	if d.After != nil {
		d.After(digest, err)
	}
	return receipt, digest, err
}

// refused notes why a report was not taken in.
func (d *Desk) refused(ctx context.Context, no *refusal.Refusal, who, digest string, data []byte, now time.Time) {
	d.log.Info("report refused", "code", no.Code)
	if !d.notes.AllowN(now, 1) {
		return
	}
	if digest == "" {
		sum := sha256.Sum256(data)
		digest = "file:" + hex.EncodeToString(sum[:])
	}
	act := store.Act{Time: now, Who: who, What: no.Code, Subject: digest, Detail: clip(no.Message)}
	if err := d.store.Note(context.WithoutCancel(ctx), act); err != nil {
		d.log.Error("note a refusal", "error", err)
	}
}

// longestDetail bounds a line in the audit log, in bytes.
const longestDetail = 300

func clip(s string) string {
	s = render.Clean(s)
	for i := range s {
		if i > longestDetail {
			return s[:i] + "…"
		}
	}
	return s
}

func (d *Desk) takeIn(ctx context.Context, data []byte, now time.Time) ([]byte, string, error) {
	t, err := d.keys.Trust()
	if err != nil {
		return nil, "", err
	}
	b, res, err := d.verify(ctx, t, data, now)
	if err != nil {
		return nil, "", err
	}
	if no := unfit(res, now); no != nil {
		return d.again(ctx, b, no)
	}
	r := store.Report{
		Digest: res.ReportSHA256, Session: res.Report.SessionKey, Invite: InviteOf(*res.Invite),
		Verdict: res.Appraisal.Verdict, Observed: Observed(*res.Appraisal), Machine: res.Report.Machine, Signature: res.Report.Signature, Bundle: data,
	}
	receipt, err := d.store.TakeIn(ctx, r, now, sealer{t, d.keys.Key(report.RoleReceipt)})
	return receipt, r.Digest, refused(err)
}

// verify reads and verifies a report once it is its turn.
func (d *Desk) verify(ctx context.Context, t verify.Trust, data []byte, now time.Time) (bundle.Bundle, verify.Result, error) {
	select {
	case d.verifying <- struct{}{}:
		defer func() { <-d.verifying }()
	case <-ctx.Done():
		return bundle.Bundle{}, verify.Result{}, ctx.Err()
	}
	b, err := bundle.Parse(data)
	if err != nil {
		return b, verify.Result{}, refusal.New(http.StatusBadRequest, "report.malformed", "this is not a Linecheck report")
	}
	b.Receipt = nil // ours is the only one that counts here
	// A report made in time may arrive late, up to the grace.
	return b, verify.Opened(b, t, verify.Options{At: now.Add(-grace), Parse: d.memo.Parse}), nil
}

// again answers for a report that would not be taken in now: whether it was before is all that matters then.
func (d *Desk) again(ctx context.Context, b bundle.Bundle, no *refusal.Refusal) ([]byte, string, error) {
	digest, err := b.Report.Digest()
	if err != nil {
		return nil, "", no
	}
	first, err := d.store.Receipt(ctx, digest)
	if err != nil {
		return nil, digest, err
	}
	if first != nil {
		return first, digest, nil
	}
	return nil, digest, no
}

// unfit says why a report is not taken in; nil where it is.
func unfit(res verify.Result, now time.Time) *refusal.Refusal {
	if res.Authentic {
		if now.Add(slack).Before(res.Invite.NotBefore) {
			return Invite(verify.ErrEarly)
		}
		return nil
	}
	for _, st := range res.Steps {
		if st.Status == verify.Failed {
			return refusal.New(http.StatusUnprocessableEntity, "report.refused", fmt.Sprintf("the report is not authentic: %s: %s", st.Name, st.Detail))
		}
	}
	return refusal.New(http.StatusUnprocessableEntity, "report.refused", "the report is not authentic")
}

func refused(err error) error {
	switch {
	case errors.Is(err, store.ErrRunsUsed):
		return RunsUsed()
	case errors.Is(err, store.ErrRevoked):
		return Invite(verify.ErrRevoked)
	case errors.Is(err, store.ErrErased):
		return refusal.New(http.StatusGone, "report.erased", "this report was received and has since been erased")
	case errors.Is(err, store.ErrSessionUsed):
		return refusal.New(http.StatusConflict, "report.session", "this session has sent another report already")
	case store.Full(err):
		return errors.Join(err, refusal.New(http.StatusInsufficientStorage, "server.full", "the server has no room left; nothing is lost, try again later"))
	}
	return err
}

// RunsUsed refuses one run too many.
func RunsUsed() *refusal.Refusal {
	return refusal.New(http.StatusForbidden, "invite.runs-used", "all runs that the invite allows are used; ask the recruiter for a new one")
}

// Invite refuses an invite for what is wrong with it.
func Invite(err error) *refusal.Refusal {
	code, message := "invite.refused", "the invite is not one of this server's"
	switch {
	case errors.Is(err, verify.ErrExpired):
		code, message = "invite.expired", "the invite has expired; ask the recruiter for a new one"
	case errors.Is(err, verify.ErrEarly):
		code, message = "invite.early", "the invite is not yet valid"
	case errors.Is(err, verify.ErrRevoked):
		code, message = "invite.revoked", "the invite was revoked; ask the recruiter for a new one"
	}
	return refusal.New(http.StatusForbidden, code, message)
}

// InviteOf is what is kept of an invite.
func InviteOf(inv report.Invite) store.Invite {
	return store.Invite{ID: inv.ID, Applicant: inv.Applicant, Role: inv.Role, Region: inv.Region, Runs: inv.Runs,
		Issued: inv.Issued, Ends: inv.NotAfter, Policy: policy.Digest([]byte(inv.Policy))}
}

// Observed says whether the probe saw any of the values that were judged.
func Observed(a policy.Appraisal) bool {
	for _, r := range a.Results {
		if r.Origin == report.Server {
			return true
		}
	}
	return false
}

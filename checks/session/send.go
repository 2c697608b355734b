package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
	"linecheck/report/verify"
)

// sendTimeout bounds one attempt to send.
const sendTimeout = 30 * time.Second

// ErrUnconfirmed: the sender of the invite is not confirmed, so nothing is sent.
var ErrUnconfirmed = errors.New("we could not confirm who sent the invite, so nothing was sent")

// Send sends the sealed report and returns it with its receipt. It may be
// called again after any failure: the server takes a report in once.
func (s *Session) Send(ctx context.Context, b bundle.Bundle) (bundle.Bundle, error) {
	switch {
	case b.Receipt != nil: // it came in before an interruption
		return b, s.home.sent(b)
	case s.invite == nil:
		return b, errors.New("nobody asked for this report, so there is nobody to send it to")
	case s.trust == nil:
		return b, ErrUnconfirmed
	}
	return send(ctx, s.home, s.far.client, *s.trust, b)
}

// ErrRefused: the server will never take this report in.
var ErrRefused = errors.New("the server refused the report for good")

// final says whether the server's no is about the report or its invite, so that
// sending it again would change nothing.
func final(err error) bool {
	var said *exchange.Error
	return errors.As(err, &said) && said.Status/100 == 4 &&
		(strings.HasPrefix(said.Code, "report.") || strings.HasPrefix(said.Code, "invite."))
}

// send uploads, verifies the receipt, and moves the report from the outbox to the reports.
func send(ctx context.Context, h home, c *exchange.Client, t verify.Trust, b bundle.Bundle) (bundle.Bundle, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	data, err := b.JSON()
	if err != nil {
		return b, err
	}
	digest, err := b.Report.Digest()
	if err != nil {
		return b, err
	}
	receipt, err := c.Submit(ctx, data)
	if final(err) {
		if err := save(h.refusedPath(digest), b); err != nil {
			return b, err
		}
		_ = os.Remove(h.outboxPath(digest))
		return b, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if err != nil {
		return b, fmt.Errorf("the report was not sent: %w", err)
	}
	r, err := verify.Receipt(t, receipt)
	if err != nil || r.ReportSHA256 != digest {
		return b, errors.New("the server's receipt is not authentic; the report is kept and can be sent again")
	}
	b.Receipt = &receipt
	coats, err := plainCoats(b)
	if err != nil {
		return b, err
	}
	for _, c := range coats {
		if err := WriteFile(filepath.Join(filepath.Dir(h.reportPath(digest)), c.name), c.data); err != nil {
			return b, fmt.Errorf("the report was received, but its receipt could not be written: %w", err)
		}
	}
	return b, h.sent(b)
}

// sent takes a report that has its receipt out of the outbox.
func (h home) sent(b bundle.Bundle) error {
	digest, err := b.Report.Digest()
	if err != nil {
		return err
	}
	if err := os.Remove(h.outboxPath(digest)); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// Sent is what became of one report in the outbox.
type Sent struct {
	// Digest is the report's identity.
	Digest string
	// Receipt is set where it was sent.
	Receipt *report.Receipt
	// Err is why it was not.
	Err error
}

// SendAll sends everything that waits in the outbox of a home folder. The
// server of each is the one its invite names; server replaces that address where it is not empty.
func SendAll(ctx context.Context, path, server string) ([]Sent, error) {
	h, err := openHome(path)
	if err != nil {
		return nil, err
	}
	digests, err := h.waiting()
	if err != nil {
		return nil, err
	}
	var out []Sent
	for _, d := range digests {
		r, err := sendOne(ctx, h, d, server)
		out = append(out, Sent{Digest: d, Receipt: r, Err: err})
	}
	return out, nil
}

func sendOne(ctx context.Context, h home, digest, server string) (*report.Receipt, error) {
	data, err := os.ReadFile(h.outboxPath(digest))
	if err != nil {
		return nil, err
	}
	b, err := bundle.Parse(data)
	if err != nil {
		return nil, err
	}
	if d, err := b.Report.Digest(); err != nil || d != digest {
		return nil, errors.New("the file is not the report that its name says")
	}
	if b.Invite == nil {
		return nil, errors.New("the report has no invite")
	}
	o, _, err := verify.Peek(*b.Invite)
	if err != nil {
		return nil, err
	}
	if server == "" {
		server = o.Value().Origin
	}
	c, err := exchange.NewClient(server, o.Value().ProbePin)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	t, err := fetchTrust(ctx, c)
	if err != nil {
		return nil, err
	}
	if _, _, err := verify.Invite(t, *b.Invite, time.Now()); err != nil && !errors.Is(err, verify.ErrExpired) {
		return nil, err
	}
	b, err = send(ctx, h, c, t, b)
	if err != nil {
		return nil, err
	}
	if err := h.end(o.Digest()[:32], digest); err != nil {
		return nil, err
	}
	return receiptOf(t, b.Receipt)
}

// end ends the session whose report was sent without it, so that the next run is a new one.
func (h home) end(name, digest string) error {
	f, err := h.session(name)
	if err != nil {
		return nil // it is open somewhere, and finds the receipt itself
	}
	defer f.unlock()
	data, err := os.ReadFile(f.bundlePath())
	if err != nil {
		return nil
	}
	if b, err := bundle.Parse(data); err == nil {
		if d, err := b.Report.Digest(); err == nil && d == digest {
			return f.remove()
		}
	}
	return nil
}

func receiptOf(t verify.Trust, sealed *envelope.Envelope) (*report.Receipt, error) {
	r, err := verify.Receipt(t, *sealed)
	return &r, err
}

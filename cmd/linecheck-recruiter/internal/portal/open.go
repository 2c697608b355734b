package portal

import (
	"bytes"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report/bundle"
	"linecheck/report/policy"
	"linecheck/report/verify"
)

// opened is a stored report, verified anew as of when it was received: how long it is good
// since then is told beside it, and an old one can still be read. With a policy it is judged by that
// one instead of its invite's.
func (p *Portal) opened(s store.Stored, by *policy.Policy) (verify.Result, error) {
	t, err := p.Trust()
	if err != nil {
		return verify.Result{}, err
	}
	b, err := s.Whole()
	if err != nil {
		return verify.Result{}, err
	}
	return verify.Opened(b, t, verify.Options{At: s.Received, Policy: by, Parse: p.memo.Parse}), nil
}

// withReceipt is a report as JSON with the receipt that was given for it.
func withReceipt(s store.Stored) ([]byte, error) {
	b, err := s.Whole()
	if err != nil {
		return nil, err
	}
	return b.JSON()
}

// coatEnding is how the name of a file in that coat ends.
func coatEnding(data []byte) string {
	switch {
	case bundle.IsPDF(data):
		return ".pdf"
	case bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")):
		return ".json"
	}
	return ".txt"
}

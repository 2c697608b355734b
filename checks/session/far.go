package session

import (
	"context"
	"sync"
	"time"

	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
)

// sessionLife is how long a measuring session is used before a new one is
// asked for: shorter than the probe's own half hour.
const sessionLife = 25 * time.Minute

// far is the recruiter's probe: it opens the measuring session when first needed.
type far struct {
	client *exchange.Client
	pin    string
	trial  bool
	open   func(context.Context) (*exchange.Session, error)
	verify func(envelope.Envelope) (report.Observation, error)
	// sample: the invite asks for a recording of the voice.
	sample bool
	// seed is the invite's nonce and this session's key: no two runs have the same.
	seed string
	// away is why the server could not confirm the invite; nil where it did.
	away error

	mu      sync.Mutex
	session *exchange.Session
	opened  time.Time
}

// Session is the open measuring session. Where the server could not confirm
// the invite nothing is asked of it: the error then is what was in the way.
func (f *far) Session(ctx context.Context) (*exchange.Session, error) {
	if f.away != nil {
		return nil, f.away
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.session != nil && (f.trial || time.Since(f.opened) < sessionLife) {
		return f.session, nil
	}
	s, err := f.open(ctx)
	if err != nil {
		return nil, err
	}
	f.session, f.opened = s, time.Now()
	return s, nil
}

// renew asks for a new measuring session the next time that one is needed.
func (f *far) renew() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.session = nil
}

// inUse is the measuring session that is open; none is asked for.
func (f *far) inUse() (*exchange.Session, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.session, f.session != nil && time.Since(f.opened) < sessionLife
}

// Server is the probe's address, and the pin of its certificate.
func (f *far) Server() (origin, pin string) { return f.client.Origin(), f.pin }

// Open verifies what the probe sealed.
func (f *far) Open(sealed envelope.Envelope) (report.Observation, error) { return f.verify(sealed) }

// VoiceSample says whether the invite asks for a recording of the applicant's voice.
func (f *far) VoiceSample() bool { return f.sample }

// Seed is what this run draws from: the invite's nonce, a space, and the session key's id.
func (f *far) Seed() string { return f.seed }

func (f *far) close() { f.client.Close() }

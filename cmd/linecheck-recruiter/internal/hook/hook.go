// Package hook tells other systems of an organisation, such as its applicant tracking, what became
// of reports: by webhooks that are signed in the Standard Webhooks way, kept in the
// database until they are delivered, and tried again for three days. Names, evidence and reports themselves do not
// come in here; who may add a webhook is decided elsewhere.
package hook

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/cmd/linecheck-recruiter/internal/together"
	"linecheck/report"
)

// The events that webhooks are told of.
const (
	ReportReceived = "report.received"
	ReportDecided  = "report.decided"
	ReportErased   = "report.erased"
)

// Events are all of them.
func Events() []string { return []string{ReportReceived, ReportDecided, ReportErased} }

// Data is what a webhook is told of a report.
type Data struct {
	// Report is its digest, Invite the id of the invite that it was made under.
	Report string `json:"report"`
	Invite string `json:"invite"`
	// Applicant is the recruiter's own reference, never a name.
	Applicant string `json:"applicant"`
	Role      string `json:"role"`
	Region    string `json:"region"`
	// Verdict is the one it got when it came; Observed says that the probe saw some of the values.
	Verdict  report.Verdict `json:"verdict"`
	Observed bool           `json:"observed"`
	// Decision is the person's, with [ReportDecided].
	Decision store.Decision `json:"decision,omitempty"`
}

// message is what is sent.
type message struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      any       `json:"data"`
}

// Sender tells an organisation's webhooks of events. Make it with [New]. Its methods may be called
// from any goroutine.
type Sender struct {
	// AllowPrivate lets webhooks lead into the operator's own network. Without it only public
	// addresses are connected to, whatever a name resolves to. With it a webhook whose URL itself names a
	// loopback or private address, "localhost", a name without a dot or one below .local, .internal or .home.arpa may
	// also lead to loopback and private addresses, and nobody else's; it may never to link-local ones, where clouds
	// keep their credentials. It is for an operator who trusts everyone who may add a webhook. Set it before anything else.
	AllowPrivate bool
	// Count is told of every try what came of it: "delivered", "failed" (it is tried again), "given-up" or
	// "disabled". It may be nil. Set it before anything else.
	Count func(outcome string)

	store           *store.Tenant
	origin          *url.URL
	log             *slog.Logger
	outside, inside *http.Client
	woken           chan struct{}
	notes           *together.Queue[*note]
	anyAt           atomic.Pointer[anyHook]
}

// New is a sender for what is stored for one organisation. origin is where its portal is.
func New(s *store.Tenant, origin *url.URL, log *slog.Logger) *Sender {
	sender := &Sender{
		store: s, origin: origin, log: log, woken: make(chan struct{}, 1),
		outside: client(dialer(public)), inside: client(dialer(private)),
	}
	sender.notes = together.New(mostTogether, patience, sender.keep)
	return sender
}

// reportPage is where the portal shows a report, whose digest follows.
const reportPage = "/portal/reports/"

// Tell has all webhooks told of an event that has happened to a report. When it returns that is on
// disk, and will be done by whichever server runs. The same event again, of the same report, changes nothing: who cannot
// know whether it was told, as after a crash, tells it again. Decisions are the same when report, decision and time are.
func (s *Sender) Tell(ctx context.Context, event string, d Data, now time.Time) error {
	if !slices.Contains(Events(), event) || d.Report == "" {
		return fmt.Errorf("%q of report %q is no event", event, d.Report)
	}
	link := s.origin.JoinPath(reportPage, d.Report).String()
	var data any = struct {
		Data
		Link string `json:"link"`
	}{d, link}
	once := ""
	switch event {
	case ReportDecided:
		once = string(d.Decision) + " " + strconv.FormatInt(now.UnixMilli(), 10)
	case ReportErased: // what was erased is not told again
		data = struct {
			Report string `json:"report"`
		}{d.Report}
	}
	e, err := makeEvent(event, d.Report, once, data, now)
	if err != nil {
		return err
	}
	n := &note{event: e}
	s.notes.Put(ctx, n)
	return n.err
}

// announce has some events kept, and delivered by whoever runs.
func (s *Sender) announce(ctx context.Context, events []store.Event) error {
	n, err := s.store.Announce(ctx, events...)
	if n > 0 {
		s.wake()
	}
	return err
}

// makeEvent is an event ready to be sent. Its id follows from what it is: type, subject, and what tells it from others of both.
func makeEvent(event, subject, once string, data any, now time.Time) (store.Event, error) {
	now = now.UTC().Truncate(time.Millisecond)
	body, err := json.Marshal(message{event, now, data})
	sum := sha256.Sum256([]byte(event + "\n" + subject + "\n" + once))
	return store.Event{ID: "evt_" + hex.EncodeToString(sum[:16]), Type: event, Subject: subject, Body: body, Made: now}, err
}

// wake has Run look what is to do.
func (s *Sender) wake() {
	select {
	case s.woken <- struct{}{}:
	default: // it will look anyway
	}
}

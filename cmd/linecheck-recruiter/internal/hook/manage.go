package hook

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

var (
	// ErrURL: the address cannot be a webhook's.
	ErrURL = errors.New("a webhook's address is like https://ats.example/hook, without a name or password; http is for this computer alone")
	// ErrPrivate: the address is in a network that the operator has not opened for webhooks.
	ErrPrivate = errors.New("the webhook's address is not a public one")
	// ErrEvents: there are no such events.
	ErrEvents = errors.New("say which events the webhook is to be told of")
)

const (
	// longestURL bounds a webhook's address, in bytes.
	longestURL = 2000
	// secretBytes is how much chance is in a secret.
	secretBytes = 32
	// formerLife is for how long a secret that was changed still signs too, so that the receiver can be changed in peace.
	formerLife = 24 * time.Hour
)

// Add keeps a new webhook with a new secret, which stands in what is returned. Errors are [ErrURL], [ErrPrivate] and [ErrEvents].
func (s *Sender) Add(ctx context.Context, address string, events []string, now time.Time) (store.Hook, error) {
	if err := s.fit(address); err != nil {
		return store.Hook{}, err
	}
	events = slices.Compact(slices.Sorted(slices.Values(events)))
	if len(events) == 0 || slices.ContainsFunc(events, func(e string) bool { return !slices.Contains(Events(), e) }) {
		return store.Hook{}, ErrEvents
	}
	h := store.Hook{URL: address, Secret: newSecret(), Events: events, Created: now.UTC().Truncate(time.Millisecond)}
	var err error
	h.ID, err = s.store.AddHook(ctx, h)
	return h, err
}

// fit says what is wrong with a webhook's address.
func (s *Sender) fit(address string) error {
	hidden := func(r rune) bool { return !unicode.IsGraphic(r) } // as what turns the direction of writing, and so hides where it leads
	if !utf8.ValidString(address) || strings.ContainsFunc(address, hidden) {
		return ErrURL
	}
	u, err := url.Parse(address)
	if err != nil || len(address) > longestURL || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return ErrURL
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !namesLoopback(u.Hostname())) {
		return ErrURL
	}
	if namesPrivate(u.Hostname()) && !s.AllowPrivate {
		return ErrPrivate
	}
	return nil
}

// newSecret is a secret as Standard Webhooks spells it.
func newSecret() string {
	var b [secretBytes]byte
	_, _ = rand.Read(b[:]) // never fails
	return "whsec_" + base64.StdEncoding.EncodeToString(b[:])
}

// List is all webhooks with their secrets, the oldest first.
func (s *Sender) List(ctx context.Context) ([]store.Hook, error) { return s.store.Hooks(ctx) }

// Remove forgets a webhook and what it was to be told; [store.ErrNoHook] where there is none.
func (s *Sender) Remove(ctx context.Context, id int64) error { return s.store.RemoveHook(ctx, id) }

// Enable turns a webhook on again that had answered that it is gone; [store.ErrNoHook] where there is none.
func (s *Sender) Enable(ctx context.Context, id int64) error { return s.store.EnableHook(ctx, id) }

// Rotate gives a webhook a new secret. For a day everything is signed with both, so that whoever receives
// can change theirs meanwhile. [store.ErrNoHook] where there is none.
func (s *Sender) Rotate(ctx context.Context, id int64, now time.Time) (secret string, err error) {
	secret = newSecret()
	return secret, s.store.RotateHook(ctx, id, secret, now)
}

// test is the event of a try.
const test = "hook.test"

// Try sends a test event to a webhook now and says what came of it. It is not tried again.
func (s *Sender) Try(ctx context.Context, id int64, now time.Time) (store.Delivery, error) {
	e, err := makeEvent(test, "", newSecret(), struct{}{}, now)
	if err != nil {
		return store.Delivery{}, err
	}
	c, err := s.store.ClaimNew(ctx, e, id, now.Add(claimLife))
	if err != nil {
		return store.Delivery{}, err
	}
	return s.attempt(ctx, c, now)
}

// Deliveries are those to one webhook, the newest first, n at most. They are kept for 30 days.
func (s *Sender) Deliveries(ctx context.Context, id int64, n int) ([]store.Delivery, error) {
	return s.store.Deliveries(ctx, id, n)
}

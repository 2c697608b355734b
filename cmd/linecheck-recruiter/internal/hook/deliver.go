package hook

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

const (
	// atOnce bounds the tries under way, each to a webhook of its own: one that hangs holds up
	// nobody, and what it is told comes mostly in order.
	atOnce = 4
	// claimLife is after how long a try counts as dropped, as when its server was killed.
	claimLife = time.Minute
	// lookAgain is how often the database is asked for what other servers left.
	lookAgain = time.Minute
	// afterFailure is how long is waited where the database does not answer.
	afterFailure = 5 * time.Second
	// longestWait bounds how long a receiver may put a try off.
	longestWait = 24 * time.Hour
	// kept is for how long deliveries are.
	kept = 30 * 24 * time.Hour
	// tidyEvery is how often older ones are removed.
	tidyEvery = time.Hour
)

// schedule is how long is waited after each try, as Standard Webhooks recommends: ten tries in three days.
func schedule() []time.Duration {
	return []time.Duration{
		5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
	}
}

// Run delivers until ctx ends, and what is under way then is left to the next. It may run on several servers at once.
func (s *Sender) Run(ctx context.Context) {
	busy, done := map[int64]bool{}, make(chan int64)
	var tidied time.Time
	for ctx.Err() == nil {
		if now := time.Now(); now.Sub(tidied) >= tidyEvery {
			tidied = now
			if err := s.store.DropDeliveries(ctx, now.Add(-kept)); err != nil && ctx.Err() == nil {
				s.log.Error("remove old webhook deliveries", "error", err)
			}
		}
		timer := time.NewTimer(s.start(ctx, busy, done))
		select {
		case <-ctx.Done():
		case id := <-done:
			delete(busy, id)
		case <-s.woken:
		case <-timer.C:
		}
		timer.Stop()
	}
	for range len(busy) {
		<-done
	}
	s.outside.CloseIdleConnections()
	s.inside.CloseIdleConnections()
}

// start begins what is due, as far as there is room, and returns how long nothing else will be.
func (s *Sender) start(ctx context.Context, busy map[int64]bool, done chan<- int64) time.Duration {
	for len(busy) < atOnce {
		now := time.Now()
		c, next, err := s.store.Claim(ctx, now, now.Add(claimLife), slices.Collect(maps.Keys(busy)))
		if err != nil {
			if ctx.Err() == nil {
				s.log.Error("look for webhook deliveries", "error", err)
			}
			return afterFailure
		}
		if c == nil {
			if next.IsZero() {
				return lookAgain
			}
			return min(lookAgain, next.Sub(now))
		}
		busy[c.Hook] = true
		go func() {
			if _, err := s.attempt(ctx, *c, now); err != nil {
				s.log.Error("note a webhook delivery", "error", err)
			}
			done <- c.Hook
		}()
	}
	return lookAgain // one that is done will be heard of
}

// attempt sends what was claimed and writes what came of it. An error is the database's; the delivery is tried again then.
func (s *Sender) attempt(ctx context.Context, c store.Claimed, now time.Time) (store.Delivery, error) {
	status, after, err := s.send(ctx, c, now)
	saving, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	d := c.Delivery
	if err != nil && ctx.Err() != nil { // we end, which is nobody's failure
		return d, s.store.Release(saving, d, now)
	}
	d.Answer = tell(status, err)
	outcome := "failed"
	switch waits := schedule(); {
	case err == nil && status >= 200 && status < 300:
		d.State, outcome = store.Done, "delivered"
	case err == nil && status == http.StatusGone:
		d.State, outcome = store.GivenUp, "disabled"
	case d.Type == test || d.Tries > len(waits):
		d.State, outcome = store.GivenUp, "given-up"
	default:
		d.Next = now.Add(max(jitter(waits[d.Tries-1]), after))
	}
	s.note(c, outcome, d.Answer)
	if err := s.store.Settle(saving, d); err != nil || outcome != "disabled" {
		return d, err
	}
	return d, s.disable(saving, d, now)
}

// note counts a try and logs one that failed, without the webhook's address, which may hold a secret of the receiver's.
func (s *Sender) note(c store.Claimed, outcome, answer string) {
	if s.Count != nil {
		s.Count(outcome)
	}
	if outcome != "delivered" {
		s.log.Warn("webhook", "outcome", outcome, "hook", c.Hook, "event", c.Type, "tries", c.Tries, "answer", answer)
	}
}

// disable turns off a webhook that has said that it is gone.
func (s *Sender) disable(ctx context.Context, d store.Delivery, now time.Time) error {
	if err := s.store.DisableHook(ctx, d.Hook, "the webhook is off", now); err != nil {
		if errors.Is(err, store.ErrNoHook) { // removed meanwhile
			return nil
		}
		return err
	}
	return s.store.Note(ctx, store.Act{Time: now, Who: "webhooks", What: "hook.disabled", Subject: strconv.FormatInt(d.Hook, 10), Detail: d.Answer})
}

// jitter is about a time, up to a tenth more or less, so that what failed together does not come together again.
func jitter(d time.Duration) time.Duration { return d - d/10 + rand.N(d/5) }

// send makes one request and returns the status of its answer, and how long the receiver wants to be left alone.
func (s *Sender) send(ctx context.Context, c store.Claimed, now time.Time) (status int, after time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.To.URL, bytes.NewReader(c.Body))
	if err != nil {
		return 0, 0, err
	}
	signature, err := sign(c, now)
	if err != nil {
		return 0, 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Linecheck-Webhooks")
	req.Header.Set(webhooks.HeaderWebhookID, c.ID)
	req.Header.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(webhooks.HeaderWebhookSignature, signature)
	resp, err := s.clientFor(req.URL.Hostname()).Do(req)
	if err != nil {
		return 0, 0, err
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, mostAnswer) // so that the connection can be used again; the status has said all
	if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable {
		after = retryAfter(resp.Header.Get("Retry-After"), now)
	}
	return resp.StatusCode, after, nil
}

// sign signs a delivery with its webhook's secret, and the former one where that is not long ago.
func sign(c store.Claimed, now time.Time) (string, error) {
	secrets := []string{c.To.Secret}
	if c.To.Former != "" && now.Sub(c.To.Changed) < formerLife {
		secrets = append(secrets, c.To.Former)
	}
	var list []string
	for _, secret := range secrets {
		w, err := webhooks.NewWebhook(secret)
		if err != nil {
			return "", err
		}
		one, err := w.Sign(c.ID, now, c.Body)
		if err != nil {
			return "", err
		}
		list = append(list, one)
	}
	return strings.Join(list, " "), nil
}

// retryAfter reads how long a receiver wants to be left alone, a day at most; 0 where it does not say.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(text, 10, 63); err == nil {
		return time.Duration(min(seconds, uint64(longestWait/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(at.Sub(now), 0), longestWait)
	}
	return 0
}

// tell says in a few words what came of a try. It holds no address: what a name leads to inside
// the operator's network is not for whoever added the webhook.
func tell(status int, err error) string {
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var timeout interface{ Timeout() bool }
	var failed *url.Error
	switch {
	case err == nil:
		return fmt.Sprintf("HTTP %d", status)
	case errors.Is(err, errForbidden):
		return errForbidden.Error()
	case errors.As(err, &certificate):
		return "certificate not trusted"
	case errors.As(err, &dns) && dns.IsNotFound:
		return "name not found"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	case errors.As(err, &failed):
		return "no connection"
	}
	return "cannot be sent"
}

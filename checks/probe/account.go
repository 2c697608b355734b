package probe

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"linecheck/checks/internal/load"
	"linecheck/checks/internal/media"
	"linecheck/report"
	"linecheck/report/strict"
)

// account is what the probe counts for one check of one session.
type account struct {
	mu       sync.Mutex
	started  time.Time
	last     time.Time
	attempt  int // the how-manieth of this check under the invite; 0 where nobody counts
	busiest  int
	work     load.Work // of this computer, when it began
	download flow
	upload   flow
	streams  streams
}

func newAccount() *account {
	a := &account{started: time.Now(), work: load.Now(context.Background())}
	a.upload.watch.up = true
	return a
}

// account of a check; made where there is none.
func (s *session) account(check string) *account {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.checks[check]
	if a == nil {
		a = newAccount()
		s.checks[check] = a
	}
	return a
}

// active says whether anything moved since then.
func (s *session) active(since time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.checks {
		a.mu.Lock()
		last := a.last
		a.mu.Unlock()
		if last.After(since) {
			return true
		}
	}
	return false
}

// observable says whether the probe sees something of a check itself.
func observable(check string) bool { return check == speedCheck || check == media.Check }

func (p *Probe) begin(s *session, w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, 1024))
	check := r.PathValue("check")
	if !observable(check) {
		Refuse(w, http.StatusNotFound, "check.unknown", "the probe sees nothing of that check")
		return
	}
	if check == speedCheck {
		if ahead, ok := p.queue.enter(s, p.total.Load(), time.Now()); !ok {
			wait(w, ahead)
			return
		}
	}
	a := newAccount()
	if count := s.subject.Owner.Attempt; count != nil {
		var err error
		if a.attempt, err = count(r.Context(), s.subject.InviteID, check); err != nil {
			p.cfg.Log.Error("count an attempt", "check", check, "error", err)
			Refuse(w, http.StatusInternalServerError, "server.failed", "the server failed; try again later")
			return
		}
	}
	s.mu.Lock()
	s.checks[check] = a
	s.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

func (p *Probe) observe(s *session, w http.ResponseWriter, r *http.Request) {
	check := r.PathValue("check")
	s.mu.Lock()
	a := s.checks[check]
	s.mu.Unlock()
	if a == nil {
		Refuse(w, http.StatusNotFound, "check.unseen", "the probe saw nothing of that check")
		return
	}
	if check == speedCheck {
		p.queue.leave(s)
	}
	if check == media.Check {
		a.mu.Lock()
		a.streams.declare(r.URL.Query())
		a.mu.Unlock()
	}
	env, err := p.seal(s, check, a)
	if err != nil {
		p.cfg.Log.Error("seal an observation", "check", check, "error", err)
		Refuse(w, http.StatusInternalServerError, "server.failed", "the server could not seal its observation")
		return
	}
	answer(w, http.StatusOK, env)
}

// answer writes v as JSON.
func answer(w http.ResponseWriter, status int, v any) {
	data, err := strict.Encode(v)
	if err != nil {
		http.Error(w, "encoding failed", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(data)
}

// fill writes the account into an observation: only what was seen.
func (a *account) fill(o *report.Observation) {
	a.mu.Lock()
	defer a.mu.Unlock()
	o.Started = a.started.UTC().Truncate(time.Second)
	o.Ended = time.Now().UTC().Truncate(time.Second)
	add := func(key string, v float64, unit string, samples int) {
		if n, ok := report.Num(v); ok {
			o.Metrics = append(o.Metrics, report.Metric{Key: key, Value: n, Unit: unit, Origin: report.Server, Samples: samples})
		}
	}
	if a.attempt > 0 {
		o.Facts[report.AttemptFact] = strconv.Itoa(a.attempt)
	}
	a.fillSpeed(o, add)
	a.fillMedia(o, add)
}

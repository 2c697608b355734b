package door

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/shirou/gopsutil/v3/disk"
)

// Check is one thing that must be so for the server to do its work.
type Check struct {
	// Name is one word for it, as "database".
	Name string
	// Try is nil where it is so, and otherwise says what is wrong, to the log alone.
	Try func(ctx context.Context) error
}

// Alive answers "ok" as long as the process lives.
func Alive() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") })
}

const (
	// patience bounds a check's time.
	patience = 2 * time.Second
	// fresh is for how long an answer holds: whoever asks often has nothing done for it.
	fresh = time.Second
)

// Ready tries everything and answers with one line a check, "NAME ok" or "NAME failed", and the
// status 200 or 503. Checks run side by side and within 2 seconds; one that hangs is
// not started again before it is back.
func Ready(log *slog.Logger, checks ...Check) http.Handler {
	r := &readiness{log: log, turn: make(chan struct{}, 1)}
	for _, c := range checks {
		r.trials = append(r.trials, &trial{Check: c})
	}
	return r
}

type readiness struct {
	log    *slog.Logger
	trials []*trial

	turn   chan struct{} // holds one token: who finds out, or reads what is below
	known  time.Time     // when text and status were found
	status int
	text   string
}

// ServeHTTP answers with what is known, or finds out.
func (r *readiness) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.turn <- struct{}{}
	if r.known.IsZero() || time.Since(r.known) >= fresh {
		r.find(context.WithoutCancel(req.Context())) // others wait for it too
		r.known = time.Now()
	}
	status, text := r.status, r.text
	<-r.turn
	plain(w, status, text)
}

func (r *readiness) find(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	found := make([]error, len(r.trials))
	var wait sync.WaitGroup
	for i, t := range r.trials {
		wait.Go(func() { found[i] = t.run(ctx) })
	}
	wait.Wait()
	r.status = http.StatusOK
	var text strings.Builder
	for i, err := range found {
		word := "ok"
		if err != nil {
			word, r.status = "failed", http.StatusServiceUnavailable
			r.log.Warn("not ready", "check", r.trials[i].Name, "error", err)
		}
		fmt.Fprintf(&text, "%s %s\n", r.trials[i].Name, word)
	}
	r.text = text.String()
}

// trial is a check, and its last try where that has not come back.
type trial struct {
	Check
	under chan error
}

var errSlow = errors.New("no answer in time")

func (t *trial) run(ctx context.Context) error {
	if t.under == nil {
		answer := make(chan error, 1)
		t.under = answer
		go func() { answer <- t.Try(ctx) }()
	}
	select {
	case err := <-t.under:
		t.under = nil
		return err
	case <-ctx.Done():
		return errSlow
	}
}

// leastFree is the least that a disk must have free, in bytes.
const leastFree = 100 << 20

// Disk checks that a folder can be written to and has 100 MiB free.
func Disk(folder string) Check {
	return Check{Name: "disk", Try: func(ctx context.Context) error {
		u, err := disk.UsageWithContext(ctx, folder)
		if err != nil {
			return err
		}
		if u.Free < leastFree {
			return fmt.Errorf("only %d MiB are free", u.Free>>20)
		}
		return writable(folder)
	}}
}

func writable(folder string) error {
	f, err := os.CreateTemp(folder, ".ready-*")
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, 4096))
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

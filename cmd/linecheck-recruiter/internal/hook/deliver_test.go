package hook

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// tried runs one event through a receiver in invented time, and returns after how long from
// the beginning each try came.
func tried(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, n int), until time.Duration, check func(t *testing.T, s *Sender, h store.Hook)) (tries []time.Duration) {
	t.Helper()
	r := newReceiver(t, answer) // outside, so that its waiting does not hold time up
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, openStore(t, t.TempDir()), r)
		h := s.addTo(t, r.URL)
		begin := time.Now()
		var mu sync.Mutex
		s.Count = func(string) { mu.Lock(); tries = append(tries, time.Since(begin)); mu.Unlock() }
		stop := s.run(t)
		s.tell(t, ReportReceived, "d")
		time.Sleep(until)
		stop()
		check(t, s, h)
	})
	return tries
}

// What fails is tried ten times over three days, and then given up.
func TestRetries(t *testing.T) {
	tries := tried(t, status(500), 4*24*time.Hour, func(t *testing.T, s *Sender, h store.Hook) {
		if d := s.only(t, h.ID); d.State != store.GivenUp || d.Tries != 10 || d.Answer != "HTTP 500" {
			t.Errorf("%+v", d)
		}
	})
	waits := schedule()
	if len(tries) != len(waits)+1 || tries[0] > time.Second {
		t.Fatalf("%v", tries)
	}
	for i, w := range waits {
		if got := tries[i+1] - tries[i]; got < w-w/10 || got > w+w/10+time.Second {
			t.Errorf("after try %d: %v, want about %v", i+1, got, w)
		}
	}
	if last := tries[len(tries)-1]; last < 65*time.Hour || last > 84*time.Hour {
		t.Errorf("the last try is after %v, want about three days", last)
	}
}

// What succeeds in the end is done, and not sent again.
func TestARetryThatSucceeds(t *testing.T) {
	answer := func(w http.ResponseWriter, _ *http.Request, n int) { w.WriteHeader([]int{404, 301, 200}[n-1]) }
	tries := tried(t, answer, 24*time.Hour, func(t *testing.T, s *Sender, h store.Hook) {
		if d := s.only(t, h.ID); d.State != store.Done || d.Tries != 3 {
			t.Errorf("%+v", d)
		}
	})
	if len(tries) != 3 {
		t.Errorf("%v", tries)
	}
}

func TestOldDeliveriesGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, openStore(t, t.TempDir()))
		h := s.addTo(t, "https://127.0.0.1:1")
		for digest, age := range map[string]time.Duration{"old": kept + time.Second, "younger": kept - time.Minute} {
			if err := s.Tell(t.Context(), ReportReceived, about(digest), time.Now().Add(-age)); err != nil {
				t.Fatal(err)
			}
		}
		stop := s.run(t)
		time.Sleep(time.Second)
		if d := s.only(t, h.ID); d.Subject != "younger" {
			t.Errorf("%+v", d)
		}
		time.Sleep(tidyEvery + lookAgain)
		stop()
		if list, err := s.Deliveries(t.Context(), h.ID, 1); len(list) != 0 || err != nil {
			t.Errorf("%+v %v", list, err)
		}
	})
}

func TestRetryAfterIsKept(t *testing.T) {
	for name, c := range map[string]struct {
		status      int
		header      string
		least, most time.Duration // of the wait after the first try
	}{
		"seconds": {503, "600", 10 * time.Minute, 10*time.Minute + time.Second}, "often": {429, "60", time.Minute, time.Minute + time.Second},
		"shorter than ours": {429, "1", 4 * time.Second, 7 * time.Second}, "a month": {503, "2592000", 24 * time.Hour, 24*time.Hour + time.Second},
		"of another status": {500, "600", 4 * time.Second, 7 * time.Second}, "nonsense": {503, "-5 minutes", 4 * time.Second, 7 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			answer := func(w http.ResponseWriter, _ *http.Request, n int) {
				if n == 1 {
					w.Header().Set("Retry-After", c.header)
					w.WriteHeader(c.status)
				}
			}
			tries := tried(t, answer, c.most+time.Hour, func(t *testing.T, s *Sender, h store.Hook) {
				if d := s.only(t, h.ID); d.State != store.Done || d.Tries != 2 {
					t.Errorf("%+v", d)
				}
			})
			if len(tries) != 2 || tries[1]-tries[0] < c.least || tries[1]-tries[0] > c.most {
				t.Errorf("%v", tries)
			}
		})
	}
}

func TestRetryAfterTexts(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "0": 0, "7": 7 * time.Second, "86401": longestWait, "9223372036854775807": longestWait, "99999999999999999999999": 0, "-1": 0, "1.5": 0, "x": 0,
		"Sun, 01 Mar 2026 12:01:00 GMT": time.Minute, "Sun, 01 Mar 2026 11:00:00 GMT": 0, "Sun, 01 Mar 2099 11:00:00 GMT": longestWait,
	} {
		if got := retryAfter(text, now); got != want {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
}

// A receiver that is gone is told nothing any more, until somebody turns it on again.
func TestGoneDisables(t *testing.T) {
	tries := tried(t, func(w http.ResponseWriter, _ *http.Request, n int) {
		if n == 1 {
			w.WriteHeader(http.StatusGone)
		}
	}, time.Hour, func(t *testing.T, s *Sender, h store.Hook) {
		if d := s.only(t, h.ID); d.State != store.GivenUp || d.Answer != "HTTP 410" {
			t.Errorf("%+v", d)
		}
		list, err := s.List(t.Context())
		if err != nil || list[0].Disabled.IsZero() {
			t.Errorf("%+v %v", list, err)
		}
		acts, err := s.store.Trail(t.Context(), 0, 10)
		if err != nil || len(acts) != 1 || acts[0].What != "hook.disabled" || acts[0].Who != "webhooks" {
			t.Errorf("%+v %v", acts, err)
		}
		s.tell(t, ReportReceived, "e")
		s.only(t, h.ID)
		if err := s.Enable(t.Context(), h.ID); err != nil {
			t.Fatal(err)
		}
		stop := s.run(t)
		s.tell(t, ReportReceived, "f")
		time.Sleep(time.Minute)
		stop()
		if list, err := s.Deliveries(t.Context(), h.ID, 1); err != nil || list[0].State != store.Done || list[0].Subject != "f" {
			t.Errorf("%+v %v", list, err)
		}
	})
	if len(tries) != 2 {
		t.Errorf("%v", tries)
	}
}

// A server that was killed in the middle of a try leaves it to another, a minute later; one that stops leaves it at once.
func TestAnotherServerGoesOn(t *testing.T) {
	r := newReceiver(t, nil)
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		first := newSender(t, openStore(t, dir), r)
		h := first.addTo(t, r.URL)
		first.tell(t, ReportReceived, "d")
		if c, _, err := first.store.Claim(t.Context(), time.Now(), time.Now().Add(claimLife), nil); c == nil || err != nil {
			t.Fatal(c, err)
		}
		begin := time.Now() // the first is dead from here on
		second := newSender(t, openStore(t, dir), r)
		at := make(chan time.Duration, 1)
		second.Count = func(string) { at <- time.Since(begin) }
		stop := second.run(t)
		if took := <-at; took < claimLife || took > claimLife+lookAgain {
			t.Errorf("it was delivered after %v", took)
		}
		stop()
		if d := second.only(t, h.ID); d.State != store.Done || d.Tries != 2 {
			t.Errorf("%+v", d)
		}
	})
}

// Who stops after an event was told, or while it is being sent, leaves it to the next who runs.
func TestStopAndGoOn(t *testing.T) {
	block, under := make(chan struct{}), make(chan struct{}, 1)
	r := newReceiver(t, func(_ http.ResponseWriter, req *http.Request, n int) {
		if n == 1 {
			under <- struct{}{}
			<-block
		}
	})
	defer close(block)
	dir := t.TempDir()
	first := newSender(t, openStore(t, dir), r)
	h := first.addTo(t, r.URL)
	first.tell(t, ReportReceived, "d")
	if d := first.only(t, h.ID); d.Tries != 0 {
		t.Fatalf("%+v", d)
	}
	second := newSender(t, openStore(t, dir), r) // what was told is on disk
	stop := second.run(t)
	<-under
	begin := time.Now()
	stop()
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("it stopped after %v", took)
	}
	if d := second.only(t, h.ID); d.State != store.Waiting || d.Tries != 0 || d.Answer != "" {
		t.Errorf("%+v", d)
	}
	third := newSender(t, openStore(t, dir), r)
	defer third.run(t)()
	if d := third.settled(t, h.ID); d.State != store.Done || d.Tries != 1 {
		t.Errorf("%+v", d)
	}
}

// One that hangs, with many events waiting for it, holds up nobody else.
func TestOneThatHangsHoldsUpNobody(t *testing.T) {
	block := make(chan struct{})
	r := newReceiver(t, func(_ http.ResponseWriter, req *http.Request, _ int) {
		if req.URL.Path == "/hangs" {
			<-block
		}
	})
	s := newSender(t, openStore(t, t.TempDir()), r)
	s.addTo(t, r.URL+"/hangs")
	quick := s.addTo(t, r.URL+"/quick")
	const most = 20
	for i := range most {
		s.tell(t, ReportReceived, fmt.Sprint(i))
	}
	stop := s.run(t)
	for range most {
		if m := r.next(t); m.path != "/quick" {
			t.Errorf("%s", m.path)
		}
	}
	r.mu.Lock()
	if n := len(r.got); n != most+1 {
		t.Errorf("%d requests came, want one to the one that hangs", n)
	}
	r.mu.Unlock()
	s.wait(t, func() bool {
		list, err := s.Deliveries(t.Context(), quick.ID, most)
		return err == nil && !slices.ContainsFunc(list, func(d store.Delivery) bool { return d.State != store.Done })
	})
	stop()
	close(block)
}

// Of an endless answer little is read; a redirect leads nowhere.
func TestOddAnswers(t *testing.T) {
	r := newReceiver(t, func(w http.ResponseWriter, req *http.Request, _ int) {
		switch req.URL.Path {
		case "/endless":
			for {
				if _, err := io.WriteString(w, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"); err != nil {
					return
				}
			}
		case "/elsewhere":
			http.Redirect(w, req, "/other", http.StatusTemporaryRedirect)
		case "/headers":
			for i := range 1000 {
				w.Header().Set(fmt.Sprint("X-", i), "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")
			}
		case "/broken":
			panic(http.ErrAbortHandler)
		}
	})
	s := newSender(t, openStore(t, t.TempDir()), r)
	for path, want := range map[string]string{"/endless": "HTTP 200", "/elsewhere": "HTTP 307", "/headers": "no connection", "/broken": "no connection"} {
		h, begin := s.addTo(t, r.URL+path), time.Now()
		d, err := s.Try(t.Context(), h.ID, begin)
		if err != nil || time.Since(begin) > patience/2 || d.Answer != want || (d.State == store.Done) != (path == "/endless") {
			t.Errorf("%s: %+v %v", path, d, err)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.got) != 4 {
		t.Errorf("%d requests", len(r.got))
	}
}

// Where the database is gone, nothing is lost sight of and nothing spins.
func TestWithoutADatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t, t.TempDir())
		s := newSender(t, st)
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
		if err := s.Tell(t.Context(), ReportReceived, about("d"), time.Now()); err == nil {
			t.Error("an event was told to nobody")
		}
		stop := s.run(t)
		time.Sleep(time.Hour)
		stop()
	})
}

// Two servers on one database send each event once.
func TestTwoServersSendOnce(t *testing.T) {
	r := newReceiver(t, nil)
	url := postgres.Database(t)
	var servers []*Sender
	for range 2 {
		db, err := store.Connect(t.Context(), url)
		servers = append(servers, newSender(t, tenantOf(t, db, err, tenant), r))
	}
	var hooks []store.Hook
	for i := range 3 {
		hooks = append(hooks, servers[0].addTo(t, fmt.Sprint(r.URL, "/", i)))
	}
	for _, s := range servers {
		defer s.run(t)()
	}
	const most = 40
	for i := range most {
		servers[i%2].tell(t, ReportReceived, fmt.Sprint(i))
	}
	seen := map[string]int{}
	for range most * len(hooks) {
		m := r.next(t)
		seen[m.id+m.path]++
	}
	if len(seen) != most*len(hooks) {
		t.Errorf("%d of %d", len(seen), most*len(hooks))
	}
	for _, h := range hooks {
		var list []store.Delivery
		servers[0].wait(t, func() (all bool) {
			var err error
			list, err = servers[0].Deliveries(t.Context(), h.ID, most)
			return err == nil && !slices.ContainsFunc(list, func(d store.Delivery) bool { return d.State != store.Done })
		})
		if slices.ContainsFunc(list, func(d store.Delivery) bool { return d.Tries != 1 }) {
			t.Errorf("some were tried again: %+v", list)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.got) != most*len(hooks) {
		t.Errorf("%d requests for %d deliveries", len(r.got), most*len(hooks))
	}
}

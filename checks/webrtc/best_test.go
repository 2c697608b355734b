package webrtc

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/report"
)

// asked counts the requests of a path.
func asked(path string, n *atomic.Int32) func(http.Handler) http.Handler {
	return func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, path) {
				n.Add(1)
			}
			h.ServeHTTP(w, r)
		})
	}
}

// losing loses packets of the ways over UDP, by their first byte.
func losing(lost func(first byte) bool) func(Way, bool, []byte) bool {
	return func(way Way, _ bool, packet []byte) bool { return way.overUDP() && lost(packet[0]) }
}

func isDTLS(b byte) bool { return b >= 20 && b <= 63 }
func isRTP(b byte) bool  { return b>>6 == 2 }

// A way that carries a call is found whatever holds the better ones up, and it is told
// what does. What holds them up shows before a call (its encryption) or in it (its sound).
func TestMediaFindsTheWayThatWorks(t *testing.T) {
	t.Parallel()
	type held struct {
		name, told string
		lost       func(byte) bool
		within     time.Duration
	}
	sideBySide(t, []held{
		{"DTLS is dropped over UDP", codeDTLS, isDTLS, headStart + dtlsLimit + time.Second},
		{"media is dropped over UDP", codeSilent, isRTP, headStart + firstEchoLimit + time.Second},
	}, func(t *testing.T, tt held) {
		cfg := newFar(t).config(t)
		cfg.span = time.Second
		cfg.drop = losing(tt.lost)
		var flowed time.Time
		begin := time.Now()
		ev, _ := checks.RunOne(t.Context(), plain(cfg), func(p checks.Progress) {
			if p.Stage == "call" && flowed.IsZero() {
				flowed = time.Now()
			}
		})
		if ev.Outcome != report.Measured || ev.Facts["way"] != string(DirectTCP) || ev.Facts["trouble"] != tt.told {
			t.Errorf("%s: outcome %s, reason %s, facts %v", tt.name, ev.Outcome, ev.Reason, ev.Facts)
		}
		if took := flowed.Sub(begin); took > tt.within {
			t.Errorf("%s: it flowed after %v", tt.name, took)
		}
	})
}

// Where no way carries a call it is said of the ways that were tried, and none counts as
// tried for which there was no time.
func TestMediaWithoutAnyWay(t *testing.T) {
	t.Parallel()
	cfg := newFar(t).config(t)
	cfg.drop = func(_ Way, _ bool, packet []byte) bool { return isDTLS(packet[0]) }
	begin := time.Now()
	ev, _ := checks.RunOne(t.Context(), NewMedia(cfg), nil)
	if ev.Reason != "webrtc."+codeDTLS || ev.Fault != report.FaultNetwork {
		t.Errorf("reason %s, fault %s", ev.Reason, ev.Fault)
	}
	if took := time.Since(begin); took > wayLimit+dtlsLimit {
		t.Errorf("it took %v", took)
	}
}

// What the connection check found is not looked for again, and a way that it found
// closed is not tried again.
func TestMediaTakesOverWhatConnectFound(t *testing.T) {
	t.Parallel()
	var flights, calls atomic.Int32
	f := newFarWith(t, func(*probeConfig) {}, func(h http.Handler) http.Handler { return asked("/ice", &flights)(asked("/echo", &calls)(h)) })
	cfg := f.config(t)
	cfg.span, cfg.Memory = 300*time.Millisecond, new(Memory)
	cfg.drop = losing(isDTLS)
	run := func(check checks.Check) report.Evidence {
		ev, _ := checks.RunOne(t.Context(), check, nil)
		if ev.Outcome != report.Measured || ev.Facts["way"] != string(DirectTCP) {
			t.Fatalf("%s: outcome %s, reason %s, facts %v", ev.Check, ev.Outcome, ev.Reason, ev.Facts)
		}
		return ev
	}
	if ev := run(NewConnect(cfg)); ev.Facts["trouble"] != codeDTLS {
		t.Errorf("it says %s", ev.Facts["trouble"])
	}
	calls.Store(0)
	ev := run(plain(cfg))
	if flights.Load() != 1 || calls.Load() != 3 || ev.Facts["trouble"] != noTrouble { // the call, its restart, the one over TLS
		t.Errorf("%d flights, %d offers, facts %v", flights.Load(), calls.Load(), ev.Facts)
	}
	run(plain(cfg)) // again, as after a change of the network: nothing is taken for granted
	if flights.Load() != 2 {
		t.Errorf("%d flights for two runs", flights.Load())
	}
}

// Where nothing that was open is open any more, all is looked for anew.
func TestMediaAfterTheNetworkChanged(t *testing.T) {
	t.Parallel()
	cfg := newFar(t).config(t)
	cfg.span, cfg.Memory = 300*time.Millisecond, new(Memory)
	var later atomic.Bool
	cfg.drop = func(way Way, _ bool, packet []byte) bool { return way.overUDP() != later.Load() && isDTLS(packet[0]) }
	checks.RunOne(t.Context(), NewConnect(cfg), nil) // finds the ways over TCP
	later.Store(true)
	ev, _ := checks.RunOne(t.Context(), plain(cfg), nil)
	if ev.Outcome != report.Measured || ev.Facts["way"] != string(Direct) {
		t.Errorf("outcome %s, reason %s, facts %v", ev.Outcome, ev.Reason, ev.Facts)
	}
}

func TestMemoryIsForOneUse(t *testing.T) {
	f := newFar(t)
	s, err := f.config(t).Far(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	m := new(Memory)
	m.keep(s, nil, flight{filtering: filterNone}, time.Second)
	if got, spent, ok := m.take(s, nil, now); !ok || got.filtering != filterNone || spent != time.Second {
		t.Errorf("%+v, %v, %v", got, spent, ok)
	}
	if _, _, ok := m.take(s, nil, now); ok {
		t.Error("it is taken twice")
	}
	other := *s
	other.Grant.Token = "x"
	m.keep(s, nil, flight{}, 0)
	if _, _, ok := m.take(&other, nil, now); ok {
		t.Error("it is another session's")
	}
	m.keep(s, nil, flight{}, 0)
	if _, _, ok := m.take(s, nil, now.Add(memoryLife+time.Minute)); ok {
		t.Error("it is old")
	}
	if _, _, ok := (*Memory)(nil).take(s, nil, now); ok {
		t.Error("nothing is something")
	}
}

// A server that hangs takes no time from the next of its way, and a name that is not
// found does not stand for one that was and is silent.
func TestOpenTriesEachServer(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	s, err := f.config(t).Far(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	ice, err := s.ICE(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	good := serversOf(ice)[TURNTCP][0]
	hangs, nobody := good, good
	hangs.port, nobody.host = silent.Addr().(*net.TCPAddr).Port, "nowhere.invalid"
	limited, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if _, err = open(limited, s, []server{hangs, nobody}); TURNTCP.code(err) != codeDead {
		t.Errorf("%s: %v", TURNTCP.code(err), err)
	}
	begin := time.Now()
	tunnel, err := open(t.Context(), s, []server{hangs, good})
	if err != nil {
		t.Fatal(err)
	}
	tunnel.close()
	if took := time.Since(begin); took > nextServer+time.Second {
		t.Errorf("it took %v", took)
	}
}

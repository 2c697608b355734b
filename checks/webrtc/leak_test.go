package webrtc

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/report"
)

// open is how many goroutines and file descriptors there are; -1 descriptors where the system does not tell.
func openNow() (goroutines, files int) {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return runtime.NumGoroutine(), -1
	}
	return runtime.NumGoroutine(), len(entries)
}

// settle waits until there are no more than before.
func settle(t *testing.T, what string, goroutines, files int) {
	t.Helper()
	var g, f int
	for range 300 {
		if g, f = openNow(); g <= goroutines && f <= files {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("after %s there are %d goroutines and %d files, before there were %d and %d", what, g, f, goroutines, files)
}

// A call's media, fifty times well and fifty times not, leaves nothing behind either.
func TestMediaLeavesNothingBehind(t *testing.T) {
	if testing.Short() {
		t.Skip("a hundred runs take half a minute")
	}
	goroutines, files := openNow()
	f := newFar(t)
	var all sync.WaitGroup
	run := func(ctx context.Context, cfg Config, outcome report.Outcome) {
		if ev, _ := checks.RunOne(ctx, plain(cfg), nil); ev.Outcome != outcome {
			t.Errorf("outcome %s, reason %s, want %s", ev.Outcome, ev.Reason, outcome)
		}
	}
	for i := range 50 {
		cfg := f.configOf(t, fmt.Sprint("good", i))
		cfg.span = 100 * time.Millisecond
		all.Go(func() { run(t.Context(), cfg, report.Measured) })
	}
	all.Wait()
	for i := range 50 {
		cfg := f.configOf(t, fmt.Sprint("bad", i))
		cfg.span = 10 * time.Second
		var packets atomic.Int32
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		outcome := report.Unavailable
		switch i % 3 {
		case 0: // never echoed
			cfg.drop = func(_ Way, _ bool, packet []byte) bool { return isRTP(packet[0]) }
		case 1: // stops
			cfg.drop = func(_ Way, _ bool, packet []byte) bool { return isRTP(packet[0]) && packets.Add(1) > 50 }
		default: // is stopped
			time.AfterFunc(time.Duration(100+20*i)*time.Millisecond, cancel)
			outcome = report.Canceled
		}
		all.Go(func() { run(ctx, cfg, outcome) })
	}
	all.Wait()
	f.die() // the echo keeps calls that never came about for a while
	settle(t, "a hundred calls", goroutines+20, files+8)
}

// Fifty good runs and fifty that fail, each in one of five manners, leave nothing behind.
func TestNothingIsLeftBehind(t *testing.T) {
	if testing.Short() {
		t.Skip("a hundred runs take ten seconds")
	}
	f := newFar(t)
	cfg := f.config(t)
	run := func(ctx context.Context, cfg Config) report.Evidence {
		ev, _ := checks.RunOne(ctx, NewConnect(cfg), nil)
		return ev
	}
	run(t.Context(), cfg) // what is made once is made now
	time.Sleep(300 * time.Millisecond)
	goroutines, files := openNow()
	for i := range 50 {
		if ev := run(t.Context(), cfg); ev.Outcome != report.Measured || ev.Facts["trouble"] != noTrouble {
			t.Fatalf("run %d: outcome %s, reason %s, facts %v", i, ev.Outcome, ev.Reason, ev.Facts)
		}
	}
	settle(t, "50 good runs", goroutines+12, files+4) // connections of HTTP that are kept

	lossy := func(lost func(byte) bool) Config {
		c := cfg
		c.drop = func(_ Way, _ bool, packet []byte) bool { return lost(packet[0]) }
		return c
	}
	refusing := newFarWith(t, func(*probeConfig) {}, answering("/echo", 503, func(string) string { return `{"code":"echo.full","message":"full"}` }))
	full := refusing.config(t)
	gone := newFar(t)
	away := gone.config(t)
	gone.die()
	var all sync.WaitGroup
	fail := func(cfg Config, limit time.Duration) {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			if ev := run(ctx, cfg); ev.Outcome == report.Measured {
				t.Errorf("a run that had to fail: %v", ev.Facts)
			}
		})
	}
	for i := range 10 {
		fail(lossy(func(byte) bool { return true }), time.Minute)
		fail(lossy(func(b byte) bool { return b >= 20 && b <= 63 }), time.Minute)
		fail(full, time.Minute)
		fail(away, time.Minute)
		fail(lossy(func(byte) bool { return true }), time.Duration(20+100*i)*time.Millisecond)
	}
	all.Wait()
	refusing.die()
	f.die() // the echo keeps calls that never came about for a while
	settle(t, "50 failing runs", goroutines+20, files+8)
}

// stuck is a packet socket of which neither reading, writing nor closing ever ends.
type stuck struct {
	net.PacketConn
	until chan struct{}
}

func (s *stuck) ReadFrom([]byte) (int, net.Addr, error)    { <-s.until; return 0, nil, net.ErrClosed }
func (s *stuck) WriteTo(b []byte, _ net.Addr) (int, error) { <-s.until; return 0, net.ErrClosed }
func (s *stuck) Close() error                              { <-s.until; return nil }

// Closing a call takes no longer than a second where everything below it hangs, as a
// driver can. What hangs is left behind until it does not.
func TestClosingWhatHangs(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	cfg := f.config(t)
	session, err := cfg.Far(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := &stuck{swallow(t), make(chan struct{})}
	defer close(s.until)
	c := &call{way: TURNUDP, session: session, begin: time.Now(), until: time.Now().Add(time.Second), iceUp: newSignal(), up: newSignal(), channelUp: newSignal(), lost: newSignal()}
	c.tunnel = &tunnel{PacketConn: s, peer: netip.MustParseAddrPort(nowhere), end: func() { <-s.until }}
	if c.pc, err = newPeer(nil, c.tunnel, func(bool, []byte) bool { return false }); err != nil {
		t.Fatal(err)
	}
	c.watch()
	if c.channel, err = c.pc.CreateDataChannel("ping", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := c.place(t.Context()); err == nil {
		t.Error("it connected through a socket that hangs")
	}
	begin := time.Now()
	c.close()
	if took := time.Since(begin); took > closeLimit+200*time.Millisecond || took < closeLimit/2 {
		t.Errorf("closing took %v", took)
	}
}

// However the network hangs, closing a call takes no longer than a second.
func TestClosingNeverHangs(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	cfg := f.config(t)
	session, err := cfg.Far(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	flight, err := preflight(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range ways() {
		c, err := newCall(t.Context(), cfg, session, way, flight.ways[way].servers, wayLimit)
		if err != nil {
			t.Fatalf("%s: %v", way, err)
		}
		if _, err := c.place(t.Context()); err != nil {
			t.Fatalf("%s: %v", way, err)
		}
		c.cut.Store(true)
		begin := time.Now()
		c.close()
		if took := time.Since(begin); took > time.Second {
			t.Errorf("%s: closing took %v", way, took)
		}
	}
}

// A server that takes connections and packets and says nothing: the pre-flight ends in time, and names it.
func TestPreflightOfASilentServer(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a watchdog, 4 s")
	}
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	hole := swallow(t).LocalAddr().String()
	silent := `{"servers":[{"urls":["stun:` + hole + `"]},{"urls":["turn:` + hole + `?transport=udp","turn:` + ln.Addr().String() + `?transport=tcp","turns:` +
		ln.Addr().String() + `?transport=tcp"],"username":"u","credential":"c"}],"tcp":[],"seconds":300}`
	cfg := newFarWith(t, func(*probeConfig) {}, answering("/ice", http.StatusOK, func(string) string { return silent })).config(t)
	begin := time.Now()
	ev, _ := checks.RunOne(t.Context(), NewConnect(cfg), nil)
	if took := time.Since(begin); took > preflightLimit+time.Second {
		t.Errorf("it took %v", took)
	}
	want := map[Way]string{Direct: codeUDPDropped, TURNUDP: codeUDPDropped, TURNTCP: codeDead, DirectTCP: wayNotTried}
	for way, code := range want {
		if ev.Facts[string(way)] != code {
			t.Errorf("%s: %s, want %s", way, ev.Facts[string(way)], code)
		}
	}
	if ev.Outcome != report.Unavailable || ev.Reason != "webrtc."+codeUDPDropped {
		t.Errorf("outcome %s, reason %s", ev.Outcome, ev.Reason)
	}
}

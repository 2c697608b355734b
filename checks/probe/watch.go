package probe

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"linecheck/checks/internal/rate"
	"linecheck/checks/internal/tcp"
)

// watch follows the connections of one direction by the system's own account of
// them: of an upload what arrived, of a download what the far end acknowledged. A
// patched program can claim any speed, but it cannot acknowledge what has not come.
type watch struct {
	up bool

	mu    sync.Mutex
	conns map[*conn]tcp.State // open ones, when last looked
	added int                 // connections so far
	kinds map[string]bool     // congestion controls in use
	rtt   time.Duration       // the shortest
	count rate.Counter
	at    time.Time // when last looked
	users int       // transfers that run now
	quit  chan struct{}
}

// Downloads take turns between two congestion controls. The one fills a line that
// loses packets. The other begins by doubling until something is lost, and so
// fills the queue of a line, whose length is the latency under load. Where the system has
// not got one, its own is used.
const fast, filling = "bbr", "reno"

// begin follows one more transfer on a connection; end is to be called after it.
func (w *watch) begin(c *conn) (end func()) {
	if c == nil {
		return func() {}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, known := w.conns[c]; !known {
		w.add(c)
	}
	if w.users++; w.users == 1 {
		w.at = time.Now()
		w.quit = make(chan struct{})
		go w.run(w.quit)
	}
	return func() {
		w.look(time.Now())
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.users--; w.users == 0 {
			close(w.quit)
		}
	}
}

// add takes a connection that is not known yet. The caller holds the lock.
func (w *watch) add(c *conn) {
	if w.conns == nil {
		w.conns, w.kinds = map[*conn]tcp.State{}, map[string]bool{}
	}
	set := ""
	if !w.up {
		tcp.Bulk(c.Conn)
		set = []string{fast, filling}[w.added%2]
	}
	w.added++
	if kind := tcp.Congestion(c.Conn, set); kind != "" && !w.up {
		w.kinds[kind] = true
	}
	w.conns[c], _ = tcp.Of(c.Conn)
}

// packets is what counts in the direction of the watch.
func (w *watch) packets(s tcp.State) int64 {
	if w.up {
		return s.Arrived
	}
	return s.Delivered
}

// run looks at the connections in every bin while a transfer runs.
func (w *watch) run(quit chan struct{}) {
	t := time.NewTicker(rate.Bin)
	defer t.Stop()
	for {
		select {
		case <-quit:
			return
		case <-t.C:
			w.look(time.Now())
		}
	}
}

func (w *watch) look(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	sum := int64(0)
	for c, before := range w.conns {
		if c.closed.Load() {
			delete(w.conns, c) // what it had seen is counted
			continue
		}
		s, ok := tcp.Of(c.Conn)
		if !ok {
			continue
		}
		sum += w.packets(s) - w.packets(before)
		w.count.Correct(tcp.Filled(before, s, w.up))
		w.conns[c] = s
		if s.RTT > 0 && (w.rtt == 0 || s.RTT < w.rtt) {
			w.rtt = s.RTT
		}
	}
	if w.at.IsZero() || now.Sub(w.at) > time.Second {
		w.at = now // long ago: when it came nobody knows
	}
	w.count.AddOver(int(sum), w.at, now)
	w.at = now
}

// seen are the congestion controls in use, and the shortest round trip; "" and 0 where the system does not tell.
func (w *watch) seen() (kinds string, rtt time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(slices.Sorted(maps.Keys(w.kinds)), " "), w.rtt
}

package probe

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// leastUnheard is how many sessions must have asked for calls before silence means anything: one network may block UDP.
	leastUnheard = 3
	// unheardWait is how long after asking a program has sent its first packet over UDP.
	unheardWait = 10 * time.Second
)

// unheard notes whether any packet has come in over UDP. Where several applicants ask for calls and none has, a firewall
// before this server is the likely cause, and each of their networks would seem to block calls. That is said once, to
// whoever runs the server: nobody else can do something. Its zero value is ready.
type unheard struct {
	heard atomic.Bool
	asked atomic.Int64
	told  sync.Once
}

// hear notes a packet.
func (u *unheard) hear() {
	if !u.heard.Load() { // reading is cheaper, and there are many packets
		u.heard.Store(true)
	}
}

// ask notes that a session has asked for calls, for the first time.
func (u *unheard) ask(wait time.Duration, port int, log *slog.Logger) {
	if u.heard.Load() || u.asked.Add(1) < leastUnheard {
		return
	}
	time.AfterFunc(wait, func() {
		if !u.heard.Load() {
			u.told.Do(func() {
				log.Warn("applicants ask for calls, and nothing has ever come in over UDP: does the firewall before this server let it through?", "port", port)
			})
		}
	})
}

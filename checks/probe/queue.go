package probe

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"linecheck/report/exchange"
)

const (
	// usualPlaces is how many speed tests run at once: as many as a line of 10 Gbit/s
	// carries of tests of 1 Gbit/s, with something to spare.
	usualPlaces = 8
	// lineShare is how much of the server's line tests may fill before a further one has to wait, and lineWindow
	// for how long what they move is counted to know that.
	lineShare            = 0.6
	lineWindow, lineLost = 500 * time.Millisecond, 2 * time.Second
	// placeLife is how long a test may keep its place, and placeIdle how long without moving anything.
	placeLife, placeIdle = 30 * time.Second, 5 * time.Second
	// waitLife is how long one who waits may be silent before the place in line is lost.
	waitLife = 5 * time.Second
)

// queue lets speed tests, and calls that fill their lines, wait rather than measure crowded.
type queue struct {
	places int     // how many run at once
	line   float64 // what the server's line carries, in bytes a second; 0 is not known

	mu      sync.Mutex
	running map[*session]time.Time // since when
	waiting []waiter               // in order of arrival

	counted int64 // what all tests had moved by then
	at      time.Time
	rate    float64 // bytes a second, in the last window
}

// waiter is one who waits, and when it last asked.
type waiter struct {
	s    *session
	last time.Time
}

// enter gives s a place, or says how many are before it and stands it in line:
// it is to ask again within a few seconds. moved is how many bytes all tests have moved so far.
func (q *queue) enter(s *session, moved int64, now time.Time) (ahead int, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for other, since := range q.running {
		age := now.Sub(since)
		if age > placeLife || age > placeIdle && !other.active(now.Add(-placeIdle)) {
			delete(q.running, other)
		}
	}
	q.waiting = slices.DeleteFunc(q.waiting, func(w waiter) bool { return w.s != s && now.Sub(w.last) > waitLife })
	i := slices.IndexFunc(q.waiting, func(w waiter) bool { return w.s == s })
	if i < 0 {
		i, q.waiting = len(q.waiting), append(q.waiting, waiter{s: s})
	}
	if _, running := q.running[s]; running || i < q.places-len(q.running) && q.room(moved, now) {
		q.waiting = slices.Delete(q.waiting, i, i+1)
		if q.running == nil {
			q.running = map[*session]time.Time{}
		}
		q.running[s] = now
		return 0, true
	}
	q.waiting[i].last = now
	return i + 1, false
}

// room says whether the tests that run leave enough of the line for another one.
func (q *queue) room(moved int64, now time.Time) bool {
	if q.line == 0 || len(q.running) == 0 {
		return true
	}
	past := now.Sub(q.at)
	if past < lineWindow {
		return q.rate < lineShare*q.line
	}
	rate := float64(moved-q.counted) / past.Seconds()
	q.counted, q.at, q.rate = moved, now, rate
	if past > lineLost { // nobody asked for long: that says nothing of this moment
		q.rate = q.line
	}
	return q.rate < lineShare*q.line
}

// count is how many have a place, and how many wait.
func (q *queue) count() (running, waiting int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.running), len(q.waiting)
}

// leave frees the place of s, in line too.
func (q *queue) leave(s *session) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.running, s)
	q.waiting = slices.DeleteFunc(q.waiting, func(w waiter) bool { return w.s == s })
}

// load gives a call a place to fill its line, beside which nobody else measures
// crowded: it moves as much as a speed test does.
func (p *Probe) load(s *session, w http.ResponseWriter, _ *http.Request) {
	if ahead, ok := p.queue.enter(s, p.total.Load(), time.Now()); !ok {
		wait(w, ahead)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// unload takes that place back.
func (p *Probe) unload(s *session, w http.ResponseWriter, _ *http.Request) {
	p.queue.leave(s)
	w.WriteHeader(http.StatusNoContent)
}

// wait tells an applicant's program to ask again, and how many are before it.
func wait(w http.ResponseWriter, ahead int) {
	w.Header().Set("Retry-After", "1")
	Refuse(w, http.StatusServiceUnavailable, exchange.QueueCode, fmt.Sprintf("all places are taken; %d in line", ahead))
}

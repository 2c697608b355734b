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
	// places is how many speed tests run at once: as many as a line of 10 Gbit/s
	// carries of tests of 1 Gbit/s, with something to spare.
	places = 8
	// placeLife is how long a test may keep its place, and placeIdle how long without moving anything.
	placeLife, placeIdle = 30 * time.Second, 5 * time.Second
	// waitLife is how long one who waits may be silent before the place in line is lost.
	waitLife = 5 * time.Second
)

// queue lets speed tests wait in line rather than measure crowded. Its zero value is ready.
type queue struct {
	mu      sync.Mutex
	running map[*session]time.Time // since when
	waiting []waiter               // in order of arrival
}

// waiter is one who waits, and when it last asked.
type waiter struct {
	s    *session
	last time.Time
}

// enter gives s a place, or says how many are before it and stands it in line:
// it is to ask again within a few seconds.
func (q *queue) enter(s *session, now time.Time) (ahead int, ok bool) {
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
	if _, running := q.running[s]; running || i < places-len(q.running) {
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

// leave frees the place of s.
func (q *queue) leave(s *session) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.running, s)
}

// wait tells an applicant's program to ask again, and how many are before it.
func wait(w http.ResponseWriter, ahead int) {
	w.Header().Set("Retry-After", "1")
	Refuse(w, http.StatusServiceUnavailable, exchange.QueueCode, fmt.Sprintf("all places are taken; %d in line", ahead))
}

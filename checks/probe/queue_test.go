package probe

import (
	"testing"
	"time"
)

func TestQueue(t *testing.T) {
	q := queue{places: usualPlaces}
	now := time.Now()
	moving := func() *session {
		a := newAccount()
		a.last = now.Add(time.Hour)
		return &session{checks: map[string]*account{speedCheck: a}}
	}
	all := make([]*session, usualPlaces)
	for i := range all {
		all[i] = moving()
		if _, ok := q.enter(all[i], 0, now); !ok {
			t.Fatalf("no place for test %d", i+1)
		}
	}
	first, second := moving(), moving()
	want := func(s *session, at time.Duration, ahead int, ok bool) {
		t.Helper()
		if a, got := q.enter(s, 0, now.Add(at)); a != ahead || got != ok {
			t.Errorf("after %v: %d, %v; want %d, %v", at, a, got, ahead, ok)
		}
	}
	want(first, 0, 1, false)
	want(second, time.Second, 2, false)
	want(all[0], time.Second, 0, true) // who has a place keeps it
	q.leave(all[1])
	want(second, 2*time.Second, 2, false) // in order of arrival
	want(first, 2*time.Second, 0, true)
	want(second, 3*time.Second, 1, false)
	all[2].checks[speedCheck].last = time.Time{} // gone without a word
	want(second, 4*time.Second, 1, false)
	want(second, 6*time.Second, 0, true)

	third, fourth := moving(), moving()
	want(third, 7*time.Second, 1, false)
	want(fourth, 13*time.Second, 1, false) // the third has not asked for too long
	want(fourth, placeLife+2*time.Second, 0, true)
}

// On a known line a further test waits while those that run fill it.
func TestTheLineIsNotCrowded(t *testing.T) {
	const line = 125e6 // 1 Gbit/s
	q := queue{places: usualPlaces, line: line}
	now := time.Now()
	fresh := func() *session {
		a := newAccount()
		a.last = now.Add(time.Hour)
		return &session{checks: map[string]*account{speedCheck: a}}
	}
	ask := func(s *session, moved float64, at time.Duration, want bool) {
		t.Helper()
		if _, ok := q.enter(s, int64(moved), now.Add(at)); ok != want {
			t.Errorf("after %v: a place is given: %v", at, ok)
		}
	}
	first, second := fresh(), fresh()
	ask(first, 0, 0, true) // alone
	ask(second, 0, time.Second, false)
	ask(second, 0.9*line, 2*time.Second, false) // filled
	ask(second, 1.3*line, 3*time.Second, true)  // 0.4 of it
	third := fresh()
	ask(third, 1.3*line+0.3*line, 3400*time.Millisecond, true) // within the window the last rate counts
	fourth := fresh()
	ask(fourth, 3*line, 4*time.Second, false)
	q.leave(first)
	q.leave(second)
	q.leave(third)
	ask(fourth, 3*line, 5*time.Second, true)
}

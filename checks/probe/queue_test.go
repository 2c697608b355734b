package probe

import (
	"testing"
	"time"
)

func TestQueue(t *testing.T) {
	var q queue
	now := time.Now()
	moving := func() *session {
		a := newAccount()
		a.last = now.Add(time.Hour)
		return &session{checks: map[string]*account{speedCheck: a}}
	}
	all := make([]*session, places)
	for i := range all {
		all[i] = moving()
		if _, ok := q.enter(all[i], now); !ok {
			t.Fatalf("no place for test %d", i+1)
		}
	}
	first, second := moving(), moving()
	want := func(s *session, at time.Duration, ahead int, ok bool) {
		t.Helper()
		if a, got := q.enter(s, now.Add(at)); a != ahead || got != ok {
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

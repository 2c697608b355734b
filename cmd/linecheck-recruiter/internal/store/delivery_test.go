package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// claim takes the next delivery at a time, for a minute; "" where none is due.
func claimAt(t *testing.T, s *store.Tenant, now time.Time, busy ...int64) (*store.Claimed, string) {
	t.Helper()
	c, _, err := s.Claim(t.Context(), now, now.Add(time.Minute), busy)
	if err != nil {
		t.Fatal(err)
	}
	if c == nil {
		return nil, ""
	}
	return c, c.ID
}

func settle(t *testing.T, s *store.Tenant, d store.Delivery, state, answer string, next time.Time) {
	t.Helper()
	d.State, d.Answer, d.Next = state, answer, next
	if err := s.Settle(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

func oneDelivery(t *testing.T, s *store.Tenant, hook int64) store.Delivery {
	t.Helper()
	list, err := s.Deliveries(t.Context(), hook, 2)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v %v", list, err)
	}
	return list[0]
}

func TestDeliveriesAreClaimedInTheirOrder(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		a, b := addHook(t, s, "a"), addHook(t, s, "b")
		for i, e := range []store.Event{hookEvent("e1", "a", "d"), hookEvent("e2", "b", "d"), hookEvent("e3", "a", "d")} {
			e.Made = noon().Add(time.Duration(i) * time.Second)
			announce(t, s, e, 1)
		}
		if c, next, err := s.Claim(t.Context(), noon().Add(-time.Millisecond), noon(), nil); c != nil || !next.Equal(noon()) || err != nil {
			t.Errorf("before the first is due: %v %v %v", c, next, err)
		}
		now := noon().Add(time.Hour)
		first, id := claimAt(t, s, now)
		if id != "e1" || first.To.ID != a || first.To.Secret == "" || first.Tries != 1 || string(first.Body) != `{"id":"e1"}` {
			t.Fatalf("%+v", first)
		}
		second, id := claimAt(t, s, now, a)
		if id != "e2" || second.To.ID != b {
			t.Errorf("while the first hook is busy: %q", id)
		}
		if _, id := claimAt(t, s, now, a, b); id != "" {
			t.Errorf("while both are busy: %q", id)
		}
		if _, id := claimAt(t, s, now, b); id != "e3" {
			t.Errorf("then %q", id)
		}
		if c, next, err := s.Claim(t.Context(), now, now, nil); c != nil || !next.Equal(now.Add(time.Minute)) || err != nil {
			t.Errorf("all are in hand: %v %v %v", c, next, err)
		}
	})
}

// What came of a try is kept; what is done or given up is not tried again.
func TestSettle(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		hook := addHook(t, s, "a")
		announce(t, s, hookEvent("e", "a", "d"), 1)
		c, _ := claimAt(t, s, noon())
		later := noon().Add(10 * time.Second) // before the claim ends
		settle(t, s, c.Delivery, store.Waiting, "HTTP 500", later)
		if d := oneDelivery(t, s, hook); d.State != store.Waiting || d.Tries != 1 || d.Answer != "HTTP 500" || !d.Next.Equal(later) {
			t.Errorf("%+v", d)
		}
		if _, id := claimAt(t, s, later.Add(-time.Second)); id != "" {
			t.Errorf("it is tried before its time")
		}
		c, id := claimAt(t, s, later)
		if id != "e" || c.Tries != 2 {
			t.Fatalf("%+v", c)
		}
		settle(t, s, c.Delivery, store.Done, "HTTP 204", later)
		if _, id := claimAt(t, open(), later.Add(time.Hour)); id != "" {
			t.Errorf("what is done is tried again")
		}
	})
}

// Whoever has a delivery in hand for too long is taken for dead, and cannot settle it any more.
func TestAClaimEnds(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		hook := addHook(t, s, "a")
		announce(t, s, hookEvent("e", "a", "d"), 1)
		dead, _ := claimAt(t, s, noon())
		if _, id := claimAt(t, s, noon().Add(59*time.Second)); id != "" {
			t.Fatal("two have it in hand")
		}
		live, id := claimAt(t, open(), noon().Add(time.Minute))
		if id != "e" || live.Tries != 2 {
			t.Fatalf("%+v", live)
		}
		settle(t, s, dead.Delivery, store.GivenUp, "late", noon())
		if err := s.Release(t.Context(), dead.Delivery, noon()); err != nil {
			t.Fatal(err)
		}
		if d := oneDelivery(t, s, hook); d.State != store.Waiting || d.Answer != "" || d.Tries != 2 {
			t.Errorf("the dead one has changed it: %+v", d)
		}
		settle(t, s, live.Delivery, store.Done, "HTTP 200", noon())
		settle(t, s, live.Delivery, store.Waiting, "again", noon())
		if d := oneDelivery(t, s, hook); d.State != store.Done || d.Answer != "HTTP 200" {
			t.Errorf("%+v", d)
		}
	})
}

func TestReleaseCountsNoTry(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		hook := addHook(t, s, "a")
		announce(t, s, hookEvent("e", "a", "d"), 1)
		c, _ := claimAt(t, s, noon())
		if err := s.Release(t.Context(), c.Delivery, noon().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		if d := oneDelivery(t, s, hook); d.Tries != 0 || !d.Next.Equal(noon().Add(time.Second)) || d.State != store.Waiting {
			t.Errorf("%+v", d)
		}
	})
}

func TestADisabledHookIsLeftAlone(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		hook := addHook(t, s, "a")
		announce(t, s, hookEvent("e", "a", "d"), 1)
		if err := s.DisableHook(t.Context(), hook, "the webhook is off", noon()); err != nil {
			t.Fatal(err)
		}
		if c, next, err := s.Claim(t.Context(), noon(), noon().Add(time.Minute), nil); c != nil || !next.IsZero() || err != nil {
			t.Errorf("%v %v %v", c, next, err)
		}
		if d := oneDelivery(t, s, hook); d.State != store.GivenUp || d.Answer != "the webhook is off" {
			t.Errorf("%+v", d)
		}
		// A test is sent to it all the same, by whoever asks for it and by nobody else.
		c, err := s.ClaimNew(t.Context(), hookEvent("t", "test", ""), hook, noon().Add(time.Minute))
		if err != nil || c.Tries != 1 || c.To.ID != hook {
			t.Fatalf("%+v %v", c, err)
		}
		if _, id := claimAt(t, s, noon().Add(time.Hour)); id != "" {
			t.Errorf("it is off, and %s is sent", id)
		}
		if err := s.EnableHook(t.Context(), hook); err != nil {
			t.Fatal(err)
		}
		if _, id := claimAt(t, s, noon()); id != "" {
			t.Errorf("another took the test while it is in hand")
		}
		if _, id := claimAt(t, s, noon().Add(time.Minute)); id != "t" {
			t.Errorf("it is on again, and what was dropped is not sent")
		}
	})
}

func TestOldDeliveriesAreDropped(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		hook := addHook(t, s, "a")
		for i := range 3 {
			e := hookEvent(fmt.Sprint(i), "a", "d")
			e.Made = noon().AddDate(0, 0, i)
			announce(t, s, e, 1)
		}
		if err := s.DropDeliveries(t.Context(), noon().AddDate(0, 0, 2)); err != nil {
			t.Fatal(err)
		}
		if d := oneDelivery(t, s, hook); d.ID != "2" {
			t.Errorf("%+v", d)
		}
	})
}

// Several servers on one database take each delivery once.
func TestEachDeliveryHasOneClaim(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		servers := []*store.Tenant{open(), open()}
		addHook(t, servers[0], "a")
		const most = 60
		for i := range most {
			announce(t, servers[i%2], hookEvent(fmt.Sprint(i), "a", "d"), 1)
		}
		var mu sync.Mutex
		seen := map[string]int{}
		var wait sync.WaitGroup
		for i := range 6 {
			wait.Go(func() {
				for {
					c, next, err := servers[i%2].Claim(t.Context(), noon(), noon().Add(time.Minute), nil)
					if err != nil {
						t.Error(err)
						return
					}
					if c == nil && next.Equal(noon().Add(time.Minute)) {
						return
					}
					if c != nil {
						mu.Lock()
						seen[c.ID]++
						mu.Unlock()
					}
				}
			})
		}
		wait.Wait()
		if len(seen) != most {
			t.Errorf("%d of %d were claimed", len(seen), most)
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("%s was claimed %d times", id, n)
			}
		}
	})
}

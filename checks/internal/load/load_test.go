package load

import (
	"testing"
	"time"
)

func TestSince(t *testing.T) {
	if share, ok := (Work{busy: 30, total: 50}).Since(Work{busy: 20, total: 30}); !ok || share != 0.5 {
		t.Errorf("%v %v", share, ok)
	}
	for _, before := range []Work{{}, {busy: 30, total: 50}, {busy: 60, total: 90}} {
		if share, ok := (Work{busy: 30, total: 50}).Since(before); ok {
			t.Errorf("a share of no time: %v", share)
		}
	}
}

// A processor that is kept busy is seen to be.
func TestNow(t *testing.T) {
	before := Now(t.Context())
	if before.total == 0 {
		t.Skip("this system does not tell what its processors do")
	}
	for end := time.Now().Add(300 * time.Millisecond); time.Now().Before(end); {
	}
	share, ok := Now(t.Context()).Since(before)
	if !ok || share <= 0.05 {
		t.Errorf("busy for %v of the time (%v)", share, ok)
	}
}

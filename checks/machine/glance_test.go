package machine

import (
	"testing"
	"time"
)

func TestGlance(t *testing.T) {
	before := Look(t.Context())
	if before.Power != "" && before.Power != "mains" && before.Power != "battery" {
		t.Errorf("power %q", before.Power)
	}
	stop := time.Now().Add(300 * time.Millisecond)
	for time.Now().Before(stop) { // keep one core busy
	}
	if share, ok := Look(t.Context()).Load(before); !ok || share <= 0 || share > 1 {
		t.Errorf("with one core busy: %v, %v", share, ok)
	}
	if _, ok := before.Load(before); ok {
		t.Error("a load in no time")
	}
}

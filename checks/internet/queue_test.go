package internet

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"linecheck/report"
	"linecheck/report/exchange"
)

// Where all places are taken, the check waits in line and says so.
func TestWaitsInLine(t *testing.T) {
	r := newRig(t)
	r.slowed(1_500_000)
	var asked atomic.Int32
	r.intercept(func(w http.ResponseWriter, q *http.Request) bool {
		if q.Method != http.MethodPost || !strings.Contains(q.URL.Path, "/observations/") || asked.Add(1) > 2 {
			return false
		}
		status(http.StatusServiceUnavailable, `{"code":"`+exchange.QueueCode+`","message":"2 in line"}`)(w, q)
		return true
	})
	cfg := r.config(700 * time.Millisecond)
	o := measure(t.Context(), New(cfg))
	o.want(t, report.Measured, "", "")
	if !slices.Contains(o.stages, stageQueue) || asked.Load() != 3 || o.took < 2*queueGap {
		t.Errorf("stages %v, asked %d times, took %v", o.stages, asked.Load(), o.took)
	}
	if m, ok := o.Metric("internet.server.load.ratio"); !ok || m.Value <= 0 || m.Value > 1 || m.Origin != report.Server {
		t.Errorf("the probe's load = %+v (%v)", m, ok)
	}
}

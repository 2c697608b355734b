package door

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"linecheck/cmd/linecheck-recruiter/internal/refusal"
)

func TestMetrics(t *testing.T) {
	m := NewMetrics()
	expect(t, told(t, m), `linecheck_reports_total{result="received"} 0`, `linecheck_connections_open 0`)
	sessions := 3
	m.Measuring(func() int { return sessions }, func() int { return 2 })
	m.Report(nil)
	m.Report(fmt.Errorf("take in: %w", refusal.New(403, "invite.expired", "Maria Lopez is late")))
	m.Report(errors.New("Maria Lopez"))
	m.Delivery("delivered")
	sessions = 5
	text := told(t, m)
	expect(t, text, `linecheck_reports_total{result="received"} 1`, `linecheck_reports_total{result="invite.expired"} 1`, `linecheck_reports_total{result="server.failed"} 1`,
		`linecheck_sessions_open 5`, `linecheck_speed_tests_running 2`, `linecheck_webhook_deliveries_total{outcome="delivered"} 1`)
	for _, part := range []string{"\nlinecheck_build_info{", "\ngo_goroutines ", "\nprocess_open_fds "} {
		if !strings.Contains(text, part) {
			t.Errorf("without %q", part)
		}
	}
	if strings.Contains(text, "Maria") {
		t.Error("a name is told")
	}
}

// Two sets of counts know nothing of each other, and can be counted on from anywhere.
func TestMetricsAreOnesOwn(t *testing.T) {
	one, other := NewMetrics(), NewMetrics()
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() { one.Report(nil); one.Delivery("failed"); told(t, one) })
	}
	wait.Wait()
	expect(t, told(t, one), `linecheck_reports_total{result="received"} 50`)
	expect(t, told(t, other), `linecheck_reports_total{result="received"} 0`)
}

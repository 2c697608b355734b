package sample

import (
	"testing"
	"time"

	"linecheck/report"
	"linecheck/report/verify"
)

// What is made here verifies as what the programs make, and comes out as it was chosen.
func TestSamplesVerify(t *testing.T) {
	now := time.Now()
	o := New(t, now)
	inv, sealed := o.Invite(t, "A-1", "customer-service", "EU", now)
	trust, err := o.Keys.Trust()
	check(t, err)
	slow, unseen := Good(), Good()
	slow.Download, unseen.Unseen = 4, true
	for _, c := range []struct {
		line Line
		want report.Verdict
	}{{Good(), report.Ready}, {slow, report.NotReady}, {unseen, report.Inconclusive}} {
		data := JSON(t, o.Report(t, inv, sealed, c.line, now))
		res := verify.Bundle(data, trust, verify.Options{At: now})
		if !res.Authentic || res.Appraisal.Verdict != c.want {
			t.Errorf("%+v: %+v %+v", c.line, res.Steps, res.Appraisal)
		}
		if n := len(data); n < 8_000 || n > 40_000 {
			t.Errorf("a report of %d bytes", n)
		}
	}
}

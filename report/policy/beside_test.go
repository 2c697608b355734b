package policy_test

import (
	"testing"

	"linecheck/report"
	"linecheck/report/policy"
)

// What could not be read is told, each thing by a key of its own, and changes no verdict.
func TestUnreadIsToldAndNotHeldAgainst(t *testing.T) {
	min := report.Number(1)
	p := policy.Policy{Rules: []policy.Rule{{ID: "cores", Check: "machine.cpu", Metric: "machine.cpu.cores.logical", AtLeast: &policy.Bounds{Minimum: &min}, Finding: "few", Fault: report.FaultYou}}}
	e := report.Evidence{Check: "machine.cpu", Outcome: report.Measured, Facts: map[string]string{report.UnreadFact: "load model"},
		Metrics: []report.Metric{{Key: "machine.cpu.cores.logical", Value: 4, Unit: "count", Origin: report.Client}}}
	a := policy.Appraise(p, []report.Evidence{e})
	if a.Verdict != report.Ready || len(a.Findings) != 1 {
		t.Fatalf("%+v", a)
	}
	f := a.Findings[0]
	if f.Code != policy.UnreadCode || f.Severity != report.Info || f.Check != "machine.cpu" || f.Args["what"] != "unread.load, unread.model" {
		t.Errorf("%+v", f)
	}
	e.Facts[report.UnreadFact] = "  "
	if a := policy.Appraise(p, []report.Evidence{e}); len(a.Findings) != 0 {
		t.Errorf("nothing unread is told: %+v", a.Findings)
	}
}

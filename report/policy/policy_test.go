package policy_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linecheck/assets"
	"linecheck/report"
	"linecheck/report/policy"
)

const text = `{"schema":"linecheck.policy/1","id":"p","version":1,"rules":[
 {"id":"down","check":"net","metric":"down.mbps","at_least":{"minimum":10,"recommended":25},"finding":"net.slow","fault":"network","source":"s"},
 {"id":"jitter","check":"net","metric":"jitter.ms","at_most":{"minimum":60,"recommended":30},"finding":"net.jitter","fault":"network","source":"s"},
 {"id":"kind","check":"out","fact":"kind","one_of":{"minimum":["headphones","speakers"],"recommended":["headphones"]},"finding":"out.speakers","fault":"you","source":"s"},
 {"id":"speech","check":"mic","metric":"speech.dbfs","at_least":{"minimum":-50},"optional":true,"finding":"mic.quiet","fault":"you","source":"s"}]}`

func parse(t *testing.T) policy.Policy {
	t.Helper()
	p, err := policy.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func measured(check string, facts map[string]string, kv ...any) report.Evidence {
	e := report.Evidence{Check: check, Outcome: report.Measured, Facts: facts}
	for i := 0; i < len(kv); i += 2 {
		n, _ := report.Num(kv[i+1].(float64))
		e.Metrics = append(e.Metrics, report.Metric{Key: kv[i].(string), Value: n, Unit: "u", Origin: report.Client})
	}
	return e
}

func good() []report.Evidence {
	return []report.Evidence{
		measured("net", nil, "down.mbps", 50.0, "jitter.ms", 5.0),
		measured("out", map[string]string{"kind": "headphones"}),
		measured("mic", nil, "speech.dbfs", -20.0),
	}
}

func TestAppraise(t *testing.T) {
	away := report.Evidence{Check: "net", Outcome: report.Unavailable, Reason: "net.server.away", Fault: report.FaultServer}
	nothing := report.Evidence{Check: "out", Outcome: report.Unavailable, Reason: "out.none", Fault: report.FaultYou}
	asleep := report.Evidence{Check: "out", Outcome: report.Unavailable, Reason: "out.interrupted", Fault: report.FaultYou}
	crashed := report.Evidence{Check: "net", Outcome: report.Crashed, Reason: "check.crashed", Fault: report.FaultUs,
		Metrics: []report.Metric{{Key: "down.mbps", Value: 1}}}
	canceled := report.Evidence{Check: "net", Outcome: report.Canceled, Reason: "check.canceled", Fault: report.FaultYou}
	with := func(i int, e report.Evidence) []report.Evidence {
		all := good()
		all[i] = e
		return all
	}
	for _, c := range []struct {
		name     string
		evidence []report.Evidence
		verdict  report.Verdict
		findings []string
	}{
		{"all good", good(), report.Ready, nil},
		{"on the bound", with(0, measured("net", nil, "down.mbps", 25.0, "jitter.ms", 30.0)), report.Ready, nil},
		{"on the minimum", with(0, measured("net", nil, "down.mbps", 10.0, "jitter.ms", 60.0)), report.ReadyWithWarnings, []string{"net.slow", "net.jitter"}},
		{"below the minimum", with(0, measured("net", nil, "down.mbps", 9.999999, "jitter.ms", 5.0)), report.NotReady, []string{"net.slow"}},
		{"above a maximum", with(0, measured("net", nil, "down.mbps", 50.0, "jitter.ms", 60.000001)), report.NotReady, []string{"net.jitter"}},
		{"speakers", with(1, measured("out", map[string]string{"kind": "speakers"})), report.ReadyWithWarnings, []string{"out.speakers"}},
		{"another kind", with(1, measured("out", map[string]string{"kind": "toaster"})), report.NotReady, []string{"out.speakers"}},
		{"could not tell", with(1, measured("out", map[string]string{"kind": "unknown"})), report.Inconclusive, []string{policy.MissingCode}},
		{"a fault of ours is never theirs", with(0, away), report.Inconclusive, []string{"net.server.away"}},
		{"a crash is ours, whatever was measured", with(0, crashed), report.Inconclusive, []string{"check.crashed"}},
		{"stopped", with(0, canceled), report.Inconclusive, []string{"check.canceled"}},
		{"nothing there to play on", with(1, nothing), report.NotReady, []string{"out.none"}},
		{"could not be measured here", with(1, asleep), report.Inconclusive, []string{"out.interrupted"}},
		{"an optional value of a check that failed", with(2, report.Evidence{Check: "mic", Outcome: report.Unavailable, Reason: "mic.open", Fault: report.FaultYou}), report.Inconclusive, []string{"mic.open"}},
		{"an optional value where there is no device", with(2, report.Evidence{Check: "mic", Outcome: report.Unavailable, Reason: "mic.none", Fault: report.FaultYou}), report.NotReady, []string{"mic.none"}},
		{"an optional value of a check that was left out", with(2, report.Evidence{Check: "mic", Outcome: report.Skipped, Reason: "mic.declined", Fault: report.FaultUs}), report.Ready, nil},
		{"an optional value is absent", with(2, measured("mic", nil)), report.Ready, nil},
		{"an optional value is bad", with(2, measured("mic", nil, "speech.dbfs", -70.0)), report.NotReady, []string{"mic.quiet"}},
		{"a required value is absent", with(0, measured("net", nil, "jitter.ms", 5.0)), report.Inconclusive, []string{policy.MissingCode}},
		{"a check is missing", good()[1:], report.Inconclusive, []string{policy.NotRunCode}},
		{"nothing at all", nil, report.Inconclusive, []string{policy.NotRunCode, policy.NotRunCode}},
		{"the worst counts", []report.Evidence{away, nothing}, report.NotReady, []string{"net.server.away", "out.none"}},
	} {
		a := policy.Appraise(parse(t), c.evidence)
		var codes []string
		for _, f := range a.Findings {
			codes = append(codes, f.Code)
		}
		if a.Verdict != c.verdict || !cmp.Equal(codes, c.findings) {
			t.Errorf("%s: %s %v, want %s %v", c.name, a.Verdict, codes, c.verdict, c.findings)
		}
		if len(a.Results) != 4 {
			t.Errorf("%s: %d results for 4 rules", c.name, len(a.Results))
		}
		if again := policy.Appraise(parse(t), c.evidence); !cmp.Equal(a, again) {
			t.Errorf("%s: judged otherwise the second time", c.name)
		}
	}
}

// One broken line is one cause, not one for each check.
func TestOneCauseIsShownOnce(t *testing.T) {
	p := parse(t)
	p.Rules = append(p.Rules, policy.Rule{ID: "call", Check: "call", Metric: "rtt.ms", AtMost: p.Rules[1].AtMost, Finding: "call.slow", Fault: report.FaultNetwork})
	all := good()
	all[0] = report.Evidence{Check: "net", Outcome: report.Unavailable, Reason: "net.dns", Fault: report.FaultNetwork}
	all = append(all, report.Evidence{Check: "call", Outcome: report.Unavailable, Reason: "call.dns", Fault: report.FaultNetwork})
	a := policy.Appraise(p, all)
	if len(a.Findings) != 2 || a.Findings[0].DependsOn != "" || a.Findings[1].DependsOn != "net.dns" {
		t.Errorf("%+v", a.Findings)
	}
}

// Where the probe must have seen it, a mere claim decides nothing.
func TestObservedRules(t *testing.T) {
	p := parse(t)
	p.Rules[0].Observed = true
	if a := policy.Appraise(p, good()); a.Verdict != report.Inconclusive || a.Findings[0].Code != policy.UnobservedCode {
		t.Errorf("%+v", a)
	}
	seen := good()
	seen[0].Metrics[0].Origin = report.Server
	if a := policy.Appraise(p, seen); a.Verdict != report.Ready {
		t.Errorf("%+v", a)
	}
}

func TestParseRefusesNonsense(t *testing.T) {
	for name, edit := range map[string][2]string{
		"schema":               {"policy/1", "policy/2"},
		"no rules":             {text[strings.Index(text, `"rules"`):], `"rules":[]}`},
		"by_value of a number": {`"at_most":{"minimum":60,"recommended":30},`, `"at_most":{"minimum":60,"recommended":30},"by_value":true,`},
		"rule twice":           {`"id":"jitter"`, `"id":"down"`},
		"no finding":           {`"finding":"net.slow"`, `"finding":""`},
		"unknown fault":        {`"fault":"network"`, `"fault":"moon"`},
		"metric and fact":      {`"fact":"kind"`, `"metric":"x","fact":"kind"`},
		"no bound":             {`"at_least":{"minimum":10,"recommended":25},`, ``},
		"two bounds":           {`"at_least":{"minimum":10,"recommended":25}`, `"at_least":{"minimum":10},"at_most":{"minimum":10}`},
		"asks for nothing":     {`{"minimum":10,"recommended":25}`, `{}`},
		"bound no number":      {`"minimum":10`, `"minimum":"10"`},
		"unknown member":       {`"version":1`, `"version":1,"extra":true`},
		"an escape in a code":  {`"finding":"net.slow"`, `"finding":"net\\u001b[2J"`},
		"spaces in a metric":   {`"metric":"down.mbps"`, `"metric":"down mbps"`},
		"shouting":             {`"id":"p"`, `"id":"P"`},
		"negative validity":    {`"version":1`, `"version":1,"valid_days":-1`},
		"half a reuse":         {`"version":1`, `"version":1,"reuse":"yes"`},
	} {
		bad := strings.Replace(text, edit[0], edit[1], 1)
		if bad == text {
			t.Fatalf("%s: the edit changes nothing", name)
		}
		if _, err := policy.Parse([]byte(bad)); !errors.Is(err, policy.ErrPolicy) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Reports serve for other applications only where the policy says so.
func TestReuse(t *testing.T) {
	if parse(t).Reuse {
		t.Error("reports may be used again, and nobody said so")
	}
	p, err := policy.Parse([]byte(strings.Replace(text, `"version":1`, `"version":1,"reuse":true`, 1)))
	if err != nil || !p.Reuse {
		t.Errorf("%+v %v", p, err)
	}
}

func TestBuiltInPolicies(t *testing.T) {
	for _, name := range []string{"customer-service", "self-check"} {
		data, err := assets.Policy(name)
		if err != nil {
			t.Fatal(err)
		}
		p, err := policy.Parse(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, r := range p.Rules {
			if r.Source == "" {
				t.Errorf("%s: rule %s has no source", name, r.ID)
			}
		}
		if p.Valid() != policy.DefaultValidDays {
			t.Errorf("%s is valid for %d days", name, p.Valid())
		}
	}
}

func TestOnlyKeepsTheRulesOfSomeChecks(t *testing.T) {
	p := parse(t)
	if got := p.Only([]string{"out"}); len(got.Rules) != 1 || got.Rules[0].ID != "kind" || len(p.Rules) != 4 {
		t.Errorf("%+v", got.Rules)
	}
	if got := p.Checks(); !cmp.Equal(got, []string{"net", "out", "mic"}) {
		t.Errorf("%v", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(text))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := policy.Parse(data)
		if err != nil {
			return
		}
		policy.Appraise(p, nil)
		policy.Appraise(p, good())
	})
}

// What the applicant's program claims and the probe did not see is said.
func TestClaimsBeyondWhatTheProbeSaw(t *testing.T) {
	p := parse(t)
	for _, c := range []struct {
		name        string
		claim, seen float64
		by          report.Origin
		verdict     report.Verdict
	}{
		{"as seen", 50, 49, report.Server, report.Ready},
		{"a little more", 60, 50, report.Server, report.Ready},
		{"beyond", 64, 50, report.Server, report.ReadyWithWarnings},
		{"the probe did not see it", 64, 50, report.Client, report.Ready},
	} {
		all := good()
		all[0] = measured("net", nil, "down.mbps", c.claim, "jitter.ms", 5.0, "internet.download.mbps", c.claim, "internet.download.acked.mbps", c.seen)
		all[0].Metrics[3].Origin = c.by
		a := policy.Appraise(p, all)
		if a.Verdict != c.verdict || (c.verdict != report.Ready) != (len(a.Findings) == 1 && a.Findings[0].Code == policy.BeyondCode) {
			t.Errorf("%s: %s %+v", c.name, a.Verdict, a.Findings)
		}
	}
}

// Where the computer had nothing left, the line is not blamed.
func TestTheComputerIsTheLimit(t *testing.T) {
	p := parse(t)
	all := good()
	all[0] = measured("net", map[string]string{report.LimitFact: report.LimitComputer}, "down.mbps", 5.0, "jitter.ms", 5.0)
	a := policy.Appraise(p, all)
	if a.Verdict != report.NotReady || len(a.Findings) != 1 || a.Findings[0].Code != policy.ComputerCode || a.Findings[0].Fault != report.FaultYou {
		t.Errorf("%s %+v", a.Verdict, a.Findings)
	}
}

// Whoever cannot do a check as it is is neither better nor worse off for it, and the recruiter sees the request.
func TestAccommodationIsARequest(t *testing.T) {
	p := parse(t)
	wish := map[string]string{report.AccommodationFact: report.AccommodationRequested}
	for _, c := range []struct {
		name    string
		e       report.Evidence
		verdict report.Verdict
	}{
		{"nothing measured", measured("net", wish), report.Ready},
		{"measured and good", measured("net", wish, "down.mbps", 50.0, "jitter.ms", 5.0), report.Ready},
		{"measured and bad", measured("net", wish, "down.mbps", 1.0), report.NotReady},
		{"skipped", report.Evidence{Check: "net", Outcome: report.Skipped, Reason: "net.skipped", Facts: wish}, report.Ready},
		{"our server was away", report.Evidence{Check: "net", Outcome: report.Unavailable, Reason: "net.away", Fault: report.FaultServer, Facts: wish}, report.Inconclusive},
	} {
		all := good()
		all[0] = c.e
		a := policy.Appraise(p, all)
		var wishes int
		for _, f := range a.Findings {
			if f.Code == policy.AccommodationCode && f.Severity == report.Info && f.Check == "net" {
				wishes++
			}
		}
		if a.Verdict != c.verdict || wishes != 1 {
			t.Errorf("%s: %s, %+v", c.name, a.Verdict, a.Findings)
		}
	}
}

func TestFindingsByValue(t *testing.T) {
	p, err := policy.Parse([]byte(`{"schema":"linecheck.policy/1","id":"p","version":1,"rules":[
 {"id":"r","check":"net","fact":"heard","one_of":{"minimum":["all","left"],"recommended":["all"]},"by_value":true,"finding":"net.heard","fault":"you","source":"s"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for heard, want := range map[string]string{"left": "net.heard.left", "none": "net.heard.none", "all": ""} {
		a := policy.Appraise(p, []report.Evidence{measured("net", map[string]string{"heard": heard})})
		if a.Results[0].Finding != want || (want != "") != (len(a.Findings) == 1 && a.Findings[0].Code == want) {
			t.Errorf("%s: %+v", heard, a)
		}
	}
}

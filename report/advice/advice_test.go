package advice_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"linecheck/assets"
	"linecheck/report"
	"linecheck/report/advice"
	"linecheck/report/policy"
)

func english(t *testing.T) *advice.Catalogue {
	t.Helper()
	text, err := assets.Locale("en")
	if err != nil {
		t.Fatal(err)
	}
	c, err := advice.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Every rule of the built-in policies has a name for what it looks at, and full texts for when it is missed.
func TestPoliciesHaveTheirTexts(t *testing.T) {
	c := english(t)
	for _, name := range []string{"customer-service", "self-check"} {
		text, err := assets.Policy(name)
		if err != nil {
			t.Fatal(err)
		}
		p, err := policy.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range p.Rules {
			if c.Name(r.Key()) == r.Key() {
				t.Errorf("%s has no name", r.Key())
			}
			if c.Name(r.Check) == r.Check {
				t.Errorf("%s has no name", r.Check)
			}
			for _, code := range codes(r) {
				if _, ok := c.Find(code); !ok {
					t.Errorf("%s has no texts", code)
				}
			}
		}
	}
}

// codes are those that a rule may find.
func codes(r policy.Rule) (all []string) {
	if !r.ByValue {
		return []string{r.Finding}
	}
	values := map[string]bool{}
	if r.Key() == "heard" {
		values["none"] = true // the one value that no tier allows
	}
	for _, v := range r.OneOf.Minimum {
		if !slices.Contains(r.OneOf.Recommended, v) {
			values[v] = true
		}
	}
	for v := range values {
		all = append(all, r.Finding+"."+v)
	}
	return all
}

// Every code says what is wrong, why it matters and what to do, in plain sentences.
func TestTextsAreWhole(t *testing.T) {
	c := english(t)
	jargon := regexp.MustCompile(`(?i)\b(NAT|STUN|TURN|ICE|DTLS|RTP|TCP|TLS|PortAudio|errno|timeout)\b`)
	for _, code := range c.List() {
		a, _ := c.Find(code)
		for part, text := range map[string]string{"title": a.Title, "why": a.Why, "action": a.Action} {
			if len(text) < 10 || !strings.HasSuffix(text, ".") {
				t.Errorf("%s: %s %q is no sentence", code, part, text)
			}
			if w := jargon.FindString(text); w != "" {
				t.Errorf("%s: %s uses the jargon %q", code, part, w)
			}
		}
	}
	for _, o := range []report.Outcome{report.Measured, report.Unavailable, report.Skipped, report.Canceled, report.Crashed} {
		if k := "outcome." + string(o); c.Name(k) == k {
			t.Errorf("%s has no name", k)
		}
	}
	for _, v := range []report.Verdict{report.Ready, report.ReadyWithWarnings, report.NotReady, report.Inconclusive} {
		for _, k := range []string{"verdict." + string(v), "rule." + string(v)} {
			if c.Name(k) == k {
				t.Errorf("%s has no name", k)
			}
		}
	}
}

func TestBlanksAreFilled(t *testing.T) {
	c := english(t)
	a := c.For(report.Finding{Code: "internet.download.slow", Args: map[string]string{"value": "4.2", "unit": "Mbit/s", "required": "10"}})
	if !strings.Contains(a.Title, "4.2 Mbit/s") || !strings.Contains(a.Title, "10") || strings.Contains(a.Title+a.Why+a.Action, "{") {
		t.Errorf("%+v", a)
	}
	// An argument cannot bring a blank of its own.
	a = c.For(report.Finding{Code: "internet.download.slow", Args: map[string]string{"value": "{required}", "required": "10"}})
	if strings.Contains(a.Title, "is 10") {
		t.Errorf("%+v", a)
	}
}

func TestUnknownCodesAreShown(t *testing.T) {
	c := english(t)
	if a := c.For(report.Finding{Code: "moon.phase"}); a.Title != "moon.phase" {
		t.Errorf("%+v", a)
	}
	if a, ok := c.Find("anything.dns"); !ok || !strings.Contains(a.Title, "DNS") {
		t.Errorf("a shared cause is not found: %+v", a)
	}
	if _, ok := c.Find("nodot"); ok {
		t.Error("found what is not there")
	}
	if got := c.Name("no.such.name"); got != "no.such.name" {
		t.Errorf("%q", got)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{"another schema": `{"schema":"x","language":"en","names":{},"codes":{}}`, "no JSON": "x", "unknown member": `{"schema":"linecheck.messages/1","x":1}`} {
		if _, err := advice.Parse([]byte(text)); !errors.Is(err, advice.ErrCatalogue) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An argument may be several keys with commas between: each is told by its name.
func TestSeveralKeysInOneArgument(t *testing.T) {
	f := report.Finding{Code: "machine.unread", Args: map[string]string{"what": "unread.load, unread.model, of.nothing"}}
	if got, want := english(t).For(f).Title, "Linecheck could not read: how busy the processor is, the processor's name, of.nothing."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

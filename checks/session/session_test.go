package session_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/checks/session"
	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/exchange"
	"linecheck/report/policy"
)

const policyText = `{"schema":"linecheck.policy/1","id":"p","version":1,"rules":[
 {"id":"a","check":"x.one","metric":"one.ms","at_least":{"minimum":1},"finding":"x.slow","fault":"you","source":"test"},
 {"id":"b","check":"x.two","metric":"two.ms","at_least":{"minimum":1},"finding":"x.slow","fault":"you","source":"test"}]}`

// counted is a check that counts how often it ran.
type counted struct {
	id       string
	revision int
	fresh    time.Duration
	needs    checks.Resource
	runs     *int
	err      error
}

func (c counted) Spec() checks.Spec {
	spec := checks.Spec{ID: c.id, Revision: c.revision, Timeout: time.Second, Fresh: c.fresh}
	if c.needs != "" {
		spec.Needs = []checks.Resource{c.needs}
	}
	return spec
}

func (c counted) Run(_ context.Context, rec *checks.Recorder) error {
	*c.runs++
	rec.Metric(strings.TrimPrefix(c.id, "x.")+".ms", float64(*c.runs), "ms", 1)
	return c.err
}

// computer is one applicant's computer.
type computer struct {
	home     string
	one, two counted
	devices  string
	manner   string
	checks   []string
}

func newComputer(t *testing.T) *computer {
	return &computer{home: t.TempDir(), one: counted{id: "x.one", revision: 1, runs: new(int)}, two: counted{id: "x.two", revision: 1, runs: new(int)}}
}

func (c *computer) open(t *testing.T) *session.Session {
	t.Helper()
	s, err := session.Open(t.Context(), session.Options{Home: c.home, Policy: []byte(policyText), Devices: c.devices, Manner: c.manner, Checks: c.checks,
		Make: func(far session.Far, _ policy.Policy) []checks.Check {
			if far != nil {
				t.Error("a far end without an invite")
			}
			return []checks.Check{c.one, c.two}
		}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (c *computer) run(t *testing.T) []report.Evidence {
	t.Helper()
	s := c.open(t)
	defer s.Close()
	return s.Run(t.Context(), func(checks.Event) {})
}

func TestAnInterruptedRunGoesOn(t *testing.T) {
	for _, c := range []struct {
		name  string
		bend  func(c *computer)
		again int // how often the first check has run after the second session
	}{
		{"nothing changed", func(*computer) {}, 1},
		{"another device", func(c *computer) { c.devices, c.one.needs = "another headset", checks.Microphone }, 2},
		{"another device, for a check without sound", func(c *computer) { c.devices = "another headset" }, 1},
		{"another manner", func(c *computer) { c.manner = "thorough" }, 2},
		{"another method", func(c *computer) { c.one.revision = 2 }, 2},
		{"too old", func(c *computer) { c.one.fresh = time.Nanosecond }, 2},
		{"evidence damaged", func(c *computer) { overwrite(t, c.home, "sessions/*/evidence/x.one.json", "{") }, 2},
		{"state damaged", func(c *computer) { overwrite(t, c.home, "sessions/*/state.json", "") }, 2},
	} {
		pc := newComputer(t)
		pc.two.err = errors.New("not this time")
		pc.run(t)
		if *pc.one.runs != 1 || *pc.two.runs != 1 {
			t.Fatalf("%s: ran %d and %d times", c.name, *pc.one.runs, *pc.two.runs)
		}
		c.bend(pc)
		pc.two.err = nil
		got := pc.run(t)
		if *pc.one.runs != c.again || *pc.two.runs != 2 {
			t.Errorf("%s: ran %d and %d times, want %d and 2", c.name, *pc.one.runs, *pc.two.runs, c.again)
		}
		if len(got) != 2 || got[0].Check != "x.one" || got[1].Outcome != report.Measured {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

func overwrite(t *testing.T, home, pattern, text string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(home, filepath.FromSlash(pattern)))
	if err != nil || len(names) != 1 {
		t.Fatalf("%v %v", names, err)
	}
	if err := os.WriteFile(names[0], []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A sealed report is the same report whenever the session is opened again.
func TestASealedReportStays(t *testing.T) {
	pc := newComputer(t)
	s := pc.open(t)
	evidence := s.Run(t.Context(), func(checks.Event) {})
	b, err := s.Seal(evidence, "", false)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	s = pc.open(t)
	defer s.Close()
	if !s.Sealed() {
		t.Error("not sealed after opening again")
	}
	again, err := s.Seal(s.Run(t.Context(), func(checks.Event) {}), "", false)
	if err != nil || again.Report.Payload != b.Report.Payload || *pc.one.runs != 1 {
		t.Errorf("another report, or measured anew (%d runs): %v", *pc.one.runs, err)
	}
	out := t.TempDir()
	paths, end, err := s.Finish(again, out)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			t.Error(err)
			continue
		}
		if got, err := bundle.Parse(data); err != nil || got.Report.Payload != b.Report.Payload {
			t.Errorf("%s: %v", p, err)
		}
	}
	if err := end(); err != nil {
		t.Error(err)
	}
	s.Close()
	if s = pc.open(t); s.Sealed() {
		t.Error("sealed after its end")
	}
	s.Close()
}

// A self-check that nobody asked for is sent to nobody.
func TestASelfCheckIsNotSent(t *testing.T) {
	pc := newComputer(t)
	s := pc.open(t)
	defer s.Close()
	b, err := s.Seal(s.Run(t.Context(), func(checks.Event) {}), "", false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Send(t.Context(), b); err == nil {
		t.Error("sent")
	}
	if s.Invite() != nil || s.Unconfirmed() != nil || s.Pseudonym() {
		t.Error("there is something of an invite")
	}
	if _, ok := s.Sender(); ok {
		t.Error("there is a sender")
	}
}

func TestATrialIsNotSealed(t *testing.T) {
	pc := newComputer(t)
	pc.checks = []string{"x.two"}
	for range 2 { // and measures anew each time
		s := pc.open(t)
		evidence := s.Run(t.Context(), func(checks.Event) {})
		if !s.Partial() || len(evidence) != 1 || len(s.Appraise(evidence).Results) != 1 {
			t.Errorf("partial %v: %+v", s.Partial(), evidence)
		}
		if _, err := s.Seal(evidence, "", false); err == nil {
			t.Error("a trial was sealed")
		}
		s.Close()
	}
	if *pc.two.runs != 2 || *pc.one.runs != 0 {
		t.Errorf("ran %d and %d times", *pc.one.runs, *pc.two.runs)
	}
}

func TestOneAtATime(t *testing.T) {
	pc := newComputer(t)
	s := pc.open(t)
	defer s.Close()
	_, err := session.Open(t.Context(), session.Options{Home: pc.home, Policy: []byte(policyText), Make: func(session.Far, policy.Policy) []checks.Check { return nil }})
	if !errors.Is(err, session.ErrBusy) {
		t.Errorf("%v", err)
	}
}

func TestAnEmptyOutbox(t *testing.T) {
	sent, err := session.SendAll(t.Context(), t.TempDir(), "")
	if err != nil || len(sent) != 0 {
		t.Errorf("%v %v", sent, err)
	}
}

// Half-written files of a killed program are swept away once they are old.
func TestLeftoversAreSwept(t *testing.T) {
	pc := newComputer(t)
	pc.run(t)
	old, young := filepath.Join(pc.home, "outbox", ".new-1"), filepath.Join(pc.home, "outbox", ".new-2")
	for _, name := range []string{old, young} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Time{}, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	pc.run(t)
	if _, err := os.Stat(old); err == nil {
		t.Error("an old one is still there")
	}
	if _, err := os.Stat(young); err != nil {
		t.Error("one that may still be written was taken away")
	}
}

func FuzzParseInvite(f *testing.F) {
	f.Add([]byte("linecheck://invite/eyJ9"))
	f.Add([]byte(exchange.Link([]byte(`{"payloadType":"application/vnd.in-toto+json","payload":"","signatures":[]}`))))
	f.Add([]byte("hello"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := session.ParseInvite(data)
		var no *session.Refusal
		if err != nil && (!errors.As(err, &no) || !no.Malformed || no.Code == "") {
			t.Errorf("%T %v", err, err)
		}
	})
}

// One check is run again alone, and what it had measured before is kept beside it.
func TestOneCheckAgain(t *testing.T) {
	pc := newComputer(t)
	pc.run(t)
	s := pc.open(t)
	if err := s.Again("x.two", "x.unknown"); err != nil {
		t.Fatal(err)
	}
	s.Run(t.Context(), func(checks.Event) {})
	if *pc.one.runs != 1 || *pc.two.runs != 2 {
		t.Errorf("ran %d and %d times", *pc.one.runs, *pc.two.runs)
	}
	s.Close()
	s = pc.open(t)
	defer s.Close()
	before := s.Before()
	if m, ok := before["x.two"].Metric("two.ms"); !ok || m.Value != 1 || len(before) != 1 {
		t.Errorf("before: %v", before)
	}
	if err := s.Again(); err != nil {
		t.Fatal(err)
	}
	s.Run(t.Context(), func(checks.Event) {})
	if *pc.one.runs != 2 || *pc.two.runs != 3 {
		t.Errorf("all again: ran %d and %d times", *pc.one.runs, *pc.two.runs)
	}
}

// A check that the person leaves out stays left out, and its place is kept, whatever happens.
func TestLeftOutStaysLeftOut(t *testing.T) {
	pc := newComputer(t)
	pc.one.needs, pc.two.needs = checks.CPU, checks.CPU // one after the other
	s := pc.open(t)
	s.Halt("x.two", true) // nothing runs: no effect
	s.Run(t.Context(), func(e checks.Event) {
		if e.Type == checks.EventFinished && e.Check == "x.one" {
			s.Halt("x.two", true)
		}
	})
	if *pc.two.runs != 0 {
		t.Error("a check that was left out ran")
	}
	if err := s.SetPlace([]byte("here")); err != nil {
		t.Fatal(err)
	}
	s.Close()
	s = pc.open(t)
	defer s.Close()
	plan := s.Plan()
	if !plan[0].Kept || !plan[1].Kept || string(s.Place()) != "here" {
		t.Errorf("kept: %v, place %q", plan, s.Place())
	}
}

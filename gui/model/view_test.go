package model

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linecheck/checks"
	"linecheck/report"
	"linecheck/report/policy"
)

func TestWelcomeSaysWhoAndWhatItCosts(t *testing.T) {
	v := at(t, Welcome, named()).View().Welcome
	want := []Row{
		{"gui.row.from", "Example GmbH (https://jobs.example)"}, {"gui.row.role", "Agent, Hessen"},
		{"gui.row.until", day(invite(true).NotAfter)}, {"gui.row.time", "2 minutes"}, {"gui.row.data", "121 MB"},
	}
	if diff := cmp.Diff(want, v.Rows); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"gui.leaves.report", "gui.leaves.not", "gui.leaves.name"}, v.Sent); diff != "" {
		t.Error(diff)
	}
	if v.Lead != "gui.welcome.invited" || v.Start != "gui.start" || v.Warning != "" || v.Retry != "" || len(v.Plan) != 2 {
		t.Errorf("%+v", v)
	}
}

// Whoever is asked for their voice reads that they may say no.
func TestWelcomeWhereAVoiceIsAskedFor(t *testing.T) {
	o := named()
	o.Invite.VoiceSample = true
	if v := at(t, Welcome, o).View().Welcome; !slices.Contains(v.Sent, "gui.leaves.voice") || slices.Contains(v.Sent, "gui.leaves.not") {
		t.Errorf("%v", v.Sent)
	}
}

func TestWelcomeOfOtherOffers(t *testing.T) {
	self := at(t, Welcome, selfCheck()).View().Welcome
	if self.Lead != "gui.welcome.self" || !slices.Equal(self.Sent, []string{"gui.leaves.self"}) || len(self.Rows) != 2 {
		t.Errorf("self-check: %+v", self)
	}
	open := at(t, Welcome, unconfirmed()).View().Welcome
	if open.Warning == "" || open.Retry == "" || open.Rows[0].Value != "https://jobs.example" || !slices.Equal(open.Sent, []string{"gui.leaves.unconfirmed"}) {
		t.Errorf("unconfirmed: %+v", open)
	}
	done := at(t, Welcome, sealed()).View().Welcome
	if done.Start != "gui.continue" || len(done.Plan) != 0 || slices.Contains(done.Sent, "gui.leaves.name") {
		t.Errorf("sealed: %+v", done)
	}
	kept := invited()
	kept.SentBefore = 2
	for i := range kept.Plan {
		kept.Plan[i].Kept = true
	}
	v := at(t, Welcome, kept).View().Welcome
	if v.Plan[1].Value != "gui.plan.kept" || v.Rows[3].Value != "gui.time.none" || v.Note != "gui.sent-before.other" {
		t.Errorf("kept: %+v", v)
	}
}

// A stranger's words cannot turn a line around or break it.
func TestStrangersWordsAreCleaned(t *testing.T) {
	o := invited()
	o.Sender = "Evil\u202e\x1b[31m\nCorp"
	v := at(t, Welcome, o).View().Welcome
	if got := v.Rows[0].Value; strings.ContainsAny(got, "\u202e\x1b\n") {
		t.Errorf("%q", got)
	}
}

func TestRefusals(t *testing.T) {
	m := at(t, Refused, Offer{})
	want := PlainView{Tone: Bad, Title: "gui.refused.title", Lines: []string{"The invite has expired.", "gui.refused.nothing"},
		Rows: []Row{{"gui.code", "invite.expired"}}, Retry: "gui.retry", RetryMsg: Retry{}, Close: "gui.close"}
	if diff := cmp.Diff(want, m.View().Plain); diff != "" {
		t.Error(diff)
	}
	for _, code := range []string{CodeBusy, CodeFolder, CodeBroken} {
		m := New(words())
		m.Update(OpenFailed{Code: code, Text: "why not?"})
		if v := m.View().Plain; v.Title != code+".title" || v.Lines[0] != "Why not?" || len(v.Rows) != 0 {
			t.Errorf("%s: %+v", code, v)
		}
	}
}

func TestARunAsItGoes(t *testing.T) {
	m := at(t, Checking, invited())
	row := func(i int) CheckRow { return m.View().Checks.Rows[i] }
	say := func(e checks.Event) { m.Update(Event{e}) }
	if got := row(0); got.State != Waiting || got.Word != "gui.state.waiting" {
		t.Errorf("before: %+v", got)
	}
	say(checks.Event{Type: checks.EventStarted, Check: "internet.speed"})
	if got := row(0); got.State != Running || got.Word != "gui.state.running" {
		t.Errorf("started: %+v", got)
	}
	say(checks.Event{Type: checks.EventProgress, Check: "internet.speed", Progress: checks.Progress{Fraction: 0.4242, Stage: "download",
		Live: []report.Metric{{Value: 41.987, Unit: "Mbit/s"}}}})
	if got := row(0); got.Fraction != 0.42 || got.Word != "stage.download  42 Mbit/s" {
		t.Errorf("progress: %+v", got)
	}
	say(checks.Event{Type: checks.EventProgress, Check: "internet.speed", Progress: checks.Progress{Fraction: 0.1}})
	if got := row(0); got.Fraction != 0.42 {
		t.Errorf("progress fell to %v", got.Fraction)
	}
	say(checks.Event{Type: checks.EventProgress, Check: "internet.speed", Progress: checks.Progress{Fraction: 7}})
	if got := row(0); got.Fraction != 1 {
		t.Errorf("a fraction of 7 is shown as %v", got.Fraction)
	}
	say(checks.Event{Type: checks.EventFinished, Check: "internet.speed", Evidence: &report.Evidence{Outcome: report.Measured}})
	say(checks.Event{Type: checks.EventProgress, Check: "internet.speed", Progress: checks.Progress{Stage: "late"}})
	if got := row(0); got.State != Done || got.Word != "gui.state.done" || got.Fraction != 1 {
		t.Errorf("finished: %+v", got)
	}
	say(checks.Event{Type: checks.EventFinished, Check: "machine.cpu", Evidence: &report.Evidence{Outcome: report.Unavailable, Reason: "check.timeout"}})
	if got := row(1); got.State != Without || got.Word != "none: check.timeout" {
		t.Errorf("without a result: %+v", got)
	}
	say(checks.Event{Type: checks.EventStarted, Check: "of.another.plan"})
	if got := m.View().Checks.Summary; got != "2/2" {
		t.Errorf("summary %q", got)
	}
	m = at(t, Checking, invited())
	say(checks.Event{Type: checks.EventFinished, Check: "machine.cpu", Kept: true, Evidence: &report.Evidence{Outcome: report.Measured}})
	if got := row(1); got.State != Done || got.Word != "gui.plan.kept" {
		t.Errorf("kept: %+v", got)
	}
}

func TestResultInWords(t *testing.T) {
	v := at(t, Result, invited()).View().Result
	if v.Tone != Bad || v.Title != "gui.verdict.not-ready" || v.Again != "gui.again" || v.Next != "gui.review-send" {
		t.Errorf("%+v", v)
	}
	rules := []RuleView{
		{Bad, "internet.download.mbps", "4.2 Mbit/s", "≥ 10 Mbit/s, 25 Mbit/s", "gui.rule.not-ready"},
		{Unclear, "machine.cpu.cores.logical", "gui.not-measured", "gui.needed.minimum", "gui.rule.inconclusive"},
	}
	if diff := cmp.Diff(rules, v.Rules); diff != "" {
		t.Error(diff)
	}
	findings := []FindingView{
		{Tone: Bad, Title: "Slow at 4.2", Why: "Calls break up", Action: "Use a cable", Fault: "gui.fault.network"},
		{Tone: Unclear, Title: "check.timeout", Fault: "gui.fault.us", Follows: "gui.follows.one"},
	}
	if diff := cmp.Diff(findings, v.Findings); diff != "" {
		t.Error(diff)
	}
	if v := at(t, Result, selfCheck()).View().Result; v.Next != "gui.review-save" {
		t.Errorf("a self-check offers %q", v.Next)
	}
}

// Programs that keep the computer busy are named where the person reads what to do.
func TestBusyProgramsAreNamed(t *testing.T) {
	busy := report.Finding{Code: "machine.cpu.busy", Check: "machine.cpu", Severity: report.Warning, Fault: report.FaultYou}
	for name, private := range map[string]map[string][]string{
		"programs: game (97 %), mail (12 %)": {"programs": {"game (97 %)", "mail (12 %)"}},
		"":                                   nil,
	} {
		m := at(t, Checking, invited())
		m.Update(Event{checks.Event{Type: checks.EventFinished, Check: "machine.cpu", Private: private, Evidence: &report.Evidence{Outcome: report.Measured}}})
		o := outcome()
		o.Appraisal.Findings = []report.Finding{busy}
		m.Update(RunEnded{o})
		if got := m.View().Result.Findings[0].Programs; got != name {
			t.Errorf("%q, want %q", got, name)
		}
	}
}

// A check that makes the fans loud says so before anybody agrees.
func TestFansAreAnnounced(t *testing.T) {
	o := invited()
	for i := range o.Plan {
		o.Plan[i].Fans = o.Plan[i].ID == "machine.cpu"
	}
	loud := 0
	for _, row := range at(t, Welcome, o).View().Welcome.Plan {
		if row.Value == "gui.plan.fans" {
			loud++
		}
	}
	if loud != 1 {
		t.Errorf("%d checks make the fans loud", loud)
	}
}

func TestRulesOfOtherKinds(t *testing.T) {
	m := at(t, Welcome, invited())
	for _, c := range []struct {
		in   policy.RuleResult
		want RuleView
	}{
		{policy.RuleResult{Key: "k", Value: "speakers", Minimum: "headphones or speakers", Recommended: "headphones", Verdict: report.ReadyWithWarnings},
			RuleView{Warn, "k", "speakers", "headphones gui.or speakers, headphones", "gui.rule.ready-with-warnings"}},
		{policy.RuleResult{Key: "k", Value: "0.0123", Unit: "ratio", Recommended: "<= 0.05", Verdict: report.Ready},
			RuleView{Good, "k", "1.23 %", "gui.needed.recommended", "gui.rule.ready"}},
		{policy.RuleResult{Key: "memory.bytes", Minimum: ">= 8000000000", Recommended: ">= 16000000000", Verdict: report.NotReady},
			RuleView{Bad, "memory.bytes", "gui.not-measured", "≥ 8 GB, 16 GB", "gui.rule.missing"}},
		{policy.RuleResult{Key: "k", Minimum: ">= 1000000000", Verdict: report.Ready},
			RuleView{Neutral, "k", "gui.not-measured", "gui.needed.minimum", "gui.rule.optional"}},
	} {
		if diff := cmp.Diff(c.want, m.rule(c.in)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestVerdictsHaveTones(t *testing.T) {
	for verdict, tone := range map[report.Verdict]Tone{report.Ready: Good, report.ReadyWithWarnings: Warn, report.NotReady: Bad, report.Inconclusive: Unclear, "new": Unclear} {
		if got := toneOf(verdict); got != tone {
			t.Errorf("%s is %s", verdict, got)
		}
	}
}

// Every value that is in the report is in the review.
func TestReviewShowsAllThatIsSent(t *testing.T) {
	v := at(t, Review, named()).View().Review
	var all strings.Builder
	for _, s := range v.Sections {
		all.WriteString(s.Title + "\n")
		for _, r := range s.Rows {
			all.WriteString(r.Name + "=" + r.Value + "\n")
		}
	}
	for _, want := range []string{"A-17", "0011", "linecheck 1.0 (linux, amd64)", "internet.download.mbps=gui.by-server", "far=probe", "check.timeout (check.timeout)", "Agent, Hessen"} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("%q is not in the review:\n%s", want, all.String())
		}
	}
	if v.NameLabel == "" || v.Agree != "gui.agree" || v.MayAgree {
		t.Errorf("%+v", v)
	}
	if v := at(t, Review, sealed()).View().Review; v.Agree != "gui.send" || v.Promise != "gui.review.sealed" || !v.MayAgree || v.NameLabel != "" {
		t.Errorf("sealed: %+v", v)
	}
	o := selfCheck()
	if v := at(t, Review, o).View().Review; v.Agree != "gui.save" || v.Title != "gui.review.save.title" {
		t.Errorf("self-check: %+v", v)
	}
	o.Sealed = true
	if v := at(t, Review, o).View().Review; v.Agree != "gui.save" {
		t.Errorf("sealed self-check: %+v", v)
	}
}

func TestWhatBecameOfTheReport(t *testing.T) {
	m := at(t, Sending, invited())
	when := time.Date(2026, 4, 1, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		d      Delivery
		screen Screen
		title  string
		rows   []Row
		retry  string
	}{
		{Delivery{Sent: true, Received: when, Files: []string{"/a/report.json"}}, Sent, "gui.sent.title", []Row{{"gui.sent.received", clock(when)}, {"gui.file", "/a/report.json"}}, ""},
		{Delivery{Files: []string{"/a/report.json"}}, Sent, "gui.saved.title", []Row{{"gui.file", "/a/report.json"}}, ""},
		{Delivery{Problem: "no answer", Waiting: true, Files: []string{"/a/report.json"}}, Unsent, "gui.unsent.title", []Row{{"gui.unsent.why", "No answer."}, {"gui.file", "/a/report.json"}}, "gui.unsent.retry"},
		{Delivery{Problem: "disk full"}, Unsent, "gui.unsealed.title", []Row{{"gui.unsent.why", "Disk full."}}, "gui.unsent.retry"},
	} {
		m.screen = Sending
		m.Update(Delivered{c.d})
		v := m.View().Plain
		if m.Screen() != c.screen || v.Title != c.title || v.Retry != c.retry || v.Close == "" {
			t.Errorf("%+v leads to %s: %+v", c.d, m.Screen(), v)
		}
		if diff := cmp.Diff(c.rows, v.Rows); diff != "" {
			t.Error(diff)
		}
	}
}

func TestValuesInPlainWords(t *testing.T) {
	m := New(words())
	for _, c := range [][3]string{
		{"4.23456", "Mbit/s", "4.23 Mbit/s"}, {"0.5", "ratio", "50 %"}, {"16000000000", "bytes", "16 GB"}, {"2500000", "bytes", "2.5 MB"},
		{"1500", "bytes", "1.5 kB"}, {"8", "count", "8"}, {"headphones", "", "headphones"}, {"-25.5", "dBFS", "-25.5 dBFS"},
	} {
		if got := m.value(c[0], c[1]); got != c[2] {
			t.Errorf("%s %s is shown as %q, not as %q", c[0], c[1], got, c[2])
		}
	}
	for key, want := range map[string]string{"a.mbps": "Mbit/s", "a.ms": "ms", "a.dbfs": "dBFS", "a.db": "dB", "a.hz": "Hz", "a.ratio": "ratio", "a.bytes": "bytes", "kind": "", "a.cores.logical": "", "": ""} {
		if got := unitOf(key); got != want {
			t.Errorf("%s is in %q", key, got)
		}
	}
	for in, want := range map[string]string{"": "", "a b": "A b.", "é!": "É!", "Done.": "Done."} {
		if got := sentence(in); got != want {
			t.Errorf("sentence(%q) = %q", in, got)
		}
	}
	if m.sender() != "" {
		t.Error("nobody has a name")
	}
}

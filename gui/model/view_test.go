package model

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linecheck/checks"
	"linecheck/report"
	"linecheck/report/advice"
	"linecheck/report/policy"
)

func TestWelcomeSaysWhoAndWhatItCosts(t *testing.T) {
	m := at(t, Welcome, named())
	v := m.View().Welcome
	want := []Row{
		{"gui.row.from", "Example GmbH (https://jobs.example)"}, {"gui.row.role", "Agent, Hessen"},
		{"gui.row.until", m.minute(invite(true).NotAfter)}, {"gui.row.time", "2 minutes"}, {"gui.row.data", "121 MB"},
	}
	if diff := cmp.Diff(want, v.Rows); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"gui.leaves.report", "gui.leaves.not", "gui.leaves.name"}, v.Sent); diff != "" {
		t.Error(diff)
	}
	if v.Lead != "gui.welcome.invited" || v.Start != (Button{"gui.next", Start{}}) || v.Self.Label == "" || v.Warning != "" || v.Retry.Label != "" || len(v.Plan) != 2 || len(v.PlanIDs) != 2 {
		t.Errorf("%+v", v)
	}
	if v.Plan[1].Value != " gui.plan.fans" { // its purpose has no text here
		t.Errorf("%q", v.Plan[1].Value)
	}
}

// Whoever is asked for their voice, or whose computer is recognized again, reads that.
func TestWelcomeSaysWhatElseIsAskedFor(t *testing.T) {
	o := named()
	o.Invite.VoiceSample, o.Pseudonym = true, true
	if v := at(t, Welcome, o).View().Welcome; !slices.Contains(v.Sent, "gui.leaves.voice") || slices.Contains(v.Sent, "gui.leaves.not") || !slices.Contains(v.Sent, "gui.leaves.pseudonym") {
		t.Errorf("%v", v.Sent)
	}
}

func TestWelcomeOfOtherOffers(t *testing.T) {
	self := at(t, Welcome, selfCheck()).View().Welcome
	if self.Lead != "gui.welcome.self" || !slices.Equal(self.Sent, []string{"gui.leaves.self"}) || len(self.Rows) != 2 || self.Self.Label != "" {
		t.Errorf("self-check: %+v", self)
	}
	open := at(t, Welcome, unconfirmed()).View().Welcome
	if open.Warning == "" || open.Retry.Label == "" || open.Rows[0].Value != "https://jobs.example" || !slices.Equal(open.Sent, []string{"gui.leaves.unconfirmed"}) {
		t.Errorf("unconfirmed: %+v", open)
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
	kept.Reported = time.Now()
	if v := at(t, Welcome, kept).View().Welcome; v.Note != "gui.reported" {
		t.Errorf("reported before: %+v", v)
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
		Rows: []Row{{"gui.code", "invite.expired"}}, Next: Button{"gui.retry", Retry{}}, Other: Button{"gui.self", Use{Wish{Self: true}}}, Close: Button{"gui.close", CloseAsked{}}}
	if diff := cmp.Diff(want, m.View().Plain); diff != "" {
		t.Error(diff)
	}
	for _, code := range []string{CodeBusy, CodeFolder, CodeBroken} {
		m := New(words(), Preferences{}, nil, Wish{Self: true})
		m.Update(OpenFailed{Code: code, Text: "why not?"})
		if v := m.View().Plain; v.Title != code+".title" || v.Lines[0] != "Why not?" || len(v.Rows) != 0 {
			t.Errorf("%s: %+v", code, v)
		}
	}
}

// Who is asked for a newer program reads which, and is led there; where the sender is not known, is not.
func TestAnInviteForANewerProgram(t *testing.T) {
	const link = "https://jobs.example/linecheck"
	texts := words()
	texts.Names["gui.old.text"] = "{version}, not {least}"
	m := New(texts, Preferences{}, nil, Wish{})
	m.Update(OpenFailed{Code: "program.old", Text: "too old", Old: Old{Version: "v1.3.0", AtLeast: "1.4.0", Link: link}})
	get := Act{Action{ActBrowse, link}}
	want := PlainView{Tone: Warn, Title: "gui.old.title", Lines: []string{"1.3.0, not 1.4.0", "gui.old.get", "gui.refused.nothing"},
		Rows: []Row{{"gui.row.link", link}, {"gui.code", "program.old"}},
		Next: Button{"gui.act.browse", get}, Other: Button{"gui.self", Use{Wish{Self: true}}}, Close: Button{"gui.close", CloseAsked{}}}
	if diff := cmp.Diff(want, m.View().Plain); diff != "" {
		t.Error(diff)
	}
	if c := m.Update(get); c != (Command{Do: Help, Action: get.Action}) || m.Screen() != Refused {
		t.Errorf("the button wants %+v and leads to %s", c, m.Screen())
	}
	m = New(texts, Preferences{}, nil, Wish{})
	m.Update(OpenFailed{Code: "program.old", Text: "too old", Old: Old{Version: "v1.3.0", AtLeast: "1.4.0"}})
	want.Lines[1], want.Rows, want.Next = "gui.old.unconfirmed", want.Rows[1:], Button{"gui.retry", Retry{}}
	if diff := cmp.Diff(want, m.View().Plain); diff != "" {
		t.Error(diff)
	}
}

// What is wrong with an invite is said in the person's language, with what to do; what has no texts, as it came.
func TestARefusedInvite(t *testing.T) {
	texts := words()
	texts.Codes["invite.expired"] = advice.Advice{Title: "It is over.", Action: "Ask for another."}
	for code, want := range map[string][]string{
		"invite.expired": {"It is over.", "Ask for another.", "gui.refused.nothing"},
		"invite.strange": {"It counted until noon.", "gui.refused.nothing"},
	} {
		m := New(texts, Preferences{}, nil, Wish{})
		m.Update(OpenFailed{Code: code, Text: "it counted until noon"})
		if diff := cmp.Diff(want, m.View().Plain.Lines); diff != "" {
			t.Error(code, diff)
		}
	}
}

func TestARunAsItGoes(t *testing.T) {
	m := at(t, Checking, invited())
	row := func(i int) CheckRow { return m.View().Checks.Rows[i] }
	say := func(e checks.Event) { m.Update(Event{e}) }
	if got := row(0); got.State != Waiting || got.Word != "gui.state.waiting" || got.Halt.Says != (HaltAsked{"internet.speed"}) {
		t.Errorf("before: %+v", got)
	}
	say(checks.Event{Type: checks.EventStarted, Check: "internet.speed"})
	if got := row(0); got.State != Running || got.Word != "gui.state.running" || got.Halt.Label == "" {
		t.Errorf("started: %+v", got)
	}
	say(checks.Event{Type: checks.EventProgress, Check: "internet.speed", Progress: checks.Progress{Fraction: 0.4242, Stage: "download",
		Live: []report.Metric{{Key: "internet.download.mbps", Value: 41.987, Unit: "Mbit/s"}}}})
	if got := row(0); got.Fraction != 0.42 || got.Word != "stage.download  42 Mbit/s" {
		t.Errorf("progress: %+v", got)
	}
	if got := m.View().Checks; got.Fraction != 0.21 || got.Picture.Kind != Area || got.Picture.Check != "internet.speed" {
		t.Errorf("all together: %v, %+v", got.Fraction, got.Picture)
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
	if got := row(0); got.State != Done || got.Word != "gui.state.done" || got.Fraction != 1 || got.Halt.Label != "" {
		t.Errorf("finished: %+v", got)
	}
	say(checks.Event{Type: checks.EventFinished, Check: "machine.cpu", Evidence: &report.Evidence{Outcome: report.Unavailable, Reason: "check.timeout"}})
	if got := row(1); got.State != Without || got.Word != "none: check.timeout" {
		t.Errorf("without a result: %+v", got)
	}
	say(checks.Event{Type: checks.EventStarted, Check: "unknown"})
	if v := m.View().Checks; v.Summary != "2/2" || v.Fraction != 1 {
		t.Errorf("at the end: %+v", v)
	}
}

func TestAPausedRun(t *testing.T) {
	v := at(t, Paused, Offer{}).View().Checks
	if v.Title != "gui.paused.title" || v.Go.Says != (Go{}) || v.Back.Says != (Back{}) || v.Stop.Label != "" || v.Summary != "1/2" || v.Rows[0].Word != "gui.state.kept" || v.Rows[1].Halt.Label != "" {
		t.Errorf("%+v", v)
	}
}

// While the processor is measured the window moves as little as it can.
func TestQuietWhileTheProcessorIsMeasured(t *testing.T) {
	m := at(t, Checking, invited())
	if m.Quiet() {
		t.Error("quiet before anything runs")
	}
	m.Update(Event{checks.Event{Type: checks.EventStarted, Check: "machine.cpu"}})
	if !m.Quiet() {
		t.Error("not quiet while the processor is measured")
	}
	m.Update(Event{checks.Event{Type: checks.EventFinished, Check: "machine.cpu", Evidence: &report.Evidence{Outcome: report.Measured}}})
	if m.Quiet() {
		t.Error("quiet afterwards")
	}
}

func TestReadingAloud(t *testing.T) {
	m := at(t, Checking, invited())
	for stage, want := range map[string]string{"quiet": "gui.checks.read", "speak": "gui.checks.read", "sound": ""} {
		m.Update(Event{checks.Event{Type: checks.EventProgress, Check: "internet.speed", Progress: checks.Progress{Stage: stage}}})
		if got := m.View().Checks.Read; got != want {
			t.Errorf("%s: %q", stage, got)
		}
	}
}

func TestTheResult(t *testing.T) {
	m := at(t, Result, invited())
	v := m.View().Result
	if v.Tone != Bad || v.Title != "gui.verdict.not-ready" || v.Next.Label != "gui.review-send" || v.ProblemsTitle == "" || v.Support.Label == "" {
		t.Errorf("%+v", v)
	}
	if len(v.Problems) != 2 || v.Problems[0].Title != "Slow at 4.2" || v.Problems[0].Do != (Button{"gui.act.setting.network", Act{Action{ActSetting, advice.PageNetwork}}}) ||
		v.Problems[0].Again.Says != (Act{Action{ActAgain, "internet.speed"}}) || v.Problems[0].Worked == "" {
		t.Errorf("the failure does not come first, with what to do: %+v", v.Problems)
	}
	if p := v.Problems[1]; p.Follows != "gui.follows.other" && p.Follows != "gui.follows.one" || p.Do.Says != (Act{Action{ActAgain, "machine.cpu"}}) || p.Again.Label != "" {
		t.Errorf("what is ours: %+v", p)
	}
	want := []CardView{
		{Tone: Bad, Name: "internet.speed", Word: "gui.card.bad", Again: Button{"gui.check-again", Again{"internet.speed"}},
			Lines: []LineView{{Bad, "internet.download.mbps", "4.2 Mbit/s", "of 10 Mbit/s, 25 Mbit/s", "gui.rule.not-ready", ""}}},
		{Tone: Unclear, Name: "machine.cpu", Word: "gui.card.unclear", Again: Button{"gui.check-again", Again{"machine.cpu"}},
			Lines: []LineView{{Unclear, "machine.cpu.cores.logical", "gui.not-measured", "of 2", "gui.rule.inconclusive", ""}}},
	}
	if diff := cmp.Diff(want, v.Cards); diff != "" {
		t.Error(diff)
	}
}

// Few good values are shown, all of them when asked; what was not needed and not measured never.
func TestHowManyValuesAreShown(t *testing.T) {
	o := outcome()
	o.Appraisal.Results = nil
	for _, key := range []string{"a.mbps", "b.mbps", "c.mbps", "d.mbps"} {
		o.Appraisal.Results = append(o.Appraisal.Results, policy.RuleResult{Check: "internet.speed", Key: key, Value: "50", Unit: "Mbit/s", Recommended: ">= 1", Verdict: report.Ready})
	}
	o.Appraisal.Results = append(o.Appraisal.Results, policy.RuleResult{Check: "internet.speed", Key: "e.mbps", Minimum: ">= 1", Verdict: report.Ready})
	m := at(t, Checking, invited())
	m.Update(RunEnded{o})
	lines := func() int { return len(m.View().Result.Cards[0].Lines) }
	if lines() != fewLines {
		t.Errorf("%d lines", lines())
	}
	m.Update(ShowAll{true})
	if lines() != 4 || m.View().Result.More.Says != (ShowAll{}) {
		t.Errorf("all: %d lines", lines())
	}
	m.Update(ShowAll{})
	if lines() != fewLines {
		t.Errorf("%d lines again", lines())
	}
}

// What a check had measured before it ran again stands beside.
func TestBeforeAndAfter(t *testing.T) {
	o := outcome()
	o.Before = map[string]report.Evidence{"internet.speed": {Metrics: []report.Metric{{Key: "internet.download.mbps", Value: 1.5, Unit: "Mbit/s"}}}, "machine.cpu": {Facts: map[string]string{"power": "battery"}}}
	o.Appraisal.Results = append(o.Appraisal.Results, policy.RuleResult{Check: "machine.cpu", Key: "power", Value: "mains", Recommended: "mains", Verdict: report.Ready})
	m := at(t, Checking, invited())
	m.Update(RunEnded{o})
	cards := m.View().Result.Cards
	if cards[0].Lines[0].Before != "was 1.5 Mbit/s" || cards[1].Lines[1].Before != "was battery" || cards[1].Lines[0].Before != "" {
		t.Errorf("%+v", cards)
	}
	o.Before["internet.speed"] = o.Evidence[0] // the same as now
	m = at(t, Checking, invited())
	m.Update(RunEnded{o})
	if l := m.View().Result.Cards[0].Lines[0]; l.Before != "" {
		t.Errorf("what did not change is shown: %+v", l)
	}
}

func TestWhatWasLeftOutHasACard(t *testing.T) {
	m := at(t, Checking, invited())
	m.Update(Event{checks.Event{Type: checks.EventFinished, Check: "machine.cpu", Evidence: &report.Evidence{Outcome: report.Skipped, Reason: checks.AccommodatedReason}}})
	o := outcome()
	o.Appraisal.Results = o.Appraisal.Results[:1]
	m.Update(RunEnded{o})
	if c := m.View().Result.Cards[1]; c.Tone != Neutral || c.Word != "gui.state.left-out" {
		t.Errorf("%+v", c)
	}
}

// Names of programs are shown to the person, beside the finding that they are about.
func TestBusyProgramsAreNamed(t *testing.T) {
	busy := func(private map[string][]string) ProblemView {
		m := at(t, Checking, invited())
		m.Update(Event{checks.Event{Type: checks.EventFinished, Check: "machine.cpu", Private: private, Evidence: &report.Evidence{Outcome: report.Measured}}})
		o := outcome()
		o.Appraisal.Findings = []report.Finding{{Code: busyCode, Check: "machine.cpu", Severity: report.Warning, Fault: report.FaultYou}}
		m.Update(RunEnded{o})
		return m.View().Result.Problems[0]
	}
	if p := busy(map[string][]string{"programs": {"backup (90 %)", "\x1bgame (40 %)"}}); p.Programs != "programs: backup (90 %), game (40 %)" {
		t.Errorf("%q", p.Programs)
	}
	if p := busy(nil); p.Programs != "" {
		t.Errorf("%q", p.Programs)
	}
}

// A finding that asks for nothing has no button; one about no check of the plan cannot be run again.
func TestFindingsWithoutActions(t *testing.T) {
	o := outcome()
	o.Appraisal.Findings = []report.Finding{{Code: "a.b", Check: "machine.cpu", Severity: report.Info}, {Code: "c.d", Check: "other", Severity: report.Failure}}
	m := at(t, Checking, invited())
	m.Update(RunEnded{o})
	for _, p := range m.View().Result.Problems {
		if p.Do.Label != "" || p.Again.Label != "" {
			t.Errorf("%+v", p)
		}
	}
}

func TestMissingValues(t *testing.T) {
	m := at(t, Result, invited())
	l := m.line(policy.RuleResult{Key: "a.b.mbps", Minimum: "<= 3", Verdict: report.NotReady})
	if l.Word != "gui.rule.missing" || l.Needed != "gui.needed.most" {
		t.Errorf("%+v", l)
	}
	l = m.line(policy.RuleResult{Key: "kind", Value: "speakers", Minimum: "headphones or speakers", Recommended: "headphones or speakers", Verdict: report.Ready})
	if l.Needed != "gui.needed.one" {
		t.Errorf("%+v", l)
	}
}

func TestTheReview(t *testing.T) {
	o := named()
	o.Pseudonym = true
	m := at(t, Review, o)
	v := m.View().Review
	if v.MayAgree || v.NameLabel == "" || v.Save.Says != (Agree{}) || v.Agree.Says != (Agree{Send: true}) || v.Lead != "gui.review.text" {
		t.Errorf("%+v", v)
	}
	about := v.Sections[0].Rows
	if about[len(about)-1] != (Row{"gui.row.computer", "gui.review.pseudonym"}) {
		t.Errorf("%+v", about)
	}
	want := []Row{{"gui.row.when", "gui.when"}, {"internet.download.mbps", "gui.by-server"}, {"far", "probe"}}
	if diff := cmp.Diff(want, v.Sections[1].Rows); diff != "" {
		t.Error(diff)
	}
	if r := v.Sections[2].Rows[1]; r.Name != "gui.row.outcome" || r.Value != "check.timeout (check.timeout)" {
		t.Errorf("%+v", r)
	}
	for _, name := range []string{"", " \t ", "\u202e", strings.Repeat("x", maxName+1)} {
		if m.Update(NameTyped{name}); m.View().Review.MayAgree {
			t.Errorf("signed with %.20q", name)
		}
	}
	m.Update(NameTyped{"  Ada \u202e  Lovelace "})
	if !m.View().Review.MayAgree || m.LegalName() != "Ada Lovelace" {
		t.Errorf("%q", m.LegalName())
	}
	if v := at(t, Review, selfCheck()).View().Review; v.Agree != (Button{"gui.save", Agree{}}) || v.Save.Label != "" || v.NameLabel != "" || !v.MayAgree {
		t.Errorf("self-check: %+v", v)
	}
	m = at(t, Checking, invited())
	out := outcome()
	out.Evidence[0].Facts["sample"] = "agreed"
	m.Update(RunEnded{out})
	m.Update(ShowReview{})
	if v := m.View().Review; v.Not != "gui.review.voice" {
		t.Errorf("%q", v.Not)
	}
}

func TestHowItEnded(t *testing.T) {
	m := at(t, Sent, named())
	v := m.View().Sent
	if v.Tone != Good || v.Code != "AAAAA-BBBBB" || v.CodeText == "" || len(v.Next) != 2 || v.Reveal.Says != (Act{Action{ActReveal, "/home/a/r.pdf"}}) || v.Retry.Label != "" {
		t.Errorf("%+v", v)
	}
	for name, c := range map[string]struct {
		delivery Delivery
		title    string
		tone     Tone
		retry    Msg
	}{
		"waiting":  {Delivery{Problem: "no answer", Waiting: true}, "gui.unsent.title", Warn, Agree{Send: true}},
		"refused":  {Delivery{Problem: "no", Refused: true}, "gui.rejected.title", Bad, nil},
		"unsealed": {Delivery{Problem: "disk full"}, "gui.unsealed.title", Bad, Agree{Send: true}},
	} {
		m := at(t, Sending, named())
		m.Update(Delivered{c.delivery})
		v := m.View().Sent
		if m.screen != Unsent || v.Title != c.title || v.Tone != c.tone || v.Retry.Says != c.retry || v.Support.Label == "" {
			t.Errorf("%s: %s %+v", name, m.screen, v)
		}
	}
}

func TestSelfChecksAreSaved(t *testing.T) {
	m := at(t, Result, selfCheck())
	if v := m.View().Result; v.Next.Label != "gui.review-save" {
		t.Errorf("%+v", v)
	}
	if got := m.sender(); got != "" {
		t.Errorf("nobody is %q", got)
	}
}

func TestVerdictsHaveTones(t *testing.T) {
	for v, want := range map[report.Verdict]Tone{report.Ready: Good, report.ReadyWithWarnings: Warn, report.NotReady: Bad, report.Inconclusive: Unclear} {
		if got := toneOf(v); got != want {
			t.Errorf("%s: %s", v, got)
		}
	}
}

func TestNotices(t *testing.T) {
	m := at(t, Result, invited())
	m.Update(Told{Key: "gui.support.done", Value: "x"})
	if got := m.View().Notice; got != "gui.support.done" {
		t.Errorf("%q", got)
	}
	m.Update(Act{Action{Do: ActSupport}})
	if got := m.View().Notice; got != "" {
		t.Errorf("%q stays", got)
	}
	m = at(t, Checking, invited())
	m.Update(Linked{Wish{Text: "x"}})
	if got := m.View().Notice; got != "gui.linked.later" || m.Screen() != Checking {
		t.Errorf("%q on %s", got, m.Screen())
	}
}

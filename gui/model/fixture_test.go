package model

import (
	"maps"
	"slices"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/report"
	"linecheck/report/advice"
	"linecheck/report/policy"
)

// words is a catalogue of a few texts: every other text is its key, which is what the tests look for.
func words() *advice.Catalogue {
	return &advice.Catalogue{Language: "en", Codes: map[string]advice.Advice{
		"internet.download.slow": {Title: "Slow at {value}", Why: "Calls break up", Action: "Use a cable"},
	}, Names: map[string]string{
		"gui.needed.least": "of {minimum}", "gui.needed.least.better": "of {minimum}, {recommended}", "gui.time.other": "{n} minutes", "gui.time.one": "{n} minute",
		"gui.data": "{n} MB", "gui.checks.summary": "{done}/{all}", "gui.state.without": "none: {why}", "gui.before": "was {value}",
		"format.date": "{day}.{month}.{year} {time}", "format.decimal": ".", "gui.step.where": "{n}/{all} {name}",
	}}
}

func invite(legalName bool) *report.Invite {
	return &report.Invite{
		ID: "0011", Origin: "https://jobs.example", Applicant: "A-17", Role: "Agent", Region: "Hessen", LegalName: legalName,
		NotAfter: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC),
	}
}

func plan() []Planned {
	return []Planned{
		{Spec: checks.Spec{ID: "internet.speed", Needs: []checks.Resource{checks.Network}, Typical: 50 * time.Second, MaxBytes: 120_500_000}},
		{Spec: checks.Spec{ID: "machine.cpu", Needs: []checks.Resource{checks.CPU}, Typical: 15 * time.Second, Fans: true}},
	}
}

func invited() Offer {
	return Offer{Invite: invite(false), Sender: "Example GmbH", Plan: plan(), Program: report.Program{Name: "linecheck", Version: "1.0", OS: "linux", Arch: "amd64"}}
}

func named() Offer       { o := invited(); o.Invite = invite(true); return o }
func selfCheck() Offer   { o := invited(); o.Invite, o.Sender = nil, ""; return o }
func unconfirmed() Offer { o := invited(); o.Sender, o.Unconfirmed = "", "no answer"; return o }

// left is an offer of a session that was left on a screen, with everything measured or half of it.
func left(s Screen, all bool) Offer {
	o := named()
	o.Place = Place{Screen: s, Name: "Ada", Send: true}
	o.Plan[0].Kept, o.Plan[1].Kept = true, all
	return o
}

func outcome() Outcome {
	return Outcome{
		Evidence: []report.Evidence{
			{Check: "internet.speed", Outcome: report.Measured, ElapsedMS: 48_200, Started: time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC),
				Metrics: []report.Metric{{Key: "internet.download.mbps", Value: 4.2, Unit: "Mbit/s", Origin: report.Server, Samples: 80}}, Facts: map[string]string{"far": "probe"}},
			{Check: "machine.cpu", Outcome: report.Unavailable, Reason: "check.timeout", Fault: report.FaultUs},
		},
		Appraisal: policy.Appraisal{Verdict: report.NotReady,
			Results: []policy.RuleResult{
				{Rule: "download", Check: "internet.speed", Key: "internet.download.mbps", Value: "4.2", Unit: "Mbit/s", Minimum: ">= 10", Recommended: ">= 25", Verdict: report.NotReady},
				{Rule: "cores", Check: "machine.cpu", Key: "machine.cpu.cores.logical", Minimum: ">= 2", Verdict: report.Inconclusive},
			},
			Findings: []report.Finding{
				{Code: "check.timeout", Check: "machine.cpu", Severity: report.Unknown, Fault: report.FaultUs},
				{Code: "internet.download.slow", Check: "internet.speed", Args: map[string]string{"value": "4.2"}, Severity: report.Failure, Fault: report.FaultNetwork},
				{Code: "other.timeout", Check: "other", Severity: report.Unknown, Fault: report.FaultUs, DependsOn: "check.timeout"},
			}},
	}
}

func received() Delivery {
	return Delivery{Sent: true, Received: time.Date(2026, 4, 1, 10, 0, 0, 0, time.UTC), Code: "AAAAA-BBBBB", Lookup: "https://jobs.example/r/", PDF: "/home/a/r.pdf"}
}

// at is a model on a screen, reached as a person reaches it.
func at(t testing.TB, s Screen, o Offer) *Model {
	t.Helper()
	m := New(words(), Preferences{}, nil, Wish{})
	path := map[Screen][]Msg{
		Opening: {}, Refused: {OpenFailed{Code: "invite.expired", Text: "the invite has expired"}},
		Welcome: {Opened{o}}, GetReady: {Opened{o}, Start{}}, Checking: {Opened{o}, Start{}, Go{}}, Stopping: {Opened{o}, Start{}, Go{}, Stop{}},
		Paused: {Opened{left(Checking, false)}},
		Result: {Opened{o}, Start{}, Go{}, RunEnded{outcome()}}, Review: {Opened{o}, Start{}, Go{}, RunEnded{outcome()}, ShowReview{}},
	}
	path[Sending] = append(slices.Clone(path[Review]), NameTyped{"Ada Lovelace"}, Agree{Send: true})
	path[Sent] = append(slices.Clone(path[Sending]), Delivered{received()})
	path[Unsent] = append(slices.Clone(path[Sending]), Delivered{Delivery{Problem: "no answer", Waiting: true}})
	for _, msg := range path[s] {
		m.Update(msg)
	}
	if m.Screen() != s {
		t.Fatalf("the way to %s ends at %s", s, m.Screen())
	}
	return m
}

func screens() []Screen {
	return []Screen{Opening, Refused, Welcome, GetReady, Paused, Checking, Stopping, Result, Review, Sending, Sent, Unsent}
}

// messages is one of each.
func messages() map[string]Msg {
	return map[string]Msg{
		"start": Start{}, "use": Use{Wish{Text: "x"}}, "go": Go{}, "retry": Retry{}, "stop": Stop{}, "halt": HaltAsked{"machine.cpu"}, "again": Again{}, "one-again": Again{"machine.cpu"},
		"review": ShowReview{}, "back": Back{}, "name": NameTyped{"Ada"}, "agree": Agree{Send: true}, "all": ShowAll{true},
		"act-setting": Act{Action{ActSetting, advice.PageSound}}, "act-again": Act{Action{ActAgain, "machine.cpu"}}, "act-devices": Act{Action{Do: ActDevices}},
		"close": CloseAsked{}, "answer": QuestionAnswered{0}, "settings": ShowSettings{true}, "licences": ShowLicences{true}, "prefer": Prefer{}, "linked": Linked{Wish{Text: "y"}},
		"opened": Opened{invited()}, "failed": OpenFailed{Code: CodeBroken, Text: "x"}, "told": Told{Key: "k"}, "listed": Listed{}, "chosen": ChosenDevices{}, "seen": Seen{}, "heard": Heard{Level: -30},
		"event": Event{checks.Event{Type: checks.EventStarted, Check: "machine.cpu"}}, "ended": RunEnded{outcome()},
		"delivered": Delivered{received()}, "undelivered": Delivered{Delivery{Problem: "x", Waiting: true}},
	}
}

func names() []string { return slices.Sorted(maps.Keys(messages())) }

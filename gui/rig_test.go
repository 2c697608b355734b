package gui

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"linecheck/checks"
	"linecheck/gui/internal/look"
	"linecheck/gui/model"
	"linecheck/report"
	"linecheck/report/advice"
	"linecheck/report/policy"
)

// engine is an engine that does as it is told. It stands in for checks,
// server and disk; the model, the bridge and the screens are the real ones.
type engine struct {
	mu         sync.Mutex
	calls      []string
	offer      model.Offer
	openErr    error
	run        func(ctx context.Context, events func(checks.Event))
	outcome    model.Outcome
	deliveries []model.Delivery
	place      model.Place
}

func (e *engine) note(call string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls = append(e.calls, call)
}

func (e *engine) said() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return strings.Join(e.calls, " ")
}

func (e *engine) Open(_ context.Context, w model.Wish, _ model.Preferences) (model.Offer, error) {
	e.note("open" + map[bool]string{true: ":self"}[w.Self] + w.Text + w.File)
	return e.offer, e.openErr
}

func (e *engine) Run(ctx context.Context, again []string, events func(checks.Event)) model.Outcome {
	e.note("run" + strings.Join(again, ","))
	if e.run != nil {
		e.run(ctx, events)
	}
	o := e.outcome
	o.Stopped = ctx.Err() != nil
	return o
}

func (e *engine) Halt(check string, accommodation bool) {
	e.note("halt:" + check + map[bool]string{true: ",accommodation"}[accommodation])
}

func (e *engine) Keep(p model.Place) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.place = p
}

func (e *engine) Deliver(_ context.Context, name string, send bool) model.Delivery {
	e.note("deliver:" + name + map[bool]string{true: ",send"}[send])
	e.mu.Lock()
	defer e.mu.Unlock()
	d := e.deliveries[0]
	e.deliveries = e.deliveries[1:]
	return d
}

// leaving is a Fyne application that remembers that it was left, and what was opened in the browser.
type leaving struct {
	fyne.App
	left   bool
	opened []string
	broken error // what the browser answers
}

func (l *leaving) Quit() { l.left = true }

func (l *leaving) OpenURL(u *url.URL) error {
	l.opened = append(l.opened, u.String())
	return l.broken
}

// desk is a window without a display, and the person at it. Everything on the
// window happens in the test's own goroutine.
type desk struct {
	t      *testing.T
	app    *App
	fyne   *leaving
	engine *engine
	queue  chan func()
}

func sit(t *testing.T, e *engine, words *advice.Catalogue) *desk {
	t.Helper()
	a := test.NewTempApp(t)
	d := &desk{t: t, fyne: &leaving{App: a}, engine: e, queue: make(chan func(), 1)}
	d.app = New(d.fyne, config(e, words, func(f func()) { d.queue <- f }))
	d.app.Start()
	t.Cleanup(func() {
		go func() {
			for range d.queue { // whatever still comes, nobody looks
			}
		}()
		if !d.app.Close(10 * time.Second) {
			t.Error("the engine does not end")
		}
		close(d.queue)
	})
	return d
}

// config is a window's, in one language.
func config(e Engine, words model.Words, do func(func())) Config {
	return Config{Engine: e, Words: func(string) model.Words { return words }, Languages: languages(), Do: do, Licences: licences(), Terminal: "linecheck-support"}
}

// licences is a text as long as the real one. That changes with every library, and would change the pictures.
func licences() string {
	rule := func(c string) string { return strings.Repeat(c, 80) + "\n" }
	text := "Licences of what Linecheck is made of\n\nEach text stands once, below the names of all works that it covers.\n\n"
	for i := range 400 {
		text += rule("=") + fmt.Sprintf("example.org/work/%d v1.%d.0, LICENSE\nexample.org/another v2.0.0\n", i, i) + rule("-") +
			"\nCopyright © 2026 Ada Lovelace\n\nPermission is hereby granted, to whoever reads this, to use, copy, modify and\ndistribute it, under the following conditions:\n\n" +
			"   1. A line that is longer than most lines of such texts are and has to go on below, where its paragraph began, in every window that is not very wide.\n" +
			"   2. https://example.org/" + strings.Repeat("an-address-without-a-blank/", 6) + "\n\nTHE WORK IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND.\n\n"
	}
	return text + "The end.\n"
}

func languages() []model.Language {
	return []model.Language{{Code: "en", Name: "English", Checked: true}, {Code: "de", Name: "Deutsch"}, {Code: "hi", Name: "हिन्दी"}, {Code: "ja", Name: "日本語"}}
}

// until lets things happen until the screen is there.
func (d *desk) until(s model.Screen) {
	d.t.Helper()
	d.wait(string(s), func() bool { return d.app.model.Screen() == s })
}

func (d *desk) wait(what string, ok func() bool) {
	d.t.Helper()
	late := time.After(20 * time.Second)
	for !ok() {
		select {
		case f := <-d.queue:
			f()
		case <-time.After(5 * time.Millisecond): // what is waited for may not be on the window
		case <-late:
			d.t.Fatalf("%s does not come; the window shows:\n%s", what, d.text())
		}
	}
}

func (d *desk) canvas() fyne.Canvas { return d.app.window.Canvas() }

func (d *desk) text() string { return look.Text(d.canvas()) }

func (d *desk) press(label string) {
	d.t.Helper()
	b := look.Button(d.canvas(), label)
	if b == nil {
		d.t.Fatalf("there is no button %q on:\n%s", label, d.text())
	}
	if f, ok := b.(fyne.Focusable); ok {
		d.canvas().Focus(f) // as a click does
	}
	test.Tap(b)
}

func (d *desk) sees(texts ...string) {
	d.t.Helper()
	for _, want := range texts {
		if !strings.Contains(d.text(), want) {
			d.t.Errorf("%q is not to be seen on:\n%s", want, d.text())
		}
	}
}

// keys has no texts: each text is its key.
func keys() *advice.Catalogue { return &advice.Catalogue{} }

func sample(legalName bool) *engine {
	inv := &report.Invite{ID: "5f0c77aa", Origin: "https://jobs.example", Applicant: "A-2026-0017", Role: "Customer service agent", Region: "Hessen, Germany",
		LegalName: legalName, NotAfter: time.Date(2026, 5, 1, 18, 0, 0, 0, time.UTC)}
	spec := func(id string, seconds int, mb int64, needs ...checks.Resource) model.Planned {
		return model.Planned{Spec: checks.Spec{ID: id, Typical: time.Duration(seconds) * time.Second, MaxBytes: mb * 1e6, Needs: needs, Fans: id == "machine.cpu"}}
	}
	return &engine{
		offer: model.Offer{Invite: inv, Sender: "Example Contact Centers", Program: report.Program{Name: "linecheck", Version: "0.1.0", OS: "linux", Arch: "amd64"},
			Plan: []model.Planned{spec("internet.speed", 25, 400, checks.Network), spec("webrtc.connect", 8, 1, checks.Network), spec("webrtc.media", 15, 4, checks.Network),
				spec("audio.output", 4, 0, checks.Speaker, checks.Microphone), spec("audio.microphone", 8, 0, checks.Microphone), spec("machine.cpu", 9, 0, checks.CPU), spec("machine.memory", 1, 0)}},
		outcome: verdict(),
		deliveries: []model.Delivery{{Sent: true, Received: time.Date(2026, 4, 1, 10, 0, 0, 0, time.UTC), Files: []string{"/home/ada/.config/linecheck/reports/77aa/report.json"},
			PDF: "/home/ada/Documents/Linecheck-7K2QF-9XWPA.pdf", Code: "7K2QF-9XWPA", Lookup: "https://jobs.example/r/"}},
	}
}

func verdict() model.Outcome {
	when := time.Date(2026, 4, 1, 9, 58, 0, 0, time.UTC)
	n := func(key string, v float64, unit string, from report.Origin) report.Metric {
		return report.Metric{Key: key, Value: report.Number(v), Unit: unit, Origin: from, Samples: 40}
	}
	return model.Outcome{
		Evidence: []report.Evidence{
			{Check: "internet.speed", Started: when, ElapsedMS: 24310, Outcome: report.Measured, Facts: map[string]string{"far": "probe"},
				Metrics: []report.Metric{n("internet.download.mbps", 48.23, "Mbit/s", report.Server), n("internet.upload.mbps", 2.41, "Mbit/s", report.Server), n("internet.jitter.ms", 4.1, "ms", report.Client)}},
			{Check: "audio.microphone", Started: when, ElapsedMS: 7400, Outcome: report.Measured, Facts: map[string]string{"api": "ALSA"}, Metrics: []report.Metric{n("audio.microphone.noise.dbfs", -41.5, "dBFS", report.Client)}},
			{Check: "machine.cpu", Started: when, ElapsedMS: 12000, Outcome: report.Unavailable, Reason: "check.timeout", Fault: report.FaultUs},
		},
		Appraisal: policy.Appraisal{Verdict: report.NotReady,
			Results: []policy.RuleResult{
				{Rule: "download", Check: "internet.speed", Key: "internet.download.mbps", Value: "48.23", Unit: "Mbit/s", Minimum: ">= 10", Recommended: ">= 25", Verdict: report.Ready},
				{Rule: "upload", Check: "internet.speed", Key: "internet.upload.mbps", Value: "2.41", Unit: "Mbit/s", Minimum: ">= 3", Recommended: ">= 10", Verdict: report.NotReady},
				{Rule: "jitter", Check: "internet.speed", Key: "internet.jitter.ms", Value: "4.1", Unit: "ms", Minimum: "<= 100", Recommended: "<= 30", Verdict: report.Ready},
				{Rule: "output", Check: "audio.output", Key: "kind", Value: "speakers", Minimum: "headphones or speakers", Recommended: "headphones", Verdict: report.ReadyWithWarnings},
				{Rule: "noise", Check: "audio.microphone", Key: "audio.microphone.noise.dbfs", Value: "-41.5", Unit: "dBFS", Minimum: "<= -30", Recommended: "<= -45", Verdict: report.ReadyWithWarnings},
				{Rule: "speech", Check: "audio.microphone", Key: "audio.microphone.speech.dbfs", Unit: "dBFS", Minimum: ">= -50", Verdict: report.Ready},
				{Rule: "cores", Check: "machine.cpu", Key: "machine.cpu.cores.logical", Minimum: ">= 2", Recommended: ">= 4", Verdict: report.Inconclusive},
			},
			Findings: []report.Finding{
				{Code: "internet.upload.slow", Check: "internet.speed", Severity: report.Failure, Fault: report.FaultNetwork, Args: map[string]string{"value": "2.41", "unit": "Mbit/s", "required": "3"}},
				{Code: "audio.output.speakers", Check: "audio.output", Severity: report.Warning, Fault: report.FaultYou},
				{Code: "audio.microphone.noisy", Check: "audio.microphone", Severity: report.Warning, Fault: report.FaultYou, Args: map[string]string{"value": "-41.5", "unit": "dBFS", "required": "-45"}},
				{Code: "check.timeout", Check: "machine.cpu", Severity: report.Unknown, Fault: report.FaultUs},
			}},
	}
}

package gui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"linecheck/checks"
	"linecheck/checks/session"
	"linecheck/gui/internal/look"
	"linecheck/gui/model"
	"linecheck/report"
)

// The whole way of an applicant, from invite to receipt.
func TestFromInviteToReceipt(t *testing.T) {
	e := sample(true)
	e.run = func(_ context.Context, events func(checks.Event)) {
		for _, p := range e.offer.Plan {
			events(checks.Event{Type: checks.EventStarted, Check: p.ID})
			events(checks.Event{Type: checks.EventProgress, Check: p.ID, Progress: checks.Progress{Fraction: 0.5, Stage: "download"}})
			events(checks.Event{Type: checks.EventFinished, Check: p.ID, Evidence: &report.Evidence{Outcome: report.Measured}})
		}
	}
	d := sit(t, e, keys())
	d.sees("gui.opening.title")
	d.until(model.Welcome)
	d.sees("gui.welcome.invited", "Customer service agent, Hessen, Germany", "gui.leaves.report", "internet.speed")
	d.press("gui.start")
	d.until(model.Result)
	d.sees("gui.verdict.not-ready", "48.2 Mbit/s", "internet.upload.slow", "gui.fault.network")
	d.press("gui.review-send")
	d.sees("A-2026-0017", "gui.name.label", "gui.review.not")
	name := look.Entry(d.canvas())
	if d.canvas().Focused() != fyne.Focusable(name) {
		t.Error("typing does not go to the name")
	}
	d.press("gui.agree")
	if d.app.model.Screen() != model.Review {
		t.Fatal("a report is sent without the name that was asked for")
	}
	test.Type(name, "Ada Lovelace")
	d.press("gui.agree")
	d.until(model.Sent)
	d.sees("gui.sent.title", "/home/ada/.config/linecheck/reports/77aa/report.json")
	if got := e.said(); got != "open run deliver:Ada Lovelace" {
		t.Errorf("the engine was asked to %s", got)
	}
	d.press("gui.close")
	if !d.fyne.left {
		t.Error("the window stays")
	}
}

// The name survives a look back, and Enter in its field signs.
func TestTypingTheName(t *testing.T) {
	d := sit(t, sample(true), keys())
	d.until(model.Welcome)
	d.press("gui.start")
	d.until(model.Result)
	d.press("gui.review-send")
	test.Type(look.Entry(d.canvas()), "Grace")
	d.press("gui.back")
	d.press("gui.review-send")
	name := look.Entry(d.canvas())
	if name.Text != "Grace" {
		t.Errorf("the name is now %q", name.Text)
	}
	name.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	d.until(model.Sent)
}

// A screen's next step waits for Enter where that is safe, and only there.
func TestKeyboard(t *testing.T) {
	e := sample(false)
	release := make(chan struct{})
	e.run = func(context.Context, func(checks.Event)) { <-release }
	d := sit(t, e, keys())
	enter := func() {
		if f := d.canvas().Focused(); f != nil {
			f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		}
	}
	d.until(model.Welcome)
	enter()
	if d.app.model.Screen() != model.Checking {
		t.Fatal("Enter does not start")
	}
	enter()
	if d.app.model.Screen() != model.Checking {
		t.Fatal("Enter stops the run")
	}
	close(release)
	d.until(model.Result)
	enter()
	enter()
	if d.app.model.Screen() != model.Review {
		t.Fatalf("Enter twice on the result leads to %s: a report must not be sent by pressing on", d.app.model.Screen())
	}
	d.canvas().FocusNext()
	d.canvas().FocusNext()
	enter()
	d.until(model.Sent)
}

func TestStopKeepsWhatWasMeasured(t *testing.T) {
	e := sample(false)
	e.run = func(ctx context.Context, events func(checks.Event)) {
		events(checks.Event{Type: checks.EventStarted, Check: "internet.speed"})
		<-ctx.Done()
	}
	d := sit(t, e, keys())
	d.until(model.Welcome)
	d.press("gui.start")
	d.wait("the first check", func() bool { return strings.Contains(d.text(), "gui.state.running") })
	d.press("gui.stop")
	d.sees("gui.stopping.title")
	d.until(model.Welcome)
	if got := e.said(); got != "open run open" {
		t.Errorf("the engine was asked to %s", got)
	}
}

func TestRunAgainMeasuresAnew(t *testing.T) {
	e := sample(false)
	d := sit(t, e, keys())
	d.until(model.Welcome)
	d.press("gui.start")
	d.until(model.Result)
	d.press("gui.again")
	d.until(model.Checking)
	d.until(model.Result)
	if got := e.said(); got != "open run fresh run" {
		t.Errorf("the engine was asked to %s", got)
	}
}

// Closing while something is measured asks once, and ends the run if meant.
func TestClosingWhileMeasuring(t *testing.T) {
	e := sample(false)
	e.run = func(ctx context.Context, _ func(checks.Event)) { <-ctx.Done() }
	d := sit(t, e, keys())
	d.until(model.Welcome)
	d.press("gui.start")
	ask := func() { d.app.handle([]model.Msg{model.CloseAsked{}}) }
	ask()
	d.sees("gui.close.text")
	if d.fyne.left {
		t.Fatal("the window closes without asking")
	}
	d.press("gui.close.no")
	if strings.Contains(d.text(), "gui.close.text") || d.app.model.Screen() != model.Checking {
		t.Fatal("the question stays")
	}
	ask()
	d.press("gui.close.yes")
	if !d.fyne.left {
		t.Error("the window stays")
	}
	if !d.app.Close(10 * time.Second) {
		t.Error("the run goes on")
	}
}

func TestTheQuestionGoesWithTheRun(t *testing.T) {
	e := sample(false)
	release := make(chan struct{})
	e.run = func(context.Context, func(checks.Event)) { <-release }
	d := sit(t, e, keys())
	d.until(model.Welcome)
	d.press("gui.start")
	d.app.handle([]model.Msg{model.CloseAsked{}})
	close(release)
	d.until(model.Result)
	if strings.Contains(d.text(), "gui.close.text") || d.fyne.left {
		t.Error("the question about a run that is over stays")
	}
}

func TestRefusedInvites(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		sees []string
	}{
		"expired": {&session.Refusal{Code: "invite.expired", Cause: errors.New("the invite has expired")}, []string{"gui.refused.title", "The invite has expired.", "invite.expired"}},
		"busy":    {session.ErrBusy, []string{"gui.busy.title"}},
		"folder":  {errors.New("disk full"), []string{"gui.folder.title", "Disk full."}},
	} {
		t.Run(name, func(t *testing.T) {
			e := sample(false)
			e.openErr = c.err
			d := sit(t, e, keys())
			d.until(model.Refused)
			d.sees(append(c.sees, "gui.refused.nothing")...)
			d.press("gui.retry")
			d.until(model.Refused)
			if got := e.said(); got != "open open" {
				t.Errorf("the engine was asked to %s", got)
			}
		})
	}
}

// A crash of our own is shown as ours.
func TestACrashIsOurs(t *testing.T) {
	e := sample(false)
	e.run = func(context.Context, func(checks.Event)) { panic("boom") }
	d := sit(t, e, keys())
	d.until(model.Welcome)
	d.press("gui.start")
	d.until(model.Refused)
	d.sees("gui.broken.title", "Boom.")
}

func TestAnUnsentReportIsTriedAgain(t *testing.T) {
	e := sample(false)
	e.deliveries = append([]model.Delivery{{Problem: "no answer", Waiting: true}}, e.deliveries...)
	d := sit(t, e, keys())
	d.until(model.Welcome)
	d.press("gui.start")
	d.until(model.Result)
	d.press("gui.review-send")
	d.press("gui.agree")
	d.until(model.Unsent)
	d.sees("gui.unsent.title", "No answer.")
	d.press("gui.unsent.retry")
	d.until(model.Sent)
}

// Ten thousand events a second through the real window.
func TestAFloodOfEvents(t *testing.T) {
	e := sample(false)
	e.run = func(_ context.Context, events func(checks.Event)) {
		begin := time.Now()
		for i := 0; i < 10_000; i++ {
			events(checks.Event{Type: checks.EventProgress, Check: "internet.speed", Progress: checks.Progress{Fraction: float64(i) / 10_000, Stage: "download"}})
		}
		if took := time.Since(begin); took > time.Second {
			t.Errorf("10,000 events hold the engine up for %v", took)
		}
	}
	d := sit(t, e, keys())
	d.until(model.Welcome)
	d.press("gui.start")
	batches := 0
	d.wait("the result", func() bool { batches++; return d.app.model.Screen() == model.Result })
	if batches > 60 {
		t.Errorf("the window moved %d times", batches)
	}
}

// The program learns that something was painted.
func TestFirstPaint(t *testing.T) {
	painted := 0
	a := test.NewTempApp(t)
	w := New(a, Config{Engine: sample(false), Words: keys(), Painted: func() { painted++ }, Do: func(func()) {}})
	w.window.Canvas().Capture()
	w.window.Canvas().Capture()
	if painted != 1 {
		t.Errorf("the first paint was told %d times", painted)
	}
}

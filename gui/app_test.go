package gui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"linecheck/checks"
	"linecheck/checks/session"
	"linecheck/gui/internal/look"
	"linecheck/gui/model"
	own "linecheck/gui/widget"
	"linecheck/report"
)

// run goes from the welcome to the result.
func (d *desk) run() {
	d.t.Helper()
	d.until(model.Welcome)
	d.press(d.app.view.Welcome.Start.Label)
	d.press("gui.start")
}

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
	d.press("gui.next")
	d.sees("gui.ready.title", "gui.tip.quiet", "gui.sound.input")
	d.press("gui.start")
	d.until(model.Result)
	d.sees("gui.verdict.not-ready", "48.2 Mbit/s", "internet.upload.slow", "gui.fault.network", "gui.act.setting.network")
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
	d.sees("gui.sent.title", "/home/ada/Documents/Linecheck-7K2QF-9XWPA.pdf", "7K2QF-9XWPA")
	if got := e.said(); got != "open run deliver:Ada Lovelace,send" {
		t.Errorf("the engine was asked to %s", got)
	}
	d.press("gui.close")
	if !d.fyne.left {
		t.Error("the window stays")
	}
	d.app.keeper.wait()
	if e.place.Screen != model.Sending || e.place.Name != "Ada Lovelace" {
		t.Errorf("the place kept last is %+v", e.place)
	}
}

// The name survives a look back, and Enter in its field signs.
func TestTypingTheName(t *testing.T) {
	d := sit(t, sample(true), keys())
	d.run()
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

// A screen's next step waits for Enter where that is safe, and only there; Escape goes back.
func TestKeyboard(t *testing.T) {
	e := sample(false)
	release := make(chan struct{})
	e.run = func(context.Context, func(checks.Event)) { <-release }
	d := sit(t, e, keys())
	key := func(k fyne.KeyName) {
		ev := &fyne.KeyEvent{Name: k}
		if f := d.canvas().Focused(); f != nil {
			f.TypedKey(ev)
		} else {
			d.canvas().OnTypedKey()(ev)
		}
	}
	at := func(s model.Screen, why string) {
		t.Helper()
		if got := d.app.view.Screen; got != s {
			t.Fatalf("%s: %s is shown", why, got)
		}
	}
	d.until(model.Welcome)
	key(fyne.KeyReturn)
	at(model.GetReady, "Enter on the welcome")
	key(fyne.KeyEscape)
	at(model.Welcome, "Escape goes back")
	key(fyne.KeySpace)
	key(fyne.KeyReturn)
	at(model.Checking, "Enter starts")
	key(fyne.KeyReturn)
	key(fyne.KeyEscape)
	at(model.Checking, "neither Enter nor Escape stops a run")
	close(release)
	d.until(model.Result)
	key(fyne.KeyReturn)
	key(fyne.KeyReturn)
	at(model.Review, "Enter twice on the result: a report must not be sent by pressing on")
	key(fyne.KeyEscape)
	at(model.Result, "Escape on the review")
}

// Every button can be reached by Tab, on every screen.
func TestEveryButtonIsReachedByTab(t *testing.T) {
	a := test.NewTempApp(t)
	words := english(t)
	w := New(&leaving{App: a}, config(sample(true), words, func(func()) {}))
	story(words, model.Preferences{}, func(name string, v model.View) {
		if v.Question.Title != "" {
			return
		}
		w.view = model.View{}
		w.display(v)
		reached := map[fyne.Focusable]bool{}
		w.window.Canvas().Unfocus()
		for range 80 {
			w.window.Canvas().FocusNext()
			if f := w.window.Canvas().Focused(); f != nil {
				reached[f] = true
			}
		}
		for _, b := range w.page.Buttons {
			if b.Visible() && !b.Disabled() && !reached[b] {
				t.Errorf("%s: Tab does not reach %q", name, b.Text)
			}
		}
	})
}

func TestPausingKeepsWhatWasMeasured(t *testing.T) {
	e := sample(false)
	e.run = func(ctx context.Context, events func(checks.Event)) {
		events(checks.Event{Type: checks.EventStarted, Check: "internet.speed"})
		e.mu.Lock()
		e.offer.Place, e.offer.Plan[0].Kept = model.Place{Screen: model.Checking}, true
		e.mu.Unlock()
		<-ctx.Done()
	}
	d := sit(t, e, keys())
	d.run()
	d.wait("the first check", func() bool { return strings.Contains(d.text(), "gui.state.running") })
	d.press("gui.stop")
	d.sees("gui.stopping.title")
	d.until(model.Paused)
	d.sees("gui.paused.title", "gui.state.kept")
	d.press("gui.continue")
	d.wait("the run again", func() bool { return e.said() == "open run open run" })
}

// One check is left out while the others go on.
func TestSkippingACheck(t *testing.T) {
	e := sample(false)
	e.run = func(ctx context.Context, _ func(checks.Event)) { <-ctx.Done() }
	d := sit(t, e, keys())
	d.run()
	d.wait("the run", func() bool { time.Sleep(time.Millisecond); return strings.HasSuffix(e.said(), "run") })
	d.press("gui.halt")
	d.sees("gui.halt.text")
	if b, ok := d.canvas().Focused().(*own.Button); !ok || b.Text != "gui.halt.no" {
		t.Errorf("the focus is on %v: Enter would skip", d.canvas().Focused())
	}
	d.canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if strings.Contains(d.text(), "gui.halt.text") {
		t.Error("Escape leaves the question")
	}
	d.press("gui.halt")
	d.press("gui.halt.accommodation")
	if got := e.said(); got != "open run halt:internet.speed,accommodation" {
		t.Errorf("the engine was asked to %s", got)
	}
}

func TestRunAgainMeasuresAnew(t *testing.T) {
	e := sample(false)
	d := sit(t, e, keys())
	d.run()
	d.until(model.Result)
	d.press("gui.check-again")
	d.until(model.Result)
	d.wait("the second run", func() bool { return strings.Contains(e.said(), "runinternet.speed") })
	d.until(model.Result)
	d.press("gui.again")
	d.wait("the third run", func() bool { return strings.Contains(e.said(), "runinternet.speed,webrtc.connect") })
	d.until(model.Result)
}

// Closing while something is measured asks once, and ends the run if meant.
func TestClosingWhileMeasuring(t *testing.T) {
	e := sample(false)
	e.run = func(ctx context.Context, _ func(checks.Event)) { <-ctx.Done() }
	d := sit(t, e, keys())
	d.run()
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
	d.run()
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
			if name == "expired" {
				d.press("gui.self")
				d.wait("a check for oneself", func() bool { return strings.HasSuffix(e.said(), "open:self") })
			}
		})
	}
}

// A crash of our own is shown as ours.
func TestACrashIsOurs(t *testing.T) {
	e := sample(false)
	e.run = func(context.Context, func(checks.Event)) { panic("boom") }
	d := sit(t, e, keys())
	d.run()
	d.until(model.Refused)
	d.sees("gui.broken.title", "Boom.")
}

func TestAnUnsentReportIsTriedAgain(t *testing.T) {
	e := sample(false)
	e.deliveries = append([]model.Delivery{{Problem: "no answer", Waiting: true}}, e.deliveries...)
	d := sit(t, e, keys())
	d.run()
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
			events(checks.Event{Type: checks.EventProgress, Check: "internet.speed", Progress: checks.Progress{Fraction: float64(i) / 10_000, Stage: "download",
				Live: []report.Metric{{Key: "internet.download.mbps", Value: report.Number(i % 50), Unit: "Mbit/s"}}}})
		}
		if took := time.Since(begin); took > time.Second {
			t.Errorf("10,000 events hold the engine up for %v", took)
		}
	}
	d := sit(t, e, keys())
	d.run()
	batches := 0
	d.wait("the result", func() bool { batches++; return d.app.model.Screen() == model.Result })
	if batches > 60 {
		t.Errorf("the window moved %d times", batches)
	}
}

// An invite is opened by what is typed, and by a click elsewhere.
func TestOpeningInvites(t *testing.T) {
	e := sample(false)
	d := sit(t, e, keys())
	d.until(model.Welcome)
	entry := look.Entry(d.canvas())
	d.press("gui.entry.open") // nothing typed: nothing happens
	test.Type(entry, "linecheck://x")
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	d.wait("the typed one", func() bool {
		return e.said() == "open openlinecheck://x" && d.app.model.Screen() == model.Welcome
	})
	d.app.bridge.post(model.Linked{Wish: model.Wish{File: "/a/b"}})
	d.wait("the clicked one", func() bool {
		return strings.HasSuffix(e.said(), "open/a/b") && d.app.model.Screen() == model.Welcome
	})
}

// Another language is there at once, and the person's preferences are kept.
func TestChoosingALanguage(t *testing.T) {
	d := sit(t, sample(false), english(t))
	var kept []model.Preferences
	d.app.cfg.Desk.Save = func(p model.Preferences) { kept = append(kept, p) }
	german := keys()
	german.Language = "de"
	d.app.cfg.Words = func(language string) model.Words {
		if language == "de" {
			return german
		}
		return english(t)
	}
	d.until(model.Welcome)
	d.press("Settings")
	d.sees("Language", "Deutsch")
	d.press("Deutsch")
	d.sees("gui.settings.language", "gui.settings.unchecked")
	if b, ok := d.canvas().Focused().(*own.Button); ok && b.Text != "Deutsch" {
		t.Errorf("the focus went to %q", b.Text)
	}
	d.press("gui.look.contrast")
	d.press("gui.settings.done")
	d.sees("gui.welcome.title")
	want := []model.Preferences{{Language: "de"}, {Language: "de", Look: model.LookContrast}}
	if !slices.Equal(kept, want) {
		t.Errorf("%+v", kept)
	}
}

// fakeSound hears what a test says.
type fakeSound struct{ heard chan float64 }

func (f fakeSound) Devices(context.Context) model.Devices {
	return model.Devices{Inputs: []string{"Headset Mic", "Webcam"}, Outputs: []string{"Headset"}}
}

func (f fakeSound) Listen(ctx context.Context, input string, level func(float64)) error {
	if input == "Webcam" {
		return errors.New("deaf")
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case l := <-f.heard:
			level(l)
		}
	}
}

func (f fakeSound) Play(context.Context, string) error { return errors.New("no sound") }

func choices(d *desk) (found []*widget.Select) {
	look.Walk(d.app.window.Content(), func(o fyne.CanvasObject) bool {
		if s, ok := o.(*widget.Select); ok {
			found = append(found, s)
		}
		return true
	})
	return found
}

// The person gets ready: the meter moves, devices are chosen, and nothing listens afterwards.
func TestGettingReady(t *testing.T) {
	e := sample(false)
	f := fakeSound{make(chan float64, 1)}
	d := sit(t, e, english(t))
	d.app.cfg.Sound = f
	d.app.cfg.Around = func(context.Context) model.Around { return model.Around{Link: "cable", Load: -1} }
	d.until(model.Welcome)
	d.press("Next")
	f.heard <- -30
	d.wait("the level", func() bool { return d.app.view.Ready.Sound.Level == 0.5 })
	d.wait("the cable", func() bool { return strings.Contains(d.text(), "Connected by cable") })
	d.wait("the devices", func() bool { return len(d.app.view.Ready.Sound.Input.Names) == 2 })
	choices(d)[0].SetSelected("Webcam")
	d.wait("the deaf one", func() bool { return d.app.view.Ready.Sound.Deaf })
	d.sees("cannot be heard")
	d.press("Play a sound")
	d.wait("what became of it", func() bool { return strings.Contains(d.text(), "could not be played") })
	choices(d)[1].SetSelected("Headset")
	if p := d.app.model.Preferences(); p.Input != "Webcam" || p.Output != "Headset" {
		t.Errorf("%+v", p)
	}
	d.press("Start the checks")
	d.until(model.Result)
	if got := e.said(); got != "open open run" {
		t.Errorf("the engine was asked to %s", got)
	}
	if d.app.watch.on {
		t.Error("it still listens")
	}
}

// What the window does beside the session, and how it is said.
func TestTheDesk(t *testing.T) {
	d := sit(t, sample(false), keys())
	var asked []string
	d.app.cfg.Desk = Desk{
		Setting: func(page string) error { asked = append(asked, page); return errors.New("none") },
		Reveal:  func(path string) error { asked = append(asked, path); return nil },
		Support: func(context.Context) (string, error) { return "/tmp/x.zip", nil },
	}
	d.run()
	d.until(model.Result)
	d.press("gui.act.setting.network")
	d.wait("what became of it", func() bool { return strings.Contains(d.text(), "gui.setting.failed.network") })
	d.press("gui.act.support")
	d.wait("the bundle", func() bool { return strings.Contains(d.text(), "gui.support.done") })
	d.app.help(model.Action{Do: model.ActReveal, About: "/a"})
	d.app.jobs.Wait()
	if !slices.Equal(asked, []string{"network", "/a"}) {
		t.Errorf("%v", asked)
	}
}

// The program learns that something was painted.
func TestFirstPaint(t *testing.T) {
	painted := 0
	a := test.NewTempApp(t)
	cfg := config(sample(false), keys(), func(func()) {})
	cfg.Painted = func() { painted++ }
	w := New(a, cfg)
	w.window.Canvas().Capture()
	w.window.Canvas().Capture()
	if painted != 1 {
		t.Errorf("the first paint was told %d times", painted)
	}
}

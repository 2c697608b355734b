package gui

import (
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecheck/assets"
	"linecheck/checks"
	"linecheck/gui/internal/look"
	"linecheck/gui/model"
	"linecheck/gui/theme"
	own "linecheck/gui/widget"
	"linecheck/report"
	"linecheck/report/advice"
)

// fixed is the theme in one variant, whatever the system says.
type fixed struct {
	theme.Theme
	variant fyne.ThemeVariant
}

func (f fixed) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	return f.Theme.Color(name, f.variant)
}

// english is the catalogue that the program carries.
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

// story goes through every screen and calls look on each.
func story(t *testing.T, words model.Words, look func(name string, v model.View)) {
	tell := func(name string, m *model.Model, msgs ...model.Msg) {
		for _, msg := range msgs {
			m.Update(msg)
		}
		look(name, m.View())
	}
	e := sample(true)
	m := model.New(words)
	tell("1-opening", m)
	tell("2-welcome", m, model.Opened{Offer: e.offer}, model.Listed{Devices: model.Devices{
		Inputs: []string{"USB Headset Mic", "Laptop Built-in Audio Mic"}, Outputs: []string{"USB Headset", "Laptop Built-in Audio, a name as long as some systems make them: HDA Intel PCH ALC257 Analog"}}})
	event := func(kind checks.EventType, id string, f float64, ev *report.Evidence) model.Msg {
		return model.Event{Event: checks.Event{Type: kind, Check: id, Evidence: ev, Progress: checks.Progress{Fraction: f, Stage: "download", Live: []report.Metric{{Value: 41.2, Unit: "Mbit/s"}}}}}
	}
	tell("3-checks", m, model.Start{}, event(checks.EventFinished, "machine.memory", 0, &report.Evidence{Outcome: report.Measured}),
		event(checks.EventFinished, "audio.output", 0, &report.Evidence{Outcome: report.Unavailable, Reason: "check.timeout"}), event(checks.EventProgress, "internet.speed", 0.62, nil))
	tell("4-closing", m, model.CloseAsked{})
	m.Update(model.CloseAnswered{})
	level := []report.Metric{{Value: -22, Unit: "dBFS"}, {Value: -14, Unit: "dBFS"}}
	tell("4-speak", m, model.Event{Event: checks.Event{Type: checks.EventProgress, Check: "audio.microphone", Progress: checks.Progress{Fraction: 0.5, Stage: "speak", Live: level}}})
	for i, q := range questions() {
		tell("4-asked-"+q.ID, m, model.Asked{Number: i + 1, Question: q})
		m.Update(model.Answered{Number: i + 1, Choice: q.Choices[0]})
	}
	tell("5-result", m, model.RunEnded{Outcome: e.outcome})
	tell("6-review", m, model.ShowReview{})
	tell("7-sending", m, model.NameTyped{Name: "Ada Lovelace"}, model.Agree{})
	tell("8-unsent", m, model.Delivered{Delivery: model.Delivery{Problem: "the report was not sent: no answer from the server", Waiting: true, Files: e.deliveries[0].Files}})
	m.Update(model.Agree{})
	tell("9-sent", m, model.Delivered{Delivery: e.deliveries[0]})
	self := e.offer
	self.Invite, self.Sender, self.SentBefore = nil, "", 1
	tell("self-check", model.New(words), model.Opened{Offer: self})
	away := e.offer
	away.Sender, away.Unconfirmed = "", "the server at jobs.example does not answer"
	tell("unconfirmed", model.New(words), model.Opened{Offer: away})
	m = model.New(words)
	tell("unconfirmed-result", m, model.Opened{Offer: away}, model.Start{}, model.RunEnded{Outcome: model.Outcome{Appraisal: e.outcome.Appraisal}})
	tell("refused", model.New(words), model.OpenFailed{Code: "invite.expired", Text: "the invite has expired: it counted until 1 April 2026; ask the recruiter for a new one"})
	sealed := e.offer
	sealed.Sealed = true
	tell("sealed", model.New(words), model.Opened{Offer: sealed})
}

// questions are those that the checks ask.
func questions() []checks.Question {
	return []checks.Question{
		{ID: "audio.output.quiet", Choices: []string{"again", "skip"}},
		{ID: "audio.output.listen", Choices: []string{"play", checks.Accommodate}},
		{ID: "audio.output.digits", Fields: []string{"left", "right"}, Choices: []string{"done", "again", "nothing", checks.Accommodate}},
		{ID: "audio.microphone.ready", Choices: []string{"ready", checks.Accommodate}},
		{ID: "audio.microphone.play", Choices: []string{"play", "skip"}},
		{ID: "audio.microphone.heard", Choices: []string{"clear", "unclear", "nothing", "again"}},
	}
}

// lay lays a screen out in a size. Wrapped lines know their height only after
// they know their width, and the test driver does not look twice by itself.
func lay(w *App, s fyne.Size) {
	w.window.Resize(s)
	for range 4 {
		w.window.Content().Refresh()
	}
}

// Nothing is cut off, on any screen, large or small: every button lies in the
// window, and every text has the room that it needs.
func TestNothingIsCutOff(t *testing.T) {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(theme.New())
	words := english(t)
	w := New(&leaving{App: a}, Config{Engine: sample(true), Words: words, Do: func(func()) {}})
	for _, size := range []fyne.Size{fyne.NewSize(width, height), fyne.NewSize(640, 480)} {
		story(t, words, func(name string, v model.View) {
			w.shown = ""
			w.display(v)
			lay(w, size)
			labels := 0
			look.Walk(w.window.Content(), func(o fyne.CanvasObject) bool {
				at := a.Driver().AbsolutePositionForObject(o)
				switch o := o.(type) {
				case *own.Button:
					if at.X < 0 || at.Y < 0 || at.X+o.Size().Width > size.Width || at.Y+o.Size().Height > size.Height || o.Size().Width < o.MinSize().Width {
						t.Errorf("%s at %v: the button %q is at %v, %v large", name, size, o.Text, at, o.Size())
					}
					return false
				case *widget.Label:
					labels++
					if at.X < 0 || at.X+o.Size().Width > size.Width || o.Size().Height+1 < o.MinSize().Height {
						t.Errorf("%s at %v: the text %.30q is at %v, %v large and needs %v", name, size, o.Text, at, o.Size(), o.MinSize())
					}
					return false
				}
				return true
			})
			if labels == 0 {
				t.Errorf("%s shows no text", name)
			}
		})
	}
}

// No screen makes the window larger. Fyne tries a new content in the least size
// that it asks for, and then gives it what it needs there.
func TestNoScreenEnlargesTheWindow(t *testing.T) {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(theme.New())
	words := english(t)
	w := New(&leaving{App: a}, Config{Engine: sample(true), Words: words, Do: func(func()) {}})
	story(t, words, func(name string, v model.View) {
		w.shown = ""
		w.display(v)
		content := w.content(w.page)
		content.Resize(content.MinSize())
		if s := content.MinSize(); s.Width > leastWidth || s.Height > leastHeight {
			t.Errorf("%s needs %v", name, s)
		}
	})
}

// With LINECHECK_SHOTS=folder every screen is painted there, light and dark.
func TestScreenshots(t *testing.T) {
	dir := os.Getenv("LINECHECK_SHOTS")
	if dir == "" {
		t.Skip("for looking at the screens: set LINECHECK_SHOTS to a folder")
	}
	words := english(t)
	for variant, v := range map[string]fyne.ThemeVariant{"light": fynetheme.VariantLight, "dark": fynetheme.VariantDark} {
		a := test.NewTempApp(t)
		a.Settings().SetTheme(fixed{theme.New(), v})
		for size, s := range map[string]fyne.Size{"": fyne.NewSize(width, height), "small-": fyne.NewSize(640, 480)} {
			w := New(&leaving{App: a}, Config{Engine: sample(true), Words: words, Do: func(func()) {}})
			story(t, words, func(name string, view model.View) {
				w.shown = ""
				w.display(view)
				lay(w, s)
				f, err := os.Create(filepath.Join(dir, size+name+"-"+variant+".png"))
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				if err := png.Encode(f, w.window.Canvas().Capture()); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

// heard notes which texts were asked for and are not there.
type heard struct {
	*advice.Catalogue
	missing map[string]bool
}

func (h heard) Name(key string) string {
	text := h.Catalogue.Name(key)
	if len(key) > 4 && (key[:4] == "gui." || key[:4] == "ask.") && text == key {
		h.missing[key] = true
	}
	return text
}

// Every text that any screen asks for is in the catalogue.
func TestEveryTextIsThere(t *testing.T) {
	words := heard{english(t), map[string]bool{}}
	story(t, words, func(string, model.View) {})
	for key := range words.missing {
		t.Errorf("%s has no text", key)
	}
}

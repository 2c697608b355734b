package gui

import (
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"linecheck/assets"
	"linecheck/checks"
	"linecheck/gui/internal/look"
	"linecheck/gui/model"
	own "linecheck/gui/widget"
	"linecheck/report"
	"linecheck/report/advice"
)

// english is the English catalogue.
func english(t *testing.T) *advice.Catalogue { return catalogue(t, "en") }

// catalogue is one that the program carries.
func catalogue(t *testing.T, language string) *advice.Catalogue {
	t.Helper()
	text, err := assets.Locale(language)
	if err != nil {
		t.Fatal(err)
	}
	c, err := advice.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// opening is a window that is about to open.
func opening(words model.Words, prefs model.Preferences) *model.Model {
	m := model.New(words, prefs, languages(), model.Wish{})
	m.SetLicences(licences())
	m.SetTerminal("linecheck-support")
	return m
}

// story goes through every screen and calls look on each.
func story(words model.Words, prefs model.Preferences, look func(name string, v model.View)) {
	tell := func(name string, m *model.Model, msgs ...model.Msg) {
		for _, msg := range msgs {
			m.Update(msg)
		}
		look(name, m.View())
	}
	begin := func() *model.Model { return opening(words, prefs) }
	e := sample(true)
	m := begin()
	tell("1-opening", m)
	tell("1-welcome", m, model.Opened{Offer: e.offer})
	tell("2-ready-unknown", m, model.Start{}, model.Seen{Around: model.Around{Load: -1}})
	for range 40 {
		m.Update(model.Heard{Level: -52})
	}
	tell("2-ready", m, model.Seen{Around: model.Around{Link: "wifi", Power: "mains", Load: 0.1}}, model.Heard{Level: -20}, model.Listed{Devices: model.Devices{
		Inputs: []string{"USB Headset Mic", "Laptop Built-in Audio Mic"}, Outputs: []string{"USB Headset", "Laptop Built-in Audio, a name as long as some systems make them: HDA Intel PCH ALC257 Analog"}}})
	tell("settings", m, model.ShowSettings{Show: true})
	tell("settings-licences", m, model.ShowLicences{Show: true})
	m.Update(model.ShowSettings{})
	event := func(kind checks.EventType, id string, p checks.Progress, ev *report.Evidence) model.Msg {
		return model.Event{Event: checks.Event{Type: kind, Check: id, Evidence: ev, Progress: p}}
	}
	live := func(key string, v float64, unit string) []report.Metric {
		return []report.Metric{{Key: key, Value: report.Number(v), Unit: unit}}
	}
	m.Update(model.Go{})
	cores := live("machine.cpu.load.ratio", 0.4, "ratio")
	for _, l := range []float64{0.2, 0.9, 0.35, 0.15} {
		cores = append(cores, report.Metric{Key: "machine.cpu.core.load.ratio", Value: report.Number(l), Unit: "ratio"})
	}
	tell("3-checks-processor", m, event(checks.EventProgress, "machine.cpu", checks.Progress{Fraction: 0.2, Stage: "load", Live: cores}, nil))
	m.Update(event(checks.EventFinished, "machine.cpu", checks.Progress{}, &report.Evidence{Outcome: report.Measured}))
	for i := range 45 {
		m.Update(event(checks.EventProgress, "internet.speed", checks.Progress{Fraction: 0.62, Stage: "download", Live: live("internet.download.mbps", 41+6*math.Sin(float64(i)/4)-30*math.Exp(-float64(i)/3), "Mbit/s")}, nil))
	}
	tell("3-checks", m, event(checks.EventFinished, "machine.memory", checks.Progress{}, &report.Evidence{Outcome: report.Measured}),
		event(checks.EventFinished, "audio.output", checks.Progress{}, &report.Evidence{Outcome: report.Unavailable, Reason: "check.timeout"}))
	tell("3-skip", m, model.HaltAsked{Check: "webrtc.media"})
	tell("3-closing", m, model.QuestionAnswered{Answer: 2}, model.CloseAsked{})
	m.Update(model.QuestionAnswered{Answer: 1})
	m.Update(event(checks.EventFinished, "internet.speed", checks.Progress{}, &report.Evidence{Outcome: report.Measured}))
	for i := range 30 {
		m.Update(event(checks.EventProgress, "webrtc.media", checks.Progress{Fraction: 0.5, Stage: "call", Live: live("webrtc.rtt.ms", 30+8*math.Sin(float64(i*i)), "ms")}, nil))
	}
	tell("3-checks-call", m)
	m.Update(event(checks.EventFinished, "webrtc.media", checks.Progress{}, &report.Evidence{Outcome: report.Skipped, Reason: checks.AccommodatedReason}))
	level := []report.Metric{{Value: -22, Unit: "dBFS", Key: "audio.microphone.level.dbfs"}, {Value: -14, Unit: "dBFS"}}
	tell("3-speak", m, event(checks.EventProgress, "audio.microphone", checks.Progress{Fraction: 0.5, Stage: "speak", Live: level}, nil))
	for i, q := range questions() {
		tell("3-asked-"+q.ID, m, model.Asked{Number: i + 1, Question: q})
		m.Update(model.Answered{Number: i + 1, Choice: q.Choices[0]})
	}
	tell("4-result", m, model.RunEnded{Outcome: e.outcome})
	tell("4-result-all", m, model.ShowAll{All: true})
	tell("5-review", m, model.ShowReview{})
	tell("5-sending", m, model.NameTyped{Name: "Ada Lovelace"}, model.Agree{Send: true})
	tell("6-unsent", m, model.Delivered{Delivery: model.Delivery{Problem: "the report was not sent: no answer from the server", Waiting: true, PDF: e.deliveries[0].PDF, Code: e.deliveries[0].Code}})
	m.Update(model.Agree{Send: true})
	tell("6-sent", m, model.Delivered{Delivery: e.deliveries[0]})
	self := e.offer
	self.Invite, self.Sender, self.SentBefore = nil, "", 1
	tell("1-welcome-self", begin(), model.Opened{Offer: self})
	away := e.offer
	away.Sender, away.Unconfirmed = "", "the server at jobs.example does not answer"
	tell("1-welcome-unconfirmed", begin(), model.Opened{Offer: away})
	m = begin()
	tell("4-result-unconfirmed", m, model.Opened{Offer: away}, model.Start{}, model.Go{}, model.RunEnded{Outcome: model.Outcome{Appraisal: e.outcome.Appraisal}})
	refusals(func(name string, msg model.OpenFailed) { tell(name, begin(), msg) })
	half := e.offer
	half.Plan = slices.Clone(half.Plan)
	half.Plan[0].Kept, half.Plan[5].Kept = true, true
	half.Place = model.Place{Screen: model.Checking}
	tell("3-paused", begin(), model.Opened{Offer: half})
}

// refusals tells of invites that are refused.
func refusals(tell func(name string, msg model.OpenFailed)) {
	tell("1-refused", model.OpenFailed{Code: "invite.expired", Text: "the invite has expired: it counted until 1 April 2026; ask the recruiter for a new one"})
	old := model.Old{Version: "v1.3.0", AtLeast: "1.4.0", Link: "https://jobs.example/linecheck"}
	tell("1-old", model.OpenFailed{Code: "program.old", Old: old})
	old.Link = ""
	tell("1-old-unconfirmed", model.OpenFailed{Code: "program.old", Old: old})
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
	if testing.Short() {
		t.Skip("lays every screen out in every language; left out with -short")
	}
	for _, v := range []struct {
		language string
		size     fyne.Size
		large    bool
	}{
		{"en", fyne.NewSize(width, height), false}, {"en", fyne.NewSize(640, 400), false}, {"en", fyne.NewSize(512, 350), false}, {"en", fyne.NewSize(width, height), true},
		{"de", fyne.NewSize(width, height), false}, {"de", fyne.NewSize(512, 350), false}, {"de", fyne.NewSize(640, 480), true}, {"hi", fyne.NewSize(640, 400), false},
		{"fr", fyne.NewSize(512, 350), false}, {"pl", fyne.NewSize(512, 350), false}, {"tr", fyne.NewSize(512, 350), false}, {"es", fyne.NewSize(512, 350), false},
		{"pt", fyne.NewSize(512, 350), false}, {"it", fyne.NewSize(512, 350), false}, {"fil", fyne.NewSize(512, 350), false}, {"ja", fyne.NewSize(512, 350), false}, {"zh", fyne.NewSize(512, 350), false},
	} {
		a := test.NewTempApp(t)
		words, size := catalogue(t, v.language), v.size
		cfg := config(sample(true), words, func(func()) {})
		cfg.Preferences = model.Preferences{Large: v.large}
		w := New(&leaving{App: a}, cfg)
		story(words, cfg.Preferences, func(name string, view model.View) {
			name = v.language + " " + name
			w.view = model.View{}
			w.display(view)
			lay(w, size)
			labels := 0
			look.Walk(w.window.Content(), func(o fyne.CanvasObject) bool {
				at := a.Driver().AbsolutePositionForObject(o)
				switch o := o.(type) {
				case *own.Button:
					if at.X < 0 || at.X+o.Size().Width > size.Width+0.5 || o.Size().Width+0.5 < o.MinSize().Width {
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
	words := english(t)
	w := New(&leaving{App: a}, config(sample(true), words, func(func()) {}))
	story(words, model.Preferences{}, func(name string, v model.View) {
		w.view = model.View{}
		w.display(v)
		content := w.content(w.page)
		content.Resize(content.MinSize())
		if s := content.MinSize(); s.Width > leastWidth || s.Height > leastHeight {
			t.Errorf("%s needs %v", name, s)
		}
	})
}

// viewpoint is how the window is looked at.
type viewpoint struct {
	language string
	look     model.Look
	size     fyne.Size
	scale    float32
	large    bool
}

func (v viewpoint) String() string {
	name := fmt.Sprintf("%s-%s-%.0fx%.0f@%.0f", v.language, v.look, v.size.Width, v.size.Height, v.scale)
	if v.large {
		name += "-large"
	}
	return name
}

// paint paints every screen as it is seen from a viewpoint.
func paint(t *testing.T, v viewpoint, each func(name string, img image.Image)) {
	t.Helper()
	a := test.NewTempApp(t)
	words := catalogue(t, v.language)
	cfg := config(sample(true), words, func(func()) {})
	cfg.Preferences = model.Preferences{Look: v.look, Large: v.large, Language: v.language}
	w := New(&leaving{App: a}, cfg)
	if c, ok := w.window.Canvas().(software.WindowlessCanvas); ok {
		c.SetScale(v.scale)
	}
	story(words, cfg.Preferences, func(name string, view model.View) {
		w.view = model.View{}
		w.display(view)
		lay(w, v.size)
		each(name, w.window.Canvas().Capture())
	})
}

// With LINECHECK_SHOTS=folder every screen is painted there, from every viewpoint.
func TestScreenshots(t *testing.T) {
	dir := os.Getenv("LINECHECK_SHOTS")
	if dir == "" {
		t.Skip("for looking at the screens: set LINECHECK_SHOTS to a folder")
	}
	for _, language := range []string{"en", "de", "hi"} {
		for _, l := range []model.Look{model.LookLight, model.LookDark, model.LookContrast} {
			for _, size := range []fyne.Size{fyne.NewSize(width, height), fyne.NewSize(1280, 800), fyne.NewSize(640, 480)} {
				for _, scale := range []float32{1, 2} {
					v := viewpoint{language: language, look: l, size: size, scale: scale}
					paint(t, v, func(name string, img image.Image) { save(t, filepath.Join(dir, v.String()+"-"+name+".png"), img) })
				}
			}
		}
	}
}

func save(t *testing.T, path string, img image.Image) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
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
	story(words, model.Preferences{}, func(string, model.View) {})
	for key := range words.missing {
		t.Errorf("%s has no text", key)
	}
}

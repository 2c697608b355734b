package screen

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	fynewidget "fyne.io/fyne/v2/widget"

	"linecheck/assets"
	"linecheck/gui/internal/look"
	"linecheck/gui/model"
	"linecheck/gui/theme"
	"linecheck/gui/widget"
)

// put shows a page on a window without a display.
func put(t *testing.T, v model.View) (Page, fyne.Canvas, *[]model.Msg) {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(theme.New(model.Preferences{}, "en"))
	said := &[]model.Msg{}
	p := New(v, func(m model.Msg) { *said = append(*said, m) })
	w := test.NewTempWindow(t, p.Content)
	w.Resize(fyne.NewSize(640, 480))
	return p, w.Canvas(), said
}

func press(t *testing.T, c fyne.Canvas, label string) {
	t.Helper()
	b := look.Button(c, label)
	if b == nil {
		t.Fatalf("there is no button %q on:\n%s", label, look.Text(c))
	}
	test.Tap(b)
}

// Each button says what it is there for, and nothing else does.
func TestWhatButtonsSay(t *testing.T) {
	says := func(label string) model.Button { return model.Button{Label: label, Says: model.Told{Key: label}} }
	views := []model.View{
		{Screen: model.Welcome, Welcome: model.WelcomeView{Start: says("start"), Retry: says("retry"), Self: says("self"), Warning: "w", Note: "n", Plan: []model.Row{{Name: "p"}}, PlanIDs: []string{"webrtc.media"}, Entry: model.EntryView{Open: "open", Choose: "choose"}}},
		{Screen: model.GetReady, Ready: model.ReadyView{Go: says("go"), Back: says("back"), Kept: "k", Sound: model.SoundView{Play: says("play")}}},
		{Screen: model.Checking, Checks: model.ChecksView{Stop: says("stop"), Rows: []model.CheckRow{{ID: "a", Name: "A", State: model.Running, Halt: says("halt")}}}},
		{Screen: model.Paused, Checks: model.ChecksView{Go: says("go"), Back: says("back")}},
		{Screen: model.Result, Result: model.ResultView{Again: says("again"), Next: says("next"), Retry: says("retry"), Back: says("back"), More: says("more"), Support: says("support"), Warning: "w",
			Problems: []model.ProblemView{{Tone: model.Bad, Title: "t", Do: says("do"), Again: says("once more")}}, Cards: []model.CardView{{Name: "c", Again: says("card"), Lines: []model.LineView{{Name: "l", Before: "b"}}}}}},
		{Screen: model.Review, Review: model.ReviewView{Back: says("back"), Agree: says("agree"), Save: says("save"), MayAgree: true}},
		{Screen: model.Refused, Plain: model.PlainView{Next: says("next"), Other: says("other"), Close: says("close"), Rows: []model.Row{{Name: "a", Value: "b"}}}},
		{Screen: model.Sent, Sent: model.SentView{Close: says("close"), Code: "c", CodeText: "t", NextTitle: "n", Next: []string{"x"}, Reveal: says("reveal")}},
		{Screen: model.Unsent, Sent: model.SentView{Close: says("close"), Retry: says("retry"), Support: says("support")}},
		{Screen: model.Settings, Settings: model.SettingsView{Done: says("done"), Licences: says("licences"), Unchecked: "u", Program: "p", Languages: []model.PreferView{{Label: "hindi", Language: "hi", Says: model.Told{Key: "hindi"}}}}},
		{Screen: model.Licences, Licences: model.LicencesView{Back: says("back"), Text: "a\nb"}},
	}
	for _, v := range views {
		p, canvas, said := put(t, v)
		for _, b := range p.Buttons {
			if b.Text == "" || b.Text == "settings" || b.Text == "open" || b.Text == "choose" {
				continue
			}
			*said = nil
			press(t, canvas, b.Text)
			if len(*said) != 1 || (*said)[0] != (model.Told{Key: b.Text}) {
				t.Errorf("%s: %s says %v", v.Screen, b.Text, *said)
			}
		}
		if len(p.Buttons) < 2 || p.Body == nil || p.Key == nil {
			t.Errorf("%s: %d buttons", v.Screen, len(p.Buttons))
		}
	}
}

// The settings are reached from every screen, and left by the same button.
func TestTheWayToTheSettings(t *testing.T) {
	for _, s := range []model.Screen{model.Sent, model.Checking, model.Settings, model.Licences} {
		_, canvas, said := put(t, model.View{Screen: s, Header: model.HeaderView{Settings: "settings"}})
		press(t, canvas, "settings")
		if len(*said) != 1 || (*said)[0] != (model.ShowSettings{Show: s != model.Settings}) {
			t.Errorf("%s: %v", s, *said)
		}
	}
}

// An invite is typed and opened, by Enter or by the button; nothing typed opens nothing.
func TestTypingAnInvite(t *testing.T) {
	_, canvas, said := put(t, model.View{Screen: model.Welcome, Welcome: model.WelcomeView{Entry: model.EntryView{Open: "open", Choose: "choose"}}})
	press(t, canvas, "open")
	if len(*said) != 0 {
		t.Fatalf("%v", *said)
	}
	e := look.Entry(canvas)
	test.Type(e, "abc")
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	press(t, canvas, "open")
	press(t, canvas, "choose")
	want := []model.Msg{model.Use{Wish: model.Wish{Text: "abc"}}, model.Use{Wish: model.Wish{Text: "abc"}}, model.Act{Action: model.Action{Do: model.ActChoose}}}
	if fmt.Sprint(*said) != fmt.Sprint(want) {
		t.Errorf("%v", *said)
	}
}

func TestSigningWaitsForTheName(t *testing.T) {
	agree := model.Button{Label: "agree", Says: model.Agree{Send: true}}
	v := model.View{Screen: model.Review, Review: model.ReviewView{Agree: agree, NameLabel: "name", Name: "A"}}
	p, canvas, said := put(t, v)
	press(t, canvas, "agree")
	if len(*said) != 0 {
		t.Fatalf("signed without a name: %v", *said)
	}
	test.Type(look.Entry(canvas), "da") // the cursor stands at the beginning
	if last := (*said)[len(*said)-1]; last != (model.NameTyped{Name: "daA"}) {
		t.Errorf("typing says %v", last)
	}
	v.Review.MayAgree = true
	p.Update(v)
	press(t, canvas, "agree")
	v.Review.MayAgree = false
	p.Update(v)
	press(t, canvas, "agree")
	if n := len(*said); n != 3 || (*said)[2] != (model.Agree{Send: true}) {
		t.Errorf("said %v", *said)
	}
}

// What changes on the list of checks is shown: states, words, the bar, the picture, what to read.
func TestChecksMove(t *testing.T) {
	view := func(summary string, row model.CheckRow, picture model.PictureView, read string) model.View {
		return model.View{Screen: model.Checking, Checks: model.ChecksView{Summary: summary, Rows: []model.CheckRow{row}, Picture: picture, Read: read}}
	}
	row := func(s model.CheckState, f float64, word string) model.CheckRow {
		r := model.CheckRow{ID: "a", Name: "A", State: s, Fraction: f, Word: word}
		if s == model.Waiting || s == model.Running {
			r.Halt = model.Button{Label: "halt", Says: model.HaltAsked{Check: "a"}}
		}
		return r
	}
	p, canvas, _ := put(t, view("0 of 1", row(model.Waiting, 0, "waiting"), model.PictureView{}, ""))
	for _, step := range []struct {
		summary string
		row     model.CheckRow
		picture model.PictureView
		read    string
		shows   []string
		hides   []string
	}{
		{"0 of 1", row(model.Running, 0.4, "downloading"), model.PictureView{Kind: model.Area, Title: "speed", Value: "41 Mbit/s", Top: "50 Mbit/s", Values: []float64{1, 2}, Most: 50}, "", []string{"downloading", "speed", "41 Mbit/s", "50 Mbit/s", "halt"}, []string{"waiting"}},
		{"0 of 1", row(model.Running, 0.5, "please read"), model.PictureView{Kind: model.Level, Title: "level", Values: []float64{0.2, 0.4}}, "Thank you", []string{"please read", "level", "Thank you"}, []string{"speed", "50 Mbit/s"}},
		{"1 of 1", row(model.Done, 1, "done"), model.PictureView{}, "", []string{"done", "1 of 1"}, []string{"Thank you", "level", "halt", "0 of 1"}},
	} {
		p.Update(view(step.summary, step.row, step.picture, step.read))
		shown := look.Text(canvas)
		for _, want := range step.shows {
			if !strings.Contains(shown, want) {
				t.Errorf("%s: %q is not shown:\n%s", step.row.Word, want, shown)
			}
		}
		for _, no := range step.hides {
			if strings.Contains(shown, no) {
				t.Errorf("%s: %q is still shown:\n%s", step.row.Word, no, shown)
			}
		}
	}
	more := view("1 of 1", row(model.Done, 1, "done"), model.PictureView{}, "")
	more.Checks.Rows = append(more.Checks.Rows, row(model.Done, 1, "one too many"))
	p.Update(more)
}

// What is done for the person is told on the page that they are on.
func TestNotices(t *testing.T) {
	p, canvas, _ := put(t, model.View{Screen: model.Sent})
	p.Update(model.View{Screen: model.Sent, Notice: "the file is there"})
	if !strings.Contains(look.Text(canvas), "the file is there") {
		t.Errorf("shown is:\n%s", look.Text(canvas))
	}
	p.Update(model.View{Screen: model.Sent})
	if strings.Contains(look.Text(canvas), "the file is there") {
		t.Error("the notice stays")
	}
}

// A question has a button for each answer, and Escape says the last one.
func TestQuestions(t *testing.T) {
	put(t, model.View{Screen: model.Sent})
	var said []int
	content, safe := NewQuestion(model.QuestionView{Title: "t", Text: "x", Answers: []string{"yes", "no"}}, func(i int) { said = append(said, i) })
	w := test.NewTempWindow(t, content)
	press(t, w.Canvas(), "yes")
	press(t, w.Canvas(), "no")
	safe.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	safe.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	if fmt.Sprint(said) != "[0 1 1]" {
		t.Errorf("%v", said)
	}
}

// What is longer than the window can be read by keyboard.
func TestKeysScroll(t *testing.T) {
	v := model.View{Screen: model.Result, Result: model.ResultView{Next: model.Button{Label: "next"}, Cards: []model.CardView{{Name: "c"}}}}
	for i := range 60 {
		v.Result.Cards[0].Lines = append(v.Result.Cards[0].Lines, model.LineView{Name: fmt.Sprint("rule ", i)})
	}
	p, canvas, _ := put(t, v)
	first := func() float32 {
		var y float32
		look.Walk(canvas.Content(), func(o fyne.CanvasObject) bool {
			if l, ok := o.(*fynewidget.Label); ok && l.Text == "rule 0" {
				y = fyne.CurrentApp().Driver().AbsolutePositionForObject(l).Y
			}
			return true
		})
		return y
	}
	top := first()
	var last float32
	for i, k := range []fyne.KeyName{fyne.KeyDown, fyne.KeyPageDown, fyne.KeyEnd, fyne.KeyDown} {
		p.Key(&fyne.KeyEvent{Name: k})
		if i > 0 && i < 3 && first() >= last {
			t.Errorf("%s does not go down", k)
		}
		if i == 3 && first() != last {
			t.Error("it goes on below the end")
		}
		last = first()
	}
	p.Key(&fyne.KeyEvent{Name: fyne.KeyUp})
	p.Key(&fyne.KeyEvent{Name: fyne.KeyPageUp})
	p.Key(&fyne.KeyEvent{Name: fyne.KeyTab})
	if first() <= last {
		t.Error("it does not go up again")
	}
	p.Key(&fyne.KeyEvent{Name: fyne.KeyHome})
	if first() != top {
		t.Errorf("the top is at %v, not %v", first(), top)
	}
	p.First.(*widget.Button).TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if first() >= top {
		t.Error("a button keeps the keys for itself")
	}
}

func TestEveryToneHasASign(t *testing.T) {
	seen := map[string]bool{}
	for _, tone := range []model.Tone{model.Neutral, model.Good, model.Warn, model.Bad, model.Unclear} {
		seen[toneIcon(tone)] = true
		if toneColour(tone) == "" {
			t.Errorf("%s has no colour", tone)
		}
	}
	if len(seen) != 5 {
		t.Errorf("5 tones have %d signs: colour alone would tell them apart", len(seen))
	}
	seen = map[string]bool{}
	for _, s := range []model.CheckState{model.Waiting, model.Running, model.Done, model.Without, model.LeftOut} {
		icon, _ := stateLook(s)
		seen[icon] = true
	}
	if len(seen) != 5 {
		t.Errorf("5 states have %d signs", len(seen))
	}
	if toneImportance(model.Good) == toneImportance(model.Bad) || toneImportance(model.Unclear) != fynewidget.MediumImportance || toneImportance(model.Warn) == toneImportance(model.Good) {
		t.Error("words are not coloured as meant")
	}
}

// Every check has a drawing, and every drawing is there.
func TestDrawings(t *testing.T) {
	names := []string{"settings", "file", "next", "quiet", "cable", "power", "programs"}
	for _, id := range []string{"internet.speed", "network.path", "webrtc.connect", "webrtc.media", "audio.output", "audio.microphone", "machine.cpu", "machine.memory", "machine.system"} {
		names = append(names, checkIcon(id))
	}
	for _, tone := range []model.Tone{model.Neutral, model.Good, model.Warn, model.Bad, model.Unclear} {
		names = append(names, toneIcon(tone))
	}
	for _, n := range names {
		if _, err := assets.Icon(n + ".svg"); err != nil {
			t.Error(err)
		}
	}
}

package screen

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	fynewidget "fyne.io/fyne/v2/widget"

	"linecheck/gui/internal/look"
	"linecheck/gui/model"
	"linecheck/gui/theme"
	"linecheck/gui/widget"
)

// put shows a page on a window without a display.
func put(t *testing.T, v model.View) (Page, fyne.Canvas, *[]model.Msg) {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(theme.New())
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
	for _, c := range []struct {
		view  model.View
		label string
		says  model.Msg
	}{
		{model.View{Screen: model.Welcome, Welcome: model.WelcomeView{Start: "start"}}, "start", model.Start{}},
		{model.View{Screen: model.Welcome, Welcome: model.WelcomeView{Start: "start", Retry: "retry", Warning: "w", Note: "n"}}, "retry", model.Retry{}},
		{model.View{Screen: model.Checking, Checks: model.ChecksView{Stop: "stop"}}, "stop", model.Stop{}},
		{model.View{Screen: model.Result, Result: model.ResultView{Again: "again"}}, "again", model.Again{}},
		{model.View{Screen: model.Result, Result: model.ResultView{Next: "next"}}, "next", model.ShowReview{}},
		{model.View{Screen: model.Result, Result: model.ResultView{Retry: "retry"}}, "retry", model.Retry{}},
		{model.View{Screen: model.Review, Review: model.ReviewView{Back: "back", Agree: "agree"}}, "back", model.Back{}},
		{model.View{Screen: model.Review, Review: model.ReviewView{Agree: "agree", MayAgree: true}}, "agree", model.Agree{}},
		{model.View{Screen: model.Refused, Plain: model.PlainView{Retry: "retry", RetryMsg: model.Retry{}, Close: "close"}}, "retry", model.Retry{}},
		{model.View{Screen: model.Sent, Plain: model.PlainView{Close: "close"}}, "close", model.CloseAsked{}},
	} {
		_, canvas, said := put(t, c.view)
		press(t, canvas, c.label)
		if len(*said) != 1 || (*said)[0] != c.says {
			t.Errorf("%s says %v", c.label, *said)
		}
	}
}

func TestSigningWaitsForTheName(t *testing.T) {
	v := model.View{Screen: model.Review, Review: model.ReviewView{Agree: "agree", NameLabel: "name", Name: "A"}}
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
	if n := len(*said); n != 3 || (*said)[2] != (model.Agree{}) {
		t.Errorf("said %v", *said)
	}
}

// Only what changed on the list of checks is touched, and everything that did.
func TestChecksMove(t *testing.T) {
	view := func(summary string, rows ...model.CheckRow) model.View {
		return model.View{Screen: model.Checking, Checks: model.ChecksView{Summary: summary, Rows: rows, Stop: "stop"}}
	}
	row := func(s model.CheckState, f float64, word string) model.CheckRow {
		return model.CheckRow{ID: "a", Name: "A", State: s, Fraction: f, Word: word}
	}
	p, canvas, _ := put(t, view("0 of 1", row(model.Waiting, 0, "waiting")))
	bars := func() (shown []float64) {
		look.Walk(canvas.Content(), func(o fyne.CanvasObject) bool {
			if b, ok := o.(*fynewidget.ProgressBar); ok {
				shown = append(shown, b.Value)
			}
			return true
		})
		return shown
	}
	for _, step := range []struct {
		summary string
		row     model.CheckRow
		bars    string
	}{
		{"0 of 1", row(model.Running, 0.4, "downloading"), "[0.4]"},
		{"0 of 1", row(model.Running, 0.5, "uploading"), "[0.5]"},
		{"1 of 1", row(model.Done, 1, "done"), "[]"},
		{"1 of 1", row(model.Without, 1, "no result"), "[]"},
	} {
		p.Update(view(step.summary, step.row))
		if got := fmt.Sprint(bars()); got != step.bars {
			t.Errorf("%s: bars %s instead of %s", step.row.Word, got, step.bars)
		}
		if want := "A\n" + step.row.Word + "\n\n" + step.summary + "\nstop"; look.Text(canvas) != want {
			t.Errorf("shown is %q, not %q", look.Text(canvas), want)
		}
	}
	p.Update(view("1 of 1", row(model.Done, 1, "done"), row(model.Done, 1, "one too many")))
}

// What is longer than the window can be read by keyboard.
func TestKeysScroll(t *testing.T) {
	v := model.View{Screen: model.Result, Result: model.ResultView{Next: "next"}}
	for i := range 60 {
		v.Result.Rules = append(v.Result.Rules, model.RuleView{Name: fmt.Sprint("rule ", i)})
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
		seen[toneIcon(tone).Name()] = true
	}
	if len(seen) != 5 {
		t.Errorf("5 tones have %d signs: colour alone would tell them apart", len(seen))
	}
	seen = map[string]bool{}
	for _, s := range []model.CheckState{model.Waiting, model.Running, model.Done, model.Without} {
		seen[stateIcon(s).Name()] = true
	}
	if len(seen) != 4 {
		t.Errorf("4 states have %d signs", len(seen))
	}
	if toneImportance(model.Good) == toneImportance(model.Bad) || toneImportance(model.Unclear) != fynewidget.MediumImportance || toneImportance(model.Warn) == toneImportance(model.Good) {
		t.Error("words are not coloured as meant")
	}
}

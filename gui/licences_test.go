package gui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"linecheck/assets"
	"linecheck/gui/model"
	own "linecheck/gui/widget"
)

// The licences are reached from the settings, read and left by keyboard, and then the settings are as they were.
func TestReadingTheLicences(t *testing.T) {
	d := sit(t, sample(false), english(t))
	d.until(model.Welcome)
	lay(d.app, fyne.NewSize(width, height))
	d.press("Settings")
	d.press("Licences")
	before := d.app.below.Offset
	if before.Y == 0 {
		t.Error("the button is in sight without scrolling: nothing is tried here")
	}
	if s := d.app.view.Screen; s != model.Licences {
		t.Fatalf("%s is shown", s)
	}
	lay(d.app, fyne.NewSize(width, height))
	d.sees("linecheck-support licences", "Each text stands once", "example.org/work/0 v1.0.0")
	if strings.Contains(d.text(), "The end.") {
		t.Error("all of it is in sight")
	}
	key := func(k fyne.KeyName) { d.canvas().Focused().TypedKey(&fyne.KeyEvent{Name: k}) }
	key(fyne.KeyEnd)
	d.sees("The end.", "example.org/work/399 v1.399.0")
	key(fyne.KeyPageUp)
	if strings.Contains(d.text(), "The end.") {
		t.Error("Page Up does not go up")
	}
	key(fyne.KeyHome)
	d.sees("Each text stands once")
	key(fyne.KeyEscape)
	d.sees("Language", "Deutsch")
	if b, ok := d.canvas().Focused().(*own.Button); !ok || b.Text != "Licences" {
		t.Errorf("the focus is on %v", d.canvas().Focused())
	}
	if at := d.app.page.Body.Offset; at != before {
		t.Errorf("scrolled to %v, not to %v as before", at, before)
	}
	d.press("Licences")
	d.press("Back")
	d.press("Done")
	d.sees("Example Contact Centers")
}

// How long the page takes to open, with the real text, in a window without a display.
func BenchmarkOpeningTheLicences(b *testing.B) {
	text, err := assets.Licences()
	if err != nil {
		b.Fatal(err)
	}
	cfg := config(sample(false), keys(), func(func()) {})
	cfg.Licences = string(text)
	w := New(test.NewApp(), cfg)
	defer w.Close(0)
	w.window.Resize(fyne.NewSize(width, height))
	w.send(model.ShowSettings{Show: true})
	for b.Loop() {
		w.send(model.ShowLicences{Show: true})
		lay(w, fyne.NewSize(width, height))
		b.StopTimer()
		w.send(model.ShowLicences{})
		b.StartTimer()
	}
}

// Package look finds things on a window as a person would: by their words. It
// is for tests, and changes nothing but by pressing and typing.
package look

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	own "linecheck/gui/widget"
)

// Walk calls f for every visible object, from the outside to the inside. Where
// f returns false it does not look inside.
func Walk(o fyne.CanvasObject, f func(fyne.CanvasObject) bool) {
	if o == nil || !o.Visible() || !f(o) {
		return
	}
	var inside []fyne.CanvasObject
	switch o := o.(type) {
	case *fyne.Container:
		inside = o.Objects
	case fyne.Widget:
		inside = test.WidgetRenderer(o).Objects()
	}
	for _, c := range inside {
		Walk(c, f)
	}
}

// Everything is what is on a canvas, what lies above the rest last.
func Everything(c fyne.Canvas) []fyne.CanvasObject {
	return append([]fyne.CanvasObject{c.Content()}, c.Overlays().List()...)
}

// Text is every line of text that can be seen.
func Text(c fyne.Canvas) string {
	var lines []string
	for _, o := range Everything(c) {
		Walk(o, func(o fyne.CanvasObject) bool {
			switch o := o.(type) {
			case *widget.Label:
				lines = append(lines, o.Text)
				return false
			case *own.LongText:
				lines = append(lines, o.InSight())
				return false
			case *own.Button:
				lines = append(lines, o.Text)
				return false
			case *widget.Button:
				lines = append(lines, o.Text)
				return false
			}
			return true
		})
	}
	return strings.Join(lines, "\n")
}

// Button is the first button with that label, or nil; what lies above the rest comes first.
func Button(c fyne.Canvas, label string) fyne.Tappable {
	var found fyne.Tappable
	for _, o := range slices.Backward(Everything(c)) {
		Walk(o, func(o fyne.CanvasObject) bool {
			switch b := o.(type) {
			case *own.Button:
				if b.Text == label && found == nil {
					found = b
				}
				return false
			case *widget.Button:
				if b.Text == label && found == nil {
					found = b
				}
				return false
			}
			return found == nil
		})
	}
	return found
}

// Entry is the field that one types into, or nil.
func Entry(c fyne.Canvas) *own.Entry {
	var found *own.Entry
	for _, o := range Everything(c) {
		Walk(o, func(o fyne.CanvasObject) bool {
			if e, ok := o.(*own.Entry); ok {
				found = e
				return false
			}
			return true
		})
	}
	return found
}

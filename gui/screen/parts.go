package screen

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecheck/gui/model"
	own "linecheck/gui/widget"
)

// readable is the width that no line exceeds, in device-independent pixels.
const readable = 940

// frame is what every screen has: heading, content that scrolls, and buttons
// that go back on the left and on on the right.
type frame struct {
	head        fyne.CanvasObject
	content     []fyne.CanvasObject
	foot        []fyne.CanvasObject // between content and buttons
	left, right []*own.Button
}

func (f frame) page() Page {
	// On the right there is room for the scroll bar.
	inset := layout.NewCustomPaddedLayout(2, 2, 2, 14)
	body := container.NewVScroll(container.New(inset, container.NewVBox(f.content...)))
	keys := scrollBy(body)
	bar := container.NewHBox()
	for _, b := range f.left {
		bar.Add(b)
	}
	bar.Add(layout.NewSpacer())
	for _, b := range f.right {
		bar.Add(b)
	}
	for _, b := range slices.Concat(f.left, f.right) {
		b.Other = keys
	}
	foot := container.NewVBox(widget.NewSeparator(), container.NewPadded(container.NewVBox(append(f.foot, bar)...)))
	all := container.NewBorder(container.NewPadded(f.head), foot, nil, nil, body)
	return Page{Content: container.NewPadded(container.New(own.NewColumn(readable), all)), Key: keys}
}

// scrollBy scrolls by keys: Fyne scrolls by wheel and finger only.
func scrollBy(s *container.Scroll) func(*fyne.KeyEvent) {
	const line = 40
	return func(e *fyne.KeyEvent) {
		y := s.Offset.Y
		switch e.Name {
		case fyne.KeyDown:
			y += line
		case fyne.KeyUp:
			y -= line
		case fyne.KeyPageDown:
			y += s.Size().Height - line
		case fyne.KeyPageUp:
			y -= s.Size().Height - line
		case fyne.KeyHome:
			y = 0
		case fyne.KeyEnd:
			y = s.Content.MinSize().Height
		default:
			return
		}
		s.ScrollToOffset(fyne.NewPos(0, max(0, min(y, s.Content.MinSize().Height-s.Size().Height))))
	}
}

// heading is the screen's title and what it means, with an icon where it says how something came out.
func heading(tone model.Tone, title string, lines ...string) fyne.CanvasObject {
	t := text(title)
	t.SizeName, t.TextStyle.Bold = theme.SizeNameHeadingText, true
	box := lineBox(t)
	for _, l := range lines {
		if l != "" {
			box.Add(text(l))
		}
	}
	if tone == model.Neutral || tone == "" {
		return box
	}
	icon := container.NewGridWrap(fyne.NewSize(44, 44), widget.NewIcon(toneIcon(tone)))
	return container.NewBorder(nil, nil, container.NewVBox(layout.NewSpacer(), icon, layout.NewSpacer()), nil, box)
}

// text is a paragraph that wraps.
func text(s string) *widget.Label {
	l := widget.NewLabel(s)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// strong is a paragraph in bold.
func strong(s string) *widget.Label {
	l := text(s)
	l.TextStyle.Bold = true
	return l
}

// lineBox puts lines below each other. Labels bring more room around them than
// lines that belong together need.
func lineBox(lines ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedVBoxLayout(-6), lines...)
}

// section is a title, if there is one, above things that belong together.
func section(title string, content ...fyne.CanvasObject) fyne.CanvasObject {
	panel := own.NewPanel(lineBox(content...))
	if title == "" {
		return panel
	}
	t := strong(title)
	t.SizeName = theme.SizeNameSubHeadingText
	return container.New(layout.NewCustomPaddedVBoxLayout(0), t, panel)
}

// table shows names and values. Where copy is set the values may be marked and
// copied; each of them then is a stop for the Tab key.
func table(rows []model.Row, copy bool) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, r := range rows {
		value := text(r.Value)
		value.Selectable = copy
		if !strings.Contains(r.Value, " ") {
			value.Wrapping = fyne.TextWrapBreak // a path or a number has no blanks to wrap at
		}
		out = append(out, container.New(own.NewShares(2, 5), muted(r.Name), value))
	}
	return out
}

// muted is a paragraph that steps back behind others.
func muted(s string) *widget.Label {
	l := text(s)
	l.Importance = widget.LowImportance
	return l
}

// warning is a paragraph with a sign before it.
func warning(tone model.Tone, s string) fyne.CanvasObject {
	return own.NewPanel(container.NewBorder(nil, nil, sign(tone), nil, text(s)))
}

// sign is a tone's icon beside a line of text.
func sign(tone model.Tone) fyne.CanvasObject { return beside(widget.NewIcon(toneIcon(tone))) }

// beside puts an icon at the height of the first line of the text next to it.
func beside(icon fyne.CanvasObject) fyne.CanvasObject {
	return container.NewVBox(container.New(layout.NewCustomPaddedLayout(8, 0, 6, 0), icon))
}

func toneIcon(tone model.Tone) fyne.Resource {
	switch tone {
	case model.Good:
		return theme.NewSuccessThemedResource(theme.ConfirmIcon())
	case model.Warn:
		return theme.NewWarningThemedResource(theme.WarningIcon())
	case model.Bad:
		return theme.NewErrorThemedResource(theme.ErrorIcon())
	case model.Unclear:
		return theme.NewPrimaryThemedResource(theme.QuestionIcon())
	default:
		return theme.NewColoredResource(theme.InfoIcon(), theme.ColorNamePlaceHolder)
	}
}

// toneImportance colours a word; the word itself says the same.
func toneImportance(tone model.Tone) widget.Importance {
	switch tone {
	case model.Good:
		return widget.SuccessImportance
	case model.Warn:
		return widget.WarningImportance
	case model.Bad:
		return widget.DangerImportance
	default:
		return widget.MediumImportance
	}
}

// button is a button for each label that is not empty, which says msg.
func button(label string, main bool, send func(model.Msg), msg model.Msg) []*own.Button {
	if label == "" {
		return nil
	}
	return []*own.Button{own.NewButton(label, main, func() { send(msg) })}
}

package screen

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecheck/gui/model"
	owntheme "linecheck/gui/theme"
	own "linecheck/gui/widget"
)

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

// muted is a paragraph that steps back behind others.
func muted(s string) *widget.Label {
	l := text(s)
	l.Importance = widget.LowImportance
	return l
}

// small is a muted paragraph in small letters.
func small(s string) *widget.Label {
	l := muted(s)
	l.SizeName = theme.SizeNameCaptionText
	return l
}

// lineBox puts lines below each other. Labels bring more room around them than
// lines that belong together need.
func lineBox(lines ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedVBoxLayout(-9), lines...)
}

// title heads a section.
func title(s string) *widget.Label {
	t := strong(s)
	t.SizeName = theme.SizeNameSubHeadingText
	return t
}

// section is a panel with a title in it, if there is one, above things that belong together.
func section(head string, content ...fyne.CanvasObject) fyne.CanvasObject {
	if head != "" {
		content = append([]fyne.CanvasObject{title(head)}, content...)
	}
	return own.NewPanel(lineBox(content...))
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

// warning is a paragraph with a sign before it, on a ground of its tone.
func warning(tone model.Tone, s string) fyne.CanvasObject {
	return toned(tone, container.NewBorder(nil, nil, sign(tone), nil, text(s)))
}

// toned is a panel in a tone.
func toned(tone model.Tone, content fyne.CanvasObject) fyne.CanvasObject {
	ground := map[model.Tone]fyne.ThemeColorName{model.Good: owntheme.GoodGround, model.Warn: owntheme.WarnGround, model.Bad: owntheme.BadGround}[tone]
	if ground == "" {
		ground = owntheme.Panel
	}
	return own.NewTonedPanel(content, ground, toneColour(tone))
}

// sign is a tone's icon beside a line of text.
func sign(tone model.Tone) fyne.CanvasObject {
	return beside(own.NewIcon(toneIcon(tone), toneColour(tone), 22))
}

// beside puts an icon at the height of the first line of the text next to it.
func beside(icon fyne.CanvasObject) fyne.CanvasObject {
	return container.NewVBox(container.New(layout.NewCustomPaddedLayout(9, 0, 4, 2), icon))
}

// toneIcon is a shape of its own for each tone: colour never tells alone.
func toneIcon(tone model.Tone) string {
	switch tone {
	case model.Good, model.Warn, model.Bad, model.Unclear:
		return string(tone)
	default:
		return "info"
	}
}

func toneColour(tone model.Tone) fyne.ThemeColorName {
	switch tone {
	case model.Good:
		return theme.ColorNameSuccess
	case model.Warn:
		return theme.ColorNameWarning
	case model.Bad:
		return theme.ColorNameError
	case model.Unclear:
		return theme.ColorNamePrimary
	default:
		return theme.ColorNamePlaceHolder
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

// word is a short text in the colour of a tone.
func word(s string, tone model.Tone) *widget.Label {
	l := text(s)
	l.Importance = toneImportance(tone)
	return l
}

// checkIcon is the drawing for a check, by its id.
func checkIcon(id string) string {
	switch {
	case id == "audio.output":
		return "headset"
	case id == "audio.microphone":
		return "microphone"
	case id == "machine.cpu":
		return "processor"
	case id == "machine.memory":
		return "memory"
	case strings.HasPrefix(id, "internet."), strings.HasPrefix(id, "network."):
		return "internet"
	case strings.HasPrefix(id, "webrtc."):
		return "call"
	default:
		return "computer"
	}
}

package widget

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// LongText is a text of thousands of lines, in letters of one width, that wraps. It draws
// only the lines in sight, and as many again above and below them: a label would measure
// and draw every line. It stands in a [Body], which tells it what is in sight.
type LongText struct {
	widget.BaseWidget
	text        string
	top, bottom float32 // of what is in sight, below the text's own top
	placed      func()  // asks the body what is in sight; nil outside of one

	columns int // that the lines were wrapped at; 0 before
	lines   []string
	size    float32   // of the letters
	cell    fyne.Size // of one letter, with the room above and below it
	first   int       // line that is drawn
	drawn   []fyne.CanvasObject
}

const (
	// leastColumns is how wide a long text is at least, in letters.
	leastColumns = 24
	// lineSpacing is how high a line is, against its letters.
	lineSpacing = 1.15
)

// NewLongText is a long text.
func NewLongText(text string) *LongText {
	l := &LongText{text: strings.TrimSuffix(text, "\n")}
	l.ExtendBaseWidget(l)
	return l
}

// InSight are the lines that can be seen, as they stand.
func (l *LongText) InSight() string {
	if l.columns == 0 {
		return ""
	}
	from, to := l.rows(l.top, l.bottom)
	return strings.Join(l.lines[from:to], "\n")
}

// see learns what is in sight.
func (l *LongText) see(top, bottom float32) {
	l.top, l.bottom = top, bottom
	if l.columns == 0 {
		return
	}
	if from, to := l.rows(top, bottom); from < l.first || to > l.first+len(l.drawn) {
		l.draw()
		canvas.Refresh(l)
	}
}

// rows are the lines between two heights: the first of them, and the one after the last.
func (l *LongText) rows(top, bottom float32) (from, to int) {
	from = max(0, min(int(top/l.cell.Height), len(l.lines)))
	to = max(from, min(int(bottom/l.cell.Height)+1, len(l.lines)))
	return from, to
}

// measure takes over the theme's size of letters.
func (l *LongText) measure() {
	l.size = l.Theme().Size(fynetheme.SizeNameCaptionText)
	const some = "MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMM"
	s := fyne.MeasureText(some, l.size, fyne.TextStyle{Monospace: true})
	l.cell = fyne.NewSize(s.Width/float32(len(some)), s.Height*lineSpacing)
}

// wrap wraps the lines at a width, unless they are.
func (l *LongText) wrap(width float32) {
	columns := max(leastColumns, int(width/l.cell.Width))
	if columns == l.columns {
		return
	}
	l.columns, l.lines, l.drawn = columns, l.lines[:0], nil
	for line := range strings.SplitSeq(l.text, "\n") {
		l.lines = wrapped(l.lines, line, columns)
	}
}

// wrapped adds a line to others, in pieces of at most so many letters. What goes on in
// the next line begins below where the line began. A rule is as long as there is room.
func wrapped(lines []string, line string, columns int) []string {
	if len(line) <= columns || utf8.RuneCountInString(line) <= columns {
		return append(lines, line)
	}
	if strings.Trim(line, line[:1]) == "" {
		return append(lines, line[:columns])
	}
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	if len(indent) > columns/2 {
		indent = ""
	}
	rest := []rune(line)
	for len(rest) > columns {
		at := columns
		for at > len(indent) && rest[at] != ' ' {
			at--
		}
		if at == len(indent) { // a word longer than the line
			at = columns
		}
		lines = append(lines, strings.TrimRight(string(rest[:at]), " "))
		rest = []rune(indent + strings.TrimLeft(string(rest[at:]), " "))
	}
	return append(lines, string(rest))
}

// draw makes the lines in sight and those around them.
func (l *LongText) draw() {
	margin := l.bottom - l.top
	from, to := l.rows(l.top-margin, l.bottom+margin)
	colour := colourOf(&l.BaseWidget, fynetheme.ColorNameForeground)
	l.first, l.drawn = from, make([]fyne.CanvasObject, 0, to-from)
	for i, line := range l.lines[from:to] {
		t := canvas.NewText(line, colour)
		t.TextSize, t.TextStyle.Monospace = l.size, true
		t.Move(fyne.NewPos(0, float32(from+i)*l.cell.Height))
		t.Resize(fyne.NewSize(float32(l.columns)*l.cell.Width, l.cell.Height))
		l.drawn = append(l.drawn, t)
	}
}

// CreateRenderer is for Fyne.
func (l *LongText) CreateRenderer() fyne.WidgetRenderer {
	l.measure()
	return &longTextRenderer{l}
}

type longTextRenderer struct{ text *LongText }

// Layout is for Fyne, as are the methods below.
func (r *longTextRenderer) Layout(s fyne.Size) {
	r.text.wrap(s.Width)
	if r.text.placed != nil {
		r.text.placed()
	}
}

// MinSize is as high as all lines are at the last width.
func (r *longTextRenderer) MinSize() fyne.Size {
	return fyne.NewSize(leastColumns*r.text.cell.Width, float32(len(r.text.lines))*r.text.cell.Height)
}

// Objects are the lines that are drawn.
func (r *longTextRenderer) Objects() []fyne.CanvasObject { return r.text.drawn }

// Refresh takes over the theme.
func (r *longTextRenderer) Refresh() {
	r.text.measure()
	r.text.drawn = nil
	r.Layout(r.text.Size())
	canvas.Refresh(r.text)
}

// Destroy has nothing to do.
func (r *longTextRenderer) Destroy() {}

package pdf

import (
	"math"
	"slices"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"linecheck/report/render"
)

// Lengths are points of 1/72 inch on A4, so that the library's arithmetic is
// exact and every processor draws the same bytes.
const (
	left   = 48.0
	width  = 499.0
	right  = left + width
	bottom = 770.0 // of what is not the foot
)

// rgb is a colour.
type rgb [3]int

// sheet is the document while it is drawn. y is where the next thing begins.
type sheet struct {
	f     *fpdf.Fpdf
	c     content
	v     View
	y     float64
	faces []face // for what the library cannot draw; read when needed
	title string // of the section, told again at the head of its next pages
}

func newSheet(c content, v View) (*sheet, error) {
	f := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", SizeStr: "A4"})
	s := &sheet{f: f, c: c, v: v}
	f.SetAutoPageBreak(false, 0)
	f.SetMargins(left, 0, left)
	f.SetCellMargin(0)
	f.SetCatalogSort(true)
	f.SetCreationDate(c.made().UTC())
	f.SetModificationDate(c.made().UTC())
	f.SetTitle(s.word("pdf.title"), true)
	f.SetSubject(c.digest, true)
	f.SetProducer("Linecheck", true)
	f.SetLang(v.Words.Language)
	f.AddUTF8FontFromBytes("sans", "", v.Fonts.Regular)
	f.AddUTF8FontFromBytes("sans", "B", v.Fonts.Bold)
	return s, f.Error()
}

func (s *sheet) word(key string) string { return s.v.Words.Name(key) }

func (s *sheet) fill(c rgb)  { s.f.SetFillColor(c[0], c[1], c[2]) }
func (s *sheet) line(c rgb)  { s.f.SetDrawColor(c[0], c[1], c[2]) }
func (s *sheet) color(c rgb) { s.f.SetTextColor(c[0], c[1], c[2]) }

// page begins a page, with its foot.
func (s *sheet) page() {
	s.f.AddPage()
	s.fill(accent())
	s.f.Rect(left, 36, width, 3, "F")
	s.foot()
	s.y = 60
}

// section begins a part of the document; room is what must be left on the page for it to begin there.
func (s *sheet) section(title string, room float64) {
	s.title = title
	if s.y += 22; s.y+room > bottom {
		s.page()
	}
	s.text(style{size: 15, bold: true, color: ink()}, left, s.y+8, width, title)
	s.y += 26
}

// need begins a new page unless there is that much room.
func (s *sheet) need(height float64) {
	if s.y+height <= bottom {
		return
	}
	s.page()
	s.text(style{size: 8, color: grey()}, left, s.y, width, s.title)
	s.y += 16
}

// style is how a text looks.
type style struct {
	size  float64
	bold  bool
	color rgb
	right bool // the text ends at x+width
}

func (s *sheet) use(st style) {
	face := ""
	if st.bold {
		face = "B"
	}
	s.f.SetFont("sans", face, st.size)
	s.color(st.color)
}

// text draws one line that ends where its width ends; y is its base line.
func (s *sheet) text(st style, x, y, width float64, text string) {
	text = clip(text)
	if text == "" {
		return
	}
	s.use(st)
	if !s.plain(text) {
		s.shaped(st, x, y, width, text)
		return
	}
	text = s.fit(text, width)
	if st.right {
		x = round(x + width - s.f.GetStringWidth(text))
	}
	s.f.Text(x, y, text)
}

// fit cuts a text at the width, and shows that it did.
func (s *sheet) fit(text string, width float64) string {
	if s.f.GetStringWidth(text) <= width {
		return text
	}
	r := []rune(text)
	for len(r) > 0 && s.f.GetStringWidth(string(r)+"…") > width {
		r = r[:len(r)-1]
	}
	return strings.TrimRight(string(r), " ") + "…"
}

// wrap breaks a text into lines.
func (s *sheet) wrap(st style, width float64, text string) []string {
	text = clip(text)
	s.use(st)
	if !s.plain(text) {
		return []string{text}
	}
	var lines []string
	now := ""
	for _, word := range strings.Fields(text) {
		next := strings.TrimLeft(now+" "+word, " ")
		if s.f.GetStringWidth(next) <= width {
			now = next
			continue
		}
		if now != "" {
			lines = append(lines, now)
		}
		for now = word; s.f.GetStringWidth(now) > width && len(now) > 1; {
			n := s.breakable(now, width)
			lines, now = append(lines, now[:n]), now[n:]
		}
	}
	return append(lines, now)
}

// breakable is how many bytes of a word that is too long go on a line: up to
// the last dot or hyphen in its second half, or as many as fit.
func (s *sheet) breakable(word string, width float64) int {
	fits := 0
	for i := range word {
		if i > 0 && s.f.GetStringWidth(word[:i]) > width {
			break
		}
		fits = i
	}
	if i := strings.LastIndexAny(word[:fits], ".-/"); i+1 > fits/2 {
		return i + 1
	}
	return max(fits, 1)
}

// paragraph draws a text in lines from s.y on, and goes below it.
func (s *sheet) paragraph(st style, x, width float64, text string) {
	for _, l := range s.wrap(st, width, text) {
		s.need(st.size * 1.4)
		s.text(st, x, s.y+st.size, width, l)
		s.y = round(s.y + float64(st.size*1.4))
	}
}

// round drops what no printer shows.
func round(v float64) float64 { return math.Round(v*20) / 20 }

// clip bounds a stranger's text and takes out what steers instead of saying
// something; the joiners that some scripts need stay.
func clip(text string) string {
	const joiners = "\u200c\u200d"
	r := []rune(strings.Map(func(r rune) rune {
		if strings.ContainsRune(joiners, r) {
			return r
		}
		if k := render.Clean(string(r)); k == "" {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd")))
	if len(r) > maxText {
		r = append(slices.Clone(r[:maxText]), '…')
	}
	return string(r)
}

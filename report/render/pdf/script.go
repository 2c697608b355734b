package pdf

import (
	"bytes"
	"cmp"
	"slices"
	"unicode"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/bidi"
)

// face is a font whose outlines are drawn.
type face = *font.Face

// plain says whether the library can draw a text right: one character, one
// glyph, from left to right. Everything else is shaped and drawn as outlines.
func (s *sheet) plain(text string) bool {
	for _, r := range text {
		if r > 0xffff || !unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Common) || unicode.Is(unicode.M, r) {
			return false
		}
		if r > 0x2ff && unicode.Is(unicode.Common, r) && !s.has(r) {
			return false
		}
	}
	return true
}

// has says whether the regular font has a character.
func (s *sheet) has(r rune) bool {
	if !s.load() {
		return true
	}
	_, ok := s.faces[0].NominalGlyph(r)
	return ok
}

// load reads the fonts for outlines, once.
func (s *sheet) load() bool {
	if s.faces != nil {
		return true
	}
	for _, data := range append([][]byte{s.v.Fonts.Regular}, s.v.Fonts.Others...) {
		f, err := font.ParseTTF(bytes.NewReader(data))
		if err != nil {
			s.f.SetError(err)
			return false
		}
		s.faces = append(s.faces, f)
	}
	return true
}

// faceMap chooses the font for each character: the first that has it.
type faceMap []face

// ResolveFace is what the shaping library asks.
func (m faceMap) ResolveFace(r rune) *font.Face {
	for i, f := range m {
		// The first font has letters of other scripts too, but not their shaping.
		if i == 0 && unicode.In(r, unicode.Devanagari, unicode.Arabic) {
			continue
		}
		if _, ok := f.NominalGlyph(r); ok {
			return f
		}
	}
	return m[0]
}

// shaped draws a line of any script as outlines, cut at its width, and the
// same text invisibly over it for searching and copying.
func (s *sheet) shaped(st style, x, y, width float64, text string) {
	if !s.load() {
		return
	}
	runs, total := s.shape(st.size, text)
	if st.right {
		x = max(x, round(x+width-total))
	}
	s.fill(st.color) // before the clip, whose end undoes what is set within
	s.f.ClipRect(x-1, round(y-float64(st.size*1.25)), round(min(total, width)+2), round(st.size*1.75), false)
	pen := x
	for _, run := range runs {
		for _, g := range run.Glyphs {
			s.glyph(run.Face, g, st.size, pen, y)
			pen += float64(g.Advance) / 64
		}
	}
	s.f.ClipEnd()
	s.f.SetTextRenderingMode(3)
	s.f.Text(x, y, visible(runs, []rune(text)))
	s.f.SetTextRenderingMode(0)
}

// shape is a text as glyphs, in the order in which they stand from left to right.
func (s *sheet) shape(size float64, text string) (runs []shaping.Output, width float64) {
	direction := di.DirectionLTR
	runes := []rune(text)
	if i := slices.IndexFunc(runes, strong); i >= 0 && !leftToRight(runes[i]) {
		direction = di.DirectionRTL
	}
	var cut shaping.Segmenter
	var shaper shaping.HarfbuzzShaper
	for _, in := range cut.Split(shaping.Input{Text: runes, RunEnd: len(runes), Direction: direction, Size: fixed.Int26_6(size * 64), Language: language.NewLanguage("und")}, faceMap(s.faces)) {
		runs = append(runs, shaper.Shape(in))
	}
	var wrapper shaping.LineWrapper
	lines, _ := wrapper.WrapParagraph(shaping.WrapConfig{Direction: direction}, 1<<24, runes, shaping.NewSliceIterator(runs))
	if len(lines) == 0 {
		return nil, 0
	}
	runs = slices.Clone(lines[0])
	slices.SortFunc(runs, func(a, b shaping.Output) int { return cmp.Compare(a.VisualIndex, b.VisualIndex) })
	for _, r := range runs {
		width += float64(r.Advance) / 64
	}
	return runs, width
}

func strong(r rune) bool {
	p, _ := bidi.LookupRune(r)
	return p.Class() == bidi.L || p.Class() == bidi.R || p.Class() == bidi.AL
}

func leftToRight(r rune) bool {
	p, _ := bidi.LookupRune(r)
	return p.Class() == bidi.L
}

// glyph draws one outline with its origin at the pen.
func (s *sheet) glyph(f face, g shaping.Glyph, size, x, y float64) {
	outline, ok := f.GlyphData(g.GlyphID).(font.GlyphOutline)
	if !ok || len(outline.Segments) == 0 {
		return
	}
	scale := size / float64(f.Upem())
	x += float64(g.XOffset) / 64
	y -= float64(g.YOffset) / 64
	at := func(p opentype.SegmentPoint) (float64, float64) {
		return x + float64(float64(p.X)*scale), y - float64(float64(p.Y)*scale)
	}
	var penX, penY float64
	for i, seg := range outline.Segments {
		x0, y0 := at(seg.Args[0])
		switch seg.Op {
		case opentype.SegmentOpMoveTo:
			if i > 0 {
				s.f.ClosePath()
			}
			s.f.MoveTo(round(x0), round(y0))
			penX, penY = x0, y0
		case opentype.SegmentOpLineTo:
			s.f.LineTo(round(x0), round(y0))
			penX, penY = x0, y0
		case opentype.SegmentOpQuadTo: // PDF knows curves of the third degree alone
			x1, y1 := at(seg.Args[1])
			s.curve(towards(penX, x0), towards(penY, y0), towards(x1, x0), towards(y1, y0), x1, y1)
			penX, penY = x1, y1
		case opentype.SegmentOpCubeTo:
			x1, y1 := at(seg.Args[1])
			x2, y2 := at(seg.Args[2])
			s.curve(x0, y0, x1, y1, x2, y2)
			penX, penY = x2, y2
		}
	}
	s.f.ClosePath()
	s.f.DrawPath("F")
}

func (s *sheet) curve(x0, y0, x1, y1, x, y float64) {
	s.f.CurveBezierCubicTo(round(x0), round(y0), round(x1), round(y1), round(x), round(y))
}

// towards is the point two thirds of the way from an end to the control point.
func towards(end, control float64) float64 { return end + float64((control-end)*2/3) }

// visible is a text as it stands from left to right, which is how PDF readers
// expect to find it, with what the library cannot write replaced.
func visible(runs []shaping.Output, text []rune) string {
	var out []rune
	for _, run := range runs {
		part := slices.Clone(text[run.Runes.Offset : run.Runes.Offset+run.Runes.Count])
		if run.Direction == di.DirectionRTL {
			slices.Reverse(part)
		}
		out = append(out, part...)
	}
	for i := range out {
		if out[i] > 0xffff {
			out[i] = '\ufffd'
		}
	}
	return string(out)
}

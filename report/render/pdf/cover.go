package pdf

import (
	"fmt"
	"strings"

	"linecheck/report"
	"linecheck/report/policy"
	"linecheck/report/render"
)

const (
	coverRows = 4 // numbers shown of one area
	codeSize  = 84.0
	column2   = left + 252
)

// cover is the first page: what a recruiter understands in ten seconds.
func (s *sheet) cover() {
	s.page()
	s.text(style{size: 22, bold: true, color: ink()}, left, 84, width-codeSize-24, s.word("pdf.title"))
	who := s.c.organisation
	if who == "" && s.c.invite != nil {
		who = s.c.invite.Origin
	}
	if who == "" {
		who = s.word("pdf.self-check")
	}
	s.text(style{size: 11, color: grey()}, left, 104, width-codeSize-24, strings.TrimSpace(s.word("pdf.for")+" "+who))
	s.qrCode(s.c.link, right-codeSize, 50, codeSize)
	s.text(style{size: 7.5, color: grey()}, left, 128, width-codeSize-24, s.word("pdf.code"))
	s.text(style{size: 12, bold: true, color: ink()}, left, 143, width-codeSize-24, s.c.code)
	s.verdict(158)
	s.facts(246)
	s.areas(378)
}

// verdict says in words how it came out.
func (s *sheet) verdict(y float64) {
	v := s.c.appraisal.Verdict
	s.fill(verdictTint(v))
	s.f.Rect(left, y, width, 70, "F")
	s.fill(verdictColor(v))
	s.f.Rect(left, y, 4, 70, "F")
	s.mark(v, left+20, y+16, 38)
	s.text(style{size: 20, bold: true, color: verdictColor(v)}, left+76, y+31, width-92, s.word("pdf.verdict."+string(v)))
	for i, l := range s.wrap(style{size: 9.5, color: ink()}, width-92, s.word("pdf.verdict."+string(v)+".text")) {
		s.text(style{size: 9.5, color: ink()}, left+76, y+47+float64(i)*13, width-92, l)
	}
}

// facts are who, what for and when.
func (s *sheet) facts(y float64) {
	none := s.word("pdf.none")
	applicant, role, region, signature, received, until, run := none, none, none, none, s.word("pdf.not-received"), none, none
	if i := s.c.invite; i != nil {
		applicant, role, region = i.Applicant, s.word(i.Role), i.Region
	}
	if s.c.report.Signature != "" {
		signature = s.c.report.Signature
	}
	if r := s.c.receipt; r != nil {
		received, until, run = moment(r.Received), day(s.c.validUntil), s.blank("pdf.run", "n", fmt.Sprint(r.Run), "all", fmt.Sprint(r.Runs))
	}
	organisation := s.c.organisation
	if organisation == "" {
		organisation = s.word("pdf.unconfirmed")
	}
	for i, f := range [][2]string{
		{"pdf.organisation", organisation}, {"pdf.applicant", applicant}, {"pdf.signature", signature}, {"pdf.role", role},
		{"pdf.region", region}, {"pdf.received", received}, {"pdf.valid-until", until}, {"pdf.runs", run},
	} {
		x, row := left, y+float64(i/2)*31
		if i%2 == 1 {
			x = column2
		}
		s.text(style{size: 7.5, color: grey()}, x, row+8, 240, s.word(f[0]))
		s.text(style{size: 11, color: ink()}, x, row+22, 240, f[1])
	}
}

// blank is a text of the catalogue with its blanks filled.
func (s *sheet) blank(key string, pairs ...string) string {
	text := s.word(key)
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+pairs[i]+"}", pairs[i+1])
	}
	return text
}

// areas are the five things that were checked, against what was required.
func (s *sheet) areas(y float64) {
	head := style{size: 7.5, color: grey()}
	s.y = y
	s.rule(s.y)
	for _, h := range []struct {
		x    float64
		text string
	}{{left, "pdf.areas"}, {left + 152, "table.check"}, {left + 298, "table.measured"}, {left + 364, "table.required"}, {left + 447, "pdf.seen"}} {
		s.text(head, h.x, s.y+11, right-h.x, s.word(h.text))
	}
	s.y += 17
	for _, a := range s.c.areas() {
		s.area(a)
	}
	s.rule(s.y)
	x := left
	for _, seen := range []bool{true, false} {
		s.witness(seen, x+3, s.y+11)
		key := "pdf.claimed.text"
		if seen {
			key = "pdf.observed.text"
		}
		s.text(head, x+10, s.y+13.5, width/2-14, s.word(key))
		x += width / 2
	}
}

func (s *sheet) rule(y float64) {
	s.line(pale())
	s.f.SetLineWidth(0.75)
	s.f.Line(left, y, right, y)
}

// area is one of the five: its mark, and the numbers that matter most.
func (s *sheet) area(a area) {
	s.rule(s.y)
	top := s.y + 5
	v, word := a.verdict, "rule."+string(a.verdict)
	switch {
	case v == "":
		word = "pdf.not-asked"
	case a.unseen():
		v, word = "", "pdf.not-measured"
	}
	s.mark(v, left, top+3, 16)
	s.text(style{size: 10, bold: true, color: ink()}, left+24, top+10, 114, s.word(a.name))
	s.text(style{size: 8, color: verdictColor(v)}, left+24, top+21, 122, s.word(word))
	y := top + 9
	for i, r := range a.results {
		if i == coverRows {
			s.text(style{size: 7.5, color: grey()}, left+152, y, 300, s.blank("pdf.more", "n", fmt.Sprint(len(a.results)-i)))
			y += 12
			break
		}
		y += s.number(r, y)
	}
	s.y = max(y-4, top+28) + 1
}

// number is one number on the first page; it returns the height.
func (s *sheet) number(r policy.RuleResult, y float64) float64 {
	row := render.RowOf(r, s.v.Words)
	st := style{size: 8.5, color: ink()}
	if r.Verdict != report.Ready {
		st.bold, st.color = true, verdictColor(r.Verdict)
		s.mark(r.Verdict, left+141, y-7, 8)
	}
	s.text(style{size: 8.5, color: ink(), bold: st.bold}, left+152, y, 142, row.What)
	s.text(st, left+298, y, 63, row.Measured)
	required := s.wrap(style{size: 8.5}, 80, row.Required)
	for i, l := range required {
		s.text(style{size: 8.5, color: ink()}, left+364, y+float64(i)*10.5, 80, l)
	}
	height := 2 + float64(len(required))*10.5
	if r.Value == "" {
		return height
	}
	seen := s.c.seen(r)
	s.witness(seen, left+450, y-3)
	key := "pdf.claimed"
	if seen {
		key = "pdf.observed"
	}
	s.text(style{size: 8, color: grey()}, left+457, y, 42, s.word(key))
	return height
}

// foot is what every page ends with.
func (s *sheet) foot() {
	s.rule(784)
	st := style{size: 7, color: grey()}
	for i, l := range s.wrap(st, width-70, s.word("pdf.picture")) {
		s.text(st, left, 795+float64(i)*8.5, width-70, l)
	}
	s.text(st, left, 806, width-70, s.word("pdf.digest")+" "+s.c.digest)
}

// pageNumbers goes back to every page once it is known how many there are.
func (s *sheet) pageNumbers() {
	pages := s.f.PageCount()
	for n := 1; n <= pages; n++ {
		s.f.SetPage(n)
		// What a page was left with is not what the library remembers: say all of it again.
		s.use(style{size: 1, color: ink()})
		s.fill(pale())
		s.text(style{size: 7, color: grey(), right: true}, right-68, 795, 68, s.blank("pdf.page", "n", itoa(n), "all", itoa(pages)))
	}
}

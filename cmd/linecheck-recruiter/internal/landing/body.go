package landing

import (
	"fmt"
	"html/template"
	"image/color"
	"slices"
	"strings"

	"github.com/boombuler/barcode/qr"

	"linecheck/cmd/linecheck-recruiter/internal/words"
	"linecheck/report"
	"linecheck/report/advice"
	"linecheck/report/bundle"
	"linecheck/report/exchange"
	"linecheck/report/render"
	"linecheck/report/render/pdf"
)

// frame is what every page has.
type frame struct {
	words.Speaker
	Languages []advice.Language
	// Language is the one that is spoken; Query keeps the choice of it, and is empty where none was made.
	Language advice.Language
	Query    string
}

// body is what a page is made of. What is empty is left out.
type body struct {
	frame
	Head  string
	Texts []string
	// Tone is "good", "warn" or "bad"; empty where the head is no news.
	Tone string
	// Note is what the recruiter wrote.
	Note  string
	Facts []fact
	Next  string
	// Lookup says where the report is found by its code.
	Lookup string
	// Path is the page's own, without the query.
	Path  string
	Offer *offer
	Steps *steps
	// Handheld: the visitor sits at a phone or tablet.
	Handheld bool
	Hand     *handOver
	Checks   []fact
	Leaves   []string
	// Awaited: there is something to come back for. Usable: whoever has the address can use the invite.
	Awaited, Usable bool
}

// fact is a name and what it stands for.
type fact struct{ Name, Value string }

// offer is an earlier report that may serve.
type offer struct{ Text, Report string }

// steps are what leads to a report.
type steps struct {
	// Mine are the downloads for the visitor's system, Others those for the other ones; Missing says whom to ask where there is none.
	Mine    *offered
	Others  []offered
	Missing string
	// Least says which version the invite asks for; Get is where the recruiter says that it can be had. Both may be empty.
	Least, Get string
	Open       template.URL
	Typed      string
}

// handOver is how the page comes to another computer.
type handOver struct {
	Address string
	// Dots draws the QR code, one unit a module, Size is how many there are with the quiet zone around it, which Margin begins.
	Dots         string
	Size, Margin int
}

func (p *Pages) frame(v visit) frame {
	f := frame{Speaker: v.Speaker, Languages: p.words.Languages()}
	f.Language = f.Languages[slices.IndexFunc(f.Languages, func(l advice.Language) bool { return l.Code == v.Code() })]
	if chosen := v.URL.Query().Get(langQuery); chosen == v.Code() {
		f.Query = "?" + langQuery + "=" + chosen
	}
	return f
}

// body puts a state into words.
func (p *Pages) body(v visit, s state) (b body, err error) {
	who := render.Clean(s.trust.Value().Name)
	b = body{frame: p.frame(v), Path: Prefix + v.code, Handheld: deviceOf(v.Request).handheld, Usable: s.usable}
	b.news(v, s, who)
	b.Facts = p.facts(v, s)
	if s.report != nil {
		b.Lookup = v.Say("gui.sent.code.text", "address", pdf.LookupPage(p.Origin.String()))
	}
	if s.offer != nil {
		b.Offer = &offer{Report: s.offer.Digest, Text: v.Say("landing.reuse.text", "who", who, "at", v.Moment(s.offer.Received))}
	}
	if s.usable && (s.kind == open || s.kind == running || s.kind == repeat) {
		b.Checks, b.Leaves = checks(v, s), leaves(v, s, who)
		if b.Hand, err = p.handOver(v); err == nil {
			b.Steps, err = p.steps(v, who, s.sealed)
		}
	}
	return b, err
}

// news is what the page says first.
func (b *body) news(v visit, s state, who string) {
	say := func(key string) string { return v.Say("landing."+key, "who", who, "at", when(v, s)) }
	b.Head, b.Texts = say(string(s.kind)+".title"), []string{say(string(s.kind) + ".text")}
	switch s.kind {
	case open:
		b.Head, b.Texts = say("title"), []string{say("asks")}
		b.Awaited = true
	case running:
		b.Tone, b.Awaited = "warn", true
	case revoked:
		b.Tone = "warn"
	case received:
		b.Head, b.Texts = v.Word("gui.sent.title"), nil
		b.Tone, b.Next, b.Awaited = "good", v.Say("gui.sent.next", "who", who), true
	case reused:
		b.Tone, b.Next, b.Awaited = "good", v.Say("gui.sent.next", "who", who), true
	case accepted:
		b.Tone = "good"
	case repeat:
		b.Tone, b.Note, b.Awaited = "warn", clean(s.note), s.usable
		if s.spent {
			b.Texts = append(b.Texts, say("used"))
		}
		if !s.usable {
			b.Texts = append(b.Texts, say("ask"))
		}
	case expired:
		b.Tone, b.Texts = "warn", append(b.Texts, say("ask"))
	case aged:
		b.Tone = "warn"
	}
}

// when is the time that a state's text names.
func when(v visit, s state) string {
	switch s.kind {
	case running:
		return v.Moment(v.invite.Running)
	case reused:
		return v.Moment(s.report.Received)
	case aged:
		return v.Moment(s.until)
	}
	return v.Moment(v.invite.Ends)
}

func (p *Pages) facts(v visit, s state) []fact {
	if s.report != nil {
		list := []fact{{v.Word("gui.sent.received"), v.Moment(s.report.Received)}, {v.Word("gui.sent.code"), bundle.Code(s.report.Digest)}}
		if s.kind != aged && s.kind != repeat {
			list = append(list, fact{v.Word("pdf.valid-until"), v.Moment(s.until)})
		}
		return list
	}
	list := []fact{{v.Word("gui.row.role"), render.Clean(v.invite.Role)}}
	if s.kind == open || s.kind == running {
		list = append(list, fact{v.Word("gui.row.until"), v.Moment(v.invite.Ends)}, fact{v.Word("gui.row.time"), v.Word("landing.time")})
	}
	return list
}

// clean is a text of several lines that steers nothing.
func clean(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		lines = append(lines, render.Clean(line))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// checks are what the policy has measured, with why.
func checks(v visit, s state) (list []fact) {
	for _, id := range s.policy.Checks() {
		if why := "gui.why." + id; v.Has(id) && v.Has(why) {
			list = append(list, fact{v.Word(id), v.Word(why)})
		}
	}
	return list
}

// leaves says what leaves the applicant's computer, as the program does before it measures.
func leaves(v visit, s state, who string) []string {
	list := []string{v.Say("gui.leaves.report", "who", who)}
	if s.sealed.LegalName {
		list = append(list, v.Word("gui.leaves.name"))
	}
	if s.policy.Machine {
		list = append(list, v.Word("gui.leaves.pseudonym"))
	}
	if s.sealed.VoiceSample {
		return append(list, v.Word("gui.leaves.voice"))
	}
	return append(list, v.Word("gui.leaves.not"))
}

func (p *Pages) steps(v visit, who string, invite report.Invite) (*steps, error) {
	all, err := p.downloads(v.Word("MB"))
	if err != nil {
		return nil, err
	}
	st := &steps{Open: template.URL(exchange.ShortLink(p.Origin.String(), v.code, invite.ProbePin)), Typed: p.typed(v)}
	if n := invite.Program; n != nil {
		st.Least, st.Get = v.Say("landing.get.least", "least", n.AtLeast), n.Link
	}
	mine := deviceOf(v.Request).system
	for _, o := range all {
		if o.System == mine {
			st.Mine = &o
		} else {
			st.Others = append(st.Others, o)
		}
	}
	switch {
	case len(all) == 0:
		st.Missing = v.Say("landing.download.nothing", "who", who)
	case st.Mine == nil && mine != "":
		st.Missing = v.Say("landing.download.none", "who", who, "system", mine)
	}
	return st, nil
}

// typed is the page's address as people type it, into a browser or into the program.
func (p *Pages) typed(v visit) string {
	return exchange.InviteAddress(p.Origin.String()+strings.TrimRight(Prefix, "/"), v.code)
}

// quiet is how many modules around a QR code are left empty.
const quiet = 4

func (p *Pages) handOver(v visit) (*handOver, error) {
	code, err := qr.Encode(p.Origin.String()+Prefix+v.code, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("QR code: %w", err)
	}
	n := code.Bounds().Dx()
	var dots strings.Builder
	for y := range n {
		for x := range n {
			if color.Gray16Model.Convert(code.At(x, y)).(color.Gray16).Y < 0x8000 {
				fmt.Fprintf(&dots, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	return &handOver{Address: p.typed(v), Dots: dots.String(), Size: n + 2*quiet, Margin: -quiet}, nil
}

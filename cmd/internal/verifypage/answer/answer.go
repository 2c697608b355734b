// Package answer says what the offline page shows about a report: the
// verifier's own result, and beside it every word in the reader's language, so
// that the page's script only lays out. It judges nothing and knows no browser;
// a page's markup never comes in here.
package answer

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"time"

	"linecheck/report"
	"linecheck/report/advice"
	"linecheck/report/envelope"
	"linecheck/report/policy"
	"linecheck/report/render"
	"linecheck/report/strict"
	"linecheck/report/verify"
)

// Answer is what the page gets. Where Problem is set nothing was verified, and
// the verifier's result is empty.
type Answer struct {
	// Problem is one line that says why nothing could be verified; empty where something was.
	Problem string `json:"problem,omitzero"`
	verify.Result
	Shown Shown `json:"shown"`
}

// Tone is how a thing looks; its meaning is always in words too.
type Tone string

// The tones.
const (
	Good Tone = "good"
	Warn Tone = "warn"
	Bad  Tone = "bad"
	Open Tone = "open" // not decided, or nothing to say
	Stop Tone = "stop" // not authentic: nothing else matters
)

// Shown holds the words. All of them are safe to show as text: nothing in them
// turns a line around.
type Shown struct {
	Tone     Tone   `json:"tone"`
	Headline string `json:"headline"`
	// Meaning is a sentence on what to do with that.
	Meaning  string        `json:"meaning"`
	Facts    []Fact        `json:"facts"`
	Steps    []Step        `json:"steps"`
	Head     []string      `json:"head"`
	Rows     []ShownRow    `json:"rows"`
	Findings []ShownAdvice `json:"findings"`
}

// Fact is a name and what it says.
type Fact struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Step is one step of the verification.
type Step struct {
	Tone   Tone   `json:"tone"`
	Status string `json:"status"`
	Name   string `json:"name"`
	Detail string `json:"detail"`
}

// ShownRow is one line of the table.
type ShownRow struct {
	Tone  Tone     `json:"tone"`
	Cells []string `json:"cells"`
}

// ShownAdvice is one finding.
type ShownAdvice struct {
	Tone     Tone     `json:"tone"`
	Severity string   `json:"severity"`
	Title    string   `json:"title"`
	Lines    []string `json:"lines"`
	Facts    []Fact   `json:"facts"`
}

// For verifies a report in any of its forms against a trust file, as of a time
// in milliseconds since 1970, and never fails: whatever is wrong is in the answer.
func For(sealed, trust []byte, millis float64, words *advice.Catalogue) Answer {
	t, err := openTrust(trust)
	if err != nil {
		return Problem(err.Error(), words)
	}
	at, err := moment(millis)
	if err != nil {
		return Problem(words.Name("page.problem.time"), words)
	}
	res := verify.Bundle(sealed, t, verify.Options{At: at})
	a := Answer{Result: res, Shown: shown(res, t, at, words)}
	if res.Authentic && bytes.HasPrefix(sealed, []byte("%PDF-")) {
		// Drawing them anew takes fonts that are larger than the whole page.
		a.Shown.Steps = append(a.Shown.Steps, Step{Open, words.Name("step.skipped"), words.Name("step.pages"), words.Name("page.pages")})
	}
	return a
}

// Problem is the answer where nothing could be verified.
func Problem(line string, words *advice.Catalogue) Answer {
	line = render.Clean(line)
	return Answer{Problem: line, Shown: Shown{
		Tone: Open, Headline: words.Name("page.headline.problem"), Meaning: line,
		Facts: []Fact{}, Steps: []Step{}, Head: []string{}, Rows: []ShownRow{}, Findings: []ShownAdvice{},
	}}
}

// JSON is the answer as the page's script reads it.
func (a Answer) JSON() string {
	text, err := strict.Encode(a)
	if err != nil { // a number that JSON cannot hold: no decoder of ours lets one in
		return `{"problem":"the result could not be written"}`
	}
	return string(text)
}

func openTrust(data []byte) (verify.Trust, error) {
	e, err := envelope.Parse(data)
	if err != nil {
		return verify.Trust{}, fmt.Errorf("%w: %w", verify.ErrTrust, err)
	}
	return verify.OpenTrust(e)
}

// moment keeps to the years that a statement's times can have.
func moment(millis float64) (time.Time, error) {
	if math.IsNaN(millis) || millis < 0 || millis > 253402300799999 {
		return time.Time{}, errors.New("not a time")
	}
	return time.UnixMilli(int64(millis)).UTC(), nil
}

func shown(res verify.Result, t verify.Trust, at time.Time, words *advice.Catalogue) Shown {
	s := Shown{Tone: Stop, Headline: render.Headline(res, words), Meaning: words.Name("page.means.not-authentic"),
		Steps: steps(res.Steps, words), Head: []string{}, Rows: []ShownRow{}, Findings: []ShownAdvice{}}
	s.Facts = []Fact{{words.Name("page.fact.trust"), render.Clean(t.Value().Name)}, {words.Name("page.fact.at"), minute(at)}}
	if res.Authentic {
		s.Tone, s.Meaning = tone(res.Appraisal.Verdict), words.Name("page.means."+string(res.Appraisal.Verdict))
		s.Facts = append(s.Facts, facts(res, words)...)
		s.Head = render.Head(words).Cells()
		s.Rows = rows(*res.Appraisal, words)
		s.Findings = findings(res.Appraisal.Findings, words)
	}
	return s
}

func facts(res verify.Result, words *advice.Catalogue) []Fact {
	list := []Fact{
		{words.Name("page.fact.applicant"), res.Invite.Applicant},
		{words.Name("report.signature"), res.Report.Signature},
		{words.Name("page.fact.role"), res.Invite.Role},
		{words.Name("page.fact.region"), res.Invite.Region},
	}
	if r := res.Receipt; r != nil {
		list = append(list, Fact{words.Name("page.fact.received"), minute(r.Received)},
			Fact{words.Name("page.fact.run"), fmt.Sprintf("%d / %d", r.Run, r.Runs)},
			Fact{words.Name("page.fact.until"), minute(res.ValidUntil)})
	}
	list = append(list, Fact{words.Name("page.fact.identity"), res.ReportSHA256})
	var said []Fact
	for _, f := range list {
		if text := render.Clean(f.Text); text != "" {
			said = append(said, Fact{f.Name, text})
		}
	}
	return said
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func steps(list []verify.Step, words *advice.Catalogue) []Step {
	out := []Step{}
	for _, s := range list {
		look := map[verify.Status]Tone{verify.Passed: Good, verify.Failed: Bad}[s.Status]
		if look == "" {
			look = Open
		}
		out = append(out, Step{look, words.Name("step." + string(s.Status)), words.Name("step." + s.Name), render.Clean(s.Detail)})
	}
	return out
}

func rows(a policy.Appraisal, words *advice.Catalogue) []ShownRow {
	out := []ShownRow{}
	for i, r := range render.Rows(a, words) {
		look := tone(a.Results[i].Verdict)
		if a.Results[i].Value == "" && look == Good {
			look = Open // not measured and not needed is not called good
		}
		out = append(out, ShownRow{look, r.Cells()})
	}
	return out
}

func findings(list []report.Finding, words *advice.Catalogue) []ShownAdvice {
	out := []ShownAdvice{}
	for _, t := range render.Tell(list, words) {
		look := map[report.Severity]Tone{report.Failure: Bad, report.Warning: Warn}[t.Level]
		if look == "" {
			look = Open
		}
		f := []Fact{{words.Name("finding.fault"), t.Fault}, {words.Name("finding.code"), t.Code}}
		if t.Follows > 0 {
			f = append(f, Fact{words.Name("finding.follows"), fmt.Sprint(t.Follows)})
		}
		out = append(out, ShownAdvice{look, t.Severity, t.Title, t.Lines, f})
	}
	return out
}

func tone(v report.Verdict) Tone {
	switch v {
	case report.Ready:
		return Good
	case report.ReadyWithWarnings:
		return Warn
	case report.NotReady:
		return Bad
	default:
		return Open
	}
}

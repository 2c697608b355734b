// Package invites issues invites, one or thousands at once: it checks what is wished for, seals
// it, gives each invite a code and has them kept, all of them or none. It reads wishes from tables
// and writes tables of links for mail. Who may issue invites, and what becomes of them later, does not come in here.
package invites

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"linecheck/assets"
	"linecheck/cmd/linecheck-recruiter/internal/words"
	"linecheck/report"
	"linecheck/report/policy"
)

// What an invite has where nobody says otherwise.
const (
	UsualLife = 14 * 24 * time.Hour
	UsualRuns = 3
)

// The limits of a wish.
const (
	longestLife = 366 * 24 * time.Hour
	longestText = 200 // characters
	mostRuns    = 100
)

// Wish is an invite that somebody wants to issue.
type Wish struct {
	// Applicant is the recruiter's own reference; Role and Region are what the applicant applies for. All have 1 to 200 characters.
	Applicant, Role, Region string
	// Name is the applicant's, at most 200 characters, and may be empty. It is kept beside the invite, not in it.
	Name string
	// Language is the code of one that there are texts in, as "de"; empty where it is not known.
	Language string
	// PolicyText is the policy; the built-in one for customer service where empty.
	PolicyText []byte
	// Life is how long the invite counts, up to a year.
	Life time.Duration
	// Runs is how many runs it allows, 1 to 100.
	Runs int
	// LegalName asks for the full legal name as signature, Voice for a recording of the applicant reading aloud.
	LegalName, Voice bool
	// Program is what the applicant's program must be; nil where any will do.
	Program *report.NeededProgram
}

// Problem is what is wrong with a wish, or with the table it stands in, and what to do about it.
type Problem struct {
	// Line is where it stands in the table or list, from 1; 0 where that is plain.
	Line int
	// Field is what is wrong, as "applicant"; empty where it is the whole line or table.
	Field string
	// Text is the rest of the sentence that begins with the field.
	Text string
}

// Error is one line for a person.
func (p *Problem) Error() string {
	text := strings.TrimSpace(p.Field + " " + p.Text)
	if p.Line > 0 {
		text = "line " + strconv.Itoa(p.Line) + ": " + text
	}
	return text
}

func problem(field, format string, args ...any) *Problem {
	return &Problem{Field: field, Text: fmt.Sprintf(format, args...)}
}

// Check says what is wrong with a wish: nil or a [*Problem].
func (w Wish) Check() error {
	for _, t := range []struct {
		field, text string
		needed      bool
	}{{"applicant", w.Applicant, true}, {"name", w.Name, false}, {"role", w.Role, true}, {"region", w.Region, true}} {
		if p := checkText(t.field, t.text, t.needed); p != nil {
			return p
		}
	}
	codes, err := languageCodes()
	switch {
	case err != nil:
		return err
	case w.Language != "" && !slices.Contains(codes, w.Language):
		return problem("language", "%.40q is none of %s", w.Language, strings.Join(codes, ", "))
	case w.Life <= 0 || w.Life > longestLife:
		return problem("expires", "must be in the future, and within a year")
	case w.Runs < 1 || w.Runs > mostRuns:
		return problem("runs", "%d: an invite allows 1 to %d runs", w.Runs, mostRuns)
	}
	if p := checkProgram(w.Program); p != nil {
		return p
	}
	if len(w.PolicyText) == 0 {
		return nil
	}
	if _, err := policy.Parse(w.PolicyText); err != nil {
		return problem("policy", "is %v", err)
	}
	return nil
}

func languageCodes() (codes []string, err error) {
	all, err := words.Languages()
	for _, l := range all {
		codes = append(codes, l.Code)
	}
	return codes, err
}

// checkText refuses what is too long, and what would let a text look like another one
// or break a line: control characters, and characters that turn the direction of writing.
func checkText(field, text string, needed bool) *Problem {
	switch {
	case !utf8.ValidString(text):
		return problem(field, "is not UTF-8 text")
	case needed && (strings.TrimSpace(text) == "" || utf8.RuneCountInString(text) > longestText):
		return problem(field, "must have 1 to %d characters", longestText)
	case utf8.RuneCountInString(text) > longestText:
		return problem(field, "must have at most %d characters", longestText)
	}
	n := 0
	for _, r := range text {
		n++
		switch {
		case unicode.IsControl(r), unicode.In(r, unicode.Zl, unicode.Zp):
			return problem(field, "has a control character (%U) as character %d: take it out", r, n)
		case unicode.Is(unicode.Bidi_Control, r):
			return problem(field, "has an invisible character that turns the direction of writing (%U) as character %d: take it out", r, n)
		}
	}
	return nil
}

// ParseLife reads a duration as people write it: 14d, or what Go reads, as 36h. An error is a [*Problem].
func ParseLife(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		var n int
		n, err = strconv.Atoi(days)
		if n > 0 && n <= 366 {
			d = time.Duration(n) * 24 * time.Hour
		}
	}
	if err != nil || d <= 0 || d > longestLife {
		return 0, problem("expires", "%.40q is not a time like 14d or 36h, of a year at most", s)
	}
	return d, nil
}

// ParseProgram reads what is asked of the applicant's program: the oldest version that will do, as
// 1.4.0 or v1.4.0, and a link to it. It is nil where both are empty. An error is a [*Problem].
func ParseProgram(version, link string) (*report.NeededProgram, error) {
	if version == "" && link == "" {
		return nil, nil
	}
	n := &report.NeededProgram{AtLeast: strings.TrimPrefix(version, "v"), Link: link}
	if p := checkProgram(n); p != nil {
		return nil, p
	}
	return n, nil
}

func checkProgram(n *report.NeededProgram) *Problem {
	switch {
	case n == nil:
	case !report.IsVersion(n.AtLeast):
		return problem("program", "%.40q is not a version like 1.4.0", n.AtLeast)
	case !report.IsLink(n.Link):
		return problem("program-link", "%.80q is not an address like https://jobs.example/linecheck, of %d characters at most", n.Link, report.MaxLink)
	}
	return nil
}

// policyOf is the text of a wish's policy.
func (w Wish) policyOf() ([]byte, error) {
	if len(w.PolicyText) > 0 {
		return w.PolicyText, nil
	}
	return assets.Policy("customer-service")
}

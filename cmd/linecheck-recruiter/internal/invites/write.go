package invites

import (
	"io"
	"strings"

	"linecheck/cmd/linecheck-recruiter/internal/sheet"
	"linecheck/cmd/linecheck-recruiter/internal/words"
)

// WriteCSV writes a table for mail: each invite's applicant, link, code and end, with the
// subject and the text of a message in the applicant's language. Whoever has the table can use the invites.
func WriteCSV(w io.Writer, issued []Issued) error {
	texts, err := words.Load()
	if err != nil {
		return err
	}
	out := sheet.NewWriter(w)
	if err := out.Write("applicant", "name", "language", "link", "code", "expires", "subject", "message"); err != nil {
		return err
	}
	for _, i := range issued {
		subject, message := i.Mail(texts.In(i.Language))
		if err := out.Write(i.Applicant, i.Name, i.Language, i.Web, i.Typed, i.Ends.Format("2006-01-02 15:04 UTC"), subject, message); err != nil {
			return err
		}
	}
	return out.Flush()
}

// Mail is what to write to the applicant in a language: subject and text.
func (i Issued) Mail(s words.Speaker) (subject, message string) {
	hello := s.Word("landing.mail.hello")
	if name := strings.TrimSpace(i.Name); name != "" {
		hello = s.Say("landing.mail.hello.name", "name", name)
	}
	return s.Say("landing.mail.subject", "who", i.From),
		hello + "\n\n" + s.Say("landing.mail.text", "who", i.From, "link", i.Web, "code", i.Typed, "at", s.Moment(i.Ends))
}

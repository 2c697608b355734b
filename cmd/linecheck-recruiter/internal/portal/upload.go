package portal

import (
	"errors"
	"io"
	"net/http"

	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/refusal"
	"linecheck/report/bundle"
)

// uploadPage is where a report that an applicant mailed in is handed over.
type uploadPage struct {
	// Refused is why it was not taken in, and Code the reason's code; empty where nothing was refused.
	Refused, Code string
}

func (p *Portal) showUpload(w http.ResponseWriter, r *http.Request, _ people.Person) error {
	p.show(w, r, http.StatusOK, "upload", page{Title: p.texts.say("upload.title"), Here: "upload", Body: uploadPage{}})
	return nil
}

// upload takes a report in that came in some other way: as a file, or as text that is pasted.
func (p *Portal) upload(w http.ResponseWriter, r *http.Request, who people.Person) error {
	data, err := uploaded(r, "file", bundle.MaxCoat)
	if err != nil {
		return err
	}
	if len(data) == 0 {
		data = []byte(r.FormValue("text"))
	}
	if len(data) == 0 {
		return bad("problem.empty")
	}
	_, digest, err := p.Intake.TakeIn(r.Context(), data, who.Login, p.now())
	if no, ok := refusal.Of(err); ok {
		p.show(w, r, no.Status, "upload", page{Title: p.texts.say("upload.title"), Here: "upload", Problem: p.texts.say("upload.refused"), Body: uploadPage{no.Message, no.Code}})
		return nil
	}
	if err != nil {
		return err
	}
	if err := p.note(r, who, "report.uploaded", digest, ""); err != nil {
		return err
	}
	return done(w, r, Prefix+"reports/"+digest, "uploaded")
}

// uploaded is the content of a file in a form, of so many bytes at most; empty where none was chosen.
func uploaded(r *http.Request, field string, limit int64) ([]byte, error) {
	f, _, err := r.FormFile(field)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = &wrong{http.StatusRequestEntityTooLarge, "problem.large", nil}
	}
	return data, err
}

package portal

import (
	"bytes"
	"encoding/base64"
	"errors"
	"html/template"
	"image/png"
	"net/http"
	"net/url"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"linecheck/cmd/linecheck-recruiter/internal/people"
)

// setupPage is where somebody chooses a password and connects an authenticator.
type setupPage struct {
	Login, Setup, Secret string
	Picture              template.URL
}

func (p *Portal) showSetup(w http.ResponseWriter, r *http.Request) error {
	return p.askSetup(w, r, http.StatusOK, r.URL.Query().Get("code"), "")
}

func (p *Portal) askSetup(w http.ResponseWriter, r *http.Request, status int, code, problem string) error {
	who, uri, err := p.People.BeginSetup(r.Context(), code, p.now())
	if errors.Is(err, people.ErrSetup) {
		return &wrong{http.StatusGone, "setup.over", nil}
	}
	if err != nil {
		return err
	}
	picture, err := picture(uri)
	if err != nil {
		return err
	}
	u, err := url.Parse(uri)
	if err != nil {
		return err
	}
	v := page{Title: p.texts.say("setup.title"), Body: setupPage{who.Login, code, u.Query().Get("secret"), picture}}
	if problem != "" {
		v.Problem = p.texts.say(problem)
	}
	p.show(w, r, status, "setup", v)
	return nil
}

// pictureSize is the width of a QR code's picture, in pixels.
const pictureSize = 440

// picture is a text as the picture of a QR code, within an address.
func picture(text string) (template.URL, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err == nil {
		code, err = barcode.Scale(code, pictureSize, pictureSize)
	}
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, code); err != nil {
		return "", err
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())), nil
}

func (p *Portal) setup(w http.ResponseWriter, r *http.Request) error {
	code := r.PostFormValue("setup")
	who, err := p.People.FinishSetup(r.Context(), code, r.PostFormValue("password"), r.PostFormValue("code"), p.now())
	switch {
	case errors.Is(err, people.ErrSetup):
		return &wrong{http.StatusGone, "setup.over", nil}
	case errors.Is(err, people.ErrShortPassword), errors.Is(err, people.ErrLongPassword), errors.Is(err, people.ErrCommonPassword), errors.Is(err, people.ErrCode):
		return p.askSetup(w, r, http.StatusBadRequest, code, "setup.wrong")
	case errors.Is(err, people.ErrOften):
		return p.askSetup(w, r, http.StatusTooManyRequests, code, "sign-in.often")
	case err != nil:
		return err
	}
	if err := p.note(r, who, "person.set-up", who.Login, ""); err != nil {
		return err
	}
	return done(w, r, Prefix+"sign-in", "setup")
}

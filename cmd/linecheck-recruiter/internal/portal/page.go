package portal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"linecheck/assets"
	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/report/advice"
	"linecheck/report/render"
)

// texts are the portal's own, by key.
type texts map[string]string

// say is the text of a key with its blanks filled: pairs of a blank's name and what stands there.
func (t texts) say(key string, blanks ...string) string {
	text, ok := t[key]
	if !ok {
		return key // found by the tests
	}
	for i := 0; i+1 < len(blanks); i += 2 {
		text = strings.ReplaceAll(text, "{"+blanks[i]+"}", blanks[i+1])
	}
	return text
}

func (p *Portal) readTexts() error {
	data, err := assets.Web("portal/en.json")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, &p.texts); err != nil {
		return fmt.Errorf("portal/en.json: %w", err)
	}
	if data, err = assets.Locale("en"); err != nil {
		return err
	}
	p.words, err = advice.Parse(data)
	return err
}

// pageNames are the templates, one a page.
func pageNames() []string {
	return []string{"list", "report", "compare", "upload", "support", "invites", "invite", "new-invite", "issued", "policies", "policy", "edit-policy", "reappraise",
		"people", "tokens", "hooks", "settings", "trail", "sign-in", "setup", "problem"}
}

func (p *Portal) readPages() error {
	p.pages, p.files = map[string]*template.Template{}, map[string][]byte{}
	frame, err := assets.Web("portal/frame.html")
	if err != nil {
		return err
	}
	for _, name := range pageNames() {
		text, err := assets.Web("portal/" + name + ".html")
		if err != nil {
			return err
		}
		t, err := template.New("frame").Funcs(p.functions()).Parse(string(frame))
		if err == nil {
			t, err = t.Parse(string(text))
		}
		if err != nil {
			return fmt.Errorf("%s.html: %w", name, err)
		}
		p.pages[name] = t
	}
	for _, name := range []string{"portal.css", "portal.js"} {
		if p.files[name], err = assets.Web("portal/" + name); err != nil {
			return err
		}
	}
	return nil
}

// functions are what the templates may use beside what a page gives them.
func (p *Portal) functions() template.FuncMap {
	return template.FuncMap{
		"t": p.texts.say,
		// word is what checks, metrics and verdicts are called everywhere.
		"word":  func(key string) string { return render.Clean(p.words.Name(key)) },
		"clean": render.Clean,
		"day":   day,
		"time":  moment,
		"short": short,
	}
}

// short is the beginning of a digest; other texts stay as they are.
func short(s string) string {
	if len(s) >= 32 && strings.Trim(s, "0123456789abcdef") == "" {
		return s[:12]
	}
	return render.Clean(s)
}

// Dates are told in UTC, which is the same for everybody who reads them.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

// page is what every page is made with.
type page struct {
	// Title stands in the head; Here is the key of the menu's entry that it belongs to.
	Title, Here string
	Language    string
	// Who has signed in; nil where nobody has.
	Who *people.Person
	// Menu are the entries that this person may open.
	Menu []entry
	// Done says what was done just now; Problem what could not be.
	Done, Problem string
	// Body is the page's own.
	Body any
}

type entry struct{ Key, Address string }

func (p *Portal) menu(r people.Role) (list []entry) {
	for _, e := range []struct {
		right people.Right
		entry
	}{
		{people.See, entry{"reports", "/portal/"}}, {people.See, entry{"invites", "/portal/invites"}}, {people.Upload, entry{"upload", "/portal/upload"}}, {people.See, entry{"support", "/portal/support"}},
		{people.See, entry{"policies", "/portal/policies"}}, {people.Manage, entry{"people", "/portal/people"}}, {people.Manage, entry{"tokens", "/portal/tokens"}}, {people.Manage, entry{"hooks", "/portal/webhooks"}},
		{people.Manage, entry{"settings", "/portal/settings"}}, {people.Manage, entry{"trail", "/portal/log"}},
	} {
		if r.May(e.right) {
			list = append(list, e.entry)
		}
	}
	return list
}

// show answers with a page, whole or not at all.
func (p *Portal) show(w http.ResponseWriter, r *http.Request, status int, name string, v page) {
	v.Language = p.words.Language
	if who, ok := p.People.Current(r.Context()); ok {
		v.Who, v.Menu = &who, p.menu(who.Role)
	}
	if key := r.URL.Query().Get("done"); v.Done == "" && key != "" {
		if _, ok := p.texts["done."+key]; ok {
			v.Done = p.texts.say("done." + key)
		}
	}
	var out bytes.Buffer
	if err := p.pages[name].Execute(&out, v); err != nil {
		p.Log.Error("a page could not be made", "page", name, "error", err)
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; media-src 'self'; form-action "+p.formTargets()+"; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin") // forms tell where they come from
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes())
}

// formTargets are where forms may lead: signing in may go on at the provider.
func (p *Portal) formTargets() string {
	if p.OIDC != nil {
		return "'self' https:"
	}
	return "'self'"
}

// file answers with what pages consist of beside themselves.
func (p *Portal) file(name string, content []byte) http.HandlerFunc {
	kind := "text/css; charset=utf-8"
	if strings.HasSuffix(name, ".js") {
		kind = "text/javascript; charset=utf-8"
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "private, max-age=300")
		_, _ = w.Write(content)
	}
}

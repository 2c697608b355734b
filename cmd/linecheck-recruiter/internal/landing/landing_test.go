package landing

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"linecheck/cmd/linecheck-recruiter/internal/invites"
	"linecheck/cmd/linecheck-recruiter/internal/sample"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/bundle"
)

// wrong says what is wrong with a page's HTML: elements that are not closed in order, ids and texts that are not what they should be.
func wrong(page string) (list []string) {
	void := []string{"meta", "link", "input", "br"}
	var open, ids []string
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				list = append(list, fmt.Sprintf("not closed: %v", open))
			}
			return list
		case html.StartTagToken:
			t := z.Token()
			if !slices.Contains(void, t.Data) {
				open = append(open, t.Data)
			}
			for _, a := range t.Attr {
				switch {
				case a.Key == "id" && slices.Contains(ids, a.Val):
					list = append(list, "the id "+a.Val+" stands twice")
				case a.Key == "id":
					ids = append(ids, a.Val)
				case a.Key == "style", strings.HasPrefix(a.Key, "on"), strings.Contains(a.Val, "ZgotmplZ"):
					list = append(list, "the attribute "+a.Key+" of "+t.Data)
				case a.Key == "aria-labelledby" && !strings.Contains(page, `id="`+a.Val+`"`):
					list = append(list, "nothing has the id "+a.Val)
				case t.Data == "script", t.Data == "img", t.Data == "iframe":
					list = append(list, "there is a "+t.Data)
				}
			}
		case html.EndTagToken:
			t := z.Token()
			if len(open) == 0 || open[len(open)-1] != t.Data {
				return append(list, fmt.Sprintf("%s ends within %v", t.Data, open))
			}
			open = open[:len(open)-1]
		case html.TextToken:
			text := z.Token().Data
			for _, sign := range []string{"landing.", "gui.", "{", "}", "%!", "<no value>", "month."} {
				if strings.Contains(text, sign) {
					list = append(list, fmt.Sprintf("the text %q", text))
				}
			}
		}
	}
}

// The test itself finds what it looks for.
func TestWhatIsWrongIsFound(t *testing.T) {
	for _, page := range []string{"<p><b></p></b>", "<p>", `<p id="a"></p><p id="a"></p>`, "<p>landing.title</p>", `<p style="x"></p>`, `<a href="#ZgotmplZ"></a>`, `<p aria-labelledby="x"></p>`} {
		if len(wrong(page)) == 0 {
			t.Errorf("%s", page)
		}
	}
}

// stage is an invite in one state, and what its page says and does not say in English.
type stage struct {
	invites.Issued
	says, not []string
}

// stages brings an invite into every state there is.
func stages(r *rig) map[string]stage {
	all := map[string]stage{}
	issue := func(bend func(*invites.Wish)) invites.Issued {
		w := wish()
		w.Applicant = fmt.Sprint("A-", len(all))
		if bend != nil {
			bend(&w)
		}
		return r.invite(w)
	}
	reported := func(kind store.Decision, note string) (invites.Issued, string) {
		i := issue(nil)
		d := r.report(i, sample.Good())
		if kind != "" {
			r.decide(d, kind, note)
		}
		return i, d
	}
	all["open"] = stage{issue(nil), []string{"Example Support asks you", "Customer service agent", "15 March 2026, 12:00 UTC", "about 5 to 10 minutes", "linecheck://jobs.example/i/", "How to do it",
		"Not at that computer now?", "Internet speed", "What leaves your computer", "jobs.example/i/"}, []string{"arrived", "full legal name", "Eight seconds", "earlier"}}
	all["open, more asked for"] = stage{issue(func(w *invites.Wish) { w.LegalName, w.Voice = true, true }), []string{"full legal name", "Eight seconds"}, nil}
	begun := issue(nil)
	r.begin(begun, "one")
	all["running"] = stage{begun, []string{"Your check has begun", "1 March 2026, 12:00 UTC", "linecheck://jobs.example/i/"}, []string{"arrived yet, ", "all runs"}}
	i, d := reported("", "")
	all["received"] = stage{i, []string{"Your report has arrived", bundle.Code(d), "gets in touch with you", "30 May 2026, 12:00 UTC", "https://jobs.example/r/"}, []string{"linecheck://", "How to do it"}}
	for _, kind := range []store.Decision{store.Accepted, store.Waived, store.Accommodation} {
		i, _ = reported(kind, "a note for us alone")
		all[string(kind)] = stage{i, []string{"Your report was accepted"}, []string{"a note for us alone", "waive", "ccommodation", "linecheck://"}}
	}
	i, _ = reported(store.Repeat, "Please plug in a cable.\nThen once more.")
	all["repeat"] = stage{i, []string{"Please check again", "The reason", "Please plug in a cable.\nThen once more.", "linecheck://jobs.example/i/"}, []string{"Ask Example Support for a new invite"}}
	i, _ = reported(store.Repeat, "")
	r.begin(i, "two")
	r.begin(i, "three")
	all["repeat, runs used"] = stage{i, []string{"Please check again", "All runs", "Ask Example Support for a new invite"}, []string{"The reason", "linecheck://"}}
	i = issue(func(w *invites.Wish) { w.Life = time.Nanosecond })
	all["expired"] = stage{i, []string{"This invite has expired", "It counted until 1 March 2026, 12:00 UTC", "Ask Example Support for a new invite"}, []string{"linecheck://"}}
	i = issue(nil)
	if err := r.store.Revoke(r.t.Context(), i.ID, r.now); err != nil {
		r.t.Fatal(err)
	}
	all["revoked"] = stage{i, []string{"This invite was withdrawn", "Ask Example Support"}, []string{"linecheck://"}}
	first := issue(func(w *invites.Wish) { w.Applicant, w.PolicyText = "twice", r.reusable() })
	r.report(first, sample.Good())
	i = issue(func(w *invites.Wish) { w.Applicant, w.PolicyText = "twice", r.reusable() })
	all["an earlier report"] = stage{i, []string{"You have a report already", "on 1 March 2026, 12:00 UTC", "/reuse", "linecheck://jobs.example/i/"}, nil}
	r.now = r.now.Add(time.Second)
	return all
}

// Every state in every language and for every visitor is a whole page.
func TestEveryStateInEveryLanguage(t *testing.T) {
	r := newRig(t, organisation)
	if err := os.WriteFile(filepath.Join(r.pages.Downloads, "linecheck_1.0_amd64.deb"), make([]byte, 1_500_000), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, s := range stages(r) {
		english := r.page(s.Issued, "User-Agent", onWindows)
		for _, text := range s.says {
			if !strings.Contains(html.UnescapeString(english), text) {
				t.Errorf("%s does not say %q\n%s", name, text, english)
			}
		}
		for _, text := range s.not {
			if strings.Contains(english, text) {
				t.Errorf("%s says %q\n%s", name, text, english)
			}
		}
		for _, l := range r.pages.words.Languages() {
			for _, agent := range []string{"", onWindows, onPhone} {
				w := r.ask(http.MethodGet, s.Web[len(sample.Origin):]+"?lang="+l.Code, "User-Agent", agent)
				page := w.Body.String()
				if list := wrong(page); w.Code != 200 || len(list) > 0 || !strings.Contains(page, `<html lang="`+l.Code+`">`) {
					t.Errorf("%s in %s for %.20q: %d %q", name, l.Code, agent, w.Code, list)
				}
				if l.Code != "en" && strings.Contains(page, "our report") {
					t.Errorf("%s in %s speaks English", name, l.Code)
				}
			}
		}
	}
}

// What a page may do is bounded, and its address, which is a secret, goes nowhere.
func TestHeaders(t *testing.T) {
	r := newRig(t, organisation)
	i := r.invite(wish())
	for path, status := range map[string]int{Prefix + i.Code: 200, Prefix + "X": 404, Prefix: 404} {
		w := r.ask(http.MethodGet, path)
		for header, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", "Content-Type": "text/html; charset=utf-8",
			"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex, nofollow",
		} {
			if got := w.Header().Get(header); got != want || w.Code != status {
				t.Errorf("%s: %d %s: %q", path, w.Code, header, got)
			}
		}
	}
	if w := r.ask(http.MethodGet, Prefix+"style.css"); w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := r.ask(http.MethodGet, Prefix+i.Code+"/invite"); w.Code != 200 || w.Body.String() != string(i.Sealed) || w.Header().Get("Cache-Control") != "no-store" ||
		!strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if err := r.store.Revoke(t.Context(), i.ID, r.now); err != nil {
		t.Fatal(err)
	}
	if w := r.ask(http.MethodGet, Prefix+i.Code+"/invite"); w.Code != 303 || w.Header().Get("Location") != Prefix+i.Code {
		t.Errorf("an invite that was revoked: %d", w.Code)
	}
}

func TestLanguage(t *testing.T) {
	r := newRig(t, organisation)
	w := wish()
	w.Language = "it"
	italian, any := r.invite(w), r.invite(wish())
	for _, c := range []struct {
		invite       invites.Issued
		query, asks  string
		want, action string
	}{
		{any, "", "", "en", ""}, {any, "", "de-AT,de", "de", ""}, {any, "?lang=ja", "de", "ja", ""}, {any, "?lang=%22%3E", "de", "de", ""},
		{italian, "", "de", "it", ""}, {italian, "?lang=pl", "de", "pl", ""}, {italian, "?lang=klingon", "de", "it", ""},
	} {
		page := r.ask(http.MethodGet, Prefix+c.invite.Code+c.query, "Accept-Language", c.asks).Body.String()
		if !strings.Contains(page, `<html lang="`+c.want+`">`) {
			t.Errorf("%+v: %.100s", c, page)
		}
	}
}

// Names that are HTML, or that turn the direction of writing, are shown and do nothing.
func TestNamesAreHarmless(t *testing.T) {
	r := newRig(t, "<script>alert(1)</script>\u202eevil\x1b[2J")
	w := wish()
	w.Role, w.Name = `"><img src=x onerror=alert(1)>`, "<b>Anna</b>"
	i := r.invite(w)
	d := r.report(i, sample.Good())
	for range 2 {
		page := r.page(i, "User-Agent", onWindows)
		if list := wrong(page); len(list) > 0 || strings.ContainsAny(page, "\u202e\x1b\u2066\x07") || strings.Contains(page, "<script") || strings.Contains(page, "<img") || strings.Contains(page, "Anna") {
			t.Errorf("%q\n%s", list, page)
		}
		r.decide(d, store.Repeat, "</p><script>x</script>\u202egpj.exe\n\u2066second\x07")
	}
	page := r.page(i)
	if !strings.Contains(page, "&lt;script&gt;x&lt;/script&gt;gpj.exe\nsecond") {
		t.Errorf("%s", page)
	}
}

// Whatever is wrong with a code has one answer; another organisation's code is wrong.
func TestWrongCodesAlike(t *testing.T) {
	r := newRig(t, organisation)
	other := newRigIn(t, r.store.Store, "Other")
	theirs, mine := other.invite(wish()), r.invite(wish())
	other.page(theirs)
	want := r.ask(http.MethodGet, Prefix).Body.String()
	if !strings.Contains(want, "There is no invite here") || strings.Contains(want, organisation) {
		t.Errorf("%s", want)
	}
	for _, code := range []string{theirs.Code, mine.Code[1:], mine.Code + "0", "U" + mine.Code[1:], strings.Repeat("A", 5000), "%3Cscript%3E", "%00", "..%2F..", "%E2%80%AE"} {
		for _, way := range [][2]string{{"GET", ""}, {"GET", "/invite"}, {"POST", "/reuse#report=x"}} {
			if w := r.ask(way[0], Prefix+code+way[1]); w.Code != http.StatusNotFound || w.Body.String() != want {
				t.Errorf("%s %.40s%s: %d\n%s", way[0], code, way[1], w.Code, w.Body)
			}
		}
	}
	// As people type it, it is the same code.
	typed := strings.ToLower(mine.Code[:5] + "-" + mine.Code[5:13] + "%20" + strings.ReplaceAll(mine.Code[13:], "0", "o"))
	if w := r.ask(http.MethodGet, Prefix+typed); w.Code != 200 || !strings.Contains(w.Body.String(), mine.Code[:5]+"-") {
		t.Errorf("%s: %d", typed, w.Code)
	}
}

func TestGuessingIsSlowed(t *testing.T) {
	r := newRig(t, organisation)
	i := r.invite(wish())
	first := r.ask(http.MethodGet, Prefix+"GUESS").Code
	last := 0
	for n := 0; last != http.StatusTooManyRequests && n < 100; n++ {
		last = r.askAgain(http.MethodGet, fmt.Sprint(Prefix, "GUESS", n)).Code
	}
	w := r.askAgain(http.MethodGet, Prefix+i.Code)
	if first != 404 || last != 429 || w.Code != 429 || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "One minute, please") || len(wrong(w.Body.String())) > 0 {
		t.Errorf("%d, %d, %d", first, last, w.Code)
	}
	if w := r.askAgain(http.MethodGet, Prefix+"style.css"); w.Code != 200 {
		t.Errorf("the style: %d", w.Code)
	}
}

// The first look at the page is noted; asking whether it is there is none.
func TestOpened(t *testing.T) {
	r := newRig(t, organisation)
	i := r.invite(wish())
	opened := func() time.Time {
		inv, err := r.store.InviteByID(t.Context(), i.ID)
		if err != nil {
			t.Fatal(err)
		}
		return inv.Opened
	}
	if w := r.ask(http.MethodHead, Prefix+i.Code); w.Code != 200 || !opened().IsZero() {
		t.Errorf("HEAD: %d, %v", w.Code, opened())
	}
	r.page(i)
	first := r.now
	r.now = r.now.Add(time.Hour)
	r.page(i)
	if !opened().Equal(first) {
		t.Errorf("%v", opened())
	}
}

// Trouble of the server's own is told as that.
func TestTheDatabaseIsAway(t *testing.T) {
	r := newRig(t, organisation)
	i := r.invite(wish())
	if err := r.store.Close(); err != nil {
		t.Fatal(err)
	}
	if w := r.ask(http.MethodGet, Prefix+i.Code); w.Code != 500 || !strings.Contains(w.Body.String(), "our fault, not yours") || strings.Contains(w.Body.String(), "sql") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// A key that was taken back takes its invites with it.
func TestTheInvitesKeyWasRevoked(t *testing.T) {
	r := newRig(t, organisation)
	i := r.invite(wish())
	r.now = r.now.Add(time.Minute)
	if err := r.org.Keys.Revoke(i.ID, r.now); err != nil {
		t.Fatal(err)
	}
	if page := r.page(i); !strings.Contains(page, "This invite was withdrawn") {
		t.Errorf("%s", page)
	}
}

// Many may look at once.
func TestManyVisitors(t *testing.T) {
	r := newRig(t, organisation)
	i := r.invite(wish())
	var wait sync.WaitGroup
	for n := range 15 {
		wait.Go(func() {
			if w := r.askAgain(http.MethodGet, Prefix+i.Code, "User-Agent", []string{onPhone, onWindows}[n%2]); w.Code != 200 {
				t.Errorf("%d", w.Code)
			}
		})
	}
	wait.Wait()
}

// Where the server is known by its certificate's pin, the link that opens the program has it.
func TestTheLinkOfAPinnedServer(t *testing.T) {
	r := newRig(t, organisation)
	r.invites = invites.NewDesk(r.org.Keys, r.store, sample.Origin, "sha256:"+strings.Repeat("0", 64))
	i := r.invite(wish())
	if page := r.page(i); !strings.Contains(page, i.Link()) || !strings.Contains(i.Link(), strings.Repeat("0", 64)) {
		t.Error("the link has no pin")
	}
}

// An invite that asks for a newer program says so where the program is downloaded, and where it can be had.
func TestTheProgramThatIsAskedFor(t *testing.T) {
	r := newRig(t, organisation)
	w := wish()
	w.Program = &report.NeededProgram{AtLeast: "1.4.0", Link: "https://jobs.example/linecheck"}
	page := r.page(r.invite(w))
	for _, part := range []string{"version 1.4.0 of Linecheck", `href="https://jobs.example/linecheck"`} {
		if !strings.Contains(page, part) {
			t.Errorf("the page does not say %q", part)
		}
	}
	if strings.Contains(r.page(r.invite(wish())), "of Linecheck or a newer") {
		t.Error("a page asks for a version that its invite does not")
	}
}

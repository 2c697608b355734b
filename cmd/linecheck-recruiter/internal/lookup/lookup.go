package lookup

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/render"
	"linecheck/report/verify"
)

// lookupPage is what the look-up page shows.
type lookupPage struct {
	Language, Code, Problem string
	Found                   []foundReport
}

// foundReport is one stored report, verified anew.
type foundReport struct {
	Digest, Verdict, VerdictText, Explained string
	Facts                                   []namedFact
	Head                                    []string
	Rows                                    [][]string
}

type namedFact struct{ Name, Value string }

// showLookup answers with what the server received under a look-up code: from
// the path, where a QR code led here, or as typed into the form.
func (p *Pages) showLookup(w http.ResponseWriter, r *http.Request) {
	page := lookupPage{Language: p.words.Language, Code: r.PathValue("code")}
	if page.Code == "" {
		page.Code = r.URL.Query().Get("code")
	}
	page.Code = strings.TrimSpace(page.Code)
	status := http.StatusOK
	if page.Code != "" {
		if !p.visitor.Allow(r, time.Now()) {
			status, page.Problem = http.StatusTooManyRequests, p.words.Name("lookup.often")
			w.Header().Set("Retry-After", "60")
		} else {
			status = p.find(r.Context(), &page)
		}
	}
	if len(page.Code) > 20 {
		page.Code = ""
	}
	p.render(w, status, p.lookup, mayAsk, page)
}

// find fills the page with the reports of its code, and returns the HTTP status.
func (p *Pages) find(ctx context.Context, page *lookupPage) int {
	first, last, ok := bundle.Digests(page.Code)
	if !ok {
		page.Problem = p.words.Name("lookup.malformed")
		return http.StatusBadRequest
	}
	list, err := p.store.Between(ctx, first, last)
	if err != nil {
		p.log.Error("look up a report", "error", err)
		page.Problem = p.words.Name("lookup.failed")
		return http.StatusInternalServerError
	}
	if len(list) == 0 {
		page.Problem = p.words.Name("lookup.unknown")
		return http.StatusNotFound
	}
	for _, s := range list {
		f, why := p.show(s)
		if why != "" {
			page.Problem = why
			continue
		}
		page.Found = append(page.Found, f)
	}
	return http.StatusOK
}

// show verifies a stored report anew. why is set where it is not authentic any more.
func (p *Pages) show(s store.Stored) (f foundReport, why string) {
	t, err := p.trust()
	if err == nil {
		var b bundle.Bundle
		if b, err = s.Whole(); err == nil {
			res := verify.Opened(b, t, verify.Options{At: time.Now()})
			if !res.Authentic {
				return f, p.refused(res)
			}
			return p.tell(res), ""
		}
	}
	p.log.Error("open a stored report", "error", err)
	return f, p.words.Name("lookup.failed")
}

// refused says why a report is not good any more.
func (p *Pages) refused(res verify.Result) string {
	i := slices.IndexFunc(res.Steps, func(s verify.Step) bool { return s.Status == verify.Failed })
	if res.Steps[i].Name == "window" {
		return p.words.Name("lookup.expired")
	}
	return strings.NewReplacer("{step}", p.words.Name("step."+res.Steps[i].Name), "{detail}", render.Clean(res.Steps[i].Detail)).Replace(p.words.Name("lookup.refused"))
}

// tell puts an authentic report into words.
func (p *Pages) tell(res verify.Result) foundReport {
	word := p.words.Name
	verdict := string(res.Appraisal.Verdict)
	f := foundReport{
		Digest: res.ReportSHA256, Verdict: verdict, VerdictText: word("pdf.verdict." + verdict), Explained: word("lookup.verdict." + verdict),
	}
	head := render.Head(p.words)
	head.By = word("pdf.seen")
	f.Head = head.Cells()
	run := strings.NewReplacer("{n}", strconv.Itoa(res.Receipt.Run), "{all}", strconv.Itoa(res.Receipt.Runs)).Replace(word("pdf.run"))
	for _, fact := range []namedFact{
		{"pdf.code", bundle.Code(res.ReportSHA256)}, {"pdf.applicant", res.Invite.Applicant}, {"pdf.signature", res.Report.Signature},
		{"pdf.role", word(res.Invite.Role)}, {"pdf.region", res.Invite.Region}, {"pdf.received", res.Receipt.Received.UTC().Format("2006-01-02 15:04 UTC")},
		{"pdf.valid-until", res.ValidUntil.UTC().Format(time.DateOnly)}, {"pdf.runs", run},
	} {
		if fact.Value != "" {
			f.Facts = append(f.Facts, namedFact{word(fact.Name), render.Clean(fact.Value)})
		}
	}
	for i, row := range render.Rows(*res.Appraisal, p.words) {
		switch r := res.Appraisal.Results[i]; {
		case r.Origin == report.Server:
			row.By = word("pdf.observed")
		case r.Value != "":
			row.By = word("pdf.claimed")
		}
		f.Rows = append(f.Rows, row.Cells())
	}
	return f
}

package systems

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/refusal"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report/bundle"
	"linecheck/report/verify"
)

// The schemas of what is answered.
const (
	ReportsSchema   = "linecheck.reports/1"
	ReportSchema    = "linecheck.report/1"
	DecisionsSchema = "linecheck.decisions/1"
)

// reportRow is a report in a list.
type reportRow struct {
	Digest    string    `json:"digest"`
	Code      string    `json:"code"`
	Invite    string    `json:"invite"`
	Applicant string    `json:"applicant"`
	Name      string    `json:"name,omitzero"`
	Role      string    `json:"role"`
	Region    string    `json:"region"`
	Verdict   string    `json:"verdict"`
	Observed  bool      `json:"observed"`
	Decision  string    `json:"decision"`
	Received  time.Time `json:"received"`
}

func rowOf(r store.Row) reportRow {
	return reportRow{Digest: r.Digest, Code: bundle.Code(r.Digest), Invite: r.Invite, Applicant: r.Applicant, Name: r.Name, Role: r.Role, Region: r.Region,
		Verdict: string(r.Verdict), Observed: r.Observed, Decision: r.Value("decision"), Received: r.Received}
}

type reportList struct {
	Schema  string      `json:"schema"`
	Reports []reportRow `json:"reports"`
	// Next is the "after" of the next page; absent on the last one.
	Next string `json:"next,omitzero"`
}

// reports lists reports.
func (a *API) reports(r *http.Request, _ people.Token) (any, error) {
	q, err := queryOf(r.URL.Query())
	if err != nil {
		return nil, err
	}
	p, err := a.Store.List(r.Context(), q)
	if err != nil {
		return nil, err
	}
	out := reportList{Schema: ReportsSchema, Reports: []reportRow{}, Next: p.Next}
	for _, row := range p.Rows {
		out.Reports = append(out.Reports, rowOf(row))
	}
	return out, nil
}

// queryOf reads a question from an address. What is not known there is refused: a mistyped filter must not let everything through.
func queryOf(v url.Values) (q store.Query, err error) {
	known := []string{"search", "role", "region", "verdict", "decision", "observed", "sort", "after", "limit", "from", "until"}
	for name, list := range v {
		if !slices.Contains(known, name) || len(list) != 1 || strings.ContainsRune(list[0], 0) || !utf8.ValidString(list[0]) {
			return q, refusal.New(http.StatusBadRequest, "request.parameter", "the parameter "+strconv.Quote(name)+" is not known, or stands there twice; known are "+strings.Join(known, ", "))
		}
	}
	q = store.Query{Search: v.Get("search"), Role: v.Get("role"), Region: v.Get("region"), Verdict: v.Get("verdict"), Decision: v.Get("decision"), Observed: v.Get("observed"),
		Sort: store.Sort(v.Get("sort")), After: v.Get("after"), Limit: 100}
	for name, may := range map[string][]string{"verdict": {"ready", "ready-with-warnings", "not-ready", "inconclusive"}, "decision": {"none", "accepted", "repeat", "waived", "accommodation"}, "observed": {"yes", "no"}} {
		if s := v.Get(name); s != "" && !slices.Contains(may, s) {
			return q, refusal.New(http.StatusBadRequest, "request.parameter", "\""+name+"\" is "+strings.Join(may, ", "))
		}
	}
	if !slices.Contains([]store.Sort{store.Newest, store.Oldest, store.ByApplicant}, q.Sort) {
		return q, refusal.New(http.StatusBadRequest, "request.sort", "\"sort\" is oldest or applicant; without it the newest come first")
	}
	if s := v.Get("limit"); s != "" {
		if q.Limit, err = strconv.Atoi(s); err != nil || q.Limit < 1 || q.Limit > 1000 {
			return q, refusal.New(http.StatusBadRequest, "request.limit", "\"limit\" is a number from 1 to 1000")
		}
	}
	if q.From, err = timeOf(v.Get("from")); err != nil {
		return q, err
	}
	q.Until, err = timeOf(v.Get("until"))
	return q, err
}

func timeOf(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, refusal.New(http.StatusBadRequest, "request.time", "a time is like 2026-03-31 or 2026-03-31T12:00:00Z")
}

// wholeReport is one report as it verifies.
type wholeReport struct {
	Schema       string        `json:"schema"`
	Decision     string        `json:"decision"`
	Verification verify.Result `json:"verification"`
}

// report is one report, verified anew as of when it was received.
func (a *API) report(r *http.Request, _ people.Token) (any, error) {
	s, err := a.Store.Report(r.Context(), r.PathValue("digest"))
	if err != nil {
		return nil, err
	}
	t, err := a.Trust()
	if err != nil {
		return nil, err
	}
	b, err := s.Whole()
	if err != nil {
		return nil, err
	}
	res := verify.Opened(b, t, verify.Options{At: s.Received, Parse: a.memo.Parse})
	res.Voice = nil // it is in the bundle
	return wholeReport{ReportSchema, s.Facet.Value("decision"), res}, nil
}

// bundle is one report with its receipt, to be verified by whoever reads it.
func (a *API) bundle(r *http.Request, _ people.Token) (any, error) {
	s, err := a.Store.Report(r.Context(), r.PathValue("digest"))
	if err != nil {
		return nil, err
	}
	b, err := s.Whole()
	if err != nil {
		return nil, err
	}
	data, err := b.JSON()
	return rawJSON(data), err
}

type decisionRow struct {
	Kind   string    `json:"kind"`
	Note   string    `json:"note"`
	Person string    `json:"person"`
	Time   time.Time `json:"time"`
}

type decisionList struct {
	Schema    string        `json:"schema"`
	Decisions []decisionRow `json:"decisions"`
}

func (a *API) decisions(r *http.Request, _ people.Token) (any, error) {
	if _, err := a.Store.Report(r.Context(), r.PathValue("digest")); err != nil {
		return nil, err
	}
	list, err := a.Store.Decided(r.Context(), r.PathValue("digest"))
	out := decisionList{DecisionsSchema, []decisionRow{}}
	for _, d := range list {
		out.Decisions = append(out.Decisions, decisionRow{string(d.Kind), d.Note, d.Person, d.Time})
	}
	return out, err
}

// decide notes a decision about a report.
func (a *API) decide(r *http.Request, who people.Token) (any, error) {
	want, err := body[struct {
		Kind string `json:"kind"`
		Note string `json:"note,omitzero"`
	}](r)
	if err != nil {
		return nil, err
	}
	kind := store.Decision(want.Kind)
	if !slices.Contains(store.Decisions(), kind) || len(want.Note) > 2000 || strings.ContainsRune(want.Note, 0) || kind != store.Accepted && strings.TrimSpace(want.Note) == "" {
		return nil, refusal.New(http.StatusBadRequest, "decision.malformed", "\"kind\" is accepted, repeat, waived or accommodation; all but accepted need a \"note\" of 2000 bytes at most")
	}
	digest := r.PathValue("digest")
	if err := a.Store.Decide(r.Context(), digest, store.Decided{Time: a.now(), Person: "token " + who.Name, Kind: kind, Note: want.Note}); err != nil {
		return nil, err
	}
	if err := a.note(r.Context(), who, "report.decided", digest, want.Kind); err != nil {
		return nil, err
	}
	a.Tell(hookDecided, digest)
	return a.decisions(r, who)
}

// done is the answer where there is nothing more to say.
type done struct {
	Done int `json:"done"`
}

// erase removes one report for good.
func (a *API) erase(r *http.Request, who people.Token) (any, error) {
	digest := r.PathValue("digest")
	if _, err := a.Store.Report(r.Context(), digest); err != nil {
		return nil, err
	}
	a.Tell(hookErased, digest)
	if err := a.Store.Erase(r.Context(), digest, a.now()); err != nil && !errors.Is(err, store.ErrHeld) {
		return nil, err
	}
	return done{1}, a.note(r.Context(), who, "report.erased", digest, "")
}

// eraseApplicant removes everything of an applicant for good.
func (a *API) eraseApplicant(r *http.Request, who people.Token) (any, error) {
	want, err := body[struct {
		Applicant string `json:"applicant"`
	}](r)
	if err != nil {
		return nil, err
	}
	history, err := a.Store.History(r.Context(), want.Applicant)
	if err != nil {
		return nil, err
	}
	for _, h := range history {
		a.Tell(hookErased, h.Digest)
	}
	n, err := a.Store.EraseApplicant(r.Context(), want.Applicant, "token "+who.Name, a.now())
	if errors.Is(err, store.ErrUnknown) {
		return nil, refusal.New(http.StatusNotFound, "applicant.unknown", "nothing is stored under this reference")
	}
	if errors.Is(err, store.ErrHeld) {
		err = nil
	}
	return done{n}, err
}

// oneLine is an error as one short line.
func oneLine(err error) string {
	s := strings.ReplaceAll(err.Error(), "\n", " ")
	return s[:min(len(s), 200)]
}

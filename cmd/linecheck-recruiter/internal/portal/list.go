package portal

import (
	"cmp"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report/bundle"
	"linecheck/report/render"
)

// pageRows is how many reports stand on a page.
const pageRows = 50

// listPage is the list of reports.
type listPage struct {
	Query   store.Query
	From    string
	Until   string
	Rows    []store.Row
	Choices []choice
	// All is how many reports match, where that is known.
	All string
	// Next and First are addresses of other pages of the list; empty where there is none.
	Next, First string
	// Filters is the query as it stands in an address, escaped already.
	Filters template.URL
	// Right says what may be done beside looking.
	MayExport bool
}

// choice is one filter with what it may be.
type choice struct {
	Name, Now string
	Options   []option
}

type option struct {
	Value, Text string
	Reports     int64
}

// codeDigits is how many whole hex digits of a report's digest its look-up code tells.
const codeDigits = 12

// showList is the list of reports, as the filters in the address say.
func (p *Portal) showList(w http.ResponseWriter, r *http.Request, who people.Person) error {
	q, err := queryOf(r.URL.Query())
	if err != nil {
		return err
	}
	facets, err := p.Store.Facets(r.Context())
	if err != nil {
		return err
	}
	body := listPage{Query: q, From: r.URL.Query().Get("from"), Until: r.URL.Query().Get("until"), MayExport: who.Role.May(people.Export)}
	body.Choices = p.choices(q, facets)
	filters := filtersOf(q, body.From, body.Until)
	body.Filters = template.URL(filters.Encode())
	v := page{Title: p.texts.say("reports.title"), Here: "reports"}
	found, err := p.Store.List(r.Context(), q)
	if first, _, ok := bundle.Digests(q.Search); ok && err == nil && len(found.Rows) == 0 { // nobody is called so: it is a report's look-up code
		q.Search = first[:codeDigits]
		found, err = p.Store.List(r.Context(), q)
	}
	switch {
	case errors.Is(err, store.ErrBroad):
		v.Problem = p.texts.say("reports.broad")
	case errors.Is(err, store.ErrPlace):
		return bad("problem.place")
	case err != nil:
		return err
	}
	body.Rows = found.Rows
	if q.Search == "" && q.From.IsZero() && q.Until.IsZero() {
		body.All = p.texts.say("reports.all", "n", grouped(q.Count(facets)))
		if q.Count(facets) == 1 {
			body.All = p.texts.say("reports.one")
		}
	}
	if found.Next != "" {
		body.Next = address(filters, "after", found.Next)
	}
	if q.After != "" {
		body.First = address(filters, "", "")
	}
	v.Body = body
	p.show(w, r, http.StatusOK, "list", v)
	return nil
}

// queryOf reads filters from an address or a form.
func queryOf(v url.Values) (q store.Query, err error) {
	q = store.Query{Search: v.Get("search"), Role: v.Get("role"), Region: v.Get("region"), Verdict: v.Get("verdict"), Decision: v.Get("decision"),
		Observed: v.Get("observed"), Sort: store.Sort(v.Get("sort")), After: v.Get("after"), Limit: pageRows}
	if !slices.Contains([]store.Sort{store.Newest, store.Oldest, store.ByApplicant}, q.Sort) {
		return q, bad("problem.sort")
	}
	if q.From, err = dayOf(v.Get("from")); err != nil {
		return q, err
	}
	if q.Until, err = dayOf(v.Get("until")); err != nil {
		return q, err
	}
	if !q.Until.IsZero() {
		q.Until = q.Until.AddDate(0, 0, 1) // the day itself counts
	}
	return q, nil
}

func dayOf(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return t, bad("problem.day", "day", s)
	}
	return t, nil
}

// filtersOf are a query's filters as they stand in an address.
func filtersOf(q store.Query, from, until string) url.Values {
	v := url.Values{}
	for _, f := range [][2]string{{"search", q.Search}, {"role", q.Role}, {"region", q.Region}, {"verdict", q.Verdict}, {"decision", q.Decision},
		{"observed", q.Observed}, {"sort", string(q.Sort)}, {"from", from}, {"until", until}} {
		if f[1] != "" {
			v.Set(f[0], f[1])
		}
	}
	return v
}

func address(filters url.Values, name, value string) string {
	v := url.Values{}
	for k, list := range filters {
		v[k] = list
	}
	if name != "" {
		v.Set(name, value)
	}
	if len(v) == 0 {
		return Prefix
	}
	return Prefix + "?" + v.Encode()
}

// choices are the filters with the values that occur, and how many reports each has.
func (p *Portal) choices(q store.Query, facets []store.Counted) []choice {
	list := []choice{{Name: "role", Now: q.Role}, {Name: "region", Now: q.Region}, {Name: "verdict", Now: q.Verdict}, {Name: "observed", Now: q.Observed}, {Name: "decision", Now: q.Decision}}
	for i := range list {
		counts := map[string]int64{}
		for _, f := range facets {
			counts[f.Value(list[i].Name)] += f.Reports
		}
		for value, n := range counts {
			list[i].Options = append(list[i].Options, option{value, p.called(list[i].Name, value), n})
		}
		if now := list[i].Now; now != "" && counts[now] == 0 {
			list[i].Options = append(list[i].Options, option{now, p.called(list[i].Name, now), 0})
		}
		slices.SortFunc(list[i].Options, func(a, b option) int { return cmp.Or(cmp.Compare(a.Text, b.Text), cmp.Compare(a.Value, b.Value)) })
	}
	return list
}

// called is what people call a filter's value.
func (p *Portal) called(filter, value string) string {
	switch filter {
	case "verdict":
		return p.words.Name("pdf.verdict." + value)
	case "observed", "decision":
		return p.texts.say(filter + "." + value)
	}
	return render.Clean(p.words.Name(value))
}

// grouped is a number with its thousands apart.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

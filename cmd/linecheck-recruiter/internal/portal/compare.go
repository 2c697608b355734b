package portal

import (
	"net/http"
	"slices"

	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/render"
	"linecheck/report/verify"
)

// comparePage is two reports side by side, the earlier one first.
type comparePage struct {
	A, B     store.Stored
	Verdicts [2]string
	Rows     []comparedRow
	// Methods are checks whose method changed between the two: their numbers are not comparable.
	Methods []string
}

// comparedRow is one number of both.
type comparedRow struct {
	Name, A, B, Change string
	// Differs says that the two are not the same.
	Differs bool
}

// showCompare is two reports side by side.
func (p *Portal) showCompare(w http.ResponseWriter, r *http.Request, _ people.Person) error {
	chosen := r.URL.Query()["c"]
	if len(chosen) != 2 || chosen[0] == chosen[1] {
		return bad("problem.two")
	}
	var stored [2]store.Stored
	var results [2]verify.Result
	for i, digest := range chosen {
		var err error
		if stored[i], err = p.Store.Report(r.Context(), digest); err != nil {
			return err
		}
	}
	if stored[1].Received.Before(stored[0].Received) {
		slices.Reverse(stored[:])
	}
	body := comparePage{A: stored[0], B: stored[1]}
	for i, s := range stored {
		var err error
		if results[i], err = p.opened(s, nil); err != nil || !results[i].Authentic {
			return &wrong{http.StatusUnprocessableEntity, "problem.unverified", nil}
		}
		body.Verdicts[i] = p.words.Name("pdf.verdict." + string(results[i].Appraisal.Verdict))
	}
	body.Rows, body.Methods = p.compared(results[0].Report.Evidence, results[1].Report.Evidence)
	p.show(w, r, http.StatusOK, "compare", page{Title: p.texts.say("compare.title"), Here: "reports", Body: body})
	return nil
}

// compared are all numbers of both, in the order of the second report, then what only the first has.
func (p *Portal) compared(a, b []report.Evidence) (rows []comparedRow, methods []string) {
	for _, e := range b {
		i := slices.IndexFunc(a, func(o report.Evidence) bool { return o.Check == e.Check })
		var before report.Evidence
		if i >= 0 {
			if before = a[i]; before.Revision != e.Revision {
				methods = append(methods, p.words.Name(e.Check))
			}
		}
		for _, m := range e.Metrics {
			old, ok := before.Metric(m.Key)
			rows = append(rows, p.comparedRow(old, ok, m, true))
		}
		for _, m := range before.Metrics {
			if _, ok := e.Metric(m.Key); !ok {
				rows = append(rows, p.comparedRow(m, true, report.Metric{}, false))
			}
		}
	}
	for _, e := range a {
		if !slices.ContainsFunc(b, func(o report.Evidence) bool { return o.Check == e.Check }) {
			for _, m := range e.Metrics {
				rows = append(rows, p.comparedRow(m, true, report.Metric{}, false))
			}
		}
	}
	return rows, methods
}

func (p *Portal) comparedRow(a report.Metric, hasA bool, b report.Metric, hasB bool) comparedRow {
	told := func(m report.Metric, has bool) string {
		if !has {
			return p.words.Name("value.absent")
		}
		return render.Quantity(render.Short(m.Value), m.Unit, p.words)
	}
	key := b.Key
	if !hasB {
		key = a.Key
	}
	row := comparedRow{Name: render.Clean(p.words.Name(key)), A: told(a, hasA), B: told(b, hasB)}
	row.Differs = row.A != row.B
	if hasA && hasB && row.Differs {
		if d, ok := report.Num(float64(b.Value - a.Value)); ok {
			sign := "+"
			if d < 0 {
				sign = ""
			}
			row.Change = sign + render.Quantity(render.Short(d), b.Unit, p.words)
		}
	}
	return row
}

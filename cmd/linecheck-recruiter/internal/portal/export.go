package portal

import (
	"net/http"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/export"
	"linecheck/cmd/linecheck-recruiter/internal/people"
)

// longestExport is how long an export may take: all of ten million reports.
const longestExport = 6 * time.Hour

// export answers with the reports that the filters let through, as a table or as JSON lines.
func (p *Portal) export(w http.ResponseWriter, r *http.Request, who people.Person) error {
	format := export.Format(r.URL.Query().Get("format"))
	kind, ending := "text/csv; charset=utf-8", ".csv"
	switch format {
	case export.CSV:
	case export.JSONLines:
		kind, ending = "application/jsonl", ".jsonl"
	default:
		return bad("problem.sort")
	}
	q, err := queryOf(r.URL.Query())
	if err != nil {
		return err
	}
	t, err := p.Trust()
	if err != nil {
		return err
	}
	if err := p.note(r, who, "report.exported", "", r.URL.Query().Get("format")); err != nil {
		return err
	}
	q.Limit = 0
	if err := http.NewResponseController(w).SetWriteDeadline(p.now().Add(longestExport)); err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="linecheck-reports`+ending+`"`)
	w.Header().Set("Cache-Control", "no-store")
	if _, err := export.Write(r.Context(), w, format, p.Store, t, q, p.now()); err != nil {
		p.Log.Error("an export broke off", "error", err)
		panic(http.ErrAbortHandler) // what has gone out must not look whole
	}
	return nil
}

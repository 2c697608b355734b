package portal

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/sheet"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report/policy"
)

// reappraiseAll answers with a table of every report that the filters let through, and what it would be under a
// policy, however many there are.
func (p *Portal) reappraiseAll(w http.ResponseWriter, r *http.Request, who people.Person) error {
	chosen, err := p.Store.PolicyOf(r.Context(), r.URL.Query().Get("policy"))
	if err != nil {
		return &wrong{http.StatusNotFound, "problem.policy", nil}
	}
	by, err := policy.Parse(chosen.Text)
	if err != nil {
		return err
	}
	q, err := queryOf(r.URL.Query())
	if err != nil {
		return err
	}
	if _, err := p.Store.List(r.Context(), q); errors.Is(err, store.ErrBroad) {
		return bad("reports.broad")
	}
	if err := p.note(r, who, "report.reappraised", chosen.Digest, ""); err != nil {
		return err
	}
	if err := http.NewResponseController(w).SetWriteDeadline(p.now().Add(longestExport)); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="linecheck-reappraised.csv"`)
	w.Header().Set("Cache-Control", "no-store")
	if err := p.writeEffect(r.Context(), w, q, by); err != nil {
		p.Log.Error("a table broke off", "error", err)
		panic(http.ErrAbortHandler) // what has gone out must not look whole
	}
	return nil
}

func (p *Portal) writeEffect(ctx context.Context, w io.Writer, q store.Query, by policy.Policy) error {
	out := sheet.NewWriter(w)
	if err := out.Write("report", "applicant", "received", "role", "region", "verdict", "under this policy", "changed", "because of", "error"); err != nil {
		return err
	}
	q.Limit, q.After = 500, ""
	for {
		found, err := p.Store.List(ctx, q)
		if err != nil {
			return err
		}
		for _, row := range found.Rows {
			c, err := p.rejudge(ctx, row, by)
			if errors.Is(err, store.ErrUnknown) { // erased in this moment
				continue
			}
			cells := []string{row.Digest, row.Applicant, row.Received.UTC().Format(time.RFC3339), row.Role, row.Region, string(row.Verdict), c.To, "no", strings.Join(c.Because, ", "), ""}
			switch {
			case err != nil:
				cells[7], cells[9] = "", "does not verify"
			case c.From != c.To:
				cells[7] = "yes"
			}
			if err := out.Write(cells...); err != nil {
				return err
			}
		}
		if q.After = found.Next; q.After == "" {
			return out.Flush()
		}
	}
}

package portal

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"

	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/policy"
)

// mostReappraised is how many reports are judged anew for a page: each is opened and verified for it.
const mostReappraised = 1000

// effect is what another policy would make of reports.
type effect struct {
	// Judged is how many reports were judged anew, Failed how many of them could not be; More says that there are
	// others beyond the bound.
	Judged, Failed int
	More           bool
	// Moves count the reports by verdict before and after; those that stay are among them.
	Moves []move
	// Changed are reports whose verdict would be another.
	Changed []changed
}

type move struct {
	From, To string
	Reports  int
	Same     bool
}

type changed struct {
	store.Row
	From, To string
	// Because are the rules that come out otherwise.
	Because []string
}

// effect judges the newest reports that match under a policy, beside the one each was invited under.
func (p *Portal) effect(ctx context.Context, q store.Query, by policy.Policy) (e effect, err error) {
	counts := map[[2]string]int{}
	q.Limit, q.After = 200, ""
	for e.Judged+e.Failed < mostReappraised {
		found, err := p.Store.List(ctx, q)
		if err != nil {
			return e, err
		}
		for _, row := range found.Rows {
			c, err := p.rejudge(ctx, row, by)
			if errors.Is(err, store.ErrUnknown) { // erased in this moment
				continue
			}
			if err != nil {
				e.Failed++
				continue
			}
			e.Judged++
			counts[[2]string{c.From, c.To}]++
			if c.From != c.To {
				e.Changed = append(e.Changed, c)
			}
		}
		if q.After = found.Next; q.After == "" {
			break
		}
	}
	e.More = q.After != ""
	for _, m := range slices.SortedFunc(maps.Keys(counts), func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }) {
		e.Moves = append(e.Moves, move{m[0], m[1], counts[m], m[0] == m[1]})
	}
	return e, nil
}

var errUnverified = errors.New("the stored report does not verify")

// rejudge judges one report under its invite's policy and under another.
func (p *Portal) rejudge(ctx context.Context, row store.Row, by policy.Policy) (changed, error) {
	s, err := p.Store.Report(ctx, row.Digest)
	if err != nil {
		return changed{}, err
	}
	res, err := p.opened(s, nil)
	if err != nil || !res.Authentic {
		return changed{}, errors.Join(err, errUnverified)
	}
	after := policy.Appraise(by, res.Report.Evidence)
	c := changed{Row: row, From: string(res.Appraisal.Verdict), To: string(after.Verdict)}
	for _, r := range after.Results {
		i := slices.IndexFunc(res.Appraisal.Results, func(o policy.RuleResult) bool { return o.Key == r.Key && o.Check == r.Check })
		if before := report.Ready; (i < 0 && r.Verdict != before) || i >= 0 && res.Appraisal.Results[i].Verdict != r.Verdict {
			c.Because = append(c.Because, p.words.Name(r.Key))
		}
	}
	return c, nil
}

// reappraisePage asks for a policy and shows what it would change.
type reappraisePage struct {
	Policies []store.Policy
	Chosen   store.Policy
	Effect   *effect
	Filters  map[string]string
	// All is the address of a table of every report that the filters let through; empty for who may not export.
	All string
}

// showReappraise shows what another policy would make of one report, or of those that the filters let through.
func (p *Portal) showReappraise(w http.ResponseWriter, r *http.Request, who people.Person) error {
	list, err := p.Store.Policies(r.Context())
	if err != nil {
		return err
	}
	v := r.URL.Query()
	body := reappraisePage{Policies: list, Filters: map[string]string{}}
	for _, name := range []string{"search", "role", "region", "verdict", "decision", "observed", "from", "until"} {
		if value := v.Get(name); value != "" {
			body.Filters[name] = value
		}
	}
	shown := page{Title: p.texts.say("reappraise.title"), Here: "policies"}
	if digest := v.Get("policy"); digest != "" {
		if body.Chosen, err = p.Store.PolicyOf(r.Context(), digest); err != nil {
			return &wrong{http.StatusNotFound, "problem.policy", nil}
		}
		by, err := policy.Parse(body.Chosen.Text)
		if err != nil {
			return err
		}
		q, err := queryOf(v)
		if err != nil {
			return err
		}
		e, err := p.effect(r.Context(), q, by)
		if errors.Is(err, store.ErrBroad) {
			return bad("reports.broad")
		}
		if err != nil {
			return err
		}
		body.Effect = &e
		if who.May(people.Export) {
			body.All = Prefix + "reappraise/all?" + v.Encode()
		}
	}
	shown.Body = body
	p.show(w, r, http.StatusOK, "reappraise", shown)
	return nil
}

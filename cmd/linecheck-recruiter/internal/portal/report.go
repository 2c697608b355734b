package portal

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/render"
	"linecheck/report/verify"
)

// reportPage is one report with all that is known of it.
type reportPage struct {
	Stored store.Stored
	Name   string // the applicant's, as the recruiter gave it
	Code   string
	// Authentic says that it verifies; what follows from the report is empty where it does not.
	Authentic        bool
	Steps            []verify.Step
	Verdict, Explain string
	Expired          bool
	Facts            []named
	Head             []string
	Rows             []ruleRow
	Findings         []render.Told
	Checks           []checkView
	Voice            bool
	// History are the applicant's other reports, Same those from the same computer under other references.
	History, Same []store.Row
	Decided       []store.Decided
	Kinds         []store.Decision
	Policies      []store.Policy
	// Serving are the ids of other invites that it serves too.
	Serving []string

	MayDecide, MayErase, MayEdit bool
}

type named struct{ Name, Value string }

// ruleRow is how one rule came out: its cells, and the verdict as a code.
type ruleRow struct {
	Verdict string
	Cells   []string
}

// checkView is the evidence of one check.
type checkView struct {
	ID, Name, Outcome, Reason, Started, Took string
	Metrics                                  []metricView
	Facts                                    []named
	Charts                                   []chart
}

type metricView struct{ Key, Name, Value, By, Samples string }

// showReport is one report.
func (p *Portal) showReport(w http.ResponseWriter, r *http.Request, who people.Person) error {
	s, err := p.Store.Report(r.Context(), r.PathValue("digest"))
	if err != nil {
		return err
	}
	body := reportPage{Stored: s, Code: bundle.Code(s.Digest), Kinds: store.Decisions(), MayDecide: who.Role.May(people.Decide), MayErase: who.Role.May(people.Erase), MayEdit: who.Role.May(people.EditPolicies)}
	applicant := ""
	if inv, err := p.Store.InviteByID(r.Context(), s.Invite); err == nil {
		body.Name, applicant = inv.Name, inv.Applicant
	}
	res, err := p.opened(s, nil)
	if err != nil {
		p.Log.Error("open a stored report", "error", err)
		body.Steps = []verify.Step{{Name: "envelope", Status: verify.Failed, Detail: "the stored report cannot be read"}}
	} else {
		p.tell(&body, res)
	}
	if body.History, err = p.Store.History(r.Context(), applicant); err != nil {
		return err
	}
	if body.Same, err = p.others(r.Context(), s.Machine, applicant); err != nil {
		return err
	}
	if body.Decided, err = p.Store.Decided(r.Context(), s.Digest); err != nil {
		return err
	}
	slices.Reverse(body.Decided)
	if body.Serving, err = p.Store.Serving(r.Context(), s.Digest); err != nil {
		return err
	}
	if body.Policies, err = p.Store.Policies(r.Context()); err != nil {
		return err
	}
	p.show(w, r, http.StatusOK, "report", page{Title: p.texts.say("report.title", "applicant", render.Clean(applicant)), Here: "reports", Body: body})
	return nil
}

// others are the reports from a computer that were made for other applicants.
func (p *Portal) others(ctx context.Context, machine, applicant string) ([]store.Row, error) {
	list, err := p.Store.SameMachine(ctx, machine)
	return slices.DeleteFunc(list, func(r store.Row) bool { return r.Applicant == applicant }), err
}

// tell puts a verified report into words.
func (p *Portal) tell(b *reportPage, res verify.Result) {
	b.Steps, b.Authentic = res.Steps, res.Authentic
	if !res.Authentic {
		return
	}
	word := p.words.Name
	b.Verdict = string(res.Appraisal.Verdict)
	b.Explain = word("lookup.verdict." + b.Verdict)
	b.Expired = p.now().After(res.ValidUntil)
	run := strings.NewReplacer("{n}", strconv.Itoa(res.Receipt.Run), "{all}", strconv.Itoa(res.Receipt.Runs)).Replace(word("pdf.run"))
	for _, f := range []named{
		{"pdf.applicant", res.Invite.Applicant}, {"portal.name", b.Name}, {"pdf.signature", res.Report.Signature}, {"pdf.role", word(res.Invite.Role)}, {"pdf.region", res.Invite.Region},
		{"pdf.received", moment(res.Receipt.Received)}, {"pdf.valid-until", day(res.ValidUntil)}, {"pdf.runs", run}, {"pdf.code", b.Code},
		{"pdf.program", strings.Join([]string{res.Report.Program.Name, res.Report.Program.Version, res.Report.Program.OS, res.Report.Program.Arch}, " ")},
	} {
		if f.Value != "" {
			b.Facts = append(b.Facts, named{cmp.Or(p.texts[f.Name], word(f.Name)), render.Clean(f.Value)})
		}
	}
	head := render.Head(p.words)
	head.By = word("pdf.seen")
	b.Head = head.Cells()
	for i, row := range render.Rows(*res.Appraisal, p.words) {
		switch r := res.Appraisal.Results[i]; {
		case r.Origin == report.Server:
			row.By = word("pdf.observed")
		case r.Value != "":
			row.By = word("pdf.claimed")
		}
		b.Rows = append(b.Rows, ruleRow{string(res.Appraisal.Results[i].Verdict), row.Cells()})
	}
	b.Findings = render.Tell(res.Appraisal.Findings, p.words)
	for _, e := range res.Report.Evidence {
		b.Checks = append(b.Checks, p.check(e))
	}
	for _, o := range res.Observations {
		b.Checks = append(b.Checks, p.observation(o))
	}
	b.Voice = len(res.Voice) > 0
}

// check is what the applicant's program says of one check.
func (p *Portal) check(e report.Evidence) checkView {
	v := checkView{ID: e.Check, Name: render.Clean(p.words.Name(e.Check)), Outcome: render.Clean(p.words.Name("outcome." + string(e.Outcome))), Started: moment(e.Started),
		Took: render.Quantity(strconv.FormatInt(e.ElapsedMS, 10), "ms", p.words)}
	if e.Reason != "" {
		a, _ := p.words.Find(e.Reason)
		v.Reason = render.Clean(cmp.Or(a.Title, e.Reason))
	}
	p.evidence(&v, e.Metrics, e.Facts, e.Series)
	return v
}

// observation is what the probe says of one check.
func (p *Portal) observation(o report.Observation) checkView {
	v := checkView{ID: o.Check, Name: p.texts.say("report.observation", "check", render.Clean(p.words.Name(o.Check))), Started: moment(o.Started),
		Took: render.Quantity(strconv.FormatInt(o.Ended.Sub(o.Started).Milliseconds(), 10), "ms", p.words)}
	p.evidence(&v, o.Metrics, o.Facts, o.Series)
	return v
}

func (p *Portal) evidence(v *checkView, metrics []report.Metric, facts map[string]string, series []report.Series) {
	for _, m := range metrics {
		samples := ""
		if m.Samples > 0 {
			samples = strconv.Itoa(m.Samples)
		}
		v.Metrics = append(v.Metrics, metricView{render.Clean(m.Key), render.Clean(p.words.Name(m.Key)), render.Quantity(string(render.Short(m.Value)), m.Unit, p.words), p.who(m.Origin), samples})
	}
	for _, key := range slices.Sorted(maps.Keys(facts)) {
		v.Facts = append(v.Facts, named{render.Clean(key), render.Clean(facts[key])})
	}
	for _, s := range series {
		v.Charts = append(v.Charts, p.chart(s))
	}
}

// who says by whom a number was measured.
func (p *Portal) who(o report.Origin) string {
	if o == report.Server {
		return p.words.Name("pdf.observed")
	}
	return p.words.Name("pdf.claimed")
}

// playVoice answers with the recording of the applicant reading aloud.
func (p *Portal) playVoice(w http.ResponseWriter, r *http.Request, _ people.Person) error {
	s, err := p.Store.Report(r.Context(), r.PathValue("digest"))
	if err != nil {
		return err
	}
	res, err := p.opened(s, nil)
	if err != nil || len(res.Voice) == 0 {
		return &wrong{http.StatusNotFound, "problem.voice", nil}
	}
	w.Header().Set("Content-Type", "audio/flac")
	w.Header().Set("Cache-Control", "no-store")
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(res.Voice)))
	return nil
}

// download answers with the report as it came, or as JSON with its receipt.
func (p *Portal) download(w http.ResponseWriter, r *http.Request, _ people.Person) error {
	s, err := p.Store.Report(r.Context(), r.PathValue("digest"))
	if err != nil {
		return err
	}
	data, ending := s.Bundle, ".json"
	switch {
	case r.URL.Query().Get("as") == "received":
		ending = coatEnding(data)
	default:
		if data, err = withReceipt(s); err != nil {
			return err
		}
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="linecheck-`+bundle.Code(s.Digest)+ending+`"`)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(data)
	return nil
}

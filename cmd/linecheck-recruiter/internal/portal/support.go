package portal

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"linecheck/assets"
	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report/bundle"
	"linecheck/report/policy"
	"linecheck/report/render"
	"linecheck/report/support"
)

// supportPage is a file for IT support as far as it can be read. Nobody has signed it:
// nothing on the page is verified, and nothing of it is kept.
type supportPage struct {
	// Open says that a file was opened.
	Open bool
	// Troubles are what is wrong with it.
	Troubles []named
	Head     []named
	// Report is the digest of the report that it belongs to, where that is here; empty where it is not.
	Report   string
	Findings []render.Told
	Checks   []checkView
	Facts    []named
	Hidden   []named
	Files    []named
	// Log is the end of the log.
	Log string
}

// logShown is how much of a log's end is shown, in bytes.
const logShown = 64 << 10

func (p *Portal) showSupport(w http.ResponseWriter, r *http.Request, _ people.Person) error {
	p.show(w, r, http.StatusOK, "support", page{Title: p.texts.say("support.title"), Here: "support", Body: supportPage{}})
	return nil
}

// openSupport shows a file for IT support that is handed over.
func (p *Portal) openSupport(w http.ResponseWriter, r *http.Request, _ people.Person) error {
	data, err := uploaded(r, "file", support.MaxSize)
	if err != nil {
		return err
	}
	if len(data) == 0 {
		return bad("problem.empty")
	}
	o, err := support.Open(data)
	if errors.Is(err, support.ErrBundle) {
		return &wrong{http.StatusUnprocessableEntity, "problem.support", nil}
	}
	if err != nil {
		return err
	}
	body := p.supported(o)
	if digest := o.Manifest.Report; digest != "" {
		switch _, err := p.Store.Report(r.Context(), digest); {
		case err == nil:
			body.Report = digest
		case !errors.Is(err, store.ErrUnknown):
			return err
		}
	}
	p.show(w, r, http.StatusOK, "support", page{Title: p.texts.say("support.title"), Here: "support", Body: body})
	return nil
}

// supported puts a file into words.
func (p *Portal) supported(o support.Opened) supportPage {
	m := o.Manifest
	v := supportPage{Open: true}
	for _, t := range o.Troubles {
		v.Troubles = append(v.Troubles, named{p.texts.say("trouble." + t.Code), render.Clean(t.File)})
	}
	if m.Schema != "" {
		v.Head = []named{{p.texts.say("support.case"), render.Clean(m.Case)}, {p.texts.say("support.made"), moment(m.Made)}, {p.texts.say("support.program"), render.Clean(m.Program.Name + " " + m.Program.Version)}}
	}
	if m.Report != "" {
		v.Head = append(v.Head, named{p.texts.say("support.report"), render.Clean(bundle.Code(m.Report))})
	}
	for _, h := range m.Hidden {
		v.Hidden = append(v.Hidden, named{render.Clean(p.words.Name("hidden." + h.What)), render.Clean(p.words.Name("hidden." + h.How))})
	}
	looked := o.Look()
	v.Findings = p.found(looked)
	for _, e := range looked.Evidence {
		v.Checks = append(v.Checks, p.check(e))
	}
	var facts map[string]string
	if json.Unmarshal(o.Files["facts.json"], &facts) == nil {
		for _, key := range slices.Sorted(maps.Keys(facts)) {
			v.Facts = append(v.Facts, named{render.Clean(key), render.Clean(facts[key])})
		}
	}
	for _, f := range support.List(o.Files) {
		v.Files = append(v.Files, named{f.Name, render.Quantity(strconv.Itoa(f.Bytes), "bytes", p.words)})
	}
	log := o.Files["log.jsonl"]
	var lines []string
	for line := range strings.Lines(string(log[max(0, len(log)-logShown):])) {
		lines = append(lines, render.Clean(line))
	}
	v.Log = strings.Join(lines, "\n")
	return v
}

// found are the findings in evidence that nobody has verified, under the built-in policy for self-checks.
func (p *Portal) found(l support.Looked) []render.Told {
	text, err := assets.Policy("self-check")
	if err != nil {
		return nil
	}
	rules, err := policy.Parse(text)
	if err != nil {
		return nil
	}
	return render.Tell(policy.AppraiseMeasured(rules, l.Evidence).Findings, p.words)
}

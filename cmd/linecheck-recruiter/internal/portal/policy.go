package portal

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"linecheck/assets"
	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/policy"
	"linecheck/report/render"
	"linecheck/report/strict"
)

// seed keeps the built-in policy where there is none yet.
func (p *Portal) seed(r *http.Request) error {
	list, err := p.Store.Policies(r.Context())
	if err != nil || len(list) > 0 {
		return err
	}
	text, err := assets.Policy("customer-service")
	if err != nil {
		return err
	}
	return p.keep(r, text, "")
}

// keep keeps a policy that can be used.
func (p *Portal) keep(r *http.Request, text []byte, person string) error {
	parsed, err := policy.Parse(text)
	if err != nil {
		return err
	}
	return p.Store.PutPolicy(r.Context(), store.Policy{Digest: policy.Digest(text), ID: parsed.ID, Version: parsed.Version, Text: text, Added: p.now(), Person: person})
}

func (p *Portal) showPolicies(w http.ResponseWriter, r *http.Request, who people.Person) error {
	if err := p.seed(r); err != nil {
		return err
	}
	list, err := p.Store.Policies(r.Context())
	if err != nil {
		return err
	}
	p.show(w, r, http.StatusOK, "policies", page{Title: p.texts.say("policies.title"), Here: "policies",
		Body: struct {
			Policies []store.Policy
			MayEdit  bool
		}{list, who.Role.May(people.EditPolicies)}})
	return nil
}

// policyPage is one policy, to read or to change.
type policyPage struct {
	Policy store.Policy
	Rules  []ruleView
	// Text is its JSON; in the editor as it was typed.
	Text    string
	Valid   int
	Effect  *effect
	MayEdit bool
}

// ruleView is one rule with its bounds as they stand in a form.
type ruleView struct {
	ID, Name, Unit       string
	Relation             string // "at-least", "at-most" or "one-of"
	Minimum, Recommended string
	// The same as people read it.
	MinimumText, RecommendedText string
	Observed, Optional           bool
	Source                       string
}

func (p *Portal) rules(by policy.Policy) (list []ruleView) {
	for _, r := range by.Rules {
		v := ruleView{ID: r.ID, Name: render.Clean(p.words.Name(r.Key())), Unit: unitOf(r), Observed: r.Observed, Optional: r.Optional, Source: render.Clean(r.Source)}
		bounds := r.AtLeast
		switch {
		case r.AtLeast != nil:
			v.Relation = "at-least"
		case r.AtMost != nil:
			v.Relation, bounds = "at-most", r.AtMost
		default:
			v.Relation, v.Minimum, v.Recommended = "one-of", strings.Join(r.OneOf.Minimum, ", "), strings.Join(r.OneOf.Recommended, ", ")
		}
		if bounds != nil {
			v.Minimum, v.Recommended = numberText(bounds.Minimum), numberText(bounds.Recommended)
		}
		v.MinimumText, v.RecommendedText = p.bound(v.Minimum, v.Unit), p.bound(v.Recommended, v.Unit)
		list = append(list, v)
	}
	return list
}

// bound is a bound as people read it.
func (p *Portal) bound(v, unit string) string {
	if v == "" {
		return ""
	}
	return render.Quantity(v, unit, p.words)
}

func numberText(n *report.Number) string {
	if n == nil {
		return ""
	}
	return n.String()
}

func (p *Portal) policyOf(r *http.Request) (store.Policy, policy.Policy, error) {
	s, err := p.Store.PolicyOf(r.Context(), r.PathValue("digest"))
	if errors.Is(err, store.ErrNoPolicy) {
		return s, policy.Policy{}, &wrong{http.StatusNotFound, "problem.policy", nil}
	}
	if err != nil {
		return s, policy.Policy{}, err
	}
	by, err := policy.Parse(s.Text)
	return s, by, err
}

func (p *Portal) showPolicy(w http.ResponseWriter, r *http.Request, who people.Person) error {
	return p.policyPage(w, r, who, "policy")
}

func (p *Portal) editPolicy(w http.ResponseWriter, r *http.Request, who people.Person) error {
	return p.policyPage(w, r, who, "edit-policy")
}

func (p *Portal) policyPage(w http.ResponseWriter, r *http.Request, who people.Person, name string) error {
	s, by, err := p.policyOf(r)
	if err != nil {
		return err
	}
	body := policyPage{Policy: s, Rules: p.rules(by), Text: string(s.Text), Valid: by.Valid(), MayEdit: who.Role.May(people.EditPolicies)}
	p.show(w, r, http.StatusOK, name, page{Title: p.texts.say("policy.title", "id", s.ID), Here: "policies", Body: body})
	return nil
}

// savePolicy shows what a changed policy would do to the reports there are, or keeps it as the next version.
func (p *Portal) savePolicy(w http.ResponseWriter, r *http.Request, who people.Person) error {
	base, err := p.Store.PolicyOf(r.Context(), r.Form.Get("base"))
	if err != nil {
		return &wrong{http.StatusNotFound, "problem.policy", nil}
	}
	text, by, err := changedPolicy(base, r.Form)
	body := policyPage{Policy: base, Text: string(text), MayEdit: true}
	shown := page{Title: p.texts.say("policy.title", "id", base.ID), Here: "policies"}
	if err != nil {
		shown.Problem = p.texts.say("policy.unusable", "why", render.Clean(err.Error()))
		if old, err := policy.Parse(base.Text); err == nil {
			body.Rules, body.Valid = p.rules(old), old.Valid()
		}
		shown.Body = body
		p.show(w, r, http.StatusBadRequest, "edit-policy", shown)
		return nil
	}
	if r.Form.Get("do") == "save" {
		if err := p.keep(r, text, who.Login); err != nil {
			return err
		}
		if err := p.note(r, who, "policy.added", policy.Digest(text), by.ID); err != nil {
			return err
		}
		return done(w, r, Prefix+"policies/"+policy.Digest(text), "policy")
	}
	e, err := p.effect(r.Context(), store.Query{}, by)
	if err != nil {
		return err
	}
	body.Rules, body.Valid, body.Effect = p.rules(by), by.Valid(), &e
	shown.Body = body
	p.show(w, r, http.StatusOK, "edit-policy", shown)
	return nil
}

// changedPolicy is a policy as its text was typed, or with the bounds and days of the form,
// as a version after its base.
func changedPolicy(base store.Policy, form url.Values) ([]byte, policy.Policy, error) {
	text, typed := base.Text, form.Get("text")
	if typed != "" {
		text = []byte(typed)
	}
	by, err := policy.Parse(text)
	if err != nil {
		return text, by, err
	}
	if typed == "" {
		if err := applyForm(&by, form); err != nil {
			return text, by, err
		}
	}
	by.Version = max(by.Version, base.Version+1)
	if text, err = strict.Encode(by); err != nil {
		return text, by, err
	}
	by, err = policy.Parse(text)
	return text, by, err
}

// unitOf is the unit that a metric's key names; empty for a fact.
func unitOf(r policy.Rule) string {
	parts := strings.Split(r.Metric, ".")
	for _, part := range slices.Backward(parts) {
		if unit, ok := report.UnitOf(part); ok {
			return unit
		}
	}
	return ""
}

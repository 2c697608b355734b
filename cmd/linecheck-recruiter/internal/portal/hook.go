package portal

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"linecheck/cmd/linecheck-recruiter/internal/hook"
	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// hooksPage is the webhooks, each with what was sent last.
type hooksPage struct {
	Hooks  []hookView
	Events []string
	// Secret is that of a webhook that was just added, shown this once.
	Secret string
}

type hookView struct {
	store.Hook
	Last []store.Delivery
}

// lastDeliveries is how many deliveries of a webhook are shown.
const lastDeliveries = 10

func (p *Portal) showHooks(w http.ResponseWriter, r *http.Request, _ people.Person) error {
	return p.hooks(w, r, "")
}

func (p *Portal) hooks(w http.ResponseWriter, r *http.Request, secret string) error {
	list, err := p.Hooks.List(r.Context())
	if err != nil {
		return err
	}
	body := hooksPage{Events: hook.Events(), Secret: secret}
	for _, h := range list {
		v := hookView{Hook: h}
		if v.Last, err = p.Hooks.Deliveries(r.Context(), h.ID, lastDeliveries); err != nil {
			return err
		}
		body.Hooks = append(body.Hooks, v)
	}
	p.show(w, r, http.StatusOK, "hooks", page{Title: p.texts.say("hooks.title"), Here: "hooks", Body: body})
	return nil
}

func (p *Portal) addHook(w http.ResponseWriter, r *http.Request, who people.Person) error {
	h, err := p.Hooks.Add(r.Context(), strings.TrimSpace(r.PostForm.Get("url")), r.PostForm["events"], p.now())
	if errors.Is(err, hook.ErrURL) || errors.Is(err, hook.ErrPrivate) || errors.Is(err, hook.ErrEvents) {
		return bad("problem.hook", "why", err.Error())
	}
	if err != nil {
		return err
	}
	if err := p.note(r, who, "webhook.added", strconv.FormatInt(h.ID, 10), ""); err != nil {
		return err
	}
	return p.hooks(w, r, h.Secret)
}

// changeHook tries a webhook, turns it on again or removes it.
func (p *Portal) changeHook(w http.ResponseWriter, r *http.Request, who people.Person) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return bad("problem.place")
	}
	do, told := r.FormValue("do"), "hook"
	switch do {
	case "try":
		_, err = p.Hooks.Try(r.Context(), id, p.now())
		told = "tried"
	case "enable":
		err = p.Hooks.Enable(r.Context(), id)
	case "remove":
		err = p.Hooks.Remove(r.Context(), id)
	default:
		return bad("problem.place")
	}
	if errors.Is(err, store.ErrNoHook) {
		return bad("problem.place")
	}
	if err != nil {
		return err
	}
	if err := p.note(r, who, map[string]string{"try": "webhook.tried", "enable": "webhook.enabled", "remove": "webhook.removed"}[do], strconv.FormatInt(id, 10), ""); err != nil {
		return err
	}
	return done(w, r, Prefix+"webhooks", told)
}

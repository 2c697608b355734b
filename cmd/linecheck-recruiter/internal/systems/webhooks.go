package systems

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/hook"
	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/refusal"
	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// WebhooksSchema names the list of webhooks.
const WebhooksSchema = "linecheck.webhooks/1"

// hookRow is a webhook. Its secret is there only in the answer to its making.
type hookRow struct {
	ID       int64     `json:"id"`
	URL      string    `json:"url"`
	Events   []string  `json:"events"`
	Created  time.Time `json:"created"`
	Disabled bool      `json:"disabled"`
	Secret   string    `json:"secret,omitzero"`
}

type hookList struct {
	Schema   string    `json:"schema"`
	Webhooks []hookRow `json:"webhooks"`
}

func hookOf(h store.Hook) hookRow {
	return hookRow{ID: h.ID, URL: h.URL, Events: h.Events, Created: h.Created, Disabled: !h.Disabled.IsZero()}
}

func (a *API) hooks(r *http.Request, _ people.Token) (any, error) {
	list, err := a.Hooks.List(r.Context())
	out := hookList{WebhooksSchema, []hookRow{}}
	for _, h := range list {
		out.Webhooks = append(out.Webhooks, hookOf(h))
	}
	return out, err
}

func (a *API) addHook(r *http.Request, who people.Token) (any, error) {
	want, err := body[struct {
		URL    string   `json:"url"`
		Events []string `json:"events,omitzero"`
	}](r)
	if err != nil {
		return nil, err
	}
	if len(want.Events) == 0 {
		want.Events = hook.Events()
	}
	h, err := a.Hooks.Add(r.Context(), want.URL, want.Events, a.now())
	if errors.Is(err, hook.ErrURL) || errors.Is(err, hook.ErrPrivate) || errors.Is(err, hook.ErrEvents) {
		return nil, refusal.New(http.StatusBadRequest, "webhook.malformed", oneLine(err))
	}
	if err != nil {
		return nil, err
	}
	row := hookOf(h)
	row.Secret = h.Secret
	return hookList{WebhooksSchema, []hookRow{row}}, a.note(r.Context(), who, "webhook.added", strconv.FormatInt(h.ID, 10), "")
}

func hookID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, noHook()
	}
	return id, nil
}

func noHook() error {
	return refusal.New(http.StatusNotFound, "webhook.unknown", "there is no such webhook")
}

func (a *API) removeHook(r *http.Request, who people.Token) (any, error) {
	id, err := hookID(r)
	if err != nil {
		return nil, err
	}
	if err := a.Hooks.Remove(r.Context(), id); errors.Is(err, store.ErrNoHook) {
		return nil, noHook()
	} else if err != nil {
		return nil, err
	}
	return done{1}, a.note(r.Context(), who, "webhook.removed", strconv.FormatInt(id, 10), "")
}

// tryHook sends a test event and says what came of it.
func (a *API) tryHook(r *http.Request, who people.Token) (any, error) {
	id, err := hookID(r)
	if err != nil {
		return nil, err
	}
	d, err := a.Hooks.Try(r.Context(), id, a.now())
	if errors.Is(err, store.ErrNoHook) {
		return nil, noHook()
	}
	if err != nil {
		return nil, err
	}
	return struct {
		State  string `json:"state"`
		Answer string `json:"answer"`
	}{string(d.State), d.Answer}, a.note(r.Context(), who, "webhook.try", strconv.FormatInt(id, 10), "")
}

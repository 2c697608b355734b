package audio

import (
	"context"
	"time"

	"linecheck/checks"
)

// patience is how long an answer is waited for: then nobody is there any more.
const patience = 5 * time.Minute

// time is how long a check takes: alone, and what is added where somebody is asked.
func (c Config) time(alone, asking time.Duration) time.Duration {
	if c.Person == nil {
		return alone
	}
	return alone + asking
}

// personTime is what questions may add to a check's time.
const personTime = 20 * time.Minute

// person asks whoever is there; nobody is there where it is empty.
type person struct{ checks.Person }

// ask asks. ok is false where nobody answers.
func (p person) ask(ctx context.Context, q checks.Question) (a checks.Answer, ok bool) {
	if p.Person == nil {
		return a, false
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	a, err := p.Ask(ctx, q)
	return a, err == nil && len(a.Fields) == len(q.Fields)
}

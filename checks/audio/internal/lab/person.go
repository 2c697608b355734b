package lab

import (
	"context"
	"sync"

	"linecheck/checks"
)

// Person answers questions as told, and remembers which were asked.
type Person struct {
	// Say gives the answer; nil gives the usual one, and types nothing.
	Say func(q checks.Question) checks.Answer

	mu    sync.Mutex
	asked []string
}

// Ask answers at once. A choice that the question does not have is nobody's.
func (p *Person) Ask(_ context.Context, q checks.Question) (checks.Answer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, q.ID)
	a := checks.Answer{Choice: q.Choices[0], Fields: make([]string, len(q.Fields))}
	if p.Say != nil {
		if said := p.Say(q); said.Choice != "" {
			a = said
		}
	}
	return a, nil
}

// Asked are the ids of the questions so far.
func (p *Person) Asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

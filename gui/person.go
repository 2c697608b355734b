package gui

import (
	"context"
	"sync"

	"linecheck/checks"
	"linecheck/gui/model"
)

// Person is whoever sits before the window, as checks ask them. Make it before
// the checks, and give it to the window.
type Person struct {
	mu      sync.Mutex
	post    func(model.Msg) // nil while there is no window
	number  int
	waiting map[int]chan checks.Answer
}

var _ checks.Person = (*Person)(nil)

// NewPerson is a person without a window yet.
func NewPerson() *Person { return &Person{waiting: map[int]chan checks.Answer{}} }

// Ask shows the question in the window and waits for the answer. It returns
// [checks.ErrNobody] where there is no window.
func (p *Person) Ask(ctx context.Context, q checks.Question) (checks.Answer, error) {
	p.mu.Lock()
	if p.post == nil {
		p.mu.Unlock()
		return checks.Answer{}, checks.ErrNobody
	}
	p.number++
	number, said := p.number, make(chan checks.Answer, 1)
	p.waiting[number] = said
	post := p.post
	p.mu.Unlock()
	post(model.Asked{Number: number, Question: q})
	defer func() {
		p.mu.Lock()
		delete(p.waiting, number)
		p.mu.Unlock()
	}()
	select {
	case <-ctx.Done():
		post(model.Withdrawn{Number: number})
		return checks.Answer{}, ctx.Err()
	case a := <-said:
		return a, nil
	}
}

// sits puts the person before a window, which takes what is posted.
func (p *Person) sits(post func(model.Msg)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.post = post
}

// answer gives the answer to whoever waits for it.
func (p *Person) answer(a model.Answered) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if said, ok := p.waiting[a.Number]; ok {
		delete(p.waiting, a.Number)
		said <- checks.Answer{Choice: a.Choice, Fields: a.Fields}
	}
}

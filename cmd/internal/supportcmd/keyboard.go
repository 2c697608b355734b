package supportcmd

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	"linecheck/checks"
	"linecheck/report/advice"
	"linecheck/report/render"
)

// keyboard reads what a person types, line by line. One question after the other
// gets the next line, whatever became of the question before.
type keyboard struct {
	in    io.Reader
	start sync.Once
	lines chan string
}

func newKeyboard(in io.Reader) *keyboard { return &keyboard{in: in, lines: make(chan string)} }

// next is the next line without its end. It returns [checks.ErrNobody] once there are no more.
func (k *keyboard) next(ctx context.Context) (string, error) {
	k.start.Do(func() {
		go func() {
			defer close(k.lines)
			for s := bufio.NewScanner(k.in); s.Scan(); {
				k.lines <- s.Text()
			}
		}()
	})
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case line, ok := <-k.lines:
		if !ok {
			return "", checks.ErrNobody
		}
		return line, nil
	}
}

// typist is a person at the terminal.
type typist struct {
	keys  *keyboard
	show  *terminal
	words *advice.Catalogue
}

// Ask prints the question and reads the answer. The first choice is the Enter key, or
// what is typed into the fields; each other one has a letter.
func (p *typist) Ask(ctx context.Context, q checks.Question) (checks.Answer, error) {
	p.show.pause()
	defer p.show.goOn()
	p.show.tell("\n" + p.words.Name("ask."+q.ID+".title") + "\n" + p.words.Name("ask."+q.ID+".text"))
	for i, c := range q.Choices {
		if i == 0 && len(q.Fields) > 0 {
			continue // typing is that choice
		}
		p.show.tell(fmt.Sprintf("  [%s] %s", p.key(i), p.words.Name("ask."+q.ID+"."+c)))
	}
	if len(q.Fields) > 0 {
		return p.fields(ctx, q)
	}
	for {
		text, err := p.prompt(ctx, ">")
		if err != nil {
			return checks.Answer{}, err
		}
		if c, ok := p.chosen(q, text); ok {
			return checks.Answer{Choice: c}, nil
		}
		if strings.TrimSpace(text) == "" {
			return checks.Answer{Choice: q.Choices[0]}, nil
		}
		p.show.tell(p.words.Name("ask.letter"))
	}
}

// fields reads one field after the other; a letter instead of the first is another choice.
func (p *typist) fields(ctx context.Context, q checks.Question) (checks.Answer, error) {
	a := checks.Answer{Choice: q.Choices[0]}
	for _, f := range q.Fields {
		text, err := p.prompt(ctx, p.words.Name("ask."+q.ID+".field."+f)+":")
		if err != nil {
			return checks.Answer{}, err
		}
		if c, ok := p.chosen(q, text); ok {
			return checks.Answer{Choice: c, Fields: make([]string, len(q.Fields))}, nil
		}
		a.Fields = append(a.Fields, strings.TrimSpace(text))
	}
	return a, nil
}

func (p *typist) prompt(ctx context.Context, what string) (string, error) {
	p.show.say(render.Clean(what) + " ")
	text, err := p.keys.next(ctx)
	if err != nil {
		p.show.say("\n")
	}
	return text, err
}

// key is what to press for the i-th choice.
func (p *typist) key(i int) string {
	if i == 0 {
		return "Enter"
	}
	return string(rune('a' + i - 1))
}

// chosen is the choice, beside the first, whose letter that is.
func (p *typist) chosen(q checks.Question, text string) (choice string, ok bool) {
	for i, c := range q.Choices {
		if i > 0 && strings.EqualFold(strings.TrimSpace(text), p.key(i)) {
			return c, true
		}
	}
	return "", false
}

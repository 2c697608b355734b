package machine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/shirou/gopsutil/v3/common"

	"linecheck/checks"
	"linecheck/report"
)

// askTime is how long one question to the system may take. Some systems answer
// through slow services, or hang on a lost network disk.
const askTime = 1500 * time.Millisecond

// errNone: this system has not got what was asked for. It is no fault of anybody's.
var errNone = errors.New("there is none on this system")

// questions are what one check asks of the system. What there is and could not
// be read is noted, so that the report can say so.
type questions struct {
	ctx    context.Context
	unread []string
}

// newQuestions begins to ask. The library looks where the system itself keeps
// things, whatever the environment says.
func newQuestions(ctx context.Context) *questions {
	return &questions{ctx: context.WithValue(ctx, common.EnvKey, common.EnvMap{})}
}

// ask puts one question to the system and waits no longer than askTime. A call
// that hangs in the system is left behind; there is no way to end it. An answer
// that cannot be true is none. name is what the question was about.
func ask[T any](q *questions, name string, question func(context.Context) (T, error), possible func(T) bool) (answer T, ok bool) {
	answer, err := inTime(q.ctx, question)
	switch {
	case err == nil && possible(answer):
		return answer, true
	case isNone(err), q.ctx.Err() != nil:
	default:
		q.miss(name)
	}
	var nothing T
	return nothing, false
}

// inTime runs a question with its time limit; a panic is an error.
func inTime[T any](ctx context.Context, question func(context.Context) (T, error)) (answer T, err error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	type reply struct {
		answer T
		err    error
	}
	got := make(chan reply, 1)
	go func() {
		var r reply
		defer func() {
			if v := recover(); v != nil { // the library trusts what the system tells
				r.err = fmt.Errorf("panic: %v", v)
			}
			got <- r
		}()
		r.answer, r.err = question(ctx)
	}()
	select {
	case r := <-got:
		return r.answer, r.err
	case <-ctx.Done():
		return answer, ctx.Err()
	}
}

// isNone says whether an error means that there is nothing to be had.
func isNone(err error) bool {
	return errors.Is(err, errNone) || errors.Is(err, fs.ErrNotExist) || err != nil && err.Error() == "not implemented yet" // the library's own error cannot be named
}

// miss notes that something could not be read.
func (q *questions) miss(name string) {
	if !slices.Contains(q.unread, name) {
		q.unread = append(q.unread, name)
	}
}

// tell records what could not be read.
func (q *questions) tell(rec *checks.Recorder) {
	slices.Sort(q.unread)
	rec.Fact(report.UnreadFact, strings.Join(q.unread, " "))
}

// pair carries two answers through ask.
type pair[T any] struct{ a, b T }

func both[T any](question func(context.Context) (T, T, error)) func(context.Context) (pair[T], error) {
	return func(ctx context.Context) (pair[T], error) {
		a, b, err := question(ctx)
		return pair[T]{a, b}, err
	}
}

// clean makes a system's text one short line of printable characters.
func clean(s string) string {
	const longest = 80
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s)
	short := []rune(strings.Join(strings.Fields(s), " "))
	return strings.TrimSpace(string(short[:min(longest, len(short))]))
}

// says is a text of the system's that says something.
func says(s string) bool { return clean(s) != "" }

// within says whether a value can be true at all.
func within(v, lowest, highest float64) bool { return v >= lowest && v <= highest }

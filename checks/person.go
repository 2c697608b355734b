package checks

import (
	"context"
	"errors"
)

// Question is something only the person at the computer can answer while a check
// runs. It holds no words: they are looked up by its id, its fields and its choices.
type Question struct {
	// ID names it, as "audio.output.digits".
	ID string
	// Fields are the answers to type, as "left"; none for a question that a choice answers.
	Fields []string
	// Choices are the ways to end it, the usual one first; at least one.
	Choices []string
}

// Answer is what the person said.
type Answer struct {
	// Choice is one of the question's.
	Choice string
	// Fields are what was typed, in the question's order.
	Fields []string
}

// Accommodate is the choice by which a person says that they cannot do what is
// asked, as to hear or to speak, and need another way.
const Accommodate = "accommodation"

// Person is whoever sits at the computer. Checks get none where nobody does.
type Person interface {
	// Ask shows the question and waits for the answer. It returns ctx.Err() when ctx
	// ends first, and [ErrNobody] where there is nobody any more.
	Ask(ctx context.Context, q Question) (Answer, error)
}

// ErrNobody: nobody answers any more, as when the terminal was closed.
var ErrNobody = errors.New("nobody answers")

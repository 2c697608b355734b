// Package refusal is how the server says no: a status, a code that stays the same, and
// one line for a person. Why something is refused is decided elsewhere.
package refusal

import (
	"errors"
	"net/http"

	"linecheck/checks/probe"
)

// Refusal is an error that its cause may be told of.
type Refusal struct {
	// Status is the HTTP status.
	Status int
	// Code is stable, as "invite.expired"; Message is one line for a person.
	Code, Message string
}

// New is a refusal.
func New(status int, code, message string) *Refusal { return &Refusal{status, code, message} }

// Error is the message.
func (r *Refusal) Error() string { return r.Message }

// Of is the refusal that an error is; ok is false for trouble of the server's own.
func Of(err error) (r *Refusal, ok bool) {
	ok = errors.As(err, &r)
	return r, ok
}

// Failed is what is said of trouble of the server's own: what it was stands in the server's log alone.
func Failed() *Refusal {
	return New(http.StatusInternalServerError, "server.failed", "the server failed; try again later")
}

// Write answers a program with a refusal.
func (r *Refusal) Write(w http.ResponseWriter) { probe.Refuse(w, r.Status, r.Code, r.Message) }

package session

import (
	"io"
	"time"

	"linecheck/report/envelope"
)

// begin writes the state of a new session.
func (f folder) begin(random io.Reader, now time.Time) (state, error) {
	key, err := envelope.NewKey(random)
	if err != nil {
		return state{}, err
	}
	st := state{Schema: stateSchema, Key: key.Seed(), Begun: now.UTC().Truncate(time.Second)}
	return st, f.reset(st)
}

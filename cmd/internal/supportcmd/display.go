package supportcmd

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"linecheck/checks"
	"linecheck/checks/session"
	"linecheck/report"
	"linecheck/report/strict"
)

const eventSchema = "linecheck.event/1"

// display shows a run to whoever reads it: a person or a program.
type display interface {
	// plan shows what will be measured and what will leave the computer.
	plan(s *session.Session, noUpload bool)
	event(e checks.Event)
	// waiting shows that the server is waited for; waited that it is over.
	waiting(stage string, elapsed time.Duration)
	waited()
	// result gives the answer; an error means that it did not arrive.
	result(a answer) error
	close()
}

// lines writes one JSON object a line to standard output; what people need to know goes to standard error.
type lines struct {
	*terminal
	cmd *cobra.Command
	// watched: somebody is asked, and has to see when to be quiet and when to speak.
	watched bool
}

// line is one event as JSON.
type line struct {
	Schema    string           `json:"schema"`
	Type      checks.EventType `json:"type"`
	Check     string           `json:"check"`
	ElapsedMS int64            `json:"elapsed_ms"`
	Fraction  float64          `json:"fraction,omitzero"`
	Stage     string           `json:"stage,omitzero"`
	Live      []report.Metric  `json:"live,omitzero"`
	Kept      bool             `json:"kept,omitzero"`
	Evidence  *report.Evidence `json:"evidence,omitzero"`
}

func (l *lines) event(e checks.Event) {
	if l.watched {
		l.terminal.event(e)
	}
	_ = l.write(line{ // an event that is lost is no reason to stop; the answer is
		Schema: eventSchema, Type: e.Type, Check: e.Check, ElapsedMS: e.Elapsed.Milliseconds(),
		Fraction: e.Progress.Fraction, Stage: e.Progress.Stage, Live: e.Progress.Live, Kept: e.Kept, Evidence: e.Evidence,
	})
}

func (l *lines) waiting(stage string, elapsed time.Duration) {
	_ = l.write(line{Schema: eventSchema, Type: checks.EventProgress, Check: "session", Stage: stage, ElapsedMS: elapsed.Milliseconds()})
}

func (l *lines) waited() {}

func (l *lines) result(a answer) error { return l.write(a) }

func (l *lines) write(v any) error { return writeJSON(l.cmd, v) }

// writeJSON gives an answer as one line of JSON; an error means that it did not arrive.
func writeJSON(cmd *cobra.Command, v any) error {
	data, err := strict.Encode(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", data)
	return err
}

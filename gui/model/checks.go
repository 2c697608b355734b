package model

import (
	"math"
	"slices"

	"linecheck/checks"
	"linecheck/report"
	"linecheck/report/render"
)

// ChecksView is the run as it goes.
type ChecksView struct {
	Title string
	// Summary says how many checks are done.
	Summary string
	Rows    []CheckRow
	// Read is what to read aloud; empty while nothing is.
	Read string
	// Stop is the button's label.
	Stop string
}

// CheckRow is one check of the run.
type CheckRow struct {
	ID, Name string
	State    CheckState
	// Word is the state in words; the stage and the value of the moment while it runs.
	Word string
	// Fraction is 0 to 1, in whole hundredths: less would repaint the window for nothing.
	Fraction float64
	// Metered: a sound level is shown instead, from 0 (-60 dBFS and less) to 1 (full scale).
	Metered     bool
	Level, Peak float64
}

// CheckState is how far a check is.
type CheckState string

// The states of a check.
const (
	Waiting CheckState = "waiting"
	Running CheckState = "running"
	Done    CheckState = "done"
	// Without: it ended without a result.
	Without CheckState = "without"
)

// row is one check as far as is known.
type row struct {
	id    string
	needs []checks.Resource
	state CheckState
	at    checks.Progress
	kept  bool
	why   *report.Evidence // of a check that ended without a result
	// private are lines that stay on this computer, by what they are.
	private map[string][]string
}

func rowsOf(plan []Planned) []row {
	rows := make([]row, len(plan))
	for i, p := range plan {
		rows[i] = row{id: p.ID, needs: p.Needs, state: Waiting}
	}
	return rows
}

// event moves one row. Events of unknown or finished checks change nothing.
func (m *Model) event(e Event) {
	i := slices.IndexFunc(m.rows, func(r row) bool { return r.id == e.Check })
	if i < 0 || m.rows[i].state == Done || m.rows[i].state == Without {
		return
	}
	r := &m.rows[i]
	switch e.Type {
	case checks.EventStarted:
		r.state = Running
	case checks.EventProgress:
		e.Progress.Fraction = max(e.Progress.Fraction, r.at.Fraction)
		r.state, r.at = Running, e.Progress
	case checks.EventFinished:
		r.state, r.kept, r.private = Done, e.Kept, e.Private
		if e.Evidence != nil && e.Evidence.Outcome != report.Measured {
			r.state, r.why = Without, e.Evidence
		}
	}
}

// Quiet says that a check runs which a busy processor would disturb: the
// window then moves as little as it can.
func (m *Model) Quiet() bool {
	return m.screen == Checking && slices.ContainsFunc(m.rows, func(r row) bool {
		return r.state == Running && slices.Contains(r.needs, checks.CPU) && !slices.Contains(r.needs, checks.Microphone)
	})
}

func (m *Model) checksView() ChecksView {
	v := ChecksView{Title: m.say("gui.checks.title"), Stop: m.say("gui.stop")}
	done := 0
	for _, r := range m.rows {
		line := CheckRow{ID: r.id, Name: m.words.Name(r.id), State: r.state, Word: m.say("gui.state." + string(r.state))}
		switch r.state {
		case Running:
			line.Fraction = math.Round(min(1, max(0, r.at.Fraction))*100) / 100
			line.Word = m.moment(r.at, line.Word)
			line.meter(r.at.Live)
			if r.at.Stage == "quiet" || r.at.Stage == "speak" {
				v.Read = m.say("gui.checks.read")
			}
		case Done:
			done, line.Fraction = done+1, 1
			if r.kept {
				line.Word = m.say("gui.plan.kept")
			}
		case Without:
			done++
			line.Word = m.say("gui.state.without", "why", m.words.For(report.Finding{Code: r.why.Reason}).Title)
		}
		v.Rows = append(v.Rows, line)
	}
	v.Summary = m.say("gui.checks.summary", "done", render.Short(report.Number(done)), "all", render.Short(report.Number(len(m.rows))))
	return v
}

// levelUnit is the unit of a sound level, which is shown as a picture and not as a number.
const levelUnit = "dBFS"

// meter shows a level and the highest of late, where these are the values of the moment.
func (r *CheckRow) meter(live []report.Metric) {
	for i, m := range live {
		if m.Unit != levelUnit {
			return
		}
		part := math.Round(100*min(1, max(0, 1+float64(m.Value)/60))) / 100
		if r.Metered = true; i == 0 {
			r.Level = part
		}
		r.Peak = max(r.Peak, part)
	}
}

// moment is what a running check is doing, and the first of its values of the moment.
func (m *Model) moment(p checks.Progress, word string) string {
	if p.Stage != "" {
		word = m.words.Name("stage." + p.Stage)
	}
	if len(p.Live) > 0 && p.Live[0].Unit != levelUnit {
		word += "  " + m.value(p.Live[0].Value.String(), p.Live[0].Unit)
	}
	return word
}

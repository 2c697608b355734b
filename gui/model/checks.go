package model

import (
	"math"
	"slices"

	"linecheck/checks"
	"linecheck/report"
)

// ChecksView is the list of checks, as they run or before they go on.
type ChecksView struct {
	Title string
	// Summary says how many checks are done, Fraction is the same with what runs: 0 to 1.
	Summary  string
	Fraction float64
	Rows     []CheckRow
	// Read is what to read aloud; empty while nothing is.
	Read string
	// Picture is of the check that runs.
	Picture PictureView
	// Go is there while nothing runs, Stop while something does; Back is on the left.
	Go, Stop, Back Button
}

// CheckRow is one check of the list.
type CheckRow struct {
	ID, Name string
	State    CheckState
	// Word is the state in words; the stage and the value of the moment while it runs.
	Word string
	// Fraction is 0 to 1, in whole hundredths: less would repaint the window for nothing.
	Fraction float64
	// Halt leaves the check out or ends it; without a label where it is over.
	Halt Button
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
	// LeftOut: the person asked for an accommodation.
	LeftOut CheckState = "left-out"
)

// row is one check as far as is known.
type row struct {
	id      string
	needs   []checks.Resource
	state   CheckState
	at      checks.Progress
	kept    bool
	why     *report.Evidence // of a check that ended without a result
	picture picture
	// private are lines that stay on this computer, by what they are.
	private map[string][]string
}

func rowsOf(plan []Planned) []row {
	rows := make([]row, len(plan))
	for i, p := range plan {
		rows[i] = row{id: p.ID, needs: p.Needs, state: Waiting}
		if p.Kept {
			rows[i].state, rows[i].kept = Done, true
		}
	}
	return rows
}

// forget takes back what is known of checks that are to run again.
func (m *Model) forget(ids []string) {
	for i := range m.rows {
		if r := &m.rows[i]; slices.Contains(ids, r.id) {
			*r = row{id: r.id, needs: r.needs, state: Waiting}
		}
	}
}

// row is what is known of a check; nil for one that is not in the plan.
func (m *Model) row(check string) *row {
	i := slices.IndexFunc(m.rows, func(r row) bool { return r.id == check })
	if i < 0 {
		return nil
	}
	return &m.rows[i]
}

// pending says whether a check is not over.
func (r *row) pending() bool { return r.state == Waiting || r.state == Running }

// event moves one row. Progress of unknown or finished checks changes nothing.
func (m *Model) event(e Event) {
	r := m.row(e.Check)
	if r == nil || e.Type != checks.EventFinished && !r.pending() {
		return
	}
	switch e.Type {
	case checks.EventStarted:
		r.state = Running
	case checks.EventProgress:
		e.Progress.Fraction = max(e.Progress.Fraction, r.at.Fraction)
		r.state, r.at = Running, e.Progress
		r.picture.add(e.Progress)
	case checks.EventFinished:
		r.state, r.kept, r.private, r.why = Done, e.Kept, e.Private, nil
		if e.Evidence == nil || e.Evidence.Outcome == report.Measured {
			return
		}
		r.state, r.why = Without, e.Evidence
		if e.Evidence.Reason == checks.AccommodatedReason {
			r.state = LeftOut
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
	running := m.screen == Checking
	v := ChecksView{Title: m.say("gui.checks.title"), Stop: Button{m.say("gui.stop"), Stop{}}}
	if !running {
		v.Title, v.Stop = m.say("gui.paused.title"), Button{}
		v.Go, v.Back = Button{m.say("gui.continue"), Go{}}, Button{m.say("gui.back"), Back{}}
	}
	done, sum := 0, 0.0
	for _, r := range m.rows {
		line := CheckRow{ID: r.id, Name: m.words.Name(r.id), State: r.state, Word: m.say("gui.state." + string(r.state))}
		switch r.state {
		case Running:
			line.Fraction = math.Round(min(1, max(0, r.at.Fraction))*100) / 100
			line.Word = m.doing(r.at, line.Word)
			if r.at.Stage == "quiet" || r.at.Stage == "speak" {
				v.Read = m.say("gui.checks.read")
			}
			if p := m.pictureView(r); p.Kind != NoPicture {
				v.Picture = p
			}
		case Done, LeftOut:
			line.Fraction = 1
			if r.kept {
				line.Word = m.say("gui.state.kept")
			}
		case Without:
			line.Fraction = 1
			line.Word = m.say("gui.state.without", "why", m.words.For(report.Finding{Code: r.why.Reason}).Title)
		}
		if line.Fraction == 1 && r.state != Running {
			done++
		}
		if running && r.pending() {
			line.Halt = Button{m.say("gui.halt"), HaltAsked{r.id}}
		}
		sum += line.Fraction
		v.Rows = append(v.Rows, line)
	}
	if len(m.rows) > 0 {
		v.Fraction = math.Round(100*sum/float64(len(m.rows))) / 100
	}
	v.Summary = m.say("gui.checks.summary", "done", m.number(done), "all", m.number(len(m.rows)))
	return v
}

// doing is what a running check is doing, and the first of its values of the moment.
func (m *Model) doing(p checks.Progress, word string) string {
	if p.Stage != "" {
		word = m.words.Name("stage." + p.Stage)
	}
	if len(p.Live) > 0 && p.Live[0].Unit != levelUnit {
		word += "  " + m.value(p.Live[0].Value.String(), p.Live[0].Unit)
	}
	return word
}

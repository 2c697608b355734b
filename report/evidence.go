package report

import "time"

// Outcome says whether measuring worked. It says nothing about whether the
// value is good enough: that is a [Verdict].
type Outcome string

// The outcomes a check can have.
const (
	Measured    Outcome = "measured"    // the check ran to its end
	Unavailable Outcome = "unavailable" // it could not be measured; the reason says why and whose fault it is
	Skipped     Outcome = "skipped"     // it was left out on purpose
	Canceled    Outcome = "canceled"    // the person stopped it; what was measured so far is kept
	Crashed     Outcome = "crashed"     // our code failed
)

// Origin says who measured a number.
type Origin string

// The two ends of a measurement.
const (
	Client Origin = "client" // the applicant's program
	Server Origin = "server" // the recruiter's probe
)

// Fault says who can do something about a problem.
type Fault string

// Whose fault a problem is.
const (
	FaultYou     Fault = "you"     // the computer or the person at it
	FaultNetwork Fault = "network" // the applicant's network or provider
	FaultServer  Fault = "server"  // the recruiter's server
	FaultUs      Fault = "us"      // Linecheck
)

// Metric is one number that a check observed.
type Metric struct {
	// Key names the metric, as "internet.download.mbps"; its last part hints at the unit.
	Key string `json:"key"`
	// Value is the number, in Unit.
	Value Number `json:"value"`
	// Unit is "Mbit/s", "ms", "dBFS", "dB", "dBm", "Hz", "ratio" (0 to 1), "bytes", "count", "points" or "MOS" (1 to 4.5).
	Unit string `json:"unit"`
	// Origin is who measured it.
	Origin Origin `json:"origin"`
	// Samples is how many samples the value rests on; 0 (absent) where that has no meaning.
	Samples int `json:"samples,omitzero"`
}

// Evidence is everything one check observed in one run, without judgment.
type Evidence struct {
	// Check is the check's id, as "internet.speed".
	Check string `json:"check"`
	// Revision counts changes of the method: evidence of different revisions is not compared.
	Revision int `json:"revision"`
	// Started is the applicant's clock when the check began, in UTC to the second.
	Started time.Time `json:"started"`
	// ElapsedMS is how long it took, in milliseconds.
	ElapsedMS int64 `json:"elapsed_ms"`
	// Outcome says whether measuring worked.
	Outcome Outcome `json:"outcome"`
	// Reason is the code of why it is not measured, as "internet.probe.unreachable"; absent when measured.
	Reason string `json:"reason,omitzero"`
	// Fault says whose fault the reason is; absent when measured.
	Fault Fault `json:"fault,omitzero"`
	// Metrics are the numbers. What was not measured is absent.
	Metrics []Metric `json:"metrics"`
	// Facts are named observations that are not numbers, as kind = "headphones".
	Facts map[string]string `json:"facts"`
	// Series are values over time, for charts; absent where there are none.
	Series []Series `json:"series,omitzero"`
}

// Metric looks a number up by its key. ok is false where it was not measured.
func (e Evidence) Metric(key string) (m Metric, ok bool) {
	for _, m := range e.Metrics {
		if m.Key == key {
			return m, true
		}
	}
	return Metric{}, false
}

// LimitFact is the fact of what limited a measurement where it was not the line:
// [LimitComputer] where the processor had nothing left.
const (
	LimitFact     = "limit"
	LimitComputer = "computer"
)

// YesNo is the value of a fact that is true or not.
func YesNo(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

// AccommodationFact is the fact of a check that the person cannot do as it is, as one
// who cannot hear; its value is [AccommodationRequested]. It is a request, and never a failure.
const (
	AccommodationFact      = "accommodation"
	AccommodationRequested = "requested"
)

// OursFact is the fact of a check that names what is wrong at the recruiter's
// end, where the check came to a result all the same: a code without its family. It changes no verdict.
const OursFact = "ours"

// UnreadFact is the fact of a check that names what there is on the computer and
// could not be read, as words with spaces between. It changes no verdict.
const UnreadFact = "unread"

// UnseenFact is the fact of a check whose observation is missing: whose fault that is, as a [Fault].
const UnseenFact = "observation.fault"

// AttemptFact is the fact of an observation that says the how-manieth time this
// check was begun under the invite, from "1".
const AttemptFact = "attempt"

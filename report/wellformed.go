package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Bounds of what one report may hold.
const (
	MaxChecks    = 64
	MaxMetrics   = 200
	MaxFacts     = 64
	MaxSeries    = 16  // of a check
	MaxPoints    = 600 // of a series
	maxSeriesMS  = 24 * 60 * 60 * 1000
	maxKey       = 80
	maxFactValue = 200
	maxRevision  = 1_000_000
)

// ErrEvidence: evidence or an observation does not hold together.
var ErrEvidence = errors.New("the evidence does not hold together")

// Units are all units a metric may have.
func Units() []string {
	return []string{"Mbit/s", "ms", "dBFS", "dB", "dBm", "Hz", "ratio", "bytes", "count", "points", "MOS"}
}

// WellFormed says whether evidence is spelled as the format asks: known words
// only, keys and codes of lower-case letters, digits, points and hyphens, each
// unit the one its key names, nothing twice, nothing out of bounds. A stranger
// wrote it, and everything that shows it relies on this.
func (e Evidence) WellFormed() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s", ErrEvidence, fmt.Sprintf(format, args...))
	}
	switch {
	case !IsKey(e.Check):
		return bad("check %.80q", e.Check)
	case e.Revision < 1 || e.Revision > maxRevision || e.ElapsedMS < 0:
		return bad("%s: revision or time", e.Check)
	case !slices.Contains([]Outcome{Measured, Unavailable, Skipped, Canceled, Crashed}, e.Outcome):
		return bad("%s: outcome %.40q", e.Check, e.Outcome)
	case (e.Outcome == Measured) != (e.Reason == "") || (e.Reason == "") != (e.Fault == ""):
		return bad("%s: outcome and reason do not fit", e.Check)
	case e.Reason != "" && !IsKey(e.Reason):
		return bad("%s: reason %.80q", e.Check, e.Reason)
	case e.Fault != "" && !isFault(e.Fault):
		return bad("%s: fault %.40q", e.Check, e.Fault)
	}
	if err := wellFormedMetrics(e.Metrics); err != nil {
		return bad("%s: %v", e.Check, err)
	}
	if err := errors.Join(wellFormedFacts(e.Facts), wellFormedSeries(e.Series)); err != nil {
		return bad("%s: %v", e.Check, err)
	}
	return nil
}

// WellFormed says whether a report is spelled as the format asks.
func (r Report) WellFormed() error {
	if len(r.Evidence) > MaxChecks {
		return fmt.Errorf("%w: %d checks", ErrEvidence, len(r.Evidence))
	}
	for i, e := range r.Evidence {
		if err := e.WellFormed(); err != nil {
			return err
		}
		if slices.ContainsFunc(r.Evidence[:i], func(o Evidence) bool { return o.Check == e.Check }) {
			return fmt.Errorf("%w: %s stands twice", ErrEvidence, e.Check)
		}
	}
	if len(r.Signature) > maxFactValue || strings.ContainsFunc(r.Signature, unicode.IsControl) {
		return fmt.Errorf("%w: the signature", ErrEvidence)
	}
	return nil
}

// WellFormed says whether an observation is spelled as the format asks.
func (o Observation) WellFormed() error {
	err := errors.Join(wellFormedMetrics(o.Metrics), wellFormedFacts(o.Facts), wellFormedSeries(o.Series))
	if err == nil && !IsKey(o.Check) {
		err = errors.New("its check")
	}
	if err == nil && (slices.ContainsFunc(o.Metrics, func(m Metric) bool { return m.Origin != Server }) ||
		slices.ContainsFunc(o.Series, func(s Series) bool { return s.Origin != Server })) {
		err = errors.New("a number of another origin")
	}
	if err != nil {
		return fmt.Errorf("%w: observation: %v", ErrEvidence, err)
	}
	return nil
}

func wellFormedMetrics(list []Metric) error {
	if len(list) > MaxMetrics {
		return fmt.Errorf("%d metrics", len(list))
	}
	for i, m := range list {
		if err := wellFormedName(m.Key, m.Unit, m.Origin); err != nil {
			return err
		}
		switch {
		case m.Samples < 0:
			return fmt.Errorf("%s: %d samples", m.Key, m.Samples)
		case slices.ContainsFunc(list[:i], func(o Metric) bool { return o.Key == m.Key }):
			return fmt.Errorf("%s stands twice", m.Key)
		}
	}
	return nil
}

// wellFormedName looks at what a metric and a series have in common.
func wellFormedName(key, unit string, origin Origin) error {
	switch {
	case !IsKey(key):
		return fmt.Errorf("metric %.80q", key)
	case origin != Client && origin != Server:
		return fmt.Errorf("%s: origin %.40q", key, origin)
	case !slices.Contains(Units(), unit) || !unitFits(key, unit):
		return fmt.Errorf("%s: unit %.40q", key, unit)
	}
	return nil
}

// unitFits: where a part of the key names a unit, it is that one.
func unitFits(key, unit string) bool {
	for part := range strings.SplitSeq(key, ".") {
		if named, ok := UnitOf(part); ok && named != unit {
			return false
		}
	}
	return true
}

// UnitOf is the unit that a part of a key names, as "ms" or "mbps".
func UnitOf(part string) (unit string, ok bool) {
	switch part {
	case "mbps":
		return "Mbit/s", true
	case "ms":
		return "ms", true
	case "dbfs":
		return "dBFS", true
	case "db":
		return "dB", true
	case "dbm":
		return "dBm", true
	case "hz":
		return "Hz", true
	case "ratio":
		return "ratio", true
	case "bytes":
		return "bytes", true
	case "mos":
		return "MOS", true
	}
	return "", false
}

func wellFormedFacts(facts map[string]string) error {
	if len(facts) > MaxFacts {
		return fmt.Errorf("%d facts", len(facts))
	}
	for k, v := range facts {
		if !IsKey(k) || len(v) > maxFactValue || strings.ContainsFunc(v, unicode.IsControl) {
			return fmt.Errorf("fact %.80q", k)
		}
	}
	return nil
}

func isFault(f Fault) bool {
	return f == FaultYou || f == FaultNetwork || f == FaultServer || f == FaultUs
}

// IsKey says whether s is spelled as keys, codes and ids are: 1 to 80 lower-case
// letters, digits, points, hyphens and underscores, beginning with a letter or digit.
func IsKey(s string) bool {
	if s == "" || len(s) > maxKey {
		return false
	}
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
		if !letter && (i == 0 || c != '.' && c != '-' && c != '_') {
			return false
		}
	}
	return true
}

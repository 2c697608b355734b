package machine

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"linecheck/report"
	"linecheck/report/strict"
)

// Table says until when makers support their operating systems.
type Table struct {
	Schema string `json:"schema"`
	// Date is the day the table was made, as "2026-08-22".
	Date string `json:"date"`
	// Collected says where its dates were gathered; Sources, where each maker says them.
	Collected string            `json:"collected"`
	Sources   map[string]string `json:"sources"`
	Systems   []Supported       `json:"systems"`
}

// Supported is one operating system in the table.
type Supported struct {
	// System and Version are as in os-release(5) on Linux; "windows" and the build
	// number; "macos" and the version. A version holds for those that only add to it:
	// "22" is also "22.3". Without a version it is a rolling release.
	System  string `json:"system"`
	Version string `json:"version,omitzero"`
	// Edition is "home" or "enterprise" where they are supported for different times.
	Edition string `json:"edition,omitzero"`
	// Name is what people call it.
	Name string `json:"name"`
	// Ends is the last day of free security updates; empty where the maker names
	// none and still gave them on the day of the table.
	Ends string `json:"ends,omitzero"`
}

const (
	tableSchema = "linecheck.systems/1"
	maxTable    = 256 << 10
	day         = "2006-01-02"
	// tableLife is how long a table may say of a system without a named end that it
	// is supported: makers bring out new ones every year.
	tableLife = 400 * 24 * time.Hour
)

// ParseTable reads the table of systems, and refuses one with a date that is none.
func ParseTable(text []byte) (Table, error) {
	var t Table
	if err := strict.Decode(text, maxTable, &t); err != nil {
		return t, fmt.Errorf("the table of systems: %w", err)
	}
	if t.Schema != tableSchema {
		return t, errors.New("the table of systems is of another kind")
	}
	dates := []string{t.Date}
	for _, s := range t.Systems {
		if s.Ends != "" {
			dates = append(dates, s.Ends)
		}
	}
	for _, d := range dates {
		if _, err := time.Parse(day, d); err != nil {
			return t, fmt.Errorf("the table of systems: %w", err)
		}
	}
	return t, nil
}

// find looks a system up; ok is false where the table does not know it.
func (t Table) find(r release) (s Supported, ok bool) {
	for _, s := range t.Systems {
		fits := s.Version == "" || s.Version == r.version || strings.HasPrefix(r.version, s.Version+".")
		if s.System == r.id && fits && (s.Edition == "" || s.Edition == r.edition) {
			return s, true
		}
	}
	return Supported{}, false
}

// supported is "yes" or "no"; empty where the table is too old to tell.
func (s Supported) supported(made string, now time.Time) string {
	if ends, err := time.Parse(day, s.Ends); err == nil {
		return report.YesNo(now.Before(ends.AddDate(0, 0, 1)))
	}
	if of, err := time.Parse(day, made); err == nil && now.Sub(of) < tableLife {
		return report.YesNo(true)
	}
	return ""
}

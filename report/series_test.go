package report_test

import (
	"slices"
	"testing"
	"time"

	"linecheck/report"
)

func TestSeriesAreWellFormed(t *testing.T) {
	good := func() report.Series {
		return report.Series{Key: "net.up.mbps", Unit: "Mbit/s", Origin: report.Client, AtMS: []int64{0, 50, 50}, Values: []report.Number{1, 2, 3}}
	}
	many := slices.Repeat([]report.Number{1}, report.MaxPoints+1)
	for name, bend := range map[string]func(*report.Series){
		"":                    func(*report.Series) {},
		"another unit":        func(s *report.Series) { s.Unit = "ms" },
		"no key":              func(s *report.Series) { s.Key = "Up" },
		"made-up origin":      func(s *report.Series) { s.Origin = "moon" },
		"a time too few":      func(s *report.Series) { s.AtMS = s.AtMS[1:] },
		"empty":               func(s *report.Series) { s.AtMS, s.Values = nil, nil },
		"backwards":           func(s *report.Series) { s.AtMS[0] = 60 },
		"before the begin":    func(s *report.Series) { s.AtMS[0] = -1 },
		"longer than a day":   func(s *report.Series) { s.AtMS[2] = 1 << 40 },
		"more than it may be": func(s *report.Series) { s.Values, s.AtMS = many, make([]int64, len(many)) },
	} {
		s := good()
		bend(&s)
		e := report.Evidence{Check: "net", Revision: 1, Started: time.Now(), Outcome: report.Measured, Series: []report.Series{s}}
		if err := e.WellFormed(); (err == nil) != (name == "") {
			t.Errorf("%q: %v", name, err)
		}
	}
	twice := report.Evidence{Check: "net", Revision: 1, Outcome: report.Measured, Series: []report.Series{good(), good()}}
	if twice.WellFormed() == nil {
		t.Error("a series may stand twice")
	}
	o := report.Observation{Check: "net", Series: []report.Series{good()}}
	if o.WellFormed() == nil {
		t.Error("an observation may hold what the applicant measured")
	}
}

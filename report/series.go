package report

import (
	"fmt"
	"slices"
	"time"
)

// Series is one value over time: what a chart shows of a check. It explains a
// number and is never judged by a policy.
type Series struct {
	// Key is spelled as a metric's; where both have the same key the metric sums the series up.
	Key string `json:"key"`
	// Unit and Origin are as in [Metric].
	Unit   string `json:"unit"`
	Origin Origin `json:"origin"`
	// AtMS are the times of the values in milliseconds, ascending, from the
	// beginning of what is shown. What was not measured has no time.
	AtMS []int64 `json:"at_ms"`
	// Values has one value for each time.
	Values []Number `json:"values"`
}

// NewSeries pairs values with their times. A value that is not a number is left
// out, as are points beyond [MaxPoints]; ok is false where none is left.
func NewSeries(key, unit string, origin Origin, at []time.Duration, values []float64) (s Series, ok bool) {
	s = Series{Key: key, Unit: unit, Origin: origin}
	for i, v := range values {
		if n, number := Num(v); number && len(s.Values) < MaxPoints {
			s.AtMS, s.Values = append(s.AtMS, at[i].Milliseconds()), append(s.Values, n)
		}
	}
	return s, len(s.Values) > 0
}

// Equal says whether both are the same in every member.
func (s Series) Equal(o Series) bool {
	return s.Key == o.Key && s.Unit == o.Unit && s.Origin == o.Origin && slices.Equal(s.AtMS, o.AtMS) && slices.Equal(s.Values, o.Values)
}

func wellFormedSeries(list []Series) error {
	if len(list) > MaxSeries {
		return fmt.Errorf("%d series", len(list))
	}
	for i, s := range list {
		if err := wellFormedName(s.Key, s.Unit, s.Origin); err != nil {
			return err
		}
		switch {
		case len(s.AtMS) != len(s.Values) || len(s.Values) == 0 || len(s.Values) > MaxPoints:
			return fmt.Errorf("%s: %d values at %d times", s.Key, len(s.Values), len(s.AtMS))
		case s.AtMS[0] < 0 || !slices.IsSorted(s.AtMS) || s.AtMS[len(s.AtMS)-1] > maxSeriesMS:
			return fmt.Errorf("%s: its times", s.Key)
		case slices.ContainsFunc(list[:i], func(o Series) bool { return o.Key == s.Key && o.Origin == s.Origin }):
			return fmt.Errorf("series %s stands twice", s.Key)
		}
	}
	return nil
}

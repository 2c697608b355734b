package portal

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"linecheck/report"
	"linecheck/report/policy"
)

// applyForm puts what was typed into the fields of a form into a policy.
func applyForm(by *policy.Policy, form url.Values) error {
	if days := form.Get("valid"); days != "" {
		n, err := strconv.Atoi(days)
		if err != nil || n < 1 || n > 3650 {
			return fmt.Errorf("the days that a report is good must be a number from 1 to 3650, and not %q", days)
		}
		by.ValidDays = n
	}
	for i := range by.Rules {
		r := &by.Rules[i]
		if _, ok := form["min."+r.ID]; !ok {
			continue
		}
		low, high := form.Get("min."+r.ID), form.Get("rec."+r.ID)
		if r.OneOf != nil {
			r.OneOf = &policy.Choices{Minimum: listOf(low), Recommended: listOf(high)}
			continue
		}
		b := &policy.Bounds{}
		var err error
		if b.Minimum, err = numberOf(r.ID, low); err != nil {
			return err
		}
		if b.Recommended, err = numberOf(r.ID, high); err != nil {
			return err
		}
		if r.AtLeast != nil {
			r.AtLeast = b
		} else {
			r.AtMost = b
		}
	}
	return nil
}

// numberOf reads a bound; nil where the field is empty.
func numberOf(rule, s string) (*report.Number, error) {
	if s = strings.TrimSpace(s); s == "" {
		return nil, nil
	}
	v, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	n, ok := report.Num(v)
	if err != nil || !ok {
		return nil, fmt.Errorf("%s: %q is not a number", rule, s)
	}
	return &n, nil
}

func listOf(s string) (list []string) {
	for _, v := range strings.Split(s, ",") {
		if v = strings.TrimSpace(v); v != "" {
			list = append(list, v)
		}
	}
	return list
}

package render

import (
	"linecheck/report/advice"
	"linecheck/report/policy"
)

// Row is one rule's result in words: what a line of [Table] says.
type Row struct {
	What, Measured, By, Required, Recommended, Result string
}

// RowOf puts one rule's result into words.
func RowOf(r policy.RuleResult, words *advice.Catalogue) Row {
	return Row{
		What: Clean(words.Name(r.Key)), Measured: value(r.Value, r.Unit, words), By: by(r, words),
		Required: tier(r.Minimum, unit(r), words), Recommended: tier(r.Recommended, unit(r), words), Result: outcome(r, words),
	}
}

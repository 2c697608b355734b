package render

import (
	"linecheck/report"
	"linecheck/report/advice"
	"linecheck/report/policy"
)

// Head is the line above the rows.
func Head(words *advice.Catalogue) Row {
	return Row{words.Name("table.check"), words.Name("table.measured"), words.Name("table.by"), words.Name("table.required"), words.Name("table.recommended"), words.Name("table.result")}
}

// Rows are the table's lines, one a rule and in the policy's order.
func Rows(a policy.Appraisal, words *advice.Catalogue) []Row {
	rows := make([]Row, 0, len(a.Results))
	for _, r := range a.Results {
		rows = append(rows, RowOf(r, words))
	}
	return rows
}

// Cells are the row's texts in the order of the table.
func (r Row) Cells() []string {
	return []string{r.What, r.Measured, r.By, r.Required, r.Recommended, r.Result}
}

// Told is one finding in words. Every text of it is [Clean].
type Told struct {
	// Severity is how much it matters, as the start of a sentence: "To fix:".
	Severity string `json:"severity"`
	Title    string `json:"title"`
	// Lines say why it matters, what to do and how to see that it helped, as far as there is something to say.
	Lines []string `json:"lines"`
	Fault string   `json:"fault"`
	Code  string   `json:"code"`
	// Follows is how many other findings follow from this one.
	Follows int `json:"follows,omitzero"`
	// Level is the severity as a code.
	Level report.Severity `json:"level"`
}

// Tell puts findings into words, the worst first. What follows from another
// finding is only counted.
func Tell(list []report.Finding, words *advice.Catalogue) []Told {
	told := []Told{}
	for _, f := range policy.Worst(list) {
		if f.DependsOn != "" {
			continue
		}
		a := words.For(f)
		t := Told{
			Severity: words.Name("severity." + string(f.Severity)), Title: Clean(a.Title), Lines: []string{},
			Fault: Clean(words.Name("fault." + string(f.Fault))), Code: Clean(f.Code), Follows: followers(list, f.Code), Level: f.Severity,
		}
		for _, line := range []string{a.Why, a.Action, a.Worked} {
			if line != "" {
				t.Lines = append(t.Lines, Clean(line))
			}
		}
		told = append(told, t)
	}
	return told
}

package report

// Severity orders findings.
type Severity string

// The severities, from harmless to decisive.
const (
	Info    Severity = "info"    // worth knowing
	Warning Severity = "warning" // meets the minimum, not what is recommended
	Failure Severity = "failure" // misses the minimum
	Unknown Severity = "unknown" // could not be judged
)

// Finding is a judgment in the form of a code with arguments. Title,
// explanation and the one thing to do are looked up by code in the reader's language.
type Finding struct {
	// Code names what was found, as "internet.download.slow".
	Code string `json:"code"`
	// Check is the check it comes from; empty where it concerns the report as a whole.
	Check string `json:"check,omitzero"`
	// Args fill the blanks of the texts, as value = "4.2", required = "10".
	Args map[string]string `json:"args"`
	// Severity says how much it matters.
	Severity Severity `json:"severity"`
	// Fault says who can do something about it.
	Fault Fault `json:"fault"`
	// DependsOn is the code of the finding that causes this one; empty for a cause of its own.
	DependsOn string `json:"depends_on,omitzero"`
}

// Verdict is the judgment of a whole report, or of one rule, against a policy.
type Verdict string

// The verdicts.
const (
	Ready             Verdict = "ready"
	ReadyWithWarnings Verdict = "ready-with-warnings"
	NotReady          Verdict = "not-ready"
	Inconclusive      Verdict = "inconclusive"
)

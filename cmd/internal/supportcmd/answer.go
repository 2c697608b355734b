package supportcmd

import (
	"linecheck/report"
	"linecheck/report/policy"
)

// answer is how a run came out: the last line of --json.
type answer struct {
	Schema   string            `json:"schema"`
	Type     string            `json:"type"`
	Verdict  report.Verdict    `json:"verdict"`
	Findings []report.Finding  `json:"findings"`
	Evidence []report.Evidence `json:"evidence"`
	// Files are the paths of the report; none for a partial run.
	Files []string `json:"files"`
	// Results has one entry a rule of the policy.
	Results []policy.RuleResult `json:"results"`
	// ReportSHA256 is the sealed report's identity.
	ReportSHA256 string `json:"report_sha256,omitzero"`
	// Sent: the server confirmed with a receipt.
	Sent bool `json:"sent"`
	// Partial: only some of the policy's checks ran, and the verdict is about those.
	Partial bool `json:"partial"`
	// Browser is the link that measures a call in a browser. It holds the session's
	// token and is for the person at the terminal alone.
	Browser string `json:"-"`
}

func (p *program) answer(evidence []report.Evidence, files []string, digest string) answer {
	a := p.session.Appraise(evidence)
	if files == nil {
		files = []string{}
	}
	out := answer{
		Schema: eventSchema, Type: "report", Verdict: a.Verdict, Findings: a.Findings, Evidence: evidence,
		Files: files, Results: a.Results, ReportSHA256: digest, Partial: p.session.Partial(),
	}
	if origin, token, ok := p.session.Measuring(); ok {
		out.Browser = browserLink(origin, token, evidence)
	}
	return out
}

// policyOf is the answer as an appraisal.
func (t *terminal) policyOf(a answer) policy.Appraisal {
	return policy.Appraisal{Verdict: a.Verdict, Results: a.Results, Findings: a.Findings}
}

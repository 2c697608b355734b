package policy

import (
	"slices"
	"strings"

	"linecheck/report"
)

// What is found beside the rules: it is told, whatever a policy asks for.

// AccommodationCode is the finding for a check that the person needs another way for: a
// request to the recruiter, which changes no verdict.
const AccommodationCode = "accommodation.requested"

// requests are the requests in what the policy looks at.
func requests(p Policy, evidence []report.Evidence) (found []report.Finding) {
	for _, e := range evidence {
		if requested(e) && slices.Contains(p.Checks(), e.Check) {
			found = append(found, report.Finding{Code: AccommodationCode, Check: e.Check, Severity: report.Info, Fault: report.FaultServer, Args: map[string]string{"check": e.Check}})
		}
	}
	return found
}

func requested(e report.Evidence) bool {
	return e.Facts[report.AccommodationFact] == report.AccommodationRequested
}

// ours are the faults of the recruiter's end that did no harm: they are told, and held against nobody.
func ours(evidence []report.Evidence) (found []report.Finding) {
	for _, e := range evidence {
		family, _, _ := strings.Cut(e.Check, ".")
		if code := e.Facts[report.OursFact]; code != "" {
			found = append(found, report.Finding{Code: family + "." + code, Check: e.Check, Severity: report.Info, Fault: report.FaultServer, Args: map[string]string{}})
		}
	}
	return found
}

// UnreadCode is the finding for what there is on the computer and could not be
// read: it is told, and held against nobody.
const UnreadCode = "machine.unread"

// unread names, for each check, what could not be read.
func unread(evidence []report.Evidence) (found []report.Finding) {
	for _, e := range evidence {
		words := strings.Fields(e.Facts[report.UnreadFact])
		if len(words) == 0 {
			continue
		}
		for i, w := range words {
			words[i] = "unread." + w
		}
		found = append(found, report.Finding{Code: UnreadCode, Check: e.Check, Severity: report.Info, Fault: report.FaultUs, Args: map[string]string{"what": strings.Join(words, ", ")}})
	}
	return found
}

// BeyondCode is the finding for a download speed that the applicant's program
// claims and the recruiter's probe did not see acknowledged.
const BeyondCode = "internet.download.beyond"

// beyondShare is by how much a claim may exceed what was acknowledged: the two
// ends take their samples at different moments.
const beyondShare = 1.25

// beyond finds claims that go beyond what the probe saw.
func beyond(evidence []report.Evidence) (found []report.Finding) {
	for _, e := range evidence {
		claim, ok := e.Metric("internet.download.mbps")
		seen, also := e.Metric("internet.download.acked.mbps")
		if !ok || !also || claim.Origin != report.Client || seen.Origin != report.Server || float64(claim.Value) <= beyondShare*float64(seen.Value) {
			continue
		}
		found = append(found, report.Finding{Code: BeyondCode, Check: e.Check, Severity: report.Warning, Fault: report.FaultYou,
			Args: map[string]string{"value": claim.Value.String(), "seen": seen.Value.String(), "unit": claim.Unit}})
	}
	return found
}

package media

import "strings"

// WithoutCandidates drops every address from a session description.
func WithoutCandidates(sdp string) string { return WithCandidates(sdp, nil) }

// WithCandidates replaces the addresses in a session description by these attribute
// lines, at the end of its first media section.
func WithCandidates(sdp string, own []string) string {
	var out []string
	sections := 0
	for line := range strings.SplitSeq(strings.TrimRight(strings.ReplaceAll(sdp, "\r\n", "\n"), "\n"), "\n") {
		if strings.HasPrefix(line, "a=candidate:") || strings.HasPrefix(line, "a=end-of-candidates") || strings.HasPrefix(line, "a=remote-candidates:") {
			continue
		}
		if strings.HasPrefix(line, "m=") {
			if sections++; sections == 2 {
				out = append(out, own...)
			}
		}
		out = append(out, line)
	}
	if sections == 1 {
		out = append(out, own...)
	}
	return strings.Join(out, "\r\n") + "\r\n"
}

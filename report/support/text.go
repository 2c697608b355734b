package support

import (
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// The forms of what is private wherever it stands. It is the second net: what the
// program records itself is classed there.
var (
	mailForm = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+`)
	macForm  = regexp.MustCompile(`\b[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}\b`)
	ipForm   = regexp.MustCompile(`\b[0-9]{1,3}(\.[0-9]{1,3}){3}\b|[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,7}(%[A-Za-z0-9]+)?`)
	// linkForm is an invite's link, or the token of a measuring session in an address.
	linkForm = regexp.MustCompile(`linecheck://\S+|/v1/sessions/[A-Za-z0-9_-]+`)
)

// Text is a text as it may leave the computer: every value that is known to be private,
// and everything that looks like an address, replaced.
func (h *Hider) Text(text string) string {
	text = linkForm.ReplaceAllStringFunc(text, func(string) string { h.left["link"]++; return "(link)" })
	if form, by := h.known(); form != nil {
		text = form.ReplaceAllStringFunc(text, func(s string) string { return by[s] })
	}
	text = mailForm.ReplaceAllStringFunc(text, func(s string) string { return h.pseudonym("mail", s) })
	text = macForm.ReplaceAllStringFunc(text, func(s string) string { return h.pseudonym("hardware", s) })
	return ipForm.ReplaceAllStringFunc(text, func(s string) string {
		ip, err := netip.ParseAddr(strings.Trim(s, ":"))
		if err != nil {
			ip, err = netip.ParseAddr(s)
		}
		if err != nil || ip.IsLoopback() || ip.IsUnspecified() {
			return s // a time of day has colons too
		}
		return h.pseudonym("address", ip.String())
	})
}

// known finds the values that were recorded as private, as whole words, the longer
// ones first; nil where there are none.
func (h *Hider) known() (form *regexp.Regexp, by map[string]string) {
	by = map[string]string{}
	for _, values := range h.seen {
		maps.Copy(by, values)
	}
	var list []string
	for v := range by {
		if len(v) > 2 { // shorter ones stand in every text
			list = append(list, v)
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	slices.SortFunc(list, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	for i, v := range list {
		list[i] = edge(v[0]) + regexp.QuoteMeta(v) + edge(v[len(v)-1])
	}
	return regexp.MustCompile(strings.Join(list, "|")), by
}

// edge is the border of a word beside a letter or digit. Letters beyond ASCII have none.
func edge(c byte) string {
	if c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
		return `\b`
	}
	return ""
}

package render_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"linecheck/assets"
	"linecheck/report"
	"linecheck/report/advice"
	"linecheck/report/policy"
	"linecheck/report/render"
	"linecheck/report/verify"
)

func english(t *testing.T) *advice.Catalogue {
	t.Helper()
	text, err := assets.Locale("en")
	if err != nil {
		t.Fatal(err)
	}
	c, err := advice.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestShortKeepsWhatMeansSomething(t *testing.T) {
	for n, want := range map[report.Number]string{
		0: "0", 94.3123: "94.3", 100.4: "100", 12345.6: "12346", 0.00123: "0.00123", 0.000001: "0.0000", -21.46: "-21.5", -150.2: "-150", 9.999: "10",
	} {
		if got := render.Short(n); got != want {
			t.Errorf("%v: %q, want %q", n, got, want)
		}
	}
}

// A stranger's text can neither steer the terminal nor turn the line around.
func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                      "plain",
		"\x1b[2Jgone":                "[2Jgone",
		"a\nb\rc\td":                 "abcd",
		"abc\u202edef":               "abcdef",
		"zero\u200bwidth":            "zerowidth",
		"नमस्ते 日本語 Ñ":               "नमस्ते 日本語 Ñ",
		string([]byte{'a', 0x9b, 1}): "a\ufffd",
	} {
		if got := render.Clean(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func appraisal() policy.Appraisal {
	return policy.Appraisal{
		Verdict: report.NotReady,
		Results: []policy.RuleResult{
			{Rule: "down", Check: "internet.speed", Key: "internet.download.mbps", Value: "4.21", Unit: "Mbit/s", Origin: report.Client, Minimum: ">= 10", Recommended: ">= 25", Verdict: report.NotReady, Finding: "internet.download.slow"},
			{Rule: "up", Check: "internet.speed", Key: "internet.upload.mbps", Value: "12", Unit: "Mbit/s", Origin: report.Server, Minimum: ">= 3", Verdict: report.Ready},
			{Rule: "loss", Check: "webrtc.media", Key: "webrtc.loss.ratio", Minimum: "<= 0.03", Recommended: "<= 0.01", Verdict: report.Inconclusive, Finding: "webrtc.dns"},
			{Rule: "memory", Check: "machine.memory", Key: "machine.memory.total.bytes", Value: "8200000000", Unit: "bytes", Origin: report.Client, Minimum: ">= 3800000000", Verdict: report.Ready},
			{Rule: "kind", Check: "audio.output", Key: "kind", Value: "speakers", Minimum: "headphones or speakers", Recommended: "headphones", Verdict: report.ReadyWithWarnings, Finding: "audio.output.speakers"},
		},
		Findings: []report.Finding{
			{Code: "internet.download.slow", Check: "internet.speed", Severity: report.Failure, Fault: report.FaultNetwork, Args: map[string]string{"value": "4.21", "unit": "Mbit/s", "required": "10"}},
			{Code: "internet.dns", Check: "internet.speed", Severity: report.Unknown, Fault: report.FaultNetwork},
			{Code: "webrtc.dns", Check: "webrtc.media", Severity: report.Unknown, Fault: report.FaultNetwork, DependsOn: "internet.dns"},
		},
	}
}

func TestTableReadsLikeAPersonWouldSayIt(t *testing.T) {
	var b strings.Builder
	if err := render.Table(&b, appraisal(), english(t), 0); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{"4.21 Mbit/s", "at least 10 Mbit/s", "recruiter's probe", "this program", "not measured", "at most 3 %", "8.2 GB", "at least 3.8 GB", "speakers", "NOT OK"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(lines) != 6 {
		t.Errorf("%d lines", len(lines))
	}
	column := utf8.RuneCountInString(lines[0][:strings.Index(lines[0], "Measured")])
	for _, l := range lines[1:] {
		if r := []rune(l); r[column] == ' ' || r[column-1] != ' ' {
			t.Errorf("not aligned: %s", l)
		}
	}
}

// A cause is told once, with what to do; what follows from it is counted.
func TestFindingsTellTheCauseOnce(t *testing.T) {
	var b strings.Builder
	if err := render.Findings(&b, appraisal().Findings, english(t), 0); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	if strings.Count(text, "(DNS)") != 1 || !strings.Contains(text, "follow from this: 1") {
		t.Errorf("%s", text)
	}
	for _, want := range []string{"To fix: The download speed is 4.21 Mbit/s; at least 10 are asked for.", "Connect the computer to the router by cable", "Code: internet.download.slow", "the network or its provider"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestVerification(t *testing.T) {
	var b strings.Builder
	res := verify.Result{Steps: []verify.Step{{Name: "coat", Status: verify.Failed, Detail: "not a \x1b[31mreport"}}}
	if err := render.Verification(&b, "a\x1b[0m.txt", res, english(t), 0); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); !strings.HasPrefix(text, "a[0m.txt: NOT AUTHENTIC\n") || strings.Contains(text, "\x1b") {
		t.Errorf("%q", text)
	}
}

// Nothing is wider than the terminal, and no word is lost.
func TestNarrowTerminals(t *testing.T) {
	for _, width := range []int{60, 80, 100} {
		var b strings.Builder
		if err := render.Findings(&b, appraisal().Findings, english(t), width); err != nil {
			t.Fatal(err)
		}
		if width >= 80 {
			if err := render.Table(&b, appraisal(), english(t), width+15); err != nil {
				t.Fatal(err)
			}
		}
		for _, l := range strings.Split(b.String(), "\n") {
			if n := utf8.RuneCountInString(l); n > width+15 || n > width && !strings.Contains(l, "  ") {
				t.Errorf("%d: %d characters: %s", width, n, l)
			}
		}
		if got := strings.Join(strings.Fields(b.String()), " "); !strings.Contains(got, "Connect the computer to the router by cable and stop other downloads in the household, then run the check again.") {
			t.Errorf("%d: words were lost: %s", width, got)
		}
	}
	if got := render.Wrap("  aa bb cc", 6, "    "); got != "  aa\n    bb\n    cc\n" {
		t.Errorf("%q", got)
	}
}

// A table that is too wide goes over several lines, and loses no word of what was measured, required and recommended.
func TestWideTables(t *testing.T) {
	var whole strings.Builder
	if err := render.Table(&whole, appraisal(), english(t), 0); err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{70, 80, 90} {
		var b strings.Builder
		if err := render.Table(&b, appraisal(), english(t), width); err != nil {
			t.Fatal(err)
		}
		for l := range strings.Lines(b.String()) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(l, "\n")); n > width {
				t.Errorf("%d: %d characters: %s", width, n, l)
			}
		}
		for _, want := range []string{"4.21 Mbit/s", "Recommended", "NOT OK"} {
			if strings.Count(b.String(), want) != strings.Count(whole.String(), want) {
				t.Errorf("%d: not as much %q:\n%s", width, want, b.String())
			}
		}
	}
}

// The worst is told first.
func TestTheWorstFirst(t *testing.T) {
	var b strings.Builder
	list := []report.Finding{{Code: "a", Severity: report.Warning}, {Code: "b", Severity: report.Failure}, {Code: "c", Severity: report.Unknown}}
	if err := render.Findings(&b, list, english(t), 0); err != nil {
		t.Fatal(err)
	}
	if i, j, k := strings.Index(b.String(), "To fix: b"), strings.Index(b.String(), "Not decided: c"), strings.Index(b.String(), "better: a"); i < 0 || i > j || j > k {
		t.Errorf("%s", b.String())
	}
}

func TestQuantity(t *testing.T) {
	words := english(t)
	for _, c := range []struct{ v, unit, want string }{
		{"4.2", "Mbit/s", "4.2 Mbit/s"}, {"0.015", "ratio", "1.5 %"}, {"8200000000", "bytes", "8.2 GB"}, {"4", "count", "4"},
		{"3378000000", "Hz", "3.38 GHz"}, {"7000", "Hz", "7000 Hz"}, {"850000000", "Hz", "0.85 GHz"},
		{"12.5", "ms", "12.5 ms"}, {"60000", "ms", "60 s"}, {"-90000", "ms", "-90 s"}, {"speakers", "", "speakers"},
	} {
		if got := render.Quantity(c.v, c.unit, words); got != c.want {
			t.Errorf("%s %s is %q, want %q", c.v, c.unit, got, c.want)
		}
	}
}

package model

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"linecheck/report"
	"linecheck/report/render"
)

// say is a text with its blanks filled: pairs are names and values.
func (m *Model) say(key string, pairs ...string) string {
	text := m.words.Name(key)
	if len(pairs) == 0 {
		return text
	}
	braced := make([]string, len(pairs))
	for i, p := range pairs {
		braced[i] = p
		if i%2 == 0 {
			braced[i] = "{" + p + "}"
		}
	}
	return strings.NewReplacer(braced...).Replace(text)
}

// count is a text that depends on a number: its key ends in ".one" or ".other".
func (m *Model) count(key string, n int) string {
	form := ".other"
	if n == 1 {
		form = ".one"
	}
	return m.say(key+form, "n", strconv.Itoa(n))
}

// value is a measured value with its unit, as people read it. A value that
// is no number is a fact, and has a name.
func (m *Model) value(v, unit string) string {
	if f, err := strconv.ParseFloat(v, 64); err == nil && unit == "bytes" {
		return bytes(f)
	}
	return render.Quantity(v, unit, m.words)
}

// unitOf is the unit that the last part of a metric's key stands for; empty where it stands for none.
func unitOf(key string) string {
	switch key[strings.LastIndex(key, ".")+1:] {
	case "mbps":
		return "Mbit/s"
	case "ms":
		return "ms"
	case "dbfs":
		return "dBFS"
	case "db":
		return "dB"
	case "hz":
		return "Hz"
	case "ratio":
		return "ratio"
	case "bytes":
		return "bytes"
	default:
		return ""
	}
}

// bytes is a size in the unit that makes it short, in powers of ten.
func bytes(f float64) string {
	switch {
	case f >= 1e9:
		return render.Short(report.Number(f/1e9)) + " GB"
	case f >= 1e6:
		return render.Short(report.Number(f/1e6)) + " MB"
	default:
		return render.Short(report.Number(f/1e3)) + " kB"
	}
}

// tier is a requirement in words: "at least 10 Mbit/s".
func (m *Model) tier(t, unit string) string {
	for sign, key := range map[string]string{">= ": "gui.at-least", "<= ": "gui.at-most"} {
		if bound, ok := strings.CutPrefix(t, sign); ok {
			return m.say(key, "value", m.value(bound, unit))
		}
	}
	choices := strings.Split(t, " or ")
	for i, c := range choices {
		choices[i] = m.value(c, unit)
	}
	return strings.Join(choices, " "+m.say("gui.or")+" ")
}

// clock is a moment as the person's own clock and calendar show it.
func clock(t time.Time) string { return t.Local().Format("2 January 2006, 15:04 MST") }

// day is a moment's day and minute for a deadline.
func day(t time.Time) string { return t.Local().Format("2 January 2006, 15:04") }

// sentence begins with a capital letter and ends with a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	first, n := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(first)) + s[n:]
	if !strings.ContainsAny(s[len(s)-1:], ".!?") {
		s += "."
	}
	return s
}

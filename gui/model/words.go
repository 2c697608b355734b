package model

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

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

// count is a text that depends on a number: its key ends in the number's plural
// form in the language, as the Unicode rules name it; "other" where the language has
// no text for that form.
func (m *Model) count(key string, n int) string {
	form := "." + pluralForm(m.words.Tag(), n)
	if m.words.Name(key+form) == key+form {
		form = ".other"
	}
	return m.say(key+form, "n", strconv.Itoa(n))
}

// pluralForm is "one", "few", "many" or "other".
func pluralForm(lang string, n int) string {
	tag, err := language.Parse(lang)
	if err != nil {
		tag = language.English
	}
	switch plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0) {
	case plural.One:
		return "one"
	case plural.Few:
		return "few"
	case plural.Many:
		return "many"
	default:
		return "other"
	}
}

// number is a count as people read it.
func (m *Model) number(n int) string { return strconv.Itoa(n) }

// decimal writes a number's decimal point as the language does.
func (m *Model) decimal(s string) string {
	sign := m.words.Name("format.decimal")
	if sign == "." || sign == "format.decimal" {
		return s
	}
	b := []byte(s)
	var out []byte
	for i, c := range b {
		if c == '.' && i > 0 && i+1 < len(b) && digit(b[i-1]) && digit(b[i+1]) {
			out = append(out, sign...)
			continue
		}
		out = append(out, c)
	}
	return string(out)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// spoken is a finding whose numbers are written as the language does.
func (m *Model) spoken(f report.Finding) report.Finding {
	args := make(map[string]string, len(f.Args))
	for k, v := range f.Args {
		if _, err := strconv.ParseFloat(v, 64); err == nil {
			v = m.decimal(v)
		}
		args[k] = v
	}
	f.Args = args
	return f
}

// value is a measured value with its unit, as people read it. A value that
// is no number is a fact, and has a name.
func (m *Model) value(v, unit string) string {
	if f, err := strconv.ParseFloat(v, 64); err == nil && unit == "bytes" {
		size, unit := bytes(f)
		return m.decimal(size) + " " + m.words.Name(unit)
	}
	return m.decimal(render.Quantity(v, unit, m.words))
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
func bytes(f float64) (size, unit string) {
	switch {
	case f >= 1e9:
		return render.Short(report.Number(f / 1e9)), "GB"
	case f >= 1e6:
		return render.Short(report.Number(f / 1e6)), "MB"
	default:
		return render.Short(report.Number(f / 1e3)), "kB"
	}
}

// tier is a bound with its unit, or the values that are allowed.
func (m *Model) tier(t, unit string) string {
	choices := strings.Split(strings.TrimLeft(t, "<>= "), " or ")
	for i, c := range choices {
		choices[i] = m.value(c, unit)
	}
	return strings.Join(choices, " "+m.say("gui.or")+" ")
}

// moment is a time as the person's own clock and calendar show it.
func (m *Model) moment(t time.Time) string { return m.minute(t) + " " + t.Local().Format("MST") }

// minute is a time's day and minute.
func (m *Model) minute(t time.Time) string {
	t = t.Local()
	return m.say("format.date", "day", strconv.Itoa(t.Day()), "month", m.words.Name("month."+strconv.Itoa(int(t.Month()))), "year", strconv.Itoa(t.Year()), "time", t.Format("15:04"))
}

// sentence begins with a capital letter and ends with a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	first, n := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(first)) + s[n:]
	if last, _ := utf8.DecodeLastRuneInString(s); !strings.ContainsRune(".!?…。।！？", last) {
		s += "."
	}
	return s
}

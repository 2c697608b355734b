package render

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"linecheck/report"
	"linecheck/report/policy"
)

// unit is a result's unit; where nothing was measured, the end of the key says it.
func unit(r policy.RuleResult) string {
	if r.Unit != "" {
		return r.Unit
	}
	for part := range strings.SplitSeq(r.Key, ".") {
		if u, ok := report.UnitOf(part); ok {
			return u
		}
	}
	return ""
}

// Quantity puts a number and its unit into the form that people read: ratios as
// per cent, bytes as gigabytes, a processor's clock as gigahertz, long times as seconds, and no more
// digits than they mean something. What is no number is a word with a name.
func Quantity(v, unit string, words interface{ Name(key string) string }) string {
	f, err := strconv.ParseFloat(v, 64)
	if err != nil {
		return Clean(words.Name(v))
	}
	switch unit {
	case "":
		return Short(report.Number(f))
	case "ratio":
		return Short(report.Number(f*100)) + " %"
	case "bytes":
		return Short(report.Number(f/1e9)) + " GB"
	case "count":
		return Short(report.Number(f))
	default:
		if unit == "ms" && (f >= long || f <= -long) {
			return Short(report.Number(f/1000)) + " s"
		}
		if unit == "Hz" && f >= gigahertz/10 {
			return Short(report.Number(f/gigahertz)) + " GHz"
		}
		return Short(report.Number(f)) + " " + words.Name(unit)
	}
}

// long is from how many milliseconds on seconds are said, gigahertz how many hertz that is.
const long, gigahertz = 10_000, 1e9

// Short keeps three significant digits, or the whole number where that is more.
func Short(n report.Number) string {
	f := float64(n)
	if f >= 100 || f <= -100 {
		return strconv.FormatFloat(f, 'f', 0, 64)
	}
	s := strconv.FormatFloat(f, 'g', 3, 64)
	if strings.ContainsAny(s, "e") {
		s = strconv.FormatFloat(f, 'f', 4, 64)
	}
	return s
}

// widest is the longest cell of a table, in characters.
const widest = 60

func cut(cell string) string {
	if r := []rune(cell); len(r) > widest {
		return string(r[:widest-1]) + "…"
	}
	return cell
}

// gap is what stands between two columns.
const gap = 2

func widths(rows [][]string) []int {
	width := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	return width
}

func widthOf(rows [][]string) int {
	sum := -gap
	for _, w := range widths(rows) {
		sum += w + gap
	}
	return sum
}

// leastCell is how narrow a column may become, in characters.
const leastCell = 12

// narrowed breaks the cells of the widest columns between words until the rows fit into
// width characters, as far as words let them.
func narrowed(rows [][]string, width int) (out [][]string) {
	most := widths(rows)
	for range max(0, widthOf(rows)-width) {
		widest := slices.Index(most, slices.Max(most))
		if most[widest] <= leastCell {
			break
		}
		most[widest]--
	}
	for _, row := range rows {
		first := len(out)
		for i, cell := range row {
			for n, piece := range strings.Split(strings.TrimSuffix(Wrap(cell, most[i], "  "), "\n"), "\n") {
				if first+n == len(out) {
					out = append(out, make([]string, len(row)))
				}
				out[first+n][i] = piece
			}
		}
	}
	return out
}

// columns prints rows in aligned columns.
func columns(w io.Writer, rows [][]string) error {
	for _, row := range rows {
		for i := range row {
			row[i] = cut(Clean(row[i]))
		}
	}
	width := widths(rows)
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell + strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell)+gap))
		}
		if _, err := io.WriteString(w, strings.TrimRight(line.String(), " ")+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// Wrap breaks a line between words at width characters, with indent before what
// follows, and ends it; 0 breaks nothing. A word that is longer stays whole.
func Wrap(line string, width int, indent string) string {
	if width <= 0 || utf8.RuneCountInString(line) <= width {
		return line + "\n"
	}
	lead := line[:len(line)-len(strings.TrimLeft(line, " "))]
	var out strings.Builder
	now := lead
	empty := true
	for _, word := range strings.Fields(line) {
		if !empty && utf8.RuneCountInString(now)+1+utf8.RuneCountInString(word) > width {
			out.WriteString(now + "\n")
			now, empty = indent, true
		}
		if !empty {
			now += " "
		}
		now += word
		empty = false
	}
	out.WriteString(now + "\n")
	return out.String()
}

package portal

import (
	"fmt"
	"strings"

	"linecheck/report"
	"linecheck/report/render"
)

// chart is a series as a line in a picture of 600 by 120 units.
type chart struct {
	Name, Points string
	// Least, Most and Last are the labels: the values' range, and the time of the last one.
	Least, Most, Last string
}

// The picture's size, and how much of it is left free around the line.
const (
	chartWidth, chartHeight = 600, 120
	chartMargin             = 6
)

func (p *Portal) chart(s report.Series) chart {
	least, most := float64(s.Values[0]), float64(s.Values[0])
	for _, v := range s.Values {
		least, most = min(least, float64(v)), max(most, float64(v))
	}
	low := min(least, 0) // a line must not look steep that is not
	span, end := max(most-low, 1e-9), max(float64(s.AtMS[len(s.AtMS)-1]), 1)
	var points strings.Builder
	for i, v := range s.Values {
		x := chartMargin + (chartWidth-2*chartMargin)*float64(s.AtMS[i])/end
		y := chartHeight - chartMargin - (chartHeight-2*chartMargin)*(float64(v)-low)/span
		fmt.Fprintf(&points, "%.1f,%.1f ", x, y)
	}
	quantity := func(v float64) string {
		n, _ := report.Num(v)
		return render.Quantity(render.Short(n), s.Unit, p.words)
	}
	return chart{
		Name: render.Clean(p.words.Name(s.Key)) + " (" + p.who(s.Origin) + ")", Points: points.String(),
		Least: quantity(least), Most: quantity(most), Last: render.Quantity(fmt.Sprint(s.AtMS[len(s.AtMS)-1]), "ms", p.words),
	}
}

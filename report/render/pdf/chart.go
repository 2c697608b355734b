package pdf

import (
	"math"

	"linecheck/report"
	"linecheck/report/render"
)

const (
	chartHeight = 64.0
	chartLeft   = left + 44 // what is left of it is for the scale
	chartLabel  = 7.0
)

// chart draws one series over its time: the scale at the left, from zero where
// the values allow it, and the seconds below.
func (s *sheet) chart(v report.Series, observed bool) {
	s.need(chartHeight + 44)
	small := style{size: chartLabel, color: grey()}
	s.text(style{size: tableSize, color: ink()}, left, s.y+10, 330, s.word(v.Key)+", "+v.Unit)
	s.text(style{size: chartLabel, color: grey(), right: true}, left+340, s.y+10, 159, s.who(observed))
	top, floor := s.y+18, s.y+18+chartHeight
	low, high := scale(v.Values)
	end := float64(max(v.AtMS[len(v.AtMS)-1], 1))
	at := func(i int) (x, y float64) {
		x = chartLeft + float64((right-chartLeft)*float64(float64(v.AtMS[i])/end))
		y = floor - float64(chartHeight*float64((float64(v.Values[i])-low)/(high-low)))
		return round(x), round(min(max(y, top), floor))
	}
	s.f.SetLineWidth(0.5)
	s.line(pale())
	for _, level := range []float64{low, (low + high) / 2, high} {
		y := round(floor - float64(chartHeight*float64((level-low)/(high-low))))
		s.f.Line(chartLeft, y, right, y)
		s.text(style{size: chartLabel, color: grey(), right: true}, left, y+2.5, 38, render.Short(report.Number(level)))
	}
	s.line(accent())
	s.f.SetLineWidth(1.1)
	s.f.SetLineJoinStyle("round")
	for i := range v.Values {
		x, y := at(i)
		if i == 0 {
			s.f.MoveTo(x, y)
		} else {
			s.f.LineTo(x, y)
		}
	}
	if len(v.Values) > 1 {
		s.f.DrawPath("D")
	}
	s.f.SetLineWidth(0.5)
	s.text(small, chartLeft, floor+10, 60, "0 s")
	s.text(style{size: chartLabel, color: grey(), right: true}, right-60, floor+10, 60, seconds(int64(end))+" s")
	s.y = floor + 16
}

// scale is what the chart's height stands for: round numbers around the values,
// with zero where they are not far from it.
func scale(values []report.Number) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		low, high = min(low, float64(v)), max(high, float64(v))
	}
	if low > 0 && low < 0.7*high {
		low = 0
	}
	step := nice((high - low) / 4)
	low, high = math.Floor(low/step)*step, math.Ceil(high/step)*step
	for ; low >= high; step *= 10 { // a step may be too small for numbers this large
		high = low + step
	}
	return low, high
}

// nice is 1, 2 or 5 times a power of ten, not much less than v.
func nice(v float64) float64 {
	if v <= 0 {
		return 1
	}
	power := 1.0 // found by steps: logarithms end differently on different processors
	for power > v {
		power /= 10
	}
	for 10*power < v {
		power *= 10
	}
	for _, n := range []float64{1, 2, 5} {
		if v <= float64(n*power) {
			return float64(n * power)
		}
	}
	return 10 * power
}

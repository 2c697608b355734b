package pdf

import "linecheck/report"

// mark draws a verdict's mark into a square. Each has a shape of its own.
func (s *sheet) mark(v report.Verdict, x, y, size float64) {
	u := size / 20
	at := func(dx, dy float64) (float64, float64) { return round(x + float64(dx*u)), round(y + float64(dy*u)) }
	path := func(points ...[2]float64) {
		for i, p := range points {
			px, py := at(p[0], p[1])
			if i == 0 {
				s.f.MoveTo(px, py)
			} else {
				s.f.LineTo(px, py)
			}
		}
	}
	c := verdictColor(v)
	s.fill(c)
	s.line(rgb{255, 255, 255})
	s.f.SetLineWidth(round(2.4 * u))
	s.f.SetLineCapStyle("round")
	s.f.SetLineJoinStyle("round")
	cx, cy := at(10, 10)
	switch v {
	case report.Ready:
		s.f.Circle(cx, cy, round(10*u), "F")
		path([2]float64{5.6, 10.4}, [2]float64{8.8, 13.6}, [2]float64{14.6, 6.8})
	case report.ReadyWithWarnings:
		path([2]float64{10, 1}, [2]float64{20, 19}, [2]float64{0, 19})
		s.f.ClosePath()
		s.f.DrawPath("F")
		path([2]float64{10, 7.5}, [2]float64{10, 12})
		s.f.DrawPath("D")
		path([2]float64{10, 15.8}, [2]float64{10, 15.9})
	case report.NotReady:
		path([2]float64{6, 0}, [2]float64{14, 0}, [2]float64{20, 6}, [2]float64{20, 14}, [2]float64{14, 20}, [2]float64{6, 20}, [2]float64{0, 14}, [2]float64{0, 6})
		s.f.ClosePath()
		s.f.DrawPath("F")
		path([2]float64{6.4, 6.4}, [2]float64{13.6, 13.6})
		s.f.DrawPath("D")
		path([2]float64{13.6, 6.4}, [2]float64{6.4, 13.6})
	default:
		path([2]float64{10, 0}, [2]float64{20, 10}, [2]float64{10, 20}, [2]float64{0, 10})
		s.f.ClosePath()
		s.f.DrawPath("F")
		path([2]float64{6.2, 10}, [2]float64{13.8, 10})
	}
	s.f.DrawPath("D")
	s.f.SetLineCapStyle("butt")
}

// witness draws who measured a number: a full dot for the recruiter's probe, a
// ring for the applicant's program.
func (s *sheet) witness(observed bool, x, y float64) {
	s.fill(accent())
	s.line(accent())
	s.f.SetLineWidth(0.8)
	if observed {
		s.f.Circle(x, y, 2.75, "F")
		return
	}
	s.f.Circle(x, y, 2.35, "D")
}

func verdictColor(v report.Verdict) rgb {
	switch v {
	case report.Ready:
		return rgb{31, 122, 77}
	case report.ReadyWithWarnings:
		return rgb{160, 104, 0}
	case report.NotReady:
		return rgb{176, 42, 33}
	default:
		return rgb{84, 98, 114}
	}
}

func verdictTint(v report.Verdict) rgb {
	switch v {
	case report.Ready:
		return rgb{236, 246, 240}
	case report.ReadyWithWarnings:
		return rgb{252, 245, 230}
	case report.NotReady:
		return rgb{252, 238, 236}
	default:
		return rgb{240, 243, 246}
	}
}

// The colours beside those of the verdicts: two for text, one for lines, and the accent.
func ink() rgb    { return rgb{27, 39, 51} }
func grey() rgb   { return rgb{96, 110, 124} }
func pale() rgb   { return rgb{217, 224, 230} }
func accent() rgb { return rgb{15, 100, 120} }

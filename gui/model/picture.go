package model

import (
	"math"
	"strconv"
	"strings"

	"linecheck/checks"
	"linecheck/report"
)

// PictureKind is how the values of a running check are drawn.
type PictureKind string

// The kinds of pictures.
const (
	NoPicture PictureKind = ""
	// Area is a filled line over time, as a speed.
	Area PictureKind = "area"
	// Dots are single values, as response times.
	Dots PictureKind = "dots"
	// Trace is a line over time, as the delay of a call.
	Trace PictureKind = "trace"
	// Bars are values side by side, as the load of each core.
	Bars PictureKind = "bars"
	// Level is a meter.
	Level PictureKind = "level"
)

// PictureView is what a running check sees, drawn.
type PictureView struct {
	Kind PictureKind
	// Check is whose picture it is.
	Check string
	// Title names what is drawn, Value is the newest in words.
	Title, Value string
	// Values are 0 to Most; of a level the newest and the highest of late, 0 to 1.
	Values []float64
	Most   float64
	// Top is what the top of the picture stands for; empty for a level.
	Top string
}

// IsLevel says whether progress is that of a sound level.
func IsLevel(p checks.Progress) bool { return len(p.Live) > 0 && p.Live[0].Unit == levelUnit }

// picture is what was seen of one stage.
type picture struct {
	kind   PictureKind
	stage  string
	key    string
	unit   string
	values []float64
	latest float64
	// every is how many values of the moment make one point; last of them are in the newest point.
	every, last int
}

// mostPoints is how many points a picture holds: when there are more, every two become one.
const mostPoints = 240

const (
	// levelUnit is the unit of a sound level, which is a meter and not a number.
	levelUnit = "dBFS"
	// loadKey is the key of one core's load; all together come first.
	loadKey = "machine.cpu.load.ratio"
)

// add takes the values of the moment.
func (p *picture) add(at checks.Progress) {
	if p.stage != at.Stage {
		*p = picture{stage: at.Stage}
	}
	if len(at.Live) == 0 {
		return
	}
	first := at.Live[0]
	kind := kindOf(first)
	if p.kind != kind || p.key != first.Key {
		*p = picture{stage: at.Stage, kind: kind, key: first.Key, unit: first.Unit}
	}
	p.latest = float64(first.Value)
	switch kind {
	case Level:
		p.values = []float64{share(p.latest), share(p.latest)}
		if len(at.Live) > 1 && at.Live[1].Unit == levelUnit {
			p.values[1] = max(p.values[0], share(float64(at.Live[1].Value)))
		}
	case Bars:
		p.values = p.values[:0]
		for _, m := range at.Live[1:] {
			p.values = append(p.values, float64(m.Value))
		}
		if len(p.values) == 0 {
			p.values = append(p.values, p.latest)
		}
	default:
		p.put(p.latest)
	}
}

// put takes one more value over time: each point is the mean of as many as the others are.
func (p *picture) put(v float64) {
	if p.every == 0 || p.last == p.every {
		p.every, p.last = max(1, p.every), 0
		p.values = append(p.values, 0)
	}
	if len(p.values) > mostPoints {
		for i := range mostPoints / 2 {
			p.values[i] = (p.values[2*i] + p.values[2*i+1]) / 2
		}
		p.values = append(p.values[:mostPoints/2], 0)
		p.every *= 2
	}
	newest := &p.values[len(p.values)-1]
	*newest = (*newest*float64(p.last) + v) / float64(p.last+1)
	p.last++
}

func kindOf(m report.Metric) PictureKind {
	switch {
	case m.Unit == levelUnit:
		return Level
	case m.Key == loadKey:
		return Bars
	case strings.HasSuffix(m.Key, ".mbps"):
		return Area
	case strings.HasPrefix(m.Key, "internet.latency."):
		return Dots
	case m.Unit == "ms":
		return Trace
	default:
		return NoPicture
	}
}

func (m *Model) pictureView(r row) PictureView {
	p := r.picture
	v := PictureView{Kind: p.kind, Check: r.id, Values: p.values}
	if p.kind == NoPicture {
		return v
	}
	v.Title = m.words.Name(p.key)
	switch p.kind {
	case Level:
		return v
	case Bars:
		v.Most = 1
	default:
		v.Most = nice(p.values)
	}
	number := func(f float64) string { return m.value(strconv.FormatFloat(f, 'f', -1, 64), p.unit) }
	v.Value, v.Top = number(p.latest), number(v.Most)
	return v
}

// nice is the least of 1, 2 and 5 times a power of ten that no value exceeds.
func nice(values []float64) float64 {
	highest := 0.0
	for _, v := range values {
		highest = max(highest, v)
	}
	if highest <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(highest)))
	for _, step := range []float64{1, 2, 5} {
		if highest <= step*power {
			return step * power
		}
	}
	return 10 * power
}

package analysis_test

import (
	"testing"

	"linecheck/checks/audio/analysis"
)

func TestDropOuts(t *testing.T) {
	whole := add(noise(-60, 4, 1), syllables(-20, 4, 6000))
	if g := analysis.DropOuts(whole, rate); g.Count != 0 {
		t.Errorf("in a whole recording: %+v", g)
	}
	holes := append([]float32(nil), whole...)
	for k := range 10 { // 10 ms each, in the loud part of a syllable
		at := int((float64(k)*0.25 + 0.07) * rate)
		clear(holes[at : at+rate/100])
	}
	if g := analysis.DropOuts(holes, rate); g.Count != 10 {
		t.Errorf("ten holes: %+v", g)
	} else {
		near(t, "seconds", g.Seconds, 0.1, 0.005)
	}
	frozen := append([]float32(nil), whole...)
	for i := range rate / 100 { // one value for 10 ms
		frozen[rate/20+i] = 0.05
	}
	if g := analysis.DropOuts(frozen, rate); g.Count != 1 {
		t.Errorf("frozen: %+v", g)
	}
	twice := append([]float32(nil), whole...)
	copy(twice[rate+2*rate/100:], whole[rate:rate+2*rate/100])
	if g := analysis.DropOuts(twice, rate); g.Count == 0 {
		t.Errorf("a piece that came twice: %+v", g)
	}
}

// What fades out before the silence is noise suppression, and what is silent to its end or from its beginning a pause.
func TestSilenceIsNoDropOut(t *testing.T) {
	gated := syllables(-26, 4, 6000) // exact zeros between the swells
	if g := analysis.DropOuts(append(make([]float32, rate), append(gated, make([]float32, rate)...)...), rate); g.Count != 0 {
		t.Errorf("%+v", g)
	}
	for _, x := range [][]float32{nil, make([]float32, rate), sine(100, -20, 2), noise(-20, 2, 1)} {
		if g := analysis.DropOuts(x, rate); g.Count != 0 {
			t.Errorf("%d samples: %+v", len(x), g)
		}
	}
}

func TestRealRate(t *testing.T) {
	var all []analysis.Arrival
	for i := 1; i <= 400; i++ { // a piece every 20 ms, from a card 100 ppm fast, that comes up to 20 ms late
		late := float64(i*7%20) / 1000
		all = append(all, analysis.Arrival{Seconds: 0.02*float64(i) + late, Samples: int(0.02 * float64(i) * rate * 1.0001)})
	}
	hz, ok := analysis.RealRate(all)
	if near(t, "rate", hz, rate*1.0001, rate*0.0003); !ok {
		t.Error("no rate")
	}
	near(t, "longest wait", analysis.LongestWait(all), 0.027, 0.001)
	if _, ok := analysis.RealRate(all[:60]); ok {
		t.Error("a rate of one second")
	}
	if analysis.LongestWait(nil) != 0 {
		t.Error("nothing was waited for")
	}
}

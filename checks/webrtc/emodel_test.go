package webrtc

import (
	"math"
	"testing"
	"time"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > within {
		t.Errorf("%s = %.4f, want %.4f", what, got, want)
	}
}

// Published pairs of R and MOS.
func TestMOSOfR(t *testing.T) {
	for _, tt := range [][2]float64{
		{93.2, 4.41}, {90, 4.339}, {80, 4.024}, {70, 3.597}, {60, 3.100}, {50, 2.575},
		{0, 1}, {-20, 1}, {3, 1}, {100, 4.5}, {120, 4.5},
	} {
		near(t, "mosOf", mosOf(tt[0]), tt[1], 0.005)
	}
	if !math.IsNaN(mosOf(math.NaN())) {
		t.Error("an unknown rating has a score")
	}
}

func TestMOSNeverFallsWithR(t *testing.T) {
	last := 0.0
	for r := -10.0; r <= 110; r += 0.25 {
		if m := mosOf(r); m < last || m < 1 || m > 4.5 {
			t.Fatalf("mosOf(%v) = %v after %v", r, m, last)
		} else {
			last = m
		}
	}
}

func TestLossImpairment(t *testing.T) {
	for _, tt := range [][2]float64{{0, 0}, {0.01, 3.64}, {0.02, 7.01}, {0.03, 10.14}, {0.05, 15.78}, {0.10, 27.07}} {
		near(t, "lossImpairment", lossImpairment(tt[0], 1), tt[1], 0.01)
	}
	if lossImpairment(0.05, 4) <= lossImpairment(0.05, 1) {
		t.Error("bursts of loss impair no more than random loss")
	}
}

func TestDelayImpairment(t *testing.T) {
	for _, tt := range [][2]float64{{0, 0}, {100, 2.40}, {150, 3.60}, {200, 7.30}, {300, 20.7}, {400, 34.1}} {
		near(t, "delayImpairment", delayImpairment(tt[0]), tt[1], 0.01)
	}
}

// steady is a direction without loss, with these changes of transit time.
func steady(n int, transit func(i int) time.Duration) []arrival {
	out := make([]arrival, n)
	for i := range out {
		out[i] = arrival{came: true, transit: transit(i)}
	}
	return out
}

func TestListenOnACleanPath(t *testing.T) {
	q := listen(steady(400, func(int) time.Duration { return -5 * time.Hour }), 60*time.Millisecond)
	if q.buffer != bufferMin || q.heard != 400 {
		t.Errorf("buffer %v, heard %d", q.buffer, q.heard)
	}
	// 30 ms of line, 20 ms of buffer and 26.5 ms of codec cost 1.84 of R.
	near(t, "mos", q.mos, mosOf(93.2-0.024*76.5), 1e-9)
}

// A fixed buffer at the 95th percentile would throw 5 % away; the best one takes them in.
func TestListenFindsTheBufferForJitter(t *testing.T) {
	q := listen(steady(400, func(i int) time.Duration { return time.Duration(i%10) * 10 * time.Millisecond }), 60*time.Millisecond)
	if q.buffer != 90*time.Millisecond {
		t.Errorf("buffer %v, want 90 ms", q.buffer)
	}
	if q.mos < 4.2 {
		t.Errorf("mos %.2f", q.mos)
	}
}

func TestListenToLateAndLost(t *testing.T) {
	packets := steady(100, func(i int) time.Duration { return 0 })
	packets[10].transit = time.Second // later than any buffer
	packets[50], packets[51], packets[52] = arrival{}, arrival{}, arrival{}
	loss, burst := lateOrLost(packets, bufferMax)
	near(t, "loss", loss, 0.04, 1e-9)
	near(t, "burst", burst, 2*0.96, 1e-9)
	if q := listen(packets, 0); !(q.mos < 4.2) {
		t.Errorf("mos %.2f with 4 %% missing", q.mos)
	}
	if q := listen(make([]arrival, 10), 0); !math.IsNaN(q.mos) {
		t.Errorf("silence has the score %v", q.mos)
	}
}
